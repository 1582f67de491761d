"""Condition mentions: which of the diseases that a paper names it is about, by where and how often it names them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from corpus.mentions import Mention
from corpus.sentence_roles import BACKGROUND, BODY, CONCLUSION, OBJECTIVE, TITLE
from corpus.study_reading import Placed, Study
from corpus.study_rules import rules

_PEOPLE = frozenset({OBJECTIVE, BODY, CONCLUSION})
"""Where the people studied are described: "patients with osteoarthritis" counts before what is only named often."""
PLACES = (
    (frozenset({TITLE}), 1),
    (frozenset({OBJECTIVE}), 1),
    (_PEOPLE, 1),
    (frozenset({BODY, CONCLUSION}), 2),
    (frozenset({BACKGROUND}), 1),
)
LAST = ((frozenset({BODY, CONCLUSION}), 1),)
_ANATOMY = re.compile(
    r"(?:the )?(?:rotator cuffs?|(?:supra|infra)spinatus(?: tendons?)?|anterior cruciate ligaments?|acl|menisc\w+|tendons?)",
    re.IGNORECASE,
)
"""Parts of the body that stand for their disease in a title, not where they are named in passing."""
REPAIRED = frozenset({"osteochondral-graft", "chondrocyte-implantation", "microfracture"})
"""What is done to a cartilage defect and to nothing else."""
COMPLICATIONS = frozenset(
    {
        "infection",
        "septic-arthritis",
        "embolism-or-thrombosis",
        "fracture",
        "nonunion",
        "graft-versus-host-disease",
    }
)
"""What may go wrong afterwards, where the text names another condition too."""
_EARLIER = re.compile(r"\b(?:after|prior|previous|following|history of)\W+(?:\w+\W+){0,2}$")
_SEVERAL = 5
"""How many conditions make a list."""
_LIKENESS = re.compile(r"-like\b(?! (?:syndrome|disease|lesion|condition))")
"""After what is only resembled: "cancer-like cell cycles"."""
_SMALL = ("micro-", "nano-", "micro- ")
"""Before a fracture that is a hole drilled: "micro-fracture"."""
_DAMAGE = re.compile(r"\bdamaged?\b", re.IGNORECASE)
"""What arthritis does to cartilage."""
_JOINED = re.compile(r"(?:\s*\([^)]{1,20}\))?\s*(?:,? (?:or|and)|/)\s*(?:active |severe |with )?")


def said_conditions(
    study: Study, given: Collection[str], places: Iterable[tuple[Collection[str], int]]
) -> dict[str, list[Mention]]:
    """The conditions of the first part of the paper that names any often enough."""
    for wanted, least in places:
        held = _named(study, wanted, least)
        if TITLE in wanted:
            held = _without_outcomes(study, _without_the_past(study, held))
        else:
            held = _without_passing(study, given, held)
        if BODY in wanted and held:
            most = max(len(said) for said in held.values())
            held = {value: said for value, said in held.items() if 3 * len(said) >= 2 * most}
        if BACKGROUND in wanted:
            held = _first_named(study, held)
        if len(held) > 1 and not _side_by_side(study, held):
            held.pop("other", None)
        if held:
            return held
    return {}


def listed(study: Study) -> dict[str, list[Mention]]:
    """The conditions of the first sentence that lists several: what a review of a product in many diseases is about."""
    for sentence in study.sentences:
        held: dict[str, list[Mention]] = {}
        for one in study.of("condition"):
            if one.sentence is sentence and not one.mention.negated:
                held.setdefault(one.mention.concept, []).append(one.mention)
        if len(held) >= _SEVERAL:
            return held
    return {}


def _named(study: Study, wanted: Collection[str], least: int) -> dict[str, list[Mention]]:
    """The conditions that a part of the paper names often enough."""
    held: dict[str, list[Mention]] = {}
    for one in study.of("condition"):
        if (
            one.sentence.role in wanted
            and not one.mention.negated
            and not _feared(study, one)
            and not _LIKENESS.match(study.after(one))
            and not study.before(one).endswith(_SMALL)
        ):
            held.setdefault(one.mention.concept, []).append(one.mention)
    if wanted is _PEOPLE:
        held = _of_people(study, held)
    return {value: said for value, said in held.items() if _often(value, said, least)}


def _without_passing(
    study: Study, given: Collection[str], held: Mapping[str, list[Mention]]
) -> dict[str, list[Mention]]:
    """The conditions named outside the title, without parts of the body, complications and what a defect may become."""
    kept = {
        value: said for value, said in held.items() if not all(_ANATOMY.fullmatch(one.form) for one in said)
    }
    if any(one.mention.concept not in COMPLICATIONS for one in study.of("condition")):
        kept = {value: said for value, said in kept.items() if value not in COMPLICATIONS}
    if "cartilage-defect" in kept and set(given) & REPAIRED:
        kept = {
            value: said
            for value, said in kept.items()
            if value == "cartilage-defect" or _is_osteoarthritis(study, value)
        }
    return kept


def _without_the_past(study: Study, held: Mapping[str, list[Mention]]) -> dict[str, list[Mention]]:
    """The title's conditions without what came before another: "cartilage defect after fracture"."""
    now = {
        value: said
        for value, said in held.items()
        if value not in COMPLICATIONS or not in_the_past(study, value)
    }
    return now or dict(held)


