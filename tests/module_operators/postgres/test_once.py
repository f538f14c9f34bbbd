"""Loads happen once: a task process is killed before, during and after its commit, then tried again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing

import pytest

ROWS = 400_000

_LOAD = """
import logging, os, signal, sys
from pathlib import Path
from airflow.sdk import Connection
from module_operators.engines.duckdb import DuckDBEngine, Limits
from module_operators.files import FileStore
from module_operators.loaders.postgres import PostgresLoader
from module_operators.relation import ROW_ID, Column, Plan, Query, Step
from module_operators.run import Run
from module_operators.staging import Staging
root, port, rows = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[5])
database, if_exists, after = sys.argv[3], sys.argv[4], sys.argv[6]
engine = DuckDBEngine(Limits("256MB", 2, str(root / "spill")), [root])
connection = Connection(conn_id="w", conn_type="postgres", host="127.0.0.1", port=port, login="postgres",
                        password=os.environ["CANARY"], schema=database)
staging, files = Staging(str(root), "dag", "run", "task", 1), FileStore(str(root), root)
run = Run("dag", "run", "task", "n", "N", {}, staging, files, engine, logging.getLogger(), lambda _: connection)
columns = (Column("id", "bigint"), Column("v", "string"))
sql = f"SELECT i AS id, 'v' || i AS v, i AS {ROW_ID} FROM range({rows}) r(i)"
query = Query(sql, columns, (Column(ROW_ID, "bigint"),), (), ROW_ID)
config = PostgresLoader.Config(connection_id="w", table_name="orders", if_exists=if_exists,
                               key_columns=["id"] if if_exists == "upsert" else [])
plan = Plan((Step("s", "s", "S", query),))
PostgresLoader.check(config, plan.result, run)
loaded = PostgresLoader.load(config, plan, run)
if after == "die":
    os.kill(os.getpid(), signal.SIGKILL)
print(loaded.rows)
"""


@pytest.fixture
def start(warehouse, tmp_path):
    def start(if_exists, after="live", rows=ROWS):
        command = [sys.executable, "-c", _LOAD, str(tmp_path), str(warehouse.cluster.port), warehouse.database]
        return subprocess.Popen(
            [*command, if_exists, str(rows), after],
            env=os.environ | {"CANARY": warehouse.cluster.password},
            stdout=subprocess.PIPE,
            text=True,
        )

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
    child.send_signal(signal.SIGKILL)
    child.wait()
    warehouse.wait_for("SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name LIKE 'logidata %'", 10)


def finished(child):
    output, _ = child.communicate(timeout=120)
    return int(output.split()[-1])


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
    child = start(if_exists, after="die")
    assert child.wait(120) == -signal.SIGKILL
    assert warehouse.value("SELECT count(*) FROM orders") == expected

    assert finished(start(if_exists)) == ROWS
    assert warehouse.value("SELECT count(*) FROM orders") == expected
    assert warehouse.value("SELECT count(*) FROM logidata_loads") == 1


def test_two_tries_at_once_load_once(start, warehouse):
    expected = prepare(warehouse, "append")
    children = [start("append"), start("append")]

    assert [finished(child) for child in children] == [ROWS, ROWS]
    assert warehouse.value("SELECT count(*) FROM orders") == expected
