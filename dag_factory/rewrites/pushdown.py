"""What databases can do themselves: filters, aggregations and projections as part of an extractor's query."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from dag_factory.rewrites.database_sql import condition, grouped
from dag_factory.rewrites.drawing import Drawing, with_options
from dag_factory.rewrites.order import order_matters
from dag_factory.rewrites.proposal import Declined, Proposal
from dag_factory.rewrites.table_query import QUOTES, CannotPush, TableQuery, table_query


def _open_query(drawing: Drawing, node_id: str, *, other_columns: bool) -> TableQuery | None:
    """The query when it may be changed: nobody else reads its rows, and they are not limited to the first ones."""
    query, config = table_query(drawing, node_id), drawing.config(node_id)
    if query is None or drawing.only_consumer(node_id) is None or config["limit"] is not None:
        return None
    return None if other_columns and config["on_schema_change"] != "adapt" else query


def _with_query(drawing: Drawing, node_id: str, query: TableQuery, schema: Sequence[Any] | None = None) -> Drawing:
    after = drawing.with_config(node_id, lambda node: with_options(node, {**node.data.config, "query": query.text}))
    schemas = {**after.schemas, **({node_id: schema} if schema is not None else {})}
    return replace(after, schemas=schemas)


# --- filters ----------------------------------------------------------------------------------------------------------


def pushed_filters(drawing: Drawing, wanted: str | None = None) -> Iterator[Proposal]:
    """Each filter right behind a table that its database can apply, with the same rows."""
    for node_id, source in _behind_sources(drawing, "filter", wanted):
        query = _open_query(drawing, source, other_columns=False)
        if query is None:
            continue
        try:
            pushed = condition(query, drawing.expressions.get(node_id), drawing.types(source))
        except CannotPush:
            continue
        joined = f"{query.condition} AND {pushed}" if query.condition else pushed
        after = _with_query(drawing.without(node_id), source, replace(query, condition=joined))
        reason = (
            f"The database can apply {drawing.title(node_id)} itself, with the same rows: it compares numbers, dates "
            f"and nulls only. {drawing.title(source)} then brings over fewer rows."
        )
        yield Proposal("push-filter", node_id, reason, (source, node_id), after, is_sampled_alike=False)


# --- aggregations -----------------------------------------------------------------------------------------------------


def pushed_aggregations(drawing: Drawing, wanted: str | None = None) -> Iterator[Proposal]:
    """Each aggregation right behind a table that its database can compute, with the same result."""
    for node_id, source in _behind_sources(drawing, "aggregate", wanted):
        query = _open_query(drawing, source, other_columns=True)
        if query is None or drawing.names(node_id) is None:
            continue
        try:
            items, group = grouped(drawing, query, node_id, source)
        except CannotPush:
            continue
        whole = replace(query, columns=items)
        text = whole.text + (f" GROUP BY {group}" if group else "")
        after = drawing.with_config(source, lambda node, t=text: with_options(node, {**node.data.config, "query": t}))
        after = replace(after, schemas={**after.schemas, source: drawing.schemas[node_id]})
        keys = drawing.config(node_id)["group_by"]
        if keys and order_matters(drawing, node_id, None):
            sort = {"sort_by": [{"column": key, "direction": "asc", "nulls": "last"} for key in keys]}
            after = after.with_config(node_id, lambda node, s=sort: _as_sort(node, s))
            kept = f" {drawing.title(node_id)} becomes a sort of the groups, which keeps their order."
        else:
            after, kept = after.without(node_id), ""
        reason = (
            f"The database can compute {drawing.title(node_id)} itself, with the same result: the groups and the "
            f"functions are of numbers, dates and booleans. Groups are brought over instead of rows.{kept}"
        )
        yield Proposal("push-aggregation", node_id, reason, (source, node_id), after, is_sampled_alike=False)


def _as_sort(node: Any, options: dict[str, Any]) -> Any:
    data = node.data.model_copy(update={"module_id": "sort-transformer", "config": options})
    return node.model_copy(update={"data": data})


# --- projections ------------------------------------------------------------------------------------------------------


def pushed_projections(drawing: Drawing, wanted: str | None = None) -> Iterator[Proposal]:
    """Each selection of columns right behind a table."""
    for node_id, source in _behind_sources(drawing, "select-columns", wanted):
        after = narrowed(drawing, source, drawing.config(node_id)["columns"])
        if after is not None:
            reason = f"{drawing.title(source)} can read the columns of {drawing.title(node_id)} alone."
            yield Proposal(
                "push-projection", node_id, reason, (source, node_id), after.without(node_id), is_sampled_alike=False
            )


def narrowed(drawing: Drawing, node_id: str, columns: Sequence[str]) -> Drawing | None:
    """With a query of these columns; None when the query is none that may be changed."""
    query = _open_query(drawing, node_id, other_columns=True)
    if query is None:
        return None
    try:
        names = ", ".join(query.name(column) for column in columns)
    except CannotPush:
        return None
    schema = [column for column in drawing.schemas.get(node_id, ()) if column["name"] in columns]
    kept = replace(query, columns=names)
    return _with_query(drawing, node_id, kept, sorted(schema, key=lambda column: list(columns).index(column["name"])))


# --- why not ----------------------------------------------------------------------------------------------------------


def declined_pushes(drawing: Drawing) -> Iterator[Declined]:
    """What stands right behind a database's table or query and stays where it is, with the reason."""
    for kind in ("filter", "aggregate", "select-columns"):
        for node_id, source in _behind_sources(drawing, kind):
            if drawing.graph.by_id[source].data.module_id in QUOTES:
                reason = _why_not(drawing, node_id, source, kind)
                if reason is not None:
                    what = (
                        f"{drawing.title(node_id)} is not made part of the query of {drawing.title(source)}: {reason}."
                    )
                    yield Declined(node_id, what)


def _why_not(drawing: Drawing, node_id: str, source: str, kind: str) -> str | None:
    query, config = table_query(drawing, source), drawing.config(source)
    if query is None:
        return "only a query that reads a whole table (SELECT * FROM …) is changed"
    if drawing.only_consumer(source) is None:
        return "other nodes read its rows, too"
    if config["limit"] is not None:
        return f"it is limited to {config['limit']:,} rows, which would be others"
    if kind != "filter" and config["on_schema_change"] != "adapt":
        return "a change of its other columns would no longer be noticed, which its options ask for"
    try:
        if kind == "filter":
            condition(query, drawing.expressions.get(node_id), drawing.types(source))
        elif kind == "aggregate":
            grouped(drawing, query, node_id, source)
    except CannotPush as error:
        return str(error)
    return None


def _behind_sources(drawing: Drawing, kind: str, wanted: str | None = None) -> Iterator[tuple[str, str]]:
    """The transformers of a kind that read an extractor whose columns are known, and that extractor."""
    for node in drawing.looked_at(wanted):
        edge = drawing.only_input(node.id) if drawing.is_a(node.id, kind) else None
        module = drawing.module(edge.source) if edge else None
        if edge and module and module.type == "extractor" and drawing.names(edge.source) is not None:
            yield node.id, edge.source
