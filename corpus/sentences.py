"""Sentences of a text: exact spans, for the English that biomedical sources are written in."""

# ruff: noqa: RUF001 - quotation marks, dashes and wide stops stand here as sources print them
from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

Span = tuple[int, int]

LONGEST_TOKEN = 60
"""How far back a word before a full stop is looked for; longer runs without a space are no abbreviations."""
SHORTEST_WRAPPED_LINE = 40
"""A line this long that stops in mid-sentence was wrapped by a printer; a shorter one is a line of its own."""

_CLOSERS = r"(?:[\"'”’»)\]}]|\[\d[\d,;\s–-]*\])*"
_CANDIDATE = re.compile(rf"(?P<wide>[。！？｡]+[」』”’）]*)|(?P<stop>[.!?…]+{_CLOSERS})|(?P<line>[ \t]*\n\s*)")
_BULLET = re.compile(r"(?:[-*•▪‣●◦·–—]|\(?(?:\d{1,2}|[A-Za-z])[.)])[ \t]+(?=\S)")
_OPENERS = "([{\"'“‘«¿¡"
_ROUND_BULLETS = "•▪‣●◦"
_FULL_STOP = re.compile(rf"\.{_CLOSERS}")
_ENUMERATOR = re.compile(r"\(?(?:\d{1,3}|[ivxIVX]{1,4}|[A-Za-z])?\Z")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}\Z")
_WORD = re.compile(r"\w[\w'’-]*")
_GLUED = re.compile(r"(?:[A-Z][a-z]+|[A-Z]{2,}s?|A|I)(?:-\w+)*(?=[\s,;:]|\Z)")
_GLUED_BEFORE = re.compile(r"[^\W\d_]{2}\Z|[)\]%\d]\Z")


@dataclass(frozen=True, slots=True)
class _Rules:
    never: frozenset[str]
    before_number: frozenset[str]
    maybe: frozenset[str]
    letter_nouns: frozenset[str]
    starters: frozenset[str]


@cache
def _rules() -> _Rules:
    lists = tomllib.loads(files("corpus").joinpath("sentences.toml").read_text(encoding="utf-8"))
    return _Rules(**{name: frozenset(lists[name]) for name in _Rules.__slots__})


def spans(text: str) -> tuple[Span, ...]:
    """The sentences of a text in order, as `(start, end)`: each begins and ends with ink, and nothing but white space lies between."""
    found: list[Span] = []
    start = 0
    for match in _CANDIDATE.finditer(text):
        end = _end(text, start, match)
        if end is not None:
            _add(found, text, start, end)
            start = end
    _add(found, text, start, len(text))
    return tuple(found)


def _add(found: list[Span], text: str, start: int, end: int) -> None:
    stretch = text[start:end]
    inked = stretch.strip()
    if inked:
        first = start + len(stretch) - len(stretch.lstrip())
        found.append((first, first + len(inked)))


def _end(text: str, start: int, match: re.Match[str]) -> int | None:
    """Where the sentence that began at `start` ends at this candidate, or None where it goes on."""
    if match["wide"]:
        return match.end()
    if match["line"]:
        return match.start() if _line_ends(text, start, match) else None
    return match.end() if _stop_ends(text, start, match) else None


def _line_ends(text: str, start: int, match: re.Match[str]) -> bool:
    gap = match.group()
    if gap.count("\n") > 1 or _BULLET.match(text, match.end()):
        return True
    line_start = text.rfind("\n", 0, match.start()) + 1
    line = text[max(start, line_start) : match.start()].rstrip()
    if not line or line[-1] in ",(-–/":
        return False
    if line[-1] in ":;":
        return True
    wrapped = match.start() - line_start >= SHORTEST_WRAPPED_LINE
    return not (wrapped or line[-1] in ".!?…")


def _stop_ends(text: str, start: int, match: re.Match[str]) -> bool:
    after = match.end()
    before = text[max(start, match.start() - LONGEST_TOKEN) : match.start()]
    position = _skip(text, after, str.isspace)
    if position == after < len(text):
        return _glued(text, before, match)
    gap = text[after:position]
    if position == len(text) or gap.count("\n") > 1 or ("\n" in gap and _BULLET.match(text, position)):
        return True
    following = _WORD.match(text, _skip(text, position, _OPENERS.__contains__))
    if following is None or not _may_begin(following.group()):
        return text[position] in _ROUND_BULLETS
    if not _FULL_STOP.fullmatch(match["stop"]):
        return True
    enumerates = match.start() - start < LONGEST_TOKEN and _ENUMERATOR.match(before.strip())
    initial = len(following.group()) == 1 and text.startswith(".", following.end())
    return not enumerates and _full_stop_ends(
        before, f"{following.group()}." if initial else following.group()
    )


def _skip(text: str, position: int, passes: Callable[[str], bool]) -> int:
    while position < len(text) and passes(text[position]):
        position += 1
    return position


def _may_begin(word: str) -> bool:
    """Whether a sentence may begin with this word: not with a lower-case one, unless it is a name like mRNA, p53 or hMSCs."""
    if not word[0].islower():
        return True
    return any(letter.isupper() or letter.isdigit() for letter in word)


def _full_stop_ends(before: str, following: str) -> bool:
    """Whether one full stop between these ends a sentence, by the lists of `sentences.toml`."""
    rules = _rules()
    words = before.split()
    if not words or before[-1].isspace():
        return True
    token = words[-1].lstrip(_OPENERS)
    form = token.lower()
    begins = following.lower() in rules.starters
    if form in rules.never:
        return False
    if form in rules.before_number and following[0].isdigit():
        return False
    if len(token) == 1 and token.isalpha() and token.isascii():
        return begins or (len(words) > 1 and words[-2].lower().lstrip(_OPENERS) in rules.letter_nouns)
    if form in rules.maybe or _DOTTED.match(token):
        return begins
    return True


def _glued(text: str, before: str, match: re.Match[str]) -> bool:
    """Whether a full stop directly before a capital ends a sentence: "(MRI).Seventy-eight patients", not "J.Smith" or an address."""
    if match["stop"][0] == "…" or not before or not _GLUED_BEFORE.search(before):
        return False
    following = _GLUED.match(text, match.end())
    if following is None:
        return False
    token = before.rpartition(" ")[2]
    if any(mark in token for mark in ("/", "@", "www")) or token.lower().lstrip(_OPENERS) in _rules().never:
        return False
    if _ENUMERATOR.match(token) and token == before.strip():
        return False
    return before[-1].islower() or before[-1] in ")]%" or following.group()[-1].islower()
