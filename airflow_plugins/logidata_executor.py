"""Airflow's LocalExecutor for a machine whose supervisor restarts what ends: it ends where the original would hang.

Its workers share one queue and one lock. A worker that is killed while it waits takes the lock along: no task starts
any more, and every health check stays green. And ending it while a task runs waits for ever for that task's worker.

And it lets the scheduler rest. A look of the scheduler's for work costs 15 ms and there would be nine a second, most of
them for nothing; here it looks again when a task has ended, when a run is to begin, or after a second.
"""

import importlib
import time
from multiprocessing.connection import wait
from typing import Any

from airflow import settings
from airflow.executors.local_executor import LocalExecutor

# Task processes are forked from the workers, and these from here: what is imported once here costs a task nothing.
_PRELOADED = ("airflow.sdk.execution_time.task_runner", "module_operators.preload")

_PATIENCE_SECONDS = 25
_PATIENCE_AFTER_A_LOSS_SECONDS = 5

_REST_SECONDS = 1.0
"""Between two looks of the scheduler's, when nothing happens: the time of a schedule is noticed so late."""
_REST_WITH_NEW_TASKS_SECONDS = 0.25
"""Most of them have ended by then, and the look that follows finds the next ones."""
_GLANCE_SECONDS, _GLANCE_AT_TASKS_SECONDS = 0.1, 0.05
"""Between two looks while a run may go on any moment, and between two glances whether there is such a run."""

# A task has its last state a while before its process has ended. Each part has an index.
_GLANCE = """
WITH at_work AS (SELECT dag_id, run_id FROM task_instance WHERE state IN ('queued', 'running'))
SELECT EXISTS (SELECT FROM dag_run WHERE state = 'queued') OR EXISTS (
    SELECT FROM dag_run WHERE state = 'running' AND NOT EXISTS (
        SELECT FROM at_work WHERE at_work.dag_id = dag_run.dag_id AND at_work.run_id = dag_run.run_id
    )
), (SELECT count(*) FROM at_work)
"""


class WorkerLostError(RuntimeError):
    """A worker process was killed; only a new scheduler has a queue that surely works."""


class LogiDataExecutor(LocalExecutor):
    """Runs tasks on this machine, in processes that have the engine loaded already."""

    _patience = _PATIENCE_SECONDS
    _rest_seconds = 0.0

    def start(self) -> None:
        """Loads what tasks need before the workers are forked."""
        for module in _PRELOADED:
            importlib.import_module(module)
        super().start()

    def sync(self) -> None:
        """Looks after the workers; the scheduler calls it all the time, and ends when it raises."""
        self._rest()
        self._rest_seconds = _REST_SECONDS
        lost = [pid for pid, worker in self.workers.items() if not worker.is_alive()]
        if lost:
            self._patience = _PATIENCE_AFTER_A_LOSS_SECONDS
            raise WorkerLostError(f"Worker processes {lost} were killed; the scheduler ends, to be started again.")
        super().sync()

    def change_state(self, *arguments: Any, **options: Any) -> None:
        """A task has ended: the scheduler goes on at once."""
        super().change_state(*arguments, **options)
        self._rest_seconds = 0.0

    def _process_workloads(self, workload_list: Any) -> None:
        super()._process_workloads(workload_list)
        self._rest_seconds = _REST_WITH_NEW_TASKS_SECONDS

    def _rest(self) -> None:
        """Until a look of the scheduler's may find something; it has no session open and nothing locked meanwhile."""
        if not self._rest_seconds:
            return
        results = self.result_queue._reader  # pyright: ignore[reportAttributeAccessIssue] - the queue tells only whether
        events = [results, *(worker.sentinel for worker in self.workers.values())]
        until = time.monotonic() + self._rest_seconds
        pause = _GLANCE_AT_TASKS_SECONDS if self.running else _GLANCE_SECONDS
        most = 0
        with settings.get_engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while time.monotonic() < until and not wait(events, pause):
                may_go_on, at_work = connection.exec_driver_sql(_GLANCE).one()
                if may_go_on or at_work < most:
                    return
                most = at_work

    def _read_results(self) -> None:
        try:
            super()._read_results()
        except (TypeError, ValueError, AttributeError):
            # A task's exception that cannot be rebuilt here, such as an HTTP error of the worker's own client, ended
            # the scheduler. The result is lost with it; the task is found by its heartbeat.
            self.log.exception("The result of a task could not be read")

    def end(self) -> None:
        """Lets running tasks come to their end, but waits only so long; a new scheduler runs the others again."""
        self.log.info("Ending; running tasks have %s seconds to finish", self._patience)
        # One message for each, counted before the first has ended: whoever is free takes one. The original, which asks
        # each worker whether it still lives when its turn comes, sends too few and waits for the last one for ever.
        for _ in self.workers:
            self.activity_queue.put(None)
        deadline = time.monotonic() + self._patience
        for worker in self.workers.values():
            worker.join(max(0, deadline - time.monotonic()))
            if worker.is_alive():
                worker.kill()
        self._read_results()
