"""What people are told of runs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, CreatedAt, one_of

EVENTS = ("failure", "recovery", "late", "long")
SOURCES = ("pipeline", "defaults")


class Alert(Base):
    """One event of one run by one set of rules: written once, handed to Airflow once."""

    __tablename__ = "alert"
    __table_args__ = (
        CheckConstraint(one_of("event", EVENTS), name="event"),
        CheckConstraint(one_of("source", SOURCES), name="source"),
        UniqueConstraint("execution_id", "event", "source"),
        Index("ix_alert_pipeline", "pipeline_id", "source", text("id desc")),
        Index("ix_alert_unsent", "id", postgresql_where=text("sent_at is null")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    pipeline_id: Mapped[UUID] = mapped_column(ForeignKey("pipeline.id", ondelete="CASCADE"))
    execution_id: Mapped[UUID] = mapped_column(ForeignKey("pipeline_execution.id", ondelete="CASCADE"))
    event: Mapped[str]
    source: Mapped[str]
    """Whose rules: the pipeline's own or the installation's."""
    receivers: Mapped[list[dict[str, Any]]]
    facts: Mapped[dict[str, Any]]
    """What the message is made of."""
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[datetime | None]
    """When Airflow took it over, which sends it."""
