"""What a data warehouse is to its loader: names, types, statements, and one transaction of several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

from module_operators.connections.target_table import name_parts
from module_operators.relation import Column, Relation

Kind = Literal["int", "decimal", "float", "bool", "text", "date", "timestamp", "timestamptz", "time", "bytes", "other"]

DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")
_FITS: dict[str, set[Kind]] = {
    "integer": {"int", "decimal", "float", "text"},
    "bigint": {"int", "decimal", "text"},
    "float": {"float", "text"},
    "boolean": {"bool", "text"},
    "string": {"text"},
    "date": {"date", "timestamp", "timestamptz", "text"},
    "timestamp": {"timestamp", "timestamptz", "text"},
    "timestamptz": {"timestamptz", "text"},
    "time": {"time", "text"},
    "binary": {"bytes"},
}


@dataclass(frozen=True, slots=True)
class TargetColumn:
    """A column of a table that exists; `type` is as the warehouse writes it, and can be declared."""

    name: str
    type: str
    kind: Kind
    scale: int | None = None
    required: bool = False
    generated: bool = False

    def takes(self, logical: str) -> bool:
        """Whether values of a logical type get in without silent loss; lists are JSON text."""
        if logical.startswith("list("):
            return self.kind == "text"
        if decimal := DECIMAL.fullmatch(logical):
            decimals = int(decimal[2])
            if self.kind == "decimal":
                return self.scale is None or decimals <= self.scale
            return self.kind in {"float", "text"} or (self.kind == "int" and decimals == 0)
        return self.kind in _FITS[logical]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the warehouse has it; as text it is its name, quoted."""

    address: str
    columns: tuple[TargetColumn, ...]
    is_table: bool = True

    def __str__(self) -> str:
        return self.address

    def named(self, source: Relation) -> Relation:
        """The input with its columns called as this table calls them: names differ in case at most."""
        there = {column.name for column in self.columns}
        folded = {column.name.casefold(): column.name for column in self.columns}
        columns = (
            column if column.name in there else Column(folded.get(column.name.casefold(), column.name), column.type)
            for column in source.columns
        )
        return Relation(source.name, tuple(columns))


@dataclass(frozen=True, slots=True)
class TableName:
    """`table`, `schema.table` or `database.schema.table`; a part that was quoted is taken exactly."""

    parts: tuple[str, ...]
    exact: tuple[bool, ...]

    @classmethod
    def parsed(cls, text: str, quote: str) -> TableName:
        """The name's parts.

        Raises:
            ValueError: it is no name.
        """
        parts = name_parts(text, quote, most=3)
        raw = re.findall(rf"{quote}(?:[^{quote}]|{quote}{quote})+{quote}|[^{quote}.]+", text.strip())
        return cls(tuple(parts), tuple(each.startswith(quote) for each in raw))


class Warehouse(Protocol):
    """An open session."""

    title: ClassVar[str]
    quote_sign: ClassVar[str]

    def session(self) -> AbstractContextManager[Any]:
        """Opens it; what the driver says is raised without the password."""
        ...

    def address(self, name: TableName, table: str | None = None) -> str:
        """The table's name in full, quoted; or that of another one beside it."""
        ...

    def quoted(self, name: str) -> str: ...

    def literal(self, text: str) -> str: ...

    def created_name(self, column: str) -> str:
        """What a new table calls a column."""
        ...

    def created_type(self, logical: str) -> str: ...

    def staged_type(self, target: str, logical: str) -> str:
        """The type in which a file's values are staged for a column of the type `target`."""
        ...

    def cast(self, value: str, staged: str, target: str) -> str:
        """A value, staged as the type `staged`, as the target has it."""
        ...

    def found(self, name: TableName) -> Table | None:
        """The table as it is now."""
        ...

    def rows(self, statement: str) -> list[tuple[Any, ...]]: ...

    def run(self, statement: str) -> None: ...

    def written(self, column: Column, name: str) -> str:
        """The engine's SQL for a value in the Parquet file that `fill` takes."""
        ...

    def fill(self, staged: str, columns: Sequence[tuple[str, str]], path: Path) -> None:
        """A file's columns into those (name, type) of an empty table; they have the same names."""
        ...

    def commit(self, open_mark: str, first: str, others: Sequence[str]) -> bool:
        """All statements or none; False, and nothing done, when the first one changes no row.

        Args:
            open_mark: selects the row that the first one changes.
            first: waits for, or clashes with, another try of the same load.
            others: what puts the rows in place.
        """
        ...
