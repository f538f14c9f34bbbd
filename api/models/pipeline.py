"""A pipeline as last saved, and its immutable versions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, CreatedAt, Key, one_of
from api.models.user import name_of

PIPELINE_STATUSES = ("draft", "active")
VISIBILITIES = ("shared", "private")
LIVE = text("deleted_at is null")


class Pipeline(Base):
    """The newest saved state of a pipeline; `draft` means that it has errors and is not what Airflow runs."""

    __tablename__ = "pipeline"
    __table_args__ = (
        CheckConstraint(one_of("status", PIPELINE_STATUSES), name="status"),
        CheckConstraint(one_of("visibility", VISIBILITIES), name="visibility"),
        # A name that only a private pipeline has must not be refused to others: that would tell of it.
        Index(
            "uq_pipeline_name_shared",
            "name",
            unique=True,
            postgresql_where=text("deleted_at is null and visibility = 'shared'"),
        ),
        Index(
            "uq_pipeline_name_private",
            "owner_id",
            "name",
            unique=True,
            postgresql_where=text("deleted_at is null and visibility = 'private'"),
        ),
        Index("ix_pipeline_private", "owner_id", postgresql_where=text("visibility = 'private'")),
        Index("ix_pipeline_updated_at_live", text("updated_at desc"), text("id desc"), postgresql_where=LIVE),
        Index("ix_pipeline_created_at_live", text("created_at desc"), text("id desc"), postgresql_where=LIVE),
        Index("ix_pipeline_name_live", text("lower(name)"), "id", postgresql_where=LIVE),
        Index("ix_pipeline_status_live", "status", "id", postgresql_where=LIVE),
        Index("ix_pipeline_tags", "tags", postgresql_using="gin"),
        Index("ix_pipeline_connections", "connection_ids", postgresql_using="gin"),
        Index("ix_pipeline_files", "file_paths", postgresql_using="gin"),
    )

    id: Mapped[Key]
    name: Mapped[str]
    description: Mapped[str]
    type: Mapped[str]
    status: Mapped[str]
    revision: Mapped[int]
    """Number of the newest version; a save must name it."""
    published_revision: Mapped[int | None]
    """Number of the version that Airflow is given: the newest one without errors."""
    config: Mapped[dict[str, Any]] = mapped_column(deferred=True, deferred_group="graph")
    default_params: Mapped[dict[str, Any]] = mapped_column(deferred=True, deferred_group="graph")
    module_ids: Mapped[list[str]]
    """The module of every node, so that usage is counted without opening graphs."""
    connection_ids: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    """The connections that the newest and the published version name; `file_paths` likewise."""
    file_paths: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    schedule: Mapped[str | None]
    is_scheduled: Mapped[bool]
    timezone: Mapped[str]
    tags: Mapped[list[str]]
    engine: Mapped[str]
    materialize: Mapped[str]
    retries: Mapped[int] = mapped_column(BigInteger)
    retry_delay_seconds: Mapped[int] = mapped_column(BigInteger)
    retry_exponential_backoff: Mapped[float] = mapped_column(server_default=text("0"))
    max_retry_delay_seconds: Mapped[int | None] = mapped_column(BigInteger)
    timeout_seconds: Mapped[int | None] = mapped_column(BigInteger)
    run_timeout_seconds: Mapped[int | None] = mapped_column(BigInteger)
    max_active_runs: Mapped[int] = mapped_column(BigInteger)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    """Who, besides admins, may see it while it is private and decides whether it is."""
    visibility: Mapped[str] = mapped_column(server_default=text("'shared'"))
    catchup: Mapped[bool] = mapped_column(server_default=text("false"))
    start_date: Mapped[str | None]
    alerts: Mapped[dict[str, Any] | None]
    """Who is told of its runs, beside the installation's rules."""
    schedule_paused_at: Mapped[datetime | None]
    """Since when the schedule rests; the published file has none meanwhile, whatever the versions say."""
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    deleted_at: Mapped[datetime | None]

    owner_name: Mapped[str | None] = name_of(owner_id)


class PipelineVersion(Base):
    """One save: the graph, what was wrong with it and, when nothing was, where it was published."""

    __tablename__ = "pipeline_version"
    __table_args__ = (
        UniqueConstraint("pipeline_id", "version"),
        Index("ix_pipeline_version_published", "pipeline_id", "bundle_revision"),
    )

    id: Mapped[Key]
    pipeline_id: Mapped[UUID] = mapped_column(ForeignKey("pipeline.id", ondelete="CASCADE"))
    version: Mapped[int]
    graph: Mapped[dict[str, Any]]
    problems: Mapped[list[dict[str, Any]]]
    schemas: Mapped[dict[str, Any]]
    """By node id, the columns as they were when this was saved."""
    valid: Mapped[bool]
    bundle_revision: Mapped[int | None] = mapped_column(BigInteger)
    """The bundle's revision that first held this version; null when the version has errors."""
    source_sha256: Mapped[str | None]
    compiler: Mapped[str | None]
    """Fingerprint of the compiler that wrote the source; an upgraded one compiles what is served again."""
    message: Mapped[str | None]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]

    author_name: Mapped[str | None] = name_of(created_by)

    @property
    def error_count(self) -> int:
        """Problems that keep it from being published; warnings are not counted."""
        return sum(problem["severity"] == "error" for problem in self.problems)
