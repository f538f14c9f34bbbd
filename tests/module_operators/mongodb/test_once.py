"""Loads happen once: a task process is killed at each step, or two load at once, and the documents are there once."""

from __future__ import annotations

import signal

import pytest
from pymongo import MongoClient

from ..loads_once import finished, start
from .conftest import collections, pairs

LOADER = "module_operators.loaders.mongodb.MongodbLoader"
METHOD = "pymongo.synchronous.collection.Collection."
COMMIT = "pymongo.synchronous.client_session.ClientSession.commit_transaction"


@pytest.mark.parametrize(
    ("operation", "where", "die_in"),
    [
        ("insert", "replica set", (METHOD + "insert_many", 1)),  # the documents aside, not marked
        ("insert", "replica set", (METHOD + "insert_one", 1)),  # marked, nothing put in place
        ("insert", "replica set", (METHOD + "insert_many", 2)),  # inside the transaction
        ("insert", "replica set", (COMMIT, 1)),
        ("insert", "alone", (METHOD + "update_one", 1)),  # about to be written without a transaction
        ("insert", "alone", (METHOD + "insert_many", 2)),  # written, not marked
        ("replace", "replica set", (METHOD + "insert_one", 1)),
        ("replace", "alone", (METHOD + "rename", 1)),  # in place, not marked
        ("upsert", "replica set", (METHOD + "bulk_write", 1)),
        ("upsert", "alone", (METHOD + "bulk_write", 1)),
        ("insert", "replica set", None),  # after all of it
    ],
)
def test_killed_and_tried_again_the_documents_are_there_once(shop, request, tmp_path, operation, where, die_in):
    port = request.getfixturevalue("mongo_port" if where == "replica set" else "alone_port")
    with MongoClient("127.0.0.1", port) as client:
        database = client[shop.name]
        database.orders.create_index("id", unique=True)
        database.orders.insert_one({"id": -1, "v": "old"})
        config = {"collection": "orders", "operation": operation, "key_fields": ["id"] * (operation == "upsert")}
        connection = {"conn_type": "mongo", "host": "127.0.0.1", "port": port, "schema": shop.name}
        job = (tmp_path, LOADER, connection, config)

        assert start(*job, rows=200, die_in=die_in, die=die_in is None).wait(60) == -signal.SIGKILL
        if where == "replica set" and die_in is not None and die_in[0] != COMMIT:
            assert pairs(database) == [(-1, "old")]
        client.admin.command("killAllSessions", [])  # the server itself ends a lost transaction after a minute

        assert finished(start(*job, rows=200)) == 200
        expected = set(range(200)) | ({-1} if operation != "replace" else set())
        assert sorted(each["id"] for each in database.orders.find()) == sorted(expected)
        assert [(each["state"], each["rows"]) for each in database.logidata_loads.find()] == [("done", 200)]
        assert collections(database) == ["logidata_loads", "orders"]
        client.drop_database(shop.name)


def test_two_tries_at_once_load_once(shop, mongo_port, tmp_path):
    shop.orders.insert_one({"id": -1, "v": "old"})
    connection = {"conn_type": "mongo", "host": "127.0.0.1", "port": mongo_port, "schema": shop.name}
    job = (tmp_path, LOADER, connection, {"collection": "orders"})
    children = [start(*job, rows=300), start(*job, rows=300)]
    assert [finished(child) for child in children] == [300, 300]
    assert shop.orders.count_documents({}) == 301
    assert collections(shop) == ["logidata_loads", "orders"]
