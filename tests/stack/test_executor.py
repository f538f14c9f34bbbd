"""The executor survives what a worker may hand it, and lets the scheduler rest; run where Airflow is loaded."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from stack.postgres import Cluster

REPOSITORY = Path(__file__).resolve().parents[2]

# An exception whose class wants more than its message: it can be sent, and not be built again.
SCRIPT = """
from multiprocessing import SimpleQueue
import httpx
from logidata_executor import LogiDataExecutor

executor = LogiDataExecutor(parallelism=1)
executor.result_queue = SimpleQueue()
request = httpx.Request("GET", "http://airflow.test")
executor.result_queue.put((None, None, httpx.HTTPStatusError("404", request=request, response=httpx.Response(404))))
executor._read_results()
assert executor.result_queue.empty()
print("survived")
"""


# Rests would be of ten minutes: each ends in time only because of what it waits for.
RESTS = """
import threading
import logidata_executor
from airflow.executors.local_executor import LocalExecutor
from airflow.models.taskinstancekey import TaskInstanceKey
from airflow.settings import get_engine
from logidata_executor import LogiDataExecutor

logidata_executor._REST_SECONDS = 600
executor = LogiDataExecutor(parallelism=1)
LocalExecutor.start(executor)
task = TaskInstanceKey("a", "step", "under way")
executor.running = {task}

def database(statement):
    with get_engine().begin() as connection:
        connection.exec_driver_sql(statement)

def rest_until(happens):
    happened = threading.Event()
    threading.Timer(0.5, lambda: (happened.set(), happens())).start()
    executor.sync()
    assert happened.is_set(), "it looked before anything had happened"

try:
    executor._rest_seconds = 600
    rest_until(lambda: database("INSERT INTO dag_run VALUES ('queued', 'a', 'new')"))
    executor.sync()
    database("UPDATE dag_run SET state = 'running' WHERE run_id = 'new'")
    executor.sync()
    database("INSERT INTO task_instance VALUES ('running', 'a', 'new'), ('queued', 'a', 'new')")
    rest_until(lambda: database("DELETE FROM task_instance WHERE state = 'queued'"))
    rest_until(lambda: executor.result_queue.put((task, "success", None)))
    assert executor.get_event_buffer() == {task: ("success", None)}
    executor.sync()
finally:
    executor.end()
print("rested")
"""


def test_the_scheduler_rests_until_a_task_has_ended_or_a_run_may_go_on(
    tmp_path: Path, postgres_server: Cluster
) -> None:
    database = postgres_server.create_database("executor")
    with closing(postgres_server.connect("executor")) as connection, connection.cursor() as cursor:
        for table, over in (("dag_run", "success"), ("task_instance", "skipped")):
            cursor.execute(f"CREATE TABLE {table} (state text, dag_id text, run_id text)")
            cursor.execute(f"INSERT INTO {table} VALUES ('running', 'a', 'under way'), ('{over}', 'a', 'over')")

    assert _in_airflow(RESTS, database, tmp_path) == "rested"


def test_a_result_that_cannot_be_read_does_not_end_the_scheduler(tmp_path: Path) -> None:
    assert _in_airflow(SCRIPT, f"sqlite:///{tmp_path}/airflow.db", tmp_path) == "survived"


def _in_airflow(script: str, database: str, home: Path) -> str:
    """The last line that the script prints."""
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
        "PYTHONPATH": str(REPOSITORY / "airflow_plugins"),
    }
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip().splitlines()[-1]
