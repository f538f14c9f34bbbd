"""Rows as documents of MongoDB: values as BSON has them, and none that it would change without a word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Inexact
from pathlib import Path
from typing import Any

from module_operators.engines.duckdb_sql import DuckDBDialect
from module_operators.problems import DataError
from module_operators.relation import Column, Relation

Document = dict[str, Any]

_BATCH_ROWS = 5_000
_BATCH_BYTES = 16 << 20
_MOMENTS = {"date", "timestamp", "timestamptz"}


def written(column: Column, name: str) -> str:
    """SQL of a value in the file that `documents` reads: moments as milliseconds since 1970."""
    return f"{_written(name, column.type, column.name)} AS {name}"


def _written(value: str, logical: str, column: str, depth: int = 0) -> str:
    if logical.startswith("list("):
        item = f"item{depth}"
        inner = _written(item, logical[5:-1], column, depth + 1)
        return value if inner == item else f"list_transform({value}, lambda {item}: {inner})"
    if logical == "time":
        return f"CAST({value} AS VARCHAR)"
    if logical not in _MOMENTS:
        return value
    literal = DuckDBDialect().literal
    begun = literal(f"Column '{column}' holds ")
    infinite = literal(", and MongoDB has no infinite dates. Replace it before the load.")
    finer = literal(", and MongoDB keeps milliseconds only. Use date_trunc('millisecond', …) before the load.")
    checks = f"WHEN NOT isfinite({value}) THEN CAST(error({begun} || CAST({value} AS VARCHAR) || {infinite}) AS BIGINT)"
    if logical == "date":
        moment = f"CAST({value} AS TIMESTAMP)"
    else:
        moment = value if logical == "timestamp" else f"timezone('UTC', {value})"
        told = f"{begun} || CAST({value} AS VARCHAR) || {finer}"
        checks += f" WHEN epoch_us({moment}) % 1000 <> 0 THEN CAST(error({told}) AS BIGINT)"
    return f"CASE WHEN {value} IS NULL THEN NULL {checks} ELSE epoch_ms({moment}) END"


def documents(path: Path, source: Relation) -> Iterator[list[Document]]:
    """The rows of a file, some at a time: few of them when they are large.

    Raises:
        DataError: a decimal has more digits than MongoDB keeps.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415

    names = source.names
    made = [_made(column) for column in source.columns]
    with pq.ParquetFile(path) as file:
        rows = max(1, file.metadata.num_rows)
        size = sum(file.metadata.row_group(group).total_byte_size for group in range(file.metadata.num_row_groups))
        at_once = max(1, min(_BATCH_ROWS, _BATCH_BYTES * rows // max(size, 1)))
        for batch in file.iter_batches(at_once):
            values = [each(column.to_pylist()) for each, column in zip(made, batch.columns, strict=True)]
            yield [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def _made(column: Column) -> Callable[[list[Any]], list[Any]]:
    convert = _converted(column.type)
    if convert is None:
        return lambda values: values

    def each(values: list[Any]) -> list[Any]:
        try:
            return [None if value is None else convert(value) for value in values]
        except Inexact:
            message = f"Column '{column.name}' holds a {column.type} with more than the 34 digits that MongoDB keeps."
            raise DataError(f"{message} Convert it with Cast Data Types, to decimal(34,s) or string.") from None

    return each


def _converted(logical: str) -> Callable[[Any], Any] | None:
    from bson import Decimal128, Int64  # noqa: PLC0415
    from bson.datetime_ms import DatetimeMS  # noqa: PLC0415

    if logical.startswith("list("):
        inner = _converted(logical[5:-1])
        return inner and (lambda items: [None if item is None else inner(item) for item in items])
    if logical.startswith("decimal("):
        return Decimal128
    if logical in _MOMENTS:
        return DatetimeMS
    return Int64 if logical == "bigint" else None
