"""Route mentions: which of the routes that a paper names are those of a treatment, by their sentences and the words beside them."""

from __future__ import annotations

import re
from collections.abc import Collection

from corpus.label import NOT_STATED
from corpus.sentence_roles import BACKGROUND, CONCLUSION, OBJECTIVE, TITLE
from corpus.study_reading import CASES, REVIEWS, TRIALS, Placed, Study
from corpus.study_rules import rules

_BESIDE = 30
_AROUND = 65
"""The letters to either side of a route that may say whose it is."""
_BY_SURGERY = re.compile(r"surgical-implantation|oral|topical")
_INFECTIONS = frozenset({"infection", "septic-arthritis"})
_ANTIBIOTICS = re.compile(r"\b(?:antibiot|antimicrob)\w*")
_EMBRYO_BEFORE = re.compile(r"\b(?:embryo(?:nic)?|blastocyst|pre|peri)[- ]?$")
_EMBRYO_AFTER = re.compile(r"\W*(?:stage|epiblast|embryos?|blastocysts?)\b")
"""Words beside the implantation of an embryo."""
_PUT = re.compile(r"\b(?:inject|infiltrat|implant|transplant|deliver|administ|infus|instill)")


def _beside(study: Study, one: Placed) -> list[str]:
    """The treatments named right beside a route."""
    return [
        other.mention.concept
        for other in study.of("intervention")
        if other.sentence is one.sentence and -_BESIDE < other.mention.start - one.mention.end < _BESIDE
    ]


def route_of_another(study: Study, one: Placed, given: Collection[str]) -> bool:
    """Whether the route stands right beside a treatment that is not the one studied: "intra-articular bupivacaine" after every operation."""
    near = _beside(study, one)
    own = set(given) | {"placebo"} | {broad for value in given for broad in study.vocabulary.broader(value)}
    return (
        bool(near)
        and NOT_STATED not in given
        and not any(value in own or set(study.vocabulary.broader(value)) & own for value in near)
    )


def route_of_treatment(study: Study, one: Placed) -> bool:
    """Whether the route is that of a treatment, by its sentence and the words beside it."""
    role, value, text = one.sentence.role, one.mention.concept, study.whole(one.sentence)
    cues, form = rules().cues, one.mention.form.lower()
    if role == BACKGROUND or one.mention.negated or cues["no_route_after"].search(study.after(one)):
        return False
    if (study.design & REVIEWS and "risk factor" in text) or _to_every_arm(study, one):
        return False
    aside = role == OBJECTIVE and not (cues["objective"].search(text) or cues["own_work"].search(text))
    if (
        aside
        or cues["other_people"].search(_around(study, one))
        or not _placed_by_injection(value, form, text)
    ):
        return False
    if role in {TITLE, OBJECTIVE}:
        return bool(_BY_SURGERY.search(value) or cues["inject"].search(text) or _beside(study, one))
    if cues["adverb"].search(form) and (study.design & (TRIALS | CASES) or study.animals):
        return role != CONCLUSION
    swallowed = value != "oral" or bool(cues["taken"].search(text))
    hedged = bool(cues["hedge"].search(text)) if role == CONCLUSION or study.design & REVIEWS else False
    if value == "percutaneous":
        hedged = hedged or role == CONCLUSION or bool(cues["hedge"].search(text))
    return swallowed and not hedged and bool(cues["treat"].search(text))


def _to_every_arm(study: Study, one: Placed) -> bool:
    """Whether a trial gave by that route to all arms alike: "all patients received an intra-articular injection"."""
    compared = study.design & {"rct", "controlled-trial"} and one.sentence.role not in {TITLE, OBJECTIVE}
    return bool(compared) and bool(rules().cues["every_arm"].search(study.before(one)))


def _around(study: Study, one: Placed) -> str:
    """The words to either side of a route; where an infection is what is treated, without its antibiotics."""
    near = study.before(one)[-_AROUND:] + " # " + study.after(one)[:_AROUND]
    infected = any(
        other.mention.concept in _INFECTIONS and other.sentence.role == TITLE
        for other in study.of("condition")
    )
    return _ANTIBIOTICS.sub("", near) if infected else near


def given_here(lower: str, value: str, form: str, start: int, end: int) -> bool:
    """Whether a route that a passage names, at lower[start:end], is that of something given: no place, no embryo, no antibiotic's."""
    first = max(lower.rfind(stop, 0, start) for stop in (". ", "; ", "\n")) + 1
    last = min(
        (at for at in (lower.find(stop, end) for stop in (". ", "; ", "\n")) if at >= 0), default=len(lower)
    )
    before, after, sentence = lower[first:start], lower[end:last], lower[first:last]
    cues = rules().cues
    near = lower[max(0, start - _AROUND) : start] + " # " + lower[end : end + _AROUND]
    if cues["other_people"].search(near) or cues["no_route_after"].search(after):
        return False
    if value == "surgical-implantation":
        return not (_EMBRYO_BEFORE.search(before) or _EMBRYO_AFTER.match(after))
    if value == "intralesional" and not form.startswith("intra"):
        return "inject" in sentence or "infiltrat" in sentence
    return _placed_by_injection(value, form, sentence)


def _placed_by_injection(value: str, form: str, text: str) -> bool:
    """False for a place that is only named, with nothing injected there: "into the lesion", "in the joint"."""
    if value == "intralesional" and not form.startswith("intra"):
        return bool(re.search(r"\b(?:inject|infiltrat|implant|transplant)", text))
    if value == "intra-articular":
        return bool(re.match(r"intra|i\.? ?a\b", form)) or "inject" in text or "infiltrat" in text
    return not form.startswith(("in ", "into ")) or bool(_PUT.search(text))
