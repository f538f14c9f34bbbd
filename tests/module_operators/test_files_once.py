"""Files appear whole and once: a task process is killed at each step of a load, and tried again."""

from __future__ import annotations

import signal
from pathlib import Path

import duckdb
import pytest

from .loads_once import finished, start

CSV, PARQUET = "csv.CsvLoader", "parquet.ParquetLoader"
WRITTEN = "module_operators.engines.duckdb.DuckDBEngine.copy"
PLACED = "module_operators.placing._put_in_place"


def rows(path: Path) -> list[int]:
    files = str(path / "*" / "*.parquet") if path.is_dir() else str(path)
    return sorted(value for (value,) in duckdb.sql(f"SELECT id FROM '{files}'").fetchall())


@pytest.mark.parametrize(
    ("loader", "config", "die_in"),
    [
        (CSV, {"file_path": "out/x.csv"}, (WRITTEN, 1)),  # written aside
        (CSV, {"file_path": "out/x.csv"}, (PLACED, 1)),  # under its name, not told
        (PARQUET, {"file_path": "out/x.parquet"}, (WRITTEN, 1)),
        (PARQUET, {"file_path": "out/x.parquet"}, None),  # after all of it
        (PARQUET, {"file_path": "out/x", "partition_by": ["v"]}, (WRITTEN, 1)),
        (PARQUET, {"file_path": "out/x", "partition_by": ["v"]}, (PLACED, 1)),
    ],
)
def test_killed_and_tried_again_the_rows_are_there_once(tmp_path, loader, config, die_in):
    job, target = (tmp_path, f"module_operators.loaders.{loader}", {}, config), tmp_path / config["file_path"]
    assert finished(start(*job, rows=3, run_id="before")) == 3

    assert start(*job, rows=8, die_in=die_in, die=die_in is None).wait(60) == -signal.SIGKILL
    assert rows(target) == list(range(3 if die_in == (WRITTEN, 1) else 8))

    assert finished(start(*job, rows=8)) == 8
    assert rows(target) == list(range(8))
    assert list(target.parent.iterdir()) == [target]
