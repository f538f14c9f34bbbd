from decimal import Decimal

import pytest
from pydantic import ValidationError

from module_operators.problems import InvalidNode
from module_operators.transformers.add_column import AddColumnTransformer

from .conftest import fetch, rows_plan, transformed


def test_a_new_column_comes_last(make_run):
    run = make_run()
    source = rows_plan(run, [("price", "decimal(8,2)"), ("n", "integer")], [(Decimal("2.50"), 3), (None, 1)])

    plan = transformed(run, AddColumnTransformer, {"column_name": "Total €", "expression": "price * n"}, source)

    columns, rows = fetch(run, plan)
    assert [name for name, _ in columns] == ["price", "n", "Total €"]
    assert [row[2] for row in rows] == [Decimal("7.50"), None]


def test_an_existing_column_is_replaced_in_its_place_and_may_use_itself(make_run):
    run = make_run()
    source = rows_plan(run, [("a", "integer"), ('odd "x"', "string"), ("c", "string")], [(1, "ä", "y")])

    plan = transformed(
        run, AddColumnTransformer, {"column_name": 'odd "x"', "expression": 'length("odd ""x""") + a'}, source
    )

    assert fetch(run, plan) == ([("a", "integer"), ('odd "x"', "bigint"), ("c", "string")], [(1, 2, "y")])


def test_a_name_that_differs_only_in_case_is_refused(make_run):
    run = make_run()
    source = rows_plan(run, [("status", "string")], [("x",)])

    with pytest.raises(InvalidNode) as caught:
        transformed(run, AddColumnTransformer, {"column_name": "Status", "expression": "1"}, source)

    assert [(p.path, p.code) for p in caught.value.problems] == [("/column_name", "column-clash")]
    assert "differ only in case" in caught.value.problems[0].message


def test_all_problems_are_reported_at_once(make_run):
    run = make_run()
    source = rows_plan(run, [("status", "string")], [("x",)])

    with pytest.raises(InvalidNode) as caught:
        transformed(run, AddColumnTransformer, {"column_name": "STATUS", "expression": "stat"}, source)

    assert {p.path for p in caught.value.problems} == {"/column_name", "/expression"}


def test_hidden_names_are_not_for_users():
    with pytest.raises(ValidationError):
        AddColumnTransformer.Config(column_name="__logidata_row", expression="1")


def test_an_empty_input_keeps_its_derived_type(make_run):
    run = make_run()
    plan = transformed(
        run, AddColumnTransformer, {"column_name": "x", "expression": "1 / 2"}, rows_plan(run, [("a", "date")], [])
    )
    assert fetch(run, plan) == ([("a", "date"), ("x", "float")], [])
