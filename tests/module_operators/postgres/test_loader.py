"""Loading into a real PostgreSQL: values, fit, the four modes, and what is refused."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from module_operators.loaders.postgres import PostgresLoader
from module_operators.problems import DataError, InvalidNode, TargetError
from module_operators.relation import Column, Plan, Query, SortKey, Step

from ..conftest import rows_plan


def loaded(run, plan, table="orders", if_exists="append", key_columns=(), **options):
    config = PostgresLoader.Config(
        connection_id="warehouse", table_name=table, if_exists=if_exists, key_columns=list(key_columns), **options
    )
    PostgresLoader.check(config, plan.result, run)
    return PostgresLoader.load(config, plan, run).rows


def typed_plan(**columns):
    """A plan of one SELECT: name=(engine SQL, logical type)."""
    sql = ", ".join(f'{expression} AS "{name}"' for name, (expression, _) in columns.items())
    query = Query(f"SELECT {sql}", tuple(Column(name, kind) for name, (_, kind) in columns.items()))
    return Plan((Step("source", "source", "Source", query),))


def test_a_missing_table_is_created_with_every_type(connected_run, warehouse):
    plan = typed_plan(
        i=("7", "integer"),
        b=("CAST(9223372036854775807 AS BIGINT)", "bigint"),
        d=("CAST(-1.50 AS DECIMAL(10,2))", "decimal(10,2)"),
        f=("CAST('inf' AS DOUBLE)", "float"),
        ok=("true", "boolean"),
        empty=("''", "string"),
        nothing=("CAST(NULL AS VARCHAR)", "string"),
        odd=("'a,\"b\"' || chr(10) || '\\N\\.' || chr(13) || 'é🦆'", "string"),
        day=("DATE '2024-02-29'", "date"),
        at=("TIMESTAMP '2024-01-01 12:00:00.123456'", "timestamp"),
        zoned=("TIMESTAMPTZ '2024-01-01 12:00:00+02'", "timestamptz"),
        clock=("TIME '23:59:59.5'", "time"),
        raw=("'\\x00\\xFF'::BLOB", "binary"),
        words=("['a\"\\', NULL, '', '{x,y}']", "list(string)"),
        sums=("[CAST(1.5 AS DECIMAL(5,1)), NULL]", "list(decimal(5,1))"),
        grid=("[[1, 2], [3, 4]]", "list(list(integer))"),
        none=("CAST([] AS DATE[])", "list(date)"),
    )

    assert loaded(connected_run(), plan) == 1

    types = (
        "SELECT string_agg(format_type(atttypid, atttypmod), '|' ORDER BY attnum) FROM pg_attribute WHERE attnum > 0"
    )
    assert warehouse.value(f"{types} AND attrelid = 'orders'::regclass").split("|") == [
        *("integer", "bigint", "numeric(10,2)", "double precision", "boolean", "text", "text", "text", "date"),
        *("timestamp without time zone", "timestamp with time zone", "time without time zone", "bytea"),
        *("text[]", "numeric(5,1)[]", "integer[]", "date[]"),
    ]
    ((*values, raw, words, sums, grid, none),) = warehouse.sql("SELECT * FROM orders")
    assert values == [
        *(7, 9223372036854775807, Decimal("-1.50"), float("inf"), True, "", None, 'a,"b"\n\\N\\.\ré🦆'),
        *(date(2024, 2, 29), datetime(2024, 1, 1, 12, 0, 0, 123456), datetime(2024, 1, 1, 10, tzinfo=UTC)),  # noqa: DTZ001
        time(23, 59, 59, 500000),
    ]
    assert (bytes(raw), words, grid, none) == (b"\x00\xff", ['a"\\', None, "", "{x,y}"], [[1, 2], [3, 4]], [])
    assert sums == [Decimal("1.5"), None]


@pytest.mark.parametrize("table", ['we"ird. name', "Größe", "select", 'a";DROP TABLE x;--'])
def test_odd_table_and_column_names(connected_run, warehouse, table):
    name = '"' + table.replace('"', '""') + '"'
    warehouse.sql('CREATE SCHEMA "od.d"')
    plan = rows_plan(run := connected_run(), [("\"; %s {x} '", "integer")], [(1,), (2,)])

    assert loaded(run, plan, f'"od.d".{name}') == 2
    assert warehouse.sql(f'TABLE "od.d".{name}') == [(1,), (2,)]


def test_a_single_text_column_keeps_nulls_empty_text_and_what_looks_like_an_end(connected_run, warehouse):
    values = ["", None, "\\.", "NULL", '"', "\n", "x"]
    plan = rows_plan(run := connected_run(), [("v", "string")], [(value,) for value in values])

    loaded(run, plan)

    assert [row[0] for row in warehouse.sql("TABLE orders")] == values


def test_rows_arrive_in_the_relations_order(connected_run, warehouse):
    run = connected_run()
    step = rows_plan(run, [("v", "integer")], [(2,), (3,), (1,)]).steps[0]
    ordered = Plan((replace(step, query=replace(step.query, order=(SortKey("v", "desc"),))),))

    loaded(run, ordered)

    assert warehouse.sql("SELECT v FROM orders ORDER BY ctid") == [(3,), (2,), (1,)]


def test_columns_are_matched_by_name_and_others_take_their_default(connected_run, warehouse):
    warehouse.sql(
        "CREATE TABLE orders (id serial PRIMARY KEY, note text, amount numeric(10,2) NOT NULL, tags jsonb,"
        " twice numeric GENERATED ALWAYS AS (amount * 2) STORED, at timestamptz DEFAULT '2024-01-01')"
    )
    plan = typed_plan(tags=("'{\"a\": 1}'", "string"), amount=("1.5::DECIMAL(5,1)", "decimal(5,1)"))

    loaded(connected_run(), plan)

    assert warehouse.sql("SELECT id, note, amount, tags, twice FROM orders") == [
        (1, None, Decimal("1.50"), {"a": 1}, Decimal("3.00"))
    ]


def test_all_that_does_not_fit_is_named_before_a_row_is_written(connected_run, warehouse):
    warehouse.sql(
        "CREATE TABLE orders (amount int, day date, needed text NOT NULL, price numeric(10,1),"
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

    assert [(problem.message, problem.hint) for problem in caught.value.problems] == [
        ('Table "public"."orders" has no column \'amuont\'.', "Rename it to 'amount'?"),
        (
            'Column \'amount\' is string in the input and integer in table "public"."orders".',
            "Convert it with Cast Data Types.",
        ),
        (
            'Column \'day\' is timestamp in the input and date in table "public"."orders".',
            "Convert it with Cast Data Types.",
        ),
        (
            'Column \'price\' is decimal(10,2) in the input and numeric(10,1) in table "public"."orders".',
            "Convert it with Cast Data Types.",
        ),
        (
            'Column \'sum\' of table "public"."orders" is computed by the database.',
            "Leave it out with Select Columns.",
        ),
        (
            'Table "public"."orders" needs a value for \'needed\' (text), which the input does not have.',
            "Add the column, or give it a default.",
        ),
    ]


@pytest.mark.parametrize(
    ("target", "expression", "kind", "message"),
    [
        ("smallint", "70000", "integer", "out of range for type smallint.*column v"),
        ("numeric(3,1)", "1234", "integer", "numeric field overflow"),
        ("varchar(2)", "'abc'", "string", "too long"),
        ("text", "'a' || chr(0)", "string", "invalid byte sequence.*0x00"),
        ("uuid", "'no uuid'", "string", "invalid input syntax for type uuid"),
        ("int CHECK (v < 5)", "7", "integer", "violates check constraint"),
    ],
)
@pytest.mark.parametrize("if_exists", ["append", "replace"])
def test_a_value_that_the_server_refuses_leaves_the_table_as_it_was(
    connected_run, warehouse, if_exists, target, expression, kind, message
):
    warehouse.sql(f"CREATE TABLE orders (v {target}); INSERT INTO orders VALUES (NULL)")

    with pytest.raises(TargetError, match=message):
        loaded(connected_run(), typed_plan(v=(expression, kind)), if_exists=if_exists)

    assert warehouse.sql("TABLE orders") == [(None,)]
    assert warehouse.value("SELECT count(*) FROM logidata_loads") == 0


def test_a_row_that_the_plan_refuses_loads_nothing(connected_run, warehouse):
    query = Query(
        "SELECT CASE WHEN i = 99999 THEN error('bad row') ELSE i END AS i FROM range(100000) r(i)",
        (Column("i", "bigint"),),
    )
    warehouse.sql("CREATE TABLE orders (i bigint)")

    with pytest.raises(DataError, match="bad row") as caught:
        loaded(connected_run(), Plan((Step("s", "culprit", "S", query),)))

    assert caught.value.node_id == "culprit"
    assert warehouse.value("SELECT count(*) FROM orders") == 0


def test_fail_loads_a_new_table_once_and_refuses_an_existing_one(connected_run, warehouse):
    plan = rows_plan(run := connected_run(), [("v", "integer")], [(1,)])

    assert loaded(run, plan, if_exists="fail") == 1
    assert loaded(connected_run(try_number=2), plan, if_exists="fail") == 1
    with pytest.raises(TargetError, match="exists already"):
        loaded(connected_run(run_id="manual__2"), plan, if_exists="fail")
    assert warehouse.sql("TABLE orders") == [(1,)]


def test_replace_keeps_what_hangs_on_the_table_and_fits_it_to_the_input(connected_run, warehouse):
    warehouse.sql(
        "CREATE TABLE orders (id int PRIMARY KEY, v int, extra text DEFAULT 'd'); INSERT INTO orders VALUES (9, 9)"
    )
    warehouse.sql("CREATE VIEW seen AS SELECT id, extra FROM orders; GRANT SELECT ON orders TO PUBLIC")
    plan = typed_plan(id=("1", "integer"), v=("'text'", "string"), new=("2.5::DECIMAL(5,1)", "decimal(5,1)"))

    loaded(connected_run(), plan, if_exists="replace")

    assert warehouse.sql("SELECT id, v, extra, new FROM orders") == [(1, "text", "d", Decimal("2.5"))]
    assert warehouse.sql("TABLE seen") == [(1, "d")]
    assert warehouse.value("SELECT count(*) FROM pg_index WHERE indrelid = 'orders'::regclass") == 1
    assert warehouse.value("SELECT has_table_privilege('public', 'orders', 'SELECT')") is True


def test_replace_does_not_make_readers_wait_while_rows_are_on_their_way(connected_run, warehouse):
    warehouse.sql("CREATE TABLE orders (i bigint); INSERT INTO orders VALUES (-1)")
    query = Query("SELECT i FROM range(3000000) r(i)", (Column("i", "bigint"),))
    run, done = connected_run(), []
    load = threading.Thread(
        target=lambda: done.append(loaded(run, Plan((Step("s", "s", "S", query),)), if_exists="replace"))
    )
    load.start()
    warehouse.wait_for("SELECT count(*) > 0 FROM pg_stat_progress_copy WHERE tuples_processed > 0")
    assert warehouse.sql("SET statement_timeout = '2s'; TABLE orders") == [(-1,)]
    load.join()
    assert done == [3000000]
    assert warehouse.value("SELECT count(*) FROM orders") == 3000000


def test_replace_shows_old_rows_to_whoever_began_before_it(connected_run, warehouse):
    warehouse.sql("CREATE TABLE orders (id int); INSERT INTO orders VALUES (7), (8)")
    with closing(warehouse.cluster.connect(warehouse.database)) as reader, reader.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")

        loaded(connected_run(), typed_plan(id=("1", "integer")), if_exists="replace")

        cursor.execute("TABLE orders")
        assert cursor.fetchall() == [(7,), (8,)]
    assert warehouse.sql("TABLE orders") == [(1,)]


def test_replace_that_cannot_empty_the_table_says_so(connected_run, warehouse):
    warehouse.sql("CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE line (id int REFERENCES orders)")
    with pytest.raises(TargetError, match=r"foreign key.*Use upsert"):
        loaded(connected_run(), typed_plan(id=("1", "integer")), if_exists="replace")


def test_upsert_updates_by_key_and_the_last_row_wins(connected_run, warehouse):
    columns = [("id", "integer"), ("part", "string"), ("v", "integer")]
    first = rows_plan(connected_run(), columns, [(1, "a", 1), (1, "b", 2)])
    second = rows_plan(connected_run(), columns, [(1, "b", 3), (2, "a", 4), (1, "b", 5)])

    loaded(connected_run(run_id="1"), first, if_exists="upsert", key_columns=["id", "part"])
    loaded(connected_run(run_id="2"), second, if_exists="upsert", key_columns=["part", "id"])

    assert warehouse.sql("TABLE orders ORDER BY id, part") == [(1, "a", 1), (1, "b", 5), (2, "a", 4)]


def test_upsert_without_order_refuses_keys_that_occur_twice(connected_run, warehouse):
    query = Query("SELECT i % 2 AS id, i AS v FROM range(4) r(i)", (Column("id", "bigint"), Column("v", "bigint")))
    with pytest.raises(DataError, match=r"2 keys occur more than once, \(id\) = \(.\).*Deduplicate"):
        loaded(connected_run(), Plan((Step("s", "s", "S", query),)), if_exists="upsert", key_columns=["id"])
    assert warehouse.value("SELECT to_regclass('orders')") is None


def test_upsert_needs_keys_a_unique_index_and_values_in_it(connected_run, warehouse):
    warehouse.sql("CREATE TABLE orders (id int, v int); CREATE UNIQUE INDEX ON orders (id) WHERE v > 0")
    plan = rows_plan(run := connected_run(), [("id", "integer"), ("v", "integer")], [(1, 1), (None, 2)])
    for keys, error, message in [
        ([], InvalidNode, "Upsert needs key columns"),
        (["idd"], InvalidNode, "Did you mean 'id'"),
        (["id"], TargetError, r'no unique index on \("id"\).*CREATE UNIQUE INDEX'),
    ]:
        with pytest.raises(error, match=message):
            loaded(run, plan, if_exists="upsert", key_columns=keys)
    warehouse.sql("CREATE UNIQUE INDEX ON orders (id)")
    with pytest.raises(DataError, match="1 rows have no value in the key"):
        loaded(run, plan, if_exists="upsert", key_columns=["id"])


@pytest.mark.parametrize("if_exists", ["append", "replace", "upsert"])
def test_runs_that_load_one_new_table_at_once_all_succeed(connected_run, warehouse, if_exists):
    runs = [connected_run(run_id=f"run {number}") for number in range(4)]
    plans = [
        rows_plan(run, [("id", "integer"), ("v", "integer")], [(i, n) for i in range(50)]) for n, run in enumerate(runs)
    ]
    keys = [["id"] if if_exists == "upsert" else []] * 4
    failures: list[BaseException] = []

    def load(run, plan, key_columns):
        try:
            loaded(run, plan, if_exists=if_exists, key_columns=key_columns)
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=load, args=args) for args in zip(runs, plans, keys, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert warehouse.value("SELECT count(*) FROM orders") == (200 if if_exists == "append" else 50)
    assert warehouse.value("SELECT count(*) FROM logidata_loads") == 4


def test_a_login_that_may_only_insert_is_told_what_an_administrator_can_do(make_run, warehouse):
    warehouse.cluster.create_role("loader", "pw")
    warehouse.sql("CREATE TABLE orders (v int); GRANT INSERT, SELECT ON orders TO loader")
    run = make_run(connections={"warehouse": warehouse.connection(login="loader", password="pw")})
    plan = rows_plan(run, [("v", "integer")], [(1,)])

    with pytest.raises(TargetError, match="may not create") as caught:
        loaded(run, plan)
    statement = str(caught.value).rsplit("on it: ", 1)[1]
    warehouse.sql(f"{statement}; GRANT SELECT, INSERT ON logidata_loads TO loader")

    assert loaded(run, plan) == 1


@pytest.mark.parametrize("table", ["a.b.c", "", " ", '"open', "x" * 64, "a\0b"])
def test_names_that_are_no_table_are_refused(connected_run, table):
    with pytest.raises((InvalidNode, ValueError)):
        loaded(connected_run(), typed_plan(v=("1", "integer")), table)


def test_views_and_missing_schemas_are_refused(connected_run, warehouse):
    warehouse.sql("CREATE VIEW seen AS SELECT 1 AS v")
    with pytest.raises(InvalidNode, match="not a table"):
        loaded(connected_run(), typed_plan(v=("1", "integer")), "seen")
    with pytest.raises(TargetError, match="no schema 'nowhere'"):
        loaded(connected_run(), typed_plan(v=("1", "integer")), "nowhere.orders")


def test_run_parameters_are_part_of_the_name(connected_run, warehouse):
    loaded(connected_run(params={"day": "2024_01"}), typed_plan(v=("1", "integer")), "orders_${day}")
    assert warehouse.sql("TABLE orders_2024_01") == [(1,)]


def test_a_table_altered_during_the_load_is_noticed(connected_run, warehouse):
    warehouse.sql("CREATE TABLE orders (i bigint)")
    query = Query("SELECT i FROM range(2000000) r(i)", (Column("i", "bigint"),))
    run, caught = connected_run(), []

    def load():
        with pytest.raises(TargetError, match="was altered during the load") as failure:
            loaded(run, Plan((Step("s", "s", "S", query),)), if_exists="replace")
        caught.append(failure)

    thread = threading.Thread(target=load)
    thread.start()
    warehouse.wait_for("SELECT count(*) > 0 FROM pg_stat_progress_copy WHERE tuples_processed > 0")
    with closing(warehouse.cluster.connect(warehouse.database)) as connection, connection.cursor() as cursor:
        cursor.execute("ALTER TABLE orders ADD COLUMN more text")
    thread.join()
    assert len(caught) == 1
