"""Loading into warehouses: values, fit, the four modes, and loads that happen once."""

from __future__ import annotations

import signal
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from airflow.sdk import Connection

from module_operators import extras
from module_operators.connections.bigquery import BigQuery
from module_operators.connections.redshift import copy_statement
from module_operators.connections.snowflake import Snowflake
from module_operators.connections.warehouse import TableName
from module_operators.loaders.datawarehouse import DatawarehouseLoader
from module_operators.problems import DataError, InvalidNode, TargetError
from module_operators.relation import Column, Plan, Query, Step
from stack.ports import free_port

from ..conftest import rows_plan
from ..loads_once import finished, start

IDS = [("id", "bigint"), ("v", "string")]


def loaded(place, run, plan, if_exists="append", key_columns=(), table="orders"):
    told = {"connection_id": "w", "warehouse_type": place.kind, "table_name": table}
    config = DatawarehouseLoader.options(told | {"if_exists": if_exists, "key_columns": list(key_columns)})
    DatawarehouseLoader.check_installed(config)
    DatawarehouseLoader.check(config, plan.result, run)
    return DatawarehouseLoader.load(config, plan, run).rows


def typed_plan(**columns):
    """A plan of one SELECT: name=(engine SQL, logical type)."""
    sql = ", ".join(f'{expression} AS "{name}"' for name, (expression, _) in columns.items())
    query = Query(f"SELECT {sql}", tuple(Column(name, kind) for name, (_, kind) in columns.items()))
    return Plan((Step("source", "source", "Source", query),))


def existing(place):
    """A table with a row of before."""
    place.sql("CREATE TABLE orders (id bigint, v varchar(20))")
    place.sql("INSERT INTO orders VALUES (-1, 'old')")


def test_a_missing_table_is_created_with_its_types(place, run_at):
    plan = typed_plan(
        i=("7", "integer"),
        b=("CAST(9223372036854775807 AS BIGINT)", "bigint"),
        d=("CAST(-1234567890123456.50 AS DECIMAL(20,2))", "decimal(20,2)"),
        f=("1e-7::DOUBLE", "float"),
        ok=("true", "boolean"),
        empty=("''", "string"),
        nothing=("CAST(NULL AS VARCHAR)", "string"),
        no_number=("CAST(NULL AS BIGINT)", "bigint"),
        odd=("'a,\"b\"' || chr(10) || '\\N''é🦆%s'", "string"),
        day=("DATE '2024-02-29'", "date"),
        at=("TIMESTAMP '2024-01-01 12:00:00.123456'", "timestamp"),
        zoned=("TIMESTAMPTZ '2024-01-01 12:00:00+02'", "timestamptz"),
        words=("['a\"', NULL]", "list(string)"),
    )
    assert loaded(place, run_at(), plan) == 1
    ((*values, zoned, words),) = place.rows()
    assert values == [
        *(7, 9223372036854775807, Decimal("-1234567890123456.50"), 1e-7, True, "", None, None),
        *('a,"b"\n\\N\'é🦆%s', date(2024, 2, 29), datetime(2024, 1, 1, 12, 0, 0, 123456)),  # noqa: DTZ001
    ]
    assert (zoned.astimezone(UTC), words) == (datetime(2024, 1, 1, 10, tzinfo=UTC), '["a\\"",null]')
    assert place.tables() == ["logidata_loads", "orders"]


def test_all_that_does_not_fit_is_named_before_a_row_is_written(place, run_at):
    place.sql("CREATE TABLE orders (amount bigint, day date, needed varchar(9) NOT NULL, price decimal(10,1))")
    plan = typed_plan(
        amuont=("1", "integer"),
        Amount=("'x'", "string"),
        day=("TIMESTAMP '2024-01-01'", "timestamp"),
        price=("1.55::DECIMAL(10,2)", "decimal(10,2)"),
    )
    asked = {"snowflake": "TEXT", "redshift": "character varying(9)", "bigquery": "STRING"}[place.kind]
    no_scales = place.kind == "bigquery"  # the emulator tells no decimal's digits and no text's length
    for mode in ("append", "replace"):
        with pytest.raises(InvalidNode) as caught:
            loaded(place, run_at(), plan, mode)
        told = [problem.message.replace('"', "") for problem in caught.value.problems]
        assert [message.split(" has no")[-1].split(" is ")[0].split(" needs")[-1] for message in told] == [
            " column 'amuont'.",
            f"Column '{place.table('amount')}'",
            f"Column '{place.table('day')}'",
            *([] if no_scales else [f"Column '{place.table('price')}'"]),
            f" a value for '{place.table('needed')}' ({asked}), which the input does not have.",
        ]
    assert place.tables() == ["orders"] or place.tables() == ["logidata_loads", "orders"]


