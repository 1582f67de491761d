"""People in a stand-in for Slack: what they do, as the payloads that Slack makes of it, however it sends them."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from slack_web_api import APP, WebApi


@dataclass(slots=True)
class Envelope:
    """One envelope sent, and when and with what it was acknowledged."""

    envelope_id: str
    frame: dict[str, Any]
    sent: float
    acked: float | None = None
    payload: Any = None
    done: threading.Event = field(default_factory=threading.Event)

    def wait(self, seconds: float = 10) -> float:
        """How many seconds the acknowledgement took.

        Raises:
            TimeoutError: it never came.
        """
        if not self.done.wait(seconds):
            raise TimeoutError(self.frame["type"])
        return (self.acked or 0) - self.sent


class People(WebApi):
    """A workspace with people in it."""

    # ---- what people do

    def ask(
        self,
        text: str,
        *,
        channel: str = "C1",
        user: str = "U1",
        thread: str | None = None,
        ts: str | None = None,
        **more: Any,
    ) -> str:
        """Mention the bot in a channel: the pair of events that Slack sends; the message's ts."""
        ts = self.post_as(user, channel, f"<@{self.bot}> {text}", thread, ts)
        event = {**self.find(channel, ts), **more}
        self.event({**event, "type": "app_mention"})
        self.event({**event, "channel_type": "channel"})
        return ts

    def tell(
        self, text: str, *, channel: str = "D1", user: str = "U1", thread: str | None = None, **more: Any
    ) -> str:
        """Write in a direct message (or, in another channel, without a mention); the message's ts."""
        ts = self.post_as(user, channel, text, thread)
        kind = "im" if channel.startswith("D") else "channel"
        self.event({**self.find(channel, ts), "channel_type": kind, **more})
        return ts

    def post_as(
        self, user: str, channel: str, text: str, thread: str | None = None, ts: str | None = None
    ) -> str:
        """Put a message into a channel without an event (what is written while the bot is away)."""
        ts = ts or self.next_ts()
        message = {
            "type": "message",
            "user": user,
            "text": text,
            "ts": ts,
            "team": self.team,
            "channel": channel,
            "event_ts": ts,
        }
        if thread:
            message["thread_ts"] = thread
        self._keep(channel, message)
        return ts

    def edit(self, channel: str, ts: str, text: str, *, mention: bool = False) -> None:
        """Change a message's text, as its author does."""
        message = self.find(channel, ts)
        before = dict(message)
        message["text"] = text
        message["edited"] = {"user": message["user"], "ts": self.next_ts()}
        self.changed(channel, message, before)
        if mention:
            self.event({**message, "type": "app_mention"})

    def changed(self, channel: str, message: dict[str, Any], before: dict[str, Any]) -> Envelope:
        """Send `message_changed`, which Slack also sends for replies and unfurled links."""
        ts = self.next_ts()
        kind = "im" if channel.startswith("D") else "channel"
        return self.event(
            {
                "type": "message",
                "subtype": "message_changed",
                "hidden": True,
                "message": message,
                "previous_message": before,
                "channel": channel,
                "channel_type": kind,
                "ts": ts,
                "event_ts": ts,
            }
        )

    def remove(self, channel: str, ts: str) -> Envelope:
        """Delete a message, as its author does."""
        message = self.find(channel, ts)
        with self._changed:
            self.messages[channel].remove(message)
        now = self.next_ts()
        return self.event(
            {
                "type": "message",
                "subtype": "message_deleted",
                "hidden": True,
                "deleted_ts": ts,
                "previous_message": message,
                "channel": channel,
                "channel_type": "channel",
                "ts": now,
                "event_ts": now,
            }
        )

    def slash(self, text: str, *, channel: str = "C1", user: str = "U1") -> Envelope:
        """Type `/evidence text`."""
        payload = {
            "command": "/evidence",
            "text": text,
            "channel_id": channel,
            "channel_name": "general",
            "user_id": user,
            "user_name": "u",
            "team_id": self.team,
            "team_domain": "d",
            "is_enterprise_install": "false",
            "api_app_id": APP,
            "trigger_id": self.trigger(),
            "response_url": self.response_url(),
        }
        return self.envelope("slash_commands", payload, accepts=True)

    def click(self, action: dict[str, Any], message: dict[str, Any], *, user: str = "U1") -> Envelope:
        """Press a button of a message (or, with a `view` in place of a message, of a view)."""
        payload: dict[str, Any] = {
            "type": "block_actions",
            "user": {"id": user, "username": "u", "name": "u", "team_id": self.team},
            "team": {"id": self.team, "domain": "d"},
            "api_app_id": APP,
            "trigger_id": self.trigger(),
            "state": {"values": {}},
            "is_enterprise_install": False,
            "actions": [{"block_id": "b", "action_ts": self.next_ts(), **action}],
        }
        if "view" in message:
            payload |= {"view": message["view"], "container": {"type": "view"}}
        else:
            payload |= {
                "channel": {"id": message["channel"], "name": "general"},
                "message": message,
                "response_url": self.response_url(),
                "container": {
                    "type": "message",
                    "message_ts": message["ts"],
                    "channel_id": message["channel"],
                    "is_ephemeral": bool(message.get("ephemeral")),
                },
            }
        return self.envelope("interactive", payload)

    def submit(self, view: dict[str, Any], values: dict[str, Any], *, user: str = "U1") -> Envelope:
        """Submit a view with these state values."""
        payload = {
            "type": "view_submission",
            "user": {"id": user, "name": "u", "team_id": self.team},
            "team": {"id": self.team, "domain": "d"},
            "api_app_id": APP,
            "trigger_id": self.trigger(),
            "view": {"id": "V1", "type": "modal", **view, "state": {"values": values}},
            "is_enterprise_install": False,
            "response_urls": [],
        }
        return self.envelope("interactive", payload, accepts=True)

    def shortcut(self, callback: str, message: dict[str, Any] | None = None, *, user: str = "U1") -> Envelope:
        """Choose a global shortcut, or with a message its message shortcut."""
        payload: dict[str, Any] = {
            "type": "shortcut",
            "callback_id": callback,
            "user": {"id": user, "username": "u", "team_id": self.team},
            "team": {"id": self.team, "domain": "d"},
            "trigger_id": self.trigger(),
            "action_ts": self.next_ts(),
            "is_enterprise_install": False,
        }
        if message:
            payload |= {
                "type": "message_action",
                "message": message,
                "message_ts": message["ts"],
                "channel": {"id": message["channel"], "name": "general"},
                "response_url": self.response_url(),
            }
        return self.envelope("interactive", payload)

    def open_home(self, tab: str, *, user: str = "U1", channel: str = "D1") -> Envelope:
        """Open the bot's Home or its messages."""
        return self.event(
            {
                "type": "app_home_opened",
                "user": user,
                "channel": channel,
                "tab": tab,
                "event_ts": self.next_ts(),
            }
        )

    # ---- delivery

    def event(self, event: dict[str, Any], **outer: Any) -> Envelope:
        """Send one event; `outer` sets fields around it, e.g. is_ext_shared_channel."""
        payload = {
            "token": "x",
            "team_id": self.team,
            "api_app_id": APP,
            "type": "event_callback",
            "event_id": f"Ev{next(self._numbers)}",
            "event_time": int(time.time()),
            "is_ext_shared_channel": False,
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self.team,
                    "user_id": self.bot,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "event": event,
            **outer,
        }
        return self.envelope("events_api", payload, retry_attempt=0, retry_reason="")

    def envelope(self, kind: str, payload: dict[str, Any], *, accepts: bool = False, **more: Any) -> Envelope:
        """Send a payload of one kind, the way that this stand-in sends."""
        raise NotImplementedError
