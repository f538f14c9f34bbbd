"""Six steps over 10 million rows: the modules' plan beside one hand-written query and beside pandas.

Both sides read the same files, CSV or what an extractor has landed in staging, and write the same Parquet file. Ours is
what the tasks of a run do, one after the other, in one process: extract (unless the rows are in staging, because the
extractors have run), five transformations, load; Airflow's own time is in the figures of `runs`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import duckdb

from benchmarks.measure import RUNS, Figure, alone, alternating, beside, in_process
from module_operators.run import STAGING_FORMAT

ROWS = 10_000_000
MEMORY_LIMIT = "1GB"

OURS = """
import sys, time
from pathlib import Path
import benchmarks.task_process
from benchmarks.modules_in_process import extractors_run, nothing_run, run_six_steps
folder, memory_limit = Path(sys.argv[1]), sys.argv[2]
references = extractors_run(folder, memory_limit) if sys.argv[3] == "landed" else nothing_run(folder)
begun = time.perf_counter()
run_six_steps(folder, memory_limit, references)
print(time.perf_counter() - begun)
"""

HAND_WRITTEN = """
import sys, time, duckdb
folder = sys.argv[1]
if sys.argv[3] == "landed":
    staged = f"{folder}/staging/bench/run"
    orders, customers = (f"'{staged}/{name}/try=1/part-0.parquet'" for name in ("orders", "customers"))
else:
    orders, customers = (f"read_csv('{folder}/files/{name}.csv')" for name in ("orders", "customers"))
begun = time.perf_counter()
connection = duckdb.connect()
connection.execute(f"SET memory_limit = '{sys.argv[2]}'")
connection.execute(f'''COPY (
    SELECT region, category, count(*) AS orders, sum(net) AS net, avg(net) AS mean_net, max(amount) AS largest
    FROM (
        SELECT o.*, c.region, o.amount * (1 - o.discount) AS net
        FROM {orders} o
        JOIN {customers} c ON o.customer_id = c.customer_id
        WHERE o.amount > 20 AND o.status <> 'cancelled'
    ) GROUP BY region, category ORDER BY region, category
) TO '{folder}/hand.parquet' (FORMAT parquet)''')
print(time.perf_counter() - begun)
"""

PANDAS = """
import sys, time, pandas
folder = sys.argv[1]
begun = time.perf_counter()
orders = pandas.read_csv(f"{folder}/files/orders.csv", engine="pyarrow")
orders = orders.merge(pandas.read_csv(f"{folder}/files/customers.csv"), on="customer_id")
orders = orders[(orders.amount > 20) & (orders.status != "cancelled")]
orders = orders.assign(net=orders.amount * (1 - orders.discount))
summary = orders.groupby(["region", "category"]).agg(
    orders=("net", "size"), net=("net", "sum"), mean_net=("net", "mean"), largest=("amount", "max")
)
summary.sort_index().reset_index().to_parquet(f"{folder}/pandas.parquet")
print(time.perf_counter() - begun)
"""


def figures() -> Iterator[Figure]:
    with data() as folder:
        memory: list[float] = []

        def ours(source: str) -> float:
            measured = in_process(OURS, str(folder), MEMORY_LIMIT, source)
            memory.append(measured.peak_mb)
            return measured.seconds

        def hand_written(source: str) -> float:
            return in_process(HAND_WRITTEN, str(folder), MEMORY_LIMIT, source).seconds

        for source, name in (("landed", "rows in staging"), ("csv", "rows of CSV")):
            mine, hand = alternating(RUNS, partial(ours, source), partial(hand_written, source))
            _compare(folder)
            yield beside(f"six steps, 10 M {name}, beside one DuckDB query", mine, hand, "s", 1.15)
        yield alone("six steps, 10 M rows, peak memory with a 1 GB limit", max(memory), "MB", 1200)
        pandas = [in_process(PANDAS, str(folder)).seconds for _ in range(3)]
        yield beside("six steps, 10 M rows of CSV, beside pandas (3 runs)", mine, pandas, "s", 1.0)


@contextmanager
def data() -> Iterator[Path]:
    """A folder with `files/orders.csv` (10 M rows) and `files/customers.csv` (100,000)."""
    with tempfile.TemporaryDirectory(prefix="logidata-bench-") as temporary:
        folder = Path(temporary)
        (folder / "files").mkdir()
        connection = duckdb.connect()
        connection.execute("SELECT setseed(0.5)")
        connection.execute(f"""COPY (
            SELECT i AS order_id, (hash(i) % 100000)::BIGINT AS customer_id, round(random() * 500, 2) AS amount,
                   round(random() * 0.3, 2) AS discount, ['new', 'paid', 'shipped', 'cancelled'][1 + i % 4] AS status,
                   'category ' || (i % 20) AS category, DATE '2024-01-01' + (i % 700)::INTEGER AS ordered_on
            FROM range({ROWS}) t(i)) TO '{folder}/files/orders.csv'""")
        connection.execute(f"""COPY (
            SELECT i AS customer_id, 'region ' || (i % 12) AS region, 'customer ' || i AS customer
            FROM range(100000) t(i)) TO '{folder}/files/customers.csv'""")
        for name in ("orders", "customers"):
            staged = folder / "staging" / "bench" / "run" / name / "try=1"
            staged.mkdir(parents=True)
            source = f"(FROM read_csv('{folder}/files/{name}.csv'))"
            connection.execute(f"COPY {source} TO '{staged}/part-0.parquet' ({STAGING_FORMAT})")
        yield folder


def _compare(folder: Path) -> None:
    """A fast wrong answer is not a figure: both results must be equal."""
    differing = duckdb.execute(f"""
        SELECT count(*) FROM read_parquet('{folder}/files/ours.parquet') a
        FULL JOIN read_parquet('{folder}/hand.parquet') b USING (region, category)
        WHERE a.orders IS DISTINCT FROM b.orders OR abs(a.net - b.net) > 1e-6 * abs(b.net) OR a.net IS NULL
           OR a.largest IS DISTINCT FROM b.largest""").fetchone()
    assert differing == (0,), f"{differing} groups differ from the hand-written query"
