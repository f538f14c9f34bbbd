"""What OpenLineage calls sources and targets, and that columns are traced to them without a run."""

from __future__ import annotations

import json
from typing import Any

import pytest
from airflow.sdk import DAG

from module_operators.catalog import discover
from module_operators.open_lineage import datasets, of_task

MODULES = discover()


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGIDATA_FILES_URL", "/srv/files")
    monkeypatch.setenv("AIRFLOW_CONN_PG", "postgres://u:canary@db.example:5433/shop")
    monkeypatch.setenv("AIRFLOW_CONN_MY", "mysql://u:canary@db.example/shop")
    warehouses: dict[str, dict[str, Any]] = {
        "SF": {"conn_type": "snowflake", "extra": {"account": "acme-eu", "database": "DB"}},
        "BQ": {"conn_type": "google_cloud_platform", "extra": {"project": "shop-1", "dataset": "sales"}},
        "KEY": {
            "conn_type": "gcpbigquery",
            "extra": {"keyfile_dict": {"project_id": "shop-2", "private_key": "canary"}},
        },
        "RS": {"conn_type": "redshift", "host": "main.abc123.eu-west-1.redshift.amazonaws.com", "schema": "dev"},
        "NEAR": {"conn_type": "redshift", "host": "db.example", "port": 5555, "schema": "dev"},
    }
    for name, known in warehouses.items():
        login = {"login": "u", "password": "canary"}
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(known | login))
    monkeypatch.setenv("AIRFLOW_CONN_MONGO", "mongo://u:canary@db.example/shop")


@pytest.mark.parametrize(
    ("module_id", "config", "expected"),
    [
        ("csv-extractor", {"file_path": "in/${day}.csv"}, [("file", "/srv/files/in/monday.csv")]),
        ("s3-loader", {"bucket": "lake", "path": "/sales/"}, [("s3://lake", "sales")]),
        ("api-extractor", {"url": "https://u:canary@api.example/v1?key=canary"}, [("https://api.example", "/v1")]),
        (
            "postgres-extractor",
            {
                "connection_id": "pg",
                "query": "WITH a AS (SELECT * FROM orders) SELECT * FROM a JOIN crm.people p ON p.id = a.id",
            },
            [
                ("postgres://db.example:5433", "shop.public.orders"),
                ("postgres://db.example:5433", "shop.crm.people"),
            ],
        ),
        (
            "postgres-loader",
            {"connection_id": "pg", "table_name": "crm.orders"},
            [("postgres://db.example:5433", "shop.crm.orders")],
        ),
        ("mysql-loader", {"connection_id": "my", "table_name": "t"}, [("mysql://db.example:3306", "shop.t")]),
        (
            "mongodb-extractor",
            {"connection_id": "mongo", "collection": "c"},
            [("mongodb://db.example:27017", "shop.c")],
        ),
    ],
)
def test_names_follow_the_convention_and_hold_no_secret(
    module_id: str, config: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    operator = MODULES[module_id](task_id="n", node_id="n", config=config)

    found = datasets(operator, {"day": "monday"})

    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize(
    ("warehouse", "connection_id", "table", "expected"),
    [
        ("snowflake", "sf", "orders", ("snowflake://acme-eu", "DB.PUBLIC.ORDERS")),
        ("snowflake", "sf", 'other.sales."orders"', ("snowflake://acme-eu", "OTHER.SALES.orders")),
        ("bigquery", "bq", "Orders", ("bigquery", "shop-1.sales.Orders")),
        ("bigquery", "bq", "`other-1`.raw.`orders`", ("bigquery", "other-1.raw.orders")),
        ("bigquery", "key", "raw.orders", ("bigquery", "shop-2.raw.orders")),
        ("redshift", "rs", "Orders", ("redshift://main.eu-west-1:5439", "dev.public.orders")),
        ("redshift", "near", "crm.orders", ("redshift://db.example:5555", "dev.crm.orders")),
    ],
)
def test_tables_of_warehouses_are_called_as_the_convention_says(
    warehouse: str, connection_id: str, table: str, expected: tuple[str, str]
) -> None:
    config = {"warehouse_type": warehouse, "connection_id": connection_id, "table_name": table}
    loader = MODULES["datawarehouse-loader"](task_id="n", node_id="n", config=config)

    assert datasets(loader, {}) == [expected]


def test_a_targets_columns_are_traced_to_its_sources() -> None:
    with DAG("pipeline_x"):
        orders = MODULES["postgres-extractor"](
            task_id="o",
            node_id="orders",
            config={"connection_id": "pg", "query": "SELECT id, net AS amount, net * 2 AS twice FROM orders"},
            columns={"id": "bigint", "amount": "float", "twice": "float"},
        )
        people = MODULES["csv-extractor"](
            task_id="p", node_id="people", config={"file_path": "p.csv"}, columns={"id": "bigint", "city": "string"}
        )
        joined = MODULES["join-transformer"](
            task_id="j",
            node_id="joined",
            inputs={"left": [orders.output], "right": [people.output]},
            config={"left_on": ["id"], "join_type": "left"},
        )
        target = MODULES["csv-loader"](
            task_id="t", node_id="target", inputs={"input": [joined.output]}, config={"file_path": "out.csv"}
        )

    told = of_task(target, {})

    assert {(each.namespace, each.name) for each in told.inputs} == {
        ("postgres://db.example:5433", "shop.public.orders"),
        ("file", "/srv/files/p.csv"),
    }
    (output,) = told.outputs
    fields = output.facets["columnLineage"].fields
    assert {name: [(each.name, each.field) for each in field.inputFields] for name, field in fields.items()} == {
        "id": [("shop.public.orders", "id")],
        "amount": [("shop.public.orders", "net")],
        "twice": [],
        "city": [("/srv/files/p.csv", "city")],
    }
    assert {each.name: each.type for each in output.facets["schema"].fields} == {
        "id": "bigint",
        "amount": "float",
        "twice": "float",
        "city": "string",
    }
