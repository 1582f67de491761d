"""Settings of the Slack bot: read once from the environment into one record."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from assistant.errors import SettingsError

FILE = "slack.sqlite3"
SLACK = "https://slack.com/api/"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
TOKENS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
CHANNEL = re.compile("[CG][A-Z0-9]+")
FOLLOW_UPS = ("mention", "thread")


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """What the bot needs to know before it connects.

    Attributes:
        state: the folder of the bot's one database, which all processes of one bot share.
        channels: the only channels that are answered; empty for all. Direct messages are always answered.
        people: the only people who are answered; empty for all.
        shared: whether channels shared with other organisations (Slack Connect) are answered.
        changes: the channel that is told what changed with a new store; empty for none.
        follow_up: "mention": in channels only a mention is a question; "thread": also a reply in a thread that was answered.
        workers: how many questions are answered at the same time.
        waiting: how many questions may wait; who asks when more do is told to ask again.
        drain: seconds for what is in hand after SIGTERM.
        look: seconds between two looks at the store that is served, for what is to be told of it.
        watchdog: seconds without a connection after which the bot gives up, for its supervisor to restart.
    """

    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    state: Path
    api_url: str = SLACK
    channels: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    shared: bool = False
    changes: str = ""
    follow_up: str = "mention"
    workers: int = 2
    waiting: int = 1000
    drain: float = 30.0
    look: float = 1.0
    watchdog: float = 60.0

    @property
    def local(self) -> bool:
        """Whether the Slack spoken to is on this machine (a stand-in)."""
        return urlsplit(self.api_url).hostname in LOOPBACK


def read_settings(environment: Mapping[str, str], state: Path | None = None) -> SlackSettings:
    """The settings that the environment gives.

    Raises:
        SettingsError: a token is missing or of the wrong kind, or a setting has a value that it cannot have.
    """
    api_url = _address(environment.get("SLACK_API_URL") or SLACK)
    return SlackSettings(
        bot_token=_token(environment, "SLACK_BOT_TOKEN", "xoxb-", "OAuth & Permissions"),
        app_token=_token(environment, "SLACK_APP_TOKEN", "xapp-", "Basic Information, App-Level Tokens"),
        state=state or state_folder(environment, api_url),
        api_url=api_url,
        channels=_names(environment, "FIRSTPASS_CHANNELS"),
        people=_names(environment, "FIRSTPASS_PEOPLE"),
        shared=_choice(environment, "FIRSTPASS_SLACK_CONNECT", ("off", "on")) == "on",
        changes=_channel(environment, "FIRSTPASS_CHANGES_CHANNEL"),
        follow_up=_choice(environment, "FIRSTPASS_FOLLOW_UP", FOLLOW_UPS),
        workers=_number(environment, "FIRSTPASS_WORKERS", 2),
        waiting=_number(environment, "FIRSTPASS_WAITING", 1000),
    )


def state_folder(environment: Mapping[str, str], api_url: str = SLACK) -> Path:
    """The folder of the bot's database: FIRSTPASS_STATE, else the user's own state folder, apart for a Slack other than Slack's."""
    if named := environment.get("FIRSTPASS_STATE"):
        return Path(named).expanduser()
    from platformdirs import user_state_path

    folder = user_state_path("firstpass") / "slack"
    return folder if api_url == SLACK else folder / (urlsplit(api_url).netloc.replace(":", "-"))


def databases(state: Path) -> tuple[Path, ...]:
    """The databases in a state folder, one for each bot of each workspace."""
    return tuple(sorted(state.glob(f"*/{FILE}")))


def without_traps(settings: SlackSettings) -> None:
    """Take out of the environment what the Slack libraries read on their own and would follow astray.

    SLACK_CLIENT_ID with SLACK_CLIENT_SECRET switches Bolt to OAuth and drops the token; the SDK sends calls to
    this machine through a proxy, since it does not know NO_PROXY. The tokens were read and are left to no child process.
    """
    for name in (*TOKENS, "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", *(PROXIES if settings.local else ())):
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


def _channel(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip()
    if value and not CHANNEL.fullmatch(value):
        message = f"{name} is \"{value}\", which is no channel's id, so the bot does not start; copy the id (C… or G…) from the channel's details"
        raise SettingsError(message)
    return value


def _choice(environment: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = environment.get(name, "").strip().lower() or choices[0]
    if value not in choices:
        message = f'{name} is "{value}", so the bot does not start; set it to {" or ".join(choices)}'
        raise SettingsError(message)
    return value


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name, "").strip() or str(default)
    if not value.isdecimal() or int(value) < 1:
        message = f'{name} is "{value}", so the bot does not start; set it to a number from 1'
        raise SettingsError(message)
    return int(value)
