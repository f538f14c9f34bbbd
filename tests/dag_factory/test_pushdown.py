"""What databases are asked to do themselves, by their queries, and what is left to us."""

from __future__ import annotations

from typing import Any

import pytest

from dag_factory.rewrites import declined, proposals
from tests.dag_factory.rewriting import Bench, all_applied, keep, of_table, step, total

ORDERS = {"id": "bigint", "amount": "decimal(10,2)", "day": "date", "region": "string", "ok": "boolean", "x": "float"}


def drawn_table(bench: Bench, *steps: dict[str, Any], module: str = "postgres", **config: Any) -> Any:
    """A drawing of a database's table → the steps → a file, its columns known as the last save knew them."""
    options = {"connection_id": "db", "query": "SELECT * FROM sales.orders", **config}
    graph = of_table(module, *steps, **options)
    schemas: dict[str, Any] = {"table": [{"name": name, "type": kind} for name, kind in ORDERS.items()]}
    for each in steps:
        previous = schemas[graph.inputs(each["id"])[0].source]
        made = each["data"]["config"]
        if "aggregations" in made:
            named = [{"name": a["alias"], "type": "bigint"} for a in made["aggregations"]]
            schemas[each["id"]] = [*(c for c in previous if c["name"] in made["group_by"]), *named]
        else:
            schemas[each["id"]] = [c for c in previous if c["name"] in made.get("columns", ORDERS)]
    return bench.drawing(graph, schemas)


def query_after(bench: Bench, *steps: dict[str, Any], **config: Any) -> str:
    """The table's query when all is applied that is proposed, and what is proposed then."""
    drawing = drawn_table(bench, *steps, **config)
    return all_applied(drawing).graph.by_id["table"].data.config["query"]


def test_a_database_filters_aggregates_and_projects_itself(bench: Bench) -> None:
    by_day = step(
        "by_day",
        "aggregate",
        group_by=["day"],
        aggregations=[
            {"function": "sum", "column": "id", "alias": "ids"},
            {"function": "max", "column": "amount", "alias": "most"},
        ],
    )
    condition = keep("amount > 10.5 AND day >= '2024-01-01' AND region IS NOT NULL")

    assert query_after(bench, condition, by_day) == (
        'SELECT "day", CAST(sum("id") AS bigint) AS "ids", CAST(max("amount") AS numeric(10,2)) AS "most" '
        "FROM sales.orders "
        """WHERE "amount" > 10.5 AND "day" >= DATE '2024-01-01' AND "region" IS DISTINCT FROM NULL GROUP BY "day\""""
    )
    select = step("out", "select-columns", columns=["x", "id"])
    assert query_after(bench, select) == 'SELECT "x", "id" FROM sales.orders'
    assert query_after(bench, keep("id IN (1, -2)"), select, module="mysql") == (
        "SELECT `x`, `id` FROM sales.orders WHERE `id` IN (1, -2)"
    )


@pytest.mark.parametrize(
    ("steps", "config", "why"),
    [
        ([keep("region = 'north'")], {}, "collation"),
        ([keep("x > 1")], {}, "a float may compare otherwise"),
        ([keep("id > 1 OR ok")], {}, "plain comparisons"),
        ([keep("day IS NULL")], {"module": "mysql"}, "read as null"),
        ([keep("id > 1")], {"limit": 10}, "limited to 10 rows"),
        ([keep("id > 1")], {"query": "SELECT * FROM orders o JOIN p USING (id)"}, "whole table"),
        ([keep("id > 1")], {"query": "SELECT * FROM orders WHERE " + "1" * 200 + "x"}, "whole table"),
        ([keep("id > 1")], {"query": "SELECT * FROM orders ORDER BY id LIMIT 3"}, "whole table"),
        ([keep("id > 1")], {"query": 'SELECT * FROM orders WHERE "id" < 9 -- 2024'}, "whole table"),
        ([total(group=("region",), alias="n")], {}, "collation"),
        ([total("mean", group=("day",), column="id", alias="n")], {}, "mean is computed otherwise"),
        ([total("sum", group=("id",), column="id", alias="n")], {"module": "mysql"}, "sum is computed otherwise"),
        ([total(group=("id",), alias="n")], {"on_schema_change": "fail"}, "no longer be noticed"),
    ],
)
def test_what_a_database_might_do_otherwise_is_left_to_us_and_said(
    bench: Bench, steps: list[dict[str, Any]], config: dict[str, Any], why: str
) -> None:
    drawing = drawn_table(bench, *steps, **config)
    assert not [each for each in proposals(drawing) if each.kind.startswith("push")]
    assert why in " ".join(each.reason for each in declined(drawing))
