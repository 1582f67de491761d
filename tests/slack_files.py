"""The stand-in's files: Slack's upload in three steps, each checked as Slack checks it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

PATH = "/upload/v1/"
ALT_LONGEST = 1000


@dataclass(slots=True)
class File:
    """A file as far as it came: asked for, sent, shared."""

    id: str
    name: str
    length: int
    alt: str
    data: bytes = b""
    title: str = ""


@dataclass(slots=True)
class Files:
    """The files of a workspace.

    Attributes:
        broken: how many of the next bytes sent are answered with HTTP 500.
    """

    port: int
    held: dict[str, File] = field(default_factory=dict)
    broken: int = 0

    def asked(self, args: dict[str, Any]) -> dict[str, Any]:
        """files.getUploadURLExternal."""
        length, alt = str(args.get("length") or ""), str(args.get("alt_txt") or "")
        if not args.get("filename") or not length.isdecimal() or int(length) < 1 or len(alt) > ALT_LONGEST:
            return {"ok": False, "error": "invalid_arguments"}
        name = f"F{len(self.held) + 1:08d}"
        self.held[name] = File(name, args["filename"], int(length), alt)
        return {
            "ok": True,
            "file_id": name,
            "upload_url": f"http://127.0.0.1:{self.port}{PATH}{name}",
        }

    def sent(self, path: str, data: bytes) -> int:
        """The HTTP status that the bytes are answered with."""
        file = self.held.get(path.removeprefix(PATH))
        if self.broken:
            self.broken -= 1
            return 500
        if file is None or len(data) != file.length:
            return 400
        file.data = data
        return 200

    def shared(self, args: dict[str, Any]) -> dict[str, Any]:
        """files.completeUploadExternal: the message's fields in "share", else an error."""
        named = args.get("files") or []
        files = [self.held.get(one.get("id")) for one in named]
        if not files or any(one is None or not one.data for one in files):
            return {"ok": False, "error": "file_not_found"}
        channel = args.get("channel_id")
        if channel is not None and not re.fullmatch("[CGDZ][A-Z0-9]*", channel):
            return {"ok": False, "error": "invalid_arguments"}
        place = channel or str(args.get("channels") or "")
        if "," in place and args.get("thread_ts"):
            return {"ok": False, "error": "invalid_arguments"}
        told = [{"id": one["id"], "title": one.get("title", "")} for one in named]
        message = {"text": args.get("initial_comment", ""), "files": told, "upload": True}
        if args.get("thread_ts"):
            message["thread_ts"] = args["thread_ts"]
        return {"ok": True, "files": told, "share": {"channel": place, **message} if place else None}
