"""Real servers of MongoDB's protocol, one of each kind a session, and a database of its own for each test."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import Connection
from pymongo import MongoClient

from stack.ports import free_port


@contextmanager
def mongo_server(folder: Path, *more: str) -> Iterator[int]:
    """The port of a server that keeps its data in a folder."""
    port = free_port()
    start = "import sys; from secantus.cli import main; sys.exit(main())"
    options = ["--port", str(port), "--storage-path", str(folder / "data"), "--cache-size", "128M", *more]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", start, "--host", "127.0.0.1", *options], cwd=folder, stdout=log, stderr=log
        )
    try:
        with MongoClient("127.0.0.1", port, serverSelectionTimeoutMS=60_000) as client:
            client.admin.command("ping")
        yield port
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="session")
def mongo_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with mongo_server(tmp_path_factory.mktemp("mongo")) as port:
        yield port


@pytest.fixture(scope="session")
def alone_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server that is no replica set: it has no transactions."""
    with mongo_server(tmp_path_factory.mktemp("mongo-alone"), "--standalone") as port:
        yield port


@pytest.fixture
def shop(mongo_port: int) -> Iterator[Any]:
    with MongoClient("127.0.0.1", mongo_port) as client:
        database = client[f"s_{uuid.uuid4().hex[:12]}"]
        yield database
        client.drop_database(database.name)


@pytest.fixture
def connected_run(make_run: Callable[..., Any], shop: Any, mongo_port: int) -> Callable[..., Any]:
    """`make_run` with the shop as the connection `shop`."""
    connection = Connection(conn_id="shop", conn_type="mongo", host="127.0.0.1", port=mongo_port, schema=shop.name)

    def make(node_id: str = "n1", **options: Any) -> Any:
        return make_run(node_id, connections={"shop": connection}, **options)

    return make


def pairs(shop: Any, collection: str = "orders") -> list[tuple[Any, Any]]:
    return sorted((each["id"], each["v"]) for each in shop[collection].find())


def collections(shop: Any) -> list[str]:
    return sorted(shop.list_collection_names())
