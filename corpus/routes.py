"""Routes: how what was studied was given; the routes of anaesthetics, antibiotics, tracers and models are none."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from corpus.label import NONE, NOT_STATED
from corpus.mentions import Mention
from corpus.sentence_roles import BACKGROUND, CONCLUSION, OBJECTIVE, TITLE
from corpus.study_reading import REVIEWS, Placed, Study, of_kind
from corpus.study_rules import rules

_BESIDE = 30


_AROUND = 65
"""The letters to either side of a route that may say whose it is."""


_BY_SURGERY = re.compile(r"surgical-implantation|oral|topical")
_SURGICAL = re.compile(r"surg|arthrosc|open", re.IGNORECASE)


def routes(study: Study, given: tuple[str, ...]) -> tuple[str, ...]:
    """How it was given; "none" for what has no route: plain surgery, exercise, a dish."""
    if given == (NONE,) or not study.living:
        return (NONE,)
    kinds = rules().kinds
    held = _said_routes(study, given)
    injected = set(held) & kinds["injected"]
    grafts = of_kind(study, given, "grafts")
    rest = [value for value in given if value not in kinds["routeless"] and value not in kinds["grafts"]]
    by_graft = grafts and not injected and not study.design & REVIEWS
    if by_graft or (not held and (_implanted(study, rest) or _grafted(study, given))):
        held.setdefault("surgical-implantation", [])
    for value, mentions in held.items():
        for mention in mentions:
            study.note("route", value, mention)
    if held:
        return tuple(sorted(held))
    vague = study.design & REVIEWS and set(given) & (kinds["vague"] | kinds["grafts"])
    return (NOT_STATED,) if rest or vague else (NONE,)


def _said_routes(study: Study, given: Collection[str]) -> dict[str, list[Mention]]:
    """The routes that the text names for the treatment, those that only repeat another left out."""
    held: dict[str, list[Mention]] = {}
    for one in study.of("route"):
        if _route_of_treatment(study, one) and not _route_of_another(study, one, given):
            held.setdefault(one.mention.concept, []).append(one.mention)
    injected = set(held) & rules().kinds["injected"]
    if injected or "oral" in held:
        held.pop("percutaneous", None)
    surgical = [one for one in held.get("surgical-implantation", []) if _SURGICAL.match(one.form)]
    grafts = of_kind(study, given, "grafts")
    cells = of_kind(study, given, "cells") | of_kind(study, given, "blood")
    if (injected and not surgical) or ("percutaneous" in held and not grafts) or not (grafts or cells):
        held.pop("surgical-implantation", None)
    return held


def _grafted(study: Study, given: Collection[str]) -> bool:
    """Whether the title says that another tissue was grafted."""
    return "other" in given and bool(re.search(r"\b(?:\w*graft\w*|transplant\w*)\b", study.title))


def _implanted(study: Study, rest: Iterable[str]) -> bool:
    """Cells put into a defect without a word of injection."""
    if not of_kind(study, rest, "cells") and not of_kind(study, rest, "blood"):
        return False
    own = [study.whole(one) for one in study.sentences if one.role != BACKGROUND]
    if any(rules().cues["inject"].search(one) and "inject" in one for one in own):
        return False
    return any(
        re.search(
            r"\b(?:implant|transplant|graft)\w*\b[^.;]{0,60}\b(?:defects?|lesions?|scaffold|membrane|cartilage|knees?|tendon)\b",
            one,
        )
        for one in own
    )


def _beside(study: Study, one: Placed) -> list[str]:
    """The treatments named right beside a route."""
    return [
        other.mention.concept
        for other in study.of("intervention")
        if other.sentence is one.sentence and -_BESIDE < other.mention.start - one.mention.end < _BESIDE
    ]


def _route_of_another(study: Study, one: Placed, given: Collection[str]) -> bool:
    """Whether the route stands right beside a treatment that is not the one studied: "intra-articular bupivacaine" after every operation."""
    near = _beside(study, one)
    own = set(given) | {"placebo"} | {broad for value in given for broad in study.vocabulary.broader(value)}
    return (
        bool(near)
        and NOT_STATED not in given
        and not any(value in own or set(study.vocabulary.broader(value)) & own for value in near)
    )


def _route_of_treatment(study: Study, one: Placed) -> bool:
    """Whether the route is that of a treatment, by its sentence and the words beside it."""
    role, value, text = one.sentence.role, one.mention.concept, study.whole(one.sentence)
    near = study.before(one)[-_AROUND:] + " # " + study.after(one)[:_AROUND]
    into = value == "intralesional" and not one.mention.form.lower().startswith("intra")
    if role == BACKGROUND or one.mention.negated or rules().cues["other_people"].search(near):
        return False
    if into and not re.search(r"\b(?:inject|infiltrat|implant|transplant)", text):
        return False
    if (
        not one.mention.form.lower().startswith(("intra", "i"))
        and value == "intra-articular"
        and "inject" not in text
        and "infiltrat" not in text
    ):
        return False
    if role in {TITLE, OBJECTIVE}:
        return bool(_BY_SURGERY.search(value) or rules().cues["inject"].search(text) or _beside(study, one))
    swallowed = value != "oral" or bool(rules().cues["taken"].search(text))
    hedged = role == CONCLUSION and (value == "percutaneous" or bool(rules().cues["hedge"].search(text)))
    return swallowed and not hedged and bool(rules().cues["treat"].search(text))
