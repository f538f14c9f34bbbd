"""Airflow's REST API, as far as pipelines need it; every method is named after the thing that it asks for."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests

from api.clients.airflow_backfills import BackfillRequests
from api.clients.airflow_connections import ConnectionRequests
from api.clients.airflow_log import LogLine, log_lines
from api.clients.airflow_session import PAGE, AirflowFailed, AirflowRefused, Params
from api.clients.airflow_types import Dag, DagRun, Health, ImportFault, TaskInstance
from api.errors import AirflowUnavailable

__all__ = ["AirflowClient", "AirflowFailed", "AirflowRefused", "AirflowUnavailable"]


class AirflowClient(BackfillRequests, ConnectionRequests):
    """What this service asks of Airflow."""

    # DAGs

    def dag(self, dag_id: str) -> Dag | None:
        """The DAG as Airflow serves it now, or None while it knows none of that name."""
        return self.one(Dag, f"/dags/{_segment(dag_id)}")

    def dags(self, *, prefix: str) -> Iterator[Dag]:
        """Every DAG whose id starts with the prefix, also those whose file is gone."""
        params = {"dag_id_prefix_pattern": prefix, "exclude_stale": False, "order_by": "dag_id"}
        return (Dag.model_validate(row) for row in self.offset_pages("/dags", "dags", params))

    def dags_named(self, dag_ids: Collection[str]) -> dict[str, Dag]:
        """These DAGs as Airflow serves them now, in one request; one that it does not know is missing."""
        if not dag_ids:
            return {}
        if len(dag_ids) > PAGE:
            raise ValueError(f"Ask for at most {PAGE} DAGs at once.")
        params: Params = {"dag_id_pattern": "|".join(dag_ids), "exclude_stale": False, "limit": PAGE}
        rows = self.json("/dags", params=params)["dags"]
        return {row["dag_id"]: Dag.model_validate(row) for row in rows}

    def reparse(self, file_token: str) -> None:
        """Put the file first in the DAG processor's queue and refresh its bundle."""
        self.call("PUT", f"/parseDagFile/{_segment(file_token)}")

    def delete_dag(self, dag_id: str) -> bool:
        """Forget a DAG and its runs; False when Airflow knew none, AirflowRefused (409) while tasks of it run."""
        return self.call("DELETE", f"/dags/{_segment(dag_id)}", missing_ok=True) is not None

    def unpause_dag(self, dag_id: str) -> None:
        """Let the DAG run again that somebody paused in Airflow."""
        self.call("PATCH", f"/dags/{_segment(dag_id)}", params={"update_mask": "is_paused"}, json={"is_paused": False})

    def import_errors(self, filename_part: str) -> list[ImportFault]:
        """Files that Airflow could not load, the newest first."""
        params: Params = {"order_by": "-timestamp", "filename_pattern": filename_part, "limit": PAGE}
        rows = self.json("/importErrors", params=params)["import_errors"]
        return [ImportFault.model_validate(row) for row in rows]

    # Runs

    def trigger(self, dag_id: str, dag_run_id: str, conf: Mapping[str, Any], note: str | None = None) -> bool:
        """Start a run under an id that the caller chose; False when a run of that id exists already."""
        body = {"dag_run_id": dag_run_id, "logical_date": None, "conf": dict(conf), "note": note}
        try:
            self.call("POST", f"/dags/{_segment(dag_id)}/dagRuns", json=body)
        except AirflowRefused as refused:
            if refused.status == requests.codes.conflict:
                return False
            raise
        return True

    def dag_run(self, dag_id: str, dag_run_id: str) -> DagRun | None:
        """One run, or None when Airflow has none of that id."""
        return self.one(DagRun, _run_path(dag_id, dag_run_id))

    def set_dag_run_state(self, dag_id: str, dag_run_id: str, state: str) -> DagRun | None:
        """End a run as "failed" or "success" (its tasks are stopped); None when Airflow has no such run."""
        answer = self.call("PATCH", _run_path(dag_id, dag_run_id), json={"state": state}, missing_ok=True)
        return DagRun.model_validate(answer.json()) if answer is not None else None

    def delete_dag_run(self, dag_id: str, dag_run_id: str) -> bool:
        """Forget an ended run; False when there was none, AirflowRefused (409) while it runs."""
        return self.call("DELETE", _run_path(dag_id, dag_run_id), missing_ok=True) is not None

    def dag_runs_ended_before(self, dag_id: str, before: datetime, *, limit: int) -> list[str]:
        """Ids of the oldest runs of a DAG that ended before a time; none when there is no such DAG."""
        params: Params = {"end_date_lt": before.isoformat(), "order_by": "run_after", "limit": limit}
        answer = self.call("GET", f"/dags/{_segment(dag_id)}/dagRuns", params=params, missing_ok=True)
        return [row["dag_run_id"] for row in answer.json()["dag_runs"]] if answer is not None else []

    def clear_tasks(self, dag_id: str, dag_run_id: str, task_ids: Collection[str]) -> None:
        """Let tasks of an ended run be run again with its revision; AirflowRefused (404): there is no such run."""
        body = {
            "dry_run": False,
            "dag_run_id": dag_run_id,
            "task_ids": sorted(task_ids),
            "only_failed": False,
            "reset_dag_runs": True,
            "run_on_latest_version": False,
            "prevent_running_task": True,
        }
        self.call("POST", f"/dags/{_segment(dag_id)}/clearTaskInstances", json=body)

    def tries(self, dag_id: str, dag_run_id: str, task_id: str) -> list[TaskInstance]:
        """Every try of a task, the first one first; none when Airflow knows no such task."""
        answer = self.call("GET", f"{_task_path(dag_id, dag_run_id, task_id)}/tries", missing_ok=True)
        rows = answer.json()["task_instances"] if answer is not None else []
        return sorted((TaskInstance.model_validate(row) for row in rows), key=lambda task: task.try_number)

    def dag_runs_updated_since(self, since: datetime | None, *, prefix: str) -> Iterator[DagRun]:
        """Every run that changed at or after a time, oldest change first; None asks for all there are."""
        params = _changed(since) | {"dag_id_prefix_pattern": prefix, "order_by": "updated_at"}
        return (DagRun.model_validate(row) for row in self.keyset_pages("/dags/~/dagRuns", "dag_runs", params))

    def task_instances_updated_since(self, since: datetime | None, *, prefix: str) -> Iterator[TaskInstance]:
        """Every task instance that changed at or after a time, in the order in which they were made."""
        params = _changed(since) | {"dag_id_prefix_pattern": prefix, "order_by": "id"}
        path = "/dags/~/dagRuns/~/taskInstances"
        return (TaskInstance.model_validate(row) for row in self.keyset_pages(path, "task_instances", params))

    def task_instances(self, dag_id: str, dag_run_id: str) -> list[TaskInstance]:
        """Every task instance of one run."""
        rows = self.offset_pages(f"{_run_path(dag_id, dag_run_id)}/taskInstances", "task_instances", {"order_by": "id"})
        return [TaskInstance.model_validate(row) for row in rows]

    def xcom(self, dag_id: str, dag_run_id: str, task_id: str, key: str) -> Any | None:
        """What a task handed over under a key, as JSON data; None when it did not."""
        path = f"{_task_path(dag_id, dag_run_id, task_id)}/xcomEntries/{_segment(key)}"
        answer = self.call("GET", path, params={"stringify": False}, missing_ok=True)
        return answer.json()["value"] if answer is not None else None

    @contextmanager
    def log(self, dag_id: str, dag_run_id: str, task_id: str, try_number: int) -> Iterator[Iterator[LogLine]]:
        """The lines of one try's log from its start, read as they are asked for; none when Airflow knows no such try.

        The other form, JSON with a continuation token, answers with the whole log at once, however long it is.
        """
        path = f"{_task_path(dag_id, dag_run_id, task_id)}/logs/{try_number}"
        answer = self.call("GET", path, missing_ok=True, stream=True)
        if answer is None:
            yield iter(())
            return
        with answer:
            yield log_lines(answer)

    # Airflow itself

    def health(self) -> Health:
        """How Airflow's own processes are."""
        answer = self.json("/monitor/health")
        return Health(components={name: part["status"] for name, part in answer.items() if part is not None})


def _changed(since: datetime | None) -> dict[str, Any]:
    return {"updated_at_gte": since.isoformat()} if since is not None else {}


def _segment(value: str) -> str:
    return quote(value, safe="")


def _run_path(dag_id: str, dag_run_id: str) -> str:
    return f"/dags/{_segment(dag_id)}/dagRuns/{_segment(dag_run_id)}"


def _task_path(dag_id: str, dag_run_id: str, task_id: str) -> str:
    return f"{_run_path(dag_id, dag_run_id)}/taskInstances/{_segment(task_id)}"
