"""Reading documents from a real server: types, parameters as values, scripts refused, misfits told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from airflow.sdk import Connection
from bson import Decimal128, Int64, ObjectId
from pydantic import ValidationError

from module_operators.extractors.mongodb import MongodbExtractor
from module_operators.problems import SourceError
from module_operators.relation import Plan
from stack.ports import free_port

from ..conftest import fetch

WHEN = datetime(2024, 1, 1, 12, 0, 0, 500000, UTC)


def extracted(run, **options):
    config = MongodbExtractor.Config(connection_id="shop", **({"collection": "orders"} | options))
    answer = MongodbExtractor.extract(config, run)
    plan = Plan((run.step(answer.query),))
    assert MongodbExtractor.schema(config, run) == plan.result.columns
    columns, rows = fetch(run, plan)
    assert answer.rows == len(rows)
    return columns, rows


@pytest.mark.parametrize(
    ("values", "kind", "read"),
    [
        ([1, Int64(2**62), None], "bigint", [1, 2**62, None]),
        ([1, 2.5], "float", [1.0, 2.5]),
        ([True, False], "boolean", [True, False]),
        (["é 😀", ""], "string", ["é 😀", ""]),
        ([WHEN], "timestamptz", [WHEN]),
        ([Decimal128("1.50"), 3], "decimal(38,2)", [Decimal("1.50"), Decimal(3)]),
        ([Decimal128("NaN"), 1], "string", ["NaN", "1"]),
        ([ObjectId("6b04242499c3d65bbaa87ab0")], "string", ["6b04242499c3d65bbaa87ab0"]),
        ([b"\0\xff"], "binary", [b"\0\xff"]),
        ([[1, 2], []], "list(bigint)", [[1, 2], []]),
        ([[1, "a"], [{"b": 1}]], "string", ['[1, "a"]', '[{"b": 1}]']),
        ([{"é": {"b": [1]}}], "string", ['{"é": {"b": [1]}}']),
        ([1, "x", True], "string", ["1", "x", "true"]),
    ],
)
def test_types(connected_run, shop, values, kind, read):
    shop.orders.insert_many([{"_id": number, "v": value} for number, value in enumerate(values)])
    columns, rows = extracted(connected_run())
    assert columns == [("_id", "bigint"), ("v", kind)]
    assert [value for _, value in sorted(rows)] == read


def test_query_projection_and_limit(connected_run, shop):
    shop.orders.insert_many([{"_id": n, "n": n, "s": "x"} for n in range(2500)])
    columns, rows = extracted(connected_run(), query={"n": {"$gte": 10}}, projection={"n": 1, "_id": 0}, limit=5)
    assert columns == [("n", "bigint")]
    assert len(rows) == 5
    assert all(n >= 10 for (n,) in rows)


def test_parameters_are_values_never_operators(connected_run, shop):
    shop.orders.insert_many([{"_id": 1, "s": "$s"}, {"_id": 2, "s": "b"}])
    query = {"s": {"$param": "wanted"}}
    assert extracted(connected_run(params={"wanted": "$s"}), query=query)[1] == [(1, "$s")]
    compared = {"$expr": {"$eq": ["$s", {"$param": "wanted"}]}}
    assert extracted(connected_run(params={"wanted": "$s"}), query=compared)[1] == [(1, "$s")]
    with pytest.raises(SourceError, match="'wanted' is a document"):
        extracted(connected_run(params={"wanted": {"$ne": None}}), query=query)
    with pytest.raises(SourceError, match="needs the parameter 'wanted'"):
        extracted(connected_run(), query=query)


def test_dates_ids_and_defaults(connected_run, shop):
    one = ObjectId()
    shop.orders.insert_many([{"_id": one, "t": WHEN}, {"_id": ObjectId(), "t": WHEN.replace(year=2020)}])
    since = {"t": {"$gte": {"$date": {"$param": "since"}}}}
    assert len(extracted(connected_run(params={"since": "2023-01-01T00:00:00Z"}), query=since)[1]) == 1
    by_id = {"_id": {"$oid": {"$param": "id"}}}
    assert extracted(connected_run(params={"id": str(one)}), query=by_id)[1] == [(str(one), WHEN)]
    first = {"t": {"$gte": {"$param": "last_run_date", "$default": {"$date": "1970-01-01T00:00:00Z"}}}}
    assert len(extracted(connected_run(), query=first)[1]) == 2
    assert len(extracted(connected_run(params={"last_run_date": WHEN}), query=first)[1]) == 1
    with pytest.raises(SourceError, match="not valid Extended JSON"):
        extracted(connected_run(params={"id": "no id"}), query=by_id)


@pytest.mark.parametrize(
    "query",
    [
        {"$where": "1"},
        {"$or": [{"a": 1}, {"$where": "1"}]},
        {"$expr": {"$function": {"body": "f", "args": [], "lang": "js"}}},
        {"a": {"$code": "f"}},
        {"a": {"$param": 1}},
        {"a": {"$param": "p", "$gt": 1}},
    ],
)
def test_scripts_and_malformed_parameters_are_refused(query):
    with pytest.raises(ValidationError, match=r"JavaScript|parameter is written"):
        MongodbExtractor.Config(connection_id="shop", collection="orders", query=query)


def test_a_late_value_names_its_document_and_a_given_type_takes_it(connected_run, shop):
    shop.orders.insert_many([{"_id": n, "v": n} for n in range(1200)])
    shop.orders.update_one({"_id": 600}, {"$set": {"v": "late", "rare": 1}})
    with pytest.raises(SourceError, match=r"'v' of the document with _id 600 is late.*bigint.*Column types"):
        extracted(connected_run())
    columns, rows = extracted(connected_run(), column_types={"v": "string", "rare": "decimal(5, 2)"})
    assert columns == [("_id", "bigint"), ("v", "string"), ("rare", "decimal(5,2)")]
    assert (600, "late", Decimal("1.00")) in rows
    assert len(rows) == 1200


def test_hostile_names(connected_run, shop):
    shop['or"de rs;é'].insert_one({"_id": 1, 'a"b': 1, "A": 2, "a": 3, "": 4, "c\nd": 5})
    columns, rows = extracted(connected_run(params={"n": 'or"de rs;é'}), collection="${n}")
    assert [name for name, _ in columns] == ["_id", 'a"b', "A", "a_2", "column_5", "c d"]
    assert rows == [(1, 1, 2, 3, 4, 5)]


def test_empty(connected_run, shop):
    with pytest.raises(SourceError, match="no documents"):
        extracted(connected_run())
    assert extracted(connected_run(), column_types={"a": "date"}) == ([("a", "date")], [])
    shop.orders.insert_one({"a": 1})
    assert extracted(connected_run(), query={"a": 2})[1] == []


def test_an_unreachable_server_is_told_in_time_and_without_secrets(make_run):
    connection = Connection(
        conn_id="shop",
        conn_type="mongo",
        host="127.0.0.1",
        port=free_port(),
        login="u",
        password="p4ssw0rd",
        schema="d",
    )
    run = replace(make_run(connections={"shop": connection}), time_limit=0.5)
    with pytest.raises(SourceError, match="cannot be reached") as caught:
        extracted(run)
    assert "p4ssw0rd" not in str(caught.value)
