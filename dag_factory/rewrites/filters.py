"""Filters earlier, so that what they pass works on fewer rows; filters in a row as one."""

from collections.abc import Iterator

from dag_factory.checks.settings import MAX_NODES
from dag_factory.graph import Node, Position
from dag_factory.rewrites.drawing import Drawing, bent, moved, with_options
from dag_factory.rewrites.effects import same_query
from dag_factory.rewrites.expression import LONGEST, Expression
from dag_factory.rewrites.passing import Way, way_past
from dag_factory.rewrites.proposal import Proposal
from dag_factory.rewrites.wording import listed

LONGEST_LABEL = 100

FARTHEST = 20
"""Nodes that a filter is moved past at once."""


def earlier_filters(drawing: Drawing, wanted: str | None = None) -> Iterator[Proposal]:
    """Each filter that could stand earlier, as early as it pays."""
    for node in drawing.looked_at(wanted):
        if not drawing.is_a(node.id, "filter"):
            continue
        after, passed = _as_early_as_it_pays(drawing, node.id)
        if passed:
            new = [each.id for each in after.graph.nodes if each.id not in drawing.graph.by_id]
            yield Proposal("filter-earlier", node.id, _reason(drawing, node, passed, new), (node.id, *passed), after)


def _reason(drawing: Drawing, node: Node, passed: tuple[str, ...], new: list[str]) -> str:
    columns = listed(sorted(drawing.expressions[node.id].columns))
    others, leave = listed(drawing.title(each) for each in passed), "leaves" if len(passed) == 1 else "leave"
    copies = f", once for each input ({len(new) + 1} filters)," if new else ""
    return (
        f"{drawing.title(node.id)} reads only {columns}, which {others} {leave} as before. "
        f"Standing in front{copies} it removes rows before work is done on them."
    )


def _as_early_as_it_pays(drawing: Drawing, node_id: str) -> tuple[Drawing, tuple[str, ...]]:
    """The graph with the filter moved, and what it passed; it stops behind the last node that has less work by it."""
    best, paid, current, passed = drawing, (), drawing, ()
    while len(passed) < FARTHEST and (way := _way(current, node_id)):
        before = current.graph.inputs(node_id)[0].source
        current, filters = _past(current, node_id, before, way)
        passed = (*passed, before)
        if len(filters) > 1:
            for each in filters:
                current, more = _as_early_as_it_pays(current, each)
                passed = (*passed, *more)
            return current, tuple(dict.fromkeys(passed))
        if way.is_work:
            best, paid = current, passed
    return best, paid


def _way(drawing: Drawing, node_id: str) -> Way | None:
    expression, edge = drawing.expressions.get(node_id), drawing.only_input(node_id)
    if expression is None or edge is None or not expression.columns:
        return None
    if (expression.is_timed and not same_query(drawing)) or drawing.only_consumer(edge.source) is None:
        return None
    way = way_past(drawing, edge.source, expression)
    too_many = way is not None and len(drawing.graph.nodes) + len(way.inputs) - 1 > MAX_NODES
    return None if too_many else way


def _past(drawing: Drawing, node_id: str, passed: str, way: Way) -> tuple[Drawing, list[str]]:
    """The graph with the filter at the inputs of the node that it stood behind, and the filters' ids."""
    graph = drawing.graph
    node, other, expression = graph.by_id[node_id], graph.by_id[passed], drawing.expressions[node_id]
    (arriving,) = graph.inputs(node_id)
    schemas, expressions = dict(drawing.schemas), dict(drawing.expressions)
    schemas[passed] = drawing.schemas.get(node_id, drawing.schemas[passed])
    filters: dict[str, Node] = {}
    entrances, taken = {}, set()
    for index, (edge, names) in enumerate(way.inputs):
        new_id = drawing.free_id(node_id) if index else node_id
        while new_id in filters:
            new_id += "-"
        moved_expression = expression.over(names)
        place = other.position
        if len(graph.inputs(passed)) > 1:  # in the line of what it reads
            place = Position(x=place.x, y=graph.by_id[edge.source].position.y)
        options = {**node.data.config, "condition": moved_expression.text}
        filters[new_id] = moved(with_options(node.model_copy(update={"id": new_id}), options), place)
        schemas[new_id], expressions[new_id] = drawing.schemas[edge.source], moved_expression
        edge_id = arriving.id if not index else drawing.free_edge_id(edge.source, new_id, taken)
        into = bent(
            arriving,
            id=edge_id,
            source=edge.source,
            source_handle=edge.source_handle,
            target=new_id,
        )
        entrances[edge.id] = [into, bent(edge, source=new_id, source_handle=arriving.source_handle)]
    edges = []
    for edge in graph.edges:
        if edge.id in entrances and edge.target == passed:
            edges += entrances[edge.id]
        elif edge.source == node_id:
            edges.append(bent(edge, source=passed))
        elif edge is not arriving:
            edges.append(edge)
    nodes = [moved(other, node.position) if each.id == passed else each for each in graph.nodes if each.id != node_id]
    return drawing.redrawn([*nodes, *filters.values()], edges, schemas, expressions), list(filters)


def merged_filters(drawing: Drawing, wanted: str | None = None) -> Iterator[Proposal]:
    """Each filter that could be part of the one before it."""
    for node in drawing.looked_at(wanted):
        edge = drawing.only_input(node.id) if drawing.is_a(node.id, "filter") else None
        if edge is None or not drawing.is_a(edge.source, "filter") or drawing.only_consumer(edge.source) is None:
            continue
        first = drawing.graph.by_id[edge.source]
        one, other = drawing.expressions.get(first.id), drawing.expressions.get(node.id)
        if one is None or other is None or not _can_merge(drawing, one, other):
            continue
        if first.data.overrides != node.data.overrides:
            continue
        both = one.both(other.over({}))
        after = drawing.without(node.id)
        label = _label(first, node)
        after = after.with_config(first.id, lambda n, b=both, text=label: with_options(n, {"condition": b.text}, text))
        after = after.redrawn(after.graph.nodes, after.graph.edges, None, {**after.expressions, first.id: both})
        reason = (
            f"{drawing.title(first.id)} and {drawing.title(node.id)} follow each other and nothing else reads the rows "
            "between them: one filter with both conditions keeps the same rows, and is one task less."
        )
        yield Proposal("merge-filters", node.id, reason, (first.id, node.id), after)


def _can_merge(drawing: Drawing, one: Expression, other: Expression) -> bool:
    """The second must not fail on rows that the first removes, nor keep the first from failing as its author wants."""
    if other.risk != "none" or one.risk == "data" or len(one.text) + len(other.text) + 9 > LONGEST:
        return False
    return same_query(drawing) or not (one.is_timed or other.is_timed)


def _label(first: Node, second: Node) -> str | None:
    both = f"{first.title}, {second.title}"
    return both if first.data.label.strip() and second.data.label.strip() and len(both) <= LONGEST_LABEL else None
