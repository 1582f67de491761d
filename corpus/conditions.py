"""Conditions: what was treated or studied."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from corpus.label import NONE, NOT_STATED
from corpus.mentions import Mention
from corpus.sentence_roles import BACKGROUND, BODY, CONCLUSION, OBJECTIVE, TITLE
from corpus.study_reading import REVIEWS, Placed, Span, Study, narrowest
from corpus.study_rules import rules

_PLACES = (
    (frozenset({TITLE}), 1),
    (frozenset({OBJECTIVE}), 1),
    (frozenset({BODY, CONCLUSION}), 2),
    (frozenset({BACKGROUND}), 1),
)
_LAST = ((frozenset({BODY, CONCLUSION}), 1),)
_ANATOMY = re.compile(
    r"(?:the )?(?:rotator cuffs?|(?:supra|infra)spinatus(?: tendons?)?|anterior cruciate ligaments?|acl|menisc\w+|tendons?)",
    re.IGNORECASE,
)
"""Parts of the body that stand for their disease in a title, not where they are named in passing."""
_REPAIRED = frozenset({"osteochondral-graft", "chondrocyte-implantation", "microfracture"})
"""What is done to a cartilage defect and to nothing else."""
_COMPLICATIONS = frozenset(
    {"infection", "septic-arthritis", "embolism-or-thrombosis", "fracture", "nonunion"}
)
"""What may go wrong afterwards, where the text names another condition too."""
_MEANT = 3
"""How often a disease is named outside the title of a paper on cells that is about it."""
_CELLS = re.compile(r"\b(?:stem cells?|pluripotent|embryonic|progenitors?|haematopoie\w+|hematopoie\w+)\b")
_EXAMPLE = re.compile(
    r"\b(?:particularly|especially|notably|such as|e\.g\.?|for example|including)\W*(?:in )?$"
)
_EARLIER = re.compile(r"\b(?:after|prior|previous|following|history of)\W+(?:\w+\W+){0,2}$")
_TWO_SITES = re.compile(
    r"\b(?:osteoarthritis|oa)\b(?: \(oa\))? of (?:the )?(?:hips?|knees?) (?:or|and|and/or) (?:the )?(?:hips?|knees?)\b"
    r"|\b(?:hips?|knees?) (?:or|and|and/or) (?:hips?|knees?) (?:osteoarthritis|oa)\b"
)
_BARE = re.compile(r"diseases?|disorders?|injur(?:y|ies)")
_UNNAMED = re.compile(r"(?:\b(?:and|or|in|of|for|human|health)|,)\s*$")
"""What stands before a disease that is not named: "development and disease"."""
_CARTILAGE = re.compile(r"cartilage|chondral|chondrocyte")
_LABORATORY = frozenset({"animal-study", "in-vitro-study", "narrative-review", NOT_STATED})
_JOINED = re.compile(r"(?:\s*\([^)]{1,20}\))?\s*(?:,? or|/)\s*(?:active |severe |with )?")


def conditions(study: Study, given: tuple[str, ...]) -> tuple[str, ...]:
    """What was treated or studied: the title's conditions, else those of the objective, else the one said most."""
    held = _said_conditions(study, given, _PLACES)
    if not held and not _disease(study, {TITLE}):
        held = _said_conditions(study, given, _LAST)
        if len(held) > 1:
            held = {value: said for value, said in held.items() if value not in _COMPLICATIONS}
    if given == (NONE,) and _biology(study, held):
        roles = {one.sentence.role for one in study.of("condition") if one.mention.concept in held}
        return (NOT_STATED,) if roles & {BODY, CONCLUSION} else (NONE,)
    values = narrowest(study, _narrowed(study, held))
    if "human" in study.species and _of_arthroplasty(study):
        values = {value for value in values if not _in_the_past(study, value)} | {"arthroplasty-patients"}
    if set(given) & _REPAIRED and values <= {"bone-marrow-lesion"} and _CARTILAGE.search(study.reading.lower):
        values.add("cartilage-defect")
    for value in values:
        for mention in held.get(value, []):
            study.note("condition", value, mention)
    return tuple(sorted(values)) or _unknown_condition(study)


def _biology(study: Study, held: Mapping[str, list[Mention]]) -> bool:
    """Whether a study that treats nothing is about how cells work, and a disease is only named as a reason for it."""
    told = [one for one in study.of("condition") if one.mention.concept in held]
    in_title = any(one.sentence.role == TITLE for one in told)
    if not held and study.design & REVIEWS and "human" not in study.species:
        return not _disease(study)
    return (
        study.design <= _LABORATORY
        and not in_title
        and not _disease(study)
        and len(told) < _MEANT
        and bool(rules().cues["biology_title"].search(study.title) or _CELLS.search(study.title))
    )


