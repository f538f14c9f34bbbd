"""A pipeline whose engine this installation lacks says so while it is checked, with everything that is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from module_operators.column_checker import ColumnChecker
from module_operators.engines.availability import engine_problems
from module_operators.extras import EXTRAS
from module_operators.settings import Settings
from module_operators.transformers.filter import FilterTransformer

HERE = Settings("files", "staging", "256MB", 1, spark_remote="sc://spark.example:15002")


@pytest.mark.parametrize("remote", ["sc://localhost", "sc://10.0.0.1:15002/", "sc://[::1]:1/;use_ssl=true;user_id=x"])
def test_an_installation_with_spark_has_both_engines(remote: str):
    assert engine_problems("spark", replace(HERE, spark_remote=remote)) == []
    assert engine_problems("duckdb", Settings("files", "s3://bucket/staging", "256MB", 1)) == []


@pytest.mark.parametrize("remote", ["spark.example:15002", "spark://h:7077", "sc://", "sc://h:15002/;token=hidden x"])
def test_an_address_that_is_none_is_not_repeated(remote: str):
    (problem,) = engine_problems("spark", replace(HERE, spark_remote=remote))

    assert problem.message == "LOGIDATA_SPARK_REMOTE is no address of a Spark Connect server."
    assert "hidden" not in f"{problem.message}{problem.hint}"


def test_everything_that_is_missing_is_said_at_once_at_the_engine(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(EXTRAS, "spark", ("pyspark", "no_such_client"))  # type: ignore[arg-type]
    checker = ColumnChecker(replace(HERE, spark_remote="", staging_url="s3://bucket/staging"), {})

    problems = checker.check({"id": 1, "engine": "spark", "nodes": []})["problems"]

    assert {(each["node_id"], each["path"], each["severity"]) for each in problems} == {(None, "/engine", "error")}
    assert [each["code"] for each in problems] == ["missing-extra", "engine-unavailable", "engine-unavailable"]
    assert "(no no_such_client)" in problems[0]["message"]
    hints = [each["hint"] for each in problems]
    assert hints[0].startswith("pip install 'logidata[spark]'")
    assert "LOGIDATA_SPARK=1 make up" in hints[1]
    assert "LOGIDATA_STAGING_URL" in hints[2]
    assert all(hint.endswith("choose the engine duckdb.") for hint in hints)


def test_a_spark_pipeline_is_checked_by_what_it_will_run(tmp_path):
    (tmp_path / "orders.csv").write_text("id,amount\n1,2.5\n")
    settings = replace(HERE, files_url=str(tmp_path), staging_url=str(tmp_path / "staging"))
    from module_operators.catalog import discover  # noqa: PLC0415

    seen: list[str] = []

    class Watched(FilterTransformer):
        @classmethod
        def transform(cls, config, inputs, sql):
            seen.append(sql.name)
            return super().transform(config, inputs, sql)

    modules = {**discover(), "filter-transformer": Watched}
    nodes = [
        {"id": "in", "label": "In", "module_id": "csv-extractor", "config": {"file_path": "orders.csv"}, "inputs": {}},
        {
            "id": "keep",
            "label": "Keep",
            "module_id": "filter-transformer",
            "config": {"condition": "amount > 1"},
            "inputs": {"input": ["in"]},
        },
    ]

    answer = ColumnChecker(settings, modules).check({"id": 1, "engine": "spark", "nodes": nodes})

    assert answer["problems"] == []
    assert answer["schemas"]["keep"] == [{"name": "id", "type": "bigint"}, {"name": "amount", "type": "float"}]
    assert seen == ["spark"]
