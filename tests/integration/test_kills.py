"""Whatever process is killed in the middle of a run: it comes back, and the run ends here as it ends in Airflow.

Each run is stopped in the middle of its load, with half of the rows in the transaction, and goes on after the kill.
`--log-cli-level=INFO` tells how long each takes.
"""

import logging
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import pytest
import requests

from api.clients.worker import WARM_AFTER
from stack import leftovers
from tests.conftest import RunningStack
from tests.integration.conftest import Runs, wait_until
from tests.integration.test_runs_modules import graph, node, save
from tests.integration.warehouse import CONNECTION, Warehouse

CUSTOMERS = 20_000
ORDERS_EACH = 3
TOTALS = [(customer, 10 * ORDERS_EACH) for customer in range(CUSTOMERS)]
PATIENCE = 240
HEALTHY = dict.fromkeys(["postgres", "airflow-api", "scheduler", "dag-processor", "triggerer", "api"], "healthy")

Json = dict[str, Any]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kill:
    """Who is killed, which number of tries of the load that may take, and whether the load waits until all is well."""

    name: str
    victim: Callable[[RunningStack], psutil.Process | None]
    tries: tuple[int, ...] = (1,)
    held: bool = False


def _program(name: str) -> Callable[[RunningStack], psutil.Process]:
    return lambda stack: psutil.Process(
        next(each.pid for each in stack.lifecycle.supervisor.processes() if each.name == name)
    )


def _children(process: psutil.Process) -> list[psutil.Process]:
    return [child for child in process.children() if child.status() != psutil.STATUS_ZOMBIE]


def _workers(stack: RunningStack) -> list[psutil.Process]:
    return _children(_program("scheduler")(stack))


def _idle_worker(stack: RunningStack) -> psutil.Process | None:
    """The one that waits for the queue, and so holds the lock that all of them share."""
    idle = [each for each in _workers(stack) if not _children(each)]
    return next((each for each in idle if "pipe" in Path(f"/proc/{each.pid}/wchan").read_text()), None)


def _busy_worker(stack: RunningStack) -> psutil.Process | None:
    """The one that runs the load, once the other tasks' processes, which outlast their tasks, are gone."""
    busy = [worker for worker in _workers(stack) if _children(worker)]
    return busy[0] if len(busy) == 1 else None


def _task(stack: RunningStack) -> psutil.Process | None:
    worker = _busy_worker(stack)
    return _children(worker)[0] if worker else None


def _checker(stack: RunningStack) -> psutil.Process | None:
    service = _program("api")(stack)
    return next((each for each in _children(service) if "module_operators.checker" in each.cmdline()), None)


KILLS = [
    Kill("api", _program("api")),
    Kill("checker", _checker),
    Kill("dag-processor", _program("dag-processor")),
    Kill("triggerer", _program("triggerer")),
    Kill("task", _task, (2,)),
    # Held, the task outlives the API's absence; else it ends while nobody hears it.
    Kill("airflow-api", _program("airflow-api")),
    Kill("airflow-api-held", _program("airflow-api"), held=True),
    # Held, the task is ended with its scheduler; else it has committed its rows by then, or not.
    Kill("scheduler", _program("scheduler"), (1, 2)),
    Kill("scheduler-held", _program("scheduler"), (2,), held=True),
    Kill("idle-worker", _idle_worker, (1, 2)),
    Kill("busy-worker", _busy_worker, (2,)),
    Kill("postgres", _program("postgres"), (2,)),
]


@pytest.fixture(scope="module")
def warehouse(stack: RunningStack) -> Warehouse:
    return Warehouse(stack)


