"""Pages of pipelines, each with its last run, and of a pipeline's versions; graphs are never read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Text, cast, func, or_, select, true
from sqlalchemy.orm import Bundle, Session, aliased, defer

from api.models import Pipeline, PipelineExecution, PipelineVersion

Sort = Literal[
    "name", "-name", "created_at", "-created_at", "updated_at", "-updated_at", "status", "-status"
]  # a leading minus is descending


OF_PIPELINE = (
    *("id", "name", "description", "type", "status", "revision", "published_revision", "schedule", "is_scheduled"),
    *("timezone", "tags", "created_by", "owner_id", "owner_name", "visibility", "created_at", "updated_at"),
)
OF_LAST_RUN = (
    *("id", "status", "trigger_type", "created_at", "started_at", "completed_at", "duration_seconds", "error_message"),
)
"""What a list shows: whole rows of 50 pipelines and runs take three times as long to read."""


@dataclass(frozen=True)
class ListedPipeline:
    """What a list shows of a pipeline, and of its newest execution."""

    pipeline: Row[Any]
    last_run: Row[Any] | None


@dataclass(frozen=True)
class Wanted:
    """Which pipelines, in which order."""

    search: str | None = None
    tag: str | None = None
    status: str | None = None
    sort: Sort = "-updated_at"


def page(session: Session, wanted: Wanted, *, limit: int, offset: int) -> tuple[list[ListedPipeline], int]:
    """One page and the number of all that fit."""
    conditions = _conditions(wanted)
    total = session.scalar(select(func.count()).select_from(Pipeline).where(*conditions)) or 0
    some = select(Pipeline.id).where(*conditions).order_by(*_order(wanted.sort)).limit(limit).offset(offset).subquery()
    last_run = _last_run()
    query = (
        select(_shown(), Bundle("last_run", *(getattr(last_run, name) for name in OF_LAST_RUN)))
        .join(some, some.c.id == Pipeline.id)
        .outerjoin(last_run, true())
        .order_by(*_order(wanted.sort))
    )
    found = session.execute(query).all()
    return [ListedPipeline(pipeline, run if run.id is not None else None) for pipeline, run in found], total


def last_run(session: Session, pipeline: Pipeline) -> PipelineExecution | None:
    """The pipeline's newest execution."""
    return session.scalar(select(_last_run()).select_from(Pipeline).where(Pipeline.id == pipeline.id))


def versions(session: Session, pipeline: Pipeline, *, limit: int, offset: int) -> tuple[Sequence[PipelineVersion], int]:
    """A page of versions, newest first."""
    query = (
        select(PipelineVersion)
        .where(PipelineVersion.pipeline_id == pipeline.id)
        .options(defer(PipelineVersion.graph))
        .order_by(PipelineVersion.version.desc())
        .limit(limit)
        .offset(offset)
    )
    return session.scalars(query).all(), pipeline.revision


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Pipeline.deleted_at.is_(None)]
    for word in (wanted.search or "").split():
        texts = (Pipeline.name, Pipeline.description)
        conditions.append(or_(*(text.icontains(word, autoescape=True) for text in texts)))
    if wanted.tag is not None:
        conditions.append(Pipeline.tags.contains([wanted.tag]))
    if wanted.status is not None:
        conditions.append(Pipeline.status == wanted.status)
    return conditions


def _order(sort: Sort) -> tuple[ColumnElement[Any], ...]:
    column = sort.removeprefix("-")
    key = func.lower(Pipeline.name) if column == "name" else getattr(Pipeline, column)
    return (key.desc(), Pipeline.id.desc()) if sort.startswith("-") else (key.asc(), Pipeline.id.asc())


def _shown() -> Bundle[Any]:
    columns = (getattr(Pipeline, name) for name in OF_PIPELINE)
    version = cast(Pipeline.revision, Text).label("version")
    return Bundle("pipeline", *columns, version, func.cardinality(Pipeline.module_ids).label("node_count"))


def _last_run() -> type[PipelineExecution]:
    newest = (
        select(PipelineExecution)
        .where(PipelineExecution.pipeline_id == Pipeline.id)
        .order_by(PipelineExecution.created_at.desc(), PipelineExecution.id.desc())
        .limit(1)
        .lateral("last_run")
    )
    return aliased(PipelineExecution, newest)
