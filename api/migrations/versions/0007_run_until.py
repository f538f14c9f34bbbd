"""A run may go up to one node only.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Runs so far were whole."""
    op.add_column("pipeline_execution", sa.Column("until_node", sa.Text(), nullable=True))


def downgrade() -> None:
    """Forget how far runs went."""
    op.drop_column("pipeline_execution", "until_node")
