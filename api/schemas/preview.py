"""A preview as it is asked for and answered."""

from typing import Annotated, Any, Literal

from pydantic import Field

from api.schemas.pipeline import ColumnOut, PipelineIn
from api.schemas.values import In, Out, StoredText

Rows = Annotated[
    list[list[Any]],
    Field(
        description="A list of values a row, in the order of the columns. Decimals, bigints beyond 2^53, NaN and "
        "infinity are text with every digit; dates and timestamps are ISO 8601 text; binary is hexadecimal; "
        "long text is cut."
    ),
]


class PreviewIn(In):
    """Which node of a graph, saved or not, to look at."""

    graph: PipelineIn
    node_id: Annotated[StoredText, Field(min_length=1, max_length=1000)]
    limit: Annotated[int, Field(ge=1, le=1000, description="How many rows at most.")] = 100


class PreviewOut(Out):
    """First rows of a node."""

    node_id: str = Field(description="The node that is shown: of a loader, the one whose rows it would load.")
    columns: list[ColumnOut]
    rows: Rows
    sample_rows: int = Field(description="Rows of each source that were read at most.")
    engine: Literal["duckdb"] = Field(
        description="What evaluated the sample: DuckDB, also of a pipeline whose runs use another engine."
    )
