"""What changed from version to version, and what somebody missed who edited an old one."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from api.models import PipelineVersion
from dag_factory.diff import GraphDiff, diff
from dag_factory.graph import PipelineGraph

MAX_SINCE = 20
"""Saves that are named; the changes are those of all."""


def compare(before: PipelineVersion, after: PipelineVersion) -> GraphDiff:
    """The changes that lead from one version to another."""
    return diff(PipelineGraph.model_validate(before.graph), PipelineGraph.model_validate(after.graph))


def since(session: Session, pipeline_id: UUID, edited: int, current: int) -> dict[str, Any]:
    """What somebody who edited an outdated revision should know: who saved since then, and what that changed.

    Empty when there never was a version of that number.
    """
    if not 0 < edited < current:
        return {}
    versions = select(PipelineVersion).where(PipelineVersion.pipeline_id == pipeline_id)
    newer = versions.where(PipelineVersion.version > edited).order_by(PipelineVersion.version.desc())
    light = (defer(PipelineVersion.graph), defer(PipelineVersion.schemas), defer(PipelineVersion.problems))
    saves = [
        {
            "version": version.version,
            "author_name": version.author_name,
            "message": version.message,
            "created_at": version.created_at.isoformat(),
        }
        for version in session.scalars(newer.limit(MAX_SINCE).options(*light))
    ]
    ends = versions.where(PipelineVersion.version.in_([edited, current])).order_by(PipelineVersion.version)
    before, after = session.scalars(ends.execution_options(populate_existing=True)).all()
    return {"since": saves, "diff": compare(before, after).model_dump(mode="json")}
