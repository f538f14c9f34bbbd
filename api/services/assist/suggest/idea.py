"""One thing that could come next, before it is ranked and checked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from api.services.assist.suggest.column_kinds import Columns

Basis = Literal["columns", "module", "history"]
NO_COLUMNS: Columns = {}
FEW = 3
"""Columns that a suggestion names at most of those that fit."""


@dataclass(frozen=True)
class Idea:
    """A module with its config, and what speaks for it."""

    module_id: str
    config: dict[str, Any]
    reason: str
    strength: float
    """From 0, a mere possibility, to 1: the columns ask for it."""
    basis: Basis
    partner: str | None = None
    """The second node that it reads, of a module with two inputs."""


@dataclass(frozen=True)
class Output:
    """A node whose rows something could read."""

    node_id: str
    title: str
    module_id: str
    columns: Columns
    """Empty while they are not known."""
    is_loose: bool = True
    """Whether nothing reads it yet."""


@dataclass(frozen=True)
class Spot:
    """Where the next node would be added: behind a node, with others about."""

    at: Output
    others: Sequence[Output] = ()
    """That it could be combined with, those that nothing reads first."""
    steps: frozenset[str] = field(default_factory=frozenset)
    """The modules on the way to it, its own among them."""
    name: str = ""
    """Of the pipeline."""

    @property
    def columns(self) -> Columns:
        """What the next node would read."""
        return self.at.columns


def listed(names: list[str]) -> str:
    """A few names as a reason says them."""
    shown = names[:FEW]
    rest = len(names) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {rest} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
