"""Writes what Airflow says about a run into its execution; the same twice changes nothing."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from api.clients.airflow_types import DagRun
from api.models import ExecutionNode, Pipeline, PipelineExecution, PipelineVersion
from api.services.sync.revisions import pipeline_of
from api.services.sync.storable import storable
from api.services.version_nodes import add_pending_nodes

NOT_UNDER_WAY = frozenset({"pending", "success", "failed", "skipped", "upstream_failed", "removed"})
FINAL = frozenset({"success", "failed", "cancelled"})
STATUS = {"queued": "pending", "running": "running", "success": "success", "failed": "failed"}
TRIGGER_TYPE = {"scheduled": "scheduled", "asset_triggered": "scheduled", "backfill": "backfill"}


def find_or_adopt(session: Session, run: DagRun) -> PipelineExecution | None:
    """The execution of a run, locked; made when Airflow started the run itself, None when no pipeline of ours ran."""
    pipeline_id = pipeline_of(run.dag_id)
    if pipeline_id is None:
        return None
    query = (
        select(PipelineExecution)
        .where(PipelineExecution.pipeline_id == pipeline_id, PipelineExecution.airflow_dag_run_id == run.dag_run_id)
        .with_for_update()
    )
    execution = session.scalar(query)
    if execution is not None:
        return execution
    if session.scalar(select(Pipeline.id).where(Pipeline.id == pipeline_id)) is None:
        return None
    started_elsewhere = insert(PipelineExecution).values(
        id=uuid4(),
        pipeline_id=pipeline_id,
        airflow_dag_run_id=run.dag_run_id,
        status="pending",
        trigger_type=TRIGGER_TYPE.get(run.run_type, "manual"),
        triggered_by_name=storable(run.triggering_user_name),
        due_at=run.run_after if run.run_type == "scheduled" else None,
        params=storable(run.conf or {}),
        created_at=run.queued_at or run.run_after,
        triggered_at=run.queued_at or run.run_after,
    )
    session.execute(started_elsewhere.on_conflict_do_nothing())
    return session.scalar(query)


def record_run(session: Session, execution: PipelineExecution, run: DagRun, seen_at: datetime) -> None:
    """Let the execution say what the run says; `seen_at` is when Airflow was asked, on the database's clock."""
    _record_version(session, execution, run)
    active = run.state not in {"success", "failed"}
    if active and execution.status in FINAL:
        if execution.cancel_requested_at is not None and execution.cancel_requested_at >= seen_at:
            return  # Airflow was asked before it heard of the cancel
        reopen(execution)
    execution.triggered_at = execution.triggered_at or run.queued_at or run.run_after
    execution.started_at = run.start_date
    execution.completed_at = None if active else run.end_date
    execution.duration_seconds = None if active else _seconds(run.start_date, run.end_date)
    cancelled = run.state == "failed" and execution.cancel_requested_at is not None
    execution.status = "cancelled" if cancelled else STATUS.get(run.state, "running")
    touch(session, execution)


def must_stop(execution: PipelineExecution, run: DagRun) -> bool:
    """Whether the run was cancelled here in the moment in which it was started, and so goes on in Airflow."""
    return execution.status == "cancelled" and execution.triggered_at is None and run.state in {"queued", "running"}


def record_gone(session: Session, execution: PipelineExecution) -> None:
    """End an execution whose run was deleted in Airflow: it will not end by itself any more."""
    execution.error_message = (
        f"The DAG run was deleted in Airflow; when last seen, it was {execution.status}. What follows is unknown."
    )
    execution.status = "cancelled"
    execution.completed_at = func.now()
    end_nodes(session, execution)
    touch(session, execution)


def end_nodes(session: Session, execution: PipelineExecution) -> None:
    """Nodes that were under way when their run disappeared from Airflow are so no longer."""
    under_way = ExecutionNode.execution_id == execution.id, ExecutionNode.status.not_in(NOT_UNDER_WAY)
    ended = {"status": "removed", "completed_at": func.now(), "updated_at": func.now()}
    session.execute(update(ExecutionNode).where(*under_way).values(**ended))


def touch(session: Session, row: PipelineExecution | ExecutionNode) -> None:
    """Note the time of a change, when there is one."""
    if session.is_modified(row):
        row.updated_at = func.now()


def reopen(execution: PipelineExecution) -> None:
    """The run was cleared, here or in Airflow: it runs again."""
    execution.cancel_requested_at = None
    execution.result = None
    execution.metrics = {}
    execution.error_message = None
    execution.error_trace = None
    execution.error_node_id = None
    execution.alerted_at = None


def _record_version(session: Session, execution: PipelineExecution, run: DagRun) -> None:
    """Airflow pins a run to the bundle's revision; the version that ran is the newest published up to it."""
    known = execution.pipeline_version_id is not None
    if known and run.revision in {None, execution.bundle_revision}:
        return
    query = select(PipelineVersion.id).where(
        PipelineVersion.pipeline_id == execution.pipeline_id, PipelineVersion.bundle_revision.is_not(None)
    )
    if run.revision is not None:
        query = query.where(PipelineVersion.bundle_revision <= run.revision)
    version_id = session.scalar(query.order_by(PipelineVersion.bundle_revision.desc(), PipelineVersion.version.desc()))
    execution.bundle_revision = run.revision
    if version_id is None or version_id == execution.pipeline_version_id:
        return
    if known:
        other = ExecutionNode.execution_id == execution.id, ExecutionNode.status == "pending"
        session.execute(delete(ExecutionNode).where(*other))
    execution.pipeline_version_id = version_id
    add_pending_nodes(session, execution.id, version_id)


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return (end - start).total_seconds() if start and end else None
