"""The text of a PDF's pages as parts: paragraphs put together again, headings, running heads, references.

What is changed, and nothing else: ligatures become letters; the line breaks inside a paragraph become spaces; a
hyphen at the end of a line goes where the same document has the word without it ("mesenchy-/mal"), or where neither
half is a word of it and the first is none that forms compounds ("propor-/tion"); it stays everywhere else ("same-/day").
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus import boilerplate
from corpus.blocks import role_of
from corpus.document import SectionKind
from corpus.text import Part, clean

_LIGATURES = str.maketrans(
    {
        "\ufb00": "ff",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\ufb03": "ffi",
        "\ufb04": "ffl",
        "\ufb05": "st",
        "\ufb06": "st",
    }
)
_GLYPH_NAME = re.compile(r"/(?:g|G|C|c|cid|uni|glyph|index|a)?\d{1,5}(?![\w/])|\(cid:\d+\)")
_HEADING = re.compile(
    r"(?:(?:\d{1,2}|[IVX]{1,4})(?:\.\d{1,2})*\.?\s+)?"
    r"(?:abstract|summary|introduction|background|aims?|objectives?|rationale|(?:patients|materials?|subjects|participants)"
    r" (?:and|&) methods|methods?(?: and materials?)?|methodology|study design|statistical analysis|results?"
    r"|results? and discussion|findings|discussion|limitations|(?:summary and )?conclusions?|discussion and conclusions?"
    r"|case (?:report|presentation)|appendix(?: [A-Z0-9])?|supplementary (?:material|data|information))\s*:?",
    re.IGNORECASE,
)
_REFERENCES = re.compile(
    r"(?:\d{1,2}\.?\s+)?(?:references?|bibliography|literature cited|works cited)(?: and notes)?\s*:?",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"\s*(?:\[\d{1,3}\]|/[A-Za-z]{1,3}\d{1,3}|\(?\d{1,3}[.)]|[•▪◦●*–-])\s")  # noqa: RUF001 - an en dash opens list entries too
_CITED = re.compile(r"(?:19|20)\d\d[a-z]?\b|^\s*\[?\d{1,3}[\].)]?\s+[A-Z]")
_STOP = re.compile(r"[.!?:;][\"'\u201d\u2019)\]\d,]*$")
_COMPOUNDING = frozenset(
    re.findall(
        r"[a-z]+",
        "all anti age bi bio co cell cross de dose double down end ex extra first five four full gold half hand high inter intra"
        " left long low lower macro micro mid mini multi near neo non off on one open out over patient peri placebo poly post pre"
        " pro quasi re right same second self semi short side single six small state sub super ten third three time trans tri"
        " two ultra un under up upper well wide year",
    )
)
_LONGEST_WORD = 60
_EDGE_LINES = 3
_REPEATED_SHARE = 0.4
_LONGEST_HEADING = 70
_SHORT_LINE = 0.75
_VERY_SHORT_LINE = 0.5
_EARLIEST_REFERENCES = 1 / 3
_LINES_LOOKED_AT = 12
_CITED_LINES = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page, with what it is for."""

    page: int
    text: str
    kind: SectionKind = SectionKind.BODY


def lines_of(text: str) -> list[str]:
    """The lines of a page that have words, ligatures as letters."""
    lines = (" ".join(line.split()) for line in clean(text).translate(_LIGATURES).split("\n"))
    return [line for line in lines if line]


def letters_share(text: str) -> tuple[int, float]:
    """How many letters there are, and their share of all that is printed; glyphs known by name alone are no letters.

    A Latin text whose letters are hardly ever vowels is shifted by its font ("7KH SDWLHQW"): its letters do not count.
    """
    named = "".join(_GLYPH_NAME.findall(text))
    printed = "".join(_GLYPH_NAME.sub("", text).split())
    letters = sum(character.isalpha() and not "\ue000" <= character <= "\uf8ff" for character in printed)
    latin = re.findall(r"[a-z]", unicodedata.normalize("NFD", printed).lower())
    vowels = sum(letter in "aeiou" for letter in latin)
    if len(latin) > 200 and len(latin) > letters / 2 and vowels < 0.2 * len(latin):  # noqa: PLR2004 - see the docstring
        letters = 0
    return letters, letters / max(1, len(printed) + len(named))


def arranged(pages: Sequence[Sequence[str]]) -> list[Line]:
    """The lines of all pages, with running heads and headings told from text."""
    running = _running(pages)
    found = []
    for number, lines in enumerate(pages, start=1):
        for position, line in enumerate(lines):
            edge = position < _EDGE_LINES or position >= len(lines) - _EDGE_LINES
            kind = SectionKind.BODY
            if edge and _shape(line) in running:
                kind = SectionKind.BOILERPLATE
            elif _is_heading(line):
                kind = SectionKind.HEADING
            found.append(Line(number, line, kind))
    return found


def is_references(line: str) -> bool:
    """True for the heading of a list of references."""
    return _REFERENCES.fullmatch(line) is not None


