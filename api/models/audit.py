"""Who changed what, and when."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base


class AuditEvent(Base):
    """One change, or attempt to sign in; the database refuses to change or delete it.

    Names are copied and nothing is referenced, so that it still says what happened when all of that is gone.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_account", "account_id", text("id desc")),
        Index("ix_audit_event_subject", "subject_type", "subject_id", text("id desc")),
        Index("ix_audit_event_action", "action", text("id desc")),
        Index("ix_audit_event_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    account_id: Mapped[UUID | None]
    account_name: Mapped[str]
    """An e-mail address, or "service"."""
    action: Mapped[str]
    """`pipeline.create`: the kind of subject and a verb."""
    subject_type: Mapped[str]
    subject_id: Mapped[str | None]
    subject_name: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    address: Mapped[str | None]
    request_id: Mapped[str | None]