def _without_outcomes(study: Study, held: Mapping[str, list[Mention]]) -> dict[str, list[Mention]]:
    """The title's conditions without damage that is only an outcome of osteoarthritis: "prevents cartilage damage"."""
    arthritis = any("arthr" in one.form.lower() for said in held.values() for one in said)
    if not arthritis:
        return dict(held)
    spared = rules().cues["spared"]
    return {
        value: said
        for value, said in held.items()
        if value != "cartilage-defect"
        or not all(
            _DAMAGE.search(one.form) or spared.search(study.reading.lower[: one.start]) for one in said
        )
    }


def _first_named(study: Study, held: Mapping[str, list[Mention]]) -> dict[str, list[Mention]]:
    """The conditions of the sentence that names any first: the problem is told before its likes."""
    said = {mention for mentions in held.values() for mention in mentions}
    first = next((one.sentence for one in study.of("condition") if one.mention in said), None)
    if first is None:
        return {}
    kept = {
        value: [one for one in mentions if first.start <= one.start < first.end]
        for value, mentions in held.items()
    }
    return {value: mentions for value, mentions in kept.items() if mentions}


def _often(value: str, said: Collection[Mention], least: int) -> bool:
    """Whether a condition is named often enough; what is no concept of its own, one disease of them."""
    if value != "other" or least == 1:
        return len(said) >= least
    return max(Counter(one.form.lower() for one in said).values()) >= least


def _of_people(study: Study, held: Mapping[str, list[Mention]]) -> dict[str, list[Mention]]:
    """The conditions that the people studied are said to have."""
    cues = rules().cues
    having = {
        one.mention
        for one in study.of("condition")
        if one.sentence.role in _PEOPLE
        and cues["people_with"].search(study.before(one))
        and not cues["people_at_large"].search(study.whole(one.sentence))
    }
    found = {value: [one for one in said if one in having] for value, said in held.items()}
    return {value: said for value, said in found.items() if said}


def _is_osteoarthritis(study: Study, value: str) -> bool:
    return value in study.vocabulary.narrower("osteoarthritis")


def _feared(study: Study, one: Placed) -> bool:
    """Whether osteoarthritis is only what a defect may become."""
    return (
        one.sentence.role != TITLE
        and (_is_osteoarthritis(study, one.mention.concept) or bool(_DAMAGE.search(one.mention.form)))
        and bool(rules().cues["feared"].search(study.before(one)))
    )


def _side_by_side(study: Study, held: Mapping[str, list[Mention]]) -> bool:
    """Whether another disease is named as one of two that were studied: "rheumatoid arthritis or psoriatic arthritis"."""
    others = [one for value, said in held.items() if value != "other" for one in said]
    for one in held.get("other", []):
        for beside in others:
            first, last = sorted((one, beside), key=lambda mention: mention.start)
            between = study.reading.lower[first.end : last.start]
            if _JOINED.fullmatch(between):
                return True
    return False


def in_the_past(study: Study, value: str) -> bool:
    """Whether the title names a disease only as what the people had before their prosthesis: "after ACL reconstruction"."""
    named = [
        one for one in study.of("condition") if one.mention.concept == value and one.sentence.role == TITLE
    ]
    return bool(named) and all(_EARLIER.search(study.before(one)) for one in named)
