"""Run a pipeline for a range of its schedule's past: Airflow makes the runs, and they appear as executions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from api.clients.airflow import AirflowClient, AirflowRefused
from api.clients.airflow_backfills import Reprocess
from api.clients.airflow_types import Backfill
from api.errors import BackfillNotFound, BackfillRefused, NotScheduled
from api.models import Pipeline, PipelineExecution
from api.services import pipelines
from api.services.publishing import wake_sync
from dag_factory.compile import dag_id_for
from dag_factory.occurrences import upcoming
from dag_factory.schedule import AIRFLOW_SCHEDULES

MAX_RUNS = 1_000
"""Airflow makes them all within one request."""
OPEN, STATES = ("queued", "running"), ("queued", "running", "success", "failed")


@dataclass(frozen=True)
class Asked:
    """Which runs are wanted: every time of the schedule from the one moment to the other, both included."""

    from_date: datetime
    to_date: datetime
    max_active_runs: int
    reprocess: Reprocess
    run_backwards: bool
    params: dict[str, Any]


@dataclass(frozen=True)
class Progress:
    """A backfill and how many of its runs are in which state."""

    backfill: Backfill
    runs: dict[str, int]

    @property
    def status(self) -> str:
        """As of an execution; a cancelled one is told by runs that were never started."""
        if self.runs["queued"] or self.runs["running"] or self.backfill.completed_at is None:
            return "running"
        return "failed" if self.runs["failed"] else "success"


def start(session: Session, airflow: AirflowClient, pipeline_id: UUID, asked: Asked) -> Progress:
    """Have Airflow make the runs, which start by themselves; a time that ran already runs again only when asked for."""
    pipeline = pipelines.get(session, pipeline_id)
    _refuse(pipeline, asked)
    dag = airflow.dag(dag_id_for(pipeline_id))
    version = pipelines.served_version(session, pipeline)
    if dag is None or dag.revision < (version.bundle_revision or 0):
        raise BackfillRefused("Airflow does not serve the newest version yet; try again in a moment")
    try:
        backfill = airflow.start_backfill(
            dag.dag_id,
            from_date=asked.from_date,
            to_date=asked.to_date,
            max_active_runs=asked.max_active_runs,
            reprocess=asked.reprocess,
            run_backwards=asked.run_backwards,
            conf=asked.params,
        )
    except AirflowRefused as refused:
        raise BackfillRefused(refused.detail) from refused
    wake_sync(session)
    return _progress(airflow, backfill)


def listed(session: Session, airflow: AirflowClient, pipeline_id: UUID) -> list[Progress]:
    """The pipeline's newest backfills, the newest first."""
    pipeline = pipelines.get(session, pipeline_id)
    return [_progress(airflow, backfill) for backfill in airflow.backfills(dag_id_for(pipeline.id))]


def get(session: Session, airflow: AirflowClient, pipeline_id: UUID, backfill_id: int) -> Progress:
    """One backfill of the pipeline."""
    pipeline = pipelines.get(session, pipeline_id)
    backfill = airflow.backfill(backfill_id)
    if backfill is None or backfill.dag_id != dag_id_for(pipeline.id):
        raise BackfillNotFound(backfill_id)
    return _progress(airflow, backfill)


def cancel(session: Session, airflow: AirflowClient, pipeline_id: UUID, backfill_id: int) -> Progress:
    """Start no more of its runs and stop those that run; cancelled twice is cancelled once."""
    found = get(session, airflow, pipeline_id, backfill_id).backfill
    runs = airflow.backfill_runs(found.dag_id, found.from_date, found.to_date, OPEN)
    if found.completed_at is None:
        try:
            airflow.cancel_backfill(found.id)
        except AirflowRefused:  # it ended in between
            runs = []
    for run in runs:
        if run.state == "running":
            airflow.set_dag_run_state(found.dag_id, run.dag_run_id, "failed")
    _mark_cancelled(session, pipeline_id, [run.dag_run_id for run in runs])
    return get(session, airflow, pipeline_id, backfill_id)


def _refuse(pipeline: Pipeline, asked: Asked) -> None:
    schedule = (pipeline.schedule or "").strip()
    if not pipeline.is_scheduled or pipeline.status == "draft":
        raise NotScheduled
    if pipeline.schedule_paused_at is not None:
        raise BackfillRefused("its schedule is paused; resume it first")
    if schedule in AIRFLOW_SCHEDULES:
        raise BackfillRefused(f"a pipeline that runs {schedule} has no times in the past")
    times = _times(schedule, pipeline.timezone, asked.from_date, min(asked.to_date, datetime.now(UTC)))
    if not times:
        raise BackfillRefused("the schedule has no time in this range that has passed")
    if times > MAX_RUNS:
        raise BackfillRefused(f"the range holds more than {MAX_RUNS:,} runs; ask for a part of it")


def _times(schedule: str, timezone: str, since: datetime, until: datetime) -> int:
    count = 0
    for due in upcoming(schedule, timezone, now=since, start=since, catchup=True):
        if due > until or count > MAX_RUNS:
            break
        count += 1
    return count


def _progress(airflow: AirflowClient, backfill: Backfill) -> Progress:
    within = (backfill.dag_id, backfill.from_date, backfill.to_date)
    return Progress(backfill, {state: airflow.count_backfill_runs(*within, state) for state in STATES})


def _mark_cancelled(session: Session, pipeline_id: UUID, dag_run_ids: Sequence[str]) -> None:
    ours = PipelineExecution.pipeline_id == pipeline_id, PipelineExecution.airflow_dag_run_id.in_(dag_run_ids)
    cancelled = {"cancel_requested_at": func.clock_timestamp(), "updated_at": func.now()}
    session.execute(update(PipelineExecution).where(*ours).values(**cancelled))
    wake_sync(session)
