"""Warehouses to load into: fakesnow's server for Snowflake, bqemulator for BigQuery, PostgreSQL for Redshift's SQL."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import Connection

from stack.ports import free_port, is_free
from stack.postgres import Cluster

from .bigquery import BigQuerySession, bigquery_connection, bigquery_server

PASSWORD = "canary-5d1f"


@contextmanager
def snowflake_server(folder: Path) -> Iterator[int]:
    """The port of a server that speaks Snowflake's protocol."""
    port = free_port()
    with (folder / "fakesnow.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "fakesnow", "-s", "-p", str(port)], cwd=folder, stdout=log, stderr=log
        )
    try:
        deadline = time.monotonic() + 60
        while is_free(port):
            assert server.poll() is None, (folder / "fakesnow.log").read_text()
            assert time.monotonic() < deadline, "fakesnow did not start"
            time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def snowflake_connection(port: int, database: str) -> dict[str, Any]:
    """How Airflow knows the server."""
    where = {"account": "fakesnow", "host": "127.0.0.1", "port": port, "protocol": "http", "database": database}
    return {
        "conn_type": "snowflake",
        "login": "u",
        "password": PASSWORD,
        "schema": "PUBLIC",
        "extra": json.dumps(where),
    }


@dataclass
class Place:
    """A database of a warehouse of its own for one test."""

    kind: str
    schema: str
    connection: dict[str, Any] = field(repr=False)
    sql: Callable[[str], list[tuple[Any, ...]]] = field(repr=False)
    list_tables: Callable[[], list[str]] = field(repr=False)

    def table(self, name: str = "orders") -> str:
        return name.upper() if self.kind == "snowflake" else name

    def rows(self, table: str = "orders") -> list[tuple[Any, ...]]:
        return sorted(self.sql(f"SELECT * FROM {table}"), key=repr)

    def tables(self) -> list[str]:
        return sorted(name.lower() for name in self.list_tables())


def _listed(ask: Callable[[str], list[tuple[Any, ...]]], schema: str) -> list[str]:
    return [
        name for (name,) in ask(f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{schema}'")
    ]


@pytest.fixture(scope="session")
def snowflake_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with snowflake_server(tmp_path_factory.mktemp("snowflake")) as port:
        yield port


@pytest.fixture(scope="session")
def bigquery_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with bigquery_server(tmp_path_factory.mktemp("bigquery")) as port:
        yield port


@pytest.fixture(params=["snowflake", "redshift", "bigquery"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    name = f"W{uuid.uuid4().hex[:12]}".upper()
    if request.param == "snowflake":
        import snowflake.connector  # noqa: PLC0415

        told = snowflake_connection(request.getfixturevalue("snowflake_port"), name)
        where = json.loads(told["extra"])
        with snowflake.connector.connect(user="u", password="p", schema="PUBLIC", **where) as session:
            session.cursor().execute(f"CREATE SCHEMA IF NOT EXISTS {name}.PUBLIC")

            def ask(statement: str) -> list[tuple[Any, ...]]:
                return list(session.cursor().execute(statement).fetchall())

            yield Place("snowflake", "public", told, ask, lambda: _listed(ask, "PUBLIC"))
        return
    if request.param == "bigquery":
        port = request.getfixturevalue("bigquery_port")
        with closing(BigQuerySession(port, name)) as session:
            yield Place("bigquery", name, bigquery_connection(port, name), session.ask, session.tables)
        return
    cluster: Cluster = request.getfixturevalue("postgres_server")
    cluster.create_database(name.lower())
    known = {"host": cluster.host, "port": cluster.port, "login": cluster.user, "password": cluster.password}
    session = cluster.connect(name.lower())
    session.autocommit = True

    def ask_postgres(statement: str) -> list[tuple[Any, ...]]:
        with session.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    told = {"conn_type": "redshift", **known, "schema": name.lower()}
    yield Place("redshift", "public", told, ask_postgres, lambda: _listed(ask_postgres, "public"))
    session.close()


@pytest.fixture
def run_at(make_run: Callable[..., Any], place: Place) -> Callable[..., Any]:
    """`make_run` with the place as the connection `w`."""
    told = place.connection
    connection = Connection(conn_id="w", **told)

    def make(node_id: str = "n1", **options: Any) -> Any:
        return make_run(node_id, connections={"w": connection}, **options)

    return make
