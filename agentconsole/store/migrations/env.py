"""Alembic's environment: runs inside the transaction of :func:`agentconsole.store.migrate.upgrade`."""

from alembic import context

from agentconsole.store.indexes import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    transaction_per_migration=False,
)
context.run_migrations()
