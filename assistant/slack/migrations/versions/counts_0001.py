"""The counts of what was not answered: by concept and month, never a word of a question."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "counts_0001"
down_revision = "http_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    keys = ("month", "library", "outcome", "facets", "workspace")
    op.create_table(
        "unanswered",
        *(sa.Column(name, sa.Text, primary_key=True) for name in keys),
        sa.Column("count", sa.Integer, nullable=False, server_default="0"),
        sa.Column("last", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
