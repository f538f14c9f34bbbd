"""PostgreSQL's types and the logical ones: what a query's columns become, and how they travel without silent loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from module_operators.connections.source_columns import SourceColumn, checked_decimal, refused
from module_operators.relation import Column

if TYPE_CHECKING:
    from psycopg2 import extensions

# numeric without precision: sums of money fit; more decimals than these are refused, not rounded.
UNBOUNDED = (38, 9)
_MOST_DIGITS = 38
_NUMERIC = "numeric"
_NO_PRECISION = 0xFFFF  # how psycopg2 tells it

# Types that arrive as they are; all others arrive as the text that the server writes (uuid, enum, json, interval, …).
_LOGICAL = {
    "int2": "integer",
    "int4": "integer",
    "int8": "bigint",
    "float4": "float",
    "float8": "float",
    "bool": "boolean",
    "text": "string",
    "varchar": "string",
    "date": "date",
    "time": "time",
    "timestamp": "timestamp",
    "timestamptz": "timestamptz",
    "bytea": "binary",
}
_CONVERTED = {"oid": ("bigint", "bigint"), "money": (_NUMERIC, f"decimal({UNBOUNDED[0]},{UNBOUNDED[1]})")}
# The driver counts from 1970 and lets what is out of its range wrap around to before PostgreSQL's first day.
FIRST_DAY = "4714-11-24 (BC)"


@dataclass(frozen=True, slots=True)
class _Type:
    name: str
    element: str | None
    """The type of an array's elements."""


def source_columns(cursor: extensions.cursor) -> list[SourceColumn]:
    """The columns of the query that the cursor has just executed."""
    description: Sequence[Any] = cursor.description or ()
    cursor.execute(
        "SELECT t.oid, t.typname, e.typname FROM pg_catalog.pg_type t"
        " LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A' AND t.typlen = -1"
        " WHERE t.oid = ANY(%s::oid[])",
        ([column.type_code for column in description],),
    )
    types = {oid: _Type(name, element) for oid, name, element in cursor.fetchall()}
    return [_source_column(column, types) for column in description]


def _source_column(described: Any, types: Mapping[int, _Type]) -> SourceColumn:
    name, kind = described.name, types[described.type_code]
    if kind.element is not None:
        return _array(name, kind.element)
    if kind.name == _NUMERIC:
        precision, scale, exact = _decimal(described.precision, described.scale)
        logical = f"decimal({precision},{scale})"
        stored = checked_decimal("{0}", name, precision, scale, count_decimals=not exact)
        return SourceColumn(Column(name, logical), ("{0}",), stored)
    if kind.name in _CONVERTED:
        cast, logical = _CONVERTED[kind.name]
        stored = checked_decimal("{0}", name, *UNBOUNDED, count_decimals=True) if cast == _NUMERIC else "{0}"
        return SourceColumn(Column(name, logical), (f"CAST({{0}} AS {cast})",), stored)
    if kind.name in _LOGICAL:
        logical = _LOGICAL[kind.name]
        return SourceColumn(Column(name, logical), ("{0}",), _stored(logical, "{0}", name))
    return SourceColumn(Column(name, "string"), ("CAST({0} AS text)",), "{0}")


def _decimal(precision: int | None, scale: int | None) -> tuple[int, int, bool]:
    """Digits and decimals that hold a numeric, and whether they hold each of its decimals."""
    if precision is None or scale is None or precision == _NO_PRECISION:
        return (*UNBOUNDED, False)
    if scale >= 0x400:  # a negative scale, numeric(5,-2): eleven bits, signed
        precision, scale = precision + 0x800 - (scale & 0x7FF), 0
    precision = max(precision, scale)
    if precision > _MOST_DIGITS:
        return _MOST_DIGITS, min(scale, _MOST_DIGITS), scale <= _MOST_DIGITS
    return precision, scale, True


def _array(name: str, element: str) -> SourceColumn:
    """Lists of lists would arrive flattened: arrays of more than one dimension are noticed and refused."""
    dimensions = "coalesce(array_ndims({0}), 1)"
    if element == _NUMERIC:
        logical = f"decimal({UNBOUNDED[0]},{UNBOUNDED[1]})"
        item, cast = checked_decimal("item", name, *UNBOUNDED, count_decimals=True), ""
    elif element in _LOGICAL:
        logical, cast = _LOGICAL[element], ""
        item = _stored(logical, "item", name)
    else:
        logical, cast, item = "string", "::text[]", "item"
    sent = f"CASE WHEN {dimensions} = 1 THEN {{0}} END{cast}"
    items = "{0}" if item == "item" else f"list_transform({{0}}, lambda item: {item})"
    error = refused(name, "an array of more than one dimension. Use array_to_json(…) or unnest it in the query")
    stored = f"CASE WHEN {{1}} > 1 THEN {error} ELSE {items} END"
    return SourceColumn(Column(name, f"list({logical})"), (sent, dimensions), stored)


def _stored(logical: str, value: str, name: str) -> str:
    if logical == "float":
        return f"CAST({value} AS DOUBLE)"
    if logical in {"date", "timestamp", "timestamptz"}:
        engine_type = {"date": "DATE", "timestamp": "TIMESTAMP", "timestamptz": "TIMESTAMPTZ"}[logical]
        first = f"{engine_type} '{FIRST_DAY}{'' if logical == 'date' else ' 00:00:00'}'"
        error = refused(name, f"'infinity' or a {logical} after the year 294246. Use NULLIF in the query")
        return f"CASE WHEN {value} < {first} THEN {error} ELSE {value} END"
    return value
