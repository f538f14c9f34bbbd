"""Loading into a real server: values as BSON has them, fit, and the three operations."""

from __future__ import annotations

import logging
import math
from dataclasses import replace
from datetime import date, datetime

import pytest
from airflow.sdk import Connection
from bson import Decimal128, Int64
from pymongo import MongoClient

from module_operators.connections import mongo_load
from module_operators.extractors.mongodb import MongodbExtractor
from module_operators.loaders.mongodb import MongodbLoader
from module_operators.problems import DataError, InvalidNode, TargetError
from module_operators.relation import Column, Plan, Query, Step

from ..conftest import fetch, rows_plan
from .conftest import collections, pairs

IDS = [("id", "bigint"), ("v", "string")]


def loaded(run, plan, operation="insert", key_fields=(), collection="orders"):
    config = MongodbLoader.options(
        {"connection_id": "shop", "collection": collection, "operation": operation, "key_fields": list(key_fields)}
    )
    MongodbLoader.check(config, plan.result, run)
    return MongodbLoader.load(config, plan, run).rows


def typed_plan(**columns):
    """A plan of one SELECT: name=(engine SQL, logical type)."""
    sql = ", ".join(f'{expression} AS "{name}"' for name, (expression, _) in columns.items())
    query = Query(f"SELECT {sql}", tuple(Column(name, kind) for name, (_, kind) in columns.items()))
    return Plan((Step("source", "source", "Source", query),))


@pytest.fixture(params=["replica set", "alone", "large"])
def anywhere(request, connected_run, make_run, monkeypatch):
    """Runs, and the shop that they load into: in transactions, on a server without, and with more than they take."""
    if request.param == "large":
        monkeypatch.setattr(mongo_load, "IN_A_TRANSACTION", 1)
    if request.param != "alone":
        yield connected_run, request.getfixturevalue("shop")
        return
    port = request.getfixturevalue("alone_port")
    connection = Connection(conn_id="shop", conn_type="mongo", host="127.0.0.1", port=port, schema="shop")
    with MongoClient("127.0.0.1", port) as client:
        yield lambda *a, **more: make_run(*a, connections={"shop": connection}, **more), client["shop"]
        client.drop_database("shop")


def test_every_type_arrives_as_bson_has_it_and_comes_back(connected_run, shop):
    plan = typed_plan(
        i=("7", "integer"),
        b=("CAST(7 AS BIGINT)", "bigint"),
        d=("CAST(-1.50 AS DECIMAL(10,2))", "decimal(10,2)"),
        f=("'nan'::DOUBLE", "float"),
        ok=("true", "boolean"),
        s=("'é🦆' || chr(0)", "string"),
        nothing=("CAST(NULL AS VARCHAR)", "string"),
        day=("DATE '0900-02-28'", "date"),
        at=("TIMESTAMP '2024-01-01 12:00:00.123'", "timestamp"),
        zoned=("TIMESTAMPTZ '9999-12-31 21:00:00-02'", "timestamptz"),
        clock=("TIME '23:59:59.5'", "time"),
        raw=("'\\x00\\xFF'::BLOB", "binary"),
        many=("[1.5::DECIMAL(3,1), NULL]", "list(decimal(3,1))"),
        days=("[DATE '2024-01-01', NULL]", "list(date)"),
    )
    assert loaded(connected_run(), plan) == 1
    found = shop.orders.find_one({}, {"_id": 0})
    assert math.isnan(found.pop("f"))
    assert found == {
        "i": 7,
        "b": 7,
        "d": Decimal128("-1.50"),
        "ok": True,
        "s": "é🦆\0",
        "nothing": None,
        "day": datetime(900, 2, 28),  # noqa: DTZ001
        "at": datetime(2024, 1, 1, 12, 0, 0, 123000),  # noqa: DTZ001
        "zoned": datetime(9999, 12, 31, 23),  # noqa: DTZ001
        "clock": "23:59:59.5",
        "raw": b"\0\xff",
        "many": [Decimal128("1.5"), None],
        "days": [datetime(2024, 1, 1), None],  # noqa: DTZ001
    }
    assert (type(found["b"]), type(found["i"])) == (Int64, int)
    assert collections(shop) == ["logidata_loads", "orders"]

    run = connected_run("n2")
    plan = typed_plan(day=("DATE '2024-02-29'", "date"), clock=("TIME '01:02:00'", "time"))
    loaded(run, plan, collection="days")
    config = MongodbExtractor.Config(connection_id="shop", collection="days", column_types={"day": "date"})
    read = Plan((run.step(MongodbExtractor.extract(config, run).query),))
    assert [row[1:] for row in fetch(run, read)[1]] == [(date(2024, 2, 29), "01:02:00")]


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        ("TIMESTAMP '2024-01-01 12:00:00.123456'", "timestamp", "keeps milliseconds only"),
        ("'infinity'::DATE", "date", "no infinite dates"),
        ("1234567890123456789012345678901234567.8::DECIMAL(38,1)", "decimal(38,1)", "34 digits"),
        ("repeat('x', 17000000)", "string", "too large|larger"),
    ],
)
def test_what_mongodb_cannot_keep_stops_the_load(connected_run, shop, value, kind, message):
    with pytest.raises((DataError, TargetError), match=message):
        loaded(connected_run(), typed_plan(v=(value, kind)))
    assert collections(shop) in ([], ["logidata_loads"])


