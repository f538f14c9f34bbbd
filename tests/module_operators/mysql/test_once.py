"""Loads happen once: a task process is killed before, during and after its commit, then tried again."""

from __future__ import annotations

import signal
from contextlib import closing

import pytest

from ..loads_once import finished, kill
from ..loads_once import start as start_load

ROWS = 100_000


@pytest.fixture
def start(shop, tmp_path):
    def start(if_exists, **more):
        connection = {
            "conn_type": "mysql",
            "host": "127.0.0.1",
            "port": shop.server.port,
            "login": "tester",
            "password": shop.server.password,
            "schema": shop.database,
        }
        config = {
            "table_name": "orders",
            "if_exists": if_exists,
            "key_columns": ["id"] if if_exists == "upsert" else [],
        }
        return start_load(
            tmp_path, "module_operators.loaders.mysql.MysqlLoader", connection, config, **({"rows": ROWS} | more)
        )

    return start


MODES = pytest.mark.parametrize("if_exists", ["append", "replace", "changing replace", "fail", "new table", "upsert"])


def prepare(shop, case):
    """A table with a row of before, where the case has one; answers the mode and the rows expected after the load."""
    shop.sql("DROP TABLE IF EXISTS orders")
    if case in {"fail", "new table"}:
        return ("append" if case == "new table" else case), ROWS
    kind = "int" if case == "changing replace" else "varchar(20)"
    shop.sql(f"CREATE TABLE orders (id bigint PRIMARY KEY, v {kind})", "INSERT INTO orders VALUES (-1, 5)")
    mode = "replace" if case == "changing replace" else case
    return mode, ROWS + (mode != "replace")


def check_as_before(shop, case):
    there = shop.sql("SHOW TABLES LIKE 'orders'")
    if case in {"fail", "new table"}:
        assert there == []
    else:
        assert [(row[0], str(row[1])) for row in shop.sql("SELECT * FROM orders")] == [(-1, "5")]


def check_after(shop, expected):
    assert shop.value("SELECT count(*) FROM orders") == expected
    assert shop.value("SELECT count(DISTINCT id) FROM orders") == expected
    assert shop.sql("SELECT run_id, row_count FROM logidata_loads") == [("run", ROWS)]
    assert sorted(name for (name,) in shop.sql("SHOW TABLES")) == ["logidata_loads", "orders"]


@MODES
def test_killed_before_it_wrote(start, shop, if_exists):
    mode, _ = prepare(shop, if_exists)
    assert finished(start(mode, rows=0)) == 0  # makes logidata_loads
    shop.sql("DELETE FROM logidata_loads")
    mode, expected = prepare(shop, if_exists)
    with closing(shop.open()) as holder, holder.cursor() as cursor:
        cursor.execute("LOCK TABLES logidata_loads WRITE")
        child = start(mode)
        cursor.execute("SELECT 1")
        shop.wait_for_statement("%logidata_loads%", "%lock%")
        kill(child)
    shop.wait_until_alone()
    check_as_before(shop, if_exists)

    assert finished(start(mode)) == ROWS
    check_after(shop, expected)


@MODES
def test_killed_while_rows_were_on_their_way(start, shop, if_exists):
    mode, expected = prepare(shop, if_exists)
    child = start(mode, rows=3_000_000)
    shop.wait_for_statement("LOAD DATA%")
    kill(child)
    shop.wait_until_alone()
    check_as_before(shop, if_exists)

    assert finished(start(mode)) == ROWS
    check_after(shop, expected)


@pytest.mark.parametrize("if_exists", ["append", "replace", "upsert"])
def test_killed_inside_its_transaction(start, shop, if_exists):
    mode, expected = prepare(shop, if_exists)
    with closing(shop.open()) as holder, holder.cursor() as cursor:
        cursor.execute("START TRANSACTION")
        if if_exists == "replace":
            cursor.execute("SELECT * FROM orders FOR UPDATE")
        else:
            cursor.execute("INSERT INTO orders VALUES (70000, 'other')")
        child = start(mode)
        shop.wait_for_statement({"append": "INSERT%", "replace": "DELETE%", "upsert": "UPDATE%"}[if_exists])
        kill(child)
        holder.rollback()
    shop.wait_until_alone()
    check_as_before(shop, if_exists)

    assert finished(start(mode)) == ROWS
    check_after(shop, expected)


@MODES
def test_killed_right_after_its_commit(start, shop, if_exists):
    mode, expected = prepare(shop, if_exists)
    child = start(mode, die=True)
    assert child.wait(120) == -signal.SIGKILL
    shop.wait_until_alone()
    check_after(shop, expected)

    assert finished(start(mode)) == ROWS
    check_after(shop, expected)


def kill_between_rename_and_mark(start, shop):
    """A replace that has put its table in place and dies before its row says so."""
    mode, _ = prepare(shop, "changing replace")
    with closing(shop.open()) as reader, closing(shop.open()) as holder:
        reader.begin()
        reader.cursor().execute("SELECT * FROM orders")
        child = start(mode)
        shop.wait_for_statement("RENAME%", "%metadata lock%")
        holder.begin()
        holder.cursor().execute("SELECT * FROM logidata_loads FOR UPDATE")
        reader.rollback()
        shop.wait_for_statement("INSERT INTO%logidata_loads%")
        kill(child)
        holder.rollback()
    shop.wait_until_alone()
    assert shop.value("SELECT count(*) FROM orders") == ROWS
    assert shop.sql("SELECT row_count FROM logidata_loads") == [(None,)]


def test_killed_between_the_rename_and_its_mark(start, shop):
    kill_between_rename_and_mark(start, shop)

    assert finished(start("replace")) == ROWS
    check_after(shop, ROWS)


def test_a_later_load_completes_the_mark_of_one_that_was_killed(start, shop):
    kill_between_rename_and_mark(start, shop)

    assert finished(start("replace", run_id="later", type="bigint", rows=10)) == 10
    assert finished(start("replace")) == ROWS

    assert shop.value("SELECT count(*) FROM orders") == 10
    assert shop.sql("SELECT run_id, row_count FROM logidata_loads ORDER BY 1") == [("later", 10), ("run", ROWS)]


def test_killed_while_the_rename_waits(start, shop):
    mode, expected = prepare(shop, "changing replace")
    with closing(shop.open()) as reader:
        reader.begin()
        reader.cursor().execute("SELECT * FROM orders")
        child = start(mode)
        shop.wait_for_statement("RENAME%", "%metadata lock%")
        kill(child)
        second = start(mode)
        reader.rollback()
    assert finished(second) == ROWS
    check_after(shop, expected)


def test_two_tries_at_once_load_once(start, shop):
    mode, expected = prepare(shop, "append")
    children = [start(mode), start(mode)]

    assert [finished(child) for child in children] == [ROWS, ROWS]
    check_after(shop, expected)
