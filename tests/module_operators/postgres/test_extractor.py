"""Reading from a real PostgreSQL: types, parameters, refusals, and what is told of them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from module_operators.extractors.postgres import PostgresExtractor
from module_operators.problems import InvalidNode, ModuleError, SourceError
from module_operators.relation import Plan
from module_operators.text_place import Place
from stack.ports import free_port

from ..conftest import fetch


def extracted(run, query, limit=None):
    config = PostgresExtractor.Config(connection_id="warehouse", query=query, limit=limit)
    answer = PostgresExtractor.extract(config, run)
    plan = Plan((run.step(answer.query),))
    assert PostgresExtractor.schema(config, run) == plan.result.columns
    columns, rows = fetch(run, plan)
    assert answer.rows == len(rows)
    return [kind for _, kind in columns], rows


@pytest.mark.parametrize(
    ("expression", "kind", "value"),
    [
        ("1::smallint", "integer", "1"),
        ("2147483647", "integer", "2147483647"),
        ("9223372036854775807", "bigint", "9223372036854775807"),
        ("1.50::numeric(10,2)", "decimal(10,2)", "1.50"),
        (
            "12345678901234567890123456789012345678::numeric(38,0)",
            "decimal(38,0)",
            "12345678901234567890123456789012345678",
        ),
        ("-1.5::numeric", "decimal(38,9)", "-1.500000000"),
        ("1.12345678900::numeric", "decimal(38,9)", "1.123456789"),
        ("1234::numeric(2,-2)", "decimal(4,0)", "1200"),
        ("0.00012::numeric(3,5)", "decimal(5,5)", ".00012"),
        ("1::numeric(50,3)", "decimal(38,3)", "1.000"),
        ("1.5::real", "float", "1.5"),
        ("'NaN'::float8", "float", "nan"),
        ("'-Infinity'::float8", "float", "-inf"),
        ("true", "boolean", "true"),
        ("''::text", "string", ""),
        ("'ab'::char(4)", "string", "ab"),
        ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "string", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ("'{\"a\": 1}'::jsonb", "string", '{"a": 1}'),
        ("'10.0.0.1'::inet", "string", "10.0.0.1/32"),
        ("interval '1 day 2 hours'", "string", "1 day 02:00:00"),
        ("'12:00+02'::timetz", "string", "12:00:00+02"),
        ("row(1, 'x')", "string", "(1,x)"),
        ("'happy'::mood", "string", "happy"),
        ("5::positive", "integer", "5"),
        ("4294967295::oid", "bigint", "4294967295"),
        ("12.5::money", "decimal(38,9)", "12.500000000"),
        ("date '2024-02-29'", "date", "2024-02-29"),
        ("date '0044-03-15 BC'", "date", "0044-03-15 (BC)"),
        ("timestamp '2024-01-01 12:00:00.123456'", "timestamp", "2024-01-01 12:00:00.123456"),
        ("timestamptz '2024-01-01 12:00+02'", "timestamptz", "2024-01-01 10:00:00+00"),
        ("time '24:00'", "time", "24:00:00"),
        ("'\\x00ff'::bytea", "binary", "\\x00\\xFF"),
        ("ARRAY[1, NULL]", "list(integer)", "[1, NULL]"),
        ("ARRAY['a,b', '{}']", "list(string)", "['a,b', '{}']"),
        ("'{}'::date[]", "list(date)", "[]"),
        ("ARRAY[1.5, NULL]", "list(decimal(38,9))", "[1.500000000, NULL]"),
        ("ARRAY['happy'::mood]", "list(string)", "[happy]"),
        ("NULL::int[]", "list(integer)", None),
        ("NULL", "string", None),
    ],
)
def test_values_keep_their_type_and_every_digit(connected_run, warehouse, expression, kind, value):
    warehouse.sql("CREATE TYPE mood AS ENUM ('sad', 'happy')")
    warehouse.sql("CREATE DOMAIN positive AS int CHECK (value > 0)")
    run = connected_run()
    config = PostgresExtractor.Config(connection_id="warehouse", query=f"SELECT {expression} AS v")

    plan = Plan((run.step(PostgresExtractor.extract(config, run).query),))

    assert PostgresExtractor.schema(config, run) == plan.result.columns
    assert plan.result.types == {"v": kind}
    assert run.engine.run(plan, f"SELECT v::VARCHAR FROM ({run.engine.compose(plan)})") == [(value,)]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("1 / 3.0", r"Column 'v' holds 0\.3333.*decimal\(38,9\) cannot hold"),
        ("'NaN'::numeric", "holds nan"),
        ("'Infinity'::numeric", "holds inf"),
        ("1e40::numeric", "holds 1000"),
        ("ARRAY[1 / 3.0]", "Column 'v' holds 0.333"),
        ("date 'infinity'", "Column 'v' holds 'infinity'"),
        ("timestamp '-infinity'", "Column 'v' holds 'infinity'"),
        ("timestamptz 'infinity'", "Column 'v' holds 'infinity'"),
        ("ARRAY[date 'infinity']", "Column 'v' holds 'infinity'"),
        ("ARRAY[[1, 2], [3, 4]]", "array of more than one dimension"),
    ],
)
def test_what_a_type_cannot_hold_stops_the_run_by_name(connected_run, expression, message):
    with pytest.raises(SourceError, match=message):
        extracted(connected_run(), f"SELECT {expression} AS v")


def test_parameters_are_bound_with_the_servers_types(connected_run):
    run = connected_run(
        params={"day": "2024-03-01", "n": 2, "name": "x'; DROP TABLE t; --", "ids": [1, 5], "none": None, "ratio": 0.5}
    )

    kinds, rows = extracted(
        run,
        "SELECT date '2024-02-29' < :day AS later, :name AS name, 5 = ANY(:ids) AS found, :none::date AS none,"
        " :ratio::numeric(5,2) AS ratio, ARRAY[:name, ':name'] AS names FROM generate_series(1, 9) LIMIT :n",
    )

    assert kinds == ["boolean", "string", "boolean", "date", "decimal(5,2)", "list(string)"]
    name = "x'; DROP TABLE t; --"
    assert [(*row[:4], str(row[4]), row[5]) for row in rows] == [(True, name, True, None, "0.50", [name, ":name"])] * 2


def test_the_incremental_preset_reads_all_at_first_then_what_changed(connected_run, warehouse):
    warehouse.sql("CREATE TABLE my_table (id int, updated_at timestamptz)")
    warehouse.sql("INSERT INTO my_table VALUES (1, '2024-01-01'), (2, '2024-06-01')")
    query = next(preset for preset in PostgresExtractor.presets if preset.name == "incremental-load").config["query"]

    first = extracted(connected_run(params={"last_run_date": None}), query)
    later = extracted(connected_run(params={"last_run_date": datetime(2024, 3, 1, tzinfo=UTC)}, run_id="2"), query)

    assert [row[0] for row in first[1]] == [1, 2]
    assert [row[0] for row in later[1]] == [2]


def test_every_preset_is_a_query_that_runs(connected_run, warehouse):
    warehouse.sql("CREATE TABLE my_table (id int, created_at date, updated_at timestamp)")
    run = connected_run(params={"last_run_date": None, "start_date": date(2024, 1, 1), "end_date": "2024-12-31"})
    for preset in PostgresExtractor.presets:
        kinds, rows = extracted(run, **preset.config)
        assert (kinds, rows) == (["integer", "date", "timestamp"], [])


def test_an_index_serves_a_parameter(connected_run, warehouse):
    warehouse.sql(
        "CREATE TABLE events AS SELECT i AS id, timestamptz '2024-01-01' + i * interval '1 min' AS at"
        " FROM generate_series(1, 50000) i"
    )
    warehouse.sql("CREATE INDEX ON events (at); ANALYZE events")
    before = warehouse.value("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'events'")

    _, rows = extracted(
        connected_run(params={"since": "2024-02-04 16:00+00"}), "SELECT id FROM events WHERE at > :since"
    )

    assert len(rows) == 50000 - 34 * 1440 - 960
    assert warehouse.value("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'events'") == before


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * FROM nothing_here", 'relation "nothing_here" does not exist.*LINE 1: SELECT'),
        ("SELECT * FORM t", "syntax error"),
        ("WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone", "data-modifying"),
        ("SELECT * FROM orders FOR UPDATE", "read-only|may only read"),
        ("SELECT nextval('numbers')", "may only read"),
        ("SELECT set_config('transaction_read_only', 'off', true), emptied() AS e", "read-only|before any query"),
        ("SELECT 1 / (i - 3) AS v FROM generate_series(1, 5) i", "division by zero"),
        ("SELECT :missing_type IS NULL AS v", "parameter :missing_type.*::date"),
        ("SELECT 1 AS v WHERE current_date > :bad_date", "'bad_date' = 'soon' cannot be used as date"),
    ],
)
def test_what_the_server_refuses_is_said_in_its_words(connected_run, warehouse, query, message):
    warehouse.sql("CREATE TABLE orders AS SELECT 1 AS id; CREATE SEQUENCE numbers")
    warehouse.sql("CREATE FUNCTION emptied() RETURNS int LANGUAGE sql AS 'DELETE FROM orders RETURNING id'")
    with pytest.raises(SourceError, match=message) as refused:
        extracted(connected_run(params={"missing_type": 1, "bad_date": "soon"}), query)
    assert warehouse.value("SELECT count(*) FROM orders") == 1
    assert (refused.value.option == "query") is any(sign in message for sign in ("does not exist", "syntax"))


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("SELECT :since::date AS a,\n  '🙂' AS b, amont FROM orders WHERE :since = ''", Place(2, 13, 5)),
        ("SELECT :since::date + :since::date AS a", Place(1, 21, 1)),
        ("SELECT :since AND true AS a WHERE :since::date = :since::date", Place(1, 41, 1)),
        ('SELECT id FROM "no orders" -- all', Place(1, 16, 11)),
        ("SELECT id FROM orders WHERE", Place(1, 28, 0)),
        ("SELECT 1 / id FROM orders", None),
    ],
)
def test_what_the_server_refuses_is_told_at_its_place_in_the_query(connected_run, warehouse, query, place):
    warehouse.sql("CREATE TABLE orders AS SELECT 0 AS id")
    with pytest.raises(SourceError) as refused:
        extracted(connected_run(params={"since": "2024-01-01"}), query)
    assert (refused.value.place, refused.value.option) == (place, "query" if place else None)


def test_a_parameter_that_the_run_lacks_is_named(connected_run):
    run = connected_run(params={"start_date": "2024-01-01"})
    config = PostgresExtractor.Config(connection_id="warehouse", query="SELECT 1 AS v WHERE :strat_date = current_date")

    with pytest.raises(InvalidNode, match=r"no parameter 'strat_date'.*start_date"):
        PostgresExtractor.extract(config, run)

    assert [column.name for column in PostgresExtractor.schema(config, run)] == ["v"]


@pytest.mark.parametrize("query", ["SELECT 1 AS a, 2 AS a", 'SELECT 1 AS a, 2 AS "A"', "SELECT"])
def test_columns_need_names_of_their_own(connected_run, query):
    with pytest.raises(InvalidNode):
        extracted(connected_run(), query)


@pytest.mark.parametrize("query", ["DROP TABLE t", "SELECT 1; SELECT 2", "COPY t TO '/tmp/x'"])
def test_other_statements_are_refused_with_the_options(query):
    with pytest.raises(ValidationError):
        PostgresExtractor.Config(connection_id="warehouse", query=query)


def test_odd_names_rows_in_order_and_a_limit(connected_run):
    _, rows = extracted(
        connected_run(), 'SELECT i AS "we{i}rd ""n\'ame" FROM generate_series(300000, 1, -1) i -- all', limit=200_000
    )
    assert rows == [(i,) for i in range(300_000, 100_000, -1)]


CANARY = "s3cr3t'canary \\ %40"


@pytest.mark.parametrize(
    ("changes", "query", "message"),
    [
        ({"password": CANARY}, "SELECT 1 AS v", "password authentication failed"),
        ({"password": CANARY, "port": "closed"}, "SELECT 1 AS v", "Connection refused.*running"),
        ({"password": CANARY, "host": "no-such-host.invalid"}, "SELECT 1 AS v", "could not translate host name"),
        ({"password": CANARY, "login": "clerk", "schema": "no_such_db"}, "SELECT 1 AS v", "does not exist"),
        ({"password": CANARY, "login": "clerk"}, f"SELECT $${CANARY}$$::int AS v", "invalid input syntax"),
        ({"password": CANARY, "login": "clerk"}, f"SELECT * FROM nope /* {CANARY} */", "does not exist"),
        ({"password": CANARY, "extra": '{"sslmode": "require"}'}, "SELECT 1 AS v", "SSL"),
    ],
)
def test_no_error_ever_holds_the_password(make_run, warehouse, changes, query, message):
    warehouse.cluster.create_role("clerk", CANARY)
    changes = changes | ({"port": free_port()} if changes.get("port") == "closed" else {})
    run = make_run(connections={"warehouse": warehouse.connection(**changes)})
    with pytest.raises(ModuleError, match=message) as caught:
        extracted(run, query)
    shown = f"{caught.value!r} {caught.value.__cause__!r}"
    assert "canary" not in shown


def test_a_check_does_not_wait_for_a_locked_table(connected_run, warehouse):
    warehouse.sql("CREATE TABLE busy (id int)")
    config = PostgresExtractor.Config(connection_id="warehouse", query="SELECT * FROM busy")

    with closing(warehouse.cluster.connect(warehouse.database)) as other, other.cursor() as cursor:
        other.autocommit = False
        cursor.execute("LOCK TABLE busy IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(SourceError, match="statement timeout"):
            PostgresExtractor.schema(config, replace(connected_run(), time_limit=1))
