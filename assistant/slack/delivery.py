"""Delivery: an answer into Slack, whatever Slack refuses: rich blocks, then simpler ones, then text with every citation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from socket import gaierror
from typing import Any, Protocol

from slack_sdk import WebClient, WebhookClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookResponse

from assistant.slack.inbox import Question
from assistant.slack.logs import kind_of, log

EVENT = "firstpass_answer"
UNREACHED = 3.0  # seconds until Slack is tried again where it could not be reached
PAGES = 5  # pages of a thread that are looked through for our own answer
UNSURE = frozenset(
    {"internal_error", "fatal_error", "request_timeout", "service_unavailable", "team_added_to_org"}
)
HOPELESS = frozenset(
    {
        *(
            "channel_not_found",
            "not_in_channel",
            "is_archived",
            "channel_type_not_supported",
            "user_not_in_channel",
        ),
        *(
            "account_inactive",
            "invalid_auth",
            "not_authed",
            "token_revoked",
            "token_expired",
            "missing_scope",
            "not_allowed_token_type",
        ),
        *(
            "restricted_action",
            "restricted_action_read_only_channel",
            "restricted_action_thread_only_channel",
        ),
        *(
            "message_not_found",
            "cant_update_message",
            "edit_window_closed",
            "unknown_method",
            "no_permission",
            "team_access_not_granted",
        ),
    }
)
FAILURES = (SlackClientError, OSError, HTTPException)


class Message(Protocol):
    """A message in its three forms, as `blocks.Rendered` and `note.Note` are."""

    @property
    def text(self) -> str:
        """What a notification shows."""

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The message as it is meant."""

    @property
    def simpler(self) -> list[dict[str, Any]]:
        """Blocks for where Slack refuses those."""

    @property
    def plain(self) -> str:
        """Everything as text, citations included, for where Slack takes no blocks."""


class Refused(Exception):  # noqa: N818 - a refusal, said as such
    """Slack takes the message in no form; `code` is Slack's own."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


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


class Later(Exception):  # noqa: N818 - no error: it is to be tried again
    """Slack asks to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Unsure(Exception):  # noqa: N818 - no error of ours: nobody knows
    """It is not known whether Slack took the message; `denied` where Slack said that it failed."""

    def __init__(self, *, denied: bool = False) -> None:
        super().__init__(denied)
        self.denied = denied


def forms(rendered: Message) -> Iterator[dict[str, Any]]:
    """The message's forms, best first."""
    yield {"text": rendered.text, "blocks": rendered.blocks}
    if rendered.simpler:
        yield {"text": rendered.text, "blocks": rendered.simpler}
    yield {"text": rendered.plain, "blocks": []}


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

        return str(_laddered(send, rendered).get("ts") or "")

    def update(self, channel: str, ts: str, rendered: Message) -> None:
        """Put a message in another's place.

        Raises:
            Later, Unsure, Refused: as for `post`.
        """
        _laddered(lambda form: self._client.chat_update(channel=channel, ts=ts, **form), rendered)

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
            _laddered(
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
                raise Later(_seconds(response.headers))
            log.info("response_url refused a form: %s", response.status_code)
        return False

    def remove(self, channel: str, ts: str) -> None:
        """Delete a message of ours; nothing where Slack does not let us."""
        try:
            self._client.chat_delete(channel=channel, ts=ts)
        except FAILURES as error:
            log.info("answer not deleted in %s: %s", channel, kind_of(error))

    def find(self, question: Question) -> str | None:
        """The ts of our answer to a question, where it was posted already; an empty text where that cannot be known."""
        if question.thread is None:
            return ""
        cursor: str | None = None
        for _ in range(PAGES):
            try:
                page = self._client.conversations_replies(
                    channel=question.channel,
                    ts=question.thread,
                    include_all_metadata=True,
                    limit=200,
                    cursor=cursor,
                )
            except FAILURES as error:
                log.info("thread not read in %s: %s", question.channel, kind_of(error))
                return ""
            for message in page.get("messages") or []:
                if self._is_answer(message, question.key):
                    return str(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
        return None

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


def _laddered(send: Callable[[Mapping[str, Any]], Any], rendered: Message) -> Any:
    refusal = ""
    for form in forms(rendered):
        try:
            return send(form)
        except SlackApiError as error:
            refusal = _refusal(error)
            log.info("message refused: %s", refusal)
        except FAILURES as error:
            log.warning("message not known to be posted: %s", kind_of(error))
            if _unsent(error):
                raise Later(UNREACHED) from error
            raise Unsure from error
    raise Refused(refusal)


def _unsent(error: BaseException) -> bool:
    """Whether no connection was made, so that nothing can have arrived."""
    reason = getattr(error, "reason", error)
    return isinstance(reason, ConnectionRefusedError | gaierror)


def _refusal(error: SlackApiError) -> str:
    """Slack's code for what a simpler form may mend.

    Raises:
        Later, Unsure, Refused: it mends nothing.
    """
    response: Any = error.response
    code = str(response.get("error") or "") if hasattr(response, "get") else ""
    status = getattr(response, "status_code", 200)
    if code in ("ratelimited", "rate_limited") or status == 429:  # noqa: PLR2004 - HTTP's own word for "too many"
        raise Later(_seconds(response.headers)) from error
    if code in UNSURE or status >= 500:  # noqa: PLR2004 - HTTP's own word for "we failed"
        raise Unsure(denied=True) from error
    if code in HOPELESS:
        raise Refused(code) from error
    return code or "unknown"


def _seconds(headers: Mapping[str, Any]) -> float:
    """Retry-After, from one second to two minutes."""
    for name, value in headers.items():
        if name.lower() == "retry-after":
            first = value[0] if isinstance(value, list) else value
            return min(120.0, max(1.0, float(first))) if str(first).isdecimal() else 1.0
    return 1.0


def read_texts(client: WebClient, channel: str, thread: str) -> dict[str, str]:
    """The texts of a thread's messages by people, by ts; empty where Slack does not let us read them."""
    try:
        page = client.conversations_replies(channel=channel, ts=thread, limit=200)
    except FAILURES as error:
        log.info("thread not read in %s: %s", channel, kind_of(error))
        return {}
    messages = page.get("messages") or []
    return {str(one["ts"]): str(one.get("text") or "") for one in messages if not one.get("bot_id")}
