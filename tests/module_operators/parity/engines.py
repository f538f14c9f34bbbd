"""The engines that every case runs on: each a context manager that answers a plan's rows through production code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from module_operators.engines.dialect import Dialect
from module_operators.engines.duckdb import DuckDBEngine, Limits
from module_operators.engines.spark import SparkEngine
from module_operators.engines.spark_session import SparkServer
from module_operators.relation import Column, Plan, SortKey
from module_operators.run import STAGING_FORMAT


class ParityEngine(Protocol):
    """What a case needs of an engine."""

    @property
    def dialect(self) -> Dialect: ...

    def types(self, plan: Plan) -> tuple[Column, ...]:
        """The engine's own opinion of the plan's columns, as logical types."""
        ...

    def rows(self, plan: Plan) -> list[tuple[Any, ...]]:
        """The plan's visible columns as Python values, in its order; moments of a timestamptz are aware.

        Raises:
            DataError: the plan fails; names the node.
        """
        ...


class OnDuckDB:
    """DuckDB, its rows through the Parquet file that a task would stage."""

    dialect = DuckDBEngine.dialect

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = 0
        self._engine = DuckDBEngine(Limits("256MB", 1, str(folder / "spill")), [folder])

    def __enter__(self) -> OnDuckDB:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.__exit__()

    def types(self, plan: Plan) -> tuple[Column, ...]:
        return self._engine.describe(self._engine.compose(plan))

    def rows(self, plan: Plan) -> list[tuple[Any, ...]]:
        self._files += 1
        path = self._folder / f"{self._files}.parquet"
        self._engine.copy(plan, str(path), STAGING_FORMAT)
        columns = pq.read_table(path).to_pydict()
        return list(zip(*columns.values(), strict=True))


class OnSpark:
    """Spark, its rows through the Parquet files that the server writes."""

    dialect = SparkEngine.dialect

    def __init__(self, folder: Path, server: SparkServer) -> None:
        self._folder = folder
        self._writes = 0
        self._engine = SparkEngine(server)

    def __enter__(self) -> OnSpark:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.__exit__()

    def types(self, plan: Plan) -> tuple[Column, ...]:
        return self._engine.describe(plan)

    def rows(self, plan: Plan) -> list[tuple[Any, ...]]:
        self._writes += 1
        target = self._folder / str(self._writes)
        self._engine.write(plan, str(target))
        tables = [pq.read_table(path) for path in sorted(target.glob("part-*.parquet"))]
        columns = pa.concat_tables(tables).to_pydict()
        return list(zip(*columns.values(), strict=True))


ENGINES = ("duckdb", "spark")


def started(name: str, folder: Path, spark_server: Callable[[], SparkServer]) -> AbstractContextManager[ParityEngine]:
    """An engine with a folder of its own; Spark's server is started when somebody wants it."""
    return OnDuckDB(folder) if name == "duckdb" else OnSpark(folder, spark_server())


def in_the_users_order(plan: Plan) -> Plan:
    """The plan sorted as its rows appear to a user: by its sort keys, then by its row id."""
    *before, last = plan.steps
    query = last.query
    row_id = [SortKey(query.row_id)] if query.row_id else []
    keys: Sequence[SortKey] = (*query.order, *row_id)
    return replace(plan, steps=(*before, replace(last, query=replace(query, order=tuple(keys)))))
