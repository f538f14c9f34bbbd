import pytest
from pydantic import ValidationError

from module_operators.problems import InvalidNode
from module_operators.text_place import Place
from module_operators.transformers.filter import FilterTransformer

from .conftest import fetch, rows_plan, transformed

COLUMNS = [("id", "bigint"), ("amount", "float"), ("Größe (cm)", "string")]
ROWS = [(1, 5.0, "a"), (2, None, "ß"), (3, float("nan"), None), (4, 50.0, "日本")]


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ("amount > 10", [3, 4]),  # not-a-number is greater than all numbers
        ("NOT amount > 10", [1]),
        ("amount IS NULL", [2]),
        ("\"Größe (cm)\" IN ('ß', '日本')", [2, 4]),
        ("TRUE", [1, 2, 3, 4]),
        ("CAST(NULL AS boolean)", []),
    ],
)
def test_rows_for_which_the_condition_is_true_are_kept_in_order(make_run, condition, kept):
    run = make_run()

    columns, rows = fetch(
        run, transformed(run, FilterTransformer, {"condition": condition}, rows_plan(run, COLUMNS, ROWS))
    )

    assert columns == COLUMNS
    assert [row[0] for row in rows] == kept


def test_an_empty_input_stays_empty(make_run):
    run = make_run()
    plan = transformed(run, FilterTransformer, {"condition": "id > 1"}, rows_plan(run, COLUMNS, []))
    assert fetch(run, plan) == (COLUMNS, [])


@pytest.mark.parametrize(
    ("condition", "message", "place"),
    [
        ("amount + 1", "The condition gives float, not true or false.", None),
        ("amuont > 1", "There is no column 'amuont'.", Place(1, 1, 6)),
        ("amount > 'x'", "Cannot compare float with string.", Place(1, 8, 1)),
    ],
)
def test_a_condition_that_does_not_fit_is_reported_at_its_place(make_run, condition, message, place):
    run = make_run()

    with pytest.raises(InvalidNode) as caught:
        transformed(run, FilterTransformer, {"condition": condition}, rows_plan(run, COLUMNS, ROWS))

    (problem,) = caught.value.problems
    assert (problem.path, problem.message, problem.code) == ("/condition", message, "bad-expression")
    assert problem.place == place
    assert place is None or f"({place})" in str(caught.value)


def test_what_is_no_expression_is_refused_before_columns_are_known():
    with pytest.raises(ValidationError, match="line 1, column 10"):
        FilterTransformer.Config(condition="amount > ")


def test_presets_fit_columns_of_their_names(make_run):
    run = make_run()
    columns = [("status", "string"), ("email", "string"), ("created_at", "timestamptz"), ("amount", "decimal(10,2)")]
    source = rows_plan(run, columns, [("active", "a@b", None, 5)])
    for preset in FilterTransformer.presets:
        fetch_columns = transformed(run, FilterTransformer, dict(preset.config), source).result.columns
        assert [(column.name, column.type) for column in fetch_columns] == columns
