"""Where a filter that stands behind a node could stand before it, and give the same rows."""

from collections.abc import Mapping
from dataclasses import dataclass

from dag_factory.graph import Edge
from dag_factory.rewrites.drawing import Drawing
from dag_factory.rewrites.effects import COMPUTING, FILTERING, PRUNING, computed, has_exact_keys, stem
from dag_factory.rewrites.expression import Expression


@dataclass(frozen=True, slots=True)
class Way:
    """The inputs of a node that a filter behind it would have to stand at, all of them, and what it reads there."""

    inputs: tuple[tuple[Edge, Mapping[str, str]], ...]
    """Each with the input's name for the columns that are called otherwise behind the node."""
    drops_rows: bool
    """The filter would see rows that it does not see now, which it must not fail on."""
    is_work: bool = True
    """Whether the node has less to do on fewer rows."""


def way_past(drawing: Drawing, node_id: str, expression: Expression) -> Way | None:
    """How a filter with this expression gets past the node that it reads; None when it does not."""
    kind, columns = stem(drawing, node_id), expression.columns
    if kind == "join":
        way = _join(drawing, node_id, columns)
    elif kind == "union":
        way = _union(drawing, node_id, columns)
    else:
        way = _single(drawing, node_id, kind, columns)
    return None if way is None or (way.drops_rows and expression.risk != "none") else way


def _single(drawing: Drawing, node_id: str, kind: str, columns: frozenset[str]) -> Way | None:
    edge, config = drawing.only_input(node_id), drawing.config(node_id)
    before = None if edge is None else drawing.names(edge.source)
    if edge is None or before is None:
        return None
    way: Way | None = None
    if kind == "sort" and config["limit"] is None:
        way = Way(((edge, {}),), drops_rows=False)
    elif kind == "rename-columns":
        old = {new: name for name, new in config["rename_mapping"].items()}
        names = {column: old[column] for column in columns if column in old}
        way = Way(((edge, names),), drops_rows=False, is_work=False)
    elif kind in PRUNING:
        way = Way(((edge, {}),), drops_rows=False, is_work=False)
    elif kind in FILTERING:
        earlier = drawing.expressions.get(node_id)
        checks = kind == "filter" and (earlier is None or earlier.risk == "data")
        way = None if checks else Way(((edge, {}),), drops_rows=True, is_work=False)
    elif kind in COMPUTING:
        made = computed(drawing, node_id)
        way = None if made is None or made & columns else Way(((edge, {}),), drops_rows=False)
    elif kind in {"deduplicate", "aggregate"}:
        keys = frozenset(config["group_by"] if kind == "aggregate" else config["columns"] or before)
        if columns <= keys and has_exact_keys(drawing.schemas, edge.source, columns):
            way = Way(((edge, {}),), drops_rows=True)
    return way if way is not None and all(way.inputs[0][1].get(name, name) in before for name in columns) else None


def _union(drawing: Drawing, node_id: str, columns: frozenset[str]) -> Way | None:
    """Into every input: each has all columns, of the same type as the result's."""
    config, types, names = drawing.config(node_id), drawing.types(node_id), drawing.names(node_id)
    if names is None or (config["distinct"] and not has_exact_keys(drawing.schemas, node_id, columns)):
        return None
    inputs = []
    for edge in drawing.graph.inputs(node_id):
        before, of_input = drawing.names(edge.source), drawing.types(edge.source)
        if before is None or len(before) != len(names):
            return None
        called = dict(zip(names, before, strict=True)) if config["match"] == "position" else {}
        if any(of_input.get(called.get(name, name)) != types.get(name) for name in columns):
            return None
        inputs.append((edge, {name: called[name] for name in columns if called.get(name, name) != name}))
    return Way(tuple(inputs), drops_rows=False)


def _join(drawing: Drawing, node_id: str, columns: frozenset[str]) -> Way | None:
    """Into the side that has all columns, unless rows of that side stay where the join would make nulls of them."""
    kind = drawing.config(node_id)["join_type"]
    sides = {side: drawing.at(node_id, side) for side in ("left", "right")}
    if any(len(edges) != 1 for edges in sides.values()):
        return None
    origins = join_origins(drawing, node_id)
    found = {origins.get(column) for column in columns} if origins is not None else {None}
    reached = {origin.side for origin in found if origin is not None}
    if None in found or len(reached) != 1:
        return None
    (side,) = reached
    assert origins is not None
    goes = {"left": {"inner", "left", "semi", "anti", "cross"}, "right": {"inner", "right", "cross"}}[side]
    if kind not in goes:
        return None
    names = {column: origins[column].name for column in columns if origins[column].name != column}
    return Way(((sides[side][0], names),), drops_rows=True)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a column of a join comes from; a key of one name on both sides counts as the left one's."""

    side: str
    name: str


def join_origins(drawing: Drawing, node_id: str) -> dict[str, Origin] | None:
    """Where each column of a join's result comes from; None when the inputs' columns are not known."""
    config = drawing.config(node_id)
    sides = [drawing.at(node_id, side) for side in ("left", "right")]
    names = [drawing.names(edges[0].source) if len(edges) == 1 else None for edges in sides]
    left, right = names
    if left is None or right is None:
        return None
    keys = zip(config["left_on"], config["right_on"] or config["left_on"], strict=False)
    shared = {one for one, other in keys if one == other}
    origins = {name: Origin("left", name) for name in left}
    if config["join_type"] not in {"semi", "anti"}:
        taken = {name.lower() for name in left}
        for name in right:
            if name not in shared:
                result = name + config["suffix"] if name.lower() in taken else name
                origins[result] = Origin("right", name)
    return origins
