"""Budget: what Slack takes in one message, how much a message uses of it, and where a long passage is cut.

Slack refuses a message above about 13,200 characters, once at 11,341, with no published rule; the limits
here stay below what was ever refused. Addresses are counted as text, so that the estimate errs upward.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from corpus import sentences

CHARACTERS = 10_000
BLOCKS = 40
VIEW_BLOCKS = 100
CONTAINER = 125
"""What a block or a rich-text container costs beside its text."""
NOTIFICATION = 300
SECTION = 3_000
HEADER = 150
LABEL = 75
PASSAGE = 900
"""Characters of a passage that are shown before it is cut at a sentence end."""
LONGEST_SENTENCE = 2_000
"""A first sentence up to this long is shown whole: a sentence cut in its middle may say the opposite."""

_COUNTED = ("text", "url")
_CONTAINERS = ("rich_text_section", "rich_text_quote", "rich_text_list", "rich_text_preformatted")

Block = dict[str, Any]


def cost(blocks: Iterable[Mapping[str, Any]]) -> int:
    """What the blocks use of the budget: their text and addresses, and a share for every block and container."""
    return sum(CONTAINER + _inside(block) for block in blocks)


def _inside(node: Any) -> int:
    if isinstance(node, dict):
        own = CONTAINER if node.get("type") in _CONTAINERS else 0
        for key, value in node.items():
            if not isinstance(value, str):
                own += _inside(value)
            elif key in _COUNTED:
                own += units(value)
        return own
    return sum(map(_inside, node)) if isinstance(node, (list, tuple)) else 0


def units(text: str) -> int:
    """The length of a text as Slack counts it: in UTF-16 units, never fewer than characters."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


@lru_cache(maxsize=256)
def cut(text: str, most: int = PASSAGE) -> str:
    """As many whole sentences of the text as `most` characters hold; a first sentence that is longer stands alone.

    Empty where that sentence is longer than `LONGEST_SENTENCE`: nothing of ours may end a source's sentence.
    """
    if units(text) <= most:
        return text
    window = text[: max(most, LONGEST_SENTENCE) + 1]
    kept = ""
    for _, end in _ends(text, window):
        if units(text[:end]) > (most if kept else max(most, LONGEST_SENTENCE)):
            break
        kept = text[:end]
    return kept


def _ends(text: str, window: str) -> tuple[sentences.Span, ...]:
    """The sentences that end inside the window; the last found there may only end with the window."""
    found = sentences.spans(window)
    return found if len(window) == len(text) else found[:-1]


def shorten(text: str, most: int) -> str:
    """A text of our own or a name in one line, cut at a word with an ellipsis where it is longer than `most`."""
    line = " ".join(text.split())
    if units(line) <= most:
        return line
    room = line[: most - 1]
    while units(room) > most - 1:
        room = room[:-1]
    words = room.rsplit(" ", 1)[0] if " " in room[most // 2 :] else room
    return words.rstrip(" ,;:.") + "…"


def escape(text: str) -> str:
    """The text as Slack's `text` fields want it, so that nothing in it becomes a mention, a channel or a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
