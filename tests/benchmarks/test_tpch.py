"""TPC-H's 22 queries at a small scale: the compiled pipelines give what DuckDB gives for the SQL."""

from pathlib import Path

import duckdb
import pytest

from benchmarks.tasks import Tasks
from benchmarks.tpch.figures import generate, over_landed_rows, settings
from benchmarks.tpch.page import PAGE, page
from benchmarks.tpch.queries import QUERIES, difference


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tpch")
    generate(folder / "files", "0.01")
    return folder


@pytest.fixture(scope="module")
def landed() -> dict[str, object]:
    return {}


@pytest.mark.parametrize("query", QUERIES, ids=[query.name for query in QUERIES])
def test_equals_duckdb(query, folder, landed, monkeypatch):
    # given
    for name, value in settings(folder).items():
        monkeypatch.setenv(name, value)
    tasks = Tasks.compiled(query.graph(), folder)

    # when
    tasks.extract(landed)
    tasks.rest()

    # then
    with duckdb.connect() as connection:
        over_landed_rows(connection, folder / "staging")
        ours, theirs = connection.sql(f"FROM '{folder}/files/{query.name}.parquet'"), connection.sql(query.sql)
        assert ours is not None
        assert theirs is not None
        assert ours.columns == theirs.columns
        rows = ours.fetchall()
        assert rows
        assert difference(rows, theirs.fetchall()) is None


def test_the_page_shows_the_pipelines_that_are_tested():
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python -m benchmarks.tpch.page`"
