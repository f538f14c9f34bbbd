"""What columns are made of, as it is answered."""

from uuid import UUID

from pydantic import Field

from api.schemas.values import Out


class ColumnRef(Out):
    """A column of a node's output."""

    node_id: str
    column: str


class ColumnLineage(Out):
    """A column, and what its values are made of; not what rows were filtered, joined or sorted by."""

    column: str
    inputs: list[ColumnRef] = Field(
        description="In the nodes before this one; none for what is read or computed alone."
    )
    sources: list[ColumnRef] = Field(description="Traced back through all nodes, to columns made of no other.")


class NodeLineage(Out):
    """The columns that a node yields or, of a loader, takes."""

    node_id: str
    columns: list[ColumnLineage]


class LineageOut(Out):
    """The lineage of a saved pipeline's columns, its nodes in the order in which rows flow."""

    pipeline_id: UUID
    revision: int
    nodes: list[NodeLineage]
    unknown: list[str] = Field(description="Nodes whose columns are found in the data when they run, or are not right.")
