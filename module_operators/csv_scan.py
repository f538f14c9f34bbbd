"""The SQL that reads CSV files of a known layout and types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from module_operators.csv_layout import CsvLayout
from module_operators.engines.dialect import Dialect
from module_operators.engines.duckdb import DuckDBEngine
from module_operators.late_values import FILE_COLUMN, READER_TYPES, SniffedType, checked_value, diagnosis, verbatim
from module_operators.relation import Column, Query

_NO_NULL_VALUE = "\x01no null value\x01"


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
        import duckdb  # noqa: PLC0415

        sql = engine.dialect
        types = [self._reader_type(kind, sql) for kind in self.types]
        columns = zip(self.layout.names, self.types, types, strict=True)
        items = ", ".join(
            f"{checked_value(name, kind, read, sql)} AS {sql.quote(name)}" for name, kind, read in columns
        )
        # With everything said there is nothing left to detect, but only so does the engine learn how many rows to
        # expect; otherwise it takes the larger side of a join for the smaller one.
        query = f"SELECT {items} FROM {self._read(types, sql, detect=True)}"
        if not self.layout.is_plain:  # the engine may not find in it what was found here, and must not try then
            try:
                engine.describe(query)
            except duckdb.Error:
                query = f"SELECT {items} FROM {self._read(types, sql)}"
        known = tuple(Column(name, kind.logical) for name, kind in zip(self.layout.names, self.types, strict=True))
        scanned = engine.scan(query, row_id="row_number() OVER ()", known=known)
        as_text = self._read(["VARCHAR"] * len(self.types), sql, file_column=True)
        found = diagnosis(as_text, list(zip(self.layout.names, self.types, strict=True)), sql, row_name="data row")
        return replace(scanned, diagnosis=found)

    def _reader_type(self, kind: SniffedType, sql: Dialect) -> str:
        if kind.way == "timestamp" and kind.format and kind.format == self._timestamp_format:
            return "TIMESTAMP"
        return sql.type_name(kind.logical) if kind.way == "cast" else READER_TYPES.get(kind.way, "VARCHAR")

    @property
    def _timestamp_format(self) -> str | None:
        """The one strptime form of all timestamps in the files: then the engine's reader checks it at no cost."""
        formats = {kind.format for kind in self.types if kind.way == "timestamp"}
        return formats.pop() if len(formats) == 1 else None

    def _read(self, types: Iterable[str], sql: Dialect, *, file_column: bool = False, detect: bool = False) -> str:
        columns = ", ".join(
            f"{sql.literal(name)}: {sql.literal(kind)}" for name, kind in zip(self.layout.names, types, strict=True)
        )
        paths = [verbatim(path) for path in self.paths]
        options = {
            "auto_detect": detect,
            "comment": "",
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
        if detect:
            options["sample_size"] = 1  # the least: it is asked for nothing but the number of rows
        if self._timestamp_format:
            options["timestampformat"] = self._timestamp_format
        if file_column:
            options["filename"] = FILE_COLUMN
        told = ", ".join(f"{name} = {sql.literal(value)}" for name, value in options.items())
        return f"read_csv({sql.literal(paths)}, columns = {{{columns}}}, {told})"
