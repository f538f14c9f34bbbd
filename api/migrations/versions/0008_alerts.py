"""Who is told of runs, what they were told, and when a run was due.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

TIME = sa.DateTime(timezone=True)
UNALERTED = "alerted_at is null and completed_at is not null"


def upgrade() -> None:
    """Runs that have ended are no news."""
    op.add_column("pipeline", sa.Column("alerts", postgresql.JSONB(none_as_null=True), nullable=True))
    op.execute("""update pipeline_version set graph = '{"alerts": null}'::jsonb || graph""")
    op.add_column("pipeline_execution", sa.Column("due_at", TIME, nullable=True))
    op.add_column("pipeline_execution", sa.Column("alerted_at", TIME, nullable=True))
    op.execute("update pipeline_execution set alerted_at = now() where completed_at is not null")
    op.create_index(
        "ix_pipeline_execution_unalerted",
        "pipeline_execution",
        ["completed_at"],
        postgresql_where=sa.text(UNALERTED),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("pipeline_id", sa.UUID(), sa.ForeignKey("pipeline.id", ondelete="CASCADE"), nullable=False),
        sa.Column(
            "execution_id", sa.UUID(), sa.ForeignKey("pipeline_execution.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("receivers", postgresql.JSONB(none_as_null=True), nullable=False),
        sa.Column("facts", postgresql.JSONB(none_as_null=True), nullable=False),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", TIME, nullable=True),
        sa.CheckConstraint("event in ('failure', 'recovery', 'late', 'long')", name=op.f("ck_alert_event")),
        sa.CheckConstraint("source in ('pipeline', 'defaults')", name=op.f("ck_alert_source")),
        sa.UniqueConstraint("execution_id", "event", "source"),
    )
    op.create_index("ix_alert_pipeline", "alert", ["pipeline_id", "source", sa.text("id desc")])
    op.create_index("ix_alert_unsent", "alert", ["id"], postgresql_where=sa.text("sent_at is null"))
    op.create_table(
        "setting",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("value", postgresql.JSONB(none_as_null=True), nullable=False),
        sa.Column("updated_at", TIME, server_default=sa.text("now()"), nullable=False),
    )


def downgrade() -> None:
    """Forget who is told of what."""
    op.drop_table("setting")
    op.drop_table("alert")
    op.drop_index("ix_pipeline_execution_unalerted", table_name="pipeline_execution")
    op.drop_column("pipeline_execution", "alerted_at")
    op.drop_column("pipeline_execution", "due_at")
    op.execute("update pipeline_version set graph = graph - 'alerts'")
    op.drop_column("pipeline", "alerts")
