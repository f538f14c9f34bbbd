"""Airflow's LocalExecutor for a machine whose supervisor restarts what ends: it ends where the original would hang.

Its workers share one queue and one lock. A worker that is killed while it waits takes the lock along: no task starts
any more, and every health check stays green. And ending it while a task runs waits for ever for that task's worker.
"""

import importlib
import time

from airflow.executors.local_executor import LocalExecutor

# Task processes are forked from the workers, and these from here: what is imported once here costs a task nothing.
_PRELOADED = ("airflow.sdk.execution_time.task_runner", "module_operators.preload")

_PATIENCE_SECONDS = 25
_PATIENCE_AFTER_A_LOSS_SECONDS = 5


class WorkerLostError(RuntimeError):
    """A worker process was killed; only a new scheduler has a queue that surely works."""


class LogiDataExecutor(LocalExecutor):
    """Runs tasks on this machine, in processes that have the engine loaded already."""

    _patience = _PATIENCE_SECONDS

    def start(self) -> None:
        """Loads what tasks need before the workers are forked."""
        for module in _PRELOADED:
            importlib.import_module(module)
        super().start()

    def sync(self) -> None:
        """Looks after the workers; the scheduler calls it all the time, and ends when it raises."""
        lost = [pid for pid, worker in self.workers.items() if not worker.is_alive()]
        if lost:
            self._patience = _PATIENCE_AFTER_A_LOSS_SECONDS
            raise WorkerLostError(f"Worker processes {lost} were killed; the scheduler ends, to be started again.")
        super().sync()

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
