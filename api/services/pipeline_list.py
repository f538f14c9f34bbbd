"""Pipelines as they are shown, each with its last run: in pages without their graphs, or one whole; its versions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Text, and_, asc, bindparam, desc, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, defer
from sqlalchemy.sql.selectable import LateralFromClause

from api.errors import PipelineNotFound
from api.models import Pipeline, PipelineExecution, PipelineVersion
from api.services.pipelines import GRAPH_FIELDS

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
SHOWN = (*OF_PIPELINE, "node_count")
SHOWN_WHOLE = (*SHOWN, "schedule_paused_at", *sorted(GRAPH_FIELDS - set(OF_PIPELINE)), "problems")
_LIKE = re.compile(r"[\\%_]")


@dataclass(frozen=True)
class Wanted:
    """Which pipelines, in which order."""

    search: str | None = None
    tag: str | None = None
    status: str | None = None
    sort: Sort = "-updated_at"


def page(session: Session, wanted: Wanted, *, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    """One page, of each pipeline what `PipelineSummary` shows, and the number of all that fit."""
    words = (wanted.search or "").split()
    given = {f"word_{place}": _containing(word) for place, word in enumerate(words)}
    given |= {"tags": [wanted.tag], "status": wanted.status, "limit": limit, "offset": offset}
    shape = len(words), wanted.tag is not None, wanted.status is not None
    found = session.execute(_page(*shape, wanted.sort), given).all()
    if not found and offset:
        return [], session.scalar(_total(*shape), given) or 0
    return [_shown(row, SHOWN) for row in found], found[0].total if found else 0


def whole(session: Session, pipeline_id: UUID) -> dict[str, Any]:
    """What `PipelineOut` shows: a pipeline with its graph and what was wrong with it when it was saved."""
    row = session.execute(_whole(), {"pipeline_id": pipeline_id}).one_or_none()
    if row is None:
        raise PipelineNotFound(pipeline_id)
    return _shown(row, SHOWN_WHOLE)


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


@lru_cache(maxsize=200)
def _page(words: int, by_tag: bool, by_status: bool, sort: Sort) -> Select[*tuple[Any, ...]]:
    """The statement of a page and of how many there are, made once for each kind of list: that takes milliseconds."""
    fitting = select(Pipeline.id, _key(sort).label("key")).where(*_conditions(words, by_tag, by_status))
    total = _total(words, by_tag, by_status).scalar_subquery()
    if words:  # no index finds words, so that all are looked through: once
        fits = fitting.cte("fitting")
        fitting, total = select(fits), select(func.count()).select_from(fits).scalar_subquery()
    direct = desc if sort.startswith("-") else asc
    some = fitting.order_by(*(direct(fitting.selected_columns[name]) for name in ("key", "id")))
    some = some.limit(bindparam("limit")).offset(bindparam("offset")).subquery()
    last_run = _last_run()
    return (
        select(*map(_column, SHOWN), *last_run.c, total.label("total"))
        .join(some, some.c.id == Pipeline.id)
        .outerjoin(last_run, true())
        .order_by(direct(some.c.key), direct(some.c.id))
    )


@lru_cache(maxsize=200)
def _total(words: int, by_tag: bool, by_status: bool) -> Select[int]:
    return select(func.count()).select_from(Pipeline).where(*_conditions(words, by_tag, by_status))


def _containing(word: str) -> str:
    return "%" + _LIKE.sub(r"\\\g<0>", word) + "%"


@cache
def _whole() -> Select[*tuple[Any, ...]]:
    last_run = _last_run()
    newest = and_(PipelineVersion.pipeline_id == Pipeline.id, PipelineVersion.version == Pipeline.revision)
    return (
        select(*map(_column, SHOWN_WHOLE), *last_run.c)
        .join(PipelineVersion, newest)
        .outerjoin(last_run, true())
        .where(Pipeline.id == bindparam("pipeline_id"), Pipeline.deleted_at.is_(None))
    )


def _column(name: str) -> Any:
    if name == "node_count":
        return func.cardinality(Pipeline.module_ids).label(name)
    return PipelineVersion.problems if name == "problems" else getattr(Pipeline, name)


def _shown(row: Row[Any], names: Sequence[str]) -> dict[str, Any]:
    """A row of such columns, behind which those of the last run stand."""
    run = dict(zip(OF_LAST_RUN, row[len(names) :], strict=False))
    last_run = run if run["id"] is not None else None
    return {**dict(zip(names, row, strict=False)), "version": str(row.revision), "last_run": last_run}


def _conditions(words: int, by_tag: bool, by_status: bool) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Pipeline.deleted_at.is_(None)]
    for place in range(words):
        word = bindparam(f"word_{place}", type_=Text)
        conditions.append(or_(*(text.ilike(word) for text in (Pipeline.name, Pipeline.description))))
    if by_tag:
        conditions.append(Pipeline.tags.contains(bindparam("tags", type_=ARRAY(Text))))
    if by_status:
        conditions.append(Pipeline.status == bindparam("status"))
    return conditions


def _key(sort: Sort) -> ColumnElement[Any]:
    column = sort.removeprefix("-")
    return func.lower(Pipeline.name) if column == "name" else getattr(Pipeline, column)


def _last_run() -> LateralFromClause:
    return (
        select(*(getattr(PipelineExecution, name) for name in OF_LAST_RUN))
        .where(PipelineExecution.pipeline_id == Pipeline.id)
        .order_by(PipelineExecution.created_at.desc(), PipelineExecution.id.desc())
        .limit(1)
        .lateral("last_run")
    )
