"""The Web API of a stand-in for Slack, as documented, with the faults that happen: what every stand-in has, however it sends events.

It keeps every call and message, checks blocks by `slack_rules.py` and refuses what Slack refuses.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import parse_qsl, urlsplit

from slack_files import PATH, Files
from slack_history import directs, history, replies
from slack_rules import BUDGET, budget, problems, view_problems

BOT, BOT_ID, TEAM, APP = "U0BOT", "B0BOT", "T1", "A1"
KNOWN = {
    "auth.test",
    "apps.connections.open",
    "chat.postMessage",
    "chat.postEphemeral",
    "chat.update",
    "chat.delete",
    "assistant.threads.setStatus",
    "assistant.threads.setSuggestedPrompts",
    "views.open",
    "views.update",
    "views.publish",
    "conversations.replies",
    "conversations.history",
    "users.conversations",
    "files.getUploadURLExternal",
    "files.completeUploadExternal",
}
SCOPES = "app_mentions:read,assistant:write,chat:write,commands,im:history,channels:history,groups:history,im:read,files:write"


@dataclass(frozen=True, slots=True)
class Call:
    """One call that the bot made."""

    method: str
    args: dict[str, Any]
    at: float
    token: str = ""


@dataclass(slots=True)
class _Fault:
    method: str
    answer: dict[str, Any]
    times: int
    channel: str | None = None
    retry_after: int | None = None
    status: int = 200


class WebApi:
    """A workspace with one bot, as its Web API shows it. Use it in a `with` block.

    Attributes:
        team, bot, bot_id: the workspace and its bot.
    """

    def __init__(self) -> None:
        """An empty workspace; it listens once entered."""
        self.team, self.bot, self.bot_id = TEAM, BOT, BOT_ID
        self.calls: list[Call] = []
        self.messages: dict[str, list[dict[str, Any]]] = {}
        self.refused: list[tuple[str, list[str]]] = []
        self.missing: set[str] = set()
        self.delays: dict[str, float] = {}
        self.responses: list[tuple[str, dict[str, Any]]] = []
        self._faults: list[_Fault] = []
        self._changed = threading.Condition()
        self._numbers = count(1)
        self._triggers: dict[str, float] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _door(self))
        self._server.daemon_threads = True
        self.files = Files(self.port)

    def __enter__(self) -> Self:
        """Listen."""
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        """The port that the system chose."""
        return int(self._server.server_address[1])

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL is to be."""
        return f"http://127.0.0.1:{self.port}/api/"

    # ---- faults

    def fail(
        self, method: str, error: str, times: int = 1, *, status: int = 200, channel: str | None = None
    ) -> None:
        """Let the next calls of a method fail."""
        self._faults.append(_Fault(method, {"ok": False, "error": error}, times, channel, None, status))

    def limit(self, method: str, retry_after: int, times: int = 1, *, channel: str | None = None) -> None:
        """Answer the next calls of a method with 429."""
        fault = _Fault(method, {"ok": False, "error": "ratelimited"}, times, channel, retry_after, 429)
        self._faults.append(fault)

    # ---- what is seen

    def of(self, method: str) -> list[Call]:
        """The calls of one method that were let through, in order."""
        return [one for one in list(self.calls) if one.method == method]

    def answers(self, channel: str | None = None) -> list[dict[str, Any]]:
        """The bot's messages that are in the channels now."""
        return [
            message
            for name, messages in self.messages.items()
            for message in messages
            if message.get("bot_id") == self.bot_id and channel in (None, name)
        ]

    def statuses(self) -> list[str]:
        """What the status was set to, in order."""
        return [str(one.args.get("status")) for one in self.of("assistant.threads.setStatus")]

    def wait(self, true: Callable[[], Any], seconds: float = 10) -> None:
        """Wait until something is so.

        Raises:
            TimeoutError: it never was.
        """
        with self._changed:
            if not self._changed.wait_for(true, seconds):
                raise TimeoutError([one.method for one in self.calls])

    def more_answers(self, before: int) -> None:
        """Wait for more answers than there were."""
        self.wait(lambda: len(self.answers()) > before)

    def more_calls(self, before: int) -> None:
        """Wait for more calls than there were."""
        self.wait(lambda: len(self.calls) > before)

    def find(self, channel: str, ts: str) -> dict[str, Any]:
        """A message of a channel."""
        return next(one for one in self.messages[channel] if one["ts"] == ts)

    def next_ts(self) -> str:
        """A ts that is later than all before it."""
        return f"{int(time.time())}.{next(self._numbers):06d}"

    def trigger(self) -> str:
        """A trigger id, good for one view within three seconds."""
        name = f"{next(self._numbers)}.2.x"
        self._triggers[name] = time.monotonic()
        return name

    def response_url(self) -> str:
        """A response_url."""
        return f"http://127.0.0.1:{self.port}/response/{next(self._numbers)}"

    # ---- the server's side

    def _keep(self, channel: str, message: dict[str, Any]) -> None:
        with self._changed:
            self.messages.setdefault(channel, []).append(message)

    def opened(self, request: BaseHTTPRequestHandler) -> None:
        """A GET, which only a stand-in with sockets takes."""
        request.send_error(404)

    def called(
        self, method: str, args: dict[str, Any], token: str = ""
    ) -> tuple[int, dict[str, Any], int | None]:
        """HTTP status, answer and Retry-After of a call."""
        time.sleep(self.delays.get(method, 0))
        with self._changed:
            status, answer, retry = self._answer(method, args)
            name = method if answer["ok"] else f"{method}!{answer['error']}"
            self.calls.append(Call(name, args, time.monotonic(), token))
            self._changed.notify_all()
        return status, answer, retry

    def _answer(self, method: str, args: dict[str, Any]) -> tuple[int, dict[str, Any], int | None]:
        for fault in self._faults:
            if fault.method == method and fault.times and fault.channel in (None, args.get("channel")):
                fault.times -= 1
                return fault.status, fault.answer, fault.retry_after
        if method not in KNOWN:
            return 200, {"ok": False, "error": "unknown_method"}, None
        if method in self.missing:
            return 200, {"ok": False, "error": "missing_scope", "needed": "x", "provided": "y"}, None
        return 200, self._do(method, args), None

    def _do(self, method: str, args: dict[str, Any]) -> dict[str, Any]:
        if method in ("chat.postMessage", "chat.postEphemeral", "chat.update"):
            return self._write(method, args)
        if method.startswith("views."):
            return self._view(method, args)
        return _DO[method](self, args) if method in _DO else {"ok": True}

    def _write(self, method: str, args: dict[str, Any]) -> dict[str, Any]:
        wrong, long = self._faulty(args), budget(args.get("blocks") or []) > BUDGET
        if wrong or long:
            self.refused.append((method, wrong or ["too long"]))
            return {
                "ok": False,
                "error": "invalid_blocks" if wrong else "msg_blocks_too_long",
                "errors": wrong,
                "response_metadata": {"messages": wrong},
            }
        if method == "chat.postEphemeral":
            return {"ok": True, "message_ts": self.next_ts()}
        ts, channel = args.get("ts") or self.next_ts(), args["channel"]
        message = {
            "type": "message",
            "user": self.bot,
            "bot_id": self.bot_id,
            "app_id": APP,
            "ts": ts,
            **args,
        }
        old = [one for one in self.messages.get(channel, []) if one["ts"] == ts]
        if method == "chat.update":
            if not old:
                return {"ok": False, "error": "message_not_found"}
            old[0].update(args)
        else:
            self.messages.setdefault(channel, []).append(message)
        return {"ok": True, "channel": channel, "ts": ts, "message": message}

    @staticmethod
    def _faulty(args: dict[str, Any]) -> list[str]:
        if not args.get("blocks"):
            return [] if args.get("text") else ["no_text"]
        return problems(args["blocks"])

    def _view(self, method: str, args: dict[str, Any]) -> dict[str, Any]:
        if method == "views.open":
            born = self._triggers.pop(args.get("trigger_id", ""), None)
            if born is None or time.monotonic() - born > 3:
                return {"ok": False, "error": "expired_trigger_id"}
        wrong = view_problems(args["view"])
        if wrong:
            self.refused.append((method, wrong))
            return {"ok": False, "error": "invalid_arguments", "response_metadata": {"messages": wrong}}
        return {"ok": True, "view": {"id": f"V{next(self._numbers)}", "hash": "1", **args["view"]}}

    def answered(self, path: str, body: dict[str, Any]) -> tuple[int, int | None]:
        """What a post to a response_url is told: HTTP status and Retry-After."""
        with self._changed:
            for fault in self._faults:
                if fault.method == "response_url" and fault.times:
                    fault.times -= 1
                    self._changed.notify_all()
                    return fault.status, fault.retry_after
            wrong = self._faulty(body)
            if wrong:
                self.refused.append(("response_url", wrong))
                return 400, None
            self.responses.append((path, body))
            self._changed.notify_all()
        return 200, None