def test_append_adds_once_and_matches_columns_whatever_their_case(place, run_at):
    existing(place)
    run = run_at()
    plan = rows_plan(run, [("V", "string"), ("id", "bigint")], [("a", 1), (None, 2)])
    assert loaded(place, run, plan) == 2
    assert loaded(place, run_at(), rows_plan(run, IDS, [(9, "other")])) == 2
    assert place.rows() == [(-1, "old"), (1, "a"), (2, None)]
    assert loaded(place, run_at(run_id="next"), plan) == 2
    assert len(place.rows()) == 5
    assert place.tables() == ["logidata_loads", "orders"]


def test_replace_and_fail(place, run_at):
    existing(place)
    run = run_at()
    plan = rows_plan(run, IDS, [(1, "a")])
    with pytest.raises(TargetError, match="exists already"):
        loaded(place, run, plan, "fail")
    assert loaded(place, run_at("n2"), plan, "fail", table=f"{place.schema}.fresh") == 1
    assert place.rows("fresh") == [(1, "a")]
    assert loaded(place, run_at("n3"), plan, "replace") == 1
    assert place.rows() == [(1, "a")]
    assert loaded(place, run_at("n4"), plan, "replace", table="other") == 1
    assert place.rows("other") == [(1, "a")]


@pytest.mark.parametrize("if_exists", ["append", "replace", "upsert"])
def test_a_load_that_fails_leaves_the_table_as_it_was(place, run_at, if_exists):
    existing(place)
    keys = ["id"] if if_exists == "upsert" else []
    sql = "SELECT i AS id, CASE WHEN i = 900 THEN error('row 900 is bad') ELSE 'x' END AS v FROM range(1000) r(i)"
    columns = (Column("id", "bigint"), Column("v", "string"))
    with pytest.raises(DataError, match="row 900 is bad"):
        loaded(place, run_at(), Plan((Step("s", "s", "S", Query(sql, columns)),)), if_exists, keys)
    if place.kind == "redshift":  # the others' emulators do not check lengths
        run = run_at(run_id="too long")
        with pytest.raises(TargetError, match="value too long"):
            loaded(place, run, rows_plan(run, IDS, [(1, "ok"), (2, "x" * 21)]), if_exists, keys)
    assert place.rows() == [(-1, "old")]
    assert place.tables() == ["logidata_loads", "orders"]


def test_upsert_updates_by_key_and_the_last_row_wins(place, run_at):
    place.sql("CREATE TABLE orders (id bigint, v varchar(20), kept bigint DEFAULT 5)")
    place.sql("INSERT INTO orders VALUES (1, 'old', 1), (9, 'stays', 9)")
    run = run_at()
    plan = rows_plan(run, IDS, [(1, "first"), (2, "new"), (1, "last")])
    assert loaded(place, run, plan, "upsert", ["id"]) == 3
    assert place.rows() == [(1, "last", 1), (2, "new", 5), (9, "stays", 9)]
    assert loaded(place, run_at("n2"), plan, "upsert", ["id", "v"], "fresh") == 3
    assert loaded(place, run_at("n3"), rows_plan(run, [("id", "bigint")], [(7,)]), "upsert", ["id"]) == 1
    assert len(place.rows("fresh")) == 3
    with pytest.raises(InvalidNode, match="needs key columns"):
        loaded(place, run_at("n4"), plan, "upsert")
    with pytest.raises(DataError, match="no value in the key"):
        loaded(place, run_at("n4"), rows_plan(run, IDS, [(None, "x")]), "upsert", ["id"])


STAGE = {"snowflake": "snowflake.Snowflake", "bigquery": "bigquery.BigQuery", "redshift": "redshift.Redshift"}


