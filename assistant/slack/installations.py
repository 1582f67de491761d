"""Installations: the workspaces that installed the bot, each with its token, in the bots' database, by Slack's own stores.

The tokens lie there as Slack gave them: who may read the database may act as the bot in every workspace. The tables are
`slack_bots`, `slack_installations` and `slack_oauth_states`, made by the migration `http_0001`.
"""

from __future__ import annotations

from datetime import UTC, datetime

from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore
from sqlalchemy import bindparam, delete, select

from assistant.slack.clients import Installed
from assistant.slack.database import Database

SECONDS = 600
"""Seconds for which an installation that was begun may be ended."""
SLACK_SECOND = 1.0
"""Slack tells when something happened in whole seconds."""


class Kept:
    """The workspaces that installed one app."""

    def __init__(self, client_id: str, database: Database) -> None:
        """Those of an app, by its client id."""
        self.database = self._database = database
        self.store = SQLAlchemyInstallationStore(client_id, database.engine)
        bots = self.store.bots
        b, i = bots.c, self.store.installations.c
        here = (b.client_id == client_id, b.is_enterprise_install.is_(False), b.bot_token.is_not(None))
        self._every = select(bots).where(*here).order_by(b.team_id, b.installed_at.desc(), b.id.desc())
        self._find = self._every.where(b.team_id == bindparam("team"))
        self._remove = (
            delete(bots).where(
                *here[:1], b.team_id == bindparam("team"), b.installed_at <= bindparam("until")
            ),
            delete(self.store.installations).where(
                i.client_id == client_id, i.team_id == bindparam("team"), i.installed_at <= bindparam("until")
            ),
        )

    def find(self, team: str) -> Installed | None:
        """The bot in a workspace, by its newest installation; None where it is not installed."""
        found = self._database.read(self._find, {"team": team})
        return _installed(found[0]) if found else None

    def every(self) -> tuple[Installed, ...]:
        """The bot in every workspace."""
        newest = {row.team_id: row for row in reversed(self._database.read(self._every))}
        return tuple(_installed(newest[team]) for team in sorted(newest))

    def leaving(self, team: str, before: float) -> Installed | None:
        """The bot in a workspace, where it was not installed anew since a time."""
        found = self._database.read(self._find, {"team": team})
        return _installed(found[0]) if found and found[0].installed_at <= _until(before) else None

    def remove(self, team: str, before: float) -> None:
        """Forget installations made before a time, tokens and all; one made since stays."""
        for statement in self._remove:
            self._database.change(statement, {"team": team, "until": _until(before)})


class States(SQLAlchemyOAuthStateStore):
    """The installations begun and not ended. Slack's own store reads a state and then deletes it: two could use one at the same time."""

    def __init__(self, database: Database) -> None:
        """Those in the database."""
        super().__init__(SECONDS, database.engine)
        self._database = database
        c = self.oauth_states.c
        self._use = delete(self.oauth_states).where(
            c.state == bindparam("this"), c.expire_at > bindparam("now")
        )
        self._old = delete(self.oauth_states).where(c.expire_at <= bindparam("now"))

    def issue(self, *args: object, **more: object) -> str:
        """A state, good once and for ten minutes."""
        self._database.change(self._old, {"now": _now()})
        return str(super().issue(*args, **more))

    def consume(self, state: str) -> bool:
        """Whether a state is good; it is so no longer."""
        return bool(self._database.change(self._use, {"this": state, "now": _now()}))


def _installed(row: object) -> Installed:
    values = row._mapping  # type: ignore[attr-defined] # noqa: SLF001 - SQLAlchemy's own public name
    return Installed(
        team=values["team_id"],
        bot_user=values["bot_user_id"] or "",
        bot_id=values["bot_id"],
        token=values["bot_token"],
        enterprise=values["enterprise_id"],
    )


def _until(seconds: float) -> datetime:
    """A time as the tables have it, to the end of its second."""
    return datetime.fromtimestamp(seconds + SLACK_SECOND, UTC).replace(tzinfo=None)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
