"""What databases can do themselves: filters, aggregations and projections as part of an extractor's query.

Only queries that read a whole table are touched (`SELECT * FROM orders`), or that this module has written. Everything
else would have to be understood first.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from dag_factory.rewrites.drawing import Drawing, with_options
from dag_factory.rewrites.expression import Expression, Term
from dag_factory.rewrites.order import order_matters
from dag_factory.rewrites.proposal import Declined, Proposal

_QUOTES = {"postgres-extractor": '"', "mysql-extractor": "`"}
_WHOLE = frozenset({"integer", "bigint"})
_SYMBOLS = {"is null": "IS NULL", "is not null": "IS NOT NULL"}
_OF_RECORDS = {"is null": "IS NOT DISTINCT FROM NULL", "is not null": "IS DISTINCT FROM NULL"}
"""For what is read as text, which records are: there `IS NULL` asks whether their fields are null."""
_TWO_DIGITS = 100
_UNBOUNDED = "decimal(38,9)"
"""What a numeric without a precision is read as; a cast would round a value that the read refuses."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class CannotPush(Exception):
    """What keeps a node from becoming part of a query, in words."""


@dataclass(frozen=True, slots=True)
class TableQuery:
    """`SELECT columns FROM table WHERE condition`, and how its database writes names."""

    columns: str
    table: str
    condition: str
    quote: str

    @property
    def is_postgres(self) -> bool:
        """Whether PostgreSQL runs it; otherwise MySQL does."""
        return self.quote == '"'

    def name(self, column: str) -> str:
        """The column in SQL."""
        return self.quote + column.replace(self.quote, self.quote * 2) + self.quote

    @property
    def text(self) -> str:
        """The query."""
        where = f" WHERE {self.condition}" if self.condition else ""
        return f"SELECT {self.columns} FROM {self.table}{where}"


def _pattern(quote: str) -> re.Pattern[str]:
    # Possessive throughout: a text that does not match is found not to in one pass.
    name = rf"{quote}(?:[^{quote}:]|{quote}{quote})++{quote}"
    words = r"\b(?:AND|IS|NOT|NULL|IN|BETWEEN|DATE|TIMESTAMP|TRUE|FALSE|DISTINCT\s+FROM)\b"
    # No comment: what is added behind one would mean nothing.
    safe = rf"(?:\s|{name}|\d++(?:\.\d++)?|[<>=(),]|-(?!-)|'[\d :.\-]++'|{words})++"
    table = rf"(?:[A-Za-z_]\w*|{name})(?:\.(?:[A-Za-z_]\w*|{name})){{0,2}}"
    columns = rf"\*|{name}(?:, {name})*"
    return re.compile(
        rf"\s*SELECT\s+(?P<columns>{columns})\s+FROM\s+(?P<table>{table})(?:\s+WHERE\s+(?P<where>{safe}))?\s*;?\s*",
        re.IGNORECASE | re.ASCII,
    )


_PATTERNS = {module: _pattern(quote) for module, quote in _QUOTES.items()}
_LONGEST = 20_000


def table_query(drawing: Drawing, node_id: str) -> TableQuery | None:
    """The query of an extractor that reads a table, whole or by conditions that were put there; else None."""
    module_id = drawing.graph.by_id[node_id].data.module_id
    text = drawing.config(node_id).get("query") if module_id in _QUOTES else None
    if not isinstance(text, str) or len(text) > _LONGEST:
        return None
    match = _PATTERNS[module_id].fullmatch(text)
    if match is None:
        return None
    return TableQuery(match["columns"], match["table"], (match["where"] or "").strip(), _QUOTES[module_id])


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
            condition = _condition(query, drawing.expressions.get(node_id), drawing.types(source))
        except CannotPush:
            continue
        joined = f"{query.condition} AND {condition}" if query.condition else condition
        after = _with_query(drawing.without(node_id), source, replace(query, condition=joined))
        reason = (
            f"The database can apply {drawing.title(node_id)} itself, with the same rows: it compares numbers, dates "
            f"and nulls only. {drawing.title(source)} then brings over fewer rows."
        )
        yield Proposal("push-filter", node_id, reason, (source, node_id), after, is_sampled_alike=False)


def _condition(query: TableQuery, expression: Expression | None, types: dict[str, str]) -> str:
    if expression is None or expression.terms is None:
        raise CannotPush("only plain comparisons of columns with constants, joined by AND, mean the same there")
    return " AND ".join(_comparison(query, term, types.get(term.column, "")) for term in expression.terms)


def _comparison(query: TableQuery, term: Term, kind: str) -> str:
    name = query.name(term.column)
    if ":" in term.column:
        raise CannotPush(f"the name of column “{term.column}” would be read as a parameter")
    if term.operator in _SYMBOLS:
        if not query.is_postgres and not _is_exact_number(kind):
            raise CannotPush(f"a {kind} of MySQL may be read as null without being null there")
        return f"{name} {(_OF_RECORDS if kind == 'string' else _SYMBOLS)[term.operator]}"
    values = [_literal(query, kind, constant) for constant in term.values]
    if term.operator == "in":
        return f"{name} IN ({', '.join(values)})"
    if term.operator == "between":
        return f"({name} BETWEEN {values[0]} AND {values[1]})"
    return f"{name} {term.operator} {values[0]}"