@pytest.mark.parametrize(
    ("if_exists", "method"),
    [
        ("append", ("fill", 1)),  # rows beside the table
        ("append", ("commit", 1)),  # committed, not told
        ("fail", ("found", 2)),  # the table is made, nothing is in it
        ("replace", ("fill", 1)),
        ("upsert", ("commit", 1)),
    ],
)
def test_killed_and_tried_again_the_rows_are_there_once(place, tmp_path, if_exists, method):
    if if_exists != "fail":
        existing(place)
    keys = ["id"] * (if_exists == "upsert")
    config = {"warehouse_type": place.kind, "table_name": "orders", "if_exists": if_exists, "key_columns": keys}
    job = (tmp_path, "module_operators.loaders.datawarehouse.DatawarehouseLoader", place.connection, config)
    name, call = method
    die_in = (f"module_operators.connections.{STAGE[place.kind]}.{name}", call)

    assert start(*job, rows=300, die_in=die_in).wait(100) == -signal.SIGKILL
    if name != "commit":
        assert place.rows() == ([(-1, "old")] if if_exists != "fail" else []) if "orders" in place.tables() else True

    assert finished(start(*job, rows=300)) == 300
    assert {row[0] for row in place.rows()} == set(range(300)) | ({-1} if if_exists in {"append", "upsert"} else set())
    assert len(place.rows()) == 300 + (if_exists in {"append", "upsert"})
    assert place.sql("SELECT run_id, row_count FROM logidata_loads") == [("run", 300)]


def test_errors_hold_no_password(make_run):
    told = {"conn_type": "redshift", "host": "127.0.0.1", "port": free_port(), "login": "u", "password": "p4ss-w"}
    run = make_run(connections={"w": Connection(conn_id="w", schema="d", **told)})
    config = DatawarehouseLoader.Config(connection_id="w", warehouse_type="redshift", table_name="a")
    with pytest.raises(TargetError, match="Redshift refuses") as caught:
        DatawarehouseLoader.load(config, rows_plan(run, IDS, []), run)
    assert "p4ss-w" not in str(caught.value)


def test_a_missing_extra_is_told_by_the_warehouse(monkeypatch):
    monkeypatch.setitem(extras.EXTRAS, "bigquery", ("no_such_driver",))  # type: ignore[arg-type]
    config = DatawarehouseLoader.Config(connection_id="w", warehouse_type="bigquery", table_name="a")
    with pytest.raises(InvalidNode) as caught:
        DatawarehouseLoader.check_installed(config)
    (problem,) = caught.value.problems
    assert (problem.path, problem.code) == ("/warehouse_type", "missing-extra")
    assert problem.hint.startswith("pip install 'logidata[bigquery]'")


def test_the_copy_of_redshift_reads_the_staged_file_by_role():
    columns = [("a", "bigint"), ("b", "varchar(9)")]
    statement = copy_statement('"s"."t"', columns, "s3://b/k's.csv.gz", null="n1", role="arn:r")
    assert statement == (
        """COPY "s"."t" ("a", "b") FROM 's3://b/k''s.csv.gz' IAM_ROLE 'arn:r' FORMAT AS CSV GZIP NULL AS 'n1'"""
        " DATEFORMAT 'auto' TIMEFORMAT 'auto'"
    )


def test_names_that_snowflake_itself_would_not_put_in_capitals_are_left_as_they_are():
    warehouse = Snowflake({"database": "DB", "schema": "PUBLIC"}, None)
    names = ["orders", '"orders"', "größe", "my-schema.orders"]
    assert [warehouse.address(TableName.parsed(name, '"')) for name in names] == [
        *('"DB"."PUBLIC"."ORDERS"', '"DB"."PUBLIC"."orders"', '"DB"."PUBLIC"."größe"', '"DB"."my-schema"."ORDERS"'),
    ]


def test_names_and_types_of_bigquery():
    warehouse = BigQuery({"project": "p-1"}, "sales", None)
    assert warehouse.address(TableName.parsed("orders", "`")) == "`p-1`.`sales`.`orders`"
    assert warehouse.address(TableName.parsed("`x-y`.d.`o`", "`"), "m") == "`x-y`.`d`.`m`"
    assert [BigQuery.created_type(f"decimal({d},{s})") for d, s in ((38, 9), (38, 10), (10, 2))] == [
        *("NUMERIC(38, 9)", "BIGNUMERIC(38, 10)", "NUMERIC(10, 2)"),
    ]
    with pytest.raises(InvalidNode, match="names a dataset"):
        BigQuery({}, None, None).address(TableName.parsed("orders", "`"))
