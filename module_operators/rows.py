"""The first rows of a relation as JSON can carry them, for people to look at."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from module_operators.relation import Column, Plan

if TYPE_CHECKING:
    from module_operators.engines.duckdb import DuckDBEngine

LONGEST_TEXT = 2_000
"""Characters of a value that are shown; a longer one ends with an ellipsis."""

_EXACT_IN_JSON = 2**53
_AS_THEY_ARE = {"integer", "bigint", "float", "boolean"}
_AS_TEXT = {
    "binary": f"hex({{0}}[:{LONGEST_TEXT}])",
    "timestamp": "strftime({0}, '%Y-%m-%dT%H:%M:%S.%f')",
    "timestamptz": "strftime({0} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%f') || 'Z'",
}


def first_rows(engine: DuckDBEngine, plan: Plan, limit: int) -> list[list[Any]]:
    """At most `limit` rows of the plan's result, in its order, a list of values a row.

    Numbers, booleans and text are JSON's own. A bigint beyond 2^53, a decimal, NaN and infinity are text with every
    digit; dates, times and timestamps are text in ISO 8601, a timestamptz in UTC; binary is hexadecimal text; a list is
    a list of these.

    Raises:
        DataError: a row that the plan cannot process; names the node.
    """
    columns = plan.result.columns
    if not columns:
        return []
    items = ", ".join(_shown(column, engine) for column in columns)
    rows = engine.run(plan, f"SELECT {items} FROM ({engine.compose(plan)} LIMIT {int(limit)})")
    return [[plain(value) for value in row] for row in rows]


def _shown(column: Column, engine: DuckDBEngine) -> str:
    name = engine.dialect.quote(column.name)
    if column.type.startswith("list("):
        return name if column.type[5:-1] in {*_AS_THEY_ARE, "string"} else f"CAST({name} AS VARCHAR[])"
    if column.type in _AS_THEY_ARE:
        return name
    text = _AS_TEXT.get(column.type, "CAST({0} AS VARCHAR)").format(name)
    if column.type not in {"string", "binary"}:
        return text
    return f"CASE WHEN length({text}) > {LONGEST_TEXT} THEN left({text}, {LONGEST_TEXT}) || '…' ELSE {text} END"


def plain(value: Any) -> Any:
    """A value as JSON holds it without loss."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if abs(value) < _EXACT_IN_JSON else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else _not_finite(value)
    if isinstance(value, Iterable):
        return [plain(each) for each in value]
    return str(value)


def _not_finite(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
