"""What a bot may read again of the stand-in's channels, as Slack gives it: threads, first messages, its direct channels, by pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

Messages = Mapping[str, list[dict[str, Any]]]
"""Each channel's messages, oldest first."""


def replies(messages: Messages, args: dict[str, Any]) -> dict[str, Any]:
    """A thread's messages, oldest first."""
    oldest = float(args.get("oldest") or 0)
    thread = [one for one in messages.get(args["channel"], []) if _stands_in(one, args["ts"])]
    return _page([one for one in thread if one["ts"] == args["ts"] or float(one["ts"]) > oldest], args)


def _stands_in(message: dict[str, Any], thread: str) -> bool:
    return thread in (message["ts"], message.get("thread_ts"))


def history(messages: Messages, args: dict[str, Any]) -> dict[str, Any]:
    """A channel's messages, newest first: of a thread only the first, with how many replies it has and when the last came."""
    oldest, threads = float(args.get("oldest") or 0), defaultdict(list)
    every = list(messages.get(args["channel"], []))
    for one in every:
        threads[one.get("thread_ts") or one["ts"]].append(one["ts"])
    found = []
    for one in every:
        if one.get("thread_ts") in (None, one["ts"]) and float(one["ts"]) > oldest:
            below = [ts for ts in threads[one["ts"]] if ts != one["ts"]]
            more = {"thread_ts": one["ts"], "reply_count": len(below), "latest_reply": max(below, default="")}
            found.append(one | more if below else one)
    return _page(found[::-1], args)


def directs(messages: Messages, args: dict[str, Any]) -> dict[str, Any]:
    """The bot's direct channels, each made with its first message."""
    found = [
        {"id": name, "is_im": True, "created": int(float(written[0]["ts"]))}
        for name, written in list(messages.items())
        if name.startswith("D") and written
    ]
    return _page(found, args, "channels")


def _page(found: list[dict[str, Any]], args: dict[str, Any], name: str = "messages") -> dict[str, Any]:
    """As many as are asked for, from where the page before ended."""
    at, limit = int(args.get("cursor") or 0), int(args.get("limit") or 100)
    more = at + limit < len(found)
    cursor = str(at + limit) if more else ""
    page = {name: found[at : at + limit], "has_more": more}
    return {"ok": True, **page, "response_metadata": {"next_cursor": cursor}}
