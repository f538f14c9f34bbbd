"""A case: one transformer, what goes in, its options, and what must come out on every engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from module_operators.base import Transformer
from module_operators.engines.dialect import Dialect
from module_operators.relation import ROW_ID, Column, Plan, Query, SortKey, Step

Columns = Mapping[str, str]
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """An input relation: typed columns and rows, numbered like a file's unless `numbered` is false.

    Values are plain Python ones; a naive datetime is a timestamp, an aware one a timestamptz.
    """

    columns: Columns
    rows: Sequence[Row] = ()
    order: tuple[SortKey, ...] = ()
    numbered: bool = True

    def plan(self, name: str, sql: Dialect) -> Plan:
        """The rows as literals, as the first step of a plan."""
        columns = tuple(Column(column, kind) for column, kind in self.columns.items())
        row_id = (Column(ROW_ID, "bigint"),) if self.numbered else ()
        everything = (*columns, *row_id)
        rows = [(*row, *([number] if self.numbered else [])) for number, row in enumerate(self.rows)]
        selects = [self._select(row, everything, sql) for row in rows]
        body = " UNION ALL ".join(selects) or self._select([None] * len(everything), everything, sql) + " WHERE FALSE"
        query = Query(body, columns, row_id, self.order, ROW_ID if self.numbered else None)
        return Plan((Step(name, name, name, query),))

    @staticmethod
    def _select(row: Sequence[Any], columns: Sequence[Column], sql: Dialect) -> str:
        items = (
            f"CAST({sql.literal(value)} AS {sql.type_name(column.type)}) AS {sql.quote(column.name)}"
            for value, column in zip(row, columns, strict=True)
        )
        return f"SELECT {', '.join(items)}"


@dataclass(frozen=True)
class Refused:
    """The options do not fit the input: the problems as `(path, part of the message, hint)`, all of them, in order."""

    problems: Sequence[tuple[str, str, str | None]]


@dataclass(frozen=True)
class Fails:
    """The run fails on this node's data, with a message that has this text in it."""

    text: str


@dataclass(frozen=True)
class Case:
    """What a transformer must do, whatever the engine.

    `rows` stand in the order that a user sees: the relation's sort keys, then its row id. A relation that has neither
    is compared as a bag. `order` says what the answer is sorted by, when that matters.
    """

    module: type[Transformer]
    name: str
    inputs: Sequence[Table]
    config: Mapping[str, Any]
    columns: Columns | None = None
    rows: Sequence[Row] | None = None
    error: Refused | Fails | None = None
    handles: Sequence[str] = ("input",)
    order: tuple[SortKey, ...] | None = None

    @property
    def id(self) -> str:
        return f"{self.module.__module__.rpartition('.')[2]}: {self.name}"

    @property
    def handle_of_each(self) -> Sequence[str]:
        return self.handles if len(self.handles) == len(self.inputs) else [*self.handles] * len(self.inputs)
