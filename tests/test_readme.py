"""The README is held to what the program does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from write_reference import END, ENVIRONMENT, ROOT, START

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


def test_the_reference_is_current() -> None:
    """The reference at the end is what the commands' own help says now; python tests/write_reference.py writes it anew."""
    assert README.rstrip().endswith(END)
    assert README.count(START) == README.count(END) == 1
    # In a process of its own: click keeps the first help option that a command was asked for, with or without "-h".
    script = Path(__file__).with_name("write_reference.py")
    done = subprocess.run([sys.executable, str(script), "--check"], check=False, cwd=script.parents[1])
    assert done.returncode == 0


def test_every_variable_of_the_environment_is_in_the_reference() -> None:
    """What the code reads of FIRSTPASS_…, NCBI_… and the tokens is in the table, and nothing that it does not read."""
    code = "".join(
        path.read_text("utf-8")
        for package in ("assistant", "corpus", "index")
        for path in sorted((ROOT / package).rglob("*.py"))
    )
    read = set(re.findall(r"(?<!_)\b(?:FIRSTPASS|NCBI)_[A-Z_]+", code))
    assert read == {name for name in ENVIRONMENT if name.startswith(("FIRSTPASS", "NCBI"))}
    assert all(name in code for name in ENVIRONMENT)
