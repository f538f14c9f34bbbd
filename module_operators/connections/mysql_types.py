"""MySQL's types and the logical ones: what a query's columns become, and how they travel without silent loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from module_operators.connections.source_columns import SourceColumn, checked_decimal, refused
from module_operators.relation import Column

ZeroDates = Literal["fail", "null"]

_BINARY = 63  # the character set of what is no text
_MOST_DIGITS = 38
_UNSIGNED, _ENUM_OR_SET = 32, 256 | 2048
_INTEGERS = {"TINY": "integer", "SHORT": "integer", "INT24": "integer", "YEAR": "integer", "LONG": "integer"}
_TEXTS = frozenset({"VAR_STRING", "VARCHAR", "STRING", "BLOB", "TINY_BLOB", "MEDIUM_BLOB", "LONG_BLOB"})
_TEMPORAL = {"DATE": "date", "NEWDATE": "date", "DATETIME": "timestamp", "TIMESTAMP": "timestamptz", "TIME": "time"}
_ENGINE = {"date": "DATE", "timestamp": "TIMESTAMP", "timestamptz": "TIMESTAMPTZ", "time": "TIME"}


def source_columns(fields: Sequence[Any], zero_dates: ZeroDates) -> tuple[SourceColumn, ...]:
    """The columns that a server has described, by PyMySQL's fields."""
    names = _type_names()
    return tuple(_source_column(field, names[field.type_code], zero_dates) for field in fields)


def _type_names() -> dict[int, str]:
    from pymysql.constants import FIELD_TYPE  # noqa: PLC0415

    names = {code: name for name, code in vars(FIELD_TYPE).items() if isinstance(code, int)}
    return names | {FIELD_TYPE.TINY: "TINY"}


def _source_column(field: Any, kind: str, zero_dates: ZeroDates) -> SourceColumn:  # noqa: PLR0911 - one return a type
    name, unsigned = field.name, bool(field.flags & _UNSIGNED)
    if kind == "TINY" and field.length == 1:
        error = refused(name, "", f"{{0}} || {_text(', and tinyint(1) is a boolean. CAST(… AS SIGNED) in the query.')}")
        value = "CAST({0} AS INTEGER)"
        stored = f"CASE WHEN {value} IS NULL OR {value} IN (0, 1) THEN {value} = 1 ELSE {error} END"
        return SourceColumn(Column(name, "boolean"), ("CAST({0} AS CHAR)",), stored)
    if kind == "BIT":
        logical = "boolean" if field.length == 1 else "bigint" if field.length < 64 else "decimal(20,0)"
        engine = {"boolean": "CAST({0} AS INTEGER) = 1", "bigint": "CAST({0} AS BIGINT)"}
        stored = engine.get(logical, "CAST({0} AS DECIMAL(20,0))")
        return SourceColumn(Column(name, logical), ("CAST({0} + 0 AS CHAR)",), stored)
    if kind in _INTEGERS or kind == "LONGLONG":
        wide = "decimal(20,0)" if unsigned else "bigint"
        logical = wide if kind == "LONGLONG" else "bigint" if kind == "LONG" and unsigned else "integer"
        sent = "CAST({0} AS SIGNED)" if kind == "YEAR" else "{0}"
        return SourceColumn(Column(name, logical), (sent,), f"CAST({{0}} AS {logical.upper()})")
    if kind in {"NEWDECIMAL", "DECIMAL"}:
        digits, scale = field.length - (field.scale > 0) - (not unsigned), field.scale
        is_exact = digits <= _MOST_DIGITS
        precision, scale = min(max(digits, scale), _MOST_DIGITS), min(scale, _MOST_DIGITS)
        stored = checked_decimal("{0}", name, precision, scale, count_decimals=not is_exact)
        return SourceColumn(Column(name, f"decimal({precision},{scale})"), ("CAST({0} AS CHAR)",), stored)
    if kind in {"FLOAT", "DOUBLE"}:
        return SourceColumn(Column(name, "float"), ("{0} + 0e0",), "CAST({0} AS DOUBLE)")
    if kind in _TEMPORAL:
        return _temporal(name, _TEMPORAL[kind], zero_dates)
    if kind == "GEOMETRY":
        return SourceColumn(Column(name, "string"), ("ST_AsText({0})",), "{0}")
    if kind in _TEXTS and not field.flags & _ENUM_OR_SET and field.length:
        return SourceColumn(Column(name, "binary" if field.charsetnr == _BINARY else "string"), ("{0}",), "{0}")
    return SourceColumn(Column(name, "string"), ("CAST({0} AS CHAR)",), "{0}")


def _temporal(name: str, logical: str, zero_dates: ZeroDates) -> SourceColumn:
    """Dates with a zero in them, and times of more than a day, have no counterpart."""
    zone = " || '+00'" if logical == "timestamptz" else ""
    converted = f"TRY_CAST(({{0}}{zone}) AS {_ENGINE[logical]})"
    if logical == "time":
        advice = ", which is no time of day. CAST(… AS CHAR) or TIME_TO_SEC(…) in the query."
    else:
        advice = ", which is no date. Set 'Zero dates', or use NULLIF in the query."
    error = refused(name, "", f"{{0}} || {_text(advice)}")
    if zero_dates == "null" and logical != "time":
        error = f"CASE WHEN {{0}} LIKE '%-00%' OR {{0}} LIKE '0000-%' THEN NULL ELSE {error} END"
    stored = f"CASE WHEN {{0}} IS NOT NULL AND {converted} IS NULL THEN {error} ELSE {converted} END"
    return SourceColumn(Column(name, logical), ("CAST({0} AS CHAR)",), stored)


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def sent_kind(source: SourceColumn) -> str:
    """How a driver that knows no Arrow hands the column over: binary or text."""
    return "binary" if source.column.type == "binary" else "text"
