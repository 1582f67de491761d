"""Comparators: what a study compared its intervention with."""

from __future__ import annotations

import re
from collections.abc import Collection

from corpus.label import NONE, NOT_STATED
from corpus.nothing_given import (
    had_without,
    is_kind_of_control,
    left_alone,
    non_group,
    nothing_given,
    sham_control,
)
from corpus.own_controls import (
    carrier_in_letters,
    drilled,
    of_itself,
    older_of_two,
    other_carrier,
    plain_cells,
    same_kind,
    same_kind_in_arms,
    the_standard,
)
from corpus.sentence_roles import BACKGROUND, BODY, CONCLUSION, OBJECTIVE, TITLE
from corpus.study_reading import (
    REVIEWS,
    TRIALS,
    UNCONTROLLED,
    Placed,
    Study,
    is_kind,
    narrowest,
)
from corpus.study_rules import rules
from corpus.unnamed_controls import unnamed_control

_ASKED = frozenset({TITLE, OBJECTIVE})
_NOTHING = frozenset({"placebo", "no-treatment", "sham"})


def comparators(study: Study, given: Collection[str]) -> tuple[str, ...]:
    """What it was compared with; "none" without a control, "not-stated" where the control is not named."""
    held, alone = _told(study, given)
    if "sham" in held and study.animals and held - {"sham"} and not sham_control(study):
        held.discard("sham")
    operations = rules().kinds["operations"]
    if not held & {"no-treatment", *operations} and left_alone(study):
        held.add("no-treatment")
    if "no-treatment" in held:
        held.discard("tendon-or-ligament-surgery")
    if "placebo" in held and study.animals and not nothing_given(study):
        held.discard("no-treatment")
    held |= plain_cells(study, given, held) | carrier_in_letters(study, given) | _repair_alone(study)
    if alone - operations:
        held -= operations & alone
    if "placebo" in held and not study.animals:
        held -= alone & rules().kinds["drugs"]
    held = narrowest(study, held)
    if held:
        return tuple(sorted(held))
    return (NOT_STATED,) if set(given) != {NONE} and unnamed_control(study, given) else (NONE,)


def _told(study: Study, given: Collection[str]) -> tuple[set[str], set[str]]:
    """The controls that the text names, else those of itself or the old treatment; and the parts given by themselves."""
    held, alone = _named(study, given)
    if not held or rules().cues["side_by_side"].search(study.title):
        held |= same_kind(study, given)
    if "rct" in study.design and "placebo" not in held:
        held |= same_kind_in_arms(study, given)
    held = held or of_itself(study, given) or drilled(study)
    if study.animals and held == {"no-treatment"}:
        held |= other_carrier(study, given)
    if len(held & set(given)) > 1 and not (study.animals or alone or study.design & (REVIEWS | TRIALS)):
        held -= set(given)
    return older_of_two(given, held) or the_standard(study, given), alone


def _named(study: Study, given: Collection[str]) -> tuple[set[str], set[str]]:
    """The controls that the text names, and those of them that are a part of what was given, by itself."""
    held: set[str] = set()
    alone: set[str] = set()
    others: set[str] = set()
    outdone: set[str] = set()
    titled = False
    for one in study.placed:
        value = one.mention.concept
        if one.mention.facet not in {"intervention", "comparator"} or _elsewhere(study, one):
            continue
        if non_group(study, one) and value in given:
            held.add("no-treatment")
            continue
        if one.mention.negated:
            held |= had_without(study, one, given)
            continue
        versus = one.sentence.role == TITLE and bool(rules().cues["against"].search(study.before(one)))
        by_itself = value != "placebo" and one.mention.facet == "intervention" and _alone(study, one, given)
        if by_itself or _compared(study, one, given):
            value = _as_given(study, value, given)
            titled |= versus
            if value not in held and not versus and not by_itself and value in given:
                others.add(value)
            others -= {value} if versus else set()
            held.add(value)
            alone |= {value} if by_itself else set()
            study.note("comparator", value, one.mention)
        elif _outdone_group(study, one, given):
            outdone.add(_as_given(study, value, given))
            study.note("comparator", value, one.mention)
    if not titled and not held & _NOTHING:
        held |= outdone
    return (held - others if held - others and titled else held), alone


def _repair_alone(study: Study) -> set[str]:
    """The repair of a tendon or ligament, where a group had that and nothing put in with it: "suture repair only"."""
    cues = rules().cues
    if study.design & (REVIEWS | UNCONTROLLED) or not cues["tendon_title"].search(study.title):
        return set()
    alone = any(
        one.role in {OBJECTIVE, BODY} and cues["repair_alone"].search(study.whole(one))
        for one in study.sentences
    )
    return {"tendon-or-ligament-surgery"} if alone else set()


def _elsewhere(study: Study, one: Placed) -> bool:
    """Whether the sentence is background or tells of other people's studies or of those still to be done."""
    if one.sentence.role == BACKGROUND or rules().cues["to_be_studied"].search(study.whole(one.sentence)):
        return True
    return (
        one.sentence.role == BODY
        and not study.design & REVIEWS
        and bool(rules().cues["elsewhere"].search(study.whole(one.sentence)))
    )


