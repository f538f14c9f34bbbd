"""Values as people see them: nothing is lost on the way through JSON."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from module_operators.relation import Column, Plan, Query, Step
from module_operators.rows import LONGEST_TEXT, first_rows
from module_operators.run import Run


@pytest.mark.parametrize(
    ("sql", "logical", "shown"),
    [
        ("CAST(7 AS INTEGER)", "integer", 7),
        ("9007199254740991", "bigint", 9007199254740991),
        ("9223372036854775807", "bigint", "9223372036854775807"),
        ("CAST('12.30' AS DECIMAL(38,2))", "decimal(38,2)", "12.30"),
        ("CAST(0.1 AS DOUBLE)", "float", 0.1),
        ("CAST('nan' AS DOUBLE)", "float", "NaN"),
        ("CAST('-infinity' AS DOUBLE)", "float", "-Infinity"),
        ("true", "boolean", True),
        ("'Zoë \U0001f600'", "string", "Zoë \U0001f600"),
        (f"repeat('é', {LONGEST_TEXT + 1})", "string", "é" * LONGEST_TEXT + "…"),
        ("DATE '2024-02-29'", "date", "2024-02-29"),
        ("TIME '23:59:59.5'", "time", "23:59:59.5"),
        ("TIMESTAMP '2024-02-29 12:00:00.123456'", "timestamp", "2024-02-29T12:00:00.123456"),
        ("TIMESTAMPTZ '2024-02-29 12:00:00+02'", "timestamptz", "2024-02-29T10:00:00.000000Z"),
        (r"'\x00\xFF'::BLOB", "binary", "00FF"),
        ("[1, NULL, 9223372036854775807]", "list(bigint)", [1, None, "9223372036854775807"]),
        ("['a', NULL]", "list(string)", ["a", None]),
        ("[DATE '2024-01-01']", "list(date)", ["2024-01-01"]),
        ("NULL", "string", None),
    ],
)
def test_a_value_keeps_all_that_it_is(make_run: Callable[..., Run], sql: str, logical: str, shown: Any) -> None:
    run = make_run()
    plan = Plan((Step("n1", "n1", "N1", Query(f'SELECT {sql} AS "a value"', (Column("a value", logical),))),))

    rows = first_rows(run.engine, plan, 10)

    assert json.loads(json.dumps(rows, allow_nan=False)) == [[shown]]
