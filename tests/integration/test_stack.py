"""The stack itself: started twice, killed whole, and taken down without a trace; test_kills kills it piece by piece."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from stack import leftovers
from stack.lifecycle import Stack
from stack.ports import is_free
from stack.settings import PORTS
from stack.warmup import airflow_session
from tests.conftest import stack_settings

PROGRAMS = ["postgres", "airflow-api", "scheduler", "dag-processor", "triggerer", "api", "spark"]


@pytest.fixture(scope="module")
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A whole stack that may be broken; its folder is too deep for a socket and has a space and a quote in its name."""
    folder = tmp_path_factory.mktemp("deep") / "a folder of the user's own" / "far" / "down" / "the" / "tree"
    folder.mkdir(parents=True)
    stack = Stack(stack_settings(folder, spark=True, spark_memory="512m", spark_cores=1))
    try:
        stack.up()
        yield stack
    finally:
        stack.down()


def _pids(stack: Stack) -> dict[str, int]:
    return {process.name: process.pid for process in stack.supervisor.processes()}


def _members(stack: Stack) -> list[psutil.Process]:
    return list(leftovers.members(stack.settings.root, leftovers.recorded_session(stack.settings.root)))


def _wait_until_healthy(stack: Stack, *, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while (verdicts := stack.health()) != dict.fromkeys(PROGRAMS, "healthy"):
        assert time.monotonic() < deadline, verdicts
        time.sleep(0.2)


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_up_starts_everything_and_twice_is_the_same_as_once(lonely: Stack) -> None:
    _wait_until_healthy(lonely, seconds=5)
    before = _pids(lonely)
    assert sorted(before) == sorted(PROGRAMS)

    lonely.up()

    assert _pids(lonely) == before


def test_a_killed_spark_comes_back(lonely: Stack) -> None:
    """What becomes of the other programs, and of runs meanwhile, test_kills tells."""
    before = _pids(lonely)["spark"]

    os.kill(before, signal.SIGKILL)
    while _pids(lonely).get("spark") in {before, 0}:
        time.sleep(0.05)

    _wait_until_healthy(lonely)
    assert _pids(lonely)["spark"] != before


def test_up_heals_what_a_killed_supervisor_leaves_and_loses_nothing(lonely: Stack) -> None:
    runs = f"{lonely.settings.airflow_url}/api/v2/dags/housekeeping/dagRuns"
    before = airflow_session(lonely.settings, lonely.credentials).get(runs).json()["total_entries"]
    supervisor, pids = leftovers.recorded_session(lonely.settings.root), _pids(lonely)
    assert supervisor is not None
    os.kill(supervisor, signal.SIGKILL)
    left = _members(lonely)
    assert set(pids.values()) <= {process.pid for process in left}
    os.kill(pids["postgres"], signal.SIGKILL)
    while any(_lives(process) for process in left if process.pid == pids["postgres"]):
        time.sleep(0.05)
    # As after a restart of the machine, when another process has got the pid that PostgreSQL's lock file names.
    lock = lonely.settings.root / "postgres" / "postmaster.pid"
    lock.write_text(lock.read_text().replace(str(pids["postgres"]), str(os.getpid()), 1))

    lonely.up()

    _wait_until_healthy(lonely, seconds=5)
    assert not any(_lives(process) for process in left)
    assert airflow_session(lonely.settings, lonely.credentials).get(runs).json()["total_entries"] == before + 1


def test_down_leaves_no_process_and_no_port(lonely: Stack) -> None:
    processes = _members(lonely)

    lonely.down()

    assert not any(_lives(process) for process in processes)
    assert not any(_in_home(process, lonely.settings.root) for process in psutil.process_iter())
    settings = lonely.settings
    assert all(is_free(getattr(settings, port)) for port in PORTS)
    lonely.down()
    assert lonely.health() == {}


def _in_home(process: psutil.Process, home: Path) -> bool:
    try:
        return Path(process.cwd()).is_relative_to(home)
    except (psutil.Error, FileNotFoundError):
        return False
