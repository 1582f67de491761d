"""What Slack sends, read into one record: a question asked, changed or deleted. Identifiers are masked here, first of all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assistant.message import LONGEST_MESSAGE
from assistant.privacy import Masked, mask

BORDER = 400  # letters before the place where a paste was cut that are let go: half an identifier is not known as one
SPOKEN = (None, "file_share", "thread_broadcast")  # subtypes of a message that a person writes
SLACKBOT = "USLACKBOT"


class Way(StrEnum):
    """How a question came in; REPLY is a reply in a channel's thread that does not mention the bot."""

    MENTION = "mention"
    DIRECT = "direct"
    REPLY = "reply"
    SLASH = "slash"
    SHORTCUT = "shortcut"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it came in.

    Attributes:
        ts: the message's own; for what is no message, what Slack gives once (the trigger).
        thread: the thread it is answered in; None where the answer is private.
        text: without identifiers; the only form of it that is ever kept.
        masked: the kinds of identifiers that were taken out.
        edited: when the message was edited, None where it was not.
    """

    team: str
    channel: str
    ts: str
    user: str
    way: Way
    text: str
    masked: tuple[str, ...]
    thread: str | None = None
    response_url: str | None = None
    edited: str | None = None

    @property
    def key(self) -> str:
        """The question's one name: of the same message always the same, and telling nothing of it."""
        return key_of(self.channel, self.ts)

    @property
    def reply(self) -> bool:
        """Whether it stands in a thread that began before it."""
        return self.thread not in (None, self.ts)


@dataclass(frozen=True, slots=True)
class Removed:
    """A message that was deleted."""

    channel: str
    ts: str

    @property
    def key(self) -> str:
        """The name of the question that it may have been."""
        return key_of(self.channel, self.ts)


def key_of(channel: str, ts: str) -> str:
    """A name for a message, of 24 letters and digits; the workspace is left out, since a shared channel's events name several."""
    return hashlib.sha256(f"{channel}|{ts}".encode()).hexdigest()[:24]


def read_event(body: Mapping[str, Any], bot_user: str) -> Asked | Removed | None:
    """The question (asked or edited) or the deletion that an event tells of; None where it is neither.

    A message in a channel is a question where it mentions the bot, or where it is a reply in a thread: whether such a reply
    is answered, the settings and the inbox say.
    """
    event, team = body["event"], str(body.get("team_id") or "")
    if event.get("type") not in ("app_mention", "message"):
        return None
    subtype = event.get("subtype")
    if subtype == "message_deleted":
        return Removed(event["channel"], event.get("deleted_ts") or event["previous_message"]["ts"])
    if subtype == "message_changed":
        return _changed(event, team, bot_user)
    if subtype not in SPOKEN or event.get("hidden"):
        return None
    return _message(event, event["channel"], team, bot_user)


def _changed(event: Mapping[str, Any], team: str, bot_user: str) -> Asked | Removed | None:
    """An edit by its author; None for what Slack also sends so: a reply in the thread, an unfurled link."""
    message, before = event["message"], event.get("previous_message") or {}
    if message.get("subtype") == "tombstone":
        return Removed(event["channel"], message["ts"])
    if not message.get("edited") or message.get("text") == before.get("text"):
        return None
    if message.get("subtype") not in SPOKEN:
        return None
    message = {"channel_type": event.get("channel_type"), **message}
    return _message(message, event["channel"], team, bot_user)


def _message(message: Mapping[str, Any], channel: str, team: str, bot_user: str) -> Asked | None:
    user = message.get("user")
    if not user or user in (SLACKBOT, bot_user) or message.get("bot_id") or message.get("bot_profile"):
        return None
    text = str(message.get("text") or "")
    direct = message.get("channel_type") == "im" or channel.startswith("D")
    mentioned = message.get("type") == "app_mention" or bool(re.search(rf"<@{re.escape(bot_user)}[>|]", text))
    thread = message.get("thread_ts") or message["ts"]
    if not direct and not mentioned and thread == message["ts"]:
        return None
    way = Way.DIRECT if direct else Way.MENTION if mentioned else Way.REPLY
    edited = (message.get("edited") or {}).get("ts")
    place = (team, channel, message["ts"], str(user))
    return _asked(place, way, text, thread=thread, edited=edited)


def read_command(body: Mapping[str, Any]) -> Asked:
    """The question of a slash command."""
    once = str(body.get("trigger_id") or body.get("response_url"))
    place = (str(body.get("team_id") or ""), body["channel_id"], once, body["user_id"])
    return _asked(place, Way.SLASH, str(body.get("text") or ""), response_url=body.get("response_url"))


def read_shortcut(body: Mapping[str, Any]) -> Asked:
    """The question of a message shortcut: the message that it was chosen on."""
    once = str(body.get("trigger_id") or body.get("action_ts"))
    place = (_team(body), body["channel"]["id"], once, body["user"]["id"])
    text = str(body["message"].get("text") or "")
    return _asked(place, Way.SHORTCUT, text, response_url=body.get("response_url"))


def read_form(body: Mapping[str, Any], text: str) -> Asked:
    """The question of the form, answered in the asker's direct messages."""
    user = body["user"]["id"]
    once = str((body.get("view") or {}).get("id") or body.get("trigger_id"))
    return _asked((_team(body), user, once, user), Way.FORM, text)


def _team(body: Mapping[str, Any]) -> str:
    return str((body.get("team") or {}).get("id") or (body.get("user") or {}).get("team_id") or "")


def _asked(place: tuple[str, str, str, str], way: Way, text: str, **more: Any) -> Asked:
    masked = without_identifiers(text)
    return Asked(*place, way, masked.text, masked.kinds, **more)


def without_identifiers(text: str) -> Masked:
    """What a person wrote, as far as it is read at all, without identifiers and with single blanks."""
    masked = mask(text[:LONGEST_MESSAGE])
    kept = masked.text if len(text) <= LONGEST_MESSAGE else masked.text[:-BORDER]
    return Masked(tidy(kept), masked.kinds)


def tidy(text: str) -> str:
    """The text with single blanks."""
    return re.sub(r"[^\S\n]+", " ", text).strip()