def _running(pages: Sequence[Sequence[str]]) -> frozenset[str]:
    """The shapes of lines that stand at the edge of at least two pages and of two pages in five."""
    counted: Counter[str] = Counter()
    for lines in pages:
        counted.update({_shape(line) for line in [*lines[:_EDGE_LINES], *lines[-_EDGE_LINES:]]})
    least = max(2, _REPEATED_SHARE * len(pages))
    return frozenset(shape for shape, count in counted.items() if count >= least)


def _shape(line: str) -> str:
    """The line with its figures alike, so that page numbers do not tell running heads apart."""
    return re.sub(r"\d+", "#", line).casefold()


def _is_heading(line: str) -> bool:
    """True for a line that holds nothing but a usual heading."""
    if len(line) > _LONGEST_HEADING or not line[:1].isalnum() or line[:1].islower():
        return False
    return bool(_HEADING.fullmatch(line) or _REFERENCES.fullmatch(line)) or boilerplate.is_heading(line)


def parts(lines: Sequence[Line]) -> list[Part]:
    """The lines as parts: page by page, each under its heading, references and running heads as boilerplate."""
    known = _known(lines)
    found: list[Part] = []
    under, cited = "", False
    for start, end in _runs(lines):
        run = lines[start:end]
        page = run[0].page
        if run[0].kind is SectionKind.HEADING:
            under = " ".join(line.text for line in run)
            cited = bool(_REFERENCES.fullmatch(run[-1].text)) and _cites(lines, end)
            found.append(Part(under, SectionKind.HEADING, page=page))
            continue
        if run[0].kind is SectionKind.BOILERPLATE:
            found.append(Part("\n".join(line.text for line in run), SectionKind.BOILERPLATE, page=page))
            continue
        paragraphs = _paragraphs([line.text for line in run], known)
        if cited:
            found.append(Part("\n".join(paragraphs), SectionKind.BOILERPLATE, page=page, under=under))
            continue
        if boilerplate.is_heading(under):
            # Such a heading governs one paragraph: where the next heading is missed, the text below must not be lost.
            if not _REFERENCES.fullmatch(under):
                found.append(Part(paragraphs.pop(0), SectionKind.BOILERPLATE, page=page, under=under))
            under = ""
        found.append(Part("\n".join(paragraphs), page=page, role=role_of(under), under=under or None))
    return found


def _known(lines: Sequence[Line]) -> Counter[str]:
    """The words that stand whole within a line, those with hyphens as they are."""
    words: Counter[str] = Counter()
    for line in lines:
        found = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*-?", line.text.lower())
        # The halves of a word that is broken at the edge of a line are no words.
        words.update(word for word in found if not word.endswith("-"))
    for before, line in pairwise(lines):
        if before.text.endswith("-") and (half := re.match(r"[^\W\d_]+", line.text.lower())):
            words[half.group()] -= 1
    return words


def _runs(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """The stretches of neighbouring lines of one page and one kind."""
    start = 0
    for number in range(1, len(lines) + 1):
        if number == len(lines) or (lines[number].page, lines[number].kind) != (
            lines[start].page,
            lines[start].kind,
        ):
            yield start, number
            start = number


def _cites(lines: Sequence[Line], at: int) -> bool:
    """True where what follows a heading "References" is a list of them, not a column of a table on an early page."""
    following = [line.text for line in lines[at : at + _LINES_LOOKED_AT]]
    return at >= _EARLIEST_REFERENCES * len(lines) and sum(
        bool(_CITED.search(line)) for line in following
    ) >= min(_CITED_LINES, len(following))


def _paragraphs(lines: Sequence[str], known: Counter[str]) -> list[str]:
    """The lines put together to paragraphs."""
    widths = sorted(len(line) for line in lines)
    typical = widths[len(widths) * 3 // 4]
    joined = [lines[0]]
    for before, line in pairwise(lines):
        ended = _STOP.search(before) and len(before) < _SHORT_LINE * typical
        apart = len(before) < _VERY_SHORT_LINE * typical and not line[:1].islower()
        if ended or apart or _ENTRY.match(line):
            joined.append(line)
        else:
            joined[-1] = _joined(joined[-1], line, known)
    return joined


def _joined(before: str, line: str, known: Counter[str]) -> str:
    """Two lines as one, by the rule for hyphens that stands at the top of this module."""
    if before.endswith("\u00ad"):
        return before[:-1] + line
    broken = re.search(r"([^\W\d_]+)-$", before[-_LONGEST_WORD:])
    rest = re.match(r"[^\W\d_]+", line)
    if not (broken and rest and rest.group()[:1].islower()):
        return f"{before}{'' if broken and rest else ' '}{line}"
    first, second = broken.group(1).lower(), rest.group().lower()
    compound = known[f"{first}-{second}"] or first in _COMPOUNDING or known[first] or known[second]
    return (before[:-1] if known[first + second] or not compound else before) + line
