"""State: all that a bot's process keeps, opened once, and what of it is each workspace's."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import Connection, delete

from assistant.slack.announcements import Announcements
from assistant.slack.claims import Claims
from assistant.slack.counts import Counts
from assistant.slack.database import PATIENCE, Database
from assistant.slack.given import GivenAnswers
from assistant.slack.inbox import Inbox
from assistant.slack.owners import Owner
from assistant.slack.schema import OF_WORKSPACES
from assistant.slack.settings import FILE


class State:
    """The database of the bots, as this process.

    Attributes:
        claims: what this process has taken, of all workspaces.
    """

    def __init__(
        self,
        folder: Path,
        address: str = "",
        *,
        patience: float = PATIENCE,
        stop: threading.Event | None = None,
    ) -> None:
        """Open what an address names, else the file in a folder. This process's lock is beside the file, else in the folder.

        Args:
            folder: of this bot.
            address: of a database.
            patience: seconds for which a server that cannot be reached is waited for, until it is open.
            stop: once set, nothing is waited for.

        Raises:
            SettingsError: the address is none.
            StateError: it cannot be reached or used.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.database = Database(address or folder / FILE, patience=patience, stop=stop)
        beside = self.database.path.parent if self.database.path else folder
        self.owner = Owner(self.database, beside / "owners")
        self.database.hurry()
        self.claims = Claims(self.database, self.owner)

    def inbox(self, workspace: str) -> Inbox:
        """The questions of a workspace."""
        return Inbox(self.claims, workspace)

    def given(self, workspace: str) -> GivenAnswers:
        """The answers given in a workspace."""
        return GivenAnswers(self.database, workspace)

    def counts(self, workspace: str) -> Counts:
        """What a workspace asked and was not answered."""
        return Counts(self.database, workspace)

    def announcements(self, workspace: str) -> Announcements:
        """What is to be said in a workspace."""
        return Announcements(self.database, self.owner, workspace)

    def forget(self, workspace: str) -> None:
        """Forget all that is kept of a workspace; a question of it that is being answered is not posted any more."""
        forget(self.database, workspace)

    def close(self) -> None:
        """Let go of what is not answered, and of the database."""
        self.claims.close()


def forget(database: Database, workspace: str) -> None:
    """Delete all that a database holds of a workspace."""

    def deed(rows: Connection) -> None:
        for table in OF_WORKSPACES:
            rows.execute(delete(table).where(table.c.workspace == workspace))

    database.write(deed)
    for table in OF_WORKSPACES:
        database.truncate(table)


def workspace_of(team: str, bot_user: str) -> str:
    """A workspace's name in every row, and of its folder: the team with the bot's user in it."""
    return f"{team}-{bot_user}"
