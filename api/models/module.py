"""A module of the palette, seeded from the catalogue."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column, query_expression

from api.models.base import Base, CreatedAt, Key, one_of

MODULE_TYPES = ("extractor", "transformer", "loader")


class Module(Base):
    """The catalogue's entry beside what administrators changed: activity, presets, documentation link."""

    __tablename__ = "module"
    __table_args__ = (
        CheckConstraint(one_of("type", MODULE_TYPES), name="type"),
        Index("uq_module_name", "name", unique=True),
    )

    id: Mapped[Key]
    name: Mapped[str]
    display_name: Mapped[str]
    description: Mapped[str]
    type: Mapped[str]
    category: Mapped[str]
    version: Mapped[str]
    python_class: Mapped[str]
    config_schema: Mapped[dict[str, Any]]
    default_config: Mapped[dict[str, Any]]
    inputs: Mapped[list[dict[str, Any]]]
    has_output: Mapped[bool]
    required_connections: Mapped[list[str]]
    tags: Mapped[list[str]]
    icon: Mapped[str | None]
    color: Mapped[str | None]
    documentation_url: Mapped[str | None]
    presets: Mapped[list[dict[str, Any]]]
    """What the palette offers; differs from `catalog_presets` once somebody edited it."""
    catalog_presets: Mapped[list[dict[str, Any]]]
    checksum: Mapped[str]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    in_catalog: Mapped[bool] = mapped_column(server_default=text("true"))
    """False once the module has left the catalogue; pipelines may still name it."""
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

    usage_count: Mapped[int] = query_expression()  # pyright: ignore[reportAssignmentType] - the query gives the type
    """Nodes in the newest versions that use it; counted by the query that asks for it."""

    @property
    def presets_edited(self) -> bool:
        """Whether somebody changed the presets that the catalogue ships."""
        return self.presets != self.catalog_presets

    @property
    def input_schema(self) -> dict[str, Any] | None:
        """JSON Schema of what arrives at the input handles; null for extractors."""
        if not self.inputs:
            return None
        handles = {handle["handle"]: _relations(handle["min"], handle["max"]) for handle in self.inputs}
        return {"type": "object", "properties": handles, "required": list(handles), "additionalProperties": False}

    @property
    def output_schema(self) -> dict[str, Any] | None:
        """JSON Schema of the relation that leaves the module; null for loaders."""
        return {"type": "array", "items": {"type": "object"}} if self.has_output else None


def _relations(least: int, most: int | None) -> dict[str, Any]:
    rows = {"type": "array", "items": {"type": "object"}}
    limits = {"minItems": least} | ({} if most is None else {"maxItems": most})
    return {"type": "array", "items": rows} | limits
