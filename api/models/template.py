"""A node's configuration, or a part of a graph, kept to be used again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, CreatedAt, Key, one_of
from api.models.pipeline import VISIBILITIES
from api.models.user import name_of


class Template(Base):
    """One or more nodes with the edges between them; connections are named in it, never held."""

    __tablename__ = "template"
    __table_args__ = (
        CheckConstraint(one_of("visibility", VISIBILITIES), name="visibility"),
        Index("ix_template_name", text("lower(name)"), "id"),
    )

    id: Mapped[Key]
    name: Mapped[str]
    description: Mapped[str]
    content: Mapped[dict[str, Any]]
    module_ids: Mapped[list[str]]
    """The module of every node; one says that it is a node's configuration."""
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    visibility: Mapped[str]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

    owner_name: Mapped[str | None] = name_of(owner_id)
