"""Trying a connection to MongoDB, and what it holds."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from airflow.sdk import Connection

from module_operators.connections.probe import probe


def test_a_server_that_answers_and_its_collections(connected_run: Callable[..., Any], shop: Any) -> None:
    shop.create_collection("orders")
    shop.create_collection("customers")

    told = probe({"ask": "test", "connection_id": "shop"}, connected_run())
    found = probe({"ask": "tables", "connection_id": "shop", "search": "ORD"}, connected_run())

    assert f"database “{shop.name}” of MongoDB" in told["message"]
    assert found == {"tables": [{"schema": shop.name, "name": "orders", "is_view": False}]}


def test_an_address_where_nobody_listens_is_told(make_run: Callable[..., Any]) -> None:
    away = Connection(conn_id="away", conn_type="mongo", host="127.0.0.1", port=9, password="canary-1f0c")
    run = replace(make_run("probe", connections={"away": away}), time_limit=1)

    told = probe({"ask": "test", "connection_id": "away"}, run)

    assert "cannot be reached" in told["failed"]
    assert "canary" not in told["failed"]
