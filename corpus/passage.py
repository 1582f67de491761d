"""Passage: a quotable stretch of a document, an exact slice of its stored text.

A passage begins and ends at sentence ends, lies within one body section, and is embedded below its
document's title: the model reads "title, newline, passage", and the token limit holds for the whole of that.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise

from corpus import sentences
from corpus.document import Document, Role, Section, SectionKind
from corpus.sentences import Span

LONGEST = 800
"""Characters a passage aims to stay below: about 120 words, what a phone shows without scrolling far."""
TITLE_SHARE = 3
"""A title may take one part in this many of the token limit; a longer one is embedded cut at a word."""
VERSION = 1
"""Raised whenever the same document would be split otherwise; a store built before is then built anew."""

Count = Callable[[str], int]
"""How many tokens the model reads for a text, its special tokens included."""


@dataclass(frozen=True, slots=True)
class Passage:
    """`document.text[start:end]`, within one section.

    Attributes:
        document: the document's id.
        section: the section's printed label, else its role, else None (unlabelled).
        page: the PDF page, None elsewhere.
    """

    document: str
    start: int
    end: int
    section: str | None = None
    role: Role | None = None
    page: int | None = None


def fingerprint(*, longest: int = LONGEST) -> str:
    """What names this splitter: it changes when the rules, the lists of abbreviations or the size aimed at do."""
    folder = files("corpus")
    lists = folder.joinpath("sentences.toml").read_bytes()
    # Line ends differ between checkouts; the rules do not.
    lists += folder.joinpath("sentences.py").read_bytes().replace(b"\r\n", b"\n")
    return hashlib.sha256(f"{VERSION} {longest} {TITLE_SHARE} ".encode() + lists).hexdigest()[:16]


def split(document: Document, *, limit: int, count: Count, longest: int = LONGEST) -> tuple[Passage, ...]:
    """The passages of a document in order: every inked character of its body in exactly one (of its title, where it has no body).

    Args:
        document: what is split.
        limit: the most tokens the model reads of title and passage together.
        count: the model's own tokenizer.
        longest: the characters a passage aims to stay below.
    """
    text = document.text
    body = [section for section in document.sections if section.kind is SectionKind.BODY]
    used = count(heading(document, limit=limit, count=count)) if body else 0
    sections = body or [section for section in document.sections if section.kind is SectionKind.TITLE]

    def fits(span: Span) -> bool:
        return count(text[span[0] : span[1]]) + used <= limit

    return tuple(
        Passage(document.id, start, end, section.label or section.role, section.role, section.page)
        for section in sections
        for start, end in _section_spans(text, section, longest, fits)
    )


def heading(document: Document, *, limit: int, count: Count) -> str:
    """The title as it is embedded above each passage: whole, or cut at a word where it would take too much of the limit."""
    title = _title(document)
    most = limit // TITLE_SHARE
    if count(title) <= most:
        return title
    words = title.split()
    kept, dropped = 0, len(words)
    while dropped - kept > 1:
        middle = (kept + dropped) // 2
        if count(" ".join(words[:middle])) <= most:
            kept = middle
        else:
            dropped = middle
    return " ".join(words[:kept])


def embedded(document: Document, passages: Sequence[Passage], *, limit: int, count: Count) -> tuple[str, ...]:
    """The texts that the model reads for these passages of a document: its title, a newline, the passage."""
    title = heading(document, limit=limit, count=count)
    inside = {
        (section.start, section.end) for section in document.sections if section.kind is SectionKind.TITLE
    }
    return tuple(
        quote
        if any(start <= passage.start and passage.end <= end for start, end in inside)
        else f"{title}\n{quote}".strip()
        for passage in passages
        for quote in (document.text[passage.start : passage.end],)
    )


def _title(document: Document) -> str:
    return " ".join(document.text[s.start : s.end] for s in document.sections if s.kind is SectionKind.TITLE)


def _section_spans(text: str, section: Section, longest: int, fits: Callable[[Span], bool]) -> Iterator[Span]:
    found = [
        (a + section.start, b + section.start) for a, b in sentences.spans(text[section.start : section.end])
    ]
    for group in _balanced(found, longest):
        yield from _fitting(text, group, 0, fits)


def _balanced(atoms: Sequence[Span], longest: int) -> Iterator[Sequence[Span]]:
    """The atoms in as few groups as `longest` asks for, of lengths as even as whole atoms allow, so that no short tail is left."""
    if not atoms:
        return
    ends = [end - atoms[0][0] for _, end in atoms]
    groups = -(-ends[-1] // longest)
    cuts = [0]
    for group in range(1, groups):
        goal = ends[-1] * group / groups
        cut = min(range(len(atoms)), key=lambda at: abs(ends[at] - goal)) + 1
        if cuts[-1] < cut < len(atoms):
            cuts.append(cut)
    for first, last in pairwise([*cuts, len(atoms)]):
        yield atoms[first:last]


def _fitting(text: str, atoms: Sequence[Span], level: int, fits: Callable[[Span], bool]) -> Iterator[Span]:
    """The atoms as spans that fit: together where they do, else halved, and a single one cut finer, level by level."""
    whole = (atoms[0][0], atoms[-1][1])
    if fits(whole):
        yield whole
    elif len(atoms) > 1:
        middle = (whole[0] + whole[1]) / 2
        cut = min(range(1, len(atoms)), key=lambda at: abs(atoms[at][0] - middle))
        yield from _fitting(text, atoms[:cut], level, fits)
        yield from _fitting(text, atoms[cut:], level, fits)
    elif level == len(_FINER):
        yield whole
    else:
        finer = tuple(_FINER[level](text, *whole))
        yield from _fitting(text, finer, level + 1, fits)


_CLAUSE = re.compile(r"\S.*?(?:(?<=[,;:)—–])(?=\s)|\s*\Z)", re.DOTALL)  # noqa: RUF001 - a dash as printed


def _clauses(text: str, start: int, end: int) -> Iterator[Span]:
    for match in _CLAUSE.finditer(text[start:end]):
        yield start + match.start(), start + match.start() + len(match.group().rstrip())


def _words(text: str, start: int, end: int) -> Iterator[Span]:
    for match in re.finditer(r"\S+", text[start:end]):
        yield start + match.start(), start + match.end()


def _graphemes(text: str, start: int, end: int) -> Iterator[Span]:
    import regex  # type: ignore[import-untyped]  # it ships no types; only the longest of words get here

    for match in regex.finditer(r"\X", text[start:end]):
        yield start + match.start(), start + match.end()


_FINER: tuple[Callable[[str, int, int], Iterator[Span]], ...] = (_clauses, _words, _graphemes)
