"""What the nodes of an execution have handed on, and how often they tried."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from api.clients.airflow import AirflowClient
from api.errors import NodeNotFound, NoStoredOutput, StoredOutputGone
from api.models import ExecutionNode
from api.services import executions
from api.services.executions import Whole
from dag_factory.compile import dag_id_for


@dataclass(frozen=True)
class Stored:
    """A node's stored output: its plan's staging URI."""

    node_id: str
    title: str
    plan: str


@dataclass(frozen=True)
class Try:
    """One try of a node."""

    try_number: int
    status: str
    started_at: datetime | None
    completed_at: datetime | None
    duration_seconds: float | None


def stored(session: Session, execution_id: UUID, node_id: str) -> Stored:
    """What a node has handed on.

    Raises:
        ExecutionNotFound, NodeNotFound: there is none of that id.
        NoStoredOutput: it has not succeeded, or is a loader.
    """
    whole = executions.get(session, execution_id)
    row = _row(whole, node_id)
    title = whole.nodes.title(node_id)
    if row.plan is None and whole.nodes.kinds.get(node_id) == "loader":
        raise NoStoredOutput(title, "is a loader: its rows are in its target. Look at the node before it.")
    if row.plan is None:
        raise NoStoredOutput(title, f"has handed on nothing: it is {row.status.replace('_', ' ')}.")
    return Stored(node_id, title, row.plan)


def refuse_unreadable(output: Stored, states: Mapping[str, str]) -> None:
    """Say why rows cannot be shown.

    Raises:
        StoredOutputGone: housekeeping has removed them.
        NoStoredOutput: they were never stored, and the file that they come from is another one by now.
    """
    state = states.get(output.plan)
    if state == "changed":
        raise NoStoredOutput(output.title, "reads a file in place, which has changed since this run. Run it again.")
    if state != "intact":
        raise StoredOutputGone([output.node_id], [output.title])


def tries(airflow: AirflowClient, whole: Whole, node_id: str) -> list[Try]:
    """Every try of a node that Airflow knows of.

    Raises:
        NodeNotFound: there is none of that id.
    """
    row = _row(whole, node_id)
    found = airflow.tries(dag_id_for(whole.execution.pipeline_id), whole.execution.airflow_dag_run_id, row.task_id)
    return [
        Try(task.try_number, task.state or "pending", task.start_date, task.end_date, task.duration)
        for task in found
        if task.try_number > 0
    ]


def _row(whole: Whole, node_id: str) -> ExecutionNode:
    row = next((row for row in whole.rows if row.node_id == node_id), None)
    if row is None:
        raise NodeNotFound(node_id)
    return row
