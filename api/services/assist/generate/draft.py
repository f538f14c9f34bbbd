"""A pipeline as a model writes it, and as the builder draws it."""

from collections import defaultdict
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dag_factory.catalog import Catalog
from dag_factory.graph import PipelineGraph
from dag_factory.problems import problems_of

ACROSS, DOWN = 280, 120


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DraftNode(_Written):
    """One step."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,49}$", description="A short name of its own: orders, paid.")]
    module: Annotated[str, Field(max_length=100, description="The id of a module from the list.")]
    label: Annotated[str, Field(max_length=100, description="What a person calls this step.")] = ""
    config: Annotated[dict[str, Any], Field(description="The module's options.")] = {}


class DraftEdge(_Written):
    """Rows flow from one step to another."""

    source: Annotated[str, Field(max_length=100)]
    target: Annotated[str, Field(max_length=100)]
    input: Annotated[str | None, Field(max_length=100, description="Which input: left or right, of a join.")] = None


class Draft(_Written):
    """A whole pipeline."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    description: Annotated[str, Field(max_length=1_000)] = ""
    nodes: Annotated[list[DraftNode], Field(min_length=1, max_length=60)]
    edges: Annotated[list[DraftEdge], Field(max_length=200)] = []

    def graph(self, catalog: Catalog) -> PipelineGraph:
        """As it is drawn: each step right of what it reads.

        Raises:
            ValueError: it holds what no pipeline can; the message says what.
        """
        places = self._places()
        document = {
            "name": self.name,
            "description": self.description,
            "config": {
                "nodes": [
                    {
                        "id": node.id,
                        "type": catalog[node.module].type if node.module in catalog else "transformer",
                        "position": {"x": places[node.id][0], "y": places[node.id][1]},
                        "data": {"moduleId": node.module, "label": node.label or node.id, "config": node.config},
                    }
                    for node in self.nodes
                ],
                "edges": [
                    {
                        "id": f"{edge.source}-{edge.target}-{number}",
                        "source": edge.source,
                        "target": edge.target,
                        "targetHandle": edge.input,
                    }
                    for number, edge in enumerate(self.edges)
                ],
            },
        }
        try:
            return PipelineGraph.model_validate(document)
        except ValidationError as error:
            raise ValueError("; ".join(f"{each.path}: {each.message}" for each in problems_of(error)[:10])) from None

    def _places(self) -> dict[str, tuple[int, int]]:
        depth = {node.id: 0 for node in self.nodes}
        for _ in self.nodes:  # as often as the longest way is long; a circle ends here too
            for edge in self.edges:
                if edge.source in depth and edge.target in depth and depth[edge.target] <= depth[edge.source]:
                    depth[edge.target] = min(depth[edge.source] + 1, len(self.nodes))
        beside: defaultdict[int, int] = defaultdict(int)
        places: dict[str, tuple[int, int]] = {}
        for node_id, column in depth.items():
            places[node_id] = (column * ACROSS, beside[column] * DOWN)
            beside[column] += 1
        return places
