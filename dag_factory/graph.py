"""The pipeline as it was drawn: parsed once at the edge, frozen from there on."""

import heapq
from collections import defaultdict
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic.alias_generators import to_camel

from dag_factory.alerts import Alerts
from dag_factory.plain import refuse_unless_plain


class _Drawn(BaseModel):
    """A part of React Flow's document: fields that it adds are kept and ignored."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="allow",
        alias_generator=to_camel,
        validate_by_name=True,
        serialize_by_alias=True,
    )


class Position(_Drawn):
    """Where a node stands on the canvas."""

    x: FiniteFloat = 0.0
    y: FiniteFloat = 0.0


class NodeData(_Drawn):
    """Which module a node is and the options it was given."""

    module_id: str
    label: str = ""
    config: dict[str, Any] = {}
    retries: int | None = None
    retry_delay_seconds: Annotated[int | None, Field(alias="retry_delay_seconds")] = None
    timeout_seconds: Annotated[int | None, Field(alias="timeout_seconds")] = None

    @property
    def overrides(self) -> dict[str, int]:
        """What this node does otherwise than the pipeline says."""
        return {name: value for name in OVERRIDES if (value := getattr(self, name)) is not None}

    @model_serializer(mode="wrap")
    def _as_drawn(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A node that overrides nothing is stored as it was drawn."""
        return {name: value for name, value in handler(self).items() if value is not None or name not in OVERRIDES}


OVERRIDES = ("retries", "retry_delay_seconds", "timeout_seconds")


class Node(_Drawn):
    """One step of a pipeline."""

    id: Annotated[str, Field(min_length=1)]
    type: str | None = None
    position: Position = Position()
    data: NodeData

    @property
    def title(self) -> str:
        """What a person calls this node."""
        return self.data.label.strip() or self.id

    @property
    def place(self) -> tuple[float, float, str]:
        """Its place on the canvas, from left to right, then from top to bottom."""
        return self.position.x, self.position.y, self.id


class Edge(_Drawn):
    """Rows flow from `source` to the input `target_handle` of `target`."""

    id: Annotated[str, Field(min_length=1)]
    source: str
    target: str
    source_handle: str | None = None
    target_handle: str | None = None


class Canvas(BaseModel):
    """The nodes and edges; the order of edges decides the order of inputs, that of nodes decides nothing."""

    model_config = ConfigDict(frozen=True, strict=True, extra="allow")

    nodes: Annotated[tuple[Node, ...], Field(strict=False)] = ()
    edges: Annotated[tuple[Edge, ...], Field(strict=False)] = ()


class PipelineGraph(BaseModel):
    """A pipeline as a client sends it. What can be drawn wrong is accepted here and reported by `validate`."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    name: str
    description: str = ""
    type: str = "etl"
    schedule: str | None = None
    is_scheduled: bool = False
    timezone: str = "UTC"
    tags: Annotated[tuple[str, ...], Field(strict=False)] = ()
    default_params: dict[str, Any] = {}
    config: Canvas = Canvas()
    engine: Literal["duckdb", "spark"] = "duckdb"
    materialize: Literal["auto", "every_step"] = "auto"
    retries: int = 0
    retry_delay_seconds: int = 60
    retry_exponential_backoff: FiniteFloat = 0.0
    """What each delay is multiplied with for the next; 0 keeps them equal."""
    max_retry_delay_seconds: int | None = None
    timeout_seconds: int | None = None
    """Of one try of one node; `run_timeout_seconds` is the whole run's."""
    run_timeout_seconds: int | None = None
    max_active_runs: int = 1
    catchup: bool = False
    start_date: str | None = None
    """With `catchup`: the day, or day and time in the pipeline's time zone, from which missed runs are made up for."""
    alerts: Alerts | None = None
    """None leaves what is told of its runs to the installation's rules."""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, document: Any) -> Any:
        if isinstance(document, dict):
            refuse_unless_plain(document)
        return document

    @property
    def nodes(self) -> tuple[Node, ...]:
        return self.config.nodes

    @property
    def edges(self) -> tuple[Edge, ...]:
        return self.config.edges

    @cached_property
    def by_id(self) -> dict[str, Node]:
        """The nodes by id; of several with the same id, the first on the canvas."""
        return {node.id: node for node in sorted(self.nodes, key=lambda node: node.place, reverse=True)}

    def inputs(self, node_id: str) -> tuple[Edge, ...]:
        """The edges that arrive at a node, in the order they were drawn."""
        return self._ends[0].get(node_id, ())

    def consumers(self, node_id: str) -> tuple[Edge, ...]:
        """The edges that leave a node, in the order they were drawn."""
        return self._ends[1].get(node_id, ())

    def upstream(self, *node_ids: str) -> set[str]:
        """These nodes and all whose rows reach them, in a cycle too; what the graph does not have is left out."""
        found = {node_id for node_id in node_ids if node_id in self.by_id}
        waiting = list(found)
        while waiting:
            new = {edge.source for edge in self.inputs(waiting.pop()) if edge.source in self.by_id} - found
            found |= new
            waiting += new
        return found

    @cached_property
    def order(self) -> tuple[Node, ...]:
        """The nodes with sources before their consumers, otherwise as on the canvas; nodes of a cycle come last."""
        waiting = {node_id: sum(edge.source in self.by_id for edge in self.inputs(node_id)) for node_id in self.by_id}
        ready = [node.place for node in self.by_id.values() if not waiting[node.id]]
        heapq.heapify(ready)
        ordered: dict[str, Node] = {}
        while ready:
            node = self.by_id[heapq.heappop(ready)[2]]
            ordered[node.id] = node
            for edge in self.consumers(node.id):
                if edge.target in waiting:
                    waiting[edge.target] -= 1
                    if not waiting[edge.target]:
                        heapq.heappush(ready, self.by_id[edge.target].place)
        cyclic = (node for node in self.by_id.values() if node.id not in ordered)
        return (*ordered.values(), *sorted(cyclic, key=lambda node: node.place))

    @cached_property
    def _ends(self) -> tuple[dict[str, tuple[Edge, ...]], dict[str, tuple[Edge, ...]]]:
        arriving: defaultdict[str, list[Edge]] = defaultdict(list)
        leaving: defaultdict[str, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            arriving[edge.target].append(edge)
            leaving[edge.source].append(edge)
        return {k: tuple(v) for k, v in arriving.items()}, {k: tuple(v) for k, v in leaving.items()}
