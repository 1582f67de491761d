"""`firstpass slack`: the bot."""

from __future__ import annotations

import logging
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.commands import options

if TYPE_CHECKING:
    from assistant.answering import Answerer
    from assistant.slack.settings import SlackSettings
    from assistant.slack.stores import LibraryStores

PATIENCE = 1800  # seconds that a bot waits for another process to build the store


@click.command("slack", short_help="Answer in Slack (Socket Mode; no public address needed).")
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
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Where the inbox is kept; else FIRSTPASS_STATE.",
)
@options.library
def command(  # noqa: PLR0913 - click gives each option as an argument of its own
    *, want: str | None, yaml: bool, history: bool, legacy: bool, state: Path | None, library: str | None
) -> None:
    r"""Run the Slack bot until it is stopped.

    SLACK_BOT_TOKEN (xoxb-) and SLACK_APP_TOKEN (xapp-) sign it in. FIRSTPASS_CHANNELS and FIRSTPASS_PEOPLE (ids) limit who
    is answered; FIRSTPASS_SLACK_CONNECT=on lets it answer in shared channels; FIRSTPASS_FOLLOW_UP=thread lets replies in an
    answered thread be questions without a mention; FIRSTPASS_CHANGES_CHANNEL (an id) is told what changed with each new
    store. SLACK_API_URL points it at a stand-in.

    \b
    Examples:
      firstpass slack --manifest > manifest.json
      firstpass slack --check
      firstpass slack --library my-library
    """
    if want == "manifest":
        _manifest(library, yaml=yaml, history=history, legacy=legacy)
        return
    from assistant.slack.logs import start_logging
    from assistant.slack.memory import give_back
    from assistant.slack.settings import read_settings, without_traps

    settings = read_settings(os.environ, state)
    without_traps(settings)
    give_back()
    start_logging()
    if want == "check":
        _check(settings, library)
        return
    from datetime import UTC, datetime

    from assistant.slack.run import serve
    from assistant.unanswered import Counted, of_bots

    answerer = _open(library)
    stores = _stores(library) if settings.changes else None
    place = of_bots(settings.state, answerer.root)
    counted = Counted(answerer, place, lambda: f"{datetime.now(UTC):%Y-%m-%d}")
    status = serve(settings, counted, stores)
    logging.shutdown()
    os._exit(
        status
    )  # all is answered or stored; a thread that hangs in a call must not keep the process alive


def _open(library: str | None) -> Answerer:
    from assistant.answering import open_answerer
    from assistant.progress import bar
    from assistant.settings import find_library
    from index.errors import StoreLocked

    settings, until = find_library(library), time.monotonic() + PATIENCE
    while True:
        try:
            with bar() as progress:
                answerer = open_answerer(settings, progress)
            break
        except StoreLocked:  # of several bots started together on a new library, one builds its store
            if time.monotonic() > until:
                raise
            time.sleep(1)
    answerer.answer("")  # the model's first use takes seconds; nobody should wait for it
    return answerer


def _stores(library: str | None) -> LibraryStores:
    from assistant.answering import Bench
    from assistant.settings import find_library
    from assistant.slack.stores import LibraryStores

    bench = Bench(find_library(library))
    return LibraryStores(bench, bench.questions)


def _manifest(library: str | None, *, yaml: bool, history: bool, legacy: bool) -> None:
    from assistant.slack.manifest import as_json, as_yaml, manifest

    made = manifest(_prompts(library), legacy=legacy, history=history)
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

    marks = {True: "ok  ", False: "FAIL", None: "note"}
    fit = True
    for finding in check(settings, lambda: _open(library)):
        click.echo(f"{marks[finding.fit]}  {finding.line}")
        fit = fit and finding.fit is not False
    if not fit:
        click.echo("Not fit: mend what is marked FAIL.", err=True)
        sys.exit(1)
