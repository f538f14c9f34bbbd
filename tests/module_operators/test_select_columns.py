import pytest

from module_operators.problems import InvalidNode
from module_operators.transformers.select_columns import SelectColumnsTransformer

from .conftest import fetch, rows_plan, transformed


def test_columns_come_in_the_order_named(make_run):
    run = make_run()
    source = rows_plan(run, [("a", "bigint"), ('odd "name"', "string"), ("select", "float")], [(1, "x", 1.5)])

    plan = transformed(run, SelectColumnsTransformer, {"columns": ["select", 'odd "name"']}, source)

    assert fetch(run, plan) == ([("select", "float"), ('odd "name"', "string")], [(1.5, "x")])


def test_a_missing_column_is_reported_with_the_nearest_name(make_run):
    run = make_run()
    source = rows_plan(run, [("amount", "bigint")], [(1,)])

    with pytest.raises(InvalidNode) as caught:
        transformed(run, SelectColumnsTransformer, {"columns": ["amout", "nothing_like_it"]}, source)

    assert [(p.path, p.hint) for p in caught.value.problems] == [
        ("/columns/0", "Did you mean 'amount'?"),
        ("/columns/1", "Available: amount"),
    ]
