"""The tables of Slack's own stores: which workspaces installed the bot, with their tokens, and installations begun."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "http_0001"
down_revision = "state_0001"
branch_labels = None
depends_on = None

PLACE = ("client_id", "enterprise_id", "team_id")


def upgrade() -> None:
    """Make them as slack_sdk 3.34 to 3.48 reads them."""
    bots = "slack_bots"
    op.create_table(
        bots,
        _id(),
        *(_text("client_id", 32, must=True), _text("app_id", 32, must=True)),
        *(_text("enterprise_id", 32), _text("enterprise_name", 200), _text("team_id", 32)),
        *(_text("team_name", 200), *_bot()),
        *(sa.Column("is_enterprise_install", sa.Boolean, nullable=False), _time("installed_at", must=True)),
    )
    op.create_index(f"{bots}_idx", bots, [*PLACE, "installed_at"])
    installations = "slack_installations"
    op.create_table(
        installations,
        _id(),
        *(_text("client_id", 32, must=True), _text("app_id", 32, must=True)),
        *(_text("enterprise_id", 32), _text("enterprise_name", 200), _text("enterprise_url", 200)),
        *(_text("team_id", 32), _text("team_name", 200), *_bot()),
        *(_text("user_id", 32, must=True), _text("user_token", 200), _text("user_scopes", 1000)),
        *(_text("user_refresh_token", 200), _time("user_token_expires_at")),
        *(_text("incoming_webhook_url", 200), _text("incoming_webhook_channel", 200)),
        *(_text("incoming_webhook_channel_id", 200), _text("incoming_webhook_configuration_url", 200)),
        *(sa.Column("is_enterprise_install", sa.Boolean, nullable=False), _text("token_type", 32)),
        _time("installed_at", must=True),
    )
    op.create_index(f"{installations}_idx", installations, [*PLACE, "user_id", "installed_at"])
    op.create_table(
        "slack_oauth_states", _id(), _text("state", 200, must=True), _time("expire_at", must=True)
    )


def _bot() -> tuple[sa.Column[object], ...]:
    return (
        *(_text("bot_token", 200), _text("bot_id", 32), _text("bot_user_id", 32), _text("bot_scopes", 1000)),
        *(_text("bot_refresh_token", 200), _time("bot_token_expires_at")),
    )


def _id() -> sa.Column[object]:
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=True)


def _text(name: str, longest: int, *, must: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.String(longest), nullable=not must)


def _time(name: str, *, must: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime, nullable=not must)
