"""Grades: the stages of a disease and levels of evidence that a question names; their numerals are no routes."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_LEVEL = re.compile(
    r"\b(?:levels?|loe|lvl)\s*(?:of\s+evidence)?\s*[:=\-]?\s*(?P<n>IV|III|II|I|V|[1-5])[abAB]?\b(?!\s*(?:BMC|BMAC|injection))",
    re.IGNORECASE,
)
_KELLGREN = re.compile(
    r"\b(?:kl|k-l|k/l|kellgren(?:(?:\s*[\-/&]\s*|\s+and\s+|\s+)lawrence)?)\s*(?:grades?|gr\.?|stage)?\s*[:=\-]?\s*(?P<n>IV|III|II|I|[0-4])\b(?:\s*(?:-|/|to|or|and)\s*(?P<m>IV|III|II|I|[0-4])\b)?",
    re.IGNORECASE,
)
_OTHER_GRADE = re.compile(
    r"\b(?P<scale>outerbridge|icrs|arco|ficat|steinberg|pfirrmann|goutallier|modic|tonnis|ahlb[aä]ck)\s*(?:grades?|stage|type)?\s*(?P<n>IV|III|II|I|V|[0-5])[abAB]?\b",
    re.IGNORECASE,
)


def find_grades(text: str) -> Iterator[tuple[int, int, str]]:
    """Where a stage or level is named, and which: "level-4", "kellgren-lawrence-3"."""
    for match in _LEVEL.finditer(text):
        yield *match.span(), f"level-{_number(match['n'])}"
    for match in _KELLGREN.finditer(text):
        for group in ("n", "m"):
            if match[group]:
                yield *match.span(), f"kellgren-lawrence-{_number(match[group])}"
    for match in _OTHER_GRADE.finditer(text):
        yield *match.span(), f"{match['scale'].lower()}-{_number(match['n'])}"


def _number(numeral: str) -> int:
    return _ROMAN[numeral.lower()] if numeral.lower() in _ROMAN else int(numeral)
