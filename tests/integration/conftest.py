"""Runs on the real stack, and pipelines written by hand beside those that the compiler makes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import pytest
import requests
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from stack.ports import free_port, holder
from stack.programs import service_environment
from stack.settings import REPOSITORY
from tests.conftest import RunningStack, SparkProcess, running_stack
from tests.integration.by_hand import PipelinesByHand

T = TypeVar("T")
ENDED = ("success", "failed", "cancelled")
PATIENCE = 180.0
"""Seconds after which something does not come any more; a busy machine is slow."""


def wait_until(
    ask: Callable[[], T | None], *, seconds: float = PATIENCE, what: str = "it", is_brief: bool = False
) -> T:
    """The first answer that is not false; asked less often after a while: it takes CPU from what is awaited.

    Args:
        is_brief: what is awaited does not last, and would be missed.
    """
    deadline = time.monotonic() + seconds
    pause = 0.05
    while time.monotonic() < deadline:
        if answer := ask():
            return answer
        time.sleep(pause)
        pause = pause if is_brief else min(1.2 * pause, 0.3)
    pytest.fail(f"{what} did not come within {seconds:.0f} s")


class Runs:
    """Executions through the service's API, and the same runs through Airflow's."""

    def __init__(self, stack: RunningStack) -> None:
        self.stack = stack
        self.url = f"{stack.api_url}/api/v1"

    def execute(self, pipeline_id: UUID, **params: Any) -> dict[str, Any]:
        """Start a run; the answer is the pending execution."""
        return self._json(self.stack.api.post(f"{self.url}/pipelines/{pipeline_id}/execute", json={"params": params}))

    def get(self, execution_id: str) -> dict[str, Any]:
        """One execution."""
        return self._json(self.stack.api.get(f"{self.url}/executions/{execution_id}"))

    def of(self, pipeline_id: UUID, **filters: str) -> list[dict[str, Any]]:
        """The executions of a pipeline, the newest first."""
        query = {"pipeline_id": str(pipeline_id)} | filters
        return self._json(self.stack.api.get(f"{self.url}/executions", params=query))["items"]

    def ended(self, execution_id: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """The execution, once its run is over."""
        return self.until(execution_id, lambda run: run["status"] in ENDED and run["completed_at"], seconds)

    def until(
        self, execution_id: str, condition: Callable[[dict[str, Any]], object], seconds: float = PATIENCE
    ) -> dict[str, Any]:
        """The execution, once the condition holds."""
        return wait_until(
            lambda: run if condition(run := self.get(execution_id)) else None,
            seconds=seconds,
            what=f"the state of {self.get(execution_id)}",
        )

    def cancel(self, execution_id: str) -> requests.Response:
        """Ask for an execution's end."""
        return self.stack.api.post(f"{self.url}/executions/{execution_id}/cancel")

    def log(self, execution_id: str, **query: Any) -> list[dict[str, Any]]:
        """The whole log, read in small pages as it comes."""
        lines: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer = self.stack.api.get(
                f"{self.url}/executions/{execution_id}/logs", params={"limit": 5} | query | cursor
            )
            page = self._json(answer)
            lines += page["items"]
            if page["complete"]:
                return lines
            cursor = {"cursor": page["cursor"]}
            time.sleep(0 if page["items"] else 0.2)
        pytest.fail("the log was never complete")

    def in_airflow(self, pipeline_id: UUID) -> list[dict[str, Any]]:
        """Every DAG run that Airflow has of a pipeline."""
        runs = f"{self.stack.airflow_url}/api/v2/dags/pipeline_{pipeline_id.hex}/dagRuns"
        return self._json(self.stack.airflow().get(runs))["dag_runs"]

    @staticmethod
    def _json(answer: requests.Response) -> Any:
        assert answer.ok, f"{answer.status_code} {answer.text}"
        return answer.json()


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory, spark_process: SparkProcess) -> Iterator[RunningStack]:
    """One for all tests of this folder."""
    with running_stack(tmp_path_factory.mktemp("stack"), spark_process.server) as running:
        yield running


@pytest.fixture(scope="package")
def runs(stack: RunningStack) -> Runs:
    return Runs(stack)


@pytest.fixture(scope="package")
def sessions(stack: RunningStack) -> Iterator[sessionmaker[Session]]:
    """Sessions on the service's own database."""
    password = stack.lifecycle.credentials.logidata_database_password
    engine = create_engine(stack.postgres.url("logidata", user="logidata", password=password), pool_pre_ping=True)
    yield sessionmaker(engine, expire_on_commit=False)
    engine.dispose()


@pytest.fixture(scope="package")
def by_hand(stack: RunningStack, sessions: sessionmaker[Session]) -> PipelinesByHand:
    return PipelinesByHand(sessions, stack.dags_folder)


@pytest.fixture
def memory(stack: RunningStack) -> Callable[[], int]:
    """Bytes of resident memory that the service had at most, so far."""
    pid = next(each.pid for each in stack.lifecycle.supervisor.processes() if each.name == "api")
    status = Path(f"/proc/{pid}/status")
    Path(f"/proc/{pid}/clear_refs").write_text("5")  # begin again with the peak
    return lambda: 1024 * int(next(line for line in status.read_text().splitlines() if "VmHWM" in line).split()[1])


@contextmanager
def second_service(
    stack: RunningStack, *, port: int | None = None, **settings: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Another API process of the same installation, on a port of its own; some of its settings may differ."""
    lifecycle = stack.lifecycle
    environment = service_environment(lifecycle.settings, lifecycle.credentials, lifecycle.cluster)
    port = port or free_port()
    command = [sys.executable, "-m", "uvicorn", "api.main:app", "--port", str(port), "--log-level", "warning"]
    with (stack.home / "second-service.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=os.environ | environment | settings, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        wait_until(lambda: _answers(port), what="the second service")
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/api/v1/health", timeout=1).ok
    except requests.RequestException:
        return False


def kill_service(stack: RunningStack) -> None:
    """`kill -9` of the process that answers the API; the supervisor starts another."""
    pid = holder(stack.lifecycle.settings.api_port).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def wait_for_service(stack: RunningStack) -> None:
    """Until the API answers again."""
    wait_until(lambda: _answers(stack.lifecycle.settings.api_port), what="the service")


def log_requests(stack: RunningStack, dag_run_id: str) -> int:
    """How often Airflow was asked for a log of a run."""
    lines = (stack.lifecycle.settings.logs / "airflow-api.log").read_text(errors="replace").splitlines()
    return sum(1 for line in lines if dag_run_id in line and "/logs/" in line)
