"""What alembic runs: the migrations, within the transaction that it is handed."""

from __future__ import annotations

from alembic import context

from assistant.slack.schema import TABLES

context.configure(connection=context.config.attributes["connection"], target_metadata=TABLES)
context.run_migrations()
