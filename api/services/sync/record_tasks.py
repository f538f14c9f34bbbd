"""Writes what Airflow says about a run's tasks onto the execution's nodes, and sums them up at the end."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.clients.airflow_types import TaskInstance
from api.models import ExecutionNode, PipelineExecution
from api.services.sync.outcome import Outcome
from api.services.sync.record import touch
from api.services.version_nodes import VersionNodes, version_nodes

TryKey = tuple[str, int]  # task id, try number
ENDED = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})
COUNTS = ("rows_in", "rows_out", "bytes")


def node_rows(session: Session, execution: PipelineExecution) -> dict[str, ExecutionNode]:
    """The execution's nodes by task id."""
    rows = session.scalars(select(ExecutionNode).where(ExecutionNode.execution_id == execution.id))
    return {row.task_id: row for row in rows}


def is_news(row: ExecutionNode | None, task: TaskInstance) -> bool:
    """Whether a task instance says more than the row does."""
    if row is None or not row.outcome_read:
        return True
    said = (row.status, row.try_number, row.started_at, row.completed_at)
    return said != (task.state or "pending", task.try_number, task.start_date, task.end_date)


def record_tasks(
    session: Session,
    execution: PipelineExecution,
    tasks: Iterable[TaskInstance],
    outcomes: Mapping[TryKey, Outcome],
) -> None:
    """Bring the nodes up to date, in the order in which the tasks ended."""
    nodes = version_nodes(session, execution.pipeline_version_id)
    rows = node_rows(session, execution)
    by_node = {row.node_id: row for row in rows.values()}
    for task in sorted(tasks, key=lambda each: (each.end_date is None, each.end_date, each.task_id)):
        row = rows.get(task.task_id)
        if not is_news(row, task):
            continue
        if row is None:
            node_id = nodes.node_of(task.task_id)
            row = ExecutionNode(execution_id=execution.id, node_id=node_id, task_id=task.task_id, try_number=0)
            session.add(row)
            rows[task.task_id] = by_node[node_id] = row
        _record_state(row, task, by_node)
        outcome = outcomes.get((task.task_id, task.try_number), Outcome())
        row.outcome_read = outcome.read
        if outcome.metrics:
            _record_metrics(row, outcome.metrics, by_node)
        if outcome.failure:
            caused_by = by_node.get(outcome.failure.node_id or "", row)
            caused_by.error_message = outcome.failure.message
            _record_own(caused_by, {"metrics": outcome.failure.metrics})
            if caused_by is not row:
                row.error_message = f"Failed at the node “{nodes.title(caused_by.node_id)}”: {outcome.failure.message}"
    for row in rows.values():
        if session.is_modified(row):
            row.updated_at = func.now()


def summarise(
    session: Session,
    execution: PipelineExecution,
    tasks: Sequence[TaskInstance],
    outcomes: Mapping[TryKey, Outcome],
) -> None:
    """Fill in what an ended execution answers with: its counts, or the first failure and its node."""
    nodes = version_nodes(session, execution.pipeline_version_id)
    rows = {row.node_id: row for row in node_rows(session, execution).values()}
    loaders = [row for row in rows.values() if nodes.kinds.get(row.node_id) == "loader"]
    extractors = [row for row in rows.values() if nodes.kinds.get(row.node_id) == "extractor"]
    execution.metrics = {
        "rows_read": _sum(row.rows_out for row in extractors),
        "rows_written": _sum(_written(row) for row in loaders),
        "bytes_written": _sum(row.bytes for row in loaders),
        "task_seconds": round(sum(row.duration_seconds or 0 for row in rows.values()), 3),
        "tries": sum(row.try_number for row in rows.values()),
    }
    execution.result = None
    execution.error_message = execution.error_trace = execution.error_node_id = None
    if execution.status == "success":
        execution.result = {"loaded": [_loaded(row, nodes) for row in loaders]}
    else:
        _record_error(execution, tasks, outcomes, nodes, rows)
    touch(session, execution)


def _record_state(row: ExecutionNode, task: TaskInstance, by_node: Mapping[str, ExecutionNode]) -> None:
    again = task.try_number != row.try_number or task.state == "success"
    if again and row.error_message is not None:
        row.error_message = None
        for other in by_node.values():
            if other.status == "success":  # blamed by the try before; its own task did not fail
                other.error_message = None
    row.status = task.state or "pending"
    row.try_number = task.try_number
    row.started_at = task.start_date
    row.completed_at = task.end_date
    row.duration_seconds = task.duration if task.end_date else None
    if row.status not in ENDED:
        row.rows_in = row.rows_out = row.bytes = None
        row.columns = row.plan = None
        row.metrics = {}


def _record_metrics(row: ExecutionNode, told: dict[str, Any], by_node: Mapping[str, ExecutionNode]) -> None:
    _record_own(row, told)
    if isinstance(told.get("columns"), list):
        row.columns = told["columns"]
    if isinstance(told.get("plan"), str):
        row.plan = told["plan"]
    learned = told.get("nodes")
    for node_id, of_node in (learned if isinstance(learned, dict) else {}).items():
        other = by_node.get(node_id)
        if other is not None and isinstance(of_node, dict):
            _record_own(other, of_node)


def _record_own(row: ExecutionNode, told: Mapping[str, Any]) -> None:
    """What a task tells of its own node, or of one whose rows only its query has seen."""
    for name in COUNTS:
        if isinstance(told.get(name), int):
            setattr(row, name, told[name])
    if isinstance(told.get("metrics"), dict):
        row.metrics = (row.metrics or {}) | told["metrics"]


def _record_error(
    execution: PipelineExecution,
    tasks: Sequence[TaskInstance],
    outcomes: Mapping[TryKey, Outcome],
    nodes: VersionNodes,
    rows: Mapping[str, ExecutionNode],
) -> None:
    if execution.status == "cancelled":
        execution.error_message = "The execution was cancelled."
        return
    failed = [task for task in tasks if task.state == "failed"]
    if not failed:
        execution.error_message = "The run was ended as failed in Airflow."
        return
    first = min(failed, key=lambda task: (task.end_date is None, task.end_date))
    failure = outcomes.get((first.task_id, first.try_number), Outcome()).failure
    node_id = nodes.node_of(first.task_id)
    if failure is not None and failure.node_id in rows:
        node_id = failure.node_id or node_id
    known = rows.get(node_id)
    message = failure.message if failure else (known.error_message if known else None)
    execution.error_node_id = node_id
    execution.error_message = f"{nodes.title(node_id)}: {message or 'the task failed without saying why'}"
    execution.error_trace = failure.trace if failure else None


def _loaded(row: ExecutionNode, nodes: VersionNodes) -> dict[str, Any]:
    return {"node_id": row.node_id, "label": nodes.title(row.node_id), "rows": _written(row), "bytes": row.bytes}


def _written(row: ExecutionNode) -> int | None:
    return row.rows_in if row.rows_out is None else row.rows_out


def _sum(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
