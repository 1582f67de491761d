"""Checks: whether tokens, scopes, state folder, store and model are fit, without answering anyone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from slack_sdk.errors import SlackClientError

from assistant.errors import AssistantError
from assistant.slack.clients import Clients
from assistant.slack.line import INSTALL_ROUTE
from assistant.slack.logs import kind_of
from assistant.slack.manifest import OPTIONAL, SCOPES
from assistant.slack.outside import outside
from assistant.slack.responder import Answering
from assistant.slack.settings import SlackSettings
from assistant.slack.state import State


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        fit: False where the bot would not work; None where it works, but something is worth a word.
    """

    fit: bool | None
    line: str


def check(settings: SlackSettings, open_answering: Callable[[], Answering]) -> Iterator[Finding]:
    """The findings, one by one, the quickest first."""
    if not settings.several:
        yield from _signing_in(settings)
    yield _web(settings) if settings.http else _socket(settings)
    yield _state(settings)
    if settings.several:
        yield from _installed(settings)
    if settings.changes:
        yield Finding(
            None,
            f"FIRSTPASS_CHANGES_CHANNEL: {settings.changes} is told what changed; the bot has to be in it: invite it there",
        )
    yield _store(open_answering)


def _signing_in(settings: SlackSettings) -> Iterator[Finding]:
    try:
        answer = Clients(settings).of(settings.bot_token).auth_test()
    except (SlackClientError, OSError, HTTPException) as error:
        yield Finding(
            False,
            f"SLACK_BOT_TOKEN: Slack does not take it ({kind_of(error)}); copy it anew from OAuth & Permissions",
        )
        return
    yield Finding(
        True, f"SLACK_BOT_TOKEN: signed in to workspace {answer.get('team')} as {answer.get('user')}"
    )
    granted = _scopes(answer.headers)
    if granted is None:
        yield Finding(None, "scopes: Slack does not say which were granted")
        return
    for scope, purpose in SCOPES.items():
        if scope not in granted:
            yield Finding(
                False,
                f"scope {scope} is missing ({purpose}); paste the manifest again, then reinstall the app",
            )
    for scope, purpose in OPTIONAL.items():
        if scope not in granted:
            yield Finding(None, f"scope {scope} is not granted: without it no {purpose}")
    if set(SCOPES) <= granted:
        yield Finding(True, "scopes: all that are needed")


def _scopes(headers: Any) -> set[str] | None:
    for name, value in dict(headers or {}).items():
        if name.lower() == "x-oauth-scopes":
            text = value[0] if isinstance(value, list) else str(value)
            return {one.strip() for one in text.split(",") if one.strip()}
    return None


def _socket(settings: SlackSettings) -> Finding:
    try:
        Clients(settings).of(settings.bot_token).apps_connections_open(app_token=settings.app_token)
    except (SlackClientError, OSError, HTTPException) as error:
        return Finding(
            False,
            f"SLACK_APP_TOKEN: Slack opens no connection ({kind_of(error)}); Socket Mode must be on and the token have connections:write",
        )
    return Finding(True, "SLACK_APP_TOKEN: Socket Mode can be used")


def _web(settings: SlackSettings) -> Finding:
    try:
        outside(settings).close()
    except AssistantError as error:
        return Finding(False, str(error))
    return Finding(None, "SLACK_SIGNING_SECRET: is set; whether it is right the first event from Slack tells")


def _installed(settings: SlackSettings) -> Iterator[Finding]:
    """Whether Slack takes the token of each workspace that installed the bot."""
    from assistant.slack.installations import Kept

    try:
        state = State(settings.state, settings.database)
        every = Kept(settings.client_id, state.database).every()
        state.close()
    except (AssistantError, OSError):
        return  # it was told above
    for one in every:
        try:
            Clients(settings).of(one.token).auth_test()
        except (SlackClientError, OSError, HTTPException) as error:
            yield Finding(
                False,
                f"workspace {one.team}: Slack does not take its token ({kind_of(error)}); install the bot there again",
            )
    yield Finding(
        None if not every else True,
        f"installed in {len(every)} workspaces; more install it at {INSTALL_ROUTE}",
    )


def _state(settings: SlackSettings) -> Finding:
    try:
        settings.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        with TemporaryDirectory(dir=settings.state) as folder:
            state = State(Path(folder), settings.database)
            name = state.database.name
            state.close()
    except OSError as error:
        return Finding(
            False, f"state folder {settings.state}: cannot be written ({error.strerror}); set FIRSTPASS_STATE"
        )
    except AssistantError as error:
        return Finding(False, f"database: {error}")
    return Finding(True, f"database: {name}" if settings.database else f"state folder: {settings.state}")


def _store(open_answering: Callable[[], Answering]) -> Finding:
    from corpus.errors import CorpusError
    from index.errors import SearchError

    try:
        stamp = open_answering().sources.stamp
    except (AssistantError, CorpusError, SearchError) as error:
        return Finding(False, f"store and model: {error}")
    return Finding(
        True,
        f"store {stamp.version[:8]} of {stamp.built[:10]}: {stamp.documents} documents; model {stamp.model}",
    )
