"""One row of every type, and `value("…")`: an expression compiled and run over it on a locked engine."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from module_operators.engines.dialect import Dialect
from module_operators.engines.duckdb import Limits, locked_connection
from module_operators.engines.duckdb_sql import DuckDBDialect, logical_type
from module_operators.expressions import compile_expression
from module_operators.relation import Column, Relation

DIALECT = DuckDBDialect()

ROW: dict[str, tuple[str, Any]] = {
    "amount": ("float", 12.5),
    "nan": ("float", math.nan),
    "n": ("integer", 7),
    "big": ("bigint", 9223372036854775807),
    "price": ("decimal(10,2)", Decimal("19.99")),
    "Status": ("string", "active"),
    "größe": ("string", "Straße"),
    'odd "name"': ("string", "odd"),
    "select": ("string", "keyword"),
    "end": ("bigint", 1),
    "a.b": ("bigint", 2),
    "paid": ("boolean", True),
    "day": ("date", date(2024, 2, 29)),
    "at_time": ("timestamp", datetime(2024, 2, 29, 23, 30)),  # noqa: DTZ001 - it has no zone
    "zoned": ("timestamptz", datetime(2024, 2, 29, 23, 30, tzinfo=UTC)),
    "nothing": ("string", None),
    "no_number": ("integer", None),
    "no_day": ("date", None),
    "raw": ("binary", "\0"),
    "words": ("list(string)", ["a", None, "b"]),
}
SOURCE = Relation("rows", tuple(Column(name, kind) for name, (kind, _) in ROW.items()))


def selected(dialect: Dialect) -> str:
    """A SELECT of the row."""
    return "SELECT " + ", ".join(
        f"CAST({dialect.literal(value)} AS {dialect.type_name(kind)}) AS {dialect.quote(name)}"
        for name, (kind, value) in ROW.items()
    )


@pytest.fixture(scope="session")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = locked_connection(Limits("512MB", 2), ())
    yield connection
    connection.close()


@pytest.fixture
def value(engine) -> Callable[[str], Any]:
    def run(text: str) -> Any:
        compiled = compile_expression(text, SOURCE, DIALECT)
        query = f"SELECT {compiled.sql} AS value FROM ({selected(DIALECT)}) AS rows"
        (described,) = engine.execute(f"DESCRIBE {query}").fetchall()
        assert logical_type(described[1]) == compiled.type
        return engine.execute(query).fetchone()[0]

    return run
