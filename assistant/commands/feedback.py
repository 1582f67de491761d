"""`firstpass feedback`: what people said of answers in Slack."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click


@click.command("feedback", short_help="Print what people said of answers in Slack, as JSON lines.")
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Where the bot's inbox is kept; else FIRSTPASS_STATE.",
)
def command(state: Path | None) -> None:
    r"""Print all feedback, one JSON object a line, oldest first.

    Each has the reasons chosen (those that begin with "wrong-" name a facet), the paper said to be missing, how the question
    was read, the passages shown with their scores, and the store's version. The question's text is there only where the person
    allowed that it is kept.

    \b
    Example:
      firstpass feedback > feedback.jsonl
    """
    from assistant.slack.feedback import verdicts
    from assistant.slack.settings import state_folder

    for row in verdicts(state or state_folder(os.environ)):
        click.echo(json.dumps(row, ensure_ascii=False))
