"""Settings of the Slack bot: read once from the environment into one record."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Required, TypedDict
from urllib.parse import urlsplit

from assistant.errors import SettingsError

FILE = "slack.sqlite3"
SLACK = "https://slack.com/api/"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
TOKENS = (
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
)
PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
CHANNEL = re.compile("[CG][A-Z0-9]+")
SEVERAL_CHANNEL = re.compile("T[A-Z0-9]+/[CG][A-Z0-9]+")
DATABASE = "FIRSTPASS_DATABASE"
FOLLOW_UPS = ("mention", "thread")
HERE = "127.0.0.1"
PORTS = 65_535


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; port 0 lets the system choose."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """What the bot needs to know before it connects.

    Attributes:
        state: the folder of the bot's one database, which all processes of one bot share.
        database: the address of a database that bots of any machine share, in place of a file in that folder.
        channels: the only channels that are answered; empty for all. Direct messages are always answered.
        people: the only people who are answered; empty for all.
        shared: whether channels shared with other organisations (Slack Connect) are answered.
        changes: the channel that is told what changed with a new store, with several workspaces "TEAM/CHANNEL"; empty for none.
        teams: the only workspaces that may install the bot; empty for all.
        follow_up: "mention": in channels only a mention is a question; "thread": also a reply in a thread that was answered.
        workers: how many questions are answered at the same time.
        waiting: how many questions may wait; who asks when more do is told to ask again.
        drain: seconds for what is in hand after SIGTERM.
        look: seconds between two looks at the store that is served, for what is to be told of it.
        watchdog: seconds without a connection after which the bot gives up, for its supervisor to restart.
        http: where events are taken in by HTTP; None for Socket Mode.
        health: where Socket Mode tells that it lives, is ready, and what it measured; None for nowhere.
        signing_secret: what Slack signs its requests with, by HTTP.
        client_id, client_secret: what workspaces install the app with, by HTTP; empty where `bot_token` is one workspace's.
        leave: seconds, after SIGTERM, for a balancer to see that the bot is no longer ready, before it takes nothing in.
    """

    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    state: Path
    api_url: str = SLACK
    database: str = field(default="", repr=False)
    channels: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    shared: bool = False
    changes: str = ""
    teams: frozenset[str] = frozenset()
    follow_up: str = "mention"
    workers: int = 2
    waiting: int = 1000
    drain: float = 30.0
    look: float = 1.0
    watchdog: float = 60.0
    http: Address | None = None
    health: Address | None = None
    signing_secret: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    leave: float = 5.0

    @property
    def several(self) -> bool:
        """Whether workspaces install the app themselves, so that each has a token of its own."""
        return bool(self.client_id)

    @property
    def local(self) -> bool:
        """Whether the Slack spoken to is on this machine (a stand-in)."""
        return urlsplit(self.api_url).hostname in LOOPBACK


def read_settings(
    environment: Mapping[str, str], state: Path | None = None, *, http: Address | None = None
) -> SlackSettings:
    """The settings that the environment gives, for Socket Mode, or for HTTP at an address.

    Raises:
        SettingsError: a token is missing or of the wrong kind, or a setting has a value that it cannot have.
    """
    api_url = _address(environment.get("SLACK_API_URL") or SLACK)
    health = environment.get("FIRSTPASS_HEALTH", "").strip()
    signed = _by_socket(environment) if http is None else _by_http(environment)
    return SlackSettings(
        **signed,
        http=http,
        health=read_address(health, "FIRSTPASS_HEALTH") if health and http is None else None,
        leave=float(_number(environment, "FIRSTPASS_LEAVE", 5, least=0)),
        state=state or state_folder(environment, api_url),
        api_url=api_url,
        database=environment.get(DATABASE, "").strip(),
        channels=_names(environment, "FIRSTPASS_CHANNELS"),
        people=_names(environment, "FIRSTPASS_PEOPLE"),
        shared=_choice(environment, "FIRSTPASS_SLACK_CONNECT", ("off", "on")) == "on",
        changes=_channel(environment, "FIRSTPASS_CHANGES_CHANNEL", several="client_id" in signed),
        teams=_names(environment, "FIRSTPASS_WORKSPACES"),
        follow_up=_choice(environment, "FIRSTPASS_FOLLOW_UP", FOLLOW_UPS),
        workers=_number(environment, "FIRSTPASS_WORKERS", 2),
        waiting=_number(environment, "FIRSTPASS_WAITING", 1000),
    )


class _Keys(TypedDict, total=False):
    bot_token: Required[str]
    app_token: Required[str]
    signing_secret: str
    client_id: str
    client_secret: str


def _by_socket(environment: Mapping[str, str]) -> _Keys:
    return {
        "bot_token": _token(environment, "SLACK_BOT_TOKEN", "xoxb-", "OAuth & Permissions"),
        "app_token": _token(environment, "SLACK_APP_TOKEN", "xapp-", "Basic Information, App-Level Tokens"),
    }


def _by_http(environment: Mapping[str, str]) -> _Keys:
    """One workspace's token, or what workspaces install the app with; never both, since one would be ignored in silence."""
    given = {name: environment.get(name, "").strip() for name in TOKENS}
    found: _Keys = {"bot_token": "", "app_token": "", "signing_secret": given["SLACK_SIGNING_SECRET"]}
    if not found["signing_secret"]:
        message = "SLACK_SIGNING_SECRET is not set, so nobody could tell what is from Slack; copy it from your app's page at api.slack.com (Basic Information)"
        raise SettingsError(message)
    client = (given["SLACK_CLIENT_ID"], given["SLACK_CLIENT_SECRET"])
    if not any(client):
        return {**found, "bot_token": _token(environment, "SLACK_BOT_TOKEN", "xoxb-", "OAuth & Permissions")}
    if given["SLACK_BOT_TOKEN"]:
        message = (
            "SLACK_BOT_TOKEN is set and SLACK_CLIENT_ID or SLACK_CLIENT_SECRET too, so it is not clear whether the bot is for one workspace;"
            " for one unset SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, for several unset SLACK_BOT_TOKEN"
        )
        raise SettingsError(message)
    if not all(client):
        message = "one of SLACK_CLIENT_ID and SLACK_CLIENT_SECRET is not set, so no workspace can install the app; copy both from your app's page at api.slack.com (Basic Information)"
        raise SettingsError(message)
    return {**found, "client_id": client[0], "client_secret": client[1]}


