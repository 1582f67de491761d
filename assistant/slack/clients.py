"""Clients: Slack's Web API as one workspace's bot calls it, each with that workspace's token and no other."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from assistant.slack.logs import CODE
from assistant.slack.meters import Meters, Unmetered
from assistant.slack.settings import SlackSettings
from assistant.slack.state import workspace_of

STATUS_TIMEOUT = 3  # seconds for the status line, which no answer may wait for
TIMEOUT = 15  # seconds for one call of Slack's
UNREACHED = "unreached"


@dataclass(frozen=True, slots=True)
class Installed:
    """A bot in a workspace.

    Attributes:
        team: the workspace's id at Slack.
        bot_user: the bot's user there; `bot_id` tells its messages from others'.
    """

    team: str
    bot_user: str
    bot_id: str | None
    token: str = field(repr=False)
    enterprise: str | None = None

    @property
    def workspace(self) -> str:
        """The workspace's name in every row."""
        return workspace_of(self.team, self.bot_user)


class Counting(WebClient):
    """A client that counts what Slack refuses, by Slack's own codes."""

    meters: Meters = Unmetered()

    def api_call(self, *args: Any, **more: Any) -> Any:
        """What Slack answers."""
        try:
            return super().api_call(*args, **more)
        except SlackApiError as error:
            self.meters.refused(code_of(error))
            raise
        except (SlackClientError, OSError, HTTPException):
            self.meters.refused(UNREACHED)
            raise


class Clients:
    """Makes clients, all of one Slack."""

    def __init__(self, settings: SlackSettings, meters: Meters | None = None) -> None:
        """Those of these settings; `meters` count what is refused."""
        self._url = settings.api_url
        self._meters = meters or Unmetered()

    def of(self, token: str | None, *, timeout: int = TIMEOUT) -> WebClient:
        """A client with a token, that tries nothing twice by itself: a post that broke off may have arrived."""
        made = Counting(token=token, base_url=self._url, timeout=timeout, retry_handlers=[])
        made.meters = self._meters
        return made


def code_of(error: SlackApiError) -> str:
    """Slack's code for a refusal, where it looks like one."""
    response: Any = error.response
    code = response.get("error") if hasattr(response, "get") else None
    if isinstance(code, str) and CODE.fullmatch(code):
        return code
    return (
        f"http_{response.status_code}"
        if isinstance(getattr(response, "status_code", None), int)
        else "unknown"
    )
