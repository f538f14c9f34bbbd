"""The SQL that reads JSON files of known keys and types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from module_operators.engines.dialect import Dialect
from module_operators.engines.duckdb import DuckDBEngine
from module_operators.json_records import Form
from module_operators.late_values import FILE_COLUMN, READER_TYPES, SniffedType, checked_value, diagnosis, verbatim
from module_operators.problems import pointer
from module_operators.relation import HIDDEN_PREFIX, Query


@dataclass(frozen=True, slots=True)
class JsonColumn:
    """A key of the records, the name of its column, and its type."""

    key: str
    name: str
    kind: SniffedType


@dataclass(frozen=True, slots=True)
class JsonScan:
    """JSON files and everything that is known about them."""

    paths: tuple[Path, ...]
    form: Form
    columns: tuple[JsonColumn, ...]
    is_gzip: bool

    def query(self, engine: DuckDBEngine) -> Query:
        """The scan as the first query of a plan; the engine reads only the keys that are used."""
        sql = engine.dialect
        types = [_reader_type(column.kind, sql) for column in self.columns]
        items = ", ".join(
            f"{checked_value(column.name, column.kind, read, sql)} AS {sql.quote(column.name)}"
            for column, read in zip(self.columns, types, strict=True)
        )
        rows = f"SELECT {items} FROM {self._read(types, sql)}"
        found = diagnosis(
            self._read(["VARCHAR"] * len(types), sql, file_column=True),
            [(column.name, column.kind) for column in self.columns],
            sql,
            row_name="record",
        )
        return replace(engine.scan(rows, row_id="row_number() OVER ()"), diagnosis=found)

    @property
    def _has_odd_keys(self) -> bool:
        """Keys that the engine's reader cannot have as columns: nameless, unprintable, or differing only in case."""
        keys = [column.key for column in self.columns]
        is_odd = any(not key.isprintable() or not key or key.startswith(HIDDEN_PREFIX) for key in keys)
        return is_odd or len({key.casefold() for key in keys}) < len(keys)

    def _read(self, types: Sequence[str], sql: Dialect, *, file_column: bool = False) -> str:
        """FROM clause that yields the columns by their names."""
        options: dict[str, Any] = {"format": self.form, "compression": "gzip" if self.is_gzip else "uncompressed"}
        if file_column:
            options["filename"] = FILE_COLUMN
        options["hive_partitioning"] = False
        told = ", ".join(f"{name} = {sql.literal(value)}" for name, value in options.items())
        paths = sql.literal([verbatim(path) for path in self.paths])
        file = f", {sql.quote(FILE_COLUMN)}" if file_column else ""
        if self._has_odd_keys:
            text = ", ".join(
                f"CAST(json ->> {sql.literal(pointer(column.key))} AS {kind}) AS {sql.quote(column.name)}"
                for column, kind in zip(self.columns, types, strict=True)
            )
            return f"(SELECT {text}{file} FROM read_json_objects({paths}, {told}))"
        keys = ", ".join(
            f"{sql.literal(column.key)}: {sql.literal(kind)}" for column, kind in zip(self.columns, types, strict=True)
        )
        names = ", ".join(f"{sql.quote(column.key)} AS {sql.quote(column.name)}" for column in self.columns)
        reader = f"read_json({paths}, columns = {{{keys}}}, auto_detect = false, {told})"
        return f"(SELECT {names}{file} FROM {reader})"


def _reader_type(kind: SniffedType, sql: Dialect) -> str:
    return sql.type_name(kind.logical) if kind.way == "cast" else READER_TYPES.get(kind.way, "VARCHAR")
