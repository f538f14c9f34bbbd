"""A run names the traced request that asked for it.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Requests so far were not traced."""
    op.add_column("pipeline_execution", sa.Column("traceparent", sa.Text(), nullable=True))


def downgrade() -> None:
    """Forget the traces of requests."""
    op.drop_column("pipeline_execution", "traceparent")