def read_address(text: str, name: str) -> Address:
    """The address that `[HOST:]PORT` means; the host, where none is named, is this machine alone.

    Raises:
        SettingsError: it is none.
    """
    host, _, port = text.strip().rpartition(":")
    host = host.removeprefix("[").removesuffix("]") or HERE
    if not port.isascii() or not port.isdecimal() or int(port) > PORTS or any(one in host for one in " /@"):
        message = f'{name} is "{text}", which is no [HOST:]PORT, so nothing listens; say for example 3000 or 0.0.0.0:3000'
        raise SettingsError(message)
    return Address(host, int(port))


def read_public(text: str) -> str:
    """The https address by which Slack reaches the bots, without a slash at its end.

    Raises:
        SettingsError: it is none.
    """
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        message = f'--url is "{text}", and Slack sends to https addresses only; say for example https://bot.example.org'
        raise SettingsError(message)
    return text.rstrip("/")


def state_folder(environment: Mapping[str, str], api_url: str = SLACK) -> Path:
    """The folder of the bot's database: FIRSTPASS_STATE, else the user's own state folder, apart for a Slack other than Slack's."""
    if named := environment.get("FIRSTPASS_STATE"):
        return Path(named).expanduser()
    from platformdirs import user_state_path

    folder = user_state_path("firstpass") / "slack"
    return folder if api_url == SLACK else folder / (urlsplit(api_url).netloc.replace(":", "-"))


def databases(state: Path) -> tuple[Path, ...]:
    """The databases in a state folder, one for each bot of each workspace, and the one of those that installed a bot."""
    return tuple(sorted([*state.glob(FILE), *state.glob(f"*/{FILE}")]))


def places(environment: Mapping[str, str]) -> tuple[Path | str, ...]:
    """Where bots keep what they know, for who only reads it: the address of FIRSTPASS_DATABASE, else all files of the state folder."""
    if address := environment.get(DATABASE, "").strip():
        return (address,)
    return databases(state_folder(environment, environment.get("SLACK_API_URL") or SLACK))


def without_traps(settings: SlackSettings) -> None:
    """Take out of the environment what the Slack libraries read on their own and would follow astray.

    SLACK_CLIENT_ID with SLACK_CLIENT_SECRET makes Bolt keep installations in files of its own and drop the token; the SDK sends calls to
    this machine through a proxy, since it does not know NO_PROXY. The tokens were read and are left to no child process.
    """
    for name in (*TOKENS, DATABASE, "SLACK_VERIFICATION_TOKEN", *(PROXIES if settings.local else ())):
        os.environ.pop(name, None)


def _token(environment: Mapping[str, str], name: str, start: str, where: str) -> str:
    token = environment.get(name, "").strip()
    if token.startswith(start):
        return token
    wrong = "is not set" if not token else f'does not begin with "{start}"'
    message = f"{name} {wrong}, so the bot cannot sign in; copy the token from your app's page at api.slack.com ({where})"
    raise SettingsError(message)


def _address(address: str) -> str:
    parts = urlsplit(address)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not secure or not parts.hostname:
        message = f'SLACK_API_URL is "{address}", which is no https address, so nothing is sent there; unset it to use Slack itself'
        raise SettingsError(message)
    return address.rstrip("/") + "/"


def _names(environment: Mapping[str, str], name: str) -> frozenset[str]:
    return frozenset(environment.get(name, "").replace(",", " ").split())


def _channel(environment: Mapping[str, str], name: str, *, several: bool) -> str:
    value = environment.get(name, "").strip()
    if not value or (SEVERAL_CHANNEL if several else CHANNEL).fullmatch(value):
        return value
    if several:
        message = f'{name} is "{value}", and with several workspaces it is not clear which is meant, so the bot does not start; write TEAM/CHANNEL, their ids, as in T0123/C0123'
    else:
        message = f"{name} is \"{value}\", which is no channel's id, so the bot does not start; copy the id (C… or G…) from the channel's details"
    raise SettingsError(message)


def told_in(settings: SlackSettings, team: str) -> str:
    """The channel of a workspace that is told what changed; empty for none."""
    named, _, channel = settings.changes.rpartition("/")
    return channel if named in ("", team) else ""


def _choice(environment: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = environment.get(name, "").strip().lower() or choices[0]
    if value not in choices:
        message = f'{name} is "{value}", so the bot does not start; set it to {" or ".join(choices)}'
        raise SettingsError(message)
    return value


def _number(environment: Mapping[str, str], name: str, default: int, *, least: int = 1) -> int:
    value = environment.get(name, "").strip() or str(default)
    if not value.isdecimal() or int(value) < least:
        message = f'{name} is "{value}", so the bot does not start; set it to a number from {least}'
        raise SettingsError(message)
    return int(value)
