"""people and audit"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

IMMUTABLE = """
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'rows of % are never changed or deleted', tg_table_name;
end
$$;
create trigger audit_event_is_immutable before update or delete on audit_event
    for each row execute function refuse_change();
"""


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=True),
        sa.Column("subject_name", sa.Text(), nullable=True),
        sa.Column(
            "details",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.execute(IMMUTABLE)
    op.create_index("ix_audit_event_account", "audit_event", ["account_id", sa.literal_column("id desc")], unique=False)
    op.create_index("ix_audit_event_action", "audit_event", ["action", sa.literal_column("id desc")], unique=False)
    op.create_index("ix_audit_event_at", "audit_event", ["at"], unique=False)
    op.create_index(
        "ix_audit_event_subject",
        "audit_event",
        ["subject_type", "subject_id", sa.literal_column("id desc")],
        unique=False,
    )
    op.create_table(
        "rate_limit",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_limit")),
        prefixes=["unlogged"],
    )
    op.create_table(
        "users",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("invitation_hash", sa.LargeBinary(), nullable=True),
        sa.Column("invitation_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("oidc_issuer", sa.Text(), nullable=True),
        sa.Column("oidc_subject", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role in ('viewer', 'editor', 'admin')", name=op.f("ck_users_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("invitation_hash", name=op.f("uq_users_invitation_hash")),
        sa.UniqueConstraint("oidc_issuer", "oidc_subject", name=op.f("uq_users_oidc_issuer_oidc_subject")),
    )
    op.create_index("uq_users_email", "users", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "login",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_login_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login")),
    )
    op.create_index("ix_login_user", "login", ["user_id"], unique=False)
    op.create_table(
        "refresh_token",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("login_id", sa.UUID(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["login_id"], ["login.id"], name=op.f("fk_refresh_token_login_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_refresh_token_token_hash")),
    )
    op.create_index("ix_refresh_token_login", "refresh_token", ["login_id"], unique=False)
    op.add_column("pipeline", sa.Column("created_by", sa.UUID(), nullable=True))
    op.add_column("pipeline", sa.Column("owner_id", sa.UUID(), nullable=True))
    op.add_column("pipeline", sa.Column("visibility", sa.Text(), server_default=sa.text("'shared'"), nullable=False))
    op.drop_index(op.f("uq_pipeline_name_live"), table_name="pipeline", postgresql_where="(deleted_at IS NULL)")
    op.create_index(
        "ix_pipeline_private",
        "pipeline",
        ["owner_id"],
        unique=False,
        postgresql_where=sa.text("visibility = 'private'"),
    )
    op.create_index(
        "uq_pipeline_name_private",
        "pipeline",
        ["owner_id", "name"],
        unique=True,
        postgresql_where=sa.text("deleted_at is null and visibility = 'private'"),
    )
    op.create_index(
        "uq_pipeline_name_shared",
        "pipeline",
        ["name"],
        unique=True,
        postgresql_where=sa.text("deleted_at is null and visibility = 'shared'"),
    )
    op.create_foreign_key(
        op.f("fk_pipeline_created_by"), "pipeline", "users", ["created_by"], ["id"], ondelete="SET NULL"
    )
    op.create_foreign_key(op.f("fk_pipeline_owner_id"), "pipeline", "users", ["owner_id"], ["id"], ondelete="SET NULL")
    op.alter_column("pipeline_execution", "triggered_by", new_column_name="triggered_by_name")
    op.add_column("pipeline_execution", sa.Column("triggered_by", sa.UUID(), nullable=True))
    op.create_foreign_key(
        op.f("fk_pipeline_execution_triggered_by"),
        "pipeline_execution",
        "users",
        ["triggered_by"],
        ["id"],
        ondelete="SET NULL",
    )
    op.add_column("pipeline_version", sa.Column("created_by", sa.UUID(), nullable=True))
    op.create_foreign_key(
        op.f("fk_pipeline_version_created_by"), "pipeline_version", "users", ["created_by"], ["id"], ondelete="SET NULL"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_pipeline_version_created_by"), "pipeline_version", type_="foreignkey")
    op.drop_column("pipeline_version", "created_by")
    op.drop_constraint(op.f("fk_pipeline_execution_triggered_by"), "pipeline_execution", type_="foreignkey")
    op.drop_column("pipeline_execution", "triggered_by")
    op.alter_column("pipeline_execution", "triggered_by_name", new_column_name="triggered_by")
    op.drop_constraint(op.f("fk_pipeline_owner_id"), "pipeline", type_="foreignkey")
    op.drop_constraint(op.f("fk_pipeline_created_by"), "pipeline", type_="foreignkey")
    op.drop_index(
        "uq_pipeline_name_shared",
        table_name="pipeline",
        postgresql_where=sa.text("deleted_at is null and visibility = 'shared'"),
    )
    op.drop_index(
        "uq_pipeline_name_private",
        table_name="pipeline",
        postgresql_where=sa.text("deleted_at is null and visibility = 'private'"),
    )
    op.drop_index("ix_pipeline_private", table_name="pipeline", postgresql_where=sa.text("visibility = 'private'"))
    op.create_index(
        op.f("uq_pipeline_name_live"), "pipeline", ["name"], unique=True, postgresql_where="(deleted_at IS NULL)"
    )
    op.drop_column("pipeline", "visibility")
    op.drop_column("pipeline", "owner_id")
    op.drop_column("pipeline", "created_by")
    op.drop_index("ix_refresh_token_login", table_name="refresh_token")
    op.drop_table("refresh_token")
    op.drop_index("ix_login_user", table_name="login")
    op.drop_table("login")
    op.drop_index("uq_users_email", table_name="users")
    op.drop_table("users")
    op.drop_table("rate_limit")
    op.drop_index("ix_audit_event_subject", table_name="audit_event")
    op.drop_index("ix_audit_event_at", table_name="audit_event")
    op.drop_index("ix_audit_event_action", table_name="audit_event")
    op.drop_index("ix_audit_event_account", table_name="audit_event")
    op.drop_table("audit_event")
    op.execute("drop function refuse_change()")
