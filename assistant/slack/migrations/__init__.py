"""Migrations of the bots' database, for alembic; `assistant.slack.migrating` runs them."""