def test_all_that_does_not_fit_is_named_before_anything_is_written(connected_run, shop):
    schema = {
        "required": ["needed"],
        "additionalProperties": False,
        "properties": {"n": {"bsonType": "int"}, "at": {"bsonType": ["date", "null"]}, "s": {"type": "string"}},
    }
    shop.create_collection("orders", validator={"$jsonSchema": schema})
    plan = typed_plan(n=("1::BIGINT", "bigint"), at=("now()", "timestamptz"), s=("1", "integer"), more=("1", "integer"))
    with pytest.raises(InvalidNode) as caught:
        loaded(connected_run(), plan)
    assert [problem.message for problem in caught.value.problems] == [
        "Column 'n' is bigint in the input and int in the validator of 'orders'.",
        "Column 's' is integer in the input and string in the validator of 'orders'.",
        "Collection 'orders' takes no field 'more': its validator says so.",
        "Collection 'orders' needs the field 'needed', which the input does not have.",
    ]
    shop.create_collection("seen", viewOn="orders", pipeline=[])
    with pytest.raises(InvalidNode, match="is a view, not a collection"):
        loaded(connected_run(), plan, collection="seen")
    with pytest.raises(InvalidNode, match=r"'\$a' cannot be a field.*'a\.b' cannot be a field"):
        loaded(connected_run(), typed_plan(**{"$a": ("1", "integer"), "a.b": ("1", "integer")}))
    assert collections(shop) == ["orders", "seen"]


def test_insert_adds_to_what_is_there_and_once(anywhere):
    make, shop = anywhere
    shop.orders.insert_one({"_id": "before", "id": 0, "v": "old"})
    run = make()
    plan = rows_plan(run, IDS, [(1, "a"), (2, None)])
    assert loaded(run, plan) == 2
    assert loaded(make(), rows_plan(run, IDS, [(9, "other")])) == 2
    assert [(each["id"], each["v"]) for each in shop.orders.find().sort("id")] == [(0, "old"), (1, "a"), (2, None)]
    assert loaded(make(run_id="next"), plan) == 2
    assert shop.orders.count_documents({}) == 5
    assert collections(shop) == ["logidata_loads", "orders"]


@pytest.mark.parametrize("operation", ["insert", "replace"])
def test_a_refused_document_leaves_the_collection_as_it_was(anywhere, operation):
    make, shop = anywhere
    shop.orders.insert_one({"_id": 7, "id": 7, "v": "old"})
    shop.orders.create_index("v", unique=True)
    rows = [(number, f"v{number}") for number in range(5)]
    clash = (9, "old" if operation == "insert" else "v1")
    for bad in ([*rows, clash], [*rows, (8, "x")]):
        run = make()
        columns = IDS if bad[-1] == clash else [("_id", "bigint"), ("v", "string")]
        if bad[-1] != clash:
            bad[-1] = (7, "x") if operation == "insert" else (1, "x")
        with pytest.raises(TargetError, match=r"(E11000 duplicate key|is there already).*Nothing was loaded"):
            loaded(run, rows_plan(run, columns, bad), operation)
        assert list(shop.orders.find()) == [{"_id": 7, "id": 7, "v": "old"}]
        assert shop.logidata_loads.count_documents({}) == 0
    run = make(try_number=2)
    assert loaded(run, rows_plan(run, IDS, rows), operation) == 5


def test_a_validator_refuses_a_document_before_any_is_there(anywhere):
    make, shop = anywhere
    shop.create_collection("orders", validator={"v": {"$ne": "bad"}})
    run = make()
    with pytest.raises(TargetError, match=r"failed validation\. Nothing was loaded"):
        loaded(run, rows_plan(run, IDS, [(1, "good"), (2, "bad")]))
    assert collections(shop) == ["logidata_loads", "orders"] or collections(shop) == ["orders"]
    assert shop.orders.count_documents({}) == 0


