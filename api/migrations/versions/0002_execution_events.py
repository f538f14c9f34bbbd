"""What happens to an execution becomes a row, for those who follow it live; who started it, and for which request."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Written by the database, so that no change of an execution can be forgotten. Whoever changes an execution or its nodes
# holds the execution's row, so the ids of one execution's events are in the order of their commits.
FUNCTIONS = """
create function execution_changed() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' or (new.status, new.started_at, new.completed_at, new.cancel_requested_at, new.error_message,
            new.error_node_id) is distinct from (old.status, old.started_at, old.completed_at, old.cancel_requested_at,
            old.error_message, old.error_node_id) then
        insert into execution_event (execution_id, type, data) values (new.id, 'status', jsonb_build_object(
            'status', new.status, 'started_at', new.started_at, 'completed_at', new.completed_at,
            'duration_seconds', new.duration_seconds, 'cancel_requested_at', new.cancel_requested_at,
            'error_message', new.error_message, 'error_node_id', new.error_node_id));
        perform pg_notify('logidata_live', new.id::text);
    end if;
    if tg_op = 'UPDATE' and new.metrics is distinct from old.metrics then
        insert into execution_event (execution_id, type, data) values (new.id, 'metrics',
            jsonb_build_object('metrics', new.metrics));
        perform pg_notify('logidata_live', new.id::text);
    end if;
    return null;
end $$;

create function execution_node_changed() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' and new.status = 'pending' then
        return null;
    end if;
    if tg_op = 'UPDATE' and (new.status, new.try_number, new.started_at, new.completed_at, new.rows_in, new.rows_out,
            new.bytes, new.error_message) is not distinct from (old.status, old.try_number, old.started_at,
            old.completed_at, old.rows_in, old.rows_out, old.bytes, old.error_message) then
        return null;
    end if;
    insert into execution_event (execution_id, type, data) values (new.execution_id, 'node', jsonb_build_object(
        'node_id', new.node_id, 'status', new.status, 'try_number', new.try_number, 'started_at', new.started_at,
        'completed_at', new.completed_at, 'duration_seconds', new.duration_seconds, 'rows_in', new.rows_in,
        'rows_out', new.rows_out, 'bytes', new.bytes, 'error_message', new.error_message));
    perform pg_notify('logidata_live', new.execution_id::text);
    return null;
end $$;
"""
TRIGGERS = """
create trigger execution_changed after insert or update on pipeline_execution
    for each row execute function execution_changed();
create trigger execution_node_changed after insert or update on execution_node
    for each row execute function execution_node_changed();
"""
PRESENT = """
insert into execution_event (execution_id, type, data)
select id, 'status', jsonb_build_object('status', status, 'started_at', started_at, 'completed_at', completed_at,
    'duration_seconds', duration_seconds, 'cancel_requested_at', cancel_requested_at,
    'error_message', error_message, 'error_node_id', error_node_id)
from pipeline_execution
"""


def upgrade() -> None:
    op.add_column("pipeline_execution", sa.Column("triggered_by", sa.Text(), nullable=True))
    op.add_column("pipeline_execution", sa.Column("request_id", sa.Text(), nullable=True))
    op.add_column(
        "execution_node", sa.Column("outcome_read", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )
    op.create_index(
        "ix_execution_node_outcome_unread",
        "execution_node",
        ["execution_id"],
        postgresql_where=sa.text("not outcome_read"),
    )
    op.create_table(
        "execution_event",
        sa.Column("execution_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("data", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["execution_id"],
            ["pipeline_execution.id"],
            name=op.f("fk_execution_event_execution_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("execution_id", "id", name=op.f("pk_execution_event")),
    )
    op.execute(PRESENT)
    op.execute(FUNCTIONS)
    op.execute(TRIGGERS)


def downgrade() -> None:
    op.execute("drop trigger execution_node_changed on execution_node")
    op.execute("drop trigger execution_changed on pipeline_execution")
    op.execute("drop function execution_node_changed()")
    op.execute("drop function execution_changed()")
    op.drop_table("execution_event")
    op.drop_index(
        "ix_execution_node_outcome_unread",
        table_name="execution_node",
        postgresql_where=sa.text("not outcome_read"),
    )
    op.drop_column("execution_node", "outcome_read")
    op.drop_column("pipeline_execution", "request_id")
    op.drop_column("pipeline_execution", "triggered_by")
