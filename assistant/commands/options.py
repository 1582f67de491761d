"""Options that several commands share, so that each means the same everywhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

F = TypeVar("F", bound=Callable[..., Any])


class Group(click.Group):
    """A group within the command line, whose commands have raw docstrings as those above it have."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, with click's mark for a paragraph that is not wrapped."""
        found = super().get_command(ctx, cmd_name)
        if found is not None:
            found.help = (found.help or "").replace("\\b", "\b")
        return found


def _folders(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:  # noqa: ARG001 - click gives them
    """Lets the shell complete names of folders."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(typed, type="dir")]


def library(function: F) -> F:
    """--library FOLDER."""
    return click.option(
        "--library",
        metavar="FOLDER",
        shell_complete=_folders,
        help="The library: a curated folder. Else FIRSTPASS_LIBRARY, the folder you stand in, or the starter library.",
    )(function)


def as_json(function: F) -> F:
    """--json."""
    return click.option("--json", "json_", is_flag=True, help="Print one JSON object.")(function)


def from_input() -> str:
    """What standard input holds, up to the length that a message may have; bytes that are not UTF-8 become marks."""
    from assistant.message import LONGEST_MESSAGE

    # A character has at most four bytes.
    return sys.stdin.buffer.read(4 * LONGEST_MESSAGE).decode("utf-8", "replace")


def print_json(value: object) -> None:
    """Print a value as JSON that a person can read too."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
