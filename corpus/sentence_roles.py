"""Sentence roles: what each sentence of a document is for, from its section labels or from its wording."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.cues import Reading
from corpus.document import Document, Role
from corpus.study_rules import rules

TITLE, BACKGROUND, OBJECTIVE, BODY, CONCLUSION = "title", "background", "objective", "body", "conclusion"
_BY_ROLE = {
    Role.BACKGROUND: BACKGROUND,
    Role.OBJECTIVE: OBJECTIVE,
    Role.METHODS: BODY,
    Role.RESULTS: BODY,
    Role.CONCLUSIONS: CONCLUSION,
}
_LABEL = re.compile(
    r"(?P<background>BACKGROUND|INTRODUCTION|CONTEXT|RATIONALE)|(?P<objective>OBJECTIVES?|AIMS?|PURPOSE|HYPOTHESIS|QUESTIONS?/PURPOSES?)"
    r"|(?P<body>(?:(?:MATERIALS?|PATIENTS|SUBJECTS|ANIMALS) (?:AND|&) )?METHOD(?:S|OLOGY)?(?:(?: AND |/)(?:STUDY )?(?:DESIGN|(?:PRINCIPAL )?FINDINGS|RESULTS|ANALYSIS|MATERIALS?|PATIENTS))?|(?:STUDY )?DESIGN|(?:MAIN |PRINCIPAL )?(?:RESULTS?|FINDINGS)|SETTING|PATIENTS|PARTICIPANTS|INTERVENTIONS?|MEASUREMENTS|CASE(?: REPORT| PRESENTATION)?)|(?P<conclusion>CONCLUSIONS?|INTERPRETATION|DISCUSSION)",
    re.IGNORECASE,
)
_INNER = re.compile(
    r"(?<=[^\W\d_.)\]%])[.)\]]* ?\b(?:(?P<objective>Purpose|Objectives?|Aims?)|(?P<body>(?:Materials? and )?[Mm]ethods?|Results?)|(?P<conclusion>Conclusions?))[:.]? ?(?=[A-Z][a-z])"
)
"""A label that lost its line: "... cartilage lesions Methods Twenty-five patients ..."."""
_LATE = 0.7
"""A sentence past this part of the text may be its conclusion by wording alone."""
_HALF = 0.5
"""A first word on the paper's own work past this part of the text closes it: what stands before is no mere background."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """text[start:end] and what it is for."""

    start: int
    end: int
    role: str


def _labelled(reading: Reading, start: int, end: int) -> str | None:
    """The role that a label at the sentence's start names, where it is written as a label."""
    piece = reading.text[start:end].lstrip()
    found = _LABEL.match(piece)
    if not found or not piece[0].isupper():
        return None
    after = piece[found.end() : found.end() + 2]
    if not piece[found.end() :].strip(" .:\n"):
        return found.lastgroup
    glued = not found[0].isupper() and after[:1].isupper()
    glued = after[:1].isupper() and piece[found.end() - 1].islower()
    if glued or after[:1] == ":" or glued or (after[:1] in {" ", "."} and after[1:2].isupper()):
        return found.lastgroup
    return None


def roles(document: Document, reading: Reading) -> tuple[Sentence, ...]:
    """The document's sentences in order, each with its role."""
    return tuple(_roles(document, reading))


def _roles(document: Document, reading: Reading) -> Iterator[Sentence]:
    by_section = [
        (one.start, one.end, _BY_ROLE[one.role]) for one in document.sections if one.role in _BY_ROLE
    ]
    starts = reading.starts
    ends = [*starts[1:], len(reading.text)]
    cues = rules().cues
    spans = [(start, end) for start, end in zip(starts, ends, strict=True) if reading.text[start:end].strip()]
    opens = next(
        (
            start
            for start, end in spans
            if start > reading.title_end
            and (
                cues["objective"].search(reading.lower[start:end])
                or cues["own_work"].search(reading.lower[start:end])
            )
        ),
        None,
    )
    if (
        opens is not None
        and opens > _HALF * len(reading.text)
        and cues["reviews"].search(reading.lower[opens:])
    ):
        opens = None
    label: str | None = None
    for start, end in spans:
        if start <= reading.title_end and start < max(reading.title_end, 1):
            yield Sentence(start, end, TITLE)
            continue
        given = next(
            (role for first, last, role in by_section if first <= start < last or start <= first < end), None
        )
        label = _labelled(reading, start, end) or label
        yield Sentence(start, end, given or _worded(reading, start, end, label, opens))
        inner = [found.lastgroup for found in _INNER.finditer(reading.text[start:end].rstrip())]
        label = inner[-1] if inner else label


def _worded(reading: Reading, start: int, end: int, label: str | None, opens: int | None) -> str:
    cues = rules().cues
    late = start > _LATE * len(reading.text)
    if label == CONCLUSION or (late and cues["conclusion"].search(reading.lower[start:end])):
        return CONCLUSION
    if cues["objective"].search(reading.lower[start:end]) and label in {None, BACKGROUND, OBJECTIVE}:
        return OBJECTIVE
    if label is not None:
        return label
    return BACKGROUND if opens is not None and start < opens else BODY
