"""schedules and uses"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TRIGGERS = "trigger_type in ('manual', 'scheduled', 'webhook', 'backfill')"
BEFORE = "trigger_type in ('manual', 'scheduled', 'webhook')"
# Versions are immutable but for what every graph has had from now on, without which they could not be shown.
GRAPHS = """
update pipeline_version set graph = jsonb_build_object(
    'retry_exponential_backoff', 0.0, 'max_retry_delay_seconds', null, 'run_timeout_seconds', null,
    'catchup', false, 'start_date', null) || graph
"""
USES = """
update pipeline set connection_ids = coalesce(found.connections, '{}'), file_paths = coalesce(found.files, '{}')
from (
    select pipeline.id,
        array_agg(distinct node #>> '{data,config,connection_id}')
            filter (where jsonb_typeof(node #> '{data,config,connection_id}') = 'string') as connections,
        array_agg(distinct node #>> '{data,config,file_path}')
            filter (where jsonb_typeof(node #> '{data,config,file_path}') = 'string') as files
    from pipeline
    join pipeline_version on pipeline_version.pipeline_id = pipeline.id
        and pipeline_version.version in (pipeline.revision, pipeline.published_revision)
    cross join jsonb_array_elements(pipeline_version.graph #> '{config,nodes}') as node
    group by pipeline.id
) as found
where found.id = pipeline.id
"""


def upgrade() -> None:
    none = sa.text("'{}'")
    op.add_column("pipeline", sa.Column("connection_ids", sa.ARRAY(sa.Text()), server_default=none, nullable=False))
    op.add_column("pipeline", sa.Column("file_paths", sa.ARRAY(sa.Text()), server_default=none, nullable=False))
    backoff = sa.Column("retry_exponential_backoff", sa.Double(), server_default=sa.text("0"), nullable=False)
    op.add_column("pipeline", backoff)
    op.add_column("pipeline", sa.Column("max_retry_delay_seconds", sa.BigInteger(), nullable=True))
    op.add_column("pipeline", sa.Column("run_timeout_seconds", sa.BigInteger(), nullable=True))
    op.add_column("pipeline", sa.Column("catchup", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("pipeline", sa.Column("start_date", sa.Text(), nullable=True))
    op.add_column("pipeline", sa.Column("schedule_paused_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_pipeline_connections", "pipeline", ["connection_ids"], postgresql_using="gin")
    op.create_index("ix_pipeline_files", "pipeline", ["file_paths"], postgresql_using="gin")
    op.drop_constraint(op.f("ck_pipeline_execution_trigger_type"), "pipeline_execution")
    op.create_check_constraint(op.f("ck_pipeline_execution_trigger_type"), "pipeline_execution", TRIGGERS)
    op.execute(GRAPHS)
    op.execute(USES)


def downgrade() -> None:
    op.execute("update pipeline_execution set trigger_type = 'scheduled' where trigger_type = 'backfill'")
    op.drop_constraint(op.f("ck_pipeline_execution_trigger_type"), "pipeline_execution")
    op.create_check_constraint(op.f("ck_pipeline_execution_trigger_type"), "pipeline_execution", BEFORE)
    op.drop_index("ix_pipeline_files", table_name="pipeline")
    op.drop_index("ix_pipeline_connections", table_name="pipeline")
    for column in (
        "schedule_paused_at",
        "start_date",
        "catchup",
        "run_timeout_seconds",
        "max_retry_delay_seconds",
        "retry_exponential_backoff",
        "file_paths",
        "connection_ids",
    ):
        op.drop_column("pipeline", column)
