"""Templates as clients send and see them."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, FiniteFloat, model_validator

from api.schemas.graph import SavedEdge, SavedNode
from api.schemas.pipeline import Visibility
from api.schemas.values import In, Out, StoredText
from dag_factory.graph import Edge, Node
from dag_factory.plain import refuse_unless_plain

MAX_NODES = 100
MAX_EDGES = 400

Name = Annotated[StoredText, Field(min_length=1, max_length=200, pattern=r"\S")]
Description = Annotated[StoredText, Field(max_length=5_000)]


class ContentIn(In):
    """Nodes and the edges between them, as a pipeline's `config` has them; what is drawn wrong may be kept."""

    nodes: Annotated[tuple[Node, ...], Field(min_length=1, max_length=MAX_NODES, strict=False)]
    edges: Annotated[tuple[Edge, ...], Field(max_length=MAX_EDGES, strict=False)] = ()

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, document: Any) -> Any:
        refuse_unless_plain(document)
        return document

    @model_validator(mode="after")
    def _whole(self) -> Self:
        ids = [node.id for node in self.nodes]
        if len(set(ids)) < len(ids):
            raise ValueError("two nodes have the same id")
        if any(not {edge.source, edge.target} <= set(ids) for edge in self.edges):
            raise ValueError("an edge leads to a node that is not part of it")
        return self


class TemplateIn(In):
    """A template to keep; a private one is seen by its owner and admins only."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Paid orders",
                    "visibility": "shared",
                    "content": {
                        "nodes": [
                            {
                                "id": "n1",
                                "type": "transformer",
                                "position": {"x": 0, "y": 0},
                                "data": {
                                    "moduleId": "filter-transformer",
                                    "label": "Paid",
                                    "config": {"condition": "status = 'paid'"},
                                },
                            }
                        ],
                        "edges": [],
                    },
                }
            ]
        }
    )

    name: Name
    description: Description = ""
    visibility: Visibility = "private"
    content: ContentIn


class TemplateChange(In):
    """What may be changed; a field that is left out stays."""

    name: Name | None = None
    description: Description | None = None
    visibility: Visibility | None = None
    content: ContentIn | None = None


class Point(In):
    """A place on the canvas."""

    x: FiniteFloat
    y: FiniteFloat


class ApplyIn(In):
    """Where it goes: beside nodes with these ids, its upper left corner at a point."""

    taken: Annotated[tuple[StoredText, ...], Field(max_length=1_000)] = ()
    at: Point | None = None


class ContentOut(Out):
    """Nodes and the edges between them."""

    nodes: list[SavedNode]
    edges: list[SavedEdge]


class TemplateSummary(Out):
    """A template in a list."""

    id: UUID
    name: str
    description: str
    visibility: Visibility
    module_ids: list[str]
    owner_id: UUID | None
    owner_name: str | None
    created_at: datetime
    updated_at: datetime


class TemplateOut(TemplateSummary):
    """A template whole."""

    content: ContentOut


class TemplatePage(Out):
    """One page of templates, by name."""

    items: list[TemplateSummary]
    total: int
    limit: int
    offset: int
