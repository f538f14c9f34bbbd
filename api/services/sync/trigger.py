"""Starts pending executions, each exactly once, as soon as Airflow serves their revision."""

import logging
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from api.clients.airflow import AirflowClient, AirflowFailed, AirflowRefused
from api.models import Pipeline, PipelineExecution
from api.services.sync.revisions import Revisions
from api.services.version_nodes import version_nodes
from dag_factory.compile import dag_id_for

log = logging.getLogger(__name__)

BATCH = 5_000
REQUEST_ID = "request_id"
TRACEPARENT = "traceparent"
PART = "logidata_part"
"""Keys in a DAG run's conf; the operators read the last two."""
UNTRIGGERED = (PipelineExecution.status == "pending", PipelineExecution.triggered_at.is_(None))


class Pending(NamedTuple):
    """An execution that is not a DAG run yet."""

    id: UUID
    pipeline_id: UUID
    revision: int
    deleted: bool


class Progress(NamedTuple):
    """How many executions were found pending, and how many of them wait for Airflow to serve their revision."""

    found: int
    waiting: int


class Trigger:
    """Pending executions, from the row to the DAG run."""

    def __init__(self, sessions: sessionmaker[Session], airflow: AirflowClient, revisions: Revisions) -> None:
        self._sessions = sessions
        self._airflow = airflow
        self._revisions = revisions

    def step(self) -> Progress:
        """Start what can be started."""
        found = self._pending()
        waiting = 0
        for pending in found:
            if pending.deleted:
                self._cancel_deleted(pending.id)
            elif self._revisions.serves(pending.pipeline_id, pending.revision):
                self._start(pending.id)
            else:
                waiting += 1
        return Progress(len(found), waiting)

    def expire(self, timeout: timedelta) -> None:
        """Fail what waited too long while Airflow could be asked, and say which part of Airflow is not well."""
        with self._sessions.begin() as session:
            late = session.scalars(
                select(PipelineExecution)
                .where(*UNTRIGGERED, PipelineExecution.created_at < func.now() - timeout)
                .with_for_update(skip_locked=True)
            ).all()
            if not late:
                return
            ill = self._airflow.health().unhealthy
            why = f"not healthy: {', '.join(ill)}" if ill else "its processes are healthy, so its log will tell"
            for execution in late:
                fail(
                    execution,
                    f"Airflow did not serve this revision within {timeout.total_seconds():.0f} s ({why}).",
                )

    def _pending(self) -> list[Pending]:
        query = (
            select(
                PipelineExecution.id,
                PipelineExecution.pipeline_id,
                func.coalesce(PipelineExecution.bundle_revision, 0),
                Pipeline.deleted_at.is_not(None),
            )
            .join(Pipeline, Pipeline.id == PipelineExecution.pipeline_id)
            .where(*UNTRIGGERED)
            .order_by(PipelineExecution.created_at)
            .limit(BATCH)
        )
        with self._sessions() as session:
            return [Pending(*row) for row in session.execute(query)]

    def _start(self, execution_id: UUID) -> None:
        """Hold the row while Airflow is asked: a cancel waits for the answer, and what dies in between is asked again.

        The run's id is the execution's, so Airflow refuses a second run (409) and repeating is safe.
        """
        with self._sessions.begin() as session:
            query = select(PipelineExecution).where(PipelineExecution.id == execution_id, *UNTRIGGERED)
            execution = session.scalar(query.with_for_update(skip_locked=True))
            if execution is None:
                return
            dag_id = dag_id_for(execution.pipeline_id)
            nodes = version_nodes(session, execution.pipeline_version_id)
            conf = conf_of(execution, sorted(nodes.way_to(execution.until_node)))
            try:
                created = self._airflow.trigger(dag_id, execution.airflow_dag_run_id, conf)
            except AirflowRefused as refused:
                if refused.status == 404:
                    self._revisions.lost(execution.pipeline_id, execution.bundle_revision or 0)
                    return
                fail(execution, f"Airflow refused to start the run: {refused.detail}")
                return
            except AirflowFailed as broken:
                log.warning("execution %s could not be triggered: %s", execution_id, broken.message)
                return
            execution.triggered_at = func.now()
            execution.updated_at = func.now()
        log.info("execution %s %s", execution_id, "triggered" if created else "was already triggered")

    def _cancel_deleted(self, execution_id: UUID) -> None:
        with self._sessions.begin() as session:
            session.execute(
                update(PipelineExecution)
                .where(PipelineExecution.id == execution_id, *UNTRIGGERED)
                .values(
                    status="cancelled",
                    completed_at=func.now(),
                    updated_at=func.now(),
                    error_message="The pipeline was deleted before this execution started.",
                )
            )


def conf_of(execution: PipelineExecution, part: list[str]) -> dict[str, Any]:
    """What the DAG run is started with: the params, which request asked for it, and the nodes of a part."""
    asked = {REQUEST_ID: execution.request_id, TRACEPARENT: execution.traceparent}
    kept = {PART: {"until": execution.until_node, "nodes": part}} if execution.until_node else {}
    return {key: value for key, value in asked.items() if value} | execution.params | kept


def fail(execution: PipelineExecution, message: str, *, trace: str | None = None, node_id: str | None = None) -> None:
    """End an execution that never became a DAG run."""
    execution.status = "failed"
    execution.error_message = message
    execution.error_trace = trace
    execution.error_node_id = node_id
    execution.completed_at = func.now()
    execution.updated_at = func.now()
