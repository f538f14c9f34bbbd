import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from module_operators.problems import InvalidNode
from module_operators.transformers.join import JoinTransformer
from module_operators.transformers.sort import SortTransformer
from tests.properties import examples

from .conftest import fetch, rows_plan, transformed

LEFT = [("id", "bigint"), ("k", "string"), ("v", "bigint")]
RIGHT = [("id", "bigint"), ("k", "string"), ("w", "bigint")]


def joined(run, config, left, right, left_columns=LEFT, right_columns=RIGHT):
    return transformed(
        run,
        JoinTransformer,
        config,
        rows_plan(run, left_columns, left, "one"),
        rows_plan(run, right_columns, right, "two"),
        handles=("left", "right"),
    )


def reference(kind, left, right):
    """The join on (id, k) by the definition; rows are (id, k, v, w)."""
    pairs = [
        (left_row, right_row)
        for left_row in left
        for right_row in right
        if None not in left_row[:2] and left_row[:2] == right_row[:2]
    ]
    matched_left, matched_right = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    if kind in {"semi", "anti"}:
        return [row for row in left if (row in matched_left) == (kind == "semi")]
    if kind == "cross":
        return [(*one, *other) for one in left for other in right]
    rows = [(*one, other[2]) for one, other in pairs]
    if kind in {"left", "outer"}:
        rows += [(*row, None) for row in left if row not in matched_left]
    if kind in {"right", "outer"}:
        rows += [(row[0], row[1], None, row[2]) for row in right if row not in matched_right]
    return rows


_ids, _names = st.none() | st.integers(0, 3), st.none() | st.sampled_from(["", "x", "X"])
_rows = st.lists(st.tuples(_ids, _names, st.integers(0, 9)), max_size=8)


@settings(max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(["inner", "left", "right", "outer", "semi", "anti", "cross"]), left=_rows, right=_rows)
def test_every_kind_as_defined(make_run, kind, left, right):
    run = make_run()
    config = {"join_type": kind, "left_on": [] if kind == "cross" else ["id", "k"]}

    columns, rows = fetch(run, joined(run, config, left, right))

    assert sorted(rows, key=repr) == sorted(reference(kind, left, right), key=repr)
    names = [name for name, _ in columns]
    if kind == "cross":
        assert names == ["id", "k", "v", "id_right", "k_right", "w"]
    else:
        assert names == (["id", "k", "v"] if kind in {"semi", "anti"} else ["id", "k", "v", "w"])


def test_keys_of_different_names_both_stay_and_clashes_get_the_suffix(make_run):
    run = make_run()

    columns, rows = fetch(
        run,
        joined(
            run,
            {"join_type": "outer", "left_on": ["id"], "right_on": ["w"], "suffix": "_2"},
            [(1, "a", 10), (2, "b", 20)],
            [(7, "x", 1), (8, "y", 9)],
        ),
    )

    assert [name for name, _ in columns] == ["id", "k", "v", "id_2", "k_2", "w"]
    assert sorted(rows, key=repr) == [
        (1, "a", 10, 7, "x", 1),
        (2, "b", 20, None, None, None),
        (None, None, None, 8, "y", 9),
    ]


def test_keys_of_different_number_types_meet_in_one_that_holds_both(make_run):
    run = make_run()

    plan = joined(
        run, {"join_type": "outer", "left_on": ["k"]}, [(1,)], [(2.5,)], [("k", "integer")], [("k", "decimal(10,2)")]
    )
    columns, rows = fetch(run, plan)

    assert columns == [("k", "decimal(12,2)")]
    assert sorted(map(str, (row[0] for row in rows))) == ["1.00", "2.50"]


def test_a_sorted_left_input_keeps_its_order_and_matches_that_of_the_right(make_run):
    run = make_run()
    left = transformed(
        run,
        SortTransformer,
        {"sort_by": [{"column": "v", "direction": "desc"}]},
        rows_plan(run, LEFT, [(i % 5, "x", i) for i in range(50)], "one"),
    )
    right = rows_plan(run, RIGHT, [(i % 5, "x", i) for i in range(20)], "two")

    plan = transformed(
        make_run("n2"),
        JoinTransformer,
        {"join_type": "inner", "left_on": ["id"]},
        left,
        right,
        handles=("left", "right"),
    )
    _, rows = fetch(run, plan)

    assert [(row[2], row[4]) for row in rows] == [
        (v, w) for v in range(49, -1, -1) for w in range(20) if v % 5 == w % 5
    ]


def test_the_row_number_of_a_join_is_left_rows_then_right_rows(make_run):
    run = make_run()
    plan = joined(run, {"join_type": "inner", "left_on": ["k"]}, [(2, "x", 0), (1, "x", 0)], [(4, "x", 0), (3, "x", 0)])

    composed = run.engine.compose(plan, hidden=True)
    rows = run.engine.connection.execute(f"SELECT id, id_right FROM ({composed}) ORDER BY __logidata_row").fetchall()

    assert rows == [(2, 4), (2, 3), (1, 4), (1, 3)]


def test_joins_of_joins_and_of_one_input_with_itself(make_run):
    run = make_run()
    source = rows_plan(run, LEFT, [(1, "a", 2), (2, "b", 1)], "one")
    both = ("left", "right")

    once = transformed(
        make_run("n2"),
        JoinTransformer,
        {"join_type": "left", "left_on": ["id"], "right_on": ["v"]},
        source,
        source,
        handles=both,
    )
    config = {"join_type": "left", "left_on": ["id"], "suffix": "_3"}
    twice = transformed(make_run("n3"), JoinTransformer, config, once, source, handles=both)
    columns, rows = fetch(run, twice)

    assert [name for name, _ in columns] == ["id", "k", "v", "id_right", "k_right", "v_right", "k_3", "v_3"]
    assert sorted(rows) == [(1, "a", 2, 2, "b", 1, "a", 2), (2, "b", 1, 1, "a", 2, "b", 1)]


@pytest.mark.parametrize(
    ("config", "problems"),
    [
        ({"join_type": "inner"}, [("/left_on", "A join of type inner needs key columns.")]),
        ({"join_type": "cross", "left_on": ["id"]}, [("/left_on", "A cross join has no keys.")]),
        (
            {"join_type": "left", "left_on": ["id", "k"], "right_on": ["id"]},
            [("/right_on", "There are 2 left and 1 right keys.")],
        ),
        (
            {"join_type": "left", "left_on": ["ids", "v"]},
            [
                ("/left_on/0", "The left input has no column 'ids'."),
                ("/left_on/0", "The right input has no column 'ids'."),
                ("/left_on/1", "The right input has no column 'v'."),
            ],
        ),
        (
            {"join_type": "left", "left_on": ["id"], "right_on": ["k"]},
            [("/left_on/0", "Key 'id' is bigint in the left input and 'k' string in the right one.")],
        ),
    ],
)
def test_problems(make_run, config, problems):
    with pytest.raises(InvalidNode) as caught:
        joined(make_run(), config, [], [])

    assert [(problem.path, problem.message) for problem in caught.value.problems] == problems


def test_a_clash_that_the_suffix_does_not_solve(make_run):
    run = make_run()
    left, right = [("id", "bigint"), ("x", "bigint"), ("X_right", "bigint")], [("id", "bigint"), ("x", "bigint")]

    with pytest.raises(InvalidNode) as caught:
        joined(run, {"join_type": "inner", "left_on": ["id"]}, [], [], left, right)

    assert [problem.path for problem in caught.value.problems] == ["/suffix"]
