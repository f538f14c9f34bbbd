"""Wrong columns are seen before a run: every transformer and every kind of mistake, from a real file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from module_operators.base import Transformer
from module_operators.catalog import discover
from module_operators.column_checker import ColumnChecker
from module_operators.settings import Settings

ORDERS = "id,amount,status,at,Name\n1,5.5,new,2024-02-29,Ada L\n2,7.25,old,2024-03-01,Bo B\n"
CUSTOMERS = "id,name,status\n1,x,y\n"
MODULES = discover()
Problems = list[tuple[str, str, str, str | None]]


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ColumnChecker]:
    files = tmp_path_factory.mktemp("files")
    (files / "orders.csv").write_text(ORDERS)
    (files / "customers.csv").write_text(CUSTOMERS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOGIDATA_FILES_URL", str(files))
        patch.setenv("LOGIDATA_STAGING_URL", str(files / "staging"))
        yield ColumnChecker(Settings.from_environment(), MODULES)


def node(node_id: str, module_id: str, config: dict[str, Any], **inputs: list[str]) -> dict[str, Any]:
    return {"id": node_id, "label": node_id, "module_id": module_id, "config": config, "inputs": inputs}


def check(checker: ColumnChecker, *nodes: dict[str, Any]) -> tuple[dict[str, dict[str, str]], Problems]:
    sources = [
        node("orders", "csv-extractor", {"file_path": "orders.csv"}),
        node("customers", "csv-extractor", {"file_path": "customers.csv"}),
    ]
    answer = checker.check({"id": 1, "nodes": [*sources, *nodes], "params": {}})
    schemas = {name: {c["name"]: c["type"] for c in columns} for name, columns in answer["schemas"].items()}
    return schemas, [(p["code"], p["severity"], p["path"], p["hint"]) for p in answer["problems"]]


ORDER_TYPES = {"id": "bigint", "amount": "float", "status": "string", "at": "date", "Name": "string"}
RIGHT: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "remove-nulls": ({}, ORDER_TYPES),
    "fill-nulls": ({"strategy": "mean"}, ORDER_TYPES),
    "deduplicate": ({"columns": ["status"], "order_by": ["at"]}, ORDER_TYPES),
    "data-validation": (
        {"rules": [{"column": "id", "rule": "unique"}], "action": "flag"},
        {**ORDER_TYPES, "validation_errors": "list(string)"},
    ),
    "normalize": ({"columns": ["Name"], "operations": ["trim"]}, ORDER_TYPES),
    "cast-types": ({"type_mapping": {"amount": "decimal(10,2)"}}, {**ORDER_TYPES, "amount": "decimal(10,2)"}),
    "filter": ({"condition": "amount > 1"}, ORDER_TYPES),
    "select-columns": ({"columns": ["at", "id"]}, {"at": "date", "id": "bigint"}),
    "rename-columns": (
        {"rename_mapping": {"at": "day"}},
        {("day" if n == "at" else n): k for n, k in ORDER_TYPES.items()},
    ),
    "add-column": ({"column_name": "x", "expression": "amount * 2"}, {**ORDER_TYPES, "x": "float"}),
    "map": ({"column": "status", "mapping": {"new": 1}, "otherwise": "null"}, {**ORDER_TYPES, "status": "integer"}),
    "split-column": (
        {"column": "Name", "separator": " ", "new_columns": ["first", "last"]},
        {**{n: k for n, k in ORDER_TYPES.items() if n != "Name"}, "first": "string", "last": "string"},
    ),
    "aggregate": (
        {"group_by": ["status"], "aggregations": [{"function": "sum", "column": "id"}]},
        {"status": "string", "sum_id": "bigint"},
    ),
    "pivot": (
        {"index": ["id"], "columns": "status", "values": "amount", "column_values": ["new", "old"]},
        {"id": "bigint", "new": "float", "old": "float"},
    ),
    "unpivot": (
        {"id_vars": ["id"], "value_vars": ["status", "Name"]},
        {"id": "bigint", "variable": "string", "value": "string"},
    ),
    "sort": ({"sort_by": [{"column": "at"}]}, ORDER_TYPES),
    "parse-date": ({"columns": ["Name"]}, {**ORDER_TYPES, "Name": "timestamp"}),
    "extract-date-parts": ({"date_column": "at", "parts": ["year"]}, {**ORDER_TYPES, "at_year": "bigint"}),
}
COMBINING = {
    "join": (
        {"join_type": "left", "left_on": ["id"]},
        {**ORDER_TYPES, "name_right": "string", "status_right": "string"},
        {"left": ["orders"], "right": ["customers"]},
    ),
    "union": ({}, ORDER_TYPES, {"input": ["orders", "orders"]}),
}


def test_these_are_all_transformers():
    transformers = {name for name, module in MODULES.items() if issubclass(module, Transformer)}
    assert {f"{name}-transformer" for name in (*RIGHT, *COMBINING)} == transformers


@pytest.mark.parametrize("name", RIGHT)
def test_a_transformers_columns_are_known_before_it_runs(checker, name):
    config, columns = RIGHT[name]
    schemas, problems = check(checker, node("n", f"{name}-transformer", config, input=["orders"]))
    assert problems == []
    assert schemas["n"] == columns
    assert schemas["orders"] == ORDER_TYPES


@pytest.mark.parametrize("name", COMBINING)
def test_the_columns_of_combined_inputs_are_known(checker, name):
    config, columns, inputs = COMBINING[name]
    schemas, problems = check(checker, node("n", f"{name}-transformer", config, **inputs))
    assert problems == []
    assert schemas["n"] == columns


MISSING = "missing-column"
WRONG: list[tuple[str, dict[str, Any], Problems]] = [
    ("remove-nulls", {"columns": ["amout"]}, [(MISSING, "error", "/columns/0", "Did you mean 'amount'?")]),
    (
        "fill-nulls",
        {"strategy": "median", "columns": ["Name"]},
        [("wrong-type", "error", "/columns/0", "Cast Data Types can make it one.")],
    ),
    ("deduplicate", {"columns": ["ID"]}, [(MISSING, "error", "/columns/0", "Did you mean 'id'?")]),
    (
        "data-validation",
        {"rules": [{"column": "amount", "rule": "email"}]},
        [("wrong-type", "error", "/rules/0/column", "Cast Data Types can make it a string.")],
    ),
    (
        "normalize",
        {"columns": ["amount"], "operations": ["trim"]},
        [("wrong-type", "error", "/columns/0", "Cast Data Types can make it a string.")],
    ),
    (
        "cast-types",
        {"type_mapping": {"at": "integer"}},
        [("wrong-type", "error", "/type_mapping/at", "Use epoch() or date_part() in Add Column for a number.")],
    ),
    ("filter", {"condition": "amuont > 1"}, [("bad-expression", "error", "/condition", "Did you mean amount?")]),
    (
        "filter",
        {"condition": "status > 1"},
        [("bad-expression", "error", "/condition", "Write CAST(… AS …) to convert one of them.")],
    ),
    ("select-columns", {"columns": ["stats"]}, [(MISSING, "error", "/columns/0", "Did you mean 'status'?")]),
    (
        "rename-columns",
        {"rename_mapping": {"at": "ID"}},
        [("column-clash", "error", "/rename_mapping/at", "Give one another name.")],
    ),
    (
        "add-column",
        {"column_name": "NAME", "expression": "1"},
        [("column-clash", "error", "/column_name", "Give one another name.")],
    ),
    (
        "map",
        {"column": "id", "mapping": {"x": "y"}, "otherwise": "null"},
        [("wrong-type", "error", "/mapping/x", "Write it as a value of that type.")],
    ),
    (
        "split-column",
        {"column": "Name", "separator": " ", "new_columns": ["id"]},
        [("column-clash", "error", "/new_columns/0", "Give one another name.")],
    ),
    (
        "aggregate",
        {"aggregations": [{"function": "sum", "column": "status"}]},
        [("wrong-type", "error", "/aggregations/0/column", "Cast Data Types can make it one.")],
    ),
    (
        "pivot",
        {"index": ["idd"], "columns": "status", "values": "Name"},
        [
            (MISSING, "error", "/index/0", "Did you mean 'id'?"),
            ("wrong-type", "error", "/values", "Cast Data Types can make it one."),
        ],
    ),
    (
        "unpivot",
        {"id_vars": ["id"]},
        [
            (
                "types-differ",
                "error",
                "/value_vars",
                "Make them the same type with Cast Data Types before, or keep the column.",
            ),
            (
                "types-differ",
                "error",
                "/value_vars",
                "Make them the same type with Cast Data Types before, or keep the column.",
            ),
            (
                "types-differ",
                "error",
                "/value_vars",
                "Make them the same type with Cast Data Types before, or keep the column.",
            ),
        ],
    ),
    ("sort", {"sort_by": [{"column": "att"}]}, [(MISSING, "error", "/sort_by/0/column", "Did you mean 'at'?")]),
    (
        "parse-date",
        {"columns": ["at"]},
        [("wrong-type", "error", "/columns/0", "It needs no parsing; Cast Data Types changes its type.")],
    ),
    (
        "extract-date-parts",
        {"date_column": "status", "parts": ["year"]},
        [("wrong-type", "error", "/date_column", "Parse Dates can make it one.")],
    ),
]


@pytest.mark.parametrize(
    ("name", "config", "expected"), WRONG, ids=[f"{name}-{n}" for n, (name, *_) in enumerate(WRONG)]
)
def test_a_mistake_is_told_at_its_place_and_what_follows_is_left_alone(checker, name, config, expected):
    after = node("after", "filter-transformer", {"condition": "nothing = 1"}, input=["n"])
    schemas, problems = check(checker, node("n", f"{name}-transformer", config, input=["orders"]), after)
    assert problems == expected
    assert set(schemas) == {"orders", "customers"}


@pytest.mark.parametrize(
    ("name", "config", "inputs", "expected"),
    [
        ("union", {}, {"input": ["orders", "customers"]}, {"columns-differ"}),
        ("union", {"match": "position"}, {"input": ["orders", "customers"]}, {"columns-differ"}),
        ("union", {"match": "position"}, {"input": ["customers", "narrow"]}, {"types-differ"}),
        ("join", {"join_type": "left", "left_on": ["idd"]}, {"left": ["orders"], "right": ["customers"]}, {MISSING}),
        (
            "join",
            {"join_type": "left", "left_on": ["id"], "right_on": ["name"]},
            {"left": ["orders"], "right": ["customers"]},
            {"types-differ"},
        ),
        (
            "join",
            {"join_type": "cross", "suffix": "x"},
            {"left": ["clashing"], "right": ["customers"]},
            {"column-clash"},
        ),
    ],
)
def test_inputs_that_do_not_fit_together(checker, name, config, inputs, expected):
    narrow = node("narrow", "select-columns-transformer", {"columns": ["status", "id", "Name"]}, input=["orders"])
    clashing = node("clashing", "rename-columns-transformer", {"rename_mapping": {"at": "statusx"}}, input=["orders"])
    _, problems = check(checker, narrow, clashing, node("n", f"{name}-transformer", config, **inputs))
    assert {code for code, *_ in problems} == expected


def test_a_column_that_was_renamed_is_missing_afterwards(checker):
    renamed = node("renamed", "rename-columns-transformer", {"rename_mapping": {"amount": "amounts"}}, input=["orders"])
    config = {"aggregations": [{"function": "sum", "column": "amount"}]}
    _, problems = check(checker, renamed, node("n", "aggregate-transformer", config, input=["renamed"]))
    assert problems == [(MISSING, "error", "/aggregations/0/column", "Did you mean 'amounts'?")]


def test_a_pivot_whose_columns_are_found_in_the_data_is_a_warning_and_what_follows_is_not_checked(checker):
    config = {"index": ["id"], "columns": "status", "values": "amount"}
    after = node("after", "filter-transformer", {"condition": "new > 1"}, input=["n"])
    schemas, problems = check(checker, node("n", "pivot-transformer", config, input=["orders"]), after)
    assert [(code, severity) for code, severity, *_ in problems] == [("unknown-columns", "warning")]
    assert set(schemas) == {"orders", "customers"}


def test_an_expression_that_cannot_be_read_tells_its_place_before_columns_are_asked_for(checker):
    answer = checker.check(
        {"id": 1, "nodes": [node("n", "filter-transformer", {"condition": "a = 1\nAND (b > "}, input=[])]}
    )

    (problem,) = answer["problems"]
    assert problem["place"] == {"line": 2, "column": 10, "length": 0}
    assert "line" not in problem["message"]
