"""Run by Alembic: apply the migrations on the connection that `api.migrations` opened."""

from alembic import context
from sqlalchemy import Connection

from api.models import Base

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, compare_server_default=True)
with context.begin_transaction():
    context.run_migrations()
