"""When a pipeline runs by itself, and whether it does now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.clients.airflow import AirflowClient
from api.clients.airflow_types import Dag
from api.errors import AirflowUnavailable, NotScheduled
from api.models import Pipeline, PipelineExecution
from api.services import pipelines
from api.services.publishing import Publishing, announce
from dag_factory.checks.settings import setting_problems
from dag_factory.compile import dag_id_for
from dag_factory.graph import PipelineGraph
from dag_factory.occurrences import in_words, next_runs
from dag_factory.problems import Problem
from dag_factory.schedule import starts_at

State = Literal["none", "off", "paused", "stopped", "on"]
NEXT = 5


@dataclass(frozen=True)
class Look:
    """A pipeline's schedule now.

    `state`: none (it has none), off (its newest version does not use it), paused (here), stopped (the DAG is paused in
    Airflow, which starts no run of it at all), on. `source` says who told the next run: Airflow, or the clock alone
    while Airflow is away or does not serve the newest version yet.
    """

    pipeline: Pipeline
    state: State
    words: str
    next_runs: Sequence[datetime]
    source: Literal["airflow", "clock"]
    last_run: PipelineExecution | None


def look(session: Session, airflow: AirflowClient, pipeline_id: UUID, now: datetime | None = None) -> Look:
    """What the schedule says and does, with the next runs as Airflow will start them."""
    pipeline = pipelines.get(session, pipeline_id)
    schedule = (pipeline.schedule or "").strip()
    last_run = _last_run(session, pipeline_id)
    if not schedule:
        return Look(pipeline, "none", "", (), "clock", last_run)
    dag = _served(session, airflow, pipeline)
    state = _state(pipeline, dag)
    words = _words(pipeline, schedule)
    if state != "on":
        return Look(pipeline, state, words, (), "clock", last_run)
    now = now or datetime.now(UTC)
    start = starts_at(pipeline.start_date, pipeline.timezone) if pipeline.start_date and pipeline.catchup else None
    runs = next_runs(schedule, pipeline.timezone, count=NEXT, now=now, start=start, catchup=pipeline.catchup)
    if dag is not None and dag.next_dagrun_run_after is not None:
        due = dag.next_dagrun_run_after.astimezone(UTC)
        rest = next_runs(schedule, pipeline.timezone, count=NEXT - 1, now=now, last=due, catchup=pipeline.catchup)
        return Look(pipeline, state, words, _local([due, *rest], pipeline.timezone), "airflow", last_run)
    return Look(pipeline, state, words, _local(runs, pipeline.timezone), "clock", last_run)


def pause(session: Session, pipeline_id: UUID, publishing: Publishing) -> Pipeline:
    """Let the schedule rest without a new version; runs by hand, and those under way, go on."""
    pipeline = pipelines.get(session, pipeline_id, lock=True)
    if not pipeline.is_scheduled:
        raise NotScheduled
    if pipeline.schedule_paused_at is None:
        pipeline.schedule_paused_at = func.now()
        _republish(session, pipeline, publishing)
    return pipeline


def resume(session: Session, pipeline_id: UUID, publishing: Publishing, airflow: AirflowClient) -> Pipeline:
    """Let the schedule go on, also where somebody paused the DAG in Airflow."""
    pipeline = pipelines.get(session, pipeline_id, lock=True)
    dag_id = dag_id_for(pipeline_id)
    dag = airflow.dag(dag_id)
    if pipeline.schedule_paused_at is not None:
        pipeline.schedule_paused_at = None
        _republish(session, pipeline, publishing)
    if dag is not None and dag.is_paused:
        airflow.unpause_dag(dag_id)
    return pipeline


@dataclass(frozen=True)
class Preview:
    """What a schedule that need not be saved would do."""

    problems: Sequence[Problem]
    words: str
    next_runs: Sequence[datetime]


def preview(schedule: str, timezone: str, *, count: int, now: datetime) -> Preview:
    """The next runs of a schedule, or what is wrong with it."""
    graph = PipelineGraph(name="preview", schedule=schedule, timezone=timezone, is_scheduled=True)
    problems = list(setting_problems(graph))
    if problems:
        return Preview(problems, "", ())
    schedule = schedule.strip()
    runs = next_runs(schedule, timezone, count=count, now=now)
    return Preview((), in_words(schedule), _local(runs, timezone))


def _republish(session: Session, pipeline: Pipeline, publishing: Publishing) -> None:
    announce(session)
    session.flush()
    if pipeline.published_revision is not None:
        pipelines.keep_serving(session, pipeline, publishing)
    session.flush()


def _served(session: Session, airflow: AirflowClient, pipeline: Pipeline) -> Dag | None:
    """The DAG, once Airflow serves the published version; None before that and while Airflow is away."""
    if pipeline.published_revision is None:
        return None
    try:
        dag = airflow.dag(dag_id_for(pipeline.id))
    except AirflowUnavailable:
        return None
    version = pipelines.served_version(session, pipeline)
    return dag if dag is not None and dag.revision >= (version.bundle_revision or 0) else None


def _state(pipeline: Pipeline, dag: Dag | None) -> State:
    if not pipeline.is_scheduled:
        return "off"
    if pipeline.schedule_paused_at is not None:
        return "paused"
    return "stopped" if dag is not None and dag.is_paused else "on"


def _words(pipeline: Pipeline, schedule: str) -> str:
    """None for a draft's schedule that cannot be read."""
    return in_words(schedule) if not _broken(pipeline, schedule) else ""


def _broken(pipeline: Pipeline, schedule: str) -> bool:
    graph = PipelineGraph(name="look", schedule=schedule, timezone=pipeline.timezone)
    return bool(list(setting_problems(graph)))


def _local(runs: Sequence[datetime], timezone: str) -> list[datetime]:
    """With the offset that the clock has then, so that a time reads as it was written and is still one instant."""
    zone = ZoneInfo(timezone)
    return [run.astimezone(zone) for run in runs]


def _last_run(session: Session, pipeline_id: UUID) -> PipelineExecution | None:
    query = select(PipelineExecution).where(
        PipelineExecution.pipeline_id == pipeline_id, PipelineExecution.trigger_type == "scheduled"
    )
    return session.scalar(query.order_by(PipelineExecution.created_at.desc(), PipelineExecution.id.desc()).limit(1))
