"""The app's manifest: what a maintainer pastes at api.slack.com to make the app, and what the scopes are for."""

from __future__ import annotations

import json
from typing import Any

from assistant.slack.app import COMMAND, GLOBAL_SHORTCUT, MESSAGE_SHORTCUT
from assistant.slack.line import EVENTS_ROUTE, REDIRECT_ROUTE
from assistant.wording import say

SCOPES = {
    "app_mentions:read": "questions in channels",
    "assistant:write": "suggested prompts",
    "chat:write": "answers, hints and the line “is searching…”",
    "commands": "/evidence and both shortcuts",
    "im:history": "direct messages, and those missed while offline",
}
HISTORY = {
    "channels:history": "follow-ups, edits, deletions and what was missed in public channels",
    "groups:history": "the same in private channels",
}
OPTIONAL = {
    **HISTORY,
    "im:read": "first direct messages of people who wrote while offline",
    "files:write": "picture of the evidence gap map, which is told in words",
}
EVENTS = ("app_home_opened", "app_mention", "message.im")
LEAVING = ("app_uninstalled", "tokens_revoked")
"""Events that tell that a workspace has left."""
MOST_PROMPTS = 4
TITLE = 75


def manifest(
    prompts: tuple[str, ...], *, legacy: bool = False, history: bool = False, url: str = ""
) -> dict[str, Any]:
    """The manifest.

    Args:
        prompts: questions that the corpus can answer.
        legacy: for a workspace whose app still has the assistant view.
        history: need the scopes to read channels, and take the events that they allow.
        url: where Slack reaches the bots by HTTP; empty for Socket Mode.
    """
    events = list(EVENTS)
    if history:
        events += ["message.channels", "message.groups"]
    if legacy:
        events += ["assistant_thread_started", "assistant_thread_context_changed"]
    made: dict[str, Any] = {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": _display(),
        "features": _features(prompts, legacy=legacy),
        "oauth_config": {"scopes": _scopes(history=history)},
        "settings": {
            "event_subscriptions": {"bot_events": sorted(events)},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }
    return _by_http(made, url) if url else made


def _by_http(made: dict[str, Any], url: str) -> dict[str, Any]:
    """The manifest with where Slack sends what happens, and where it sends who installed the app."""
    settings, request = made["settings"], {"request_url": url + EVENTS_ROUTE}
    events = sorted([*settings["event_subscriptions"]["bot_events"], *LEAVING])
    settings["event_subscriptions"] = {**request, "bot_events": events}
    settings["interactivity"] |= request
    for command in made["features"]["slash_commands"]:
        command["url"] = url + EVENTS_ROUTE
    made["oauth_config"] = {"redirect_urls": [url + REDIRECT_ROUTE], **made["oauth_config"]}
    return made


def _scopes(*, history: bool) -> dict[str, list[str]]:
    """What is needed, and what an administrator may decline, unless events depend on it."""
    if history:
        return {"bot": [*SCOPES, *HISTORY], "bot_optional": [one for one in OPTIONAL if one not in HISTORY]}
    return {"bot": list(SCOPES), "bot_optional": list(OPTIONAL)}


def _display() -> dict[str, str]:
    return {
        "name": say("slack-app-name"),
        "description": say("slack-app-description"),
        "long_description": say("slack-app-about"),
        "background_color": "#1f3a5f",
    }


def _features(prompts: tuple[str, ...], *, legacy: bool) -> dict[str, Any]:
    view = {
        "assistant_description" if legacy else "agent_description": say("slack-app-agent"),
        "suggested_prompts": [{"title": one[:TITLE], "message": one} for one in prompts[:MOST_PROMPTS]],
    }
    return {
        "assistant_view" if legacy else "agent_view": view,
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "evidence", "always_online": True},
        "slash_commands": [
            {
                "command": COMMAND,
                "description": say("slack-app-command"),
                "usage_hint": say("slack-app-usage"),
                "should_escape": False,
            }
        ],
        "shortcuts": [
            _shortcut("message", MESSAGE_SHORTCUT, "slack-app-message"),
            _shortcut("global", GLOBAL_SHORTCUT, "slack-app-form"),
        ],
    }


def _shortcut(kind: str, callback: str, sentence: str) -> dict[str, str]:
    about = say(f"{sentence}-about")
    return {"name": say(sentence), "type": kind, "callback_id": callback, "description": about}


def as_json(value: dict[str, Any]) -> str:
    """The manifest as JSON, which api.slack.com takes as well as YAML."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def as_yaml(value: Any, indent: int = 0) -> str:
    """The manifest as YAML: mappings and lists by indentation, every text in JSON's quotes, which YAML reads alike."""
    pad = "  " * indent
    if isinstance(value, dict):
        return "".join(f"{pad}{key}:{_under(inner, indent)}" for key, inner in value.items())
    lines = []
    for one in value:
        if isinstance(one, dict):
            body = as_yaml(one, indent + 1)
            lines.append(f"{pad}- {body[len(pad) + 2 :]}")
        else:
            lines.append(f"{pad}- {json.dumps(one, ensure_ascii=False)}\n")
    return "".join(lines)


def _under(inner: Any, indent: int) -> str:
    if isinstance(inner, dict | list):
        return "\n" + as_yaml(inner, indent + 1) if inner else f" {json.dumps(inner)}\n"
    return f" {json.dumps(inner, ensure_ascii=False)}\n"
