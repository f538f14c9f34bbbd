"""What could come next, as it is asked for and answered."""

from typing import Annotated, Any, Literal

from pydantic import Field

from api.schemas.pipeline import PipelineIn
from api.schemas.values import In, Out, StoredText
from dag_factory.checks.settings import MAX_NODES

NodeId = Annotated[StoredText, Field(min_length=1, max_length=1000)]


class ColumnIn(In):
    """A column of a node's output, as `validate` answers it."""

    name: Annotated[StoredText, Field(min_length=1, max_length=1000)]
    type: Annotated[StoredText, Field(min_length=1, max_length=1000)]


class SuggestIn(In):
    """A place of a graph, saved or not."""

    graph: PipelineIn
    node_id: Annotated[
        NodeId | None, Field(description="What to come after; none asks for a source, as on an empty canvas.")
    ] = None
    handle: Annotated[
        StoredText | None,
        Field(
            max_length=100, description="An input of the node: asks for a source for it, instead of what comes next."
        ),
    ] = None
    schemas: Annotated[
        dict[NodeId, Annotated[list[ColumnIn], Field(max_length=5_000)]] | None,
        Field(
            max_length=MAX_NODES,
            description="The columns of the nodes, as `validate` has answered them for this graph; without them, the "
            "sources are asked, which takes longer.",
        ),
    ] = None
    limit: Annotated[int, Field(ge=1, le=20, description="How many suggestions at most.")] = 8


class SuggestedInput(Out):
    """An edge to draw to the new node."""

    source: str
    target_handle: str


class SuggestionOut(Out):
    """A module with a config that fits: its options are right and its columns are there."""

    module_id: str
    title: str = Field(description="The module's name in the palette.")
    config: dict[str, Any]
    score: float = Field(description="How much speaks for it, from 0 to 1, beside the others.")
    reason: str = Field(description="Why, in words.")
    basis: Literal["columns", "module", "history"] = Field(
        description="What gave its config: the columns at hand, the module itself, or pipelines that were built here."
    )
    inputs: list[SuggestedInput] = Field(description="The edges to draw to it; none to a source.")


class SuggestionsOut(Out):
    """What could come next, best first."""

    suggestions: list[SuggestionOut]
    columns_known: bool = Field(description="Without the columns, only what was built here before speaks.")
    learned_from: int = Field(description="Pipelines that were learned from: the newest of those that you may see.")
