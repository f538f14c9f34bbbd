"""The SQL that reads CSV files of a known layout and types, and loses nothing silently.

The engine's reader alone would: it rounds '3.7' to 4 in an integer column, drops the time of a timestamp in a date
column and the offset of one in a timestamp column. So each type is read in the cheapest way that notices.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from module_operators.csv_layout import EXACT_IN_FLOAT, CsvLayout, SniffedType
from module_operators.engines.dialect import Dialect
from module_operators.engines.duckdb import DuckDBEngine
from module_operators.relation import HIDDEN_PREFIX, Query

_READER_TYPES = {"whole": "DOUBLE", "float": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}
_NO_NULL_VALUE = "\x01no null value\x01"
_FILE = f"{HIDDEN_PREFIX}file"
_ROW = f"{HIDDEN_PREFIX}file_row"


@dataclass(frozen=True, slots=True)
class CsvScan:
    """CSV files and everything that is known about them."""

    paths: tuple[Path, ...]
    layout: CsvLayout
    types: tuple[SniffedType, ...]
    quote: str
    has_header: bool
    null_values: tuple[str, ...]
    is_gzip: bool

    def query(self, engine: DuckDBEngine) -> Query:
        """The scan as the first query of a plan; the engine reads only the columns that are used."""
        sql = engine.dialect
        types = [self._reader_type(kind, sql) for kind in self.types]
        columns = zip(self.layout.names, self.types, types, strict=True)
        items = ", ".join(f"{_value(name, kind, read, sql)} AS {sql.quote(name)}" for name, kind, read in columns)
        scanned = engine.scan(f"SELECT {items} FROM {self._read(types, sql)}", row_id="row_number() OVER ()")
        return replace(scanned, diagnosis=self._diagnosis(sql))

    def _reader_type(self, kind: SniffedType, sql: Dialect) -> str:
        if kind.way == "timestamp" and kind.format and kind.format == self._timestamp_format:
            return "TIMESTAMP"
        return sql.type_name(kind.logical) if kind.way == "cast" else _READER_TYPES.get(kind.way, "VARCHAR")

    @property
    def _timestamp_format(self) -> str | None:
        """The one strptime form of all timestamps in the files: then the engine's reader checks it at no cost."""
        formats = {kind.format for kind in self.types if kind.way == "timestamp"}
        return formats.pop() if len(formats) == 1 else None

    def _read(self, types: Iterable[str], sql: Dialect, *, file_column: bool = False) -> str:
        columns = ", ".join(
            f"{sql.literal(name)}: {sql.literal(kind)}" for name, kind in zip(self.layout.names, types, strict=True)
        )
        paths = [_verbatim(path) for path in self.paths]
        options = {
            "auto_detect": False,
            "header": self.has_header,
            "delim": self.layout.delimiter,
            "quote": self.quote,
            "escape": self.quote,
            "new_line": (self.layout.newline or "\n").replace("\r", "\\r").replace("\n", "\\n"),
            "skip": self.layout.skip,
            "nullstr": list(self.null_values) or [_NO_NULL_VALUE],
            "dateformat": "%Y-%m-%d",
            "max_line_size": 1 << 25,
            "buffer_size": 1 << 25,
            "hive_partitioning": False,
            "compression": "gzip" if self.is_gzip else "none",
        }
        if self._timestamp_format:
            options["timestampformat"] = self._timestamp_format
        if file_column:
            options["filename"] = _FILE
        told = ", ".join(f"{name} = {sql.literal(value)}" for name, value in options.items())
        return f"read_csv({sql.literal(paths)}, columns = {{{columns}}}, {told})"

    def _diagnosis(self, sql: Dialect) -> str | None:
        """Names file, row, column and value of the first value that does not fit its type."""
        checks = [
            (name, kind, check)
            for name, kind in zip(self.layout.names, self.types, strict=True)
            if (check := _misfit(sql.quote(name), kind, sql))
        ]
        if not checks:
            return None
        rows = self._read(["VARCHAR"] * len(self.types), sql, file_column=True)
        messages = " ".join(
            f"WHEN {check} THEN {sql.literal(_holds(name))} || left({sql.quote(name)}, 100) || "
            + sql.literal(
                f"', which is no {_described(kind)}. Correct the value, or set the type of '{name}' to string in "
                "'Column types' and convert it in a later node."
            )
            for name, kind, check in checks
        )
        file, row = sql.quote(_FILE), sql.quote(_ROW)
        bad = " OR ".join(f"({check})" for _, _, check in checks)
        return (
            f"WITH numbered AS (SELECT *, row_number() OVER () AS {row} FROM {rows}), "
            f"bad AS (SELECT * FROM numbered WHERE {bad} ORDER BY {row} LIMIT 1) "
            f"SELECT '''' || parse_filename({file}) || ''', data row ' || format('{{:,}}', "
            f"{row} - (SELECT min({row}) FROM numbered AS n WHERE n.{file} = bad.{file}) + 1) || ': ' || "
            f"CASE {messages} END FROM bad"
        )


