"""Delivery: an answer into Slack, whatever Slack refuses: rich blocks, then simpler ones, then text with every citation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient, WebhookClient
from slack_sdk.webhook import WebhookResponse

from assistant.slack.announcements import Announcement
from assistant.slack.logs import kind_of, log
from assistant.slack.questions import Question
from assistant.slack.sending import (
    FAILURES,
    Later,
    Message,
    Refused,
    Unread,
    forms,
    laddered,
    seconds_of,
    wait_of,
)

EVENT = "firstpass_answer"
PAGES = 5  # pages of a thread or a channel that are looked through for our own message
EARLIER = 60.0  # seconds by which Slack's clock may go after ours


@dataclass(frozen=True, slots=True)
class Seat:
    """Where one person alone is shown something.

    Attributes:
        url: the response_url of what they did, where there is one.
        hidden: whether what they did was seen by nobody else, so that the response_url leads to the right place.
    """

    channel: str
    user: str
    thread: str | None = None
    url: str | None = None
    hidden: bool = False


class Delivery:
    """Posts, updates and finds answers."""

    def __init__(self, client: WebClient, bot_id: str | None) -> None:
        """Post with this client; `bot_id` tells our own messages from others'."""
        self._client = client
        self._bot_id = bot_id

    def post(self, channel: str, thread: str | None, rendered: Message, key: str) -> str:
        """Post a message; its ts.

        Raises:
            Later: Slack asks to wait.
            Unsure: nobody knows whether it was taken.
            Refused: Slack takes it in no form.
        """
        metadata = {"event_type": EVENT, "event_payload": {"question": key}}

        def send(form: Mapping[str, Any]) -> Any:
            return self._client.chat_postMessage(
                channel=channel,
                metadata=metadata,
                unfurl_links=False,
                unfurl_media=False,
                mrkdwn=False,
                thread_ts=thread,
                **form,
            )

        return str(laddered(send, rendered).get("ts") or "")

    def update(self, channel: str, ts: str, rendered: Message) -> None:
        """Put a message in another's place.

        Raises:
            Later, Unsure, Refused: as for `post`.
        """
        laddered(lambda form: self._client.chat_update(channel=channel, ts=ts, **form), rendered)

    def whisper(self, channel: str, user: str, text: str, thread: str | None = None) -> None:
        """Say something that only one person sees; nothing where Slack does not take it."""
        try:
            self._client.chat_postEphemeral(channel=channel, user=user, text=text, thread_ts=thread)
        except FAILURES as error:
            log.info("hint not shown in %s: %s", channel, kind_of(error))

    def respond(self, question: Question, rendered: Message) -> None:
        """Give a private answer: by the response_url, else as an ephemeral message.

        Raises:
            Later, Unsure, Refused: as for `post`.
        """
        self.show(Seat(question.channel, question.user, url=question.response_url, hidden=True), rendered)

    def show(self, seat: Seat, rendered: Message) -> None:
        """Show a message to one person: by the response_url first where they asked unseen, else in its thread.

        Raises:
            Later, Unsure, Refused: as for `post`.
        """
        if seat.hidden and seat.url and self._webhook(seat.url, rendered):
            return
        try:
            laddered(
                lambda form: self._client.chat_postEphemeral(
                    channel=seat.channel, user=seat.user, thread_ts=seat.thread, **form
                ),
                rendered,
            )
        except Refused:
            if seat.hidden or not seat.url or not self._webhook(seat.url, rendered):
                raise

    def _webhook(self, url: str, rendered: Message) -> bool:
        hook = WebhookClient(url, timeout=10, retry_handlers=[])
        for form in forms(rendered):
            try:
                response: WebhookResponse = hook.send(
                    **form,
                    response_type="ephemeral",
                    replace_original=False,
                    unfurl_links=False,
                    unfurl_media=False,
                )
            except (OSError, HTTPException) as error:
                log.info("response_url failed: %s", kind_of(error))
                return False
            if response.status_code == 200:  # noqa: PLR2004 - HTTP's own word for "taken"
                return True
            if response.status_code == 429:  # noqa: PLR2004 - HTTP's own word for "too many"
                raise Later(seconds_of(response.headers))
            log.info("response_url refused a form: %s", response.status_code)
        return False

    def remove(self, channel: str, ts: str) -> None:
        """Delete a message of ours; nothing where Slack does not let us."""
        try:
            self._client.chat_delete(channel=channel, ts=ts)
        except FAILURES as error:
            log.info("answer not deleted in %s: %s", channel, kind_of(error))

    def find(self, question: Question) -> str | None:
        """The ts of our answer to a question, where it was posted already; an empty text where that cannot be known.

        Raises:
            Unread: Slack asks to wait until it can be known.
        """
        if question.thread is None:
            return ""
        read, place = self._client.conversations_replies, {"channel": question.channel, "ts": question.thread}
        return _look(read, place, lambda message: self._is_answer(message, question.key))

    def said(self, one: Announcement) -> str | None:
        """The ts of an announcement that was posted already; an empty text where that cannot be known.

        Raises:
            Unread: as for `find`.
        """

        def is_it(message: Mapping[str, Any]) -> bool:
            files = [file.get("id") for file in message.get("files") or []]
            return (one.file is not None and one.file in files) or self._is_answer(message, one.key)

        if one.thread is not None:
            place = {"channel": one.channel, "ts": one.thread}
            return _look(self._client.conversations_replies, place, is_it)
        place = {"channel": one.channel, "oldest": f"{one.made - EARLIER:.6f}"}
        return _look(self._client.conversations_history, place, is_it)

    def _is_answer(self, message: Mapping[str, Any], key: str) -> bool:
        """Whether a message is our answer to a question: by its metadata, else by the buttons, whose values begin with its key."""
        payload = (message.get("metadata") or {}).get("event_payload") or {}
        if payload.get("question") == key:
            return True
        ours = bool(message.get("bot_id")) and self._bot_id in (None, message.get("bot_id"))
        return ours and any(
            str(element.get("value") or "").startswith(key)
            for block in message.get("blocks") or []
            for element in block.get("elements") or []
            if isinstance(element, dict)
        )


def _look(
    read: Callable[..., Any], place: Mapping[str, str], is_it: Callable[[Mapping[str, Any]], bool]
) -> str | None:
    """The ts of the message that is looked for, page by page; None where it is not there, empty where that cannot be known."""
    cursor: str | None = None
    for _ in range(PAGES):
        try:
            page = read(**place, include_all_metadata=True, limit=200, cursor=cursor)
        except FAILURES as error:
            log.info("%s not read: %s", place["channel"], kind_of(error))
            if (seconds := wait_of(error)) is not None:
                raise Unread(seconds) from error
            return ""
        for message in page.get("messages") or []:
            if is_it(message):
                return str(message["ts"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None
    return None


def read_texts(client: WebClient, channel: str, thread: str) -> dict[str, str]:
    """The texts of a thread's messages by people, by ts; empty where Slack does not let us read them."""
    try:
        page = client.conversations_replies(channel=channel, ts=thread, limit=200)
    except FAILURES as error:
        log.info("thread not read in %s: %s", channel, kind_of(error))
        return {}
    messages = page.get("messages") or []
    return {str(one["ts"]): str(one.get("text") or "") for one in messages if not one.get("bot_id")}