def test_replace_keeps_indexes_and_validator_and_takes_a_missing_collection(anywhere):
    make, shop = anywhere
    shop.create_collection("orders", validator={"v": {"$ne": "bad"}})
    shop.orders.create_index([("id", 1), ("v", -1)], unique=True, name="mine")
    shop.orders.insert_one({"id": 1, "v": "old"})
    run = make()
    with pytest.raises(TargetError, match="failed validation"):
        loaded(run, rows_plan(run, IDS, [(5, "bad")]), "replace")
    assert pairs(shop) == [(1, "old")]
    assert loaded(run, rows_plan(run, IDS, [(5, "a"), (6, "b")]), "replace") == 2
    assert pairs(shop) == [(5, "a"), (6, "b")]
    index = shop.orders.index_information()["mine"]
    assert (index["key"], index["unique"]) == ([("id", 1), ("v", -1)], True)
    assert loaded(run, rows_plan(run, IDS, [(5, "a")]), "replace", collection="fresh") == 2  # the same load
    assert loaded(make("n2"), rows_plan(run, IDS, [(5, "a")]), "replace", collection="fresh") == 1
    assert pairs(shop, "fresh") == [(5, "a")]


def test_upsert_sets_by_key_and_the_last_row_wins(anywhere, caplog):
    make, shop = anywhere
    shop.orders.create_index("id", unique=True)
    shop.orders.insert_many([{"_id": "kept", "id": 1, "v": "old", "more": 5}, {"id": 9, "v": "stays"}])
    run = make()
    plan = rows_plan(run, IDS, [(1, "first"), (2, "new"), (1, "last")])
    with caplog.at_level(logging.WARNING):
        assert loaded(run, plan, "upsert", ["id"]) == 3
    assert "1 keys occur more than once, (id) = (1)" in caplog.text
    assert pairs(shop) == [(1, "last"), (2, "new"), (9, "stays")]
    assert shop.orders.find_one({"_id": "kept"}) == {"_id": "kept", "id": 1, "v": "last", "more": 5}
    assert loaded(make("n2"), plan, "upsert", ["id"], "fresh") == 3
    assert pairs(shop, "fresh") == [(1, "last"), (2, "new")]
    assert shop.fresh.index_information()["id_1"]["unique"]
    by_id = rows_plan(run, [("_id", "string")], [("kept",), ("x",)])
    assert loaded(make("n3"), by_id, "upsert", ["_id"]) == 2
    assert shop.orders.find_one({"_id": "kept"})["v"] == "last"
    assert shop.orders.count_documents({}) == 4


def test_upsert_needs_keys_with_values_order_and_an_index(connected_run, shop):
    run = connected_run()
    plan = rows_plan(run, IDS, [(1, "a")])
    with pytest.raises(InvalidNode, match="Upsert needs key fields"):
        loaded(run, plan, "upsert")
    with pytest.raises(InvalidNode, match=r"no column 'idd'.*Did you mean 'id'"):
        loaded(run, plan, "upsert", ["idd"])
    with pytest.raises(InvalidNode, match="cannot be changed"):
        loaded(run, rows_plan(run, [("_id", "string"), *IDS], [("a", 1, "a")]), "upsert", ["id"])
    shop.orders.insert_one({"id": 1})
    with pytest.raises(TargetError, match=r'no unique index on \(id\).*createIndex\(\{"id": 1\}, \{unique: true\}\)'):
        loaded(run, plan, "upsert", ["id"])
    shop.orders.create_index("id", unique=True)
    with pytest.raises(DataError, match=r"1 rows have no value in the key \(v\)"):
        loaded(run, rows_plan(run, IDS, [(1, None)]), "upsert", ["v"], "new")
    unordered = Plan((Step("s", "s", "S", Query("SELECT 1 AS id FROM range(2)", (Column("id", "integer"),))),))
    with pytest.raises(DataError, match="no order to choose by"):
        loaded(run, unordered, "upsert", ["id"])
    assert collections(shop) == ["logidata_loads", "orders"] or collections(shop) == ["orders"]


def test_a_plan_that_fails_in_its_middle_leaves_nothing(connected_run, shop):
    sql = "SELECT CASE WHEN i = 900 THEN error('row 900 is bad') ELSE i END AS id, 'x' AS v FROM range(1000) r(i)"
    columns = (Column("id", "bigint"), Column("v", "string"))
    shop.orders.insert_one({"id": 1, "v": "old"})
    with pytest.raises(DataError, match="row 900 is bad"):
        loaded(connected_run(), Plan((Step("s", "s", "S", Query(sql, columns)),)), "replace")
    assert pairs(shop) == [(1, "old")]


def test_a_server_that_is_away_is_told_without_the_password(make_run):
    connection = Connection(conn_id="shop", conn_type="mongo", host="127.0.0.1", port=1, login="u", password="p4ss")
    connection.schema = "d"
    run = replace(make_run(connections={"shop": connection}), time_limit=0.5)
    with pytest.raises(TargetError, match="cannot be reached") as caught:
        loaded(run, rows_plan(run, IDS, [(1, "a")]))
    assert "p4ss" not in str(caught.value)
