"""A pipeline made from another: everything but its schedule, which would run the same work twice."""

import re
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.models import Pipeline
from api.services import pipelines
from api.services.pipelines import Save
from api.services.publishing import Publishing

MAX_NAME = 200
_COPY = re.compile(r" \(copy(?: \d{1,6})?\)$")


def duplicate(session: Session, original: Pipeline, save: Save, publishing: Publishing) -> Pipeline:
    """Save a copy under a free name, owned by its author; a copy of what is private is private too."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("pipeline copy"))))  # two would take one name
    stem = _COPY.sub("", save.graph.name)
    alike = select(Pipeline.name).where(
        Pipeline.deleted_at.is_(None), Pipeline.name.startswith(_cut(stem), autoescape=True)
    )
    named = save.graph.model_copy(update={"name": copy_name(stem, set(session.scalars(alike)))})
    copied = Save(named, save.verdict, save.author_id, save.message)
    return pipelines.create(session, copied, publishing, visibility=original.visibility)


def copy_name(name: str, taken: Collection[str]) -> str:
    """The first of "name (copy)", "name (copy 2)" and so on that is free; a copy's copy is counted on."""
    stem, number = _cut(_COPY.sub("", name)), 2
    found = f"{stem} (copy)"
    while found in taken:
        found, number = f"{stem} (copy {number})", number + 1
    return found


def _cut(stem: str) -> str:
    return stem[: MAX_NAME - len(" (copy 999999)")]
