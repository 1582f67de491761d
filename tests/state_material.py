"""State for tests: a bot's database in a folder, or a server's, as one process of many."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlalchemy import text

from assistant.slack.announcements import Announcements
from assistant.slack.database import Database
from assistant.slack.given import GivenAnswers
from assistant.slack.inbox import Inbox
from assistant.slack.settings import FILE
from assistant.slack.state import State

WORKSPACE = "T1-U0BOT"


def inbox_in(folder: Path, address: str = "") -> Inbox:
    """The inbox of a workspace, opened by a process of its own: in the file of a bot with that state folder, or at an address."""
    return State(folder / WORKSPACE, address).inbox(WORKSPACE)


def announcements_of(inbox: Inbox) -> Announcements:
    """What is to be said in the inbox's workspace, as its process."""
    return Announcements(inbox.database, inbox.owner, inbox.workspace)


def given_of(inbox: Inbox) -> GivenAnswers:
    """The answers given in the inbox's workspace."""
    return GivenAnswers(inbox.database, inbox.workspace)


def file_in(folder: Path) -> Path:
    """Where the database of a bot with that state folder is."""
    return folder / WORKSPACE / FILE


def sql(database: Database, statement: str, **values: Any) -> None:
    """Change rows behind the bot's back."""
    database.change(text(statement), values)


def count(database: Database, table: str) -> int:
    """How many rows a table has."""
    return int(database.read(text(f"SELECT count(*) FROM {table}"))[0][0])  # noqa: S608 - a test's own word


def free_ports(number: int) -> list[int]:
    """So many ports that nobody listens at now."""
    with ExitStack() as stack:
        open_ = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [int(one.getsockname()[1]) for one in open_]
