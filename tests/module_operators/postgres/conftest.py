"""A database of its own for each test, reached through an Airflow connection."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from airflow.sdk import Connection

from stack.postgres import Cluster


@dataclass(frozen=True)
class Warehouse:
    """A fresh database on the session's server."""

    cluster: Cluster
    database: str

    def connection(self, **changes: Any) -> Connection:
        settings = {
            "host": self.cluster.host,
            "port": self.cluster.port,
            "login": self.cluster.user,
            "password": self.cluster.password,
            "schema": self.database,
        }
        return Connection(conn_id="warehouse", conn_type="postgres", **(settings | changes))

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Runs a statement as the superuser and answers its rows."""
        with closing(self.cluster.connect(self.database)) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def value(self, query: str) -> Any:
        ((value,),) = self.sql(query)
        return value

    def wait_for(self, condition: str, seconds: float = 120) -> None:
        """Waits until a query answers true."""
        deadline = time.monotonic() + seconds
        while not self.value(condition):
            assert time.monotonic() < deadline, f"never true: {condition}"
            time.sleep(0.02)


@pytest.fixture
def warehouse(postgres_server: Cluster) -> Iterator[Warehouse]:
    name = f"w_{uuid.uuid4().hex[:12]}"
    postgres_server.create_database(name)
    yield Warehouse(postgres_server, name)
    with closing(postgres_server.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def connected_run(make_run: Callable[..., Any], warehouse: Warehouse) -> Callable[..., Any]:
    """`make_run` with the warehouse as the connection `warehouse`."""

    def make(node_id: str = "n1", **options: Any) -> Any:
        return make_run(node_id, connections={"warehouse": warehouse.connection()}, **options)

    return make
