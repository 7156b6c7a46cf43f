"""How Alembic runs our migrations: on the connection that `store.database.upgrade` opened."""

from alembic import context

from store.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
