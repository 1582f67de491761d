"""Boilerplate: what stays in the stored text but is never evidence, told apart by the rules of boilerplate.toml."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise

# A sentence ends at . ! ? (with closing quotes or brackets) before white space and something that can open a
# sentence; not after the short forms that are followed by a name or a figure.
# What stands before the stop is looked at after it: every other character is then passed over at once.
_SENTENCE_END = re.compile(
    r"[.!?;](?:(?<=[.!?])(?<!\be\.g.)(?<!\bi\.e.)(?<!\bal.)(?<!\bvs.)(?<!\bDr.)(?<!\bProf.)(?<!\bNo.)(?<!\bFig.)(?<!\bU\.S.)"
    r"(?<!\bU\.K.)(?<!\b[A-Z].)[\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(\[]*[A-Z0-9©À-Þ])"
    r"|(?<=[.;])\s+(?=©|\(?(?:Copyright|Funded by|All rights reserved)\b))"
)
_LINE = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules in force, those of one reach as one pattern, and the headings under which all is boilerplate.

    Attributes:
        line: matches at the start of a line that is boilerplate whole.
        sentence: matches at the start of a sentence that is.
        following: the same of a sentence straight after boilerplate.
    """

    line: re.Pattern[str]
    sentence: re.Pattern[str]
    following: re.Pattern[str]
    headings: frozenset[str]


@cache
def _rules() -> _Rules:
    """The rules as boilerplate.toml states them, read once."""
    table = tomllib.loads(resources.files("corpus").joinpath("boilerplate.toml").read_text("utf-8"))

    def one(*reaches: str) -> re.Pattern[str]:
        patterns = [p for entry in table["rule"] if entry["reach"] in reaches for p in entry["patterns"]]
        return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)

    headings = frozenset(_plain(heading) for heading in table["headings"]["names"])
    return _Rules(one("line"), one("sentence"), one("sentence", "following"), headings)


def is_heading(label: str) -> bool:
    """True where all that stands under the heading is boilerplate: "Funding", "3. References"."""
    return _plain(label) in _rules().headings


def split(text: str) -> tuple[tuple[bool, int, int], ...]:
    """Stretches (is boilerplate, start, end) in order, which between them hold every non-blank character.

    Neighbours of one sort are one stretch; a text without boilerplate is one stretch, an empty text none.
    """
    stretches: list[tuple[bool, int, int]] = []
    for line in _LINE.finditer(text):
        after = bool(stretches) and stretches[-1][0]
        for dull, start, end in _split_line(text, line.start(), line.end(), after=after):
            if stretches and stretches[-1][0] == dull:
                stretches[-1] = (dull, stretches[-1][1], end)
            else:
                stretches.append((dull, start, end))
    return tuple(stretches)


def _split_line(text: str, start: int, end: int, *, after: bool) -> list[tuple[bool, int, int]]:
    """The line's sentences, each with its verdict, without the white space between them."""
    if not text[start:end].strip():
        return []
    line = text[start:end].strip()
    if _rules().line.match(line):
        return [_trimmed(text, start, end, dull=True)]
    found = []
    for from_, to in _sentences(text, start, end):
        after = _is_dull(text[from_:to].strip(), after=after)
        found.append(_trimmed(text, from_, to, dull=after))
    return found


def _is_dull(sentence: str, *, after: bool) -> bool:
    """True where a rule for sentences matches; `after` says that the one before it was boilerplate."""
    rules = _rules()
    return (rules.following if after else rules.sentence).match(sentence) is not None


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The ends of sentences as cuts through text[start:end]."""
    cuts = [start, *(match.end() for match in _SENTENCE_END.finditer(text, start, end)), end]
    return [(a, b) for a, b in pairwise(cuts) if text[a:b].strip()]


def _trimmed(text: str, start: int, end: int, *, dull: bool) -> tuple[bool, int, int]:
    """The stretch without white space at its edges."""
    piece = text[start:end]
    return dull, start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _plain(heading: str) -> str:
    """The heading's words in lower case, without number and punctuation."""
    return " ".join(re.sub(r"^[\W\d]+|[^\w\s]", " ", heading).casefold().split())