_KINDS = {
    "integer": "whole number of 32 bits",
    "bigint": "whole number of 64 bits",
    "float": "number",
    "boolean": "true or false",
    "date": "date (YYYY-MM-DD)",
    "timestamp": "timestamp of the form that the first rows have",
}


def _described(kind: SniffedType) -> str:
    return _KINDS.get(kind.logical, kind.logical)


def _holds(name: str) -> str:
    return f"column '{name}' holds '"


def _value(name: str, kind: SniffedType, reader_type: str, sql: Dialect) -> str:
    """A column's SQL over what the reader yields for it."""
    column, type_name = sql.quote(name), sql.type_name(kind.logical)
    if reader_type == type_name:
        return column
    message = f"{_holds(name)}…', which is no {_described(kind)}"
    error = f"error({sql.literal(message)})"
    if kind.way == "whole":
        limit = EXACT_IN_FLOAT - 1
        exact = f"{column} IS NULL OR ({column} = trunc({column}) AND {column} BETWEEN -{limit} AND {limit})"
        return f"CASE WHEN {exact} THEN CAST({column} AS {type_name}) ELSE CAST({error} AS {type_name}) END"
    if kind.way == "big":
        return f"CAST(CASE WHEN contains({column}, '.') THEN {error} ELSE {column} END AS {type_name})"
    if kind.way == "timestamp":
        return f"CAST(CASE WHEN {_has_offset(column)} THEN {error} ELSE {column} END AS TIMESTAMP)"
    return f"CAST({column} AS {type_name})"


def _has_offset(column: str) -> str:
    return (
        f"strlen({column}) > 26 OR contains({column}, '+') OR suffix({column}, 'Z') "
        f"OR contains(substr({column}, 11), '-')"
    )


def _misfit(column: str, kind: SniffedType, sql: Dialect) -> str | None:
    """SQL that is true for a text that does not fit the type."""
    match kind.way:
        case "text":
            return None
        case "whole" | "big":
            type_name = sql.type_name(kind.logical)
            number = f"TRY_CAST({column} AS DOUBLE)"
            return (
                f"{column} IS NOT NULL AND (TRY_CAST({column} AS {type_name}) IS NULL OR trunc({number}) <> {number})"
            )
        case "date":
            return f"{column} IS NOT NULL AND try_strptime({column}, '%Y-%m-%d') IS NULL"
        case "timestamp" if kind.format:
            return f"{column} IS NOT NULL AND try_strptime({column}, {sql.literal(kind.format)}) IS NULL"
        case "timestamp":
            return f"{column} IS NOT NULL AND (TRY_CAST({column} AS TIMESTAMP) IS NULL OR {_has_offset(column)})"
    return f"{column} IS NOT NULL AND TRY_CAST({column} AS {sql.type_name(kind.logical)}) IS NULL"


def _verbatim(path: Path) -> str:
    """The path with what the engine would take for a glob made literal."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in str(path))
