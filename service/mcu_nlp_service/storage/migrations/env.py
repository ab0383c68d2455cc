"""Alembic's entry: the connection is handed over by :meth:`Database.migrate`."""

from alembic import context
from mcu_nlp_service.storage.tables import Table

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Table.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
