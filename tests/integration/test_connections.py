"""Connections on a real Airflow: what is secret goes in and never comes out, and what is in use stays."""

import json
from contextlib import closing
from typing import Any

import pytest

from tests.conftest import RunningStack
from tests.integration.test_runs_modules import graph, node

SECRET = "canary-pass-word-7"


@pytest.fixture
def url(stack: RunningStack) -> str:
    return f"{stack.api_url}/api/v1/connections"


@pytest.fixture
def database(stack: RunningStack) -> dict[str, Any]:
    """A database with two tables, and the fields of a connection to it."""
    name = "connection_tests"
    session = stack.postgres.connect()
    session.autocommit = True
    with closing(session), session.cursor() as cursor:
        cursor.execute("select 1 from pg_database where datname = %s", (name,))
        if not cursor.fetchone():
            cursor.execute(f"create database {name}")
            cursor.execute(f"create role reader login password '{SECRET}'")
    with closing(stack.postgres.connect(name)) as session, session, session.cursor() as cursor:
        cursor.execute("create schema if not exists sales")
        columns = "id bigint, amount numeric(10, 2), at timestamptz"
        cursor.execute(f'create table if not exists sales."Order lines" ({columns})')
        cursor.execute("grant usage on schema sales to reader; grant select on all tables in schema sales to reader")
    port = stack.lifecycle.settings.postgres_port
    return {"host": "127.0.0.1", "port": port, "database": name, "login": "reader", "password": SECRET}


@pytest.fixture
def connection(stack: RunningStack, url: str, database: dict[str, Any]) -> str:
    """A saved connection."""
    stack.api.delete(f"{url}/shop")
    answer = stack.api.post(url, json={"connection_id": "shop", "type": "postgres", "fields": database})
    assert answer.status_code == 201, answer.text
    return "shop"


def test_a_secret_goes_in_and_never_comes_out(stack: RunningStack, url: str, connection: str) -> None:
    shown = stack.api.get(f"{url}/{connection}")

    assert shown.json()["secrets"] == ["password"]
    assert SECRET not in shown.text + stack.api.get(url).text
    assert "password" not in shown.json()["fields"]
    assert stack.api.post(f"{url}/{connection}/test").json()["ok"]


def test_a_change_keeps_the_secret_that_is_left_out(
    stack: RunningStack, url: str, connection: str, database: dict[str, Any]
) -> None:
    fields = {name: value for name, value in database.items() if name != "password"} | {"sslmode": "prefer"}

    changed = stack.api.put(f"{url}/{connection}", json={"type": "postgres", "description": "Shop", "fields": fields})

    assert changed.json()["fields"]["sslmode"] == "prefer"
    assert changed.json()["secrets"] == ["password"]
    assert stack.api.post(f"{url}/{connection}/test").json()["ok"]
    removed = stack.api.put(f"{url}/{connection}", json={"type": "postgres", "fields": fields | {"password": None}})
    retyped = stack.api.put(f"{url}/{connection}", json={"type": "mysql", "fields": fields | {"sslmode": None}})
    assert removed.json()["errors"][0]["pointer"] == "/fields/password"  # Airflow would keep it in silence
    assert retyped.json()["errors"][0]["pointer"] == "/type"


def test_secrets_in_the_extra_stay_too(stack: RunningStack, url: str) -> None:
    stack.api.delete(f"{url}/rest")
    fields = {"host": "https://api.example.com", "token": SECRET}
    made = stack.api.post(url, json={"connection_id": "rest", "type": "http", "fields": fields})
    assert made.status_code == 201, made.text

    changed = stack.api.put(f"{url}/rest", json={"type": "http", "fields": {"host": "https://other.example.com"}})

    assert changed.json()["secrets"] == ["token"]
    assert SECRET not in changed.text
    kept = stack.airflow().get(f"{stack.airflow_url}/api/v2/connections/rest").json()
    assert json.loads(kept["extra"])["token"] == "***"


def test_a_test_says_why_it_fails(stack: RunningStack, url: str, database: dict[str, Any]) -> None:
    def told(**changes: Any) -> str:
        answer = stack.api.post(f"{url}/test", json={"type": "postgres", "fields": database | changes})
        assert answer.json()["ok"] is False, answer.text
        assert SECRET not in answer.text
        return answer.json()["message"]

    assert "password authentication failed" in told(password="wrong-" + SECRET[:3])
    assert "host and port" in told(port=9)
    assert "does not exist" in told(database="nowhere")


def test_tables_and_columns_are_offered(stack: RunningStack, url: str, connection: str) -> None:
    tables = stack.api.get(f"{url}/{connection}/tables", params={"search": "order"}).json()["items"]
    columns = stack.api.get(f"{url}/{connection}/tables/sales.Order lines/columns").json()["items"]

    assert tables == [{"schema_name": "sales", "name": "Order lines", "is_view": False}]
    assert columns == [
        {"name": "id", "type": "bigint"},
        {"name": "amount", "type": "decimal(10,2)"},
        {"name": "at", "type": "timestamptz"},
    ]
    missing = stack.api.get(f"{url}/{connection}/tables/nothing/columns")
    assert (missing.status_code, missing.json()["code"]) == (422, "connection-failed")


