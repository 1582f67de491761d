"""Level: OCEBM 2011 by design alone, the author's own level as printed, and the GRADE starting point.

OCEBM 2011 ("Oxford Levels of Evidence 2") has no row for animals, dishes, single case reports, reviews without a system,
guidelines or opinion: those have no level here. Level 5, mechanism-based reasoning, is no design and is never given.
Source: OCEBM Levels of Evidence Working Group, 2011, treatment benefits row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from corpus.cues import phrases, read
from corpus.design_rules import SYNTHESES
from corpus.document import Document
from corpus.label import Label

SCALE = "OCEBM 2011"

# The benefits row; the rows for common and rare harms rank these designs alike.
LEVELS: Mapping[str, int] = {
    "rct": 2,
    "controlled-trial": 3,
    "cohort": 3,
    "case-series": 4,
    "case-control": 4,
    "single-arm-trial": 4,  # no concurrent control: with the historically controlled studies and case series
}
SYNTHESIS_OF_TRIALS = 1

GRADE: Mapping[str, str] = {
    "rct": "High",
    **dict.fromkeys(
        (
            "controlled-trial",
            "cohort",
            "case-control",
            "cross-sectional",
            "case-series",
            "single-arm-trial",
            "case-report",
        ),
        "Low",
    ),
}

_TRIALS = phrases(["randomi(s|z)ed", "rcts?", "quasi randomi(s|z)ed"])
_BELOW = {
    3: phrases(
        [
            "non randomi(s|z)ed",
            "nonrandomi(s|z)ed",
            "cohorts?",
            "observational",
            "prospective studies",
            "comparative studies",
            "controlled clinical trials",
        ]
    ),
    4: phrases(
        [
            "case series",
            "case control",
            "case reports?",
            "retrospective",
            "level (iv|4)",
            "single arm",
            "uncontrolled",
            "phase (i|1)",
            "clinical studies",
            "cross sectional",
        ]
    ),
}
_NOT_ONLY = re.compile(
    r"\b(?:no|not|excluding|excluded|without|lack of|more|further|future|needed|required)\b"
)

_NUMERAL = r"(?:III|II|IV|I|V|[1-5])(?:[ -]?[A-Ca-c])?(?![\w.]\w)"
_AUTHOR = re.compile(
    rf"(?:(?<=[.;:,)\]\n] )|(?<=[.;:)\]\n])|(?<=^)|(?<=\n))(?i:(?:study design[^.\n]{{0,60}}[;,.] ?)?(?:levels? of evidence|evidence level|loe))\W{{0,4}}(?i:\(?level )?{_NUMERAL}\b"
    rf"|(?<=[.;:)\]\n\s])(?i:(?:therapeutic|prognostic|diagnostic|clinical),? (?:study[,;:]? )?level(?: of evidence)?)\W{{1,3}}{_NUMERAL}\b"
    rf"|(?<=[.;:)\]\n\s])(?i:level) {_NUMERAL},? (?i:therapeutic|prognostic|diagnostic|retrospective|prospective|case[ -]series|case[ -]control|randomi[sz]ed|cohort|systematic review|meta-analysis)"
)


def author_level(text: str) -> tuple[int, int] | None:
    """The span of the level of evidence that the authors print of their own paper; the last where they print more."""
    spans = [found.span() for found in _AUTHOR.finditer(text)]
    return spans[-1] if spans else None


def _synthesis_level(document: Document) -> tuple[int | None, str]:
    reading = read(document)
    stated = set()
    for first, last in zip(reading.starts, [*reading.starts[1:], len(reading.lower)], strict=True):
        sentence = reading.lower[first:last]
        if _NOT_ONLY.search(sentence):
            continue
        lower = {
            level
            for level, wanted in _BELOW.items()
            if any(one.key in sentence and one.pattern.search(sentence) for one in wanted)
        }
        stated |= lower
        if not lower and any(one.pattern.search(sentence) for one in _TRIALS):
            stated.add(SYNTHESIS_OF_TRIALS)
    if not stated:
        return None, "a systematic review whose included designs the abstract does not state"
    if stated == {SYNTHESIS_OF_TRIALS}:
        return SYNTHESIS_OF_TRIALS, "a systematic review of randomized trials"
    return max(stated), "a systematic review; the level is that of the weakest design it says it includes"


def level(document: Document, design: Label) -> tuple[int | None, str]:
    """The OCEBM 2011 level by design alone, and what it rests on; None where the scale has no row."""
    values = set(design.values)
    if values & {"animal-study", "in-vitro-study"}:
        return None, "OCEBM 2011 has no row for animals or dishes"
    if values & SYNTHESES:
        return _synthesis_level(document)
    ranked = sorted((LEVELS[value], value) for value in values if value in LEVELS)
    if not ranked:
        return None, f"OCEBM 2011 has no row for {', '.join(sorted(values))}"
    number, value = ranked[-1]
    return number, f"design: {value}"


def grade_start(design: Label, number: int | None) -> str | None:
    """Where GRADE starts by design alone, "High" or "Low"; never a certainty, which is a body's of evidence, not a study's."""
    values = set(design.values)
    if values & SYNTHESES:
        return None if number is None else "High" if number == SYNTHESIS_OF_TRIALS else "Low"
    if values & {"animal-study", "in-vitro-study"}:
        return None
    starts = {GRADE[value] for value in values if value in GRADE}
    return "Low" if "Low" in starts else "High" if starts else None
