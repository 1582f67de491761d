"""Files: a picture shared in a thread or in somebody's direct messages, by Slack's upload in three steps.

An address is asked for, the bytes are sent there, and then the file is shared: only the last step shows anything to anybody.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from assistant.slack.logs import kind_of, log
from assistant.slack.sending import FAILURES, Refused, Unsure, refusal_of, unsent

ALT = 1_000
"""Characters of a picture's description for screen readers."""
NO_ADDRESS = "no_upload_url"
"""Our code where Slack gives no address that a file may be sent to."""
TIMEOUT = 60.0
"""Seconds for the bytes."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and what is said with it.

    Attributes:
        alt: what a screen reader says in its place, at most `ALT` characters.
        comment: the text above it, escaped.
    """

    name: str
    title: str
    alt: str
    comment: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a file is shared: a channel, or a person, whose direct messages are meant; a thread there, or none."""

    channel: str
    thread: str | None

    @property
    def arguments(self) -> dict[str, Any]:
        """The place as Slack wants it, which takes no person's id where it takes a channel's."""
        if self.channel[:1] in ("U", "W"):
            return {"channels": [self.channel], "thread_ts": self.thread}
        return {"channel_id": self.channel, "thread_ts": self.thread}


class Files:
    """Shares pictures."""

    def __init__(self, client: WebClient) -> None:
        """Share with this client."""
        self._client = client

    def share(self, spot: Spot, picture: Picture, posting: Callable[[str], None]) -> None:
        """Share a picture; `posting` is told the file's id just before anybody can see it.

        Raises:
            Later: Slack asks to wait.
            Unsure: it failed on the way; `denied` where nobody can have seen it.
            Refused: Slack lets no file be posted there.
        """
        given = _asking(
            lambda: self._client.files_getUploadURLExternal(
                filename=picture.name, length=len(picture.data), alt_txt=picture.alt
            )
        )
        self._send(str(given.get("upload_url") or ""), picture.data)
        file = str(given.get("file_id") or "")
        posting(file)
        files: list[dict[str, str | None]] = [{"id": file, "title": picture.title}]
        _asking(
            lambda: self._client.files_completeUploadExternal(
                files=files, initial_comment=picture.comment, **spot.arguments
            ),
            seen=True,
        )

    def _send(self, url: str, data: bytes) -> None:
        """Send the bytes where Slack wants them."""
        own = urlsplit(self._client.base_url)
        if urlsplit(url).scheme not in ("https", own.scheme):
            raise Refused(NO_ADDRESS)
        request = urllib.request.Request(  # noqa: S310 - the scheme is looked at above
            url, data=data, method="POST", headers={"Content-Type": "application/octet-stream"}
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT, context=self._client.ssl) as response:  # noqa: S310 - as above
                response.read()
        except FAILURES as error:
            log.info("picture not uploaded: %s", kind_of(error))
            raise Unsure(denied=True) from error


def _asking(call: Callable[[], Any], *, seen: bool = False) -> Any:
    """What Slack answers; `seen` where people see what the call does, so that a try that broke off may have been seen."""
    try:
        return call()
    except SlackApiError as error:
        raise Refused(refusal_of(error)) from error
    except FAILURES as error:
        log.info("picture not posted: %s", kind_of(error))
        raise Unsure(denied=not seen or unsent(error)) from error
