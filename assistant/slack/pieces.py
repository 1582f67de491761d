"""Pieces: the few Block Kit objects that messages and views are made of, always within Slack's limits.

What comes from a source goes into rich-text leaves only: they are literal, so nothing in them can ping, link or format.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from assistant.slack import actions
from assistant.slack.budget import LABEL, SECTION, Block, shorten, units
from assistant.wording import say

ROW = 5
"""Buttons in one row: what a desktop shows side by side."""


def leaf(text: str, **style: bool) -> Block:
    """A stretch of literal text; `bold=True` and `italic=True` style it."""
    kept = {name: True for name, on in style.items() if on}
    return {"type": "text", "text": text, "style": kept} if kept else {"type": "text", "text": text}


def link(text: str, url: str) -> Block:
    """A stretch of text that opens an address."""
    return {"type": "link", "url": url, "text": text}


def line(leaves: Iterable[Block]) -> Block:
    """Leaves one after another, as one paragraph; empty ones are left out, because Slack refuses them."""
    return {"type": "rich_text_section", "elements": [one for one in leaves if one["text"]]}


def quote(text: str) -> Block:
    """A source's words."""
    return {"type": "rich_text_quote", "elements": [leaf(text)]}


def preformatted(text: str) -> Block:
    """Rows whose columns stand below each other."""
    return {"type": "rich_text_preformatted", "elements": [leaf(text)]}


def listed(lines: Iterable[Block]) -> Block:
    """Paragraphs with bullets."""
    return {"type": "rich_text_list", "style": "bullet", "elements": list(lines)}


def rich(block_id: str, containers: Iterable[Block]) -> Block:
    """Containers one below the other; those without a word are left out."""
    return {
        "type": "rich_text",
        "block_id": block_id,
        "elements": [one for one in containers if one["elements"]],
    }


def plain(text: str, most: int = SECTION) -> Block:
    """A text object without markup."""
    return {
        "type": "plain_text",
        "text": text if units(text) <= most else shorten(text, most),
        "emoji": False,
    }


def context(block_id: str, texts: Sequence[str]) -> Block:
    """Small grey lines of our own."""
    return {"type": "context", "block_id": block_id, "elements": [plain("\n".join(texts))]}


def header(block_id: str, text: str) -> Block:
    """A large line."""
    return {"type": "header", "block_id": block_id, "text": plain(text, 150)}


def section(block_id: str, text: str) -> Block:
    """A paragraph without markup."""
    return {"type": "section", "block_id": block_id, "text": plain(text)}


def button(action: str, label: str, spoken: str, value: str) -> Block:
    """A button with what a screen reader says of it."""
    return {
        "type": "button",
        "action_id": action,
        "text": plain(shorten(label, LABEL), LABEL),
        "accessibility_label": shorten(spoken, LABEL),
        "value": value,
    }


def row(block_id: str, buttons: Sequence[Block]) -> Block:
    """Buttons side by side, numbered so that no action id stands twice in the message."""
    for at, one in enumerate(buttons):
        one["action_id"] = f"{one['action_id']}:{block_id.rpartition('-')[2]}.{at}"
    return {"type": "actions", "block_id": block_id, "elements": list(buttons)}


def pressed(key: str, part: int, argument: str = "") -> str:
    """A button's value; empty arguments are left out."""
    return actions.encode(key, part, argument)


def words(node: Any) -> str:
    """The text of a leaf, a container or a block, as a reader sees it."""
    if isinstance(node, dict):
        if node.get("type") in {"text", "link", "plain_text"}:
            return str(node["text"])
        inside = node.get("elements", node.get("text", []))
        between = "\n" if node.get("type") in {"rich_text", "rich_text_list", "context"} else ""
        return between.join(words(one) for one in inside) if isinstance(inside, list) else words(inside)
    return str(node)


def modal(title: str, blocks: Sequence[Block], *, callback_id: str, private: str = "") -> dict[str, Any]:
    """A view over the conversation; `title` names one of our sentences, `private` comes back when it is sent."""
    view = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(say(title), 24),
        "close": plain(say("slack-view-close"), 24),
        "blocks": list(blocks),
    }
    return view | {"private_metadata": private} if private else view