def _compared(study: Study, one: Placed, given: Collection[str]) -> bool:
    """Whether it is the control of the study, by its kind or by the words round it."""
    if one.mention.concept == "placebo" or one.mention.facet == "comparator":
        return is_kind_of_control(study, one)
    role, cues = one.sentence.role, rules().cues
    if (role in _ASKED or _other_treatment(study, one, given)) and cues["against"].search(study.before(one)):
        return True
    if role == BODY and (
        cues["control_after"].search(study.after(one)) or cues["control_called"].search(study.after(one))
    ):
        return True
    controlled = role in {BODY, CONCLUSION} and not study.design & (REVIEWS | UNCONTROLLED)
    return controlled and _is_other_group(study, one, given)


def _other_treatment(study: Study, one: Placed, given: Collection[str]) -> bool:
    """Whether it is a drug or an old operation that was not studied itself, in a trial in people or animals: results are set against it."""
    tried = study.animals or study.design & TRIALS - {"single-arm-trial"}
    kinds = rules().kinds
    return bool(tried) and one.mention.concept in (kinds["drugs"] | kinds["standards"]) - set(given)


def _is_other_group(study: Study, one: Placed, given: Collection[str]) -> bool:
    """Whether it is what the control group got, or the group that the results are compared with."""
    before, cues = study.before(one), rules().cues
    if cues["control_got"].search(before) or cues["control_only"].search(before) or _plain_group(study, one):
        return True
    if study.animals and cues["contralateral_got"].search(before):
        return True
    if study.animals and one.mention.concept == "microfracture" and one.mention.concept not in given:
        return bool(cues["own_group"].search(study.after(one)))
    return False


def _outdone_group(study: Study, one: Placed, given: Collection[str]) -> bool:
    """Whether the results are compared with the group that had this, where no group without any treatment is named."""
    if one.sentence.role not in {BODY, CONCLUSION} or study.design & (REVIEWS | UNCONTROLLED):
        return False
    before, cues = study.before(one), rules().cues
    several = study.animals or len(given) > 1 or study.design & TRIALS
    return bool(
        several
        and one.mention.concept in _with_broader(study, given)
        and cues["than_group"].search(before)
        and cues["group_after"].search(study.after(one))
    )


def _plain_group(study: Study, one: Placed) -> bool:
    """Whether its group stands beside the group of the same with something more: "MSC group and MSC-X group"."""
    form = re.escape(one.mention.form.lower())
    listed = rf"\s*(?:\(n\s?=\s?\d+\))?[,;]?\s*(?:and |or )?(?:\(\w\) |group \w+:? )?(?:an? |the )?(?:[\w-]+ ){{0,3}}{form}\s?(?:[+/]|plus|with|combined with|seeded with|loaded with)"
    if study.animals and re.match(listed, study.after(one)):
        return True
    return bool(re.match(rf"\s*groups?,? (?:and|or|versus|vs\.?) (?:the )?{form}\s?[-+/]", study.after(one)))


def _as_given(study: Study, value: str, given: Collection[str]) -> str:
    """The narrower thing that was given, where the text calls it by a broader word."""
    below = sorted(set(given) & (study.vocabulary.narrower(value) - {value}))
    return below[0] if len(below) == 1 and value not in given else value


def _alone(study: Study, one: Placed, given: Collection[str]) -> bool:
    """Whether one part of what was given is an arm by itself: "scaffold alone", "hyaluronan only", "unseeded scaffold"."""
    cues, value = rules().cues, one.mention.concept
    if study.design & UNCONTROLLED - REVIEWS or study.design == {"other"}:
        return False
    others = set(given) - {value, *study.vocabulary.broader(value), *study.vocabulary.narrower(value)}
    known = value in given or (value in rules().kinds["operations"] and not study.design & REVIEWS)
    if not others or not known:
        return False
    if cues["alone_after"].search(study.after(one)):
        weighed = cues["set_against"].search(study.whole(one.sentence)) or one.sentence.role == TITLE
        return not study.design & REVIEWS or bool(weighed)
    if value in rules().kinds["operations"] and _only_before(study, one):
        return True
    loaded = any(is_kind(study, other, "cells") or other in rules().kinds["drugs"] for other in others)
    return (
        loaded
        and value == "scaffold"
        and not study.design & REVIEWS
        and bool(
            cues["empty_before"].search(_up_to_noun(study, one))
            or cues["empty_after"].search(study.after(one))
        )
    )


def _up_to_noun(study: Study, one: Placed) -> str:
    """The sentence up to the last word of the mention: "a cell-free" before "gel"."""
    first_words, _, _ = one.mention.form.lower().rpartition(" ")
    return study.before(one) + (f"{first_words} " if first_words else "")


def _only_before(study: Study, one: Placed) -> bool:
    """Whether the word before an operation says that a group had nothing more: "only", "isolated"."""
    before, cues = study.before(one), rules().cues
    if study.animals and cues["only_before"].search(before):
        return True
    return bool(cues["isolated_before"].search(before) and cues["arms"].search(study.after(one)))


def _with_broader(study: Study, given: Collection[str]) -> set[str]:
    return {above for value in given for above in (value, *study.vocabulary.broader(value))}
