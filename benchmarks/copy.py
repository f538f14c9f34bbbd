"""PostgreSQL to PostgreSQL, 5 million rows of 10 columns: our two tasks beside psql, dlt and pandas.

One server, one source table, a target table that each contender fills from nothing. `psql COPY | psql COPY` is the
limit: nothing looks at the rows in between. What arrived is compared with the source, for ours by a hash of each row.
sling and ingestr are left out: their packages of today hold no program, they download one at the first start.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from benchmarks.chains import two_steps
from benchmarks.measure import Figure, alternating, beside, in_process, tasks_in_process
from stack.ports import free_port
from stack.postgres import Cluster, binaries

ROWS = 5_000_000
RUNS = 3
RIVALS = Path(sys.prefix) / "copiers" / "bin"
DATABASE = "bench"

SOURCE = f"""
CREATE TABLE orders (
    id bigint, customer_id integer, amount numeric(12,2), discount double precision, status text, note text,
    is_paid boolean, ordered_on date, placed_at timestamp, updated_at timestamptz);
INSERT INTO orders SELECT
    i, hashint8(i) % 100000, (i % 100000) / 7.0, (i % 31) / 100.0,
    (ARRAY['new', 'paid', 'shipped', 'cancelled'])[1 + i % 4],
    CASE WHEN i % 5 > 0 THEN 'note, "quoted" of order ' || i END, i % 3 = 0, DATE '2024-01-01' + (i % 700)::integer,
    TIMESTAMP '2024-01-01' + i * INTERVAL '7 seconds', TIMESTAMPTZ '2024-01-01 UTC' + i * INTERVAL '1.5 seconds'
FROM generate_series(1, {ROWS}) AS i;
ANALYZE orders"""

PANDAS = """
import csv, io, sys, time
import pandas, sqlalchemy
engine = sqlalchemy.create_engine(sys.argv[1])

def by_copy(table, connection, keys, rows):  # the way that pandas' own documentation shows for speed
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    text.seek(0)
    with connection.connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table.name} ({', '.join(keys)}) FROM STDIN WITH CSV", text)

begun = time.perf_counter()
with engine.connect().execution_options(stream_results=True) as source:
    for chunk in pandas.read_sql("SELECT * FROM orders", source, chunksize=250_000):
        chunk.to_sql("by_pandas", engine, if_exists="append", index=False, method=by_copy)
print(time.perf_counter() - begun)
"""

DLT = """
import sys, time
import dlt
from dlt.sources.sql_database import sql_table
address = sys.argv[1]
begun = time.perf_counter()
rows = sql_table(address.replace("://", "+psycopg2://"), table="orders", schema="public", backend=sys.argv[3],
                 chunk_size=250_000, reflection_level="full_with_precision")
pipeline = dlt.pipeline("copy", pipelines_dir=sys.argv[2], dataset_name="by_dlt",
                        destination=dlt.destinations.postgres(address))
