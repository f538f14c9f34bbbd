# ruff: noqa: DTZ001 - timestamps without a zone are what is tested
from datetime import date, datetime
from decimal import Decimal

import pytest
from pydantic import ValidationError

from module_operators.casts import refusal
from module_operators.problems import DataError, InvalidNode
from module_operators.transformers.cast_types import CastTypesTransformer

from .conftest import fetch, rows_plan, transformed

VALUES = {
    "integer": 1,
    "bigint": 2**40,
    "decimal(10,2)": Decimal("12.50"),
    "float": -2.9,
    "boolean": True,
    "string": "1",
    "date": date(2024, 2, 29),
    "timestamp": datetime(2024, 2, 29, 23, 30, 1, 500000),
    "timestamptz": datetime(2024, 2, 29, 23, 30),
    "time": "10:00:00",
    "binary": "x",
    "list(string)": ["a"],
}
TARGETS = ["integer", "bigint", "decimal(12,3)", "float", "boolean", "string", "date", "timestamp", "timestamptz"]
NUMBERS = {"integer", "bigint", "decimal", "float"}
MOMENTS = {"date", "timestamp", "timestamptz"}
ALLOWED = {
    "integer": {*NUMBERS, "boolean", "string"},
    "bigint": {*NUMBERS, "boolean", "string"},
    "decimal": {*NUMBERS, "string"},
    "float": {*NUMBERS, "string"},
    "boolean": {*NUMBERS, "boolean", "string"},
    "string": {*NUMBERS, *MOMENTS, "boolean", "string"},
    **{moment: {*MOMENTS, "string"} for moment in MOMENTS},
    "time": {"string"},
    "binary": set(),
    "list": {"string"},
}


def cast(run, source, value, target, on_error="fail"):
    plan = rows_plan(run, [("Größe", source)], [(value,), (None,)])
    plan = transformed(run, CastTypesTransformer, {"type_mapping": {"Größe": target}, "on_error": on_error}, plan)
    columns, rows = fetch(run, plan) if target != "timestamptz" else (plan.result.columns, [(None,), (None,)])
    return columns, [row[0] for row in rows]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", VALUES)
def test_every_pair_is_cast_with_nulls_kept_or_refused_before_it_runs(make_run, source, target):
    run = make_run()
    allowed = target.partition("(")[0] in ALLOWED[source.partition("(")[0]]
    assert (refusal(source, target) is None) is allowed

    if not allowed:
        with pytest.raises(InvalidNode) as caught:
            cast(run, source, None, target)
        assert [p.path for p in caught.value.problems] == ["/type_mapping/Größe"]
        return
    for on_error in ("fail", "null"):
        try:
            _, values = cast(run, source, VALUES[source], target, on_error)
        except DataError:
            # of these values only a wide integer and a text that is no date have no counterpart
            assert (source, target) in {("bigint", "integer"), ("bigint", "decimal(12,3)")} or source == "string"
            assert on_error == "fail"
        else:
            assert values[1] is None


