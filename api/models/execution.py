"""Executions and their nodes as last seen in Airflow, and how far the sync has read."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, CreatedAt, Key, one_of

EXECUTION_STATUSES = ("pending", "running", "success", "failed", "cancelled")
TRIGGER_TYPES = ("manual", "scheduled", "webhook", "backfill")


class PipelineExecution(Base):
    """One DAG run, whoever started it; ours exist before Airflow knows of them (`triggered_at` null)."""

    __tablename__ = "pipeline_execution"
    __table_args__ = (
        CheckConstraint(one_of("status", EXECUTION_STATUSES), name="status"),
        CheckConstraint(one_of("trigger_type", TRIGGER_TYPES), name="trigger_type"),
        UniqueConstraint("pipeline_id", "airflow_dag_run_id"),
        UniqueConstraint("pipeline_id", "idempotency_key"),
        Index("ix_pipeline_execution_newest", text("created_at desc"), text("id desc")),
        Index("ix_pipeline_execution_pipeline", "pipeline_id", text("created_at desc"), text("id desc")),
        Index("ix_pipeline_execution_status", "status", text("created_at desc"), text("id desc")),
        Index("ix_pipeline_execution_trigger", "trigger_type", text("created_at desc"), text("id desc")),
        Index(
            "ix_pipeline_execution_open",
            "created_at",
            postgresql_where=text("status in ('pending', 'running')"),
        ),
        Index(
            "ix_pipeline_execution_unalerted",
            "completed_at",
            postgresql_where=text("alerted_at is null and completed_at is not null"),
        ),
    )

    id: Mapped[Key]
    pipeline_id: Mapped[UUID] = mapped_column(ForeignKey("pipeline.id", ondelete="CASCADE"))
    pipeline_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("pipeline_version.id", ondelete="CASCADE"))
    bundle_revision: Mapped[int | None] = mapped_column(BigInteger)
    airflow_dag_run_id: Mapped[str]
    status: Mapped[str]
    trigger_type: Mapped[str]
    triggered_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    triggered_by_name: Mapped[str | None]
    """Who started it, by name; Airflow's own user where it was started there."""
    request_id: Mapped[str | None]
    """The HTTP request that started it; it reaches the DAG run's conf."""
    traceparent: Mapped[str | None]
    """The same request in OpenTelemetry, where it is traced; it reaches the DAG run's conf, too."""
    until_node: Mapped[str | None]
    """The run goes up to this node only."""
    params: Mapped[dict[str, Any]]
    idempotency_key: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    triggered_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    duration_seconds: Mapped[float | None]
    cancel_requested_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    """The time at which its schedule has it run."""
    alerted_at: Mapped[datetime | None]
    """When its end was looked at, for who is to be told of it."""
    result: Mapped[dict[str, Any] | None]
    metrics: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    error_message: Mapped[str | None]
    error_trace: Mapped[str | None]
    error_node_id: Mapped[str | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ExecutionNode(Base):
    """One node of one execution: its task instance's state and what the operator measured."""

    __tablename__ = "execution_node"
    __table_args__ = (
        Index("ix_execution_node_outcome_unread", "execution_id", postgresql_where=text("not outcome_read")),
    )

    execution_id: Mapped[UUID] = mapped_column(
        ForeignKey("pipeline_execution.id", ondelete="CASCADE"), primary_key=True
    )
    node_id: Mapped[str] = mapped_column(primary_key=True)
    task_id: Mapped[str]
    status: Mapped[str]
    """Airflow's task instance state; "pending" where Airflow has none yet."""
    try_number: Mapped[int] = mapped_column(server_default=text("0"))
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    duration_seconds: Mapped[float | None]
    rows_in: Mapped[int | None] = mapped_column(BigInteger)
    rows_out: Mapped[int | None] = mapped_column(BigInteger)
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    columns: Mapped[list[dict[str, Any]] | None]
    plan: Mapped[str | None]
    """Staging URI of the node's plan.json."""
    outcome_read: Mapped[bool] = mapped_column(server_default=text("true"))
    """False while Airflow could not be asked what the task told; it is asked again."""
    error_message: Mapped[str | None]
    metrics: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    """What this kind of module tells besides its counts, such as rows that failed each rule."""
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ExecutionEvent(Base):
    """One change of an execution, written by the database's triggers; ids grow in the order of its commits."""

    __tablename__ = "execution_event"

    execution_id: Mapped[UUID] = mapped_column(
        ForeignKey("pipeline_execution.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    type: Mapped[str]
    """status, node or metrics."""
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    data: Mapped[dict[str, Any]]


class SyncState(Base):
    """How far one of Airflow's change feeds has been read, and when it was last heard of.

    Beside it, named `run:…`, the runs that could not be recorded and are tried again, since when.
    """

    __tablename__ = "sync_state"

    name: Mapped[str] = mapped_column(primary_key=True)
    cursor: Mapped[datetime | None]
    synced_at: Mapped[datetime | None]
