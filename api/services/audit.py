"""What was changed, by whom, from where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from api.models import AuditEvent
from api.request_log import client_address, request_id
from api.security import Account


def record(  # noqa: PLR0917 - read in this order, the call is a sentence
    session: Session,
    account: Account,
    action: str,
    subject_type: str,
    subject_id: UUID | str | None,
    subject_name: str | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Note a change down in the transaction that makes it, so that neither happens without the other.

    Args:
        session: the request's.
        account: who is changing something.
        action: kind of subject and verb: `pipeline.create`, `execution.cancel`.
        subject_type: `pipeline`, `execution`, `user`, `connection`, …
        subject_id: what a client would ask for it by.
        subject_name: what people call it, as it is called at this moment.
        details: what else matters, as JSON; never a secret.
    """
    event = AuditEvent(
        account_id=account.id,
        account_name=account.email,
        action=action,
        subject_type=subject_type,
        subject_id=None if subject_id is None else str(subject_id),
        subject_name=subject_name,
        details=details or {},
        address=client_address(),
        request_id=request_id(),
    )
    session.add(event)


@dataclass(frozen=True)
class Wanted:
    """Which events."""

    account_id: UUID | None = None
    action: str | None = None
    subject_type: str | None = None
    subject_id: str | None = None
    request_id: str | None = None
    at_from: datetime | None = None
    at_to: datetime | None = None


def page(session: Session, wanted: Wanted, *, limit: int, offset: int) -> tuple[Sequence[AuditEvent], int]:
    """One page, the newest first, and the number of all that fit."""
    conditions: list[ColumnElement[bool]] = [
        getattr(AuditEvent, name) == value
        for name in ("account_id", "action", "subject_type", "subject_id", "request_id")
        if (value := getattr(wanted, name)) is not None
    ]
    if wanted.at_from is not None:
        conditions.append(AuditEvent.at >= wanted.at_from)
    if wanted.at_to is not None:
        conditions.append(AuditEvent.at < wanted.at_to)
    total = session.scalar(select(func.count()).select_from(AuditEvent).where(*conditions)) or 0
    newest = select(AuditEvent).where(*conditions).order_by(AuditEvent.id.desc())
    return session.scalars(newest.limit(limit).offset(offset)).all(), total
