# ruff: noqa: DTZ001 - timestamps without a zone are what is tested
import math
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from module_operators.engines.duckdb import Limits, locked_connection
from module_operators.problems import DataError, InvalidNode
from module_operators.relation import Inputs, Plan, Relation, SortKey
from module_operators.transformers.aggregate import AggregateTransformer
from module_operators.transformers.select_columns import SelectColumnsTransformer
from tests.properties import examples

from .conftest import fetch, rows_plan, transformed
from .parity.cases.aggregate import COLUMNS as TYPES
from .parity.cases.aggregate import ROWS

COLUMNS = list(TYPES.items())


def aggregated(run, aggregations, group_by=("Region",), columns=COLUMNS, rows=ROWS):
    config = {"group_by": list(group_by), "aggregations": aggregations}
    return fetch(run, transformed(run, AggregateTransformer, config, rows_plan(run, columns, rows)))


def test_groups_come_in_order_null_being_the_last_of_them(make_run):
    columns, rows = aggregated(make_run(), [{"function": "count"}, {"function": "sum", "column": "n"}])

    assert columns == [("Region", "string"), ("count", "bigint"), ("sum_n", "bigint")]
    assert rows == [("nord", 1, 3), ("süd", 3, 7), (None, 2, 2)]


def test_all_functions_together_read_their_own_values(make_run):
    functions = ["sum", "mean", "min", "max", "count", "count_distinct", "median", "stddev", "first", "last"]
    _, rows = aggregated(make_run(), [{"function": f, "column": "n"} for f in functions], ["Region"])

    assert rows[1] == ("süd", 7, pytest.approx(7 / 3), 1, 4, 3, 3, 2.0, pytest.approx(1.527525), 1, 2)


def test_without_groups_there_is_one_row_even_for_no_rows(make_run):
    aggregations = [{"function": "count"}, {"function": "sum", "column": "n"}, {"function": "median", "column": "x"}]
    assert aggregated(make_run(), aggregations, [], rows=[])[1] == [(0, None, None)]
    assert aggregated(make_run(), aggregations, [])[1] == [(6, 12, 4.0)]
    assert aggregated(make_run(), aggregations, ["Region"], rows=[])[1] == []


def test_groups_by_several_keys_with_odd_names(make_run):
    columns = [("select", "string"), ("Größe (cm)", "float"), ("ts", "timestamp")]
    moment = datetime(2024, 1, 1)
    rows = [("b", float("nan"), moment), ("a", None, moment), ("b", float("nan"), moment), ("a", 1.0, None)]

    _, found = aggregated(make_run(), [{"function": "count"}], ["select", "Größe (cm)"], columns, rows)

    assert [(row[0], repr(row[1]), row[2]) for row in found] == [("a", "1.0", 1), ("a", "None", 1), ("b", "nan", 2)]


def test_first_and_last_follow_a_sort_key_that_is_no_longer_selected(make_run):
    run = make_run()
    source = rows_plan(run, [("g", "string"), ("t", "bigint"), ("v", "string")], [("a", 2, "late"), ("a", 1, "early")])
    step = source.steps[0]
    ordered = Plan((replace(step, query=replace(step.query, order=(SortKey("t"),))),))
    selected = transformed(make_run("selected"), SelectColumnsTransformer, {"columns": ["g", "v"]}, ordered)
    config = {"group_by": ["g"], "aggregations": [{"function": f, "column": "v"} for f in ("first", "last")]}

    assert fetch(run, transformed(run, AggregateTransformer, config, selected))[1] == [("a", "early", "late")]


def test_an_overflowing_sum_fails_with_its_column_and_value(make_run):
    with pytest.raises(DataError, match="The sum of 'n' is too large for bigint: 18446744073709551614") as caught:
        aggregated(
            make_run(), [{"function": "sum", "column": "n"}], [], [("n", "bigint")], [(2**63 - 1,), (2**63 - 1,)]
        )
    assert caught.value.node_id == "n1"


