"""An abstract in its labelled sections, whatever form the labels came in."""

from __future__ import annotations

import re

from corpus.document import Role, SectionKind
from corpus.record_tables import tables
from corpus.text import Part

_JOINERS = re.compile(r"(?:(?<!\s)\s+)?(?:/|&|,|\bAND\b|\bY\b|\bET\b|\bUND\b)\s*")
_WORDS = (
    (
        Role.CONCLUSIONS,
        re.compile(r"CONCLUSION|DISCUSSION|INTERPRETATION|IMPLICATION|RELEVANCE|SIGNIFICANCE"),
    ),
    (Role.RESULTS, re.compile(r"RESULT|FINDING")),
    (Role.METHODS, re.compile(r"METHOD|DESIGN|MEASURE|PARTICIPANT|PATIENT|ANALYSIS|INTERVENTION")),
    (Role.OBJECTIVE, re.compile(r"OBJECTIVE|PURPOSE|\bAIMS?\b|HYPOTHES|\bGOALS?\b")),
    (Role.BACKGROUND, re.compile(r"BACKGROUND|INTRODUCTION|RATIONALE")),
)

# A label begins the abstract or follows a sentence's end; it runs to a colon. At most six words are looked at,
# each of a length that words have: the time must not grow with the square of a text without spaces.
_CANDIDATE = re.compile(
    r"(?:^\s*|(?<=[.?!)\]%\u201d\"'\u2019])\s*)(?P<label>[^\W\d_][^\s.:;?!]{0,60}(?:\s+[^\s.:;?!]{1,60}){0,5}):(?=\s|[^\W\d_a-z]|\d|$)"
)
_MOST_WORDS = 6


def _norm(label: str) -> str:
    return " ".join(label.split()).strip(" :.").upper()


def _known(label: str) -> Role | None:
    """The role of a label that the table knows, whole or in all its joined parts; None if it does not."""
    roles = tables().roles
    if (whole := roles.get(_norm(label))) is not None:
        return whole
    parts = [roles.get(part) for part in _JOINERS.split(_norm(label))]
    return parts[-1] if all(parts) else None


def role_of(label: str | None, category: str | None = None) -> Role | None:
    """What a section does: NLM's category, else what its label says; None for a section with neither.

    A category of UNASSIGNED gives way to a label that is known: publishers' records carry it beside plain "Results".
    """
    if category and category.upper() in Role.__members__ and category.upper() != Role.UNASSIGNED:
        return Role(category.upper())
    if not label:
        return None
    if (known := _known(label)) is not None:
        return known
    return next((role for role, words in _WORDS if words.search(_norm(label))), Role.UNASSIGNED)


def _is_label(label: str, *, structured: bool) -> bool:
    """Whether a candidate is a section label.

    Known labels count in capitals or with a capital first letter. A phrase in capitals that is not known counts only
    in an abstract that has known labels and only with two words or more: "WOMAC: " and "KOOS: " begin results.
    """
    if _known(label) is not None:
        return label[0].isupper()
    words = label.split()
    capitals = all(
        word.isupper() and not any(letter.isdigit() for letter in word) for word in words if word != "&"
    )
    return structured and capitals and 1 < len(words) <= _MOST_WORDS


def split_labels(text: str) -> tuple[Part, ...]:
    """An abstract's text cut at its inline labels ("METHODS: …"); one unlabelled part where it has none.

    Only the labels, their colons and the white space round them leave the text of the parts.
    """
    candidates = list(_CANDIDATE.finditer(text))
    structured = any(
        _known(found["label"]) is not None and found["label"][0].isupper() for found in candidates
    )
    labels = [found for found in candidates if _is_label(found["label"], structured=structured)]
    if not labels:
        return (Part(text),) if text.strip() else ()
    parts = [Part(text[: labels[0].start()])] if text[: labels[0].start()].strip() else []
    ends = [*(found.start() for found in labels[1:]), len(text)]
    for found, end in zip(labels, ends, strict=True):
        parts.append(labelled(text[found.end() : end], " ".join(found["label"].split())))
    return tuple(parts)


def labelled(text: str, label: str, category: str | None = None) -> Part:
    """A labelled section; a label with nothing under it stays in the text as a heading."""
    if not text.strip():
        return Part(f"{label}:", SectionKind.HEADING)
    return Part(text.strip(), label=label, role=role_of(label, category))
