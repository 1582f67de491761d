"""Sending: a message in three forms, and what Slack can make of it: taken, refused in every form, asked to wait, or not known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPException
from socket import gaierror
from typing import Any, Protocol

from slack_sdk.errors import SlackApiError, SlackClientError

from assistant.slack.logs import kind_of, log

UNREACHED = 3.0  # seconds until Slack is tried again where it could not be reached
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


class Later(Exception):  # noqa: N818 - no error: it is to be tried again
    """Slack asks to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class NotYet(Exception):  # noqa: N818 - no error: another process, or this one soon, can say it
    """This process answers from another store than what is to be said is about."""


class Unread(Later):
    """Slack asks to wait before it tells what stands in a thread."""


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


def laddered(send: Callable[[Mapping[str, Any]], Any], rendered: Message) -> Any:
    """What Slack answers to the best form that it takes.

    Raises:
        Later, Unsure, Refused: it takes none, or not now.
    """
    refusal = ""
    for form in forms(rendered):
        try:
            return send(form)
        except SlackApiError as error:
            refusal = refusal_of(error)
            log.info("message refused: %s", refusal)
        except FAILURES as error:
            log.warning("message not known to be posted: %s", kind_of(error))
            if unsent(error):
                raise Later(UNREACHED) from error
            raise Unsure from error
    raise Refused(refusal)


def unsent(error: BaseException) -> bool:
    """Whether no connection was made, so that nothing can have arrived."""
    reason = getattr(error, "reason", error)
    return isinstance(reason, ConnectionRefusedError | gaierror)


def refusal_of(error: SlackApiError) -> str:
    """Slack's code for what a simpler form may mend.

    Raises:
        Later, Unsure, Refused: it mends nothing.
    """
    if (seconds := wait_of(error)) is not None:
        raise Later(seconds) from error
    response: Any = error.response
    code = str(response.get("error") or "") if hasattr(response, "get") else ""
    status = getattr(response, "status_code", 200)
    if code in UNSURE or status >= 500:  # noqa: PLR2004 - HTTP's own word for "we failed"
        raise Unsure(denied=True) from error
    if code in HOPELESS:
        raise Refused(code) from error
    return code or "unknown"


def wait_of(error: BaseException) -> float | None:
    """How many seconds Slack asks to wait; None where it refused for another reason."""
    response: Any = getattr(error, "response", None)
    code = response.get("error") if hasattr(response, "get") else None
    limited = code in ("ratelimited", "rate_limited") or getattr(response, "status_code", 200) == 429  # noqa: PLR2004 - HTTP's own word for "too many"
    return seconds_of(response.headers) if limited else None


def seconds_of(headers: Mapping[str, Any]) -> float:
    """Retry-After, from one second to two minutes."""
    for name, value in headers.items():
        if name.lower() == "retry-after":
            first = value[0] if isinstance(value, list) else value
            return min(120.0, max(1.0, float(first))) if str(first).isdecimal() else 1.0
    return 1.0
