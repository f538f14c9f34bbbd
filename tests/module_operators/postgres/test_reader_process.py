"""Reading in a process of its own: bounded memory, and nothing left on the server when it is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from tests.memory import PEAK

_READ = """
import logging, os, sys
from pathlib import Path
from airflow.sdk import Connection
from module_operators.engines.duckdb import DuckDBEngine, Limits
from module_operators.extractors.postgres import PostgresExtractor
from module_operators.files import FileStore
from module_operators.run import Run
from module_operators.staging import Staging
root, port, database = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
engine = DuckDBEngine(Limits("256MB", 2, str(root / "spill")), [root])
connection = Connection(conn_id="w", conn_type="postgres", host="127.0.0.1", port=port, login="postgres",
                        password=os.environ["CANARY"], schema=database)
run = Run("d", "r", "t", "n", "N", {}, Staging(str(root), "d", "r", "t", 1), FileStore(str(root), root), engine,
          logging.getLogger(), lambda _: connection)
query = "SELECT i, i::numeric(12,2) AS n, md5(i::text) AS a, now() AS t FROM generate_series(1, 1000000) i"
answer = PostgresExtractor.extract(PostgresExtractor.Config(connection_id="w", query=query), run)
unwanted = sorted({"pandas", "pyarrow", "sqlglot", "numpy"} & sys.modules.keys())
print(answer.rows, PEAK, unwanted)
""".replace("PEAK", PEAK)


def test_a_million_rows_in_bounded_memory_and_without_pandas(warehouse, tmp_path):
    child = subprocess.run(
        [sys.executable, "-c", _READ, str(tmp_path), str(warehouse.cluster.port), warehouse.database],
        env=os.environ | {"CANARY": warehouse.cluster.password},
        capture_output=True,
        text=True,
        check=True,
    )
    rows, megabytes, unwanted = child.stdout.splitlines()[-1].split(" ", 2)
    assert int(rows) == 1_000_000
    assert int(megabytes) < 600
    assert unwanted == "[]"


def test_a_killed_reader_leaves_nothing_on_the_server(warehouse, tmp_path):
    slow = _READ.replace("generate_series", "pg_sleep(60), generate_series")
    child = subprocess.Popen(
        [sys.executable, "-c", slow, str(tmp_path), str(warehouse.cluster.port), warehouse.database],
        env=os.environ | {"CANARY": warehouse.cluster.password},
    )
    warehouse.wait_for("SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")

    child.send_signal(signal.SIGKILL)
    child.wait()

    warehouse.wait_for("SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name LIKE 'logidata %'", 10)
