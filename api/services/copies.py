"""A pipeline made from another: everything but its schedule, which would run the same work twice."""

import re
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.models import Pipeline
from api.services import pipelines
from api.services.pipelines import Save
from api.services.publishing import Publishing
from dag_factory.checks.settings import MAX_NAME

_COPY = re.compile(r" \(copy(?: \d{1,6})?\)$")


def duplicate(session: Session, original: Pipeline, save: Save, publishing: Publishing) -> Pipeline:
    """Save a copy under a free name, owned by its author; a copy of what is private is private too."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("pipeline copy"))))  # two would take one name
    alike = select(Pipeline.name).where(
        Pipeline.deleted_at.is_(None), Pipeline.name.startswith(_stem(save.graph.name), autoescape=True)
    )
    named = save.graph.model_copy(update={"name": copy_name(save.graph.name, set(session.scalars(alike)))})
    copied = Save(named, save.verdict, save.author_id, save.message)
    return pipelines.create(session, copied, publishing, visibility=original.visibility)


def copy_name(name: str, taken: Collection[str]) -> str:
    """The first of "name (copy)", "name (copy 2)" and so on that is free; a copy's copy is counted on."""
    stem, number = _stem(name), 2
    found = f"{stem} (copy)"
    while found in taken:
        found, number = f"{stem} (copy {number})", number + 1
    return found


def _stem(name: str) -> str:
    """What copies of a name begin with: without its own number, and with room for another."""
    return _COPY.sub("", name)[: MAX_NAME - len(" (copy 999999)")]