def _said_conditions(
    study: Study, given: Collection[str], places: Iterable[tuple[Collection[str], int]]
) -> dict[str, list[Mention]]:
    """The conditions of the first part of the paper that names any often enough."""
    for wanted, least in places:
        held: dict[str, list[Mention]] = {}
        for one in study.of("condition"):
            if one.sentence.role in wanted and not one.mention.negated and not _feared(study, one):
                held.setdefault(one.mention.concept, []).append(one.mention)
        held = {value: said for value, said in held.items() if len(said) >= least}
        if TITLE not in wanted:
            held = {
                value: said
                for value, said in held.items()
                if not all(_ANATOMY.fullmatch(one.form) for one in said)
            }
        if TITLE not in wanted and any(
            one.mention.concept not in _COMPLICATIONS for one in study.of("condition")
        ):
            held = {value: said for value, said in held.items() if value not in _COMPLICATIONS}
        if BODY in wanted and held:
            most = max(len(said) for said in held.values())
            held = {value: said for value, said in held.items() if 3 * len(said) >= 2 * most}
        if TITLE not in wanted and "cartilage-defect" in held and set(given) & _REPAIRED:
            held = {
                value: said
                for value, said in held.items()
                if value == "cartilage-defect" or _is_osteoarthritis(study, value)
            }
        if len(held) > 1 and not _side_by_side(study, held):
            held.pop("other", None)
        if held:
            return held
    return {}


def _is_osteoarthritis(study: Study, value: str) -> bool:
    return value in study.vocabulary.narrower("osteoarthritis")


def _feared(study: Study, one: Placed) -> bool:
    """Whether osteoarthritis is only what a defect may become."""
    return (
        one.sentence.role != TITLE
        and _is_osteoarthritis(study, one.mention.concept)
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


def _narrowed(study: Study, held: Mapping[str, list[Mention]]) -> set[str]:
    """The conditions, a general one made the single narrower one that the study's own sentences name."""
    values = set(held)
    wide = study.design & REVIEWS
    own_roles = {TITLE, OBJECTIVE, CONCLUSION} if wide else {TITLE, OBJECTIVE, BODY, CONCLUSION}
    own = {
        one.mention.concept
        for one in study.of("condition")
        if one.sentence.role in own_roles and not one.mention.negated and not _instance(study, one)
    }
    for value in sorted(values):
        below = set(study.vocabulary.narrower(value) - {value}) & own
        anywhere = {
            one.mention.concept
            for one in study.of("condition")
            if not one.mention.negated and not _instance(study, one)
        }
        if not wide:
            below = below or set(study.vocabulary.narrower(value) - {value}) & anywhere
        if value == "osteoarthritis" and not below:
            below = _sites(study, {TITLE, OBJECTIVE})
            if not below and study.design != {"in-vitro-study"} and not wide:
                below = _sites(study, {BODY, CONCLUSION})
        if value == "osteoarthritis" and len(below) > 1 and _TWO_SITES.search(study.reading.lower):
            values |= below
        if len(below) == 1 and not values & (study.vocabulary.narrower(value) - {value}):
            values |= below
    return values


def _instance(study: Study, one: Placed) -> bool:
    """Whether a narrower disease is only the first example of the general one."""
    return bool(_EXAMPLE.search(study.before(one)))


def _sites(study: Study, wanted: Collection[str]) -> set[str]:
    """The diseases of the joints that those sentences name."""
    asked = " ".join(study.whole(one) for one in study.sentences if one.role in wanted)
    return {
        site for word, site in study.vocabulary.sites.items() if re.search(rf"(?<!other )\b{word}s?\b", asked)
    }


def _in_the_past(study: Study, value: str) -> bool:
    """Whether the title names a disease only as what the people had before their prosthesis: "after ACL reconstruction"."""
    named = [
        one for one in study.of("condition") if one.mention.concept == value and one.sentence.role == TITLE
    ]
    return bool(named) and all(_EARLIER.search(study.before(one)) for one in named)


def _of_arthroplasty(study: Study) -> bool:
    """Whether the title is about people with a prosthesis, not about postponing one."""
    return any(
        one.mention.concept == "arthroplasty"
        and one.sentence.role == TITLE
        and re.search(r"plast|replace|prosthe|^t[khs]a", one.mention.form.lower())
        and not re.search(
            r"\b(?:delay|avoid|prevent|candidates?|postpon\w+|predict\w*|need for)\b|\b(?:versus|vs|compared (?:with|to)|lesions? using)\W+(?:\w+\W+){0,3}$",
            study.before(one),
        )
        for one in study.of("intervention")
    )


def _disease(study: Study, wanted: Collection[str] = frozenset({TITLE, OBJECTIVE})) -> Span | None:
    """Where title or objective name a disease that is no concept, by the word's ending."""
    for sentence in study.sentences:
        if sentence.role in wanted:
            text = study.whole(sentence)
            for found in rules().cues["disease_word"].finditer(text):
                if not (_BARE.fullmatch(found.group()) and _UNNAMED.search(text[: found.start()])):
                    return sentence.start + found.start(), sentence.start + found.end()
    return None


def _unknown_condition(study: Study) -> tuple[str, ...]:
    span = _disease(study)
    if span:
        study.spans.setdefault(("condition", "other"), []).append(span)
        return ("other",)
    if study.design == {"in-vitro-study"}:
        return (NONE,)
    return (NOT_STATED,) if study.species & {"human", NOT_STATED} else (NONE,)
