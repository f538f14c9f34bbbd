"""A real MariaDB a session, and a database of its own for each test, reached through an Airflow connection."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .server import MariaDB, Shop


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    server = MariaDB()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def shop(mariadb: MariaDB) -> Iterator[Shop]:
    name = f"s_{uuid.uuid4().hex[:12]}"
    Shop(mariadb, "mysql").sql(f"CREATE DATABASE {name}")
    yield Shop(mariadb, name)
    Shop(mariadb, "mysql").sql(f"DROP DATABASE {name}")


@pytest.fixture
def connected_run(make_run: Callable[..., Any], shop: Shop) -> Callable[..., Any]:
    """`make_run` with the shop as the connection `shop`."""

    def make(node_id: str = "n1", **options: Any) -> Any:
        return make_run(node_id, connections={"shop": shop.connection()}, **options)

    return make
