"""Who may see a pipeline, and whose it is."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.errors import NotOwner
from api.models import Pipeline
from api.security import Account
from api.services import pipelines, users


def share(session: Session, pipeline_id: UUID, account: Account, changes: dict[str, Any]) -> tuple[Pipeline, Any]:
    """Change visibility or owner; returns what was, and what is now. An owner who gives it away decides no longer."""
    pipeline = pipelines.get(session, pipeline_id, lock=True)
    if not account.is_admin and pipeline.owner_id != account.id:
        raise NotOwner("decide who sees a pipeline, and whose it is")
    if "owner_id" in changes:
        users.get(session, changes["owner_id"])
    before = {name: getattr(pipeline, name) for name in changes}
    for name, value in changes.items():
        setattr(pipeline, name, value)
    pipelines.flush_name(session, pipeline)
    return pipeline, {name: [str(before[name]), str(value)] for name, value in changes.items() if before[name] != value}
