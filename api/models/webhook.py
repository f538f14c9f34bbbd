"""Addresses at which other systems start a pipeline."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, CreatedAt, Key


class Webhook(Base):
    """One token of one pipeline; the token itself is kept nowhere."""

    __tablename__ = "webhook"
    __table_args__ = (UniqueConstraint("pipeline_id", "name"),)

    id: Mapped[Key]
    pipeline_id: Mapped[UUID] = mapped_column(ForeignKey("pipeline.id", ondelete="CASCADE"))
    name: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    token_hint: Mapped[str]
    """Its last characters, by which a person recognises it."""
    is_signed: Mapped[bool]
    params: Mapped[dict[str, str]] = mapped_column(JSONB(none_as_null=True))
    """By parameter, the path in the payload that its value comes from."""
    payload_param: Mapped[str | None]
    """The parameter that gets the whole payload."""
    calls_per_minute: Mapped[int]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    last_used_at: Mapped[datetime | None]
    use_count: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
