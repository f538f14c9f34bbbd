"""initial tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "module",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("python_class", sa.Text(), nullable=False),
        sa.Column("config_schema", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("default_config", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("inputs", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("has_output", sa.Boolean(), nullable=False),
        sa.Column("required_connections", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("icon", sa.Text(), nullable=True),
        sa.Column("color", sa.Text(), nullable=True),
        sa.Column("documentation_url", sa.Text(), nullable=True),
        sa.Column("presets", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("catalog_presets", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("in_catalog", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("type in ('extractor', 'transformer', 'loader')", name=op.f("ck_module_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module")),
    )
    op.create_index("uq_module_name", "module", ["name"], unique=True)
    op.create_table(
        "pipeline",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("published_revision", sa.Integer(), nullable=True),
        sa.Column("config", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("default_params", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("module_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=True),
        sa.Column("is_scheduled", sa.Boolean(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("materialize", sa.Text(), nullable=False),
        sa.Column("retries", sa.BigInteger(), nullable=False),
        sa.Column("retry_delay_seconds", sa.BigInteger(), nullable=False),
        sa.Column("timeout_seconds", sa.BigInteger(), nullable=True),
        sa.Column("max_active_runs", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status in ('draft', 'active')", name=op.f("ck_pipeline_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pipeline")),
    )
    op.create_index(
        "ix_pipeline_created_at_live",
        "pipeline",
        [sa.literal_column("created_at desc"), sa.literal_column("id desc")],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index(
        "ix_pipeline_name_live",
        "pipeline",
        [sa.literal_column("lower(name)"), "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index(
        "ix_pipeline_status_live",
        "pipeline",
        ["status", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index("ix_pipeline_tags", "pipeline", ["tags"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_pipeline_updated_at_live",
        "pipeline",
        [sa.literal_column("updated_at desc"), sa.literal_column("id desc")],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index(
        "uq_pipeline_name_live", "pipeline", ["name"], unique=True, postgresql_where=sa.text("deleted_at is null")
    )
    op.create_table(
        "sync_state",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cursor", sa.DateTime(timezone=True), nullable=True),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sync_state")),
    )
    op.create_table(
        "pipeline_version",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("pipeline_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("graph", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("problems", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("schemas", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("valid", sa.Boolean(), nullable=False),
        sa.Column("bundle_revision", sa.BigInteger(), nullable=True),
        sa.Column("source_sha256", sa.Text(), nullable=True),
        sa.Column("compiler", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["pipeline_id"], ["pipeline.id"], name=op.f("fk_pipeline_version_pipeline_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pipeline_version")),
        sa.UniqueConstraint("pipeline_id", "version", name=op.f("uq_pipeline_version_pipeline_id_version")),
    )
    op.create_index(
        "ix_pipeline_version_published", "pipeline_version", ["pipeline_id", "bundle_revision"], unique=False
    )
    op.create_table(
        "pipeline_execution",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("pipeline_id", sa.UUID(), nullable=False),
        sa.Column("pipeline_version_id", sa.UUID(), nullable=True),
        sa.Column("bundle_revision", sa.BigInteger(), nullable=True),
        sa.Column("airflow_dag_run_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("trigger_type", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("triggered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duration_seconds", sa.Double(), nullable=True),
        sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column(
            "metrics",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("error_trace", sa.Text(), nullable=True),
        sa.Column("error_node_id", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status in ('pending', 'running', 'success', 'failed', 'cancelled')",
            name=op.f("ck_pipeline_execution_status"),
        ),
        sa.CheckConstraint(
            "trigger_type in ('manual', 'scheduled', 'webhook')", name=op.f("ck_pipeline_execution_trigger_type")
        ),
        sa.ForeignKeyConstraint(
            ["pipeline_id"], ["pipeline.id"], name=op.f("fk_pipeline_execution_pipeline_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["pipeline_version_id"],
            ["pipeline_version.id"],
            name=op.f("fk_pipeline_execution_pipeline_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pipeline_execution")),
        sa.UniqueConstraint(
            "pipeline_id", "airflow_dag_run_id", name=op.f("uq_pipeline_execution_pipeline_id_airflow_dag_run_id")
        ),
        sa.UniqueConstraint(
            "pipeline_id", "idempotency_key", name=op.f("uq_pipeline_execution_pipeline_id_idempotency_key")
        ),
    )
    op.create_index(
        "ix_pipeline_execution_newest",
        "pipeline_execution",
        [sa.literal_column("created_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_pipeline_execution_open",
        "pipeline_execution",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("status in ('pending', 'running')"),
    )
    op.create_index(
        "ix_pipeline_execution_pipeline",
        "pipeline_execution",
        ["pipeline_id", sa.literal_column("created_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_pipeline_execution_status",
        "pipeline_execution",
        ["status", sa.literal_column("created_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_pipeline_execution_trigger",
        "pipeline_execution",
        ["trigger_type", sa.literal_column("created_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_table(
        "execution_node",
        sa.Column("execution_id", sa.UUID(), nullable=False),
        sa.Column("node_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("try_number", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duration_seconds", sa.Double(), nullable=True),
        sa.Column("rows_in", sa.BigInteger(), nullable=True),
        sa.Column("rows_out", sa.BigInteger(), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("columns", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["execution_id"], ["pipeline_execution.id"], name=op.f("fk_execution_node_execution_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("execution_id", "node_id", name=op.f("pk_execution_node")),
    )


def downgrade() -> None:
    op.drop_table("execution_node")
    op.drop_index("ix_pipeline_execution_trigger", table_name="pipeline_execution")
    op.drop_index("ix_pipeline_execution_status", table_name="pipeline_execution")
    op.drop_index("ix_pipeline_execution_pipeline", table_name="pipeline_execution")
    op.drop_index(
        "ix_pipeline_execution_open",
        table_name="pipeline_execution",
        postgresql_where=sa.text("status in ('pending', 'running')"),
    )
    op.drop_index("ix_pipeline_execution_newest", table_name="pipeline_execution")
    op.drop_table("pipeline_execution")
    op.drop_index("ix_pipeline_version_published", table_name="pipeline_version")
    op.drop_table("pipeline_version")
    op.drop_table("sync_state")
    op.drop_index("uq_pipeline_name_live", table_name="pipeline", postgresql_where=sa.text("deleted_at is null"))
    op.drop_index("ix_pipeline_updated_at_live", table_name="pipeline", postgresql_where=sa.text("deleted_at is null"))
    op.drop_index("ix_pipeline_tags", table_name="pipeline", postgresql_using="gin")
    op.drop_index("ix_pipeline_status_live", table_name="pipeline", postgresql_where=sa.text("deleted_at is null"))
    op.drop_index("ix_pipeline_name_live", table_name="pipeline", postgresql_where=sa.text("deleted_at is null"))
    op.drop_index("ix_pipeline_created_at_live", table_name="pipeline", postgresql_where=sa.text("deleted_at is null"))
    op.drop_table("pipeline")
    op.drop_index("uq_module_name", table_name="module")
    op.drop_table("module")
