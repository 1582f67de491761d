"""Appraisal: what a study is worth by its design, and how much of that its abstract says plainly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from corpus.cues import NUMBER, Reading, any_in, phrases, read
from corpus.design import design_label
from corpus.design_rules import SYNTHESES
from corpus.document import Document
from corpus.label import UNSTATED, Label
from corpus.level import SCALE, author_level, grade_start, level
from corpus.species import species_label
from corpus.study_identity import study_key, trials

__all__ = ["Appraisal", "SampleSize", "appraise", "design_label", "sample_size", "species_label", "study_key"]


@dataclass(frozen=True, slots=True)
class SampleSize:
    """How many were studied, and the words that say so."""

    n: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Appraisal:
    """A study's appraisal by design alone.

    Attributes:
        level: "1".."5" of `scale`, None where the scale has no row for the design.
        level_basis: what the level rests on, or why there is none.
        grade_start: GRADE's starting point by design, never a certainty.
        author_level: span of the level that the authors print of their own paper, another scale's.
        sample_size: None where the text does not say it plainly or says two numbers.
        trials: registry numbers, sorted.
    """

    level: str | None
    level_basis: str
    grade_start: str | None
    author_level: tuple[int, int] | None
    sample_size: SampleSize | None
    trials: tuple[str, ...]
    scale: str = SCALE


_WHO = (
    r"(?:patients|participants|subjects|volunteers|women|men|children|adults|infants|individuals|people|outpatients|adolescents|athletes"
    r"|rats|mice|rabbits|dogs|horses|sheep|goats|pigs|minipigs|monkeys|animals|cats)\b"
    rf"(?!,? (?:and|or) {NUMBER})"
)
# "sixty adult patients", never "24 months, all patients" or "31 shoulders in 30 patients".
_BETWEEN = r"(?:[\s-]+(?!(?:in|of|all|the|and|to|or|from|with|months?|weeks?|years?|days?|hours?|centers?|centres?)\b)[\w'()-]+){0,4}?[\s-]+"
_COUNTED = rf"(?<![\w.,/-])(?<!to )(?<!or )(?<!of )(?<!and )({NUMBER})(?![.,]?\d){_BETWEEN}{_WHO}"
_SAID = r"(?:[\s(),=-]+[^\s.;]+){0,8}?[\s-]+(?:were|was)(?:[\s-]+\w+){0,2}?[\s-]+"
# From the surest wording to the least; the first that the text uses decides.
_SIZES = (
    (
        rf"{_COUNTED}{_SAID}random(?:i[sz]ed|ly)\b",
        rf"\b(?:randomi[sz]ed|randomly (?:assigned|allocated|divided)) (?:a total of )?{_COUNTED}",
    ),
    (
        rf"{_COUNTED}{_SAID}(?:included|enrolled|recruited|studied|evaluated|treated|investigated|analy[sz]ed|reviewed)\b",
        rf"\b(?:included|enrolled|recruited|studied|evaluated|treated|reviewed) (?:a total of )?{_COUNTED}",
        rf"\ba total of {_COUNTED.replace('(?<!of )', '')}",
    ),
    (_COUNTED,),
)
_NOT_THE_SAMPLE = phrases(
    [
        "(screened|excluded|invited|approached|contacted|eligible|withdrew|dropped|lost|died|declined|refused)",
        "(studies|trials|articles|previous|previously|will be|per group|each|million|prevalence|incidence)",
    ]
)
_WORDS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
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
        ]
    )
} | {
    word: 10 * ten
    for ten, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}


def number(written: str) -> int:
    """The number that figures ("1,204") or English words ("forty-four") write."""
    figures = re.sub(r"[^\d]", "", written)
    if figures:
        return int(figures)
    total = current = 0
    for word in re.findall(r"[a-z]+", written.lower()):
        if word == "hundred":
            current = max(current, 1) * 100
        elif word == "thousand":
            total, current = total + max(current, 1) * 1000, 0
        else:
            current += _WORDS.get(word, 0)
    return total + current


@cache
def _pattern(written: str) -> re.Pattern[str]:
    return re.compile(written)


def _stated_sizes(reading: Reading, patterns: tuple[str, ...]) -> list[SampleSize]:
    sizes = []
    for pattern in patterns:
        for found in _pattern(pattern).finditer(reading.lower, reading.title_end):
            first, last = reading.sentence(found.start())
            if patterns is _SIZES[-1] and reading.lower[first : found.start()].strip(" (["):
                continue  # a bare count speaks of all only where it opens its sentence
            if found.end() <= last and not any_in(_NOT_THE_SAMPLE, reading.lower, first, last):
                sizes.append(SampleSize(number(found[1]), *found.span()))
    return sorted(sizes, key=lambda size: (size.start, size.end))


def sample_size(document: Document) -> SampleSize | None:
    """How many were studied, where the text says it plainly; None where it does not, or gives two numbers."""
    reading = read(document)
    for patterns in _SIZES:
        sizes = _stated_sizes(reading, patterns)
        if sizes:
            return sizes[0] if len({size.n for size in sizes}) == 1 and sizes[0].n > 0 else None
    return None


def appraise(document: Document, labels: Mapping[str, Label]) -> Appraisal:
    """The document's appraisal, given its labels."""
    design = labels.get("design", UNSTATED)
    reached, basis = level(document, design)
    pooled = bool(
        set(design.values) & (SYNTHESES | {"narrative-review", "guideline", "commentary", "protocol"})
    )
    return Appraisal(
        level=None if reached is None else str(reached),
        level_basis=basis,
        grade_start=grade_start(design, reached),
        author_level=author_level(document.text),
        sample_size=None if pooled else sample_size(document),
        trials=trials(document),
    )
