"""Cues: words of a rule file, found in a document's title and abstract, with what cancels them.

A rule file is TOML that a physician can read. Its phrases are plain lower-case words with five signs:

    space   any space or hyphen                 "case report" also finds "case-report"
    (a|b)   either; (a|b)? either or neither    "randomi(s|z)ed"
    #       a number, in figures or in words    "# patients" finds "forty-four patients"
    ..      up to three more words              "# .. patients" finds "12 obese male patients"
    *       any ending                          "random*"

A phrase counts only as whole words, only within one sentence, and only where nothing in `unless` stands in the same sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from corpus.document import Document, SectionKind
from corpus.errors import VocabularyError

READ_AT_MOST = 6_000  # a full paper opens with its abstract; past it stand other people's studies

_WORD_NUMBERS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "thousand",
]
_WORD_NUMBER = "(?:" + "|".join(_WORD_NUMBERS) + ")"
NUMBER = rf"(?:\d+(?:[,\u2009 ]\d\d\d)*|{_WORD_NUMBER}(?:[\s-]+(?:and[\s-]+)?{_WORD_NUMBER})*)"

_SPACE = r"[\s\-\u2010-\u2015]+"
# A word may hold hyphens, so only white space or a bracket begins the next one: "1-1-1-1" can be taken in one way.
_JOINT = r"\-\u2010-\u2015,/"
_PASSED = rf"\(?[^\s.;:?!(){_JOINT}][^\s.;:?!()]{{0,60}}\)?"
_NEXT = rf"(?:\s[\s{_JOINT}]*|(?<=\))[\s{_JOINT}]+|[\s{_JOINT}]+(?=\())"
_GAP = rf"(?:[\s{_JOINT}]+{_PASSED}(?:{_NEXT}{_PASSED}){{0,2}}?)??,?" + _SPACE
_SENTENCE_END = re.compile(r"(?<=[a-z0-9)\]%][.?!])(?=[A-Z\[])|[.?!]\s+(?=[A-Z0-9\[(<\"'])|\n")
_ABBREVIATION = re.compile(r"\b(?:vs|e\.g|i\.e|cf|approx|no|fig|dr|st|al|[a-z])\.\s*$", re.IGNORECASE)
# "MethodsThis study": a heading that lost its colon is no part of the word after it.
_GLUED = re.compile(
    r"(?:Background|Introduction|Purpose|Objectives?|Aims?|Hypothesis|Design|Methods?|Patients|Results|Findings|Conclusions?|Discussion|presentation|methods?|results)(?=[A-Z][a-z]|[A-Z] )"
)
_UNKNOWN = re.compile(r"[\[\]{}\\^$+]")
_WORD = re.compile(r"\w+")
_SIGN = re.compile(r" \.\. |\.\.|#|\*|\s+|[^\w\s]|\w+")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase of a rule file: `key` stands in every text that the pattern can match; as a whole word where `whole`."""

    written: str
    key: str
    whole: bool
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Reading:
    """A document's text as the rules read it: lower case, offsets unchanged, boilerplate blanked, the opening only."""

    text: str
    lower: str
    title_end: int

    @cached_property
    def starts(self) -> list[int]:
        """Where each sentence starts; the title is the first."""
        starts = [0]
        for found in _SENTENCE_END.finditer(self.text):
            if found.end() > self.title_end and _ABBREVIATION.search(
                self.text, starts[-1], found.start() + 1
            ):
                continue
            starts.append(found.end())
        return starts

    @cached_property
    def words(self) -> frozenset[str]:
        """The words that stand in it."""
        return frozenset(_WORD.findall(self.lower))

    def may_hold(self, one: Phrase) -> bool:
        """False where the phrase cannot stand in the text; told without looking for it."""
        return one.key in (self.words if one.whole else self.lower)

    def sentence(self, at: int) -> tuple[int, int]:
        """The span of the sentence that holds the character at `at`."""
        place = bisect_right(self.starts, at)
        return self.starts[place - 1], self.starts[place] if place < len(self.starts) else len(self.lower)


@dataclass(frozen=True, slots=True)
class Cue:
    """One rule: what it gives, its phrases, where they count, and what cancels them.

    Attributes:
        where: "title", "body" or "anywhere".
        unless: phrases that cancel a match in the same sentence.
        never_with: phrases that cancel the rule where they stand anywhere in the document.
        only_with: of each list, one phrase must stand somewhere in the document.
    """

    gives: str
    words: tuple[Phrase, ...]
    where: str = "anywhere"
    unless: tuple[Phrase, ...] = ()
    never_with: tuple[Phrase, ...] = ()
    only_with: tuple[tuple[Phrase, ...], ...] = ()