def _auth(stand_in: WebApi, _args: dict[str, Any]) -> dict[str, Any]:
    return {
        "ok": True,
        "url": "https://x.slack.com/",
        "team": "T",
        "user": "bot",
        "team_id": stand_in.team,
        "user_id": stand_in.bot,
        "bot_id": stand_in.bot_id,
    }


def _connect(stand_in: WebApi, _args: dict[str, Any]) -> dict[str, Any]:
    number = next(stand_in._numbers)
    return {"ok": True, "url": f"ws://127.0.0.1:{stand_in.port}/link?ticket={number}"}


def _delete(stand_in: WebApi, args: dict[str, Any]) -> dict[str, Any]:
    messages = stand_in.messages.get(args["channel"], [])
    found = [one for one in messages if one["ts"] == args["ts"]]
    if not found:
        return {"ok": False, "error": "message_not_found"}
    messages.remove(found[0])
    return {"ok": True}


def _share_file(stand_in: WebApi, args: dict[str, Any]) -> dict[str, Any]:
    answer = stand_in.files.shared(args)
    share = answer.pop("share", None)
    if share:
        ts = stand_in.next_ts()
        who = {"user": stand_in.bot, "bot_id": stand_in.bot_id, "app_id": APP}
        message = {"type": "message", **who, "ts": ts, **share}
        stand_in.messages.setdefault(share["channel"], []).append(message)
    return answer


