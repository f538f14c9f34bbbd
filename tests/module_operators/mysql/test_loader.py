"""Loading into a real MariaDB: values, fit, the four modes, and what is refused."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from module_operators.loaders.mysql import MysqlLoader
from module_operators.problems import DataError, InvalidNode, TargetError
from module_operators.relation import Column, Plan, Query, SortKey, Step

from ..conftest import rows_plan


def loaded(run, plan, table="orders", if_exists="append", key_columns=()):
    config = MysqlLoader.Config(
        connection_id="shop", table_name=table, if_exists=if_exists, key_columns=list(key_columns)
    )
    MysqlLoader.check(config, plan.result, run)
    return MysqlLoader.load(config, plan, run).rows


def typed_plan(**columns):
    """A plan of one SELECT: name=(engine SQL, logical type)."""
    sql = ", ".join(f'{expression} AS "{name}"' for name, (expression, _) in columns.items())
    query = Query(f"SELECT {sql}", tuple(Column(name, kind) for name, (_, kind) in columns.items()))
    return Plan((Step("source", "source", "Source", query),))


def failing_plan():
    sql = "SELECT CASE WHEN i = 90000 THEN error('row 90000 is bad') ELSE i END AS id FROM range(100000) r(i)"
    return Plan((Step("source", "source", "Source", Query(sql, (Column("id", "bigint"),))),))


def tables(shop):
    return sorted(name for (name,) in shop.sql("SHOW TABLES"))


def test_a_missing_table_is_created_with_every_type(connected_run, shop):
    plan = typed_plan(
        i=("7", "integer"),
        b=("CAST(9223372036854775807 AS BIGINT)", "bigint"),
        d=("CAST(-1.50 AS DECIMAL(10,2))", "decimal(10,2)"),
        f=("1e-7::DOUBLE", "float"),
        ok=("true", "boolean"),
        no=("false", "boolean"),
        empty=("''", "string"),
        null_text=("'NULL'", "string"),
        nothing=("CAST(NULL AS VARCHAR)", "string"),
        odd=("'a,\"b\"' || chr(10) || '\\N\\.' || chr(13) || 'é🦆\",' || chr(9) || '\\'", "string"),
        day=("DATE '2024-02-29'", "date"),
        at=("TIMESTAMP '2024-01-01 12:00:00.123456'", "timestamp"),
        zoned=("TIMESTAMPTZ '9999-01-01 12:00:00+02'", "timestamptz"),
        clock=("TIME '23:59:59.5'", "time"),
        raw=("'\\x00\\xFF\\x0A\\x22'::BLOB", "binary"),
        no_raw=("NULL::BLOB", "binary"),
        words=("['a\"\\', NULL, '', '{x,y}']", "list(string)"),
    )

    assert loaded(connected_run(), plan) == 1

    types = [row[1] for row in shop.sql("DESCRIBE orders")]
    assert types == [
        *("int(11)", "bigint(20)", "decimal(10,2)", "double", "tinyint(1)", "tinyint(1)", "longtext", "longtext"),
        *("longtext", "longtext", "date", "datetime(6)", "datetime(6)", "time(6)", "longblob", "longblob", "longtext"),
    ]
    ((*values, raw, no_raw, words),) = shop.sql("SELECT * FROM orders")
    assert values == [
        *(7, 9223372036854775807, Decimal("-1.50"), 1e-7, 1, 0, "", "NULL", None, 'a,"b"\n\\N\\.\ré🦆",\t\\'),
        *(date(2024, 2, 29), datetime(2024, 1, 1, 12, 0, 0, 123456), datetime(9999, 1, 1, 10)),  # noqa: DTZ001
        timedelta(hours=23, minutes=59, seconds=59, microseconds=500000),
    ]
    assert (raw, no_raw, words) == (b'\x00\xff\n"', None, '["a\\"\\\\",null,"","{x,y}"]')
    assert tables(shop) == ["logidata_loads", "orders"]


@pytest.mark.parametrize("table", ["we`ird. name", "Größe", "select", "a`;DROP TABLE x;--", "50%s"])
def test_odd_table_and_column_names(connected_run, shop, table):
    name = "`" + table.replace("`", "``") + "`"
    run = connected_run()
    plan = rows_plan(run, [("`; %s {x} '", "integer")], [(1,), (2,)])

    assert loaded(run, plan, f"`{shop.database}`.{name}") == 2
    assert loaded(connected_run(run_id="again"), plan, f"`{shop.database}`.{name}") == 2
    assert len(shop.sql(f"SELECT * FROM {name}")) == 4


def test_a_single_text_column_keeps_nulls_and_empty_text(connected_run, shop):
    values = ["", None, "\\.", "NULL", '"', "\n", "\\N", "x", '","', '""', "a\\"]
    plan = rows_plan(run := connected_run(), [("v", "string")], [(value,) for value in values])
    loaded(run, plan)
    assert [row[0] for row in shop.sql("SELECT v FROM orders")] == values


def test_rows_arrive_in_the_relations_order(connected_run, shop):
    run = connected_run()
    step = rows_plan(run, [("v", "integer")], [(2,), (3,), (1,)]).steps[0]
    ordered = Plan((replace(step, query=replace(step.query, order=(SortKey("v", "desc"),))),))
    shop.sql("CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, v int)")

    loaded(run, ordered)

    assert shop.sql("SELECT v FROM orders ORDER BY id") == [(3,), (2,), (1,)]


def test_columns_are_matched_by_name_and_others_take_their_default(connected_run, shop):
    shop.sql(
        "CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, note text, amount decimal(10,2) NOT NULL, tags json,"
        " twice decimal(12,2) GENERATED ALWAYS AS (amount * 2) STORED, at datetime DEFAULT '2024-01-01')"
    )
    plan = typed_plan(tags=("'{\"a\": 1}'", "string"), amount=("1.5::DECIMAL(5,1)", "decimal(5,1)"))

    loaded(connected_run(), plan)

    assert shop.sql("SELECT id, note, amount, tags, twice, at FROM orders") == [
        (1, None, Decimal("1.50"), '{"a": 1}', Decimal("3.00"), datetime(2024, 1, 1))  # noqa: DTZ001
    ]


def test_all_that_does_not_fit_is_named_before_a_row_is_written(connected_run, shop):
    shop.sql(
        "CREATE TABLE orders (amount int, day date, needed text NOT NULL, price decimal(10,1),"
        " sum int GENERATED ALWAYS AS (amount) STORED)"
    )
    plan = typed_plan(
        amuont=("1", "integer"),
        amount=("'x'", "string"),
        day=("now()::TIMESTAMP", "timestamp"),
        price=("1.55::DECIMAL(10,2)", "decimal(10,2)"),
        sum=("1", "integer"),
    )

    with pytest.raises(InvalidNode) as caught:
        loaded(connected_run(), plan)

    table = f"`{shop.database}`.`orders`"
    assert [problem.message for problem in caught.value.problems] == [
        f"Table {table} has no column 'amuont'.",
        f"Column 'amount' is string in the input and int(11) in table {table}.",
        f"Column 'day' is timestamp in the input and date in table {table}.",
        f"Column 'price' is decimal(10,2) in the input and decimal(10,1) in table {table}.",
        f"Column 'sum' of table {table} is computed by the database.",
        f"Table {table} needs a value for 'needed' (text), which the input does not have.",
    ]
    assert tables(shop) == ["orders"]


@pytest.mark.parametrize("if_exists", ["append", "replace", "upsert"])
@pytest.mark.parametrize(
    ("kind", "value", "logical", "message"),
    [
        ("tinyint", "300", "integer", "Out of range value for column 'v'"),
        ("varchar(3)", "'long'", "string", "Data too long for column 'v'"),
        ("decimal(3,1)", "1000::DECIMAL(5,1)", "decimal(5,1)", "Out of range"),
        ("enum('a')", "'b'", "string", "truncated for column 'v'"),
        ("varchar(5) CHARACTER SET latin1", "'🦆'", "string", "Incorrect string value"),
        ("double", "'nan'::DOUBLE", "float", "cannot keep: Incorrect double value: 'nan' for column `v`"),
        ("int NOT NULL", "NULL::INTEGER", "integer", "cannot be null"),
        ("datetime", "TIMESTAMP '2024-01-01 12:00:00.5'", "timestamp", "fractions of a second"),
        ("json", "'{'", "string", "CONSTRAINT"),
    ],
)
def test_a_value_that_does_not_fit_leaves_the_table_as_it_was(
    connected_run, shop, if_exists, kind, value, logical, message
):
    shop.sql(f"CREATE TABLE orders (id int PRIMARY KEY, v {kind})", "INSERT IGNORE INTO orders VALUES (1, 0)")
    before = shop.sql("SELECT * FROM orders")
    plan = typed_plan(id=("5", "integer"), v=(value, logical))

    with pytest.raises((TargetError, DataError), match=message):
        loaded(connected_run(), plan, if_exists=if_exists, key_columns=["id"] if if_exists == "upsert" else [])

    assert shop.sql("SELECT * FROM orders") == before
    assert shop.sql("SELECT * FROM logidata_loads") == []


def test_what_mysql_cannot_hold_at_all(connected_run, shop):
    with pytest.raises(DataError, match="cannot keep"):
        loaded(connected_run(), typed_plan(v=("'inf'::DOUBLE", "float")))
    with pytest.raises(TargetError, match="30 decimals at most"):
        loaded(connected_run(), typed_plan(v=("0.1::DECIMAL(38,35)", "decimal(38,35)")))
    with pytest.raises(TargetError, match="no space last"):
        loaded(connected_run(), typed_plan(**{"v ": ("1", "integer")}))
    assert [name for name in tables(shop) if name == "orders"] == []


def test_fail_refuses_a_table_that_exists(connected_run, shop):
    shop.sql("CREATE TABLE orders (id int)")
    with pytest.raises(TargetError, match="exists already"):
        loaded(connected_run(), typed_plan(id=("1", "integer")), if_exists="fail")
    assert loaded(connected_run(), typed_plan(id=("1", "integer")), "new", if_exists="fail") == 1


def test_replace_keeps_the_table_with_what_hangs_on_it(connected_run, shop):
    shop.sql(
        "CREATE TABLE orders (id int PRIMARY KEY, v varchar(10) DEFAULT 'none', KEY by_v (v)) COMMENT 'ours'",
        "CREATE TABLE seen (id int)",
        "CREATE TRIGGER watch AFTER INSERT ON orders FOR EACH ROW INSERT INTO seen VALUES (NEW.id)",
        "INSERT INTO orders VALUES (1, 'old'), (2, 'old')",
    )
    assert loaded(connected_run(), typed_plan(id=("7", "integer")), if_exists="replace") == 1
    assert shop.sql("SELECT * FROM orders") == [(7, "none")]
    assert shop.sql("SELECT * FROM seen WHERE id = 7") == [(7,)]
    assert "KEY `by_v`" in shop.sql("SHOW CREATE TABLE orders")[0][1]


def test_replace_adds_columns_and_changes_types_in_one_step(connected_run, shop):
    shop.sql(
        "CREATE TABLE orders (id int PRIMARY KEY, v int, kept varchar(9) DEFAULT 'x') COMMENT 'ours'",
        "INSERT INTO orders VALUES (1, 1, 'y')",
    )
    plan = typed_plan(id=("2", "integer"), v=("'text'", "string"), more=("1.5::DOUBLE", "float"))

    assert loaded(connected_run(), plan, if_exists="replace") == 1
    assert shop.sql("SELECT * FROM orders") == [(2, "text", "x", 1.5)]
    assert tables(shop) == ["logidata_loads", "orders"]
    assert "PRIMARY KEY (`id`)" in shop.sql("SHOW CREATE TABLE orders")[0][1]
    assert shop.value(
        "SELECT TABLE_COMMENT LIKE 'ours [logidata:%' FROM information_schema.TABLES"
        f" WHERE TABLE_SCHEMA = '{shop.database}' AND TABLE_NAME = 'orders'"
    )


def test_a_new_table_that_would_lose_a_trigger_is_refused(connected_run, shop):
    shop.sql(
        "CREATE TABLE orders (id int)",
        "CREATE TRIGGER watch BEFORE INSERT ON orders FOR EACH ROW SET NEW.id = NEW.id",
    )
    with pytest.raises(TargetError, match="lose 'watch'"):
        loaded(connected_run(), typed_plan(more=("1", "integer")), if_exists="replace")


def test_a_table_that_others_refer_to_is_not_emptied(connected_run, shop):
    shop.sql(
        "CREATE TABLE orders (id int PRIMARY KEY)",
        "CREATE TABLE items (order_id int, FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE)",
        "INSERT INTO orders VALUES (1)",
        "INSERT INTO items VALUES (1)",
    )
    with pytest.raises(TargetError, match="items refers to it"):
        loaded(connected_run(), typed_plan(id=("2", "integer")), if_exists="replace")
    assert shop.value("SELECT count(*) FROM items") == 1


@pytest.mark.parametrize("create", [True, False])
def test_upsert_updates_and_adds_and_the_last_row_wins(connected_run, shop, create):
    if create:
        shop.sql(
            "CREATE TABLE orders (id int, day date, v varchar(9), kept int DEFAULT 5, UNIQUE (day, id))",
            "INSERT INTO orders VALUES (1, '2024-01-01', 'old', 1), (9, '2024-01-01', 'stays', 9)",
        )
    run = connected_run()
    columns = [("id", "integer"), ("day", "date"), ("v", "string")]
    day = date(2024, 1, 1)
    plan = rows_plan(run, columns, [(1, day, "first"), (2, day, "new"), (1, day, "last")])

    assert loaded(run, plan, if_exists="upsert", key_columns=["id", "day"]) == 3
    expected = [(1, day, "last"), (2, day, "new")] + [(9, day, "stays")] * create
    assert shop.sql("SELECT id, day, v FROM orders ORDER BY id") == expected
    if create:
        assert shop.sql("SELECT kept FROM orders ORDER BY id") == [(1,), (5,), (9,)]
    assert loaded(connected_run(run_id="next"), plan, if_exists="upsert", key_columns=["id", "day"]) == 3
    assert shop.sql("SELECT id, day, v FROM orders ORDER BY id") == expected


def test_upsert_by_text_compares_as_the_table_does(connected_run, shop):
    shop.sql("CREATE TABLE orders (code varchar(20) PRIMARY KEY, v int)", "INSERT INTO orders VALUES ('abc', 1)")
    run = connected_run()
    loaded(
        run,
        rows_plan(run, [("code", "string"), ("v", "integer")], [("ABC", 2), ("abc", 3)]),
        if_exists="upsert",
        key_columns=["code"],
    )
    assert shop.sql("SELECT v FROM orders") == [(3,)]

    run = connected_run(run_id="new table")
    loaded(
        run,
        rows_plan(run, [("code", "string"), ("v", "integer")], [("ABC", 2), ("abc", 3)]),
        "fresh",
        if_exists="upsert",
        key_columns=["code"],
    )
    assert shop.sql("SELECT code, v FROM fresh ORDER BY v") == [("ABC", 2), ("abc", 3)]


def test_upsert_never_changes_a_row_that_another_unique_index_finds(connected_run, shop):
    shop.sql("CREATE TABLE orders (id int PRIMARY KEY, mail varchar(20) UNIQUE)", "INSERT INTO orders VALUES (1, 'a')")
    run = connected_run()
    plan = rows_plan(run, [("id", "integer"), ("mail", "string")], [(2, "a")])
    with pytest.raises(TargetError, match="Duplicate entry 'a'"):
        loaded(run, plan, if_exists="upsert", key_columns=["id"])
    assert shop.sql("SELECT * FROM orders") == [(1, "a")]


def test_upsert_needs_keys_with_values_order_and_an_index(connected_run, shop):
    run = connected_run()
    with pytest.raises(InvalidNode, match="needs key columns"):
        loaded(run, typed_plan(id=("1", "integer")), if_exists="upsert")
    with pytest.raises(InvalidNode, match=r"no column 'di'.*Available: id"):
        loaded(run, typed_plan(id=("1", "integer")), if_exists="upsert", key_columns=["di"])
    shop.sql("CREATE TABLE orders (id int, v int)", "CREATE TABLE keyed (id int PRIMARY KEY)")
    with pytest.raises(TargetError, match=r"no unique index on \(`id`\).*ADD UNIQUE"):
        loaded(run, typed_plan(id=("1", "integer")), if_exists="upsert", key_columns=["id"])
    with pytest.raises(DataError, match="1 rows have no value in the key"):
        loaded(run, typed_plan(id=("NULL::INTEGER", "integer")), "keyed", if_exists="upsert", key_columns=["id"])
    twice = Query("SELECT 1 AS id FROM range(2)", (Column("id", "integer"),))
    with pytest.raises(DataError, match=r"occur more than once.*no order"):
        loaded(run, Plan((Step("s", "s", "S", twice),)), "keyed", if_exists="upsert", key_columns=["id"])


@pytest.mark.parametrize("if_exists", ["append", "replace", "fail", "upsert"])
def test_a_plan_that_fails_on_a_row_leaves_everything_as_it_was(connected_run, shop, if_exists):
    if if_exists != "fail":
        shop.sql("CREATE TABLE orders (id bigint PRIMARY KEY)", "INSERT INTO orders VALUES (-1)")
    keys = ["id"] if if_exists == "upsert" else []
    with pytest.raises(DataError, match="row 90000 is bad") as caught:
        loaded(connected_run(), failing_plan(), if_exists=if_exists, key_columns=keys)
    assert caught.value.node_id == "source"
    if if_exists != "fail":
        assert shop.sql("SELECT * FROM orders") == [(-1,)]
    else:
        assert "orders" not in tables(shop)


def test_a_second_try_loads_nothing(connected_run, shop):
    for if_exists, table in (("append", "a"), ("replace", "b"), ("fail", "c")):
        run = connected_run(if_exists)
        assert loaded(run, typed_plan(id=("1", "integer")), table, if_exists) == 1
        assert loaded(run, typed_plan(id=("1", "integer")), table, if_exists) == 1
        assert shop.value(f"SELECT count(*) FROM {table}") == 1
    assert shop.value("SELECT count(*) FROM logidata_loads WHERE row_count = 1") == 3


def test_tables_without_transactions_are_only_replaced(connected_run, shop):
    shop.sql("CREATE TABLE orders (id int) ENGINE=MyISAM", "INSERT INTO orders VALUES (1)")
    with pytest.raises(TargetError, match="has no transactions"):
        loaded(connected_run(), typed_plan(id=("2", "integer")))
    assert loaded(connected_run(), typed_plan(id=("2", "integer")), if_exists="replace") == 1
    assert shop.sql("SELECT * FROM orders") == [(2,)]


def test_readers_see_the_old_rows_or_the_new_ones(connected_run, shop):
    shop.sql("CREATE TABLE orders (id bigint)", "INSERT INTO orders SELECT 0 FROM seq_1_to_50000")
    query = Query("SELECT 1::BIGINT AS id FROM range(50000)", (Column("id", "bigint"),))
    plan = Plan((Step("s", "s", "S", query),))
    run, seen, done = connected_run(), set(), threading.Event()

    def watch():
        with shop.open() as connection, connection.cursor() as cursor:
            while not done.is_set():
                cursor.execute("SELECT count(*), coalesce(sum(id), -1) FROM orders")
                seen.add(tuple(map(int, cursor.fetchone())))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        loaded(run, plan, if_exists="replace")
    finally:
        done.set()
        watcher.join()
    assert seen <= {(50000, 0), (50000, 50000)}
    assert shop.value("SELECT sum(id) FROM orders") == 50000


@pytest.mark.parametrize("if_exists", ["append", "replace", "upsert"])
def test_loads_at_the_same_time_into_a_table_that_is_not_there(connected_run, shop, if_exists):
    runs = [connected_run(run_id=f"run {number}") for number in range(4)]
    columns = [("id", "integer"), ("v", "integer")]
    plans = [rows_plan(run, columns, [(i, n) for i in range(50)]) for n, run in enumerate(runs)]
    failures: list[BaseException] = []

    def load(run, plan):
        try:
            loaded(run, plan, if_exists=if_exists, key_columns=["id"] if if_exists == "upsert" else [])
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=load, args=args) for args in zip(runs, plans, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert shop.value("SELECT count(*) FROM orders") == (200 if if_exists == "append" else 50)
    assert shop.value("SELECT count(*) FROM logidata_loads WHERE row_count = 50") == 4


def test_a_login_that_may_only_insert_is_told_what_an_administrator_can_do(make_run, shop):
    shop.sql(
        f"CREATE OR REPLACE USER loader_{shop.database} IDENTIFIED BY 'pw'",
        "CREATE TABLE orders (v int)",
        f"GRANT INSERT, SELECT, CREATE TEMPORARY TABLES ON {shop.database}.* TO loader_{shop.database}",
    )
    run = make_run(connections={"shop": shop.connection(login=f"loader_{shop.database}", password="pw")})
    plan = typed_plan(v=("1", "integer"))

    with pytest.raises(TargetError, match="may not create") as caught:
        loaded(run, plan)
    statement = str(caught.value).rsplit("on it: ", 1)[1]
    shop.sql(statement, f"GRANT UPDATE ON {shop.database}.logidata_loads TO loader_{shop.database}")

    assert loaded(run, plan) == 1


@pytest.mark.parametrize("table", ["a.b.c", "", " ", "`open", "x" * 65, "a\0b"])
def test_names_that_are_no_table_are_refused(connected_run, table):
    with pytest.raises((InvalidNode, ValueError)):
        loaded(connected_run(), typed_plan(v=("1", "integer")), table)


def test_views_and_missing_databases_are_refused(connected_run, shop):
    shop.sql("CREATE VIEW seen AS SELECT 1 AS v")
    with pytest.raises(InvalidNode, match="not a table"):
        loaded(connected_run(), typed_plan(v=("1", "integer")), "seen")
    with pytest.raises(TargetError, match="no database 'nowhere'"):
        loaded(connected_run(), typed_plan(v=("1", "integer")), "nowhere.orders")


def test_run_parameters_are_part_of_the_name(connected_run, shop):
    loaded(connected_run(params={"day": "2024_01"}), typed_plan(v=("1", "integer")), "orders_${day}")
    assert shop.sql("SELECT * FROM orders_2024_01") == [(1,)]


def test_a_server_that_refuses_local_data_says_what_to_do(connected_run, shop):
    shop.sql("SET GLOBAL local_infile = 0")
    try:
        with pytest.raises(TargetError, match="SET GLOBAL local_infile = 1"):
            loaded(connected_run(), typed_plan(v=("1", "integer")))
    finally:
        shop.sql("SET GLOBAL local_infile = 1")


def test_a_table_altered_during_the_load_is_noticed(connected_run, shop):
    shop.sql("CREATE TABLE orders (i bigint)")
    query = Query("SELECT i FROM range(1000000) r(i)", (Column("i", "bigint"),))
    run, caught = connected_run(), []

    def load():
        with pytest.raises(TargetError, match="was altered during the load") as failure:
            loaded(run, Plan((Step("s", "s", "S", query),)))
        caught.append(failure)

    thread = threading.Thread(target=load)
    thread.start()
    shop.wait_for_statement("LOAD DATA%")
    shop.sql("ALTER TABLE orders ADD COLUMN more text")
    thread.join()
    assert len(caught) == 1


def test_the_server_gets_no_file_that_a_load_does_not_offer(shop):
    from module_operators.connections.mysql_local import connection_class  # noqa: PLC0415

    shop.sql("CREATE TABLE t (v text)")
    connection = connection_class()(
        host="127.0.0.1", port=shop.server.port, user="tester", password=shop.server.password, database=shop.database
    )
    with pytest.raises(RuntimeError, match="not offered"):
        connection.cursor().execute("LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t")
    assert shop.sql("SELECT * FROM t") == []
