"""Nodes and parts of graphs that are kept to be used again.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

NOW = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "template",
        sa.Column("id", sa.UUID(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(none_as_null=True), nullable=False),
        sa.Column("module_ids", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("owner_id", sa.UUID(), sa.ForeignKey("users.id", ondelete="SET NULL"), nullable=True),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint("visibility in ('shared', 'private')", name=op.f("ck_template_visibility")),
    )
    op.create_index("ix_template_name", "template", [sa.text("lower(name)"), "id"])


def downgrade() -> None:
    op.drop_table("template")
