"""Who did what."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.database import SessionDep
from api.routes.answers import INVALID
from api.routes.dependencies import PageLimit, PageOffset
from api.schemas.user import AuditEventOut, AuditPage
from api.schemas.values import Moment, Search
from api.security import AdminDep
from api.services import audit

router = APIRouter(prefix="/audit", tags=["audit"])


@router.get("", responses=INVALID)
def list_audit_events(
    *,
    session: SessionDep,
    _: AdminDep,
    account_id: Annotated[UUID | None, Query(description="Only what this person did.")] = None,
    action: Annotated[Search | None, Query(description="Only this action, e.g. `pipeline.create`.")] = None,
    subject_type: Annotated[Search | None, Query(description="Only what was done to these: `pipeline`.")] = None,
    subject_id: Annotated[Search | None, Query(description="Only what was done to this one.")] = None,
    request_id: Annotated[Search | None, Query(description="Only what this request did.")] = None,
    at_from: Annotated[Moment | None, Query(alias="from", description="Then or later.")] = None,
    at_to: Annotated[Moment | None, Query(alias="to", description="Before then.")] = None,
    limit: PageLimit = 50,
    offset: PageOffset = 0,
) -> AuditPage:
    """List changes and sign-ins, the newest first; nobody can change or delete what is listed."""
    wanted = audit.Wanted(account_id, action, subject_type, subject_id, request_id, at_from, at_to)
    found, total = audit.page(session, wanted, limit=limit, offset=offset)
    items = [AuditEventOut.model_validate(event) for event in found]
    return AuditPage(items=items, total=total, limit=limit, offset=offset)
