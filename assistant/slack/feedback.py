"""What people said of answers, read from the bot's databases for whoever curates the library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.slack.given import GivenAnswers
from assistant.slack.inbox import FILE, Database


def verdicts(state: Path) -> Iterator[dict[str, Any]]:
    """All feedback in a state folder, bot by bot, oldest first: reasons, paper, reading, passages with scores, store version.

    `question` is the question's text where the person allowed that it is kept, else None.
    """
    for path in sorted(state.glob(f"*/{FILE}")):
        database = Database(path)
        try:
            yield from GivenAnswers(database).verdicts()
        finally:
            database.close()
