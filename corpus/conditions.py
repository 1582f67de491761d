"""Conditions: what was treated or studied."""

from __future__ import annotations

import re
from collections.abc import Mapping

from corpus.label import NONE, NOT_STATED
from corpus.mentions import Mention
from corpus.sentence_roles import BACKGROUND, BODY, CONCLUSION, OBJECTIVE, TITLE
from corpus.study_reading import Study, narrowest
from corpus.study_rules import rules


def conditions(study: Study, given: tuple[str, ...]) -> tuple[str, ...]:
    """What was treated or studied: the title's conditions, else those of the objective, else the one said most."""
    held = _said_conditions(study)
    values = narrowest(study, _narrowed(study, held))
    if "human" in study.species and _of_arthroplasty(study):
        values.add("arthroplasty-patients")
    if not values and set(given) & {"osteochondral-graft", "chondrocyte-implantation", "microfracture"}:
        values.add("cartilage-defect")
    for value in values:
        for mention in held.get(value, []):
            study.note("condition", value, mention)
    return tuple(sorted(values)) or _unknown_condition(study)


def _said_conditions(study: Study) -> dict[str, list[Mention]]:
    """The conditions of the first part of the paper that names any."""
    for wanted in ({TITLE}, {OBJECTIVE}, {BODY, CONCLUSION}, {BACKGROUND}):
        held: dict[str, list[Mention]] = {}
        for one in study.of("condition"):
            if one.sentence.role in wanted and not one.mention.negated:
                held.setdefault(one.mention.concept, []).append(one.mention)
        if BODY in wanted:
            held = {value: said for value, said in held.items() if len(said) > 1}
        if len(held) > 1:
            held.pop("other", None)
        if held:
            return held
    return {}


def _narrowed(study: Study, held: Mapping[str, list[Mention]]) -> set[str]:
    """The conditions, a general one made the single narrower one that the study's own sentences name."""
    values = set(held)
    own = {
        one.mention.concept
        for one in study.of("condition")
        if one.sentence.role != BACKGROUND and not one.mention.negated
    }
    for value in sorted(values):
        below = set(study.vocabulary.narrower(value) - {value}) & own
        if value == "osteoarthritis" and not below:
            asked = " ".join(study.whole(one) for one in study.sentences if one.role in {TITLE, OBJECTIVE})
            below = {
                site
                for word, site in study.vocabulary.sites.items()
                if re.search(rf"(?<!other )\b{word}s?\b", asked)
            }
        if len(below) == 1 and not values & (study.vocabulary.narrower(value) - {value}):
            values |= below
    return values


def _of_arthroplasty(study: Study) -> bool:
    """Whether the title is about people with a prosthesis, not about postponing one."""
    return any(
        one.mention.concept == "arthroplasty"
        and one.sentence.role == TITLE
        and not re.search(
            r"\b(?:versus|vs|delay|avoid|prevent|candidates?|postpon\w+|compared)\b", study.before(one)
        )
        for one in study.of("intervention")
    )


def _unknown_condition(study: Study) -> tuple[str, ...]:
    for sentence in study.sentences:
        if sentence.role in {TITLE, OBJECTIVE}:
            found = rules().cues["disease_word"].search(study.whole(sentence))
            if found:
                study.spans.setdefault(("condition", "other"), []).append(
                    (sentence.start + found.start(), sentence.start + found.end())
                )
                return ("other",)
    asked = " ".join(study.whole(one) for one in study.sentences if one.role != BACKGROUND)
    return (
        (NONE,) if rules().cues["healthy"].search(asked) and not study.species & {"human"} else (NOT_STATED,)
    )