def _pattern(phrase: str) -> str:
    pieces = []
    for sign in _SIGN.findall(phrase):
        if sign.strip() == "..":
            pieces.append(_GAP)
        elif sign == "#":
            pieces.append(NUMBER)
        elif sign == "*":
            pieces.append(r"\w*")
        elif sign.isspace():
            pieces.append(_SPACE)
        elif sign in "()|?":
            pieces.append({"(": "(?:"}.get(sign, sign))
        else:
            pieces.append(re.escape(sign))
    opening = r"(?<!\w)" if phrase[0] != "-" else ""
    closing = r"(?!\w)" if phrase[-1] not in "-*" else ""
    return opening + "".join(pieces) + closing


def _key(written: str) -> tuple[str, bool]:
    bare = written
    while (shorter := re.sub(r"\([^()]*\)\??", "\0", bare)) != bare:
        bare = shorter
    bare = re.sub(r"\w\?", "\0", bare)
    words = re.findall(r"(?:(?<= )|(?<=^))[^\W_]{4,}(?= |$)", bare)
    if words:
        return max(words, key=len), True
    return max(re.split(r"[^\w]+", bare), key=len), False


def phrase(written: str) -> Phrase:
    """The phrase of a rule file, ready to be looked for.

    Raises:
        VocabularyError: it has a sign that phrases do not know, or unequal brackets.
    """
    if _UNKNOWN.search(written) or written.count("(") != written.count(")") or not written.strip():
        message = f'the phrase "{written}" cannot be read; write plain words with (a|b), ?, #, .. and * only'
        raise VocabularyError(message)
    return Phrase(written, *_key(written), re.compile(_pattern(written)))


def phrases(written: Iterable[str]) -> tuple[Phrase, ...]:
    """The phrases of a rule file, in order."""
    return tuple(phrase(one) for one in written)


def cues(rows: Iterable[Mapping[str, Any]], groups: Mapping[str, list[str]]) -> tuple[Cue, ...]:
    """The rules of a file's rows; "@name" in a list stands for the group of that name."""

    def expand(listed: Iterable[str]) -> tuple[Phrase, ...]:
        return phrases(word for one in listed for word in (groups[one[1:]] if one.startswith("@") else [one]))

    return tuple(
        Cue(
            gives=row["gives"],
            words=expand(row["words"]),
            where=row.get("where", "anywhere"),
            unless=expand(row.get("unless", ())),
            never_with=expand(row.get("never_with", ())),
            only_with=tuple(expand(listed) for listed in row.get("only_with", ())),
        )
        for row in rows
    )


def _lowered(text: str) -> str:
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)


@lru_cache(maxsize=64)
def read(document: Document) -> Reading:
    """The document as the rules read it."""
    text = document.text[:READ_AT_MOST]
    lower = _lowered(text)
    for section in document.sections:
        if section.kind is SectionKind.BOILERPLATE and section.start < len(lower):
            end = min(section.end, len(lower))
            lower = lower[: section.start] + " " * (end - section.start) + lower[end:]
    for glued in _GLUED.finditer(text):
        lower = lower[: glued.end() - 1] + " " + lower[glued.end() :]
    title_end = lower.find("\n")
    return Reading(text, lower, len(lower) if title_end < 0 else title_end)


def any_in(wanted: Iterable[Phrase], lower: str, start: int, end: int) -> bool:
    """True where one of the phrases stands in lower[start:end]."""
    piece = lower[start:end]
    return any(one.key in piece and one.pattern.search(piece) for one in wanted)


def anywhere(wanted: Iterable[Phrase], reading: Reading) -> bool:
    """True where one of the phrases stands anywhere in the reading."""
    return any(reading.may_hold(one) and one.pattern.search(reading.lower) for one in wanted)


def _allowed(reading: Reading, cue: Cue) -> bool:
    return all(anywhere(listed, reading) for listed in cue.only_with) and not anywhere(
        cue.never_with, reading
    )


def matches(reading: Reading, cue: Cue) -> Iterator[tuple[int, int]]:
    """The spans where the rule holds, phrase by phrase."""
    start = reading.title_end if cue.where == "body" else 0
    end = reading.title_end if cue.where == "title" else len(reading.lower)
    lower = reading.lower
    allowed: bool | None = None
    for one in cue.words:
        if not reading.may_hold(one):
            continue
        for found in one.pattern.finditer(lower, start, end):
            first, last = reading.sentence(found.start())
            if found.end() > last or any_in(cue.unless, lower, first, last):
                continue
            allowed = _allowed(reading, cue) if allowed is None else allowed
            if not allowed:
                return
            yield found.span()
