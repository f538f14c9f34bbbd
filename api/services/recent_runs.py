"""The last runs of each pipeline of a page, in short."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, select, true
from sqlalchemy.orm import Session

from api.models import Pipeline, PipelineExecution

SHOWN = ("id", "status", "created_at", "duration_seconds")


def of_each(session: Session, pipeline_ids: Collection[UUID], each: int) -> Mapping[UUID, Sequence[Row[Any]]]:
    """Up to so many of the newest runs by pipeline, the newest first; one query for all of them."""
    if not each or not pipeline_ids:
        return {}
    found: defaultdict[UUID, list[Row[Any]]] = defaultdict(list)
    for run in session.execute(_newest(), {"pipeline_ids": list(pipeline_ids), "each": each}):
        found[run.pipeline_id].append(run)
    return found


@cache
def _newest() -> Select[*tuple[Any, ...]]:
    newest = (
        select(*(getattr(PipelineExecution, name) for name in SHOWN))
        .where(PipelineExecution.pipeline_id == Pipeline.id)
        .order_by(PipelineExecution.created_at.desc(), PipelineExecution.id.desc())
        .limit(bindparam("each"))
        .lateral("newest")
    )
    return (
        select(Pipeline.id.label("pipeline_id"), newest)
        .join(newest, true())
        .where(Pipeline.id.in_(bindparam("pipeline_ids", expanding=True)))
        .order_by(newest.c.created_at.desc(), newest.c.id.desc())
    )
