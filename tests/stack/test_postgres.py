"""PostgreSQL from the wheel: version, password, databases, roles."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest

from stack.ports import free_port
from stack.postgres import Cluster, PostgresError


def test_is_postgresql_18_and_utf8(postgres_server: Cluster) -> None:
    with closing(postgres_server.connect()) as conn, conn.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding')")
        assert cursor.fetchone() == (18, "UTF8")


def test_a_server_that_does_not_start_says_why(postgres_server: Cluster, tmp_path: Path) -> None:
    nowhere = replace(postgres_server, data=tmp_path / "nothing", port=free_port())
    with pytest.raises(PostgresError, match=r"did not start:\n.*nothing"), nowhere.served(tmp_path / "log"):
        pytest.fail("it serves a folder that does not exist")


def test_refuses_a_wrong_password(postgres_server: Cluster) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        replace(postgres_server, password="wrong").connect()


def test_database_and_role_are_made_once(postgres_server: Cluster) -> None:
    postgres_server.create_role("clerk", "first")
    postgres_server.create_role("clerk", "second")
    postgres_server.create_database("ledger", owner="clerk")
    assert postgres_server.create_database("ledger") == postgres_server.url("ledger")

    clerk = replace(postgres_server, user="clerk", password="second")
    with closing(clerk.connect("ledger")) as conn, conn.cursor() as cursor:
        cursor.execute("CREATE TABLE entry (id int)")
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)


def test_create_leaves_an_existing_cluster_alone(postgres_server: Cluster) -> None:
    before = (postgres_server.data / "PG_VERSION").stat().st_mtime_ns
    postgres_server.create()
    assert (postgres_server.data / "PG_VERSION").stat().st_mtime_ns == before
