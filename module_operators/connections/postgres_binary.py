"""Rows for PostgreSQL's binary COPY: half the server's work for each value, where both sides hold it alike."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from module_operators.connections.postgres_types import FIRST_DAY
from module_operators.connections.rows_pipe import RowsPipe
from module_operators.engines.dialect import DECIMAL
from module_operators.problems import ModuleError
from module_operators.relation import Column, Plan

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from module_operators.run import Run

# Of a logical type, the types of a table whose binary form is its own, and what widens it losslessly where it is not.
_TEXT = {"text": "{}", "varchar": "{}", "bpchar": "{}", "citext": "{}"}
_ALIKE: Mapping[str, Mapping[str, str]] = {
    "integer": {"int4": "{}", "int8": "CAST({} AS BIGINT)", "numeric": "CAST({} AS DECIMAL(10,0))"},
    "bigint": {"int8": "{}", "numeric": "CAST({} AS DECIMAL(19,0))"},
    "float": {"float8": "{}"},
    "boolean": {"bool": "{}"},
    "string": _TEXT,
    "date": {"date": "{}"},
    "time": {"time": "{}"},
    "timestamp": {"timestamp": "{}"},
    "timestamptz": {"timestamptz": "{}"},
    "binary": {"bytea": "{}"},
}
_FIRST = {
    "date": f"DATE '{FIRST_DAY}'",
    "timestamp": f"TIMESTAMP '{FIRST_DAY} 00:00:00'",
    "timestamptz": f"TIMESTAMPTZ '{FIRST_DAY} 00:00:00'",
}


class NotAlike(ModuleError):
    """A value that the two sides write in different ways: an infinite date, one before PostgreSQL's first."""


def written_alike(columns: Sequence[Column], targets: Mapping[str, str]) -> dict[str, str] | None:
    """By column, the engine's SQL (`{}` is the value) whose binary form the table takes; None when one has none.

    Args:
        columns: what is loaded.
        targets: by column, the base type of the table's, as PostgreSQL's catalogue names it.
    """
    found = {column.name: _alike(column.type, targets[column.name]) for column in columns}
    return {name: sql for name, sql in found.items() if sql is not None} if None not in found.values() else None


def _alike(logical: str, base: str) -> str | None:
    if DECIMAL.fullmatch(logical):
        return "{}" if base == "numeric" else None
    return _ALIKE.get(logical, {}).get(base)


def binary_rows(plan: Plan, select: str, run: Run) -> AbstractContextManager[RowsPipe]:
    """A pipe through which the rows of `select` come in the form of a binary COPY.

    Its failure is `NotAlike` when one of the values has to go another way.
    """
    quote = run.engine.dialect.quote
    dates = [(quote(column.name), _FIRST[column.type]) for column in plan.result.columns if column.type in _FIRST]
    differs = " OR ".join(f"{name} < {first} OR NOT isfinite({name})" for name, first in dates)
    if differs:
        select = f"SELECT *, coalesce({differs}, false) FROM ({select})"

    def encoded(schema: Any, batches: Iterator[Any], pipe: int) -> int:
        from pgpq import ArrowToPostgresBinaryEncoder  # noqa: PLC0415

        width = len(schema.names) - bool(differs)
        if differs:
            schema = schema.remove(width)
        encoder = ArrowToPostgresBinaryEncoder(schema)
        _write(pipe, encoder.write_header())
        count = 0
        for batch in batches:
            if differs and batch.column(width).true_count:
                raise NotAlike("A date has no binary form in PostgreSQL.")
            _write(pipe, encoder.write_batch(batch.select(schema.names) if differs else batch))
            count += batch.num_rows
        _write(pipe, encoder.finish())
        return count

    def produce(_: Path, pipe: int) -> int:
        return run.engine.stream(plan, select, lambda schema, batches: encoded(schema, batches, pipe))

    return RowsPipe.opened(produce, run)


def _write(pipe: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(pipe, left) :]