@pytest.fixture(scope="module")
def pipeline_id(stack: RunningStack, runs: Runs, warehouse: Warehouse) -> UUID:
    """Orders → only the paid ones → total of each customer → a table and a file, named by the run."""
    lines = (
        f"{customer},{paid},10"
        for _ in range(ORDERS_EACH)
        for customer in range(CUSTOMERS)
        for paid in ("true", "false")
    )
    stack.files.mkdir(parents=True, exist_ok=True)
    (stack.files / "orders_to_kill.csv").write_text("\n".join(["customer,paid,amount", *lines, ""]))
    warehouse.make_table("totals_first", gate_at=CUSTOMERS // 2)
    total = {"function": "sum", "column": "amount", "alias": "total"}
    document = graph(
        "Totals that survive",
        node("read", "csv-extractor", "Orders", file_path="orders_to_kill.csv"),
        node("paid", "filter-transformer", "Paid", condition="paid = TRUE"),
        node("total", "aggregate-transformer", "Totals", group_by=["customer"], aggregations=[total]),
        node("table", "postgres-loader", "Table", connection_id=CONNECTION, table_name="totals_${case}"),
        retries=1,
        retry_delay_seconds=1,
        default_params={"case": "first"},
    )
    document["config"]["nodes"].append(node("file", "csv-loader", "File", file_path="totals_${case}.csv"))
    document["config"]["edges"].append({"id": "file", "source": "total", "target": "file"})
    return save(runs, document)


@pytest.mark.parametrize("kill", KILLS, ids=lambda kill: kill.name)
def test_a_run_survives_the_kill_of(
    kill: Kill, stack: RunningStack, runs: Runs, warehouse: Warehouse, pipeline_id: UUID
) -> None:
    table = "totals_" + kill.name.replace("-", "_")
    warehouse.make_table(table, gate_at=CUSTOMERS // 2)

    with warehouse.gate_closed():
        execution_id = runs.execute(pipeline_id, case=table.removeprefix("totals_"))["id"]
        warehouse.wait_for_load()
        runs.until(execution_id, lambda run: (_states(run)["file"], _states(run)["table"]) == ("success", "running"))
        victim = wait_until(partial(kill.victim, stack), what=kill.name, is_brief=True)
        killed_at = time.monotonic()
        victim.kill()
        wait_until(lambda: not _lives(victim), what="its end")
        if kill.held:
            _wait_until_healthy(stack)
    run = _ended(runs, execution_id)
    seconds = time.monotonic() - killed_at
    _wait_until_healthy(stack)
    log.info("%s: run over after %.1f s, all well after %.1f s", kill.name, seconds, time.monotonic() - killed_at)

    _assert_same_as_in_airflow(stack, run)
    assert run["status"] == "success", run
    assert {name: state for name, state in _states(run).items() if state != "success"} == {}
    assert _node(run, "table")["try_number"] in kill.tries
    _assert_loaded_once(stack, warehouse, table)
    assert leftovers.orphans(stack.home, leftovers.recorded_session(stack.home) or 0) == []


def test_a_killed_checker_is_back_before_it_is_asked(stack: RunningStack, runs: Runs, pipeline_id: UUID) -> None:
    assert stack.api.post(f"{runs.url}/pipelines/{pipeline_id}/validate").ok  # starts one that was killed too early
    victim = wait_until(lambda: _checker(stack), what="the checker")
    time.sleep(max(0.0, victim.create_time() + WARM_AFTER + 1 - time.time()))
    victim.kill()

    wait_until(lambda: _checker(stack) not in {None, victim}, what="the next checker")
    answer = stack.api.post(f"{runs.url}/pipelines/{pipeline_id}/validate")
    assert answer.ok, answer.text
    assert _checker(stack) != victim


def test_a_run_survives_the_kill_of_the_supervisor(
    stack: RunningStack, runs: Runs, warehouse: Warehouse, pipeline_id: UUID
) -> None:
    warehouse.make_table("totals_supervisor", gate_at=CUSTOMERS // 2)
    supervisor = leftovers.recorded_session(stack.home)
    assert supervisor is not None

    with warehouse.gate_closed():
        execution_id = runs.execute(pipeline_id, case="supervisor")["id"]
        warehouse.wait_for_load()
        killed_at = time.monotonic()
        os.kill(supervisor, signal.SIGKILL)
    stack.lifecycle.up()
    seconds = time.monotonic() - killed_at
    run = _ended(runs, execution_id)
    log.info("supervisor: up after %.1f s, run over after %.1f s", seconds, time.monotonic() - killed_at)

    _wait_until_healthy(stack)
    _assert_same_as_in_airflow(stack, run)
    assert run["status"] == "success", run
    _assert_loaded_once(stack, warehouse, "totals_supervisor")


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _ended(runs: Runs, execution_id: str) -> Json:
    """The execution once it ended, whatever the API answers on the way."""

    def ended() -> Json | None:
        try:
            answer = runs.stack.api.get(f"{runs.url}/executions/{execution_id}", timeout=10)
        except requests.RequestException:
            return None
        return answer.json() if answer.ok and answer.json()["completed_at"] else None

    return wait_until(ended, seconds=PATIENCE, what=f"the end of {execution_id}")


def _wait_until_healthy(stack: RunningStack) -> None:
    wait_until(lambda: stack.lifecycle.health() == HEALTHY, what="health")


def _node(run: Json, node_id: str) -> Json:
    return next(each for each in run["nodes"] if each["node_id"] == node_id)


def _states(run: Json) -> dict[str, str]:
    return {each["node_id"]: each["status"] for each in run["nodes"]}


def _assert_same_as_in_airflow(stack: RunningStack, run: Json) -> None:
    address = f"{stack.airflow_url}/api/v2/dags/{run['airflow_dag_id']}/dagRuns/{run['airflow_dag_run_id']}"
    airflow = stack.airflow()
    theirs = airflow.get(address).json()
    assert (theirs["state"], theirs["start_date"], theirs["end_date"]) == (
        run["status"],
        run["started_at"],
        run["completed_at"],
    )
    tasks = airflow.get(f"{address}/taskInstances").json()["task_instances"]
    assert {
        task["task_id"]: (task["state"], task["try_number"], task["start_date"], task["end_date"]) for task in tasks
    } == {
        each["task_id"]: (each["status"], each["try_number"], each["started_at"], each["completed_at"])
        for each in run["nodes"]
    }


def _assert_loaded_once(stack: RunningStack, warehouse: Warehouse, table: str) -> None:
    assert warehouse.rows(table) == TOTALS
    header, *lines = (stack.files / f"{table}.csv").read_text().splitlines()
    assert header == "customer,total"
    assert sorted(tuple(map(int, line.split(","))) for line in lines) == TOTALS
    assert not list(stack.files.glob(".loading-*"))