def test_one_that_a_pipeline_names_is_not_deleted(stack: RunningStack, url: str, connection: str) -> None:
    document = graph(
        "Reads the shop",
        node("read", "postgres-extractor", "Shop", connection_id=connection, query='SELECT * FROM sales."Order lines"'),
        node("write", "csv-loader", "Out", file_path="shop.csv"),
    )
    pipelines = f"{stack.api_url}/api/v1/pipelines"
    saved = stack.api.post(pipelines, json=document).json()
    assert saved["status"] == "active", saved["problems"]

    refused = stack.api.delete(f"{url}/{connection}")

    assert (refused.status_code, refused.json()["code"]) == (409, "connection-in-use")
    assert refused.json()["used_by"][0]["name"] == "Reads the shop"
    assert stack.api.get(f"{url}/{connection}").json()["used_by"][0]["nodes"][0]["node_id"] == "read"
    assert stack.api.delete(f"{pipelines}/{saved['id']}").status_code == 204
    assert stack.api.delete(f"{url}/{connection}").status_code == 204


def test_validation_knows_connections_and_their_types(stack: RunningStack, url: str, connection: str) -> None:
    def problems(connection_id: str) -> list[dict[str, Any]]:
        document = graph(
            "Wrong connection",
            node("read", "postgres-extractor", "Shop", connection_id=connection_id, query="SELECT 1 AS one"),
            node("write", "csv-loader", "Out", file_path="shop.csv"),
        )
        return stack.api.post(f"{stack.api_url}/api/v1/pipelines/validate", json=document).json()["problems"]

    unknown = problems("shopp")[0]

    assert (unknown["code"], unknown["node_id"], unknown["path"]) == ("unknown-connection", "read", "/connection_id")
    assert "shop" in unknown["hint"]


def test_validation_tries_connections_when_it_is_asked_to(
    stack: RunningStack, url: str, connection: str, database: dict[str, Any]
) -> None:
    wrong = {"connection_id": "shop_locked", "type": "postgres", "fields": database | {"password": "canary-wrong"}}
    assert stack.api.post(url, json=wrong).status_code == 201
    body = graph(
        "Tried",
        node("source", "postgres-extractor", "Source", connection_id=connection, query="SELECT 1 AS id"),
        node("target", "postgres-loader", "Target", connection_id="shop_locked", table_name="t"),
    )
    validate = f"{stack.api_url}/api/v1/pipelines/validate"

    asked = stack.api.post(validate, params={"check_connections": True}, json=body)
    unasked = stack.api.post(validate, json=body)

    failed = [each for each in asked.json()["problems"] if each["code"] == "connection-failed"]
    assert [(each["node_id"], each["path"], each["severity"]) for each in failed] == [
        ("target", "/connection_id", "warning")
    ]
    assert "password authentication failed" in failed[0]["message"]
    assert "canary" not in asked.text
    assert "connection-failed" not in unasked.text
    stack.api.delete(f"{url}/shop_locked")


def test_a_connection_that_was_made_a_moment_ago_is_known(
    stack: RunningStack, url: str, database: dict[str, Any]
) -> None:
    pipelines = f"{stack.api_url}/api/v1/pipelines"
    stack.api.delete(f"{url}/brand_new")
    document = graph(
        "Brand new",
        node("read", "postgres-extractor", "Shop", connection_id="brand_new", query="SELECT 1 AS one"),
        node("write", "csv-loader", "Out", file_path="shop.csv"),
    )
    before = stack.api.post(f"{pipelines}/validate", json=document).json()
    made = stack.api.post(url, json={"connection_id": "brand_new", "type": "postgres", "fields": database})
    assert made.status_code == 201, made.text

    after = stack.api.post(f"{pipelines}/validate", json=document).json()

    assert [problem["code"] for problem in before["problems"]] == ["unknown-connection"]
    assert after["problems"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"connection_id": "a b", "type": "postgres", "fields": {"host": "h"}}, "/connection_id"),
        ({"connection_id": "x", "type": "nothing", "fields": {}}, "/type"),
        ({"connection_id": "x", "type": "postgres", "fields": {"host": "h", "port": "x"}}, "/fields/port"),
        ({"connection_id": "x", "type": "postgres", "fields": {"host": "h", "what": 1}}, "/fields"),
    ],
)
def test_what_is_wrong_is_told_by_its_place(stack: RunningStack, url: str, body: dict[str, Any], pointer: str) -> None:
    answer = stack.api.post(url, json=body)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
