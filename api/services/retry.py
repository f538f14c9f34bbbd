"""An ended execution runs again, from the nodes that failed or from one that is named, with the same revision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.clients.airflow import AirflowClient, AirflowRefused
from api.errors import (
    ExecutionActive,
    ExecutionFinished,
    ExecutionNotFound,
    NodeNotFound,
    NothingToRetry,
    StoredOutputGone,
)
from api.models import ExecutionNode, PipelineExecution
from api.services import executions
from api.services.executions import Whole
from api.services.publishing import wake_sync
from api.services.sync.record import FINAL, reopen
from dag_factory.compile import dag_id_for

INTACT, CHANGED = "intact", "changed"


@dataclass
class Again:
    """Which nodes run again, and whose stored outputs they need meanwhile."""

    whole: Whole
    nodes: set[str] = field(default_factory=set)

    @property
    def reused(self) -> dict[str, str]:
        """Nodes that are not run again though one that is reads them, with the URI of their plan ("" without one)."""
        rows = {row.node_id: row for row in self.whole.rows}
        inputs = self.whole.nodes.inputs
        needed = {source for node in self.nodes for source in inputs.get(node, ())} - self.nodes
        return {node: (rows[node].plan or "") if node in rows else "" for node in needed}


def chosen(session: Session, execution_id: UUID, from_node: str | None) -> Again:
    """The nodes that are to run again, as far as their states tell.

    Raises:
        ExecutionActive: it has not ended.
        NodeNotFound: the version that ran has no node of that id.
        NothingToRetry: it never became a run, or nothing of it failed.
    """
    whole = executions.get(session, execution_id)
    execution = whole.execution
    if execution.status not in FINAL or execution.completed_at is None:
        raise ExecutionActive
    if execution.triggered_at is None:
        raise NothingToRetry("This execution never became a run; start a new one.")
    wanted = whole.nodes.way_to(execution.until_node) or set(whole.nodes.tasks)
    if from_node is not None:
        if from_node not in wanted:
            raise NodeNotFound(from_node)
        return Again(whole, whole.nodes.way_from(from_node) & wanted)
    again = {row.node_id for row in whole.rows if row.status != "success"} & wanted
    if execution.error_node_id in wanted:  # it may be green: a later task ran its query
        again |= whole.nodes.way_from(execution.error_node_id) & wanted
    if not again:
        raise NothingToRetry("Every node of this execution succeeded; say from which node it is to run again.")
    return Again(whole, again)


def extended(again: Again, states: Mapping[str, str]) -> bool:
    """Add the nodes whose outputs read a file that has changed since; False when there were none.

    Raises:
        StoredOutputGone: an output that is needed is no longer there.
    """
    gone = [node for node, plan in again.reused.items() if states.get(plan, "gone") not in {INTACT, CHANGED}]
    if gone:
        raise StoredOutputGone(sorted(gone), sorted(again.whole.nodes.title(node) for node in gone))
    changed = {node for node, plan in again.reused.items() if states[plan] == CHANGED}
    again.nodes |= changed
    return bool(changed)


def run(session: Session, airflow: AirflowClient, again: Again) -> None:
    """Let Airflow run them again; the execution is open again from now on.

    Raises:
        ExecutionFinished: Airflow has forgotten the run.
    """
    query = select(PipelineExecution).where(PipelineExecution.id == again.whole.execution.id).with_for_update()
    execution = session.scalar(query.execution_options(populate_existing=True))
    if execution is None:
        raise ExecutionNotFound(again.whole.execution.id)
    if execution.status not in FINAL:
        raise ExecutionActive
    tasks = again.whole.nodes.tasks
    try:
        airflow.clear_tasks(
            dag_id_for(execution.pipeline_id), execution.airflow_dag_run_id, [tasks[node] for node in again.nodes]
        )
    except AirflowRefused as refused:
        if refused.status == 404:
            raise ExecutionFinished(f"{execution.status}, and Airflow has forgotten its run") from refused
        raise
    reopen(execution)
    execution.status = "pending"
    execution.completed_at = execution.duration_seconds = None
    execution.updated_at = func.now()
    rows = select(ExecutionNode).where(ExecutionNode.execution_id == execution.id)
    for row in session.scalars(rows.where(ExecutionNode.node_id.in_(again.nodes))):
        row.status = "pending"
        row.started_at = row.completed_at = row.duration_seconds = row.error_message = None
        row.updated_at = func.now()
    session.flush()
    wake_sync(session)
