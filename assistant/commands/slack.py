"""`firstpass slack`: the bot."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.commands import options

if TYPE_CHECKING:
    from assistant.slack.settings import SlackSettings


@click.command("slack", short_help="Answer in Slack (Socket Mode; no public address needed).")
@click.option(
    "--http",
    metavar="[HOST:]PORT",
    help="Take in by HTTP, behind a balancer, in place of Socket Mode; 127.0.0.1 where no host is named.",
)
@click.option(
    "--manifest", "want", flag_value="manifest", help="Print the app's manifest, to paste at api.slack.com."
)
@click.option(
    "--check",
    "want",
    flag_value="check",
    help="Tell whether tokens, scopes, store and model are fit; answer nobody.",
)
@click.option("--yaml", is_flag=True, help="With --manifest: YAML in place of JSON.")
@click.option(
    "--history", is_flag=True, help="With --manifest: ask to read channels, for edits and deletions there."
)
@click.option("--legacy", is_flag=True, help="With --manifest: for an app that still has the assistant view.")
@click.option(
    "--url",
    metavar="ADDRESS",
    help="With --manifest: for HTTP, the https address by which Slack reaches the bots.",
)
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Where the inbox is kept; else FIRSTPASS_STATE.",
)
@options.library
def command(  # noqa: PLR0913 - click gives each option as an argument of its own
    *,
    http: str | None,
    want: str | None,
    yaml: bool,
    history: bool,
    legacy: bool,
    url: str | None,
    state: Path | None,
    library: str | None,
) -> None:
    r"""Run the Slack bot until it is stopped.

    SLACK_BOT_TOKEN (xoxb-) and SLACK_APP_TOKEN (xapp-) sign it in. With --http SLACK_SIGNING_SECRET takes the place of the
    second; with SLACK_CLIENT_ID and SLACK_CLIENT_SECRET in place of the first, several workspaces install the app at
    /slack/install. FIRSTPASS_CHANNELS and FIRSTPASS_PEOPLE (ids) limit who
    is answered; FIRSTPASS_SLACK_CONNECT=on lets it answer in shared channels; FIRSTPASS_FOLLOW_UP=thread lets replies in an
    answered thread be questions without a mention; FIRSTPASS_CHANGES_CHANNEL (an id) is told what changed with each new
    store. FIRSTPASS_DATABASE (postgresql+psycopg://USER:PASSWORD@HOST/NAME) is one database for the bots of several machines.
    SLACK_API_URL points it at a stand-in.

    \b
    Examples:
      firstpass slack --manifest > manifest.json
      firstpass slack --check
      firstpass slack --library my-library
      firstpass slack --http 0.0.0.0:3000 --library my-library
    """
    if want == "manifest":
        _manifest(library, yaml=yaml, history=history, legacy=legacy, url=url)
        return
    _run(library, state, http=http, check=want == "check")


def _run(library: str | None, state: Path | None, *, http: str | None, check: bool) -> None:
    """Answer until stopped, or only check."""
    from assistant.slack.logs import start_logging
    from assistant.slack.memory import give_back
    from assistant.slack.settings import read_address, read_settings, without_traps

    address = read_address(http, "--http") if http else None
    settings = read_settings(os.environ, state, http=address)
    without_traps(settings)
    give_back()
    start_logging()
    if check:
        _check(settings, library)
        return
    from assistant.slack.opening import open_library, open_stores
    from assistant.slack.outside import outside
    from assistant.slack.run import serve

    reached = outside(settings)
    status = serve(settings, open_library(library, reached.meters), open_stores(settings, library), reached)
    logging.shutdown()
    os._exit(
        status
    )  # all is answered or stored; a thread that hangs in a call must not keep the process alive


def _manifest(library: str | None, *, yaml: bool, history: bool, legacy: bool, url: str | None) -> None:
    from assistant.slack.manifest import as_json, as_yaml, manifest
    from assistant.slack.settings import read_public

    made = manifest(_prompts(library), legacy=legacy, history=history, url=read_public(url) if url else "")
    click.echo(as_yaml(made) if yaml else as_json(made), nl=not yaml)


def _prompts(library: str | None) -> tuple[str, ...]:
    """Questions that the store can answer; none where there is no store yet."""
    from assistant.answering import Bench
    from assistant.settings import find_library
    from assistant.slack.welcome import questions
    from index.errors import StoreError

    bench = Bench(find_library(library))
    try:
        return questions(bench.open(), bench.vocabulary)
    except StoreError as error:
        click.echo(f"No prompts are suggested: {error}", err=True)
        return ()


def _check(settings: SlackSettings, library: str | None) -> None:
    from assistant.slack.checks import check
    from assistant.slack.opening import open_library

    marks = {True: "ok  ", False: "FAIL", None: "note"}
    fit = True
    for finding in check(settings, lambda: open_library(library)):
        click.echo(f"{marks[finding.fit]}  {finding.line}")
        fit = fit and finding.fit is not False
    if not fit:
        click.echo("Not fit: mend what is marked FAIL.", err=True)
        sys.exit(1)
