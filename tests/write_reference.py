"""The README's reference of commands, made from the commands' own help.

Run: python tests/write_reference.py            write it between the marks at the end of README.md
     python tests/write_reference.py --check    exit 1 where it is not current
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))

import click  # noqa: E402 - the checkout is put on the path first, for a run that is not a test

from assistant.cli import COMMANDS, cli  # noqa: E402 - as above

README = ROOT / "README.md"
START, END = "<!-- reference -->", "<!-- /reference -->"
INTRODUCTION = """## Reference

What each command says of itself (`firstpass NAME --help`), written by `python tests/write_reference.py`.

Every command exits with 0 when it did its work, 1 when it could not (standard error says why and what to do), 2 when it was
called wrongly, and 130 when it was stopped. Progress is shown on a terminal only, so that cron mails nothing but what matters.

| environment | what it says |
|---|---|
"""
ENVIRONMENT = {
    "FIRSTPASS_LIBRARY": "the library, where `--library` names none",
    "FIRSTPASS_STORES": "where stores are kept, in place of `.firstpass/` in the library",
    "FIRSTPASS_MILVUS": "Milvus's address as this machine sees it, in place of the one in `[store]` of library.toml",
    "FIRSTPASS_MILVUS_TOKEN": "what signs in to Milvus",
    "FIRSTPASS_STATE": "where the bot's database is kept",
    "FIRSTPASS_DATABASE": "a database for the bots of several machines, in place of a file there: `postgresql+psycopg://USER:PASSWORD@HOST/NAME`",
    "FIRSTPASS_CHANNELS": "ids of the only channels that the bot answers in, with spaces or commas between",
    "FIRSTPASS_PEOPLE": "ids of the only people whom the bot answers",
    "FIRSTPASS_SLACK_CONNECT": "`on`: channels shared with other organisations are answered too",
    "FIRSTPASS_FOLLOW_UP": "`thread`: in an answered thread a reply is a question without a mention; else `mention`",
    "FIRSTPASS_CHANGES_CHANNEL": "id of the channel that the bot tells what changed with each new store, with several workspaces `TEAM/CHANNEL`; none where not set",
    "FIRSTPASS_WORKSPACES": "ids of the only workspaces that may install the bot (`--http`)",
    "FIRSTPASS_HEALTH": "`[HOST:]PORT` at which a bot in Socket Mode tells `/healthz`, `/readyz` and `/metrics`; nowhere where not set",
    "FIRSTPASS_LEAVE": "seconds after SIGTERM in which a bot by HTTP is unready but still takes in (5)",
    "FIRSTPASS_WORKERS": "how many questions the bot answers at the same time (2)",
    "FIRSTPASS_WAITING": "how many questions may wait (1000)",
    "SLACK_BOT_TOKEN": "the bot's token (`xoxb-…`)",
    "SLACK_APP_TOKEN": "the app's token for Socket Mode (`xapp-…`)",
    "SLACK_SIGNING_SECRET": "what Slack signs its requests with, for `--http`",
    "SLACK_CLIENT_ID": "the app's id, with `SLACK_CLIENT_SECRET` in place of `SLACK_BOT_TOKEN` where several workspaces install the bot (`--http`)",
    "SLACK_CLIENT_SECRET": "what goes with it",
    "SLACK_API_URL": "another Slack than Slack's, for tests",
    "NCBI_API_KEY": "NCBI's key: 10 requests a second in place of 3",
    "NCBI_EMAIL": "whom NCBI may write to",
    "FIRSTPASS_EUTILS_URL": "another E-utilities than NCBI's: a mirror, or a stand-in for tests",
    "FIRSTPASS_DOI_URL": "another resolver of DOIs than doi.org",
    "SOURCE_DATE_EPOCH": "the time that a store is said to be built at, for builds that must be the same to the byte",
}
"""Every variable of the environment that is read; `tests/test_readme.py` looks for others in the code."""


def reference() -> str:
    """The section: each command under a heading, as its help prints it, a group's own commands after it."""
    parts = [INTRODUCTION + "".join(f"| `{name}` | {what} |\n" for name, what in ENVIRONMENT.items())]
    with click.Context(cli, info_name="firstpass", **cli.context_settings) as top:
        for name in COMMANDS:
            command = cli.get_command(top, name)
            assert command is not None
            parts += _of(command, name, top)
    return "\n".join(parts)


def _of(command: click.Command, name: str, parent: click.Context) -> list[str]:
    context = click.Context(command, info_name=name, parent=parent, terminal_width=110, max_content_width=110)
    shown = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    parts = [f"### {context.command_path}\n\n```\n{shown}\n```\n"]
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            within = command.get_command(context, inner)
            if within is not None:
                parts += _of(within, inner, context)
    return parts


def written(readme: str) -> str:
    """The README with the section between its marks, which are put at the end where they are missing."""
    section = f"{START}\n{reference()}\n{END}\n"
    found = re.search(rf"{START}.*?{END}\n?", readme, re.DOTALL)
    if found is None:
        return f"{readme.rstrip()}\n\n{section}"
    return readme[: found.start()] + section + readme[found.end() :]


def main(check: str = "") -> int:
    """Write the section, or only see whether it is current."""
    readme = README.read_text("utf-8")
    current = written(readme)
    if check == "--check":
        return int(current != readme)
    README.write_text(current, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
