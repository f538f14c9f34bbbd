"""What a person changed between two versions of a graph: nodes, options, edges, settings; never where things stand."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from dag_factory.graph import Node, PipelineGraph
from dag_factory.plain import pointer

Change = Literal["added", "removed", "changed"]
Path = tuple[str | int, ...]
OUTPUT = "output"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class ValueChange(_Part):
    """One value; `path` is a JSON pointer, and a value that was added or removed has None on the other side."""

    change: Change
    path: str
    before: Any
    after: Any


class NodeChange(_Part):
    """One node; `values` point into its data (`/config/condition`, `/label`) and, for a changed order, `/inputs`."""

    change: Change
    node_id: str
    label: str
    module_id: str
    values: tuple[ValueChange, ...]


class EdgeChange(_Part):
    """One edge, known by its ends: an edge that was drawn again between the same handles is the same."""

    change: Literal["added", "removed"]
    source: str
    source_handle: str
    target: str
    target_handle: str | None


class GraphDiff(_Part):
    """All changes; `settings` point into the graph's own fields (`/schedule`, `/default_params/region`)."""

    nodes: tuple[NodeChange, ...]
    edges: tuple[EdgeChange, ...]
    settings: tuple[ValueChange, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing changed that a run or a reader would notice."""
        return not (self.nodes or self.edges or self.settings)


def diff(before: PipelineGraph, after: PipelineGraph) -> GraphDiff:
    """The changes that lead from one graph to the other, in the order of the canvas."""
    return GraphDiff(
        nodes=tuple(_nodes(before, after)),
        edges=tuple(_edges(before, after)),
        settings=tuple(_values(_settings(before), _settings(after), ())),
    )


def _nodes(before: PipelineGraph, after: PipelineGraph) -> Iterator[NodeChange]:
    for node in after.order:
        old = before.by_id.get(node.id)
        if old is None:
            yield _node("added", node, _values({}, _meaning(node), ()))
        elif values := tuple(_values(_meaning(old), _meaning(node), ())):
            yield _node("changed", node, [*values, *_orders(before, after, node.id)])
        elif orders := tuple(_orders(before, after, node.id)):
            yield _node("changed", node, orders)
    for node in before.order:
        if node.id not in after.by_id:
            yield _node("removed", node, _values(_meaning(node), {}, ()))


def _node(change: Change, node: Node, values: Any) -> NodeChange:
    data = node.data
    return NodeChange(change=change, node_id=node.id, label=node.title, module_id=data.module_id, values=tuple(values))


def _meaning(node: Node) -> dict[str, Any]:
    """What of a node's data decides what it does or is called; what React Flow keeps there does not."""
    data = node.data
    return {"moduleId": data.module_id, "label": data.label, "config": data.config, **data.overrides}


def _orders(before: PipelineGraph, after: PipelineGraph, node_id: str) -> Iterator[ValueChange]:
    """Where the same edges arrive in another order: a union follows it."""
    old, new = _arriving(before, node_id), _arriving(after, node_id)
    for handle in sorted(old.keys() & new.keys(), key=str):
        was, is_now = old[handle], new[handle]
        if was != is_now and sorted(was) == sorted(is_now):
            path = pointer(("inputs", handle or "input"))
            yield ValueChange(change="changed", path=path, before=was, after=is_now)


def _arriving(graph: PipelineGraph, node_id: str) -> dict[str | None, list[str]]:
    arriving: dict[str | None, list[str]] = {}
    for edge in graph.inputs(node_id):
        arriving.setdefault(edge.target_handle, []).append(edge.source)
    return arriving


Ends = tuple[str, str, str, str | None]


def _edges(before: PipelineGraph, after: PipelineGraph) -> Iterator[EdgeChange]:
    old, new = _ends(before), _ends(after)
    for ends in new:
        if ends not in old:
            yield _edge("added", ends)
    for ends in old:
        if ends not in new:
            yield _edge("removed", ends)


def _ends(graph: PipelineGraph) -> dict[Ends, None]:
    return {(edge.source, edge.source_handle or OUTPUT, edge.target, edge.target_handle): None for edge in graph.edges}


def _edge(change: Literal["added", "removed"], ends: Ends) -> EdgeChange:
    source, source_handle, target, target_handle = ends
    return EdgeChange(
        change=change, source=source, source_handle=source_handle, target=target, target_handle=target_handle
    )


def _settings(graph: PipelineGraph) -> dict[str, Any]:
    return graph.model_dump(mode="json", exclude={"config"})


def _values(before: Any, after: Any, path: Path) -> Iterator[ValueChange]:
    """Tables are compared name by name, lists of equal length place by place; other lists are one value."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted(before.keys() | after.keys()):
            yield from _entry(before, after, name, path)
    elif _both_tables(before, after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _values(old, new, (*path, index))
    elif not same(before, after):
        yield ValueChange(change="changed", path=pointer(path), before=before, after=after)


def _entry(before: Mapping[str, Any], after: Mapping[str, Any], name: str, path: Path) -> Iterator[ValueChange]:
    place = (*path, name)
    if name not in before:
        yield ValueChange(change="added", path=pointer(place), before=None, after=after[name])
    elif name not in after:
        yield ValueChange(change="removed", path=pointer(place), before=before[name], after=None)
    else:
        yield from _values(before[name], after[name], place)


def _both_tables(before: Any, after: Any) -> bool:
    if not (isinstance(before, list) and isinstance(after, list) and len(before) == len(after)):
        return False
    return all(isinstance(item, dict) for item in [*before, *after])


def same(one: Any, other: Any) -> bool:
    """Equality of JSON data: true is not 1."""
    if isinstance(one, bool) is not isinstance(other, bool):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(*pair) for pair in zip(one, other, strict=True))
    return one == other
