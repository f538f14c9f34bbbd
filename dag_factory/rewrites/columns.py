"""Columns that a source brings and nothing uses: dropped behind it, or not read at all."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from dag_factory.checks.settings import MAX_NODES
from dag_factory.graph import Edge, Position
from dag_factory.rewrites.drawing import Drawing, bent, moved, new_node
from dag_factory.rewrites.effects import stem
from dag_factory.rewrites.passing import join_origins
from dag_factory.rewrites.proposal import Proposal
from dag_factory.rewrites.pushdown import narrowed, table_query
from dag_factory.rewrites.wording import listed

Needed = frozenset[str]


def unused_columns(drawing: Drawing, wanted: str | None = None) -> Iterator[Proposal]:
    """Each source with columns that no node reads and no target gets."""
    used = needed_columns(drawing)
    for node in drawing.looked_at(wanted):
        module, names = drawing.module(node.id), drawing.names(node.id)
        consumers = drawing.graph.consumers(node.id)
        if module is None or module.type != "extractor" or not names or not consumers or node.id not in used:
            continue
        if all(stem(drawing, edge.target) == "select-columns" for edge in consumers):
            continue
        kept = [name for name in names if name in used[node.id]] or [names[0]]
        dropped = [name for name in names if name not in kept]
        if not dropped:
            continue
        many = "1 column" if len(dropped) == 1 else f"{len(dropped)} columns"
        told = (
            f"{many} of {drawing.title(node.id)} ({listed(dropped)}) {'is' if len(dropped) == 1 else 'are'} never used"
        )
        if narrowed_query := narrowed(drawing, node.id, kept):
            after = narrowed_query
            reason = f"{told}: the query reads the other ones only, and less is brought over."
        elif len(drawing.graph.nodes) < MAX_NODES:
            after = _selected(drawing, node.id, kept)
            reason = f"{told}: dropped behind the source, they are neither stored nor carried along."
        else:
            continue
        yield Proposal("drop-columns", node.id, reason, (node.id,), after, table_query(drawing, node.id) is None)


def _selected(drawing: Drawing, node_id: str, kept: list[str]) -> Drawing:
    """With a selection behind the source, and everything after it moved on."""
    node, consumers = drawing.graph.by_id[node_id], drawing.graph.consumers(node_id)
    new_id, taken = drawing.free_id(f"{node_id}-columns"), set()
    after = drawing.after(node_id)
    place = min((drawing.graph.by_id[each].position for each in after), key=lambda position: position.x)
    gap = place.x - node.position.x
    step = max(NARROWEST, min(gap, WIDEST))
    shift = max(0.0, 2 * step - gap)
    position = Position(x=node.position.x + step, y=node.position.y)
    label = f"{node.title}: columns used"[:200]
    selecting = new_node(new_id, "select-columns-transformer", label, {"columns": kept}, position)
    first = Edge(
        id=drawing.free_edge_id(node_id, new_id, taken),
        source=node_id,
        target=new_id,
        source_handle=consumers[0].source_handle,
        target_handle="input",
    )
    edges = [bent(edge, source=new_id) if edge.source == node_id else edge for edge in drawing.graph.edges]
    nodes = [
        moved(each, Position(x=each.position.x + shift, y=each.position.y)) if each.id in after else each
        for each in drawing.graph.nodes
    ]
    return drawing.redrawn([*nodes, selecting], [*edges, first])


NARROWEST, WIDEST = 240.0, 300.0
"""Between the left sides of two nodes in a row, so that they do not touch."""


def needed_columns(drawing: Drawing) -> dict[str, Needed]:
    """Of each node, the columns that something after it needs; nodes of which that is not known are missing."""
    found: dict[str, Needed] = {}
    for node in reversed(drawing.graph.order):
        names, consumers = drawing.names(node.id), drawing.graph.consumers(node.id)
        if names is None:
            continue
        needed: set[str] = set()
        for edge in consumers:
            wanted = _needed_at(drawing, edge, found)
            needed.update(names if wanted is None else wanted)
        found[node.id] = frozenset(needed) & frozenset(names)
    return found


def _needed_at(drawing: Drawing, edge: Edge, found: Mapping[str, Needed]) -> Iterable[str] | None:
    """What a node needs of one of its inputs; None for all columns."""
    node_id = edge.target
    config, kind, after = drawing.config(node_id), stem(drawing, node_id), found.get(node_id)
    match kind:
        case "select-columns":
            return config["columns"]
        case "aggregate":
            return [*config["group_by"], *(each["column"] for each in config["aggregations"] if each.get("column"))]
        case "pivot":
            return [*config["index"], config["columns"], config["values"]]
        case "join":
            return _needed_by_join(drawing, edge, found)
    read = _reads(drawing, node_id, kind)
    return None if after is None or read is None else after | read


def _reads(drawing: Drawing, node_id: str, kind: str) -> set[str] | None:
    """What a node that hands its columns on reads itself, or has the names of; None for all columns."""
    config = drawing.config(node_id)
    if kind in _WITH_EXPRESSION:
        expression = drawing.expressions.get(node_id)
        # The column that a computed one replaces gives it its place.
        return None if expression is None else {*expression.columns, config.get("column_name", "")}
    if kind in _OF_ALL_UNLESS_NAMED and not config["columns"]:
        return None
    return set(_NAMED[kind](config)) if kind in _NAMED else None


_WITH_EXPRESSION = frozenset({"filter", "add-column"})
_OF_ALL_UNLESS_NAMED = frozenset({"remove-nulls", "deduplicate", "fill-nulls"})
_NAMED: dict[str, Callable[[dict[str, Any]], Iterable[str]]] = {
    "sort": lambda config: (key["column"] for key in config["sort_by"]),
    "rename-columns": lambda config: config["rename_mapping"],
    "remove-nulls": lambda config: config["columns"],
    "normalize": lambda config: config["columns"],
    "parse-date": lambda config: config["columns"],
    "deduplicate": lambda config: [*config["columns"], *config["order_by"]],
    "fill-nulls": lambda config: [*config["columns"], *config["order_by"], *config["partition_by"]],
    "cast-types": lambda config: config["type_mapping"],
    "map": lambda config: [config["column"], config["target_column"] or config["column"]],
    "split-column": lambda config: [config["column"]],
    "extract-date-parts": lambda config: [config["date_column"]],
}


def _needed_by_join(drawing: Drawing, edge: Edge, found: Mapping[str, Needed]) -> Iterable[str] | None:
    """The keys and what is needed of its side; a column stays that gives another one its suffix."""
    node_id, origins = edge.target, join_origins(drawing, edge.target)
    config, after = drawing.config(node_id), found.get(node_id)
    if origins is None or after is None:
        return None
    side = "right" if edge in drawing.at(node_id, "right") else "left"
    keys = config["left_on"] if side == "left" else config["right_on"] or config["left_on"]
    needed: set[str] = {*keys, *(origins[name].name for name in after if origins[name].side == side)}
    if side == "left":
        clashing = {origins[name].name.lower() for name in after if origins[name].name != name}
        needed |= {name for name in origins if origins[name].side == "left" and name.lower() in clashing}
    return needed
