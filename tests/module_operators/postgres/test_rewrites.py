"""What is proposed to become part of a query gives what it gave outside of it, on a real PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from module_operators import column_checker, sample
from tests.dag_factory.rewriting import Bench, all_applied, of_table, step

from .conftest import Warehouse

TABLE = """
CREATE TYPE pair AS (one int, other int);
CREATE TABLE "Orders"
    (id int, big bigint, "Net amount" numeric(10,2), price numeric, day date, at timestamp, ok boolean, region text,
     record pair);
INSERT INTO "Orders" VALUES
    (1, 10, 1.50, 0.1, '2024-01-01', '2024-01-01 00:00', true, 'a'),
    (1, 9007199254740993, -1.50, 2.25, '2024-01-01', NULL, false, 'A'),
    (2, NULL, 0, NULL, NULL, '2023-12-31 23:59:59.999999', NULL, NULL),
    (NULL, -10, NULL, 7, '1969-07-20', '2024-01-02', true, ''),
    (2, 10, 1.50, 0.1, '2024-06-01', '2024-01-01 00:00:01', true, 'b'),
    (-7, 0, 99999999.99, 1, '2024-06-01', NULL, false, 'a');
UPDATE "Orders" SET record = ROW(NULL, id)
"""
TOTAL: dict[str, Any] = {
    "aggregations": [
        {"function": "count"},
        *({"function": "count_distinct", "column": column} for column in ("id", "Net amount", "day", "ok")),
        *({"function": "sum", "column": column} for column in ("id", "big", "Net amount", "price")),
        *({"function": "min", "column": column} for column in ("id", "Net amount", "day")),
        *({"function": "max", "column": column} for column in ("big", "price", "day")),
    ]
}


@pytest.mark.parametrize(
    ("steps", "query"),
    [
        (
            [step("keep", "filter", condition='"Net amount" >= 0 AND id IN (1, 2)')],
            ' WHERE "Net amount" >= 0 AND "id" IN ',
        ),
        (
            [step("keep", "filter", condition="\"at\" >= '2024-01-01' AND region IS NOT NULL")],
            """ WHERE "at" >= DATE '2024-""",
        ),
        ([step("keep", "filter", condition="day < DATE '2024-01-01' AND 1.5 < price")], """ WHERE "day" < DATE"""),
        ([step("keep", "filter", condition="record IS NOT NULL")], ' WHERE "record" IS DISTINCT FROM NULL'),
        (
            [step("keep", "filter", condition="big BETWEEN -10 AND 10 AND ok = true")],
            ' WHERE ("big" BETWEEN -10 AND 10)',
        ),
        (
            [step("keep", "filter", condition="id <> 1"), step("sum", "aggregate", group_by=["day", "ok"], **TOTAL)],
            ' GROUP BY "day", "ok"',
        ),
        ([step("sum", "aggregate", **TOTAL)], ' AS "sum_price", '),
        ([step("keep", "filter", condition="id = 99"), step("sum", "aggregate", **TOTAL)], ' WHERE "id" = 99'),
        (
            [step("out", "select-columns", columns=["region", "Net amount"])],
            'SELECT "region", "Net amount" FROM "Orders"',
        ),
    ],
)
def test_a_query_with_the_work_of_steps_loads_what_they_loaded(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, steps: list[dict[str, Any]], query: str
) -> None:
    warehouse.sql(TABLE)
    for module in (column_checker, sample):
        monkeypatch.setattr(module, "airflow_connection", lambda _: warehouse.connection())
    bench = Bench(tmp_path)
    graph = of_table("postgres", *steps, connection_id="warehouse", query='SELECT * FROM "Orders"')

    after = all_applied(bench.drawing(graph)).graph

    assert query in after.by_id["table"].data.config["query"] + " "
    compared = bench.compared(graph, after, same_sources=False)
    assert compared.get("equal") is True, compared
    assert compared["rows"] > 0
