"""Installing: how a workspace takes the bot in, by Bolt's OAuth flow. Into one workspace each time, and only where that is allowed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.error import BoltError
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.callback_options import (
    CallbackOptions,
    DefaultCallbackOptions,
    FailureArgs,
)
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk import WebClient
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.redirect_uri_page_renderer import RedirectUriPageRenderer
from slack_sdk.oauth.state_utils import OAuthStateUtils

from assistant.slack.door import reply_of
from assistant.slack.http import Receive, Reply, Scope, header
from assistant.slack.installations import SECONDS, Kept, States
from assistant.slack.line import INSTALL_ROUTE, REDIRECT_ROUTE
from assistant.slack.logs import kind_of, log
from assistant.slack.manifest import HISTORY, OPTIONAL, SCOPES
from assistant.slack.sending import FAILURES
from assistant.slack.settings import SlackSettings
from assistant.wording import say

THREADS = 4
ASKED_FOR = (*SCOPES, *(one for one in OPTIONAL if one not in HISTORY))
"""What a workspace is asked to allow: all that the manifest needs, and the file that a map is."""


class NotHere(BoltError):  # noqa: N818 - a refusal, said as such
    """The bot is not to be installed there; `sentence` says why, by its name."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Flow(OAuthFlow):
    """Bolt's flow, which keeps no installation of a whole organisation, nor of a workspace that is not allowed."""

    def __init__(self, *, client: WebClient, settings: OAuthSettings, teams: frozenset[str]) -> None:
        """Let in these workspaces only; all where none is named."""
        super().__init__(client=client, settings=settings)
        self._teams = teams

    def store_installation(self, request: BoltRequest, installation: Installation) -> None:
        """Keep an installation.

        Raises:
            NotHere: it is none to be kept; its token is given back.
        """
        refusal = self._refusal(installation)
        if refusal:
            self._give_back(installation.bot_token)
            raise NotHere(refusal)
        super().store_installation(request, installation)
        log.info("installed in a workspace")

    def _refusal(self, installation: Installation) -> str:
        """Why an installation is not kept; empty where it is."""
        if installation.is_enterprise_install or not installation.team_id:
            return "slack-org-wide"
        if self._teams and installation.team_id not in self._teams:
            return "slack-not-allowed"
        return "slack-rotating" if installation.bot_refresh_token else ""

    def _give_back(self, token: str | None) -> None:
        try:
            self.client.auth_revoke(token=token)
        except FAILURES as error:
            log.warning("a token that is not kept could not be given back: %s", kind_of(error))


class Installer:
    """The two pages of an installation."""

    def __init__(self, settings: SlackSettings, kept: Kept, client: WebClient) -> None:
        """Install what these settings name."""
        states = States(kept.database)
        reads = HISTORY if settings.follow_up == "thread" else ()
        options = OAuthSettings(
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            scopes=(*ASKED_FOR, *reads),
            user_scopes=(),
            install_path=INSTALL_ROUTE,
            redirect_uri_path=REDIRECT_ROUTE,
            installation_store=kept.store,
            installation_store_bot_only=True,
            state_store=states,
            state_expiration_seconds=SECONDS,
            callback_options=_pages(),
            logger=log,
        )
        self._flow = Flow(client=client, settings=options, teams=settings.teams)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="install")

    async def begin(self, scope: Scope, _receive: Receive) -> Reply:
        """The page with the button that leads to Slack."""
        return await self._apart(self._flow.handle_installation, scope)

    async def end(self, scope: Scope, _receive: Receive) -> Reply:
        """The page that Slack leads back to."""
        return await self._apart(self._flow.handle_callback, scope)

    async def _apart(self, deed: Callable[[BoltRequest], BoltResponse], scope: Scope) -> Reply:
        query, cookie = scope["query_string"].decode("latin-1"), header(scope, "cookie") or ""
        request = BoltRequest(body="", query=query, headers={"cookie": cookie})
        return reply_of(await asyncio.get_running_loop().run_in_executor(self._pool, deed, request))


def _pages() -> CallbackOptions:
    """Bolt's own pages, with our reason where the bot is not to be installed."""
    default = DefaultCallbackOptions(
        logger=log,
        state_utils=OAuthStateUtils(),
        redirect_uri_page_renderer=RedirectUriPageRenderer(
            install_path=INSTALL_ROUTE, redirect_uri_path=REDIRECT_ROUTE
        ),
    )

    def failed(given: FailureArgs) -> BoltResponse:
        if isinstance(given.error, NotHere):
            given.reason, given.suggested_status_code = say(given.error.sentence), 403
        else:
            log.info("not installed: %s", given.reason if given.reason.isidentifier() else "refused")
        return default.failure(given)

    return CallbackOptions(success=default.success, failure=failed)