pipeline.run(rows, table_name="orders", write_disposition="replace", loader_file_format="csv")
print(time.perf_counter() - begun)
"""


def pipeline() -> dict[str, object]:
    """Our pipeline: an extractor and a loader."""
    table = {"connection_id": "bench", "table_name": "by_us", "if_exists": "replace"}
    return two_steps(
        ("postgres-extractor", {"connection_id": "bench", "query": "SELECT * FROM orders"}), ("postgres-loader", table)
    )


def figures() -> Iterator[Figure]:
    with running_server() as (cluster, folder):
        contest = Contest(cluster, folder)
        ours, psql = alternating(RUNS, contest.ours, contest.psql)
        name = f"PostgreSQL → PostgreSQL, {ROWS // 10**6} M rows"
        yield beside(f"{name}, beside psql COPY | psql COPY ({RUNS} runs)", ours, psql, "s", 1.5)
        for rival, run in contest.rivals().items():
            yield beside(f"{name}, beside {rival} (1 run)", ours, [run()], "s", 1.0)


class Contest:
    """Each way of copying the table once, from an empty target on, in seconds of its own work."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self._cluster, self._folder = cluster, folder
        self._address = cluster.url(DATABASE).replace("+psycopg2", "")
        self._sql(SOURCE)

    def rivals(self) -> Mapping[str, partial[float]]:
        """Those that are installed; `make bench` installs them."""
        found: dict[str, partial[float]] = {}
        if (RIVALS / "dlt").exists():
            found["dlt, connectorx back end, CSV"] = partial(self.dlt, "connectorx")
            found["dlt, pyarrow back end, CSV"] = partial(self.dlt, "pyarrow")
        else:
            print("dlt is not installed: `make bench` does it", file=sys.stderr)
        return found | {"pandas, loading by COPY": partial(self.pandas)}

    def ours(self) -> float:
        self._sql("DROP TABLE IF EXISTS by_us, logidata_loads")
        seconds = tasks_in_process(pipeline(), self._folder, self._environment).seconds
        rows = "SELECT count(*), sum(hashtextextended(t::text, 0)) FROM {} AS t"
        assert self._sql(rows.format("by_us")) == self._sql(rows.format("orders")), "other rows than the source's"
        shutil.rmtree(self._folder / "staging")
        return seconds

    def psql(self) -> float:
        self._sql("DROP TABLE IF EXISTS by_psql; CREATE TABLE by_psql (LIKE orders)")
        psql = f"{binaries() / 'psql'} --no-psqlrc --quiet --dbname={self._address}"
        command = f"{psql} -c 'COPY orders TO STDOUT' | {psql} -c 'COPY by_psql FROM STDIN'"
        begun = time.perf_counter()
        subprocess.run(["/bin/sh", "-c", command], check=True)
        return self._arrived(time.perf_counter() - begun, "by_psql")

    def dlt(self, back_end: str) -> float:
        self._sql("DROP SCHEMA IF EXISTS by_dlt CASCADE")
        seconds = self._in_process(DLT, self._address, str(self._folder / back_end), back_end, python=RIVALS / "python")
        return self._arrived(seconds, "by_dlt.orders")

    def pandas(self) -> float:
        return self._arrived(self._in_process(PANDAS, self._cluster.url(DATABASE)), "by_pandas")

    def _in_process(self, code: str, *arguments: str, python: Path | None = None) -> float:
        return in_process(code, *arguments, python=python, environment=self._environment).seconds

    def _arrived(self, seconds: float, target: str) -> float:
        assert self._sql(f"SELECT count(*) FROM {target}") == [(ROWS,)]
        self._sql(f"DROP TABLE {target}; CHECKPOINT")
        return seconds

    @property
    def _environment(self) -> dict[str, str]:
        connection = {
            "conn_type": "postgres",
            "host": self._cluster.host,
            "port": self._cluster.port,
            "login": self._cluster.user,
            "password": self._cluster.password,
            "schema": DATABASE,
        }
        return os.environ | {
            "AIRFLOW_CONN_BENCH": json.dumps(connection),
            "LOGIDATA_FILES_URL": str(self._folder / "files"),
            "LOGIDATA_STAGING_URL": str(self._folder / "staging"),
            "LOGIDATA_MEMORY_LIMIT": "1GB",
            "RUNTIME__DLTHUB_TELEMETRY": "false",
            "HOME": str(self._folder),
        }

    def _sql(self, statements: str) -> list[tuple[object, ...]]:
        with closing(self._cluster.connect(DATABASE)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            for statement in statements.split(";"):
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def running_server() -> Iterator[tuple[Cluster, Path]]:
    """A PostgreSQL of its own in a temporary folder, as the stack runs it but without waiting for the disk."""
    with tempfile.TemporaryDirectory(prefix="logidata-bench-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        (folder / "files").mkdir()
        cluster = Cluster(folder / "postgres" / "data", free_port(), secrets.token_hex(16))
        cluster.create(durable=False)
        with cluster.served(folder / "postgres.log", durable=False, options=("-c", "max_wal_size=8GB")):
            cluster.create_database(DATABASE)
            yield cluster, folder