_DO: dict[str, Callable[[WebApi, dict[str, Any]], dict[str, Any]]] = {
    "auth.test": _auth,
    "apps.connections.open": _connect,
    "chat.delete": _delete,
    "conversations.replies": lambda stand_in, args: replies(stand_in.messages, args),
    "conversations.history": lambda stand_in, args: history(stand_in.messages, args),
    "users.conversations": lambda stand_in, args: directs(stand_in.messages, args),
    "files.getUploadURLExternal": lambda stand_in, args: stand_in.files.asked(args),
    "files.completeUploadExternal": _share_file,
}


def _door(stand_in: WebApi) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        """One HTTP request, or one socket."""

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

        def do_POST(self) -> None:
            """A call of the Web API, or a post to a response_url."""
            received = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = urlsplit(self.path).path
            if path.startswith(PATH):
                self._reply(stand_in.files.sent(path, received), b"OK", None)
                return
            args = _arguments(received.decode("utf-8"), self.headers.get("Content-Type") or "")
            if path.startswith("/response/"):
                status, retry = stand_in.answered(path, args)
                self._reply(status, b"ok", retry)
                return
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            status, answer, retry = stand_in.called(path.removeprefix("/api/"), args, token)
            self._reply(status, json.dumps(answer).encode("utf-8"), retry)

        def _reply(self, status: int, body: bytes, retry: int | None) -> None:
            self.send_response(status)
            if retry is not None:
                self.send_header("Retry-After", str(retry))
            self.send_header("Content-Type", "application/json")
            self.send_header("x-oauth-scopes", SCOPES)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)

        def do_GET(self) -> None:
            """A socket, or nothing."""
            stand_in.opened(self)

    return Door


def _arguments(body: str, kind: str) -> dict[str, Any]:
    if "json" in kind:
        return cast("dict[str, Any]", json.loads(body or "{}"))
    args: dict[str, Any] = dict(parse_qsl(body, keep_blank_values=True))
    for name in ("blocks", "view", "metadata", "prompts", "files"):
        if isinstance(args.get(name), str) and args[name][:1] in "[{":
            args[name] = json.loads(args[name])
    return args
