"""Filters and aggregations in a database's SQL, where they mean the very same there."""

import re
from decimal import Decimal
from typing import Any

from dag_factory.rewrites.drawing import Drawing
from dag_factory.rewrites.expression import Expression, Term
from dag_factory.rewrites.table_query import CannotPush, TableQuery

_WHOLE = frozenset({"integer", "bigint"})
_SYMBOLS = {"is null": "IS NULL", "is not null": "IS NOT NULL"}
_OF_RECORDS = {"is null": "IS NOT DISTINCT FROM NULL", "is not null": "IS DISTINCT FROM NULL"}
"""For what is read as text, which records are: there `IS NULL` asks whether their fields are null."""
_TWO_DIGITS = 100
_UNBOUNDED = "decimal(38,9)"
"""What a numeric without a precision is read as; a cast would round a value that the read refuses."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def condition(query: TableQuery, expression: Expression | None, types: dict[str, str]) -> str:
    """A filter's expression, for the query's `WHERE`.

    Raises:
        CannotPush: it could keep other rows there.
    """
    if expression is None or expression.terms is None:
        raise CannotPush("only plain comparisons of columns with constants, joined by AND, mean the same there")
    return " AND ".join(_comparison(query, term, types.get(term.column, "")) for term in expression.terms)


def _comparison(query: TableQuery, term: Term, kind: str) -> str:
    name = query.name(term.column)
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


def grouped(drawing: Drawing, query: TableQuery, node_id: str, source: str) -> tuple[str, str]:
    """An aggregation's columns, for the query's `SELECT`, and its keys, for `GROUP BY`.

    Raises:
        CannotPush: it could give another result there.
    """
    config, types = drawing.config(node_id), drawing.types(source)
    names = drawing.names(node_id) or ()
    keys = config["group_by"]
    for key in keys:
        _check_key(query, types.get(key, ""))
    items = [query.name(key) for key in keys]
    for each, alias in zip(config["aggregations"], names[len(keys) :], strict=True):
        items.append(f"{_aggregated(query, each, types)} AS {query.name(alias)}")
    return ", ".join(items), ", ".join(query.name(key) for key in keys)


def _check_key(query: TableQuery, kind: str) -> None:
    if kind == "string":
        raise CannotPush("texts are put in one group there when the database's collation calls them equal")
    if not (_is_exact_number(kind) or (query.is_postgres and kind in {"date", "boolean"})):
        raise CannotPush(f"groups by a {kind or 'value'} may be others there")


def _aggregated(query: TableQuery, each: dict[str, Any], types: dict[str, str]) -> str:
    function, column = each["function"], each.get("column")
    if column is None:
        return "count(*)"
    kind, name = types.get(column, ""), query.name(column)
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
