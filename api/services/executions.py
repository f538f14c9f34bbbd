"""Run pipelines, and say what became of their runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api import tracing
from api.clients.airflow import AirflowClient
from api.errors import (
    ExecutionFinished,
    ExecutionNotFound,
    IdempotencyKeyReused,
    NodeNotFound,
    NotPublished,
    PipelineNotRunnable,
)
from api.models import ExecutionNode, Pipeline, PipelineExecution, PipelineVersion, SyncState
from api.security import Account
from api.services import pipelines
from api.services.publishing import wake_sync
from api.services.sync.record import FINAL, end_nodes
from api.services.version_nodes import VersionNodes, add_pending_nodes, version_nodes
from dag_factory.compile import dag_id_for


@dataclass(frozen=True)
class Created:
    """An execution that was asked for; not `is_new` when an earlier request with the same key had started it."""

    execution: PipelineExecution
    is_new: bool


@dataclass(frozen=True)
class Whole:
    """An execution beside what is kept in other tables, its nodes in the order of the graph, and their names."""

    execution: PipelineExecution
    pipeline_name: str
    pipeline_version: int | None
    rows: Sequence[ExecutionNode]
    nodes: VersionNodes


def create(
    session: Session,
    pipeline_id: UUID,
    params: dict[str, Any],
    idempotency_key: str | None = None,
    *,
    trigger_type: str = "manual",
    by: Account,
    until_node: str | None = None,
    request_id: str | None = None,
) -> Created:
    """Note down that the pipeline's published version is to run; the sync starts it as soon as Airflow serves it."""
    pipeline = pipelines.get(session, pipeline_id)
    if idempotency_key is not None and (earlier := _earlier(session, pipeline_id, idempotency_key, params, until_node)):
        return Created(earlier, is_new=False)
    if pipeline.status == "draft":
        raise PipelineNotRunnable(pipelines.newest_problems(session, pipeline))
    if pipeline.published_revision is None:
        raise NotPublished(pipelines.newest_problems(session, pipeline))
    version = pipelines.get_version(session, pipeline_id, pipeline.published_revision)
    if until_node is not None and until_node not in version_nodes(session, version.id).tasks:
        raise NodeNotFound(until_node)
    execution_id = uuid4()
    execution = PipelineExecution(
        id=execution_id,
        pipeline_id=pipeline_id,
        pipeline_version_id=version.id,
        bundle_revision=version.bundle_revision,
        airflow_dag_run_id=f"manual__{execution_id}",
        status="pending",
        trigger_type=trigger_type,
        triggered_by=by.id,
        triggered_by_name=by.name,
        request_id=request_id,
        traceparent=tracing.traceparent(),
        until_node=until_node,
        params=params,
        idempotency_key=idempotency_key,
        metrics={},
    )
    try:
        with session.begin_nested():
            session.add(execution)
    except IntegrityError:  # the same key, sent twice at once
        earlier = _earlier(session, pipeline_id, idempotency_key or "", params, until_node)
        if earlier is None:
            raise
        return Created(earlier, is_new=False)
    add_pending_nodes(session, execution_id, version.id)
    wake_sync(session)
    return Created(execution, is_new=True)


def get(session: Session, execution_id: UUID) -> Whole:
    """One execution with all its nodes."""
    query = (
        select(PipelineExecution, Pipeline.name, PipelineVersion.version)
        .join(Pipeline, Pipeline.id == PipelineExecution.pipeline_id)
        .outerjoin(PipelineVersion, PipelineVersion.id == PipelineExecution.pipeline_version_id)
        .where(PipelineExecution.id == execution_id)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise ExecutionNotFound(execution_id)
    execution, pipeline_name, pipeline_version = row
    nodes = version_nodes(session, execution.pipeline_version_id)
    return Whole(execution, pipeline_name, pipeline_version, ordered_rows(session, execution_id, nodes), nodes)


def check(session: Session, execution_id: UUID) -> None:
    """Raise unless this session may see the execution."""
    if session.scalar(select(PipelineExecution.id).where(PipelineExecution.id == execution_id)) is None:
        raise ExecutionNotFound(execution_id)


def ordered_rows(session: Session, execution_id: UUID, nodes: VersionNodes) -> list[ExecutionNode]:
    """The node rows of an execution, sources before their consumers."""
    place = {node_id: index for index, node_id in enumerate(nodes.tasks)}
    rows = session.scalars(select(ExecutionNode).where(ExecutionNode.execution_id == execution_id)).all()
    return sorted(rows, key=lambda row: (place.get(row.node_id, len(place)), row.node_id))


def cancel(session: Session, airflow: AirflowClient, execution_id: UUID) -> None:
    """Stop an execution; its row is held while Airflow is asked, so that no trigger and no sync comes in between."""
    query = select(PipelineExecution).where(PipelineExecution.id == execution_id).with_for_update()
    execution = session.scalar(query)
    if execution is None:
        raise ExecutionNotFound(execution_id)
    if execution.status == "cancelled":
        return
    if execution.status in FINAL:
        raise ExecutionFinished(execution.status)
    if execution.triggered_at is None:
        execution.error_message = "The execution was cancelled before it started."
        execution.completed_at = func.now()
    else:
        _stop(session, airflow, execution)
    # After Airflow's answer: what the sync read from Airflow before this moment may still say that the run goes on.
    execution.cancel_requested_at = func.clock_timestamp()
    execution.status = "cancelled"
    execution.updated_at = func.now()
    session.flush()
    wake_sync(session)


def synced_at(session: Session) -> datetime | None:
    """When executions were last brought up to date with Airflow."""
    return session.scalar(select(func.min(SyncState.synced_at)))


def _stop(session: Session, airflow: AirflowClient, execution: PipelineExecution) -> None:
    dag_id = dag_id_for(execution.pipeline_id)
    run = airflow.dag_run(dag_id, execution.airflow_dag_run_id)
    if run is None:
        execution.error_message = f"The DAG run was deleted in Airflow; when last seen, it was {execution.status}."
        execution.completed_at = func.now()
        end_nodes(session, execution)
    elif run.state in FINAL:
        raise ExecutionFinished(run.state)
    else:
        airflow.set_dag_run_state(dag_id, execution.airflow_dag_run_id, "failed")


def _earlier(
    session: Session, pipeline_id: UUID, key: str, params: dict[str, Any], until_node: str | None
) -> PipelineExecution | None:
    query = select(PipelineExecution).where(
        PipelineExecution.pipeline_id == pipeline_id, PipelineExecution.idempotency_key == key
    )
    earlier = session.scalar(query)
    if earlier is not None and (earlier.params, earlier.until_node) != (params, until_node):
        raise IdempotencyKeyReused
    return earlier
