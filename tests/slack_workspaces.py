"""Several workspaces in a stand-in for Slack: each with channels, a bot and tokens of its own; installing an app, and taking it away."""

from __future__ import annotations

import base64
import binascii
import html
import http.client
import re
import time
from http.cookies import SimpleCookie
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from slack_http import HttpStandIn, Told, request
from slack_people import Envelope
from slack_web_api import Call

CLIENT, CLIENT_SECRET = "10.20", "synthetic-client-secret"
SCOPE = "app_mentions:read,chat:write"


class Workspace(HttpStandIn):
    """One of several workspaces: what its people do goes to the same app, what its bot does comes with its token."""

    def __init__(self, team: str, of: Workspaces) -> None:
        """A workspace, in which the bot's user is U0BOT and its team's id."""
        super().__init__()
        self.team, self.bot, self.bot_id = team, f"U0BOT{team}", f"B0BOT{team}"
        self.of_all = of
        self.ports = of.ports
        self._server.server_close()  # its calls come in at the one address of all
        self._server = of._server
        self.files = of.files
        self._numbers = count(1)  # so that both have messages of the same ts


class Workspaces(HttpStandIn):
    """Slack with several workspaces, and one app that they install. Its own is none of them.

    Attributes:
        tokens: the workspace of each token that counts.
        revoked: tokens that count no longer.
        stray: calls with a token of no workspace.
    """

    def __init__(self) -> None:
        """No workspace yet."""
        super().__init__()
        self.all: dict[str, Workspace] = {}
        self.tokens: dict[str, Workspace] = {}
        self.revoked: set[str] = set()
        self.stray: list[Call] = []
        self.whole_organisation = self.rotating = False
        self._codes: dict[str, Workspace] = {}

    def workspace(self, team: str) -> Workspace:
        """A workspace, made where it is new."""
        if team not in self.all:
            self.all[team] = Workspace(team, self)
        return self.all[team]

    def code(self, team: str) -> str:
        """What Slack gives a person of a workspace who allowed the app; good once."""
        name = f"code-{next(self._numbers)}"
        self._codes[name] = self.workspace(team)
        return name

    def called(
        self, method: str, args: dict[str, Any], token: str = ""
    ) -> tuple[int, dict[str, Any], int | None]:
        """The call, in the workspace of its token."""
        if method == "oauth.v2.access":
            return 200, self._access(args, token), None
        workspace = self.tokens.get(token)
        if workspace is None:
            error = "token_revoked" if token in self.revoked else "invalid_auth"
            with self._changed:
                self.stray.append(Call(method, args, time.monotonic(), token))
            return 200, {"ok": False, "error": error}, None
        if method == "auth.revoke":
            self._revoke(token)
            return 200, {"ok": True, "revoked": True}, None
        return workspace.called(method, args, token)

    def answered(self, path: str, body: dict[str, Any]) -> tuple[int, int | None]:
        """A post to a response_url, which needs no token; kept by all workspaces together."""
        return super().answered(path, body)

    def _access(self, args: dict[str, Any], header: str) -> dict[str, Any]:
        try:
            given = base64.b64decode(header.removeprefix("Basic ")).decode()
        except binascii.Error:
            given = f"{args.get('client_id')}:{args.get('client_secret')}"
        if given != f"{CLIENT}:{CLIENT_SECRET}":
            return {"ok": False, "error": "bad_client_secret"}
        workspace = self._codes.pop(str(args.get("code")), None)
        if workspace is None:
            return {"ok": False, "error": "invalid_code"}
        token = f"xoxb-{workspace.team}-{next(self._numbers)}"
        self.tokens[token] = workspace
        team = (
            None if self.whole_organisation else {"id": workspace.team, "name": f"Name of {workspace.team}"}
        )
        return {
            "ok": True,
            "app_id": "A1",
            "access_token": token,
            "token_type": "bot",
            "scope": SCOPE,
            "bot_user_id": workspace.bot,
            "team": team,
            "enterprise": {"id": "E1", "name": "Organisation"} if self.whole_organisation else None,
            "authed_user": {"id": "U1"},
            "is_enterprise_install": self.whole_organisation,
            **({"refresh_token": "xoxe-1", "expires_in": 43200} if self.rotating else {}),
        }

    def _revoke(self, token: str) -> None:
        self.tokens.pop(token, None)
        self.revoked.add(token)

    def remove(self, team: str, *, event: str = "app_uninstalled", at: float | None = None) -> Envelope:  # type: ignore[override] # of an app, not of a message
        """Take the app out of a workspace: its tokens count no longer, and the app is told."""
        workspace = self.workspace(team)
        for token in [one for one, of in self.tokens.items() if of is workspace]:
            self._revoke(token)
        told: dict[str, Any] = {"type": event}
        if event == "tokens_revoked":
            told["tokens"] = {"oauth": [], "bot": [workspace.bot]}
        return workspace.event(told, event_time=int(time.time() if at is None else at))


def install(slack: Workspaces, port: int, team: str, *, code: str | None = None) -> Told:
    """Install the app in a workspace as a person's browser does: the page, Slack's own page, and back."""
    begun = begin(port)
    return end(port, begun, code or slack.code(team))


def begin(port: int) -> tuple[str, str]:
    """The state, and the cookie, that a browser gets from the first page."""
    told, cookie = _visit(port, "/slack/install")
    address = re.search(r'https://slack\.com/oauth/[^"]+', html.unescape(told.body))
    assert address
    (state,) = parse_qs(urlsplit(address[0]).query)["state"]
    return state, cookie


def end(port: int, begun: tuple[str, str], code: str) -> Told:
    """What the browser is told when Slack sends it back."""
    query = urlencode({"code": code, "state": begun[0]})
    return request(port, f"GET /slack/oauth_redirect?{query}", b"", {"Cookie": begun[1]})


def _visit(port: int, path: str) -> tuple[Told, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    cookies = SimpleCookie(answer.getheader("Set-Cookie") or "")
    told = Told(answer.status, answer.read().decode("utf-8"))
    connection.close()
    return told, "; ".join(f"{one.key}={one.value}" for one in cookies.values())
