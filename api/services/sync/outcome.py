"""What became of a finished task: the numbers that its operator handed over, or why it failed."""

from dataclasses import dataclass
from typing import Any

from api.clients.airflow import AirflowClient, AirflowFailed, AirflowRefused
from api.clients.airflow_types import TaskInstance
from api.services.sync.storable import storable

MESSAGE_LIMIT = 10_000
TRACE_LIMIT = 20_000
LINES_READ = 200_000  # of a failed task's log, in search of its last error
FAILED_STATES = frozenset({"failed", "up_for_retry"})


@dataclass(frozen=True)
class Failure:
    """Why a task failed, and the node that caused it: in a fused query often one before the task's own."""

    message: str
    node_id: str | None = None
    trace: str | None = None
    metrics: dict[str, Any] | None = None
    """What the node counted before it failed."""


@dataclass(frozen=True)
class Outcome:
    """The result of one try of a task; not `read` when Airflow broke on the question."""

    metrics: dict[str, Any] | None = None
    failure: Failure | None = None
    read: bool = True


def read_outcome(airflow: AirflowClient, task: TaskInstance) -> Outcome:
    """Ask Airflow for the outcome of a task that ended; a task that tells nothing has an empty one."""
    try:
        if task.state == "success":
            value = airflow.xcom(task.dag_id, task.dag_run_id, task.task_id, "return_value")
            return Outcome(metrics=storable(value) if isinstance(value, dict) else None)
        if task.state in FAILED_STATES:
            return Outcome(failure=_failure(airflow, task))
    except AirflowFailed:  # this task's only: the others must not wait for it
        return Outcome(read=False)
    except AirflowRefused:
        return Outcome()
    return Outcome()


def _failure(airflow: AirflowClient, task: TaskInstance) -> Failure | None:
    told = airflow.xcom(task.dag_id, task.dag_run_id, task.task_id, "failure")
    logged = _last_error(airflow, task)
    if isinstance(told, dict) and isinstance(told.get("message"), str):
        node_id = told.get("node_id")
        trace = logged.trace if logged else None
        caused_by = storable(node_id) if isinstance(node_id, str) else None
        metrics = storable(told["metrics"]) if isinstance(told.get("metrics"), dict) else None
        return Failure(storable(told["message"][:MESSAGE_LIMIT]), caused_by, trace, metrics)
    return logged


def _last_error(airflow: AirflowClient, task: TaskInstance) -> Failure | None:
    """The last exception in the log, or its last error line when there is none."""
    raised: dict[str, Any] | None = None
    said: str | None = None
    with airflow.log(task.dag_id, task.dag_run_id, task.task_id, task.try_number) as lines:
        for count, line in enumerate(lines):
            if count > LINES_READ:
                break
            if line.get("level") in {"error", "critical"}:
                said = str(line.get("event", ""))
                raised = line if line.get("error_detail") else raised
    if raised is not None:
        trace = traceback_text(raised)[-TRACE_LIMIT:]
        return Failure(storable(exception_text(raised)[:MESSAGE_LIMIT]), trace=storable(trace))
    return Failure(storable(said[:MESSAGE_LIMIT])) if said else None


def exception_text(line: dict[str, Any]) -> str:
    """`ValueError: bad thing` out of a structured log line, empty when it carries no exception."""
    details = line.get("error_detail")
    if not isinstance(details, list) or not details or not isinstance(details[0], dict):
        return ""
    kind, value = details[0].get("exc_type") or "Error", details[0].get("exc_value") or ""
    return f"{kind}: {value}" if value else str(kind)


def traceback_text(line: dict[str, Any]) -> str:
    """The traceback of a structured log line, as Python prints it."""
    printed: list[str] = []
    details = line.get("error_detail")
    for raised in reversed(details if isinstance(details, list) else []):
        if not isinstance(raised, dict):
            continue
        frames = raised.get("frames") or []
        where = [f'  File "{f.get("filename")}", line {f.get("lineno")}, in {f.get("name")}' for f in frames]
        printed += [
            "Traceback (most recent call last):",
            *where,
            f"{raised.get('exc_type')}: {raised.get('exc_value')}",
        ]
    return "\n".join(printed)
