"""Lookup: one paper asked for by its number, author, journal and year, or by the words of its title."""

from __future__ import annotations

import re
from functools import cache

from assistant.asked import Lookup
from assistant.cues import cue, exact, lists, whole_words, words

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s,;<>\"'|\[\]{}?]+")
_PMID = re.compile(
    r"\bpmids?\b\s*[:#=]?\s*(\d{4,8})\b|pubmed\.ncbi\.nlm\.nih\.gov/(\d{4,8})\b|ncbi\.nlm\.nih\.gov/pubmed/(\d{4,8})\b",
    re.IGNORECASE,
)
_BARE_PMID = re.compile(
    r"^\W*(\d{7,8})\W*$|\b(?:paper|article|pubmed|abstract|study|show|cite)\D{0,20}\b(\d{7,8})\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\w/.\-])((?:19[5-9]|20[0-4])\d)(?![\w/\-]|\.\d)")
_PAPER_WORD = re.compile(
    r"\b(?:papers?|articles?|study|publication|abstract|et\.?\s*al|retracted|title)\b", re.IGNORECASE
)


def find_lookup(text: str, content: tuple[str, ...]) -> Lookup | None:
    """The paper that the text asks for; None where it asks for no single paper.

    Args:
        text: the question, as typed.
        content: its content words, for the title.
    """
    doi = _DOI.search(text)
    pmid = _PMID.search(text) or _BARE_PMID.search(text)
    journal, journal_span = _journal(text)
    rest = text[: journal_span[0]] + " " + text[journal_span[1] :] if journal else text
    author, year = _author(rest)
    one = bool(cue("paper", "one_paper").search(text)) and not cue("paper", "any_paper").search(text)
    if doi or pmid:
        number = next((group for group in pmid.groups() if group), None) if pmid else None
        return Lookup(pmid=number, doi=doi.group().rstrip(".)").lower() if doi else None)
    if not (author or journal or one):
        return None
    if year is None:
        found = _YEAR.search(rest)
        year = int(found.group(1)) if found else None
    named = {word.lower() for word in (author, *(journal or "").split()) if word}
    kept = tuple(word for word in content if word not in named and not word.isdigit())
    return Lookup(author=author, journal=journal, year=year, words=kept)


def without_lookup(text: str) -> str:
    """The text with journal names and addresses blanked, so that no facet is read out of them."""
    for pattern in (_DOI, *(pattern for _, pattern in _journals())):
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    return text


def _journal(text: str) -> tuple[str | None, tuple[int, int]]:
    for name, pattern in _journals():
        match = pattern.search(text)
        if match:
            return name, match.span()
    return None, (0, 0)


def _author(text: str) -> tuple[str | None, int | None]:
    for pattern in (*exact("paper", "author_before"), *exact("paper", "author_after")):
        for match in pattern.finditer(text):
            author = match["author"].removesuffix("'s")
            if author.lower() in words("paper", "not_author") or author.isupper():
                continue
            year = match.groupdict().get("year")
            return author, int(year) if year else None
    return None, None


@cache
def _journals() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((one["name"], whole_words(one["forms"])) for one in lists()["paper"]["journal"])
