"""Data Validation as a task: exact counts whatever follows, on both engines, and a failure that says where."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from module_operators.engines.runners import OnSpark
from module_operators.engines.spark import SparkEngine
from module_operators.problems import DataError
from module_operators.relation import Plan
from module_operators.run import Run
from module_operators.transformers.data_validation import DataValidationTransformer
from module_operators.transformers.filter import FilterTransformer
from module_operators.validation_rules import Rule

from .conftest import fetch, rows_plan, transformed

COLUMNS = [("id", "bigint"), ("Größe", "float")]
ROWS = [(1, 180.0), (2, 1800.0), (2, None), (None, -5.0), (5, 170.0)]
RULES = [
    {"column": "id", "rule": "not_null"},
    {"column": "id", "rule": "unique"},
    {"column": "Größe", "rule": "between", "value": [0, 250], "name": "plausible"},
]


@pytest.fixture(params=["duckdb", "spark"])
def make_task_run(request: pytest.FixtureRequest, make_run: Callable[..., Run]) -> Iterator[Callable[[str], Run]]:
    """A run on one of the engines."""
    if request.param == "duckdb":
        yield make_run
        return
    with SparkEngine(request.getfixturevalue("spark_server")) as engine:
        yield lambda node_id: replace(make_run(node_id), runner=OnSpark(engine))


def work(make_task_run: Callable[[str], Run], action: str) -> tuple[dict[str, Any], Plan, Run]:
    """The node's task after that of its source: what it answers, and the plan that it hands on."""
    source = make_task_run("source")
    plan, _ = source.runner.adopted(source, rows_plan(source, COLUMNS, ROWS), staged=False)
    reference = {"plan": source.staging.save_plan(plan)}
    run = make_task_run("checked")
    config = {"rules": RULES, "action": action}
    task = DataValidationTransformer(task_id="checked", node_id="checked", config=config, inputs={"input": [reference]})
    answer = task.work(task.options(config), run)
    return answer, run.staging.load_plan(answer["plan"]), run


def counted(answer: dict[str, Any]) -> list[tuple[str, int]]:
    return [(each["rule"], each["failed"]) for each in answer["metrics"]["validation"]]


COUNTS = [("id not_null", 1), ("id unique", 2), ("plausible", 2)]


def test_bad_rows_are_removed_and_counted(make_task_run, caplog):
    with caplog.at_level(logging.WARNING):
        answer, plan, run = work(make_task_run, "remove")

    assert counted(answer) == COUNTS
    assert (answer["rows_in"], answer["rows_out"]) == (5, 2)
    assert [row[0] for row in run.runner.rows(run, plan)] == [1, 5]
    assert "Checked: 2 rows break the rule 'plausible'" in caplog.text


def test_bad_rows_are_flagged_and_counted(make_task_run):
    answer, plan, run = work(make_task_run, "flag")

    assert counted(answer) == COUNTS
    assert (answer["rows_in"], answer["rows_out"]) == (5, 5)
    assert answer["columns"][-1] == {"name": "validation_errors", "type": "list(string)"}
    assert [list(row[2]) for row in run.runner.rows(run, plan)] == [
        [],
        ["id unique", "plausible"],
        ["id unique"],
        ["id not_null", "plausible"],
        [],
    ]


def test_a_failure_tells_counts_and_first_rows_and_carries_them(make_task_run):
    with pytest.raises(DataError) as failed:
        work(make_task_run, "fail")

    message = str(failed.value)
    assert message.startswith("3 rows break a rule: 1 break 'id not_null', 2 break 'id unique', 2 break 'plausible'.")
    assert "id unique, plausible (in the row id = 2, Größe = 1800.0)" in message
    assert "id not_null, plausible (in the row id = null, Größe = -5.0)" in message
    assert failed.value.node_id == "checked"
    assert counted({"metrics": failed.value.metrics}) == COUNTS


def test_counts_are_those_of_all_rows_whatever_follows(make_run):
    answer, plan, _ = work(make_run, "flag")
    later = make_run("later")

    few = transformed(later, FilterTransformer, {"condition": "id = 5"}, plan)

    assert counted(answer) == COUNTS
    assert fetch(later, few)[1] == [(5, 170.0, [])]
    assert plan.steps[0].node_id == "checked"


@pytest.mark.parametrize(
    "rule",
    [
        {"rule": "min", "value": 1},
        {"column": "a", "rule": "min"},
        {"column": "a", "rule": "min", "value": [1]},
        {"column": "a", "rule": "between", "value": [1]},
        {"column": "a", "rule": "in", "value": []},
        {"column": "a", "rule": "unique", "value": 1},
        {"column": "a", "rule": "regex", "value": 5},
        {"rule": "expression"},
        {"column": "a", "rule": "nothing"},
    ],
)
def test_a_rule_that_is_incomplete_is_refused_before_columns_are_known(rule):
    with pytest.raises(ValidationError):
        Rule.model_validate(rule)