def _literal(query: TableQuery, kind: str, constant: tuple[str, str]) -> str:
    given, text = constant
    if kind == "string":
        raise CannotPush("text compares there by the database's collation, which may call different texts equal")
    if _is_exact_number(kind) and given in {"integer", "decimal"}:
        if not query.is_postgres and kind == "integer" and abs(Decimal(text)) < _TWO_DIGITS:
            raise CannotPush(f"a year of MySQL, which is an integer too, takes {text} for one of this or last century")
        return text
    if query.is_postgres and kind == "boolean" and given == "boolean":
        return text.upper()
    if query.is_postgres and kind in {"date", "timestamp"} and _DAY.fullmatch(text) and given in {"date", "string"}:
        return f"DATE '{text}'"
    raise CannotPush(f"a {kind or 'value'} may compare otherwise there")


def _is_exact_number(kind: str) -> bool:
    return kind in _WHOLE or kind.startswith("decimal(")


# --- aggregations -----------------------------------------------------------------------------------------------------


def pushed_aggregations(drawing: Drawing, wanted: str | None = None) -> Iterator[Proposal]:
    """Each aggregation right behind a table that its database can compute, with the same result."""
    for node_id, source in _behind_sources(drawing, "aggregate", wanted):
        query = _open_query(drawing, source, other_columns=True)
        if query is None or drawing.names(node_id) is None:
            continue
        try:
            items, group = _grouped(drawing, query, node_id, source)
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


def _grouped(drawing: Drawing, query: TableQuery, node_id: str, source: str) -> tuple[str, str]:
    config, types = drawing.config(node_id), drawing.types(source)
    names = drawing.names(node_id) or ()
    keys = config["group_by"]
    for key in keys:
        _check_key(query, key, types.get(key, ""))
    items = [query.name(key) for key in keys]
    for each, alias in zip(config["aggregations"], names[len(keys) :], strict=True):
        if ":" in alias:
            raise CannotPush(f"the name of column “{alias}” would be read as a parameter")
        items.append(f"{_aggregated(query, each, types)} AS {query.name(alias)}")
    return ", ".join(items), ", ".join(query.name(key) for key in keys)


def _check_key(query: TableQuery, key: str, kind: str) -> None:
    if ":" in key:
        raise CannotPush(f"the name of column “{key}” would be read as a parameter")
    if kind == "string":
        raise CannotPush("texts are put in one group there when the database's collation calls them equal")
    if not (_is_exact_number(kind) or (query.is_postgres and kind in {"date", "boolean"})):
        raise CannotPush(f"groups by a {kind or 'value'} may be others there")


def _aggregated(query: TableQuery, each: dict[str, Any], types: dict[str, str]) -> str:
    function, column = each["function"], each.get("column")
    if column is None:
        return "count(*)"
    kind, name = types.get(column, ""), query.name(column)
    if ":" in column:
        raise CannotPush(f"the name of column “{column}” would be read as a parameter")
    exact = _is_exact_number(kind) or (query.is_postgres and kind in {"date", "boolean"})
    if not exact or (kind == "boolean" and function in {"min", "max"}):
        raise CannotPush(f"{function} of a {kind or 'value'} may be another one there")
    match function:
        case "count":
            return f"count({name})"
        case "count_distinct":
            return f"count(DISTINCT {name})"
        case "min" | "max":
            computed = f"{function}({name})"
            is_cast = kind.startswith("decimal(") and kind != _UNBOUNDED and query.is_postgres
            return f"CAST({computed} AS numeric{kind[7:]})" if is_cast else computed
        case "sum" if query.is_postgres and kind == _UNBOUNDED:
            return f"sum({name})"
        case "sum" if query.is_postgres:
            kept = "bigint" if kind in _WHOLE else f"numeric(38,{kind[8:-1].split(',')[1].strip()})"
            return f"CAST(sum({name}) AS {kept})"
    raise CannotPush(f"{function} is computed otherwise there")


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
    if query is None or any(":" in column for column in columns):
        return None
    schema = [column for column in drawing.schemas.get(node_id, ()) if column["name"] in columns]
    kept = replace(query, columns=", ".join(query.name(column) for column in columns))
    return _with_query(drawing, node_id, kept, sorted(schema, key=lambda column: list(columns).index(column["name"])))


# --- why not ----------------------------------------------------------------------------------------------------------


def declined_pushes(drawing: Drawing) -> Iterator[Declined]:
    """What stands right behind a database's table or query and stays where it is, with the reason."""
    for kind in ("filter", "aggregate", "select-columns"):
        for node_id, source in _behind_sources(drawing, kind):
            if drawing.graph.by_id[source].data.module_id in _QUOTES:
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
            _condition(query, drawing.expressions.get(node_id), drawing.types(source))
        elif kind == "aggregate":
            _grouped(drawing, query, node_id, source)
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
