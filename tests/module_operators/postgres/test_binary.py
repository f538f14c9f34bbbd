"""Rows go to PostgreSQL in its binary form: the same values, to the last digit, that it makes of their text."""

from __future__ import annotations

import pytest

from module_operators.connections import postgres_copy
from module_operators.connections.postgres_binary import written_alike
from module_operators.relation import ROW_ID, Column, Plan, Query, Step

from .test_loader import loaded

VALUES = {
    "i": ("integer", ["0", "-2147483648", "2147483647", "CAST(hash(n) % 1000 AS INTEGER)"]),
    "b": ("bigint", ["0", "-9223372036854775808", "9223372036854775807", "n * 1000003"]),
    "money": ("decimal(12,2)", ["0", "-0.01", "9999999999.99", "10000", "(n * 7919 % 100000) / 100"]),
    "whole": ("decimal(9,0)", ["0", "999999999", "-10000", "n * 10"]),
    "tiny": ("decimal(9,9)", ["0", "0.000000001", "-0.999900000", "n / 1000000000"]),
    "wide": (
        "decimal(38,9)",
        ["0", "-99999999999999999999999999999.999999999", "100000000.000000001", "CAST(n AS HUGEINT) * n * n * n * n"],
    ),
    "all_digits": ("decimal(38,0)", ["0", "99999999999999999999999999999999999999", "10000000000000000", "-n"]),
    "f": ("float", ["'-0.0'", "'nan'", "'-inf'", "5e-324", "1e308", "n / 7"]),
    "ok": ("boolean", ["true", "false"]),
    "s": ("string", ["''", "'\\N'", "'a\t\"b\"' || chr(10) || '🦆é'", "repeat('x', (n % 900)::INTEGER)"]),
    "day": (
        "date",
        [
            "'4714-11-24 (BC)'",
            "'1999-12-31'",
            "'1970-01-01'",
            "'5874897-12-31'",
            "DATE '1900-01-01' + CAST(n AS INTEGER)",
        ],
    ),
    "at": (
        "timestamp",
        ["'4714-11-24 (BC) 00:00:00'", "'1969-12-31 23:59:59.999999'", "'294246-12-31 23:59:59.999999'"],
    ),
    "zoned": ("timestamptz", ["'2000-01-01 00:00:00-07'", "'0001-01-01 (BC) 00:00:00+00'", "make_timestamptz(n)"]),
    "clock": ("time", ["'00:00:00'", "'23:59:59.999999'", "'12:30:00.5'"]),
    "raw": ("binary", ["''::BLOB", "'\\x00\\xFF'::BLOB", "encode(repeat('é', (n % 40)::INTEGER))"]),
}
ENGINE = {"float": "DOUBLE", "string": "VARCHAR", "binary": "BLOB"}
COLUMNS = tuple(Column(name, kind) for name, (kind, _) in VALUES.items())


def every_value(rows: int) -> Plan:
    """Each column's values in turn, with nulls between them, none in step with another's."""
    items = []
    for step, (name, (kind, values)) in enumerate(VALUES.items()):
        engine_type = ENGINE.get(kind, kind.upper())
        cases = " ".join(f"WHEN {at} THEN CAST({value} AS {engine_type})" for at, value in enumerate(values))
        items.append(f"CASE (n + {step}) % {len(values) + 1} {cases} END AS {name}")
    sql = f"SELECT {', '.join(items)}, n AS {ROW_ID} FROM range({rows}) r(n)"
    query = Query(sql, COLUMNS, (Column(ROW_ID, "bigint"),), (), ROW_ID)
    return Plan((Step("source", "source", "Source", query),))


def test_the_binary_form_gives_what_the_text_form_gives(connected_run, warehouse, monkeypatch):
    plan = every_value(40_000)  # more than one batch
    loaded(connected_run(), plan, "binary_rows", "replace")
    loaded(connected_run(run_id="upsert"), every_value(20_000), "kept", "replace")
    monkeypatch.setattr(postgres_copy, "written_alike", lambda *_: None)
    loaded(connected_run(run_id="text"), plan, "text_rows", "replace")

    told = "SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)), count(*) FROM {} t"
    assert warehouse.sql(told.format("binary_rows")) == warehouse.sql(told.format("text_rows"))
    assert warehouse.value("SELECT count(*) FROM (TABLE kept EXCEPT ALL TABLE text_rows) AS other") == 0


def test_values_fit_themselves_to_wider_columns_and_others_are_sent_as_text(connected_run, warehouse):
    plan = every_value(2_000)
    warehouse.sql(
        "CREATE DOMAIN money_like AS numeric(20,4); CREATE TABLE orders (i bigint, b numeric, money money_like,"
        " whole numeric, tiny numeric(12,10), wide numeric(40,9), all_digits numeric, f float8, ok boolean,"
        " s varchar(1000), day date, at timestamp, zoned timestamptz, clock time(6), raw bytea)"
    )
    columns = {column.name: column.type for column in COLUMNS}

    assert loaded(connected_run(), plan) == 2_000

    sums = "SELECT count(*), sum(i), sum(b), sum(money), sum(tiny), sum(wide), min(day)::text, max(s) FROM {}"
    loaded(connected_run(run_id="again"), plan, "as_it_is", "replace")
    assert warehouse.sql(sums.format("orders")) == warehouse.sql(sums.format("as_it_is"))
    alike = dict.fromkeys(columns, "text")
    assert written_alike(COLUMNS[:1], {"i": "int2"}) is None, "the server says which number is too large"
    assert written_alike(COLUMNS, alike) is None
    assert written_alike([Column("s", "string")], {"s": "jsonb"}) is None
    assert written_alike([Column("l", "list(integer)")], {"l": ""}) is None


@pytest.mark.parametrize("value", ["DATE 'infinity'", "DATE '-infinity'"])
def test_an_infinite_date_arrives_also_after_many_that_are_not(connected_run, warehouse, value):
    columns = (Column("id", "bigint"), Column("day", "date"))
    sql = f"SELECT n AS id, CASE WHEN n = 39999 THEN {value} ELSE DATE '2024-01-01' END AS day FROM range(40000) r(n)"

    assert loaded(connected_run(), Plan((Step("source", "source", "Source", Query(sql, columns)),))) == 40_000

    assert warehouse.sql("SELECT count(*), count(*) FILTER (WHERE NOT isfinite(day)) FROM orders") == [(40_000, 1)]
    assert warehouse.value("SELECT rows FROM logidata_loads") == 40_000
