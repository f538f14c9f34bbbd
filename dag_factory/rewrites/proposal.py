"""What is proposed: one rewrite, with its reason; and what was looked at and left alone, with the reason for that."""

from dataclasses import dataclass
from typing import Literal

from dag_factory.rewrites.drawing import Drawing

Kind = Literal[
    "remove-sort",
    "remove-deduplicate",
    "merge-filters",
    "filter-earlier",
    "push-filter",
    "push-aggregation",
    "push-projection",
    "drop-columns",
]
"""In the order in which they are applied: those that change the columns that nodes have come last."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One rewrite: why, which nodes it touches, and the graph after it."""

    kind: Kind
    node_id: str
    """The node that it is about; with the kind it makes the proposal's id."""
    reason: str
    touched: tuple[str, ...]
    after: Drawing
    is_sampled_alike: bool = True
    """False when it changes what is read of a source, so that samples of a large one are of different rows."""

    @property
    def id(self) -> str:
        """The same for the same rewrite, asked again."""
        return f"{self.kind}:{self.node_id}"


@dataclass(frozen=True, slots=True)
class Declined:
    """What one might expect and is not proposed."""

    node_id: str
    reason: str