@pytest.mark.parametrize(
    ("source", "value", "target", "expected"),
    [
        ("float", -2.9, "integer", -2),
        ("float", 1e300, "bigint", None),
        ("float", float("nan"), "integer", None),
        ("float", float("inf"), "decimal(10,2)", None),
        ("float", 2.5, "decimal(10,0)", Decimal(3)),
        ("float", 1e22, "string", "10000000000000000000000.0"),
        ("float", 1.0, "string", "1.0"),
        ("float", float("nan"), "string", "NaN"),
        ("float", float("-inf"), "string", "-Infinity"),
        ("float", -1.25e-9, "string", "-0.00000000125"),
        ("decimal(10,2)", Decimal("-7.99"), "bigint", -7),
        ("decimal(10,2)", Decimal("1234.50"), "decimal(4,2)", None),
        ("decimal(10,2)", Decimal("1.255") * 10, "decimal(4,1)", Decimal("12.6")),
        ("integer", 0, "boolean", False),
        ("bigint", 2**31, "integer", None),
        ("bigint", 2**62, "decimal(38,2)", Decimal(2**62)),
        ("string", "3.7", "integer", None),
        ("string", " 42\t", "integer", 42),
        ("string", "+7", "bigint", 7),
        ("string", "1_000", "bigint", None),
        ("string", "0x10", "integer", None),
        ("string", "１２", "integer", None),
        ("string", "", "integer", None),
        ("string", "99999999999999999999", "bigint", None),
        ("string", "1e3", "float", 1000.0),
        ("string", "1,5", "float", None),
        ("string", "1_0.5", "float", None),
        ("string", "-Infinity", "float", float("-inf")),
        ("string", "12.345", "decimal(10,2)", Decimal("12.35")),
        ("string", "Yes", "boolean", True),
        ("string", "f", "boolean", False),
        ("string", "2", "boolean", None),
        ("string", "2024-02-29", "date", date(2024, 2, 29)),
        ("string", "2023-02-29", "date", None),
        ("string", "29.02.2024", "date", None),
        ("string", "infinity", "date", None),
        ("string", "2024-02-29 10:00:00", "date", None),
        ("string", "2024-02-29T10:00:00Z", "timestamp", datetime(2024, 2, 29, 10)),
        ("string", "2024-02-29 10:00:00.25+02:00", "timestamp", datetime(2024, 2, 29, 8, 0, 0, 250000)),
        ("string", "2024-02-29", "timestamp", datetime(2024, 2, 29)),
        ("string", "2024-02-29 25:00:00", "timestamp", None),
        ("string", "epoch", "timestamp", None),
        ("timestamp", datetime(2024, 2, 29, 23, 59, 59), "date", date(2024, 2, 29)),
        ("date", date(2024, 2, 29), "timestamp", datetime(2024, 2, 29)),
        ("boolean", True, "decimal(3,1)", Decimal("1.0")),
        ("boolean", False, "string", "false"),
    ],
)
def test_values(make_run, source, value, target, expected):
    run = make_run()

    columns, values = cast(run, source, value, target, on_error="null")

    assert columns == [("Größe", target)]
    assert values == [expected, None]
    if expected is None:
        with pytest.raises(DataError) as caught:
            cast(run, source, value, target)
        assert caught.value.node_id == run.node_id
        assert f"Column 'Größe' cannot be cast to {target}: '" in str(caught.value)
        shown = format(Decimal(value), "f") if value == 1e300 else str(value)
        assert shown[:5].lower() in str(caught.value).lower()


def test_a_time_without_a_zone_is_utc(make_run):
    run = make_run()
    source = rows_plan(run, [("at", "string")], [("2024-02-29 10:00:00",), ("2024-02-29T10:00:00+02:00",)])
    zoned = transformed(make_run("zoned"), CastTypesTransformer, {"type_mapping": {"at": "timestamptz"}}, source)
    text = transformed(run, CastTypesTransformer, {"type_mapping": {"at": "string"}}, zoned)

    assert fetch(run, text)[1] == [("2024-02-29 10:00:00+00",), ("2024-02-29 08:00:00+00",)]


def test_other_columns_and_odd_names_stay(make_run):
    run = make_run()
    name = 'a/b~c "select"'
    source = rows_plan(run, [("x", "date"), (name, "string")], [(date(2024, 1, 1), "7")])

    plan = transformed(run, CastTypesTransformer, {"type_mapping": {name: "integer"}}, source)
    assert fetch(run, plan) == ([("x", "date"), (name, "integer")], [(date(2024, 1, 1), 7)])

    with pytest.raises(InvalidNode) as caught:
        transformed(run, CastTypesTransformer, {"type_mapping": {name + "!": "integer", "x": "float"}}, source)
    assert [p.path for p in caught.value.problems] == ['/type_mapping/a~1b~0c "select"!', "/type_mapping/x"]


@pytest.mark.parametrize("name", ["decimal(39,2)", "decimal(5,6)", "decimal", "int", "money", "string; DROP"])
def test_a_type_that_does_not_exist_is_refused(name):
    with pytest.raises(ValidationError):
        CastTypesTransformer.Config(type_mapping={"a": name})


def test_a_long_value_is_cut_in_the_message(make_run):
    run = make_run()
    with pytest.raises(DataError) as caught:
        cast(run, "string", "x" * 5000, "integer")
    assert len(str(caught.value)) < 300
