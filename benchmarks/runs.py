"""Figures of the whole stack: a real one on ports and in folders of its own, started as `make up` starts it."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import requests

from benchmarks.chains import RUNNABLE, chain
from benchmarks.measure import RUNS, Figure, alone, alternating, beside, percentile
from dag_factory.compile import dag_id_for
from dag_factory.publish import Publisher
from stack.lifecycle import Stack
from stack.ports import free_port
from stack.settings import StackSettings
from stack.warmup import airflow_session

MANY = 1_000
SAVES = 20
IDLE_SECONDS = 60
PATIENCE = 300


def figures() -> Iterator[Figure]:
    with running_stack() as stack:
        bench = Bench(stack)
        bench.publish(10)
        yield from bench.saved_to_runnable(10)
        yield from bench.chain_of_ten()
        bench.publish(MANY)
        yield from bench.saved_to_runnable(MANY)
        yield bench.idle_cpu()


@contextmanager
def running_stack() -> Iterator[Stack]:
    """A stack in a temporary folder, stopped and removed at the end."""
    with tempfile.TemporaryDirectory(prefix="logidata-bench-") as name:
        home = Path(name)
        ports = [free_port() for _ in range(3)]
        settings = StackSettings(
            home=home / "var",
            dags_folder=home / "dags",
            api_port=ports[0],
            airflow_port=ports[1],
            postgres_port=ports[2],
        )
        stack = Stack(settings)
        try:
            stack.up()
            yield stack
        finally:
            stack.down()


class Bench:
    """Saves, runs and watches pipelines over HTTP, as the builder does."""

    def __init__(self, stack: Stack) -> None:
        self._settings = stack.settings
        self._stack = stack
        self._service = requests.Session()
        self._service.headers["Authorization"] = f"Bearer {stack.credentials.service_token}"
        self._airflow = airflow_session(stack.settings, stack.credentials)
        self._saved: list[dict[str, Any]] = []
        files = Path(stack.settings.shared_environment["LOGIDATA_FILES_URL"])
        files.mkdir(parents=True, exist_ok=True)
        lines = (f"{i},{i % 997}.5,{('new', 'paid', 'cancelled')[i % 3]},{'x' * 10}\n" for i in range(40_000))
        (files / "rows.csv").write_text("id,amount,status,note\n" + "".join(lines))  # about 1 MB

    def publish(self, number: int) -> None:
        """Saves pipelines until there are `number`, and waits until Airflow serves them all."""
        while len(self._saved) < number:
            body = chain(f"chain {len(self._saved)}", "rows.csv")
            self._saved.append(self._call("POST", "pipelines", json=body))
        for saved in self._saved:
            self._until_served(saved)

    def saved_to_runnable(self, published: int) -> Iterator[Figure]:
        """Seconds from a save until Airflow serves its revision: first edits, then edits right after an edit."""
        single = [self._edit(number, twice=False) for number in range(SAVES)]
        double = [self._edit(number, twice=True) for number in range(SAVES)]
        for what, values in (("an edit", single), ("an edit right after another", double)):
            name = f"saved→runnable, {what}, {published:,} pipelines"
            yield alone(f"{name}, median of {SAVES}", statistics.median(values), "s", 1.0)
            yield alone(f"{name}, p95 of {SAVES}", percentile(values, 95), "s", 1.5)

    def chain_of_ten(self) -> Iterator[Figure]:
        """Our chain and the hand-written one in turn; seconds as Airflow counts the DAG run."""
        publisher = Publisher(self._settings.dags_folder.absolute())
        revision = publisher.publish("hand_written", RUNNABLE)
        self._edit(0, twice=False)  # its re-parse brings the hand-written file too
        self._wait(lambda: self._served("hand_written") >= revision)
        ours, hand = alternating(
            RUNS,
            lambda: self._run(dag_id_for(UUID(self._saved[0]["id"]))),
            lambda: self._run("hand_written"),
        )
        yield beside("chain of 10 nodes over 1 MB beside 10 hand-written empty tasks", ours, hand, "s", 1.25)

    def idle_cpu(self) -> Figure:
        """CPU of all processes while nobody does anything, in per cent of one core."""
        processes = [psutil.Process(program.pid) for program in self._stack.supervisor.processes() if program.pid]

        def busy() -> float:
            return sum(
                sum(p.cpu_times()[:4]) for parent in processes for p in (parent, *parent.children(recursive=True))
            )

        time.sleep(15)
        before = busy()
        time.sleep(IDLE_SECONDS)
        spent = 100 * (busy() - before) / IDLE_SECONDS
        return alone(f"idle CPU of the whole stack, {MANY:,} pipelines, {IDLE_SECONDS} s", spent, "% of a core", None)

    def _edit(self, number: int, *, twice: bool) -> float:
        index = number % len(self._saved)
        if twice:
            self._save(index)
        begun = time.perf_counter()
        self._save(index)
        self._until_served(self._saved[index])
        return time.perf_counter() - begun

    def _save(self, index: int) -> None:
        saved = self._saved[index]
        body = chain(saved["name"], "rows.csv")
        body["description"] = f"edited at {time.time_ns()}"
        self._saved[index] = self._call("PUT", f"pipelines/{saved['id']}", json={**body, "revision": saved["revision"]})

    def _run(self, dag_id: str) -> float:
        url = f"{self._settings.airflow_url}/api/v2/dags/{dag_id}/dagRuns"
        answer = self._airflow.post(url, json={"logical_date": None}, timeout=30)
        answer.raise_for_status()
        run_id = answer.json()["dag_run_id"]

        def state() -> dict[str, Any]:
            return self._airflow.get(f"{url}/{run_id}", timeout=30).json()

        self._wait(lambda: state()["state"] in {"success", "failed"}, pause=0.2)
        ended = state()
        assert ended["state"] == "success", f"{dag_id} ended as {ended['state']}"
        return float(ended["duration"])

    def _until_served(self, saved: dict[str, Any]) -> None:
        version = self._call("GET", f"pipelines/{saved['id']}/versions/{saved['revision']}")
        dag_id = dag_id_for(UUID(saved["id"]))
        self._wait(lambda: self._served(dag_id) >= version["bundle_revision"])

    def _served(self, dag_id: str) -> int:
        answer = self._airflow.get(f"{self._settings.airflow_url}/api/v2/dags/{dag_id}", timeout=30)
        return int(answer.json()["bundle_version"] or 0) if answer.ok else 0

    def _call(self, method: str, path: str, **options: Any) -> Any:
        answer = self._service.request(method, f"{self._settings.api_url}/api/v1/{path}", timeout=60, **options)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    @staticmethod
    def _wait(condition: Callable[[], bool], pause: float = 0.02) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {PATIENCE} s")
            time.sleep(pause)
