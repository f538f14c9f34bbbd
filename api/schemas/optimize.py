"""What could be better in a graph, as it is asked for and answered."""

from typing import Annotated, Self

from pydantic import Field

from api.schemas.graph import SavedCanvas
from api.schemas.pipeline import PipelineIn
from api.schemas.values import In, Out, StoredText
from api.services.assist.optimize import Improved, Improvement, Status
from dag_factory.diff import EdgeChange, NodeChange, ValueChange
from dag_factory.graph import Canvas
from dag_factory.rewrites.proposal import Kind

ProposalId = Annotated[StoredText, Field(min_length=1, max_length=1100)]


class OptimizeIn(In):
    """The graph to improve; it need not be saved."""

    graph: PipelineIn


class ImproveIn(In):
    """The graph and the proposals that are accepted."""

    graph: PipelineIn
    accept: Annotated[
        tuple[ProposalId, ...],
        Field(min_length=1, max_length=100, strict=False, description="Ids of proposals for this graph."),
    ]


class GraphDiffOut(Out):
    """What a rewrite changes; moves on the canvas do not count."""

    nodes: list[NodeChange]
    edges: list[EdgeChange]
    settings: list[ValueChange]


class CheckOut(Out):
    """What a sample of the sources said."""

    status: Status = Field(
        description="`differs` is a bug of ours; such a proposal is withheld, and such a result must not be used."
    )
    rows: int | None = Field(description="Rows that were compared, where they are loaded.")
    message: str


class ProposalOut(Out):
    """One rewrite of the graph that was sent, on its own."""

    id: str
    kind: Kind
    node_id: str = Field(description="The node that it is about.")
    reason: str
    nodes: list[str] = Field(description="The nodes that it touches, of the graph that was sent.")
    config: SavedCanvas = Field(description="The nodes and edges after it.")
    diff: GraphDiffOut
    check: CheckOut

    @classmethod
    def of(cls, found: Improvement) -> Self:
        """As it is answered."""
        proposal = found.proposal
        return cls(
            id=proposal.id,
            kind=proposal.kind,
            node_id=proposal.node_id,
            reason=proposal.reason,
            nodes=list(proposal.touched),
            config=drawn(proposal.after.graph.config),
            diff=GraphDiffOut.model_validate(found.diff),
            check=CheckOut.model_validate(found.checked),
        )


class DeclinedOut(Out):
    """What one might expect to be proposed, and why it is not."""

    node_id: str
    reason: str


class ProposalsOut(Out):
    """Everything that could be better; each is about the graph that was sent."""

    proposals: list[ProposalOut]
    declined: list[DeclinedOut]
    more: bool = Field(description="There are others: apply some of these, then ask again.")


class ImprovedOut(Out):
    """The graph with the accepted proposals, one after the other."""

    applied: list[str]
    skipped: list[str] = Field(description="Those that another one has made impossible or needless.")
    config: SavedCanvas
    diff: GraphDiffOut
    check: CheckOut

    @classmethod
    def of(cls, improved: Improved) -> Self:
        """As it is answered."""
        return cls(
            applied=improved.applied,
            skipped=improved.skipped,
            config=drawn(improved.graph.config),
            diff=GraphDiffOut.model_validate(improved.diff),
            check=CheckOut.model_validate(improved.checked),
        )


def drawn(canvas: Canvas) -> SavedCanvas:
    """The nodes and edges in React Flow's shape."""
    return SavedCanvas.model_validate(canvas.model_dump(mode="json", by_alias=True))
