"""Warehouses of standard SQL, Snowflake and Redshift: names in double quotes, statements sent one by one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from typing import ClassVar

from module_operators.connections.warehouse import TableName
from module_operators.engines.duckdb_sql import DuckDBDialect
from module_operators.json_rows import json_or_null
from module_operators.relation import Column


class StandardSQL(ABC):
    """What such a warehouse writes and how it commits; sessions, types and bulk loads are its own."""

    __slots__ = ()

    quote_sign: ClassVar = '"'
    kept_types: ClassVar[frozenset[str]]
    """Types whose values a file keeps as they are; the others become text there, which the warehouse casts."""

    @abstractmethod
    def parts(self, name: TableName, table: str | None = None) -> list[str]:
        """The parts of a table's name in full, as the catalogue has them; or of another one's beside it."""

    @abstractmethod
    def run(self, statement: str) -> None: ...

    @abstractmethod
    def changed(self, statement: str) -> int:
        """Runs it; answers how many rows it changed."""

    def address(self, name: TableName, table: str | None = None) -> str:
        return ".".join(self.quoted(part) for part in self.parts(name, table))

    @staticmethod
    def quoted(name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    @staticmethod
    def literal(text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"

    @staticmethod
    def staged_type(target: str, logical: str) -> str:  # noqa: ARG004 - what fills it casts
        return target

    @staticmethod
    def cast(value: str, staged: str, target: str) -> str:  # noqa: ARG004
        return value

    @classmethod
    def written(cls, column: Column, name: str) -> str:
        if column.type.startswith("list("):
            return f"{json_or_null(name, column.type, DuckDBDialect())} AS {name}"
        if column.type == "binary":
            return f"hex({name}) AS {name}"
        if column.type.partition("(")[0] in cls.kept_types:
            return name
        return f"CAST({name} AS VARCHAR) AS {name}"

    def commit(self, open_mark: str, first: str, others: Sequence[str]) -> bool:  # noqa: ARG002 - the count tells it
        self.run("BEGIN")
        try:
            if not self.changed(first):
                self.run("ROLLBACK")
                return False
            for statement in others:
                self.run(statement)
            self.run("COMMIT")
        except BaseException:
            with suppress(Exception):
                self.run("ROLLBACK")
            raise
        return True
