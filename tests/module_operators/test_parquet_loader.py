import subprocess
import sys
import time
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from module_operators.base import Loaded
from module_operators.loaders.parquet import ParquetLoader, ParquetLoaderConfig
from module_operators.problems import InvalidNode, TargetError
from module_operators.transformers.sort import SortTransformer

from .conftest import rows_plan, transformed

COLUMNS = [("region", "string"), ("year", "bigint"), ("v", "bigint")]


def load(run, plan, **config):
    parsed = ParquetLoaderConfig.model_validate({"file_path": "out/data", **config})
    ParquetLoader.check(parsed, plan.result, run)
    loaded = ParquetLoader.load(parsed, plan, run)
    path = run.files.local_root / parsed.file_path
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    return loaded, path


@pytest.mark.parametrize("compression", ["snappy", "zstd", "gzip", "brotli", "none"])
def test_types_and_values_come_back(make_run, compression):
    run = make_run()
    columns = [("i", "integer"), ("b", "bigint"), ("d", "decimal(38,10)"), ("f", "float"), ("t", "string")]
    columns += [("o", "boolean"), ("day", "date"), ("at", "timestamp"), ("z", "timestamptz")]
    at = datetime(2024, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    big = Decimal("1234567890123456789012345678.0123456789")
    row = (1, 2**62, big, 0.1, "日\0", True, date(1, 1, 1), at.replace(tzinfo=None), at)

    loaded, path = load(run, rows_plan(run, columns, [row, (None,) * 9]), compression=compression)

    table = pq.read_table(path)
    assert [str(field.type) for field in table.schema] == [
        "int32",
        "int64",
        "decimal128(38, 10)",
        "double",
        "string",
        "bool",
        "date32[day]",
        "timestamp[us]",
        "timestamp[us, tz=UTC]",
    ]
    assert [tuple(found.values()) for found in table.to_pylist()] == [row, (None,) * 9]
    assert loaded == Loaded(2, path.stat().st_size)
    codec = pq.ParquetFile(path).metadata.row_group(0).column(0).compression
    assert codec == {"none": "UNCOMPRESSED"}.get(compression, compression.upper())


ROWS = [("north", 2023, 1), ("a/b=c", 2024, 2), ("north", 2023, 3), (None, 2024, 4), ("ü ñ", 2024, 5)]


def test_partitions(make_run):
    run = make_run()
    plan = transformed(
        run, SortTransformer, {"sort_by": [{"column": "v", "direction": "desc"}]}, rows_plan(run, COLUMNS, ROWS)
    )

    loaded, path = load(run, plan, partition_by=["region", "year"])

    files = sorted(path.rglob("*.parquet"))
    assert len(files) == 4
    assert loaded == Loaded(5, sum(file.stat().st_size for file in files))
    back = run.engine.connection.execute(
        f"SELECT region, year, v FROM read_parquet('{path}/**/*.parquet', hive_partitioning = true) ORDER BY v"
    ).fetchall()
    assert back == sorted(ROWS, key=lambda row: row[2])
    (north,) = path.glob("region=north/year=2023/*")
    assert pq.read_table(north, partitioning=None).to_pylist() == [{"v": 3}, {"v": 1}]


def test_a_second_load_replaces_the_folder(make_run):
    run = make_run()
    load(run, rows_plan(run, COLUMNS, ROWS), partition_by=["region"])

    _, path = load(run, rows_plan(run, COLUMNS, [("south", 1, 1)]), partition_by=["region"])

    assert [file.name for file in path.iterdir()] == ["region=south"]

    _, path = load(run, rows_plan(run, COLUMNS, []), partition_by=["region"])
    assert list(path.iterdir()) == []


def test_a_folder_of_other_things_is_never_replaced(make_run):
    run = make_run()
    _, path = load(run, rows_plan(run, COLUMNS, ROWS), partition_by=["region"])

    with pytest.raises(TargetError, match="'data' is a folder; choose another name or delete it"):
        load(run, rows_plan(run, COLUMNS, ROWS))
    (path / "notes.txt").write_text("mine")
    with pytest.raises(TargetError, match=r"The folder 'data' holds other files \(notes.txt\)"):
        load(run, rows_plan(run, COLUMNS, ROWS), partition_by=["region"])

    assert len(list(path.rglob("*.parquet"))) == 4


def test_a_folder_replaces_a_file(make_run):
    run = make_run()
    load(run, rows_plan(run, COLUMNS, ROWS))

    _, path = load(run, rows_plan(run, COLUMNS, ROWS), partition_by=["region"])

    assert path.is_dir()


def test_no_rows_keep_their_columns(make_run):
    run = make_run()

    loaded, path = load(run, rows_plan(run, COLUMNS, []))

    assert loaded.rows == 0
    assert pq.read_schema(path).names == ["region", "year", "v"]


def test_problems(make_run):
    run = make_run()

    for names, paths in (
        (["regoin", "year", "year"], ["/partition_by/0", "/partition_by/2"]),
        (["region", "year", "v"], ["/partition_by"]),
    ):
        with pytest.raises(InvalidNode) as caught:
            load(run, rows_plan(run, COLUMNS, []), partition_by=names)
        assert [problem.path for problem in caught.value.problems] == paths


KILLED = """
import logging, sys
from pathlib import Path
from module_operators.engines.duckdb import DuckDBEngine, Limits
from module_operators.files import FileStore
from module_operators.loaders.parquet import ParquetLoader, ParquetLoaderConfig
from module_operators.relation import Plan
from module_operators.run import Run
from module_operators.staging import Staging

root = Path(sys.argv[1])
engine = DuckDBEngine(Limits("256MB", 1), [root])
staging, files = Staging(str(root / "staging"), "d", "r", "t", 1), FileStore(str(root / "files"), root)
run = Run("d", "r", "t", "n", "N", {}, staging, files, engine, logging.getLogger(), None)
query = engine.scan("SELECT i % 3 AS part, i AS v FROM range(5000000000) AS r(i)", row_id=None)
config = ParquetLoaderConfig(file_path="out/data", partition_by=["part"])
ParquetLoader.load(config, Plan((run.step(query),)), run)
"""


def test_a_load_that_is_killed_while_it_writes(make_run, tmp_path):
    run = make_run()
    _, path = load(run, rows_plan(run, COLUMNS, ROWS), partition_by=["year"])
    before = sorted(file.name for file in path.rglob("*"))

    process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)])
    deadline = time.monotonic() + 60
    while not any(file.stat().st_size for file in path.parent.glob(".loading-*/**/*.parquet")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.kill()
    process.wait()

    assert sorted(file.name for file in path.rglob("*")) == before
    assert len(list(path.parent.iterdir())) == 2
    loaded, path = load(run, rows_plan(run, COLUMNS, ROWS), partition_by=["region"])  # also: nothing is left over
    assert loaded.rows == len(ROWS)
    assert all(folder.name.startswith("region=") for folder in path.iterdir())
