"""CSV of 1 GB to Parquet: our two tasks beside DuckDB alone and beside pandas, all with the same compression."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import duckdb

from benchmarks.chains import two_steps
from benchmarks.measure import Figure, alone, alternating, beside, in_process, tasks_in_process

BYTES = 1_000_000_000
BYTES_A_ROW = 86
RUNS = 5
MEMORY_LIMIT = "1GB"

DUCKDB = """
import sys, time, duckdb
folder = sys.argv[1]
begun = time.perf_counter()
connection = duckdb.connect()
connection.execute("SET memory_limit = '1GB'")
source = f"read_csv('{folder}/files/orders.csv')"
connection.execute(f"COPY (FROM {source}) TO '{folder}/duckdb.parquet' (COMPRESSION snappy)")
print(time.perf_counter() - begun)
"""

PANDAS = """
import sys, time, pandas
folder = sys.argv[1]
begun = time.perf_counter()
pandas.read_csv(f"{folder}/files/orders.csv", engine="pyarrow").to_parquet(f"{folder}/pandas.parquet")
print(time.perf_counter() - begun)
"""


def pipeline() -> dict[str, object]:
    """An extractor of `orders.csv` and a loader of a Parquet file."""
    return two_steps(("csv-extractor", {"file_path": "orders.csv"}), ("parquet-loader", {"file_path": "ours.parquet"}))


def figures() -> Iterator[Figure]:
    with orders_csv(BYTES) as folder:
        peaks: list[float] = []

        def ours() -> float:
            measured = tasks_in_process(pipeline(), folder, settings(folder))
            peaks.append(measured.peak_mb)
            return measured.seconds

        mine, theirs = alternating(RUNS, ours, partial(_seconds, DUCKDB, folder))
        _compare(folder)
        yield beside(f"CSV of 1 GB → Parquet, beside DuckDB alone ({RUNS} runs)", mine, theirs, "s", 1.2)
        yield alone("CSV of 1 GB → Parquet, peak memory with a 1 GB limit", max(peaks), "MB", 1200)
        yield beside("CSV of 1 GB → Parquet, beside pandas (1 run)", mine, [_seconds(PANDAS, folder)], "s", 1.0)


def settings(folder: Path) -> dict[str, str]:
    """The environment of operators that work in this folder."""
    return os.environ | {
        "LOGIDATA_FILES_URL": str(folder / "files"),
        "LOGIDATA_STAGING_URL": str(folder / "staging"),
        "LOGIDATA_MEMORY_LIMIT": MEMORY_LIMIT,
    }


@contextmanager
def orders_csv(size: int) -> Iterator[Path]:
    """A folder with `files/orders.csv` of about `size` bytes."""
    with tempfile.TemporaryDirectory(prefix="logidata-bench-") as temporary:
        folder = Path(temporary)
        (folder / "files").mkdir()
        rows = size // BYTES_A_ROW
        duckdb.execute(f"""COPY (
            SELECT i AS order_id, (hash(i) % 100000)::BIGINT AS customer_id,
                   round(hash(i + 1) % 50000 / 100, 2) AS amount, round(hash(i + 2) % 30 / 100, 2) AS discount,
                   ['new', 'paid', 'shipped', 'cancelled'][1 + i % 4] AS status, 'category ' || (i % 20) AS category,
                   DATE '2024-01-01' + (i % 700)::INTEGER AS ordered_on, 'note, of ' || hash(i + 3) AS note
            FROM range({rows}) t(i)) TO '{folder}/files/orders.csv'""")
        yield folder


def _seconds(code: str, folder: Path) -> float:
    return in_process(code, str(folder)).seconds


def _compare(folder: Path) -> None:
    """Both files hold the same rows."""
    rows = [
        duckdb.execute(f"SELECT count(*), sum(hash(o)::HUGEINT) FROM read_parquet('{folder}/{name}') o").fetchall()
        for name in ("files/ours.parquet", "duckdb.parquet")
    ]
    assert rows[0] == rows[1], f"the files differ: {rows}"
