from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from module_operators.common_types import common_type
from module_operators.problems import DataError, InvalidNode
from module_operators.transformers.sort import SortTransformer
from module_operators.transformers.union import UnionTransformer
from tests.properties import examples

from .conftest import fetch, rows_plan, transformed

COLUMNS = [("a", "bigint"), ("b", "string")]
_rows = st.lists(st.tuples(st.none() | st.integers(0, 2), st.none() | st.sampled_from(["", "x"])), max_size=6)


def united(run, config, *inputs):
    plans = [rows_plan(run, columns, rows, f"input_{number}") for number, (columns, rows) in enumerate(inputs)]
    return transformed(run, UnionTransformer, config, *plans)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(inputs=st.lists(_rows, min_size=2, max_size=4), is_distinct=st.booleans())
def test_as_lists_do(make_run, inputs, is_distinct):
    run = make_run()

    _, rows = fetch(run, united(run, {"distinct": is_distinct}, *[(COLUMNS, rows) for rows in inputs]))

    expected = [row for rows in inputs for row in rows]
    if is_distinct:
        assert sorted(rows, key=repr) == sorted(set(expected), key=repr)
    else:
        assert rows == expected


def test_columns_by_name_whatever_their_order(make_run):
    run = make_run()

    plan = united(run, {}, (COLUMNS, [(1, "x")]), ([("b", "string"), ("a", "bigint")], [("y", 2)]))

    assert fetch(run, plan) == (COLUMNS, [(1, "x"), (2, "y")])


def test_columns_by_position_whatever_their_names(make_run):
    run = make_run()

    plan = united(run, {"match": "position"}, (COLUMNS, [(1, "x")]), ([("b", "bigint"), ("a", "string")], [(2, "y")]))

    assert fetch(run, plan) == (COLUMNS, [(1, "x"), (2, "y")])


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        ("integer", "bigint", "bigint"),
        ("integer", "float", "float"),
        ("bigint", "float", "float"),
        ("decimal(10,2)", "decimal(8,4)", "decimal(12,4)"),
        ("decimal(10,2)", "integer", "decimal(12,2)"),
        ("decimal(38,2)", "decimal(38,4)", None),
        ("decimal(10,2)", "float", "float"),
        ("decimal(20,2)", "float", None),
        ("date", "timestamp", "timestamp"),
        ("timestamp", "timestamptz", None),
        ("bigint", "string", None),
        ("boolean", "bigint", None),
        ("list(integer)", "list(bigint)", "list(bigint)"),
        ("list(integer)", "integer", None),
    ],
)
def test_common_types(one, other, common):
    assert common_type(one, other) == common_type(other, one) == common


def test_types_widen_without_loss(make_run):
    run = make_run()

    plan = united(
        run,
        {},
        ([("a", "integer"), ("b", "decimal(5,2)"), ("c", "bigint")], [(1, 1.25, 2**53)]),
        ([("a", "bigint"), ("b", "bigint"), ("c", "float")], [(2**40, 7, 0.5)]),
    )

    assert fetch(run, plan) == (
        [("a", "bigint"), ("b", "decimal(21,2)"), ("c", "float")],
        [(1, Decimal("1.25"), 2.0**53), (2**40, Decimal("7.00"), 0.5)],
    )


def test_a_whole_number_too_large_for_a_float_is_not_rounded(make_run):
    run = make_run()
    plan = united(run, {}, ([("a", "bigint")], [(2**53 + 1,)]), ([("a", "float")], [(0.5,)]))

    with pytest.raises(DataError, match="Column 'a' has whole numbers too large for a float"):
        fetch(run, plan)


def test_sorted_inputs_come_one_after_the_other_each_in_its_order(make_run):
    run = make_run()
    one = rows_plan(run, COLUMNS, [(2, "x"), (1, "y"), (3, "z")], "one")
    ordered = transformed(run, SortTransformer, {"sort_by": [{"column": "a"}]}, one)
    other = rows_plan(run, COLUMNS, [(9, "p"), (0, "q")], "two")

    for inputs, expected in (([ordered, other], [1, 2, 3, 9, 0]), ([other, ordered], [9, 0, 1, 2, 3])):
        plan = transformed(make_run("n2"), UnionTransformer, {}, *inputs)
        assert [row[0] for row in fetch(run, plan)[1]] == expected


def test_one_input_twice(make_run):
    run = make_run()
    source = rows_plan(run, COLUMNS, [(1, "x")])

    assert fetch(run, transformed(run, UnionTransformer, {}, source, source))[1] == [(1, "x"), (1, "x")]


def test_problems(make_run):
    run = make_run()
    with pytest.raises(InvalidNode) as caught:
        united(run, {}, (COLUMNS, []), ([("a", "bigint"), ("B", "string"), ("c", "date")], []))

    assert [problem.message for problem in caught.value.problems] == [
        "Input 2 has a column 'B' that input 1 lacks.",
        "Input 2 has a column 'c' that input 1 lacks.",
        "Input 2 has no column 'b'.",
    ]
    assert caught.value.problems[2].hint == "Is it 'B'? Rename it before the union, or match by position."

    with pytest.raises(InvalidNode, match="Column 'a' is bigint in input 1 and string in input 3"):
        united(run, {}, (COLUMNS, []), (COLUMNS, []), ([("a", "string"), ("b", "string")], []))
    with pytest.raises(InvalidNode, match="Input 2 has 1 columns where input 1 has 2"):
        united(run, {"match": "position"}, (COLUMNS, []), ([("a", "bigint")], []))
