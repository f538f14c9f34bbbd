"""A module whose extra is missing says so while it is checked, not in a task."""

from __future__ import annotations

import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from module_operators.catalog import discover
from module_operators.column_checker import ColumnChecker
from module_operators.extras import EXTRAS, check_extras
from module_operators.problems import InvalidNode
from module_operators.settings import Settings

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def test_each_extra_is_one_of_the_project_and_brings_what_is_looked_for():
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    assert set(EXTRAS) <= set(project["optional-dependencies"])
    assert all(find_spec(name) for names in EXTRAS.values() for name in names)
    check_extras(EXTRAS)


@pytest.fixture
def missing_package(monkeypatch):
    """This machine as one without the extra: its packages have a name that is not installed."""
    module_id, operator = "csv-loader", discover()["csv-loader"]
    monkeypatch.setitem(EXTRAS, "mysql", ("connectorx", "no_such_driver"))  # type: ignore[arg-type]
    monkeypatch.setattr(operator, "needs", ("mysql",))
    return module_id, operator


def test_a_check_names_the_extra_and_how_to_get_it(missing_package, tmp_path):
    module_id, operator = missing_package
    config = {"file_path": "out.csv"}
    checker = ColumnChecker(Settings(str(tmp_path), str(tmp_path), "256MB", 1), {module_id: operator})

    answer = checker.check(
        {"id": 1, "nodes": [{"id": "n", "label": "N", "module_id": module_id, "config": config, "inputs": {}}]}
    )

    (problem,) = answer["problems"]
    assert (problem["node_id"], problem["code"], problem["severity"]) == ("n", "missing-extra", "error")
    assert problem["message"].endswith("'mysql', which is not installed here (no no_such_driver).")
    assert problem["hint"].startswith("pip install 'logidata[mysql]'")


def test_a_task_says_the_same(missing_package):
    _, operator = missing_package
    with pytest.raises(InvalidNode, match=r"pip install 'logidata\[mysql\]'"):
        operator.check_installed(None)
