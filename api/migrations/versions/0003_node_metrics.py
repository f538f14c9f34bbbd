"""What modules tell besides their counts.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Nodes of executions that ended before told nothing."""
    none_told = sa.text("'{}'::jsonb")
    metrics = sa.Column("metrics", postgresql.JSONB(), server_default=none_told, nullable=False)
    op.add_column("execution_node", metrics)


def downgrade() -> None:
    """Forget what was told."""
    op.drop_column("execution_node", "metrics")
