"""One row of every type, and `value("…")`: an expression compiled and run over it on a locked engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest

from module_operators.engines.duckdb import Limits, locked_connection
from module_operators.engines.duckdb_sql import DuckDBDialect, logical_type
from module_operators.expressions import compile_expression
from module_operators.relation import Column, Relation

DIALECT = DuckDBDialect()

ROW = {
    "amount": ("float", "CAST(12.5 AS DOUBLE)"),
    "nan": ("float", "CAST('NaN' AS DOUBLE)"),
    "n": ("integer", "CAST(7 AS INTEGER)"),
    "big": ("bigint", "9223372036854775807"),
    "price": ("decimal(10,2)", "CAST(19.99 AS DECIMAL(10,2))"),
    "Status": ("string", "'active'"),
    "größe": ("string", "'Straße'"),
    'odd "name"': ("string", "'odd'"),
    "select": ("string", "'keyword'"),
    "end": ("bigint", "CAST(1 AS BIGINT)"),
    "a.b": ("bigint", "CAST(2 AS BIGINT)"),
    "paid": ("boolean", "TRUE"),
    "day": ("date", "DATE '2024-02-29'"),
    "at_time": ("timestamp", "TIMESTAMP '2024-02-29 23:30:00'"),
    "zoned": ("timestamptz", "TIMESTAMPTZ '2024-02-29 23:30:00+00'"),
    "nothing": ("string", "CAST(NULL AS VARCHAR)"),
    "no_number": ("integer", "CAST(NULL AS INTEGER)"),
    "no_day": ("date", "CAST(NULL AS DATE)"),
    "raw": ("binary", "'\\x00'::BLOB"),
    "words": ("list(string)", "['a', NULL, 'b']"),
}
SOURCE = Relation("rows", tuple(Column(name, kind) for name, (kind, _) in ROW.items()))
_SELECTED = ", ".join(f"{sql} AS {DIALECT.quote(name)}" for name, (_, sql) in ROW.items())


@pytest.fixture(scope="session")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = locked_connection(Limits("512MB", 2), ())
    yield connection
    connection.close()


@pytest.fixture
def value(engine) -> Callable[[str], Any]:
    def run(text: str) -> Any:
        compiled = compile_expression(text, SOURCE, DIALECT)
        query = f"SELECT {compiled.sql} AS value FROM (SELECT {_SELECTED}) AS rows"
        (described,) = engine.execute(f"DESCRIBE {query}").fetchall()
        assert logical_type(described[1]) == compiled.type
        return engine.execute(query).fetchone()[0]

    return run
