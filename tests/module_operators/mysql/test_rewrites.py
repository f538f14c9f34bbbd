"""What is proposed to become part of a query gives what it gave outside of it, on a real MariaDB."""

from __future__ import annotations

from pathlib import Path

import pytest

from module_operators import column_checker, sample
from tests.dag_factory.rewriting import Bench, all_applied, of_table, step

from .server import Shop


def test_a_query_with_the_work_of_steps_loads_what_they_loaded(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    columns = "id int, `Net amount` decimal(10,2), n bigint unsigned, region varchar(9), since year"
    rows = "(1, 1.5, 18446744073709551615, 'a', 1970), (1, -1.5, NULL, 'A', 2001), (NULL, 0, 3, NULL, NULL)"
    shop.sql(f"CREATE TABLE orders ({columns})")
    shop.sql(f"INSERT INTO orders VALUES {rows}")
    for module in (column_checker, sample):
        monkeypatch.setattr(module, "airflow_connection", lambda _: shop.connection())
    bench = Bench(tmp_path)
    condition = step("keep", "filter", condition='"Net amount" <> 0 OR FALSE = TRUE')
    plain = step("keep", "filter", condition='"Net amount" <> 0 AND "Net amount" IS NOT NULL')
    functions = [("count", "n"), ("max", "n"), ("min", "Net amount"), ("count_distinct", "id")]
    total = step(
        "total", "aggregate", group_by=["id"], aggregations=[{"function": f, "column": c} for f, c in functions]
    )
    for steps, query in (
        ([plain], "WHERE `Net amount` <> 0 AND `Net amount` IS NOT NULL"),
        ([plain, total], "GROUP BY `id`"),
        ([step("out", "select-columns", columns=["region", "n"])], "SELECT `region`, `n` FROM orders"),
        ([condition], "SELECT * FROM orders"),
        ([step("keep", "filter", condition="since > 70")], "SELECT * FROM orders"),
        ([step("keep", "filter", condition="since > 1999")], "WHERE `since` > 1999"),
    ):
        graph = of_table("mysql", *steps, connection_id="shop", query="SELECT * FROM orders")

        after = all_applied(bench.drawing(graph)).graph

        assert query in after.by_id["table"].data.config["query"]
        compared = bench.compared(graph, after, same_sources=False)
        assert compared.get("equal") is True, (query, compared)
        assert compared["rows"] > 0
