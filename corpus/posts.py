"""Posts: Markdown and plain text, with or without front matter, as documents."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus import boilerplate, front_matter, markdown
from corpus.blocks import ENTRY, Block, parts, unwrapped
from corpus.errors import UnreadableError
from corpus.reading import Reading
from corpus.text import clean, compose, decode, true_nature

_LARGEST = 2_000_000
_LONGEST_HEADING = 120
_LONGEST_PLAIN_HEADING = 60
_BINARY_SHARE = 0.02
_CAPITAL_SHARE = 0.6
_SHORT_WORD = 4
_ENDS_SENTENCE = re.compile(r"[.!?…:][\"'\u201d\u2019)\]]*$")


def read_post(content: bytes, *, name: str) -> Reading:
    """The one document of a .md or .txt file.

    The title is that of the front matter, else the first "# " heading (Markdown) or a short first line without a full
    stop (text), else the file's name, with a warning. A missing date stays missing.

    Raises:
        UnreadableError: empty, too large, not text, or front matter that is wrong.
    """
    text, warnings = _text(content, name)
    front, rest = front_matter.parse(text, name=name)
    plain = name.lower().endswith((".txt", ".text"))
    blocks = _plain_blocks(rest) if plain else markdown.blocks(clean(rest))
    title, blocks = _titled(front.title, blocks, plain=plain)
    warnings += front.warnings
    if not title:
        title = _from_name(name)
        warnings += (f"{name}: no title is stated; the file's name stands in its place",)
    pieces = parts(blocks)
    if not pieces:
        if front.title is None:
            reason = "holds no text below its title"
            raise UnreadableError(reason, "add the text, or remove the file")
        warnings += (f"{name}: there is no text below the front matter; only its title can be found",)
    stored, sections = compose(title, pieces)
    document = front.document(title, stored, sections, name=name)
    return Reading(documents=(document,), warnings=warnings)


def _text(content: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """The file's text with a warning where its encoding had to be guessed."""
    if len(content) > _LARGEST:
        reason = f"has {len(content):,} bytes, more than the {_LARGEST:,} that a post may have"
        raise UnreadableError(reason, "divide it, or leave out what is no text")
    if nature := true_nature(content):
        reason = f"is named as text but is {nature} by its first bytes"
        raise UnreadableError(reason, "give the file the ending that fits its content")
    raw, encoding = decode(content)
    controls = sum(raw.count(chr(code)) for code in range(32) if code not in (9, 10, 11, 12, 13))
    if controls > len(raw) * _BINARY_SHARE:
        reason = "is named as text but holds other data"
        raise UnreadableError(reason, "save it as plain text in UTF-8, or remove the file")
    text = clean(raw)
    if not text:
        reason = "is empty"
        raise UnreadableError(reason, "add the text, or remove the file")
    if encoding == "cp1252":
        return text, (f"{name}: not UTF-8; read as Windows-1252, so check its special characters",)
    return text, ()


def _from_name(name: str) -> str:
    """The file's name as words."""
    stem = re.sub(r"\.\w{1,8}$", "", re.split(r"[/\\]", name)[-1])
    return " ".join(re.sub(r"[_-]+", " ", stem).split()) or "Untitled"


def _plain_blocks(text: str) -> tuple[Block, ...]:
    """The paragraphs and headings of a plain text."""
    lines: list[tuple[str, bool]] = []
    for number, paragraph in enumerate(re.split(r"\n[ \t]*\n", text.strip())):
        rows = _opening(paragraph) if number == 0 else unwrapped(paragraph).split("\n")
        lines.extend((row.strip(), place > 0) for place, row in enumerate(rows) if row.strip())
    found = []
    for number, (line, close) in enumerate(lines):
        before = lines[number - 1][0] if number else ""
        after = lines[number + 1][0] if number + 1 < len(lines) else ""
        found.append(Block(line, level=2 if _is_heading(line, before, after) else 0, close=close))
    return tuple(found)


def _opening(paragraph: str) -> list[str]:
    """The lines of the first paragraph; a first line that reads as a title is not joined to the text below it."""
    first, _, rest = paragraph.strip().partition("\n")
    if rest and (_is_title_case(first) or first.rstrip().endswith("?")):
        return [first, *unwrapped(rest).split("\n")]
    return unwrapped(paragraph).split("\n")


def _is_title_case(line: str) -> bool:
    """True where most words of four letters and more begin with a capital."""
    words = [word for word in re.findall(r"[^\W\d_][\w-]*", line) if len(word) >= _SHORT_WORD]
    capitals = sum(word[0].isupper() for word in words)
    return bool(words) and line[:1].isupper() and capitals >= _CAPITAL_SHARE * len(words)


def _is_heading(line: str, before: str, after: str) -> bool:
    """True for a short line above a longer paragraph that is in title case, one question, or a few words without a stop."""
    if len(line) > _LONGEST_HEADING or len(after) <= len(line) or ENTRY.match(line):
        return False
    if re.search(r"[.!:;,…]$|[.!?]\s|^[Bb][Yy]\s", line) or all(
        dull for dull, _, _ in boilerplate.split(line)
    ):
        return False
    if _is_title_case(line):
        return True
    if line.endswith("?"):
        return not after.endswith("?") and not ENTRY.match(after)
    return (
        line[:1].isupper()
        and len(line) <= _LONGEST_PLAIN_HEADING
        and len(after) > 2 * len(line)
        and bool(_ENDS_SENTENCE.search(after))
        and (not before or bool(_ENDS_SENTENCE.search(before)))
    )


def _titled(stated: str | None, blocks: Sequence[Block], *, plain: bool) -> tuple[str, tuple[Block, ...]]:
    """The title and the blocks without it."""
    if stated is not None:
        same = bool(blocks) and _plain(blocks[0].words) == _plain(stated)
        return stated, tuple(blocks[1:] if same else blocks)
    if plain:
        first = blocks[0].words if blocks else ""
        fits = len(blocks) > 1 and len(first) <= _LONGEST_HEADING and not re.search(r"[.;,]$", first)
        return (first, tuple(blocks[1:])) if fits else ("", tuple(blocks))
    for number, block in enumerate(blocks):
        if block.level == 1 or (number == 0 and block.level):
            return block.words, (*blocks[:number], *blocks[number + 1 :])
    return "", tuple(blocks)


def _plain(words: str) -> str:
    """The words for comparison: lower case, without punctuation."""
    return " ".join(re.sub(r"[\W_]+", " ", words).casefold().split())
