import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from module_operators.problems import InvalidNode
from module_operators.transformers.rename_columns import RenameColumnsTransformer
from module_operators.transformers.select_columns import SelectColumnsTransformer
from module_operators.transformers.sort import SortTransformer
from tests.properties import examples

from .conftest import fetch, rows_plan, transformed

COLUMNS = [("a", "bigint"), ("b", "string"), ("c", "float")]


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.none() | st.integers(-3, 3),
            st.none() | st.sampled_from(["", "A", "a", "é", "z", "日"]),
            st.none() | st.floats(-2, 2),
        ),
        max_size=30,
    ),
    keys=st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["asc", "desc"]), st.sampled_from(["first", "last"])),
        min_size=1,
        max_size=3,
        unique_by=lambda key: key[0],
    ),
)
def test_as_a_stable_sort_does(make_run, rows, keys):
    run = make_run()
    config = {"sort_by": [{"column": c, "direction": d, "nulls": n} for c, d, n in keys]}

    _, found = fetch(run, transformed(run, SortTransformer, config, rows_plan(run, COLUMNS, rows)))

    expected = [tuple(row) for row in rows]
    for column, direction, nulls in reversed(keys):
        index = "abc".index(column)
        present = [row for row in expected if row[index] is not None]
        missing = [row for row in expected if row[index] is None]
        present.sort(key=lambda row: _rank(row[index]), reverse=direction == "desc")
        expected = missing + present if nulls == "first" else present + missing
    assert found == expected


def _rank(value):
    return value.encode() if isinstance(value, str) else value


def test_equal_rows_keep_an_earlier_order(make_run):
    run = make_run()
    rows = [(1, "y", 0.0), (2, "x", 0.0), (1, "x", 0.0), (2, "y", 0.0)]

    by_b = transformed(make_run("n1"), SortTransformer, {"sort_by": [{"column": "b"}]}, rows_plan(run, COLUMNS, rows))
    by_a = transformed(make_run("n2"), SortTransformer, {"sort_by": [{"column": "a"}]}, by_b)

    assert [row[:2] for row in fetch(run, by_a)[1]] == [(1, "x"), (1, "y"), (2, "x"), (2, "y")]


def test_an_order_survives_the_loss_of_its_column(make_run):
    run = make_run()
    rows = [(value, str(value), 0.0) for value in random.Random(1).sample(range(1000), 200)]
    ordered = transformed(run, SortTransformer, {"sort_by": [{"column": "a"}]}, rows_plan(run, COLUMNS, rows))

    dropped = transformed(make_run("n2"), SelectColumnsTransformer, {"columns": ["b"]}, ordered)
    plan = transformed(make_run("n3"), RenameColumnsTransformer, {"rename_mapping": {"b": "a"}}, dropped)

    assert [int(row[0]) for row in fetch(run, plan)[1]] == sorted(row[0] for row in rows)


def test_problems(make_run):
    run = make_run()
    with pytest.raises(InvalidNode) as caught:
        transformed(
            run,
            SortTransformer,
            {"sort_by": [{"column": "A"}, {"column": "b"}, {"column": "b"}]},
            rows_plan(run, COLUMNS, []),
        )

    assert [(p.path, p.hint) for p in caught.value.problems] == [
        ("/sort_by/0/column", "Did you mean 'a'?"),
        ("/sort_by/2/column", "Remove one of the two."),
    ]
