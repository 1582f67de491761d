"""Study identity: which documents report one and the same study.

Two documents are one study where both report a primary study and name the same trial. A synthesis, a protocol, a guideline,
a narrative review and commentary are never part of a trial's study: a protocol has no results yet, the others speak of many.
A paper that names two trials of one registry (a pooled analysis) is a study of its own, and so is one that names none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from corpus.design_rules import NOT_PRIMARY
from corpus.document import Document, Kind
from corpus.label import Label

# Registries in the order in which one of several numbers names the study; the pattern's groups, joined, are the number.
REGISTRIES: Mapping[str, re.Pattern[str]] = {
    "NCT": re.compile(r"\b(NCT)[\s:#-]{0,2}(\d{8})\b", re.IGNORECASE),
    "ISRCTN": re.compile(r"\b(ISRCTN)[\s:#-]{0,2}(\d{8})\b", re.IGNORECASE),
    "EudraCT": re.compile(
        r"\b(EudraCT)\s?(?:number|no\.?|nr\.?|identifier|#)?\s?[:#]?\s?(\d{4}-\d{6}-\d{2})\b", re.IGNORECASE
    ),
    "ACTRN": re.compile(r"\b(ACTRN)[\s:#-]{0,2}(\d{14})\b", re.IGNORECASE),
    "ChiCTR": re.compile(r"\b(ChiCTR)[\s:-]{0,2}((?:[A-Z]{2,4}-?)?\d{8,12})\b", re.IGNORECASE),
    "UMIN": re.compile(r"\b(UMIN)(?:-CTR)?[\s:-]{0,2}(\d{9})\b", re.IGNORECASE),
    "DRKS": re.compile(r"\b(DRKS)[\s:-]{0,2}(\d{8})\b", re.IGNORECASE),
    "NTR": re.compile(r"\b(NTR)[\s:-]{0,2}(\d{3,5})\b"),
    "CTRI": re.compile(r"\b(CTRI)[/\s:-]{1,2}(\d{4}/\d{2,3}/\d{6})\b", re.IGNORECASE),
    "IRCT": re.compile(r"\b(IRCT)[\s:-]{0,2}(\d{10,16}N\d{1,3})\b", re.IGNORECASE),
    "KCT": re.compile(r"\b(KCT)[\s:-]{0,2}(\d{7})\b"),
    "TCTR": re.compile(r"\b(TCTR)[\s:-]{0,2}(\d{11})\b"),
    "PACTR": re.compile(r"\b(PACTR)[\s:-]{0,2}(\d{15,16})\b"),
    "jRCT": re.compile(r"\b(jRCT)[\s:-]{0,2}(s?\d{9,10})\b", re.IGNORECASE),
}


_JOINED_BY = {"EudraCT": "-", "CTRI": "/"}


def _numbers(text: str) -> set[str]:
    stated = set()
    folded = text.casefold()
    for name, pattern in REGISTRIES.items():
        if (
            name.casefold() not in folded
        ):  # most texts name no registry, and fourteen patterns cost a millisecond
            continue
        for found in pattern.finditer(text):
            number = found[2].upper()
            join = "-" if name == "ChiCTR" and number[0].isalpha() else _JOINED_BY.get(name, "")
            stated.add(f"{name}{join}{number}")
    return stated


def trials(document: Document) -> tuple[str, ...]:
    """The trial registry numbers of the record and of the text, in one spelling each, sorted."""
    stated = _numbers(document.text)
    for number in document.record.trials:
        stated |= _numbers(number) or {number.strip()}
    return tuple(sorted(stated - {""}))


def study_key(document: Document, labels: Mapping[str, Label]) -> str:
    """A key that documents of the same study share: "trial:NUMBER", else the document's own id."""
    design = labels.get("design")
    if document.kind is not Kind.PAPER or (design and set(design.values) & NOT_PRIMARY):
        return document.id
    numbers = trials(document)
    for registry in REGISTRIES:
        of_registry = [number for number in numbers if number.startswith(registry)]
        if of_registry:
            return f"trial:{of_registry[0]}" if len(of_registry) == 1 else document.id
    return f"trial:{numbers[0]}" if len(numbers) == 1 else document.id
