"""The app's manifest: what a maintainer pastes at api.slack.com to make the app, and what the scopes are for."""

from __future__ import annotations

import json
from typing import Any

from assistant.slack.app import COMMAND, GLOBAL_SHORTCUT, MESSAGE_SHORTCUT

SCOPES = {
    "app_mentions:read": "questions in channels",
    "assistant:write": "suggested prompts",
    "chat:write": "answers, hints and the line “is searching…”",
    "commands": "/evidence and both shortcuts",
    "im:history": "direct messages, and those missed while offline",
}
OPTIONAL = {
    "channels:history": "follow-ups, edits and deletions in public channels",
    "groups:history": "the same in private channels",
}
EVENTS = ("app_home_opened", "app_mention", "message.im")
MOST_PROMPTS = 4


def manifest(prompts: tuple[str, ...], *, legacy: bool = False, history: bool = False) -> dict[str, Any]:
    """The manifest.

    Args:
        prompts: questions that the corpus can answer.
        legacy: for a workspace whose app still has the assistant view.
        history: ask for the optional scopes, and for the events that need them.
    """
    events = list(EVENTS)
    if history:
        events += ["message.channels", "message.groups"]
    if legacy:
        events += ["assistant_thread_started", "assistant_thread_context_changed"]
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": _display(),
        "features": _features(prompts, legacy=legacy),
        "oauth_config": {"scopes": {"bot": [*SCOPES, *(OPTIONAL if history else ())]}},
        "settings": {
            "event_subscriptions": {"bot_events": sorted(events)},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }


def _display() -> dict[str, str]:
    return {
        "name": "Evidence",
        "description": "Finds passages, word for word and with citations, in a curated corpus. It writes no text of its own.",
        "long_description": (
            "Ask about a product, a route and a condition in a direct message, by mentioning @evidence, or with /evidence."
            " The answer is a count of the studies in the corpus and passages copied word for word from the sources that its"
            " curators chose, each with its citation and a link. It generates no text, does not advise on a patient, and says"
            " what it did not find. Please do not enter patient identifiers."
        ),
        "background_color": "#1f3a5f",
    }


def _features(prompts: tuple[str, ...], *, legacy: bool) -> dict[str, Any]:
    view = {
        "assistant_description" if legacy else "agent_description": (
            "Quotes passages, with citations, from a curated corpus. No generated text. Please no patient identifiers."
        ),
        "suggested_prompts": [{"title": one[:75], "message": one} for one in prompts[:MOST_PROMPTS]],
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
                "description": "Find passages in the corpus (only you see the answer)",
                "usage_hint": "[question] | help | status",
                "should_escape": False,
            }
        ],
        "shortcuts": [
            {
                "name": "Find evidence for this",
                "type": "message",
                "callback_id": MESSAGE_SHORTCUT,
                "description": "Search the corpus with the text of this message",
            },
            {
                "name": "Ask the evidence base",
                "type": "global",
                "callback_id": GLOBAL_SHORTCUT,
                "description": "Open a form for a question, with filters",
            },
        ],
    }


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
