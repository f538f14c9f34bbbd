"""Times of the 22 queries at scale 1: our tasks after the extractors beside DuckDB, both over the same landed rows.

The extractors have brought TPC-H's CSV files to staging, once for all queries. Ours is then every further task of the
compiled pipeline, the loader's among them, one after the other in one process; DuckDB writes its answer to a Parquet
file too, with the same memory and threads. Each result is compared with DuckDB's, row by row.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Figure, beside
from benchmarks.tpch.queries import QUERIES, TABLES, difference

SCALE = "1"
RUNS = 5
MEMORY_LIMIT, THREADS = "1GB", 2


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="logidata-bench-") as temporary:
        folder = Path(temporary)
        generate(folder / "files", SCALE)
        environment = os.environ | settings(folder)
        code = f"import benchmarks.task_process\nfrom {__name__} import measure\nmeasure({temporary!r}, {RUNS})"
        answer = subprocess.run([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, check=True)
        seconds = json.loads(answer.stdout.splitlines()[-1])
    for query in QUERIES:
        mine, theirs = seconds[query.name]
        name = f"TPC-H {query.number}, {query.title.lower()}, scale {SCALE}, beside DuckDB ({RUNS} runs)"
        yield beside(name, mine, theirs, "s", None)
    mine, theirs = ([sum(map(statistics.median, side))] for side in zip(*seconds.values(), strict=True))
    yield beside(f"TPC-H, all 22 queries, scale {SCALE}, beside DuckDB (sum of medians)", mine, theirs, "s", None)


def generate(folder: Path, scale: str) -> None:
    """TPC-H's eight tables as CSV files."""
    folder.mkdir(parents=True, exist_ok=True)
    program = Path(sys.executable).with_name("tpchgen-cli")
    command = [str(program), "csv", "-s", scale, "-o", str(folder), "--quiet"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def settings(folder: Path) -> dict[str, str]:
    """What the operators read from their environment."""
    return {
        "LOGIDATA_FILES_URL": str(folder / "files"),
        "LOGIDATA_STAGING_URL": str(folder / "staging"),
        "LOGIDATA_MEMORY_LIMIT": MEMORY_LIMIT,
        "LOGIDATA_THREADS": str(THREADS),
    }


def measure(temporary: str, runs: int) -> None:
    """Prints `{query: [our seconds, DuckDB's]}`; runs in a process whose environment has the settings."""
    import duckdb  # noqa: PLC0415

    from benchmarks.tasks import Tasks  # noqa: PLC0415

    folder = Path(temporary)
    seconds: dict[str, tuple[list[float], list[float]]] = {}
    landed: dict[str, dict[str, object]] = {}
    for query in QUERIES:
        tasks = Tasks.compiled(query.graph(), folder)
        tasks.extract(landed)
        mine, theirs = seconds.setdefault(query.name, ([], []))
        for run in range(runs + 1):
            begun = time.perf_counter()
            tasks.rest()
            mine.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            with duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "threads": THREADS}) as connection:
                connection.execute(f"SET temp_directory = '{folder}/spill'")
                over_landed_rows(connection, folder / "staging")
                connection.execute(f"COPY ({query.sql}) TO '{folder}/{query.name}.parquet'")
            theirs.append(time.perf_counter() - begun)
            if run == 0:  # warms up, and is compared instead of counted
                mine.clear()
                theirs.clear()
                files = (folder / "files" / f"{query.name}.parquet", folder / f"{query.name}.parquet")
                ours, other = (duckdb.execute("FROM read_parquet(?)", [str(file)]).fetchall() for file in files)
                assert difference(ours, other) is None, f"{query.name}: {difference(ours, other)}"
    print(json.dumps(seconds))


def over_landed_rows(connection: object, staging: Path) -> None:
    """Views of TPC-H's names over what the extractors have landed."""
    for table in TABLES:
        found = sorted(staging.glob(f"*/*/{table}/try=1/part-0.parquet"))
        if found:
            connection.execute(f"CREATE VIEW {table} AS FROM read_parquet('{found[0]}')")  # pyright: ignore[reportAttributeAccessIssue]
