"""Values that do not fit a type which the first rows of a file have: noticed while reading, named afterwards.

The engine's readers alone would let them pass: '3.7' becomes 4 in an integer column, a timestamp loses its time in a
date column and its offset in a timestamp column. So each type is read in the cheapest way that notices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import StringConstraints

from module_operators.config import shown_as
from module_operators.engines.dialect import Dialect
from module_operators.relation import HIDDEN_PREFIX

EXACT_IN_FLOAT = 2**53
FILE_COLUMN = f"{HIDDEN_PREFIX}file"
_ROW = f"{HIDDEN_PREFIX}file_row"

Way = Literal["text", "whole", "big", "float", "boolean", "date", "timestamp", "timestamptz", "cast"]
READER_TYPES = {"whole": "DOUBLE", "float": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}


@dataclass(frozen=True, slots=True)
class SniffedType:
    """A column's logical type, and the way in which its values are read.

    `whole` numbers are read as doubles, which are checked faster than text; `big` ones, which a double would round,
    as text.
    """

    logical: str
    way: Way
    format: str | None = None
    """strptime form that every sampled timestamp has, or None when they differ."""

    @property
    def described(self) -> str:
        return _DESCRIBED.get(self.logical, self.logical)


GivenType = Annotated[
    str,
    StringConstraints(
        pattern=r"^(integer|bigint|float|boolean|string|date|timestamp|timestamptz|"
        r"decimal\(([1-9]|[12][0-9]|3[0-8]), ?([0-9]|[12][0-9]|3[0-8])\))$"
    ),
    shown_as("column-type"),
]
"""A type that the user gives a column of a file."""

TEXT = SniffedType("string", "text")

GIVEN_TYPES: dict[str, SniffedType] = {
    "string": TEXT,
    "integer": SniffedType("integer", "big"),
    "bigint": SniffedType("bigint", "big"),
    "float": SniffedType("float", "float"),
    "boolean": SniffedType("boolean", "boolean"),
    "date": SniffedType("date", "date"),
    "timestamp": SniffedType("timestamp", "timestamp"),
    "timestamptz": SniffedType("timestamptz", "timestamptz"),
}

_DESCRIBED = {
    "integer": "whole number of 32 bits",
    "bigint": "whole number of 64 bits",
    "float": "number",
    "boolean": "true or false",
    "date": "date (YYYY-MM-DD)",
    "timestamp": "timestamp of the form that the first rows have",
}


def given_type(logical: str) -> SniffedType:
    """How a type that the user gave is read."""
    name = logical.replace(" ", "")
    return GIVEN_TYPES.get(name) or SniffedType(name, "cast")


def integer_type(values: Sequence[int]) -> SniffedType:
    """The type of whole numbers: one that holds each of them exactly."""
    largest = max(map(abs, values))
    if largest < EXACT_IN_FLOAT:
        return SniffedType("bigint", "whole")
    if largest < 2**63:
        return SniffedType("bigint", "big")
    return SniffedType("decimal(38,0)", "big") if largest < 10**38 else TEXT


def checked_value(name: str, kind: SniffedType, reader_type: str, sql: Dialect) -> str:
    """A column's SQL over what the reader yields for it; fails for a value that would lose something."""
    column, type_name = sql.quote(name), sql.type_name(kind.logical)
    if reader_type == type_name:
        return column
    message = f"{_holds(name)}…', which is no {kind.described}"
    error = f"error({sql.literal(message)})"
    if kind.way == "whole":
        limit, whole = EXACT_IN_FLOAT - 1, f"CAST({column} AS {type_name})"
        # Back from the number itself, which the engine computes once, faster than by trunc; null is no misfit.
        misfit = f"CAST({whole} AS {sql.type_name('float')}) <> {column} OR {column} NOT BETWEEN -{limit} AND {limit}"
        return f"CASE WHEN {misfit} THEN CAST({error} AS {type_name}) ELSE {whole} END"
    if kind.way == "big":
        return f"CAST(CASE WHEN contains({column}, '.') THEN {error} ELSE {column} END AS {type_name})"
    if kind.way == "timestamp":
        return f"CAST(CASE WHEN {_has_offset(column)} THEN {error} ELSE {column} END AS TIMESTAMP)"
    return f"CAST({column} AS {type_name})"


def diagnosis(rows: str, columns: Sequence[tuple[str, SniffedType]], sql: Dialect, *, row_name: str) -> str | None:
    """A SELECT that names file, row, column and value of the first value that does not fit its type.

    Args:
        rows: FROM clause that yields every column as text, and FILE_COLUMN.
        row_name: what a row is called in the message.
    """
    checks = [(name, kind, check) for name, kind in columns if (check := _misfit(sql.quote(name), kind, sql))]
    if not checks:
        return None
    messages = " ".join(
        f"WHEN {check} THEN {sql.literal(_holds(name))} || left({sql.quote(name)}, 100) || "
        + sql.literal(
            f"', which is no {kind.described}. Correct the value, or set the type of '{name}' to string in "
            "'Column types' and convert it in a later node."
        )
        for name, kind, check in checks
    )
    file, row = sql.quote(FILE_COLUMN), sql.quote(_ROW)
    bad = " OR ".join(f"({check})" for _, _, check in checks)
    return (
        f"WITH numbered AS (SELECT *, row_number() OVER () AS {row} FROM {rows}), "
        f"bad AS (SELECT * FROM numbered WHERE {bad} ORDER BY {row} LIMIT 1) "
        f"SELECT '''' || parse_filename({file}) || ''', {row_name} ' || format('{{:,}}', "
        f"{row} - (SELECT min({row}) FROM numbered AS n WHERE n.{file} = bad.{file}) + 1) || ': ' || "
        f"CASE {messages} END FROM bad"
    )


def verbatim(path: object) -> str:
    """The path with what the engine would take for a glob made literal."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in str(path))


def _holds(name: str) -> str:
    return f"column '{name}' holds '"


def _has_offset(column: str) -> str:
    return (
        f"strlen({column}) > 26 OR contains({column}, '+') OR suffix({column}, 'Z') "
        f"OR contains(substr({column}, 11), '-')"
    )


def _misfit(column: str, kind: SniffedType, sql: Dialect) -> str | None:
    """SQL that is true for a text that does not fit the type."""
    if kind.way == "text":
        return None
    type_name = sql.type_name(kind.logical)
    misfit = f"TRY_CAST({column} AS {type_name}) IS NULL"
    if kind.way in {"whole", "big"}:
        number = f"TRY_CAST({column} AS DOUBLE)"
        misfit = f"({misfit} OR trunc({number}) <> {number})"
    elif kind.way == "date":
        misfit = f"try_strptime({column}, '%Y-%m-%d') IS NULL"
    elif kind.format:
        misfit = f"try_strptime({column}, {sql.literal(kind.format)}) IS NULL"
    elif kind.way == "timestamp":
        misfit = f"({misfit} OR {_has_offset(column)})"
    return f"{column} IS NOT NULL AND {misfit}"
