"""Blocks: the paragraphs, list entries and headings of a post or page, and how they become parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.document import Role, SectionKind
from corpus.text import Part

_WIDEST_WRAPPED = 120
_NARROWEST_WRAPPED = 50
ENTRY = re.compile(r"\s*(?:[-*•–]|\d{1,3}\s?[.)]|\(?[a-z]\)|\d{1,3} (?=[A-Z]))\s*")  # noqa: RUF001 - an en dash opens list entries too
_ROLES = (
    (Role.BACKGROUND, r"background|introduction|rationale|context"),
    (Role.OBJECTIVE, r"aims?|objectives?|purpose|hypothes[ie]s"),
    (
        Role.METHODS,
        r"(patients|materials?|subjects|participants) and methods|methods?( and materials?)?|methodology|study design",
    ),
    (Role.RESULTS, r"results?|findings|outcomes"),
    (
        Role.CONCLUSIONS,
        r"(summary and )?conclusions?|results? and conclusions?|interpretation|discussion and conclusions?",
    ),
)


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a post: its words, its heading level (0: no heading), and whether it follows without a blank line."""

    words: str
    level: int = 0
    close: bool = False


def unwrapped(paragraph: str) -> str:
    """The paragraph with its line breaks as spaces where it is hard-wrapped, else as it is.

    It is hard-wrapped where no line is over 120 characters; then a break becomes a space if at least 50 characters
    stand before it or a small letter after it, and no entry of a list does.
    """
    lines = [line.strip() for line in paragraph.split("\n")]
    if any(len(line) > _WIDEST_WRAPPED for line in lines):
        return "\n".join(lines)
    joined = lines[:1]
    for before, line in pairwise(lines):
        if ENTRY.match(line) or (len(before) < _NARROWEST_WRAPPED and not line[:1].islower()):
            joined.append(line)
        else:
            joined[-1] += f" {line}"
    return "\n".join(joined)


def role_of(heading: str) -> Role | None:
    """What a section does by its heading, None where the heading does not say ("Discussion" does not)."""
    words = re.sub(r"^[\W\d]+|\W+$", "", heading).casefold()
    return next((role for role, names in _ROLES if re.fullmatch(names, words)), None)


def parts(blocks: Sequence[Block]) -> list[Part]:
    """Headings as parts of their own, and under each the text up to the next as one part; none where all are headings."""
    found: list[Part] = []
    body, under = "", ""
    for block in (*blocks, None):
        if block is not None and not block.level:
            body += ("\n" if block.close else "\n\n") + block.words
            continue
        if body.strip():
            found.append(Part(body, role=role_of(under), under=under or None))
        body = ""
        if block is not None:
            under = block.words
            found.append(Part(under, SectionKind.HEADING))
    has_text = any(part.kind is SectionKind.BODY for part in found)
    return found if has_text else []