def test_a_deviation_of_what_is_not_finite_is_not_a_number(make_run):
    rows = [("a", float("inf")), ("a", 1.0), ("b", 1.0), ("b", 3.0)]
    columns = [("g", "string"), ("x", "float")]

    _, found = aggregated(make_run(), [{"function": "stddev", "column": "x"}], ["g"], columns, rows)

    assert math.isnan(found[0][1])
    assert found[1][1] == pytest.approx(math.sqrt(2))


def test_every_problem_is_reported_at_its_place(make_run):
    with pytest.raises(InvalidNode) as caught:
        aggregated(
            make_run(),
            [
                {"function": "sum", "column": "Region"},
                {"function": "count", "alias": "REGION"},
                {"function": "mean", "column": "regoin"},
                {"function": "max", "column": "n", "alias": "sum_Region"},
            ],
            ["Region", "nothing"],
        )

    assert {(p.path, p.code) for p in caught.value.problems} == {
        ("/group_by/1", "missing-column"),
        ("/aggregations/0/column", "wrong-type"),
        ("/aggregations/1/alias", "column-clash"),
        ("/aggregations/2/column", "missing-column"),
        ("/aggregations/3/alias", "column-clash"),
    }


@pytest.mark.parametrize(("function", "counted"), [("sum", 6), ("median", 6), ("first", 6), ("count_distinct", None)])
def test_rows_of_the_nodes_before_are_counted_exactly_or_not_at_all(make_run, function, counted):
    run = make_run("n2")
    selected = transformed(
        make_run("n1"), SelectColumnsTransformer, {"columns": ["Region", "n"]}, rows_plan(run, COLUMNS, ROWS)
    )
    config = {"group_by": ["Region"], "aggregations": [{"function": function, "column": "n"}]}
    plan = transformed(run, AggregateTransformer, config, selected)

    run.engine.run(plan, run.engine.compose(plan))

    rows = run.engine.node_rows(plan)
    assert rows["n2"] == {"rows_out": 3}
    assert rows.get("n1", {}).get("rows_out") == counted


def test_first_needs_an_order(make_run):
    run = make_run()
    source = rows_plan(run, COLUMNS, ROWS).result
    unordered = Relation(source.name, source.columns)
    config = AggregateTransformer.Config.model_validate({"aggregations": [{"function": "first", "column": "n"}]})

    with pytest.raises(InvalidNode, match="no order"):
        AggregateTransformer.transform(config, Inputs({"input": [unordered]}), run.engine.dialect)


def test_a_function_without_a_column_is_refused_unless_it_counts():
    with pytest.raises(ValidationError, match="sum needs a column"):
        AggregateTransformer.Config.model_validate({"aggregations": [{"function": "sum"}]})
    with pytest.raises(ValidationError):
        AggregateTransformer.Config.model_validate({"aggregations": []})


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.none() | st.floats(-1e6, 1e6)), max_size=30))
def test_the_median_is_the_engines(rows):
    values = ", ".join(
        f"({'NULL' if g is None else repr(g)}, CAST({'NULL' if x is None else repr(x)} AS DOUBLE))" for g, x in rows
    )
    table = f"(VALUES {values}) AS t(g, x)" if rows else "(SELECT 'a' AS g, 1.0::DOUBLE AS x WHERE FALSE)"
    numbers = "row_number() OVER (PARTITION BY g ORDER BY x ASC NULLS LAST) AS p, count(x) OVER (PARTITION BY g) AS c"
    numbered = f"SELECT *, {numbers} FROM {table}"
    middle = "avg(CASE WHEN 2 * p BETWEEN c AND c + 2 THEN x END)"
    with locked_connection(Limits("256MB", 1), ()) as connection:
        theirs = connection.execute(f"SELECT g, median(x) FROM {table} GROUP BY g ORDER BY g").fetchall()
        ours = connection.execute(f"SELECT g, {middle} FROM ({numbered}) GROUP BY g ORDER BY g").fetchall()
    assert [g for g, _ in ours] == [g for g, _ in theirs]
    for (_, mine), (_, median) in zip(ours, theirs, strict=True):
        assert mine == (median if median is None else pytest.approx(median))
