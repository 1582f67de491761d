"""The README is held to what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from assistant.cli import COMMANDS

README = (Path(__file__).resolve().parents[1] / "README.md").read_text("utf-8")


def test_every_command_is_in_the_table_with_its_own_words() -> None:
    """The table of commands names exactly the commands there are, each with the first line of its help."""
    rows = dict(re.findall(r"^\| `firstpass (\w+)` \| (.+) \|$", README, re.MULTILINE))
    assert rows == COMMANDS


def test_the_quick_start_has_two_commands() -> None:
    """The first code block is exactly two commands: one asks the first question, one passes the tests."""
    block = re.search(r"```sh\n(.*?)```", README, re.DOTALL)
    assert block is not None
    first, second = block.group(1).strip().split("\n")
    assert first.endswith('firstpass ask "is IV BMC for knee OA real?"')
    assert second.endswith("-m pytest")


def test_the_quick_start_is_on_the_first_screen() -> None:
    """Both commands stand within the first 20 lines."""
    assert "-m pytest" in "\n".join(README.split("\n")[:20])


def test_no_command_is_mentioned_that_does_not_exist() -> None:
    """Each `firstpass NAME` in the README is a command or an option."""
    named = set(
        re.findall(r"firstpass ([a-z]+)\b", "\n".join(re.findall(r"`[^`]+`|```.*?```", README, re.DOTALL)))
    )
    assert named <= set(COMMANDS)
