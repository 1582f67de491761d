"""Desks: all that a bot needs in one workspace, made of that workspace's client and its rows in the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from slack_sdk import WebClient

from assistant.slack.announcements import CHANGES, MAP, STATUS
from assistant.slack.announcer import Teller
from assistant.slack.aside import Aside
from assistant.slack.catch_up import CatchUp
from assistant.slack.change_notes import ChangeNotes
from assistant.slack.changes import named
from assistant.slack.clicks import Clicks
from assistant.slack.clients import STATUS_TIMEOUT, Clients, Installed
from assistant.slack.delivery import Delivery
from assistant.slack.dialogs import Dialogs
from assistant.slack.files import Files
from assistant.slack.intake import Intake
from assistant.slack.maps import Maps
from assistant.slack.meters import Meters
from assistant.slack.new_statuses import NewStatuses
from assistant.slack.responder import OneAtATime, Parts, Responder
from assistant.slack.settings import SlackSettings, told_in
from assistant.slack.state import State
from assistant.slack.status import Statuses
from assistant.slack.stores import Stores
from assistant.slack.thread import Threads
from assistant.slack.welcome import Welcome


@dataclass(frozen=True, slots=True)
class Shared:
    """What all workspaces share.

    Attributes:
        aside, clicks: the threads for what follows an acknowledgement, and for buttons.
    """

    settings: SlackSettings
    clients: Clients
    answering: OneAtATime
    stores: Stores | None
    meters: Meters
    clock: Callable[[], float]
    aside: Aside
    clicks: Aside


@dataclass(frozen=True, slots=True)
class Desk:
    """One workspace's part of the bot."""

    installed: Installed
    parts: Parts
    intake: Intake
    clicks: Clicks
    welcome: Welcome
    responder: Responder
    catch_up: CatchUp
    tellers: Mapping[str, Teller]
    quick: WebClient

    def sign_in(self, token: str) -> None:
        """Go on with another token of the same bot, as an installation that was repeated gives."""
        self.parts.client.token = token
        self.quick.token = token


def open_desk(shared: Shared, installed: Installed, state: State) -> Desk:
    """The desk of a workspace in which the bot is installed."""
    settings, answering = shared.settings, shared.answering
    client = shared.clients.of(installed.token)
    quick = shared.clients.of(installed.token, timeout=STATUS_TIMEOUT)
    inbox, given = state.inbox(installed.workspace), state.given(installed.workspace)
    parts = Parts(
        client=client,
        inbox=inbox,
        given=given,
        counts=state.counts(installed.workspace),
        delivery=Delivery(client, installed.bot_id),
        statuses=Statuses(quick),
        threads=Threads(client, inbox, given, lambda part: named(part, answering.vocabulary)),
        answering=answering,
        announcements=state.announcements(installed.workspace),
        clock=shared.clock,
        meters=shared.meters,
    )
    intake = Intake(parts, settings, installed.bot_user)
    welcome = Welcome(parts)
    dialogs = Dialogs(parts, intake, welcome, shared.clicks)
    return Desk(
        installed=installed,
        parts=parts,
        intake=intake,
        clicks=Clicks(parts, dialogs, shared.clicks),
        welcome=welcome,
        responder=Responder(parts),
        catch_up=CatchUp(parts, intake, installed.team),
        tellers=_tellers(parts, shared, installed.team),
        quick=quick,
    )


def _tellers(parts: Parts, shared: Shared, team: str) -> dict[str, Teller]:
    """What the bot tells unasked in a workspace, by kind."""
    made: dict[str, Teller] = {
        STATUS: NewStatuses(parts, shared.settings),
        MAP: Maps(parts, Files(parts.client)),
    }
    channel = told_in(shared.settings, team)
    if shared.stores is not None and channel:
        made[CHANGES] = ChangeNotes(parts, shared.stores, channel)
    return made
