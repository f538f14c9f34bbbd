"""A source that is no longer as it was saved: each policy, and nothing dropped in silence."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from module_operators.base import Extractor
from module_operators.catalog import discover
from module_operators.extractors.csv import CsvExtractor
from module_operators.problems import SourceError
from module_operators.run import Run
from module_operators.schema_change import SourceConfig

SAVED = {"id": "bigint", "amount": "bigint"}


@pytest.fixture
def extract(make_run: Callable[..., Run], tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """What the task of a CSV source answers that was saved with an id and an amount."""

    def work(text: str, *, materialize: bool = False, **options: Any) -> dict[str, Any]:
        run = make_run("orders")
        (tmp_path / "files" / "orders.csv").write_text(text)
        config = {"file_path": "orders.csv", **options}
        task = CsvExtractor(task_id="orders", node_id="orders", config=config, columns=SAVED, materialize=materialize)
        return task.work(task.options(config), run)

    return work


def test_a_source_that_is_as_it_was_tells_nothing(extract: Callable[..., dict[str, Any]]) -> None:
    assert extract("amount,id\n5,1\n", on_schema_change="fail")["metrics"] == {}


def test_it_adapts_and_tells(extract: Callable[..., dict[str, Any]], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        answer = extract("id,amount,status\n1,5.5,new\n")

    assert [column["name"] for column in answer["columns"]] == ["id", "amount", "status"]
    assert answer["metrics"]["schema_changes"] == [
        "Column 'amount' is float now; it was bigint.",
        "Column 'status' (string) is new.",
        "The run goes on with the columns that are there.",
    ]
    assert "Column 'status' (string) is new." in caplog.text


@pytest.mark.parametrize("text", ["id,amount,status\n1,5,new\n", "id\n1\n", "id,amount\n1,much\n"])
def test_it_fails_when_told_to_and_names_what_changed(extract: Callable[..., dict[str, Any]], text: str) -> None:
    with pytest.raises(SourceError, match=r"(status.*new|amount.*gone|amount.*string now).*save the pipeline again"):
        extract(text, on_schema_change="fail")


@pytest.mark.parametrize("materialize", [False, True])
def test_new_columns_are_left_out_when_told_to(
    extract: Callable[..., dict[str, Any]], make_run: Callable[..., Run], *, materialize: bool
) -> None:
    text = "id,status,amount\n1,new,5\n"
    answer = extract(text, materialize=materialize, on_schema_change="ignore_new_columns")

    assert [column["name"] for column in answer["columns"]] == ["id", "amount"]
    assert answer["metrics"]["schema_changes"][-1] == "New columns are left out."
    run = make_run("next")
    plan = run.staging.load_plan(answer["plan"])
    assert run.engine.run(plan, run.engine.compose(plan)) == [(1, 5)]


@pytest.mark.parametrize("text", ["id\n1\n", "id,amount,status\n1,much,new\n"])
def test_leaving_new_columns_out_does_not_excuse_missing_ones(
    extract: Callable[..., dict[str, Any]], text: str
) -> None:
    with pytest.raises(SourceError, match="amount"):
        extract(text, on_schema_change="ignore_new_columns")


def test_every_extractor_has_the_policy_as_its_last_option() -> None:
    extractors = [each for each in discover().values() if issubclass(each, Extractor)]

    assert all(issubclass(each.Config, SourceConfig) for each in extractors)
    assert {list(each.Config.model_json_schema()["properties"])[-1] for each in extractors} == {"on_schema_change"}
