"""Desks by workspace: one where the bot has one workspace's token, else one for each workspace that installed it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from assistant.slack.clients import Installed
from assistant.slack.desk import Desk
from assistant.slack.logs import log
from assistant.slack.questions import Question
from assistant.slack.state import State


class Installations(Protocol):
    """Where the bot is installed now, as the database has it for all processes."""

    def find(self, team: str) -> Installed | None:
        """The bot in a workspace; None where it is not installed."""

    def every(self) -> tuple[Installed, ...]:
        """The bot in every workspace, in the order of their names."""

    def leaving(self, team: str, before: float) -> Installed | None:
        """The bot in a workspace, where it was not installed anew since a time."""

    def remove(self, team: str, before: float) -> None:
        """Forget installations made before a time; one made since stays."""


class One:
    """The one workspace whose token the bot was given."""

    def __init__(self, installed: Installed) -> None:
        """That of this bot."""
        self._installed = installed

    def find(self, team: str) -> Installed | None:  # noqa: ARG002 - events of shared channels name other workspaces
        """The bot, whatever workspace an event names."""
        return self._installed

    def every(self) -> tuple[Installed, ...]:
        """The bot."""
        return (self._installed,)

    def leaving(self, team: str, before: float) -> Installed | None:  # noqa: ARG002 - as above
        """None: the token, and what is kept, are the maintainer's."""
        log.warning("the bot was removed from its workspace, or its token revoked")
        return None

    def remove(self, team: str, before: float) -> None:
        """Nothing."""


class Desks:
    """The desks of all workspaces, made when they are first needed."""

    def __init__(self, installations: Installations, state: State, make: Callable[[Installed], Desk]) -> None:
        """Those of these installations."""
        self.installations = installations
        self.state = state
        self._make = make
        self._guard = threading.Lock()
        self._open: dict[str, Desk] = {}

    def find(self, team: str) -> Desk | None:
        """The desk of a workspace, with the token of now; None where the bot is not installed there."""
        installed = self.installations.find(team)
        return self._desk(installed) if installed else None

    def of(self, workspace: str) -> Desk | None:
        """The same, by the workspace's name in a row."""
        desk = self.find(workspace.partition("-")[0])
        return desk if desk and desk.installed.workspace == workspace else None

    def every(self) -> tuple[Desk, ...]:
        """The desks of all workspaces in which the bot is installed now."""
        return tuple(self._desk(one) for one in self.installations.every())

    def opened(self) -> tuple[Desk, ...]:
        """The desks that were made here."""
        with self._guard:
            return tuple(self._open.values())

    def names(self) -> tuple[str, ...]:
        """The names of all workspaces in which the bot is installed now."""
        return tuple(one.workspace for one in self.installations.every())

    def leave(self, team: str, before: float) -> None:
        """Forget a workspace that the bot was removed from before a time, and all that is kept of it.

        Done again it comes to the same, so that an event that is sent again, or that broke off half way, does no harm.
        """
        leaving = self.installations.leaving(team, before)
        if leaving is None:
            return
        self.forget(leaving.workspace)
        self.installations.remove(team, before)
        self.forget(leaving.workspace)  # what came in between
        log.info("a workspace left; what was kept of it is deleted")

    def forget(self, workspace: str) -> None:
        """Forget all that is kept of a workspace, and its desk."""
        with self._guard:
            self._open.pop(workspace, None)
        self.state.forget(workspace)

    def tidy(self) -> None:
        """Forget what was still written here of workspaces that left meanwhile, maybe through another process."""
        installed = set(self.names())
        for desk in self.opened():
            if desk.installed.workspace not in installed:
                self.forget(desk.installed.workspace)

    def respond(self, question: Question) -> None:
        """See a question through in its workspace; nothing where the bot is not installed there any more.

        Raises:
            StateError: the database is away; the question is seen through later.
        """
        desk = self.of(question.workspace)
        if desk is not None:
            desk.responder.respond(question)
        if self.of(question.workspace) is None:
            self.forget(question.workspace)

    def _desk(self, installed: Installed) -> Desk:
        with self._guard:
            desk = self._open.get(installed.workspace)
            if desk is None:
                desk = self._open[installed.workspace] = self._make(installed)
        if desk.parts.client.token != installed.token:
            desk.sign_in(installed.token)
        return desk


class Queue:
    """The questions of all workspaces in which the bot is installed, as the workers take them."""

    def __init__(self, desks: Desks) -> None:
        """Those of these desks."""
        self._desks = desks
        self._claims = desks.state.claims
        self.arrived = self._claims.arrived

    def take(self, *, now: float) -> Question | None:
        """The next question that waits, now this process's; None where none does."""
        names = self._desks.names()
        return self._claims.take(names, now=now) if names else None

    def let_go(self, question: Question) -> None:
        """Have it in no worker's hands any more."""
        self._claims.let_go(question)

    def recover(self) -> int:
        """Let wait again what is in no living worker's hands; how many."""
        return self._claims.recover()

    def waiting(self) -> int:
        """How many questions wait."""
        return self._claims.waiting(self._desks.names())

    def open(self) -> int:
        """How many questions wait or are in this process's hands."""
        return self._claims.open(self._desks.names())

    def tidy(self, *, now: float) -> None:
        """Forget what is no longer needed."""
        self._claims.tidy(now=now)
        self._desks.tidy()
