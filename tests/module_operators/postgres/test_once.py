"""Loads happen once: a task process is killed before, during and after its commit, then tried again."""

from __future__ import annotations

import signal
from contextlib import closing

import pytest

from .. import loads_once
from ..loads_once import finished

ROWS = 400_000


@pytest.fixture
def start(warehouse, tmp_path):
    def start(if_exists, **more):
        connection = {
            "conn_type": "postgres",
            "host": "127.0.0.1",
            "port": warehouse.cluster.port,
            "login": warehouse.cluster.user,
            "password": warehouse.cluster.password,
            "schema": warehouse.database,
        }
        config = {
            "table_name": "orders",
            "if_exists": if_exists,
            "key_columns": ["id"] if if_exists == "upsert" else [],
        }
        loader = "module_operators.loaders.postgres.PostgresLoader"
        return loads_once.start(tmp_path, loader, connection, config, **({"rows": ROWS} | more))

    return start


MODES = pytest.mark.parametrize("if_exists", ["append", "replace", "fail", "upsert"])


def prepare(warehouse, if_exists):
    """A table with a row of before, where the mode allows one; answers the rows expected after the load."""
    if if_exists == "fail":
        return ROWS
    warehouse.sql("CREATE TABLE orders (id bigint PRIMARY KEY, v text); INSERT INTO orders VALUES (-1, 'before')")
    return ROWS + (if_exists != "replace")


def before_state(warehouse, if_exists):
    table = warehouse.value("SELECT to_regclass('orders')::text")
    return table is None if if_exists == "fail" else warehouse.sql("TABLE orders") == [(-1, "before")]


def kill(child, warehouse):
    loads_once.kill(child)
    warehouse.wait_for("SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name LIKE 'logidata %'")


@MODES
def test_killed_before_it_wrote(start, warehouse, if_exists):
    expected = prepare(warehouse, if_exists)
    assert finished(start(if_exists, rows=0)) == 0  # makes logidata_loads
    warehouse.sql("TRUNCATE logidata_loads; DROP TABLE IF EXISTS orders")
    expected = prepare(warehouse, if_exists)
    with closing(warehouse.cluster.connect(warehouse.database)) as holder, holder.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE logidata_loads IN ACCESS EXCLUSIVE MODE")
        child = start(if_exists)
        warehouse.wait_for(
            "SELECT count(*) > 0 FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND application_name LIKE 'logidata %'"
        )
        kill(child, warehouse)
    assert before_state(warehouse, if_exists)

    assert finished(start(if_exists)) == ROWS
    assert warehouse.value("SELECT count(*) FROM orders") == expected


@MODES
def test_killed_while_rows_were_on_their_way(start, warehouse, if_exists):
    expected = prepare(warehouse, if_exists)
    child = start(if_exists, rows=3_000_000)
    warehouse.wait_for("SELECT count(*) > 0 FROM pg_stat_progress_copy WHERE tuples_processed > 1000")
    kill(child, warehouse)
    assert before_state(warehouse, if_exists)
    assert warehouse.value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0

    assert finished(start(if_exists)) == ROWS
    assert warehouse.value("SELECT count(*) FROM orders") == expected


@MODES
def test_killed_right_after_its_commit(start, warehouse, if_exists):
    expected = prepare(warehouse, if_exists)
    child = start(if_exists, die=True)
    assert child.wait() == -signal.SIGKILL
    assert warehouse.value("SELECT count(*) FROM orders") == expected

    assert finished(start(if_exists)) == ROWS
    assert warehouse.value("SELECT count(*) FROM orders") == expected
    assert warehouse.value("SELECT count(*) FROM logidata_loads") == 1


def test_two_tries_at_once_load_once(start, warehouse):
    expected = prepare(warehouse, "append")
    children = [start("append"), start("append")]

    assert [finished(child) for child in children] == [ROWS, ROWS]
    assert warehouse.value("SELECT count(*) FROM orders") == expected
