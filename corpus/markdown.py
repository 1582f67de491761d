"""Markdown as plain text that a physician can read.

The rule: headings, paragraphs and quotations keep their words; every list entry and table row has a line of its
own; links keep their text and lose the address; images keep their alternative text; code is kept as written;
comments, tags, scripts and rules are dropped. The line breaks of a hard-wrapped paragraph become spaces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.blocks import Block, unwrapped


def blocks(source: str) -> tuple[Block, ...]:
    """The blocks of the Markdown in order, those without words left out."""
    walk = _Walk([], [], [])
    for token in _parser().parse(source):
        walk.take(token)
    return tuple(block for block in walk.found if block.words.strip())


@cache
def _parser() -> MarkdownIt:
    """CommonMark with tables; nesting is limited by the parser itself."""
    return MarkdownIt("commonmark").enable("table")


@dataclass(slots=True)
class _Walk:
    """The blocks found so far, the open list entries, and the cells of the open table row."""

    found: list[Block]
    markers: list[str]
    row: list[str]
    level: int = 0
    in_cell: bool = False

    def take(self, token: Token) -> None:
        """Adds what one token of the parser brings."""
        match token.type:
            case "heading_open":
                self.level = int(token.tag[1])
            case "heading_close":
                self.level = 0
            case "list_item_open":
                indent = "  " * len(self.markers)
                self.markers.append(indent + (f"{token.info}{token.markup} " if token.info else "- "))
            case "list_item_close":
                self.markers.pop()
            case "th_open" | "td_open" | "th_close" | "td_close":
                self.in_cell = token.type.endswith("_open")
            case "tr_close":
                self.found.append(Block(" | ".join(self.row), close=True))
                self.row = []
            case "fence" | "code_block":
                self.found.append(Block(token.content.rstrip("\n")))
            case "html_block":
                self.found.append(Block(without_tags(token.content)))
            case "inline":
                self._inline(_inline_words(token.children or ()))

    def _inline(self, words: str) -> None:
        """Adds the words of a heading, a cell, a list entry or a paragraph."""
        if self.in_cell:
            self.row.append(" ".join(words.split()))
        elif self.level:
            self.found.append(Block(" ".join(words.split()), level=self.level))
        elif self.markers:
            self.found.append(Block(self.markers[-1] + unwrapped(words), close=True))
            self.markers[-1] = " " * len(self.markers[-1])
        else:
            self.found.append(Block(unwrapped(words)))


def _inline_words(tokens: Sequence[Token]) -> str:
    """The words of inline Markdown."""
    words = []
    for token in tokens:
        if token.type in ("text", "code_inline", "image"):
            words.append(token.content)
        elif token.type in ("softbreak", "hardbreak") or token.content.lower().startswith("<br"):
            words.append("\n")
    return "".join(words)


def without_tags(source: str) -> str:
    """The words of a piece of HTML, without tags, comments, scripts and styles; block elements begin a line."""
    reader = _Words()
    reader.feed(source)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.words).split("\n"))
    return "\n".join(line for line in lines if line)


class _Words(HTMLParser):
    """Gathers the words between tags."""

    _BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"})
    _SILENT = frozenset({"script", "style"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - HTMLParser's signature
        """Begins a line where the element does; notes where nothing is said to the reader."""
        self._silent = tag in self._SILENT
        if tag in self._BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - HTMLParser's signature
        """Notes the end of a script or style."""
        self._silent = False

    def handle_data(self, data: str) -> None:
        """Keeps what is said to the reader."""
        if not self._silent:
            self.words.append(data)
