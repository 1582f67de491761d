"""Comparators: what a study compared its intervention with."""

from __future__ import annotations

import re
from collections.abc import Collection

from corpus.label import NONE, NOT_STATED
from corpus.sentence_roles import BACKGROUND, BODY, CONCLUSION, OBJECTIVE, TITLE
from corpus.study_reading import REVIEWS, TRIALS, UNCONTROLLED, Placed, Study, is_kind, narrowest
from corpus.study_rules import rules

_ASKED = frozenset({TITLE, OBJECTIVE})
_NEAR = 40
_CARED = frozenset({"usual-care", "no-treatment"})


def comparators(study: Study, given: Collection[str]) -> tuple[str, ...]:
    """What it was compared with; "none" without a control, "not-stated" where the control is not named."""
    held, alone = _named(study, given)
    if not held or rules().cues["side_by_side"].search(study.title):
        held |= _same_kind(study, given)
    if "rct" in study.design:
        held |= _same_kind_in_arms(study, given)
    if not held:
        held = _of_itself(study, given)
    if len(held & set(given)) > 1 and not (study.animals or alone or study.design & (REVIEWS | TRIALS)):
        held -= set(given)
    if "sham" in held and study.animals and held - {"sham"} and not _sham_control(study):
        held.discard("sham")
    if "no-treatment" in held:
        held.discard("tendon-or-ligament-surgery")
    held |= _plain_cells(study, given, held)
    operations = rules().kinds["operations"]
    if alone - operations:
        held -= operations & alone
    held = narrowest(study, held)
    if held:
        return tuple(sorted(held))
    return (NOT_STATED,) if set(given) != {NONE} and _unnamed(study, given) else (NONE,)


def _named(study: Study, given: Collection[str]) -> tuple[set[str], set[str]]:
    """The controls that the text names, and those of them that are a part of what was given, by itself."""
    held: set[str] = set()
    alone: set[str] = set()
    others: set[str] = set()
    titled = False
    for one in study.placed:
        value = one.mention.concept
        if one.mention.facet not in {"intervention", "comparator"} or _elsewhere(study, one):
            continue
        if study.before(one).endswith("non-") and value in given:
            held.add("no-treatment")
            continue
        if one.mention.negated:
            before, cues = study.before(one), rules().cues
            left_out = cues["control_without"].search(before) or cues["set_against_none"].search(before)
            if _is_given(study, value, given) and left_out:
                held.add("no-treatment")
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
    return (held - others if held - others and titled else held), alone


def _is_given(study: Study, value: str, given: Collection[str]) -> bool:
    """Whether it is given, by this name or as cells by another."""
    cells = is_kind(study, value, "cells") and any(is_kind(study, one, "cells") for one in given)
    return value in given or cells


def _elsewhere(study: Study, one: Placed) -> bool:
    """Whether the sentence is background or tells of other people's studies."""
    if one.sentence.role == BACKGROUND:
        return True
    return (
        one.sentence.role == BODY
        and not study.design & REVIEWS
        and bool(rules().cues["elsewhere"].search(study.whole(one.sentence)))
    )


def _compared(study: Study, one: Placed, given: Collection[str]) -> bool:
    """Whether it is the control of the study, by its kind or by the words round it."""
    if one.mention.concept == "placebo" or one.mention.facet == "comparator":
        return _is_kind_of_control(study, one)
    role, cues = one.sentence.role, rules().cues
    if role in _ASKED and cues["against"].search(study.before(one)):
        return True
    if role == BODY and cues["control_after"].search(study.after(one)):
        return True
    controlled = role in {BODY, CONCLUSION} and not study.design & (REVIEWS | UNCONTROLLED)
    return controlled and _is_other_group(study, one, given)


def _is_kind_of_control(study: Study, one: Placed) -> bool:
    """Whether a placebo, a sham, no treatment or the usual care is the control, and no fluid to wash with."""
    value, cues = one.mention.concept, rules().cues
    before, after = study.before(one), study.after(one)
    if cues["washing"].search(before) or cues["washing_after"].search(after):
        return False
    if value in _CARED and study.design & (UNCONTROLLED | REVIEWS):
        return bool(cues["against"].search(before) or cues["control_after"].search(after))
    if value == "no-treatment" and study.animals:
        return True
    arms = cues["cared_arms" if value == "usual-care" else "arms"]
    return bool(arms.search(study.whole(one.sentence)))


def _is_other_group(study: Study, one: Placed, given: Collection[str]) -> bool:
    """Whether it is what the control group got, or the group that the results are compared with."""
    before, cues = study.before(one), rules().cues
    if cues["control_got"].search(before) or _plain_group(study, one):
        return True
    if study.animals and one.mention.concept == "microfracture" and one.mention.concept not in given:
        return bool(cues["own_group"].search(study.after(one)))
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


def _of_itself(study: Study, given: Collection[str]) -> set[str]:
    """The given product itself, where the control is the same one unlabelled or in another dose; the carrier without cells."""
    cues = rules().cues
    own = " ".join(study.whole(one) for one in study.sentences if one.role != BACKGROUND)
    without = cues["with_without"].search(own)
    if without and not study.design & (REVIEWS | UNCONTROLLED):
        return _without(study, given, _named_after(study, cues["with_without"]))
    cells = {value for value in given if is_kind(study, value, "cells")}
    if cells and "scaffold" in given and not study.design & REVIEWS and cues["without_cells"].search(own):
        return {"scaffold"}
    if len(cells) == 1 and study.living and cues["unlabelled"].search(own):
        return cells
    if len(given) != 1 or set(given) & {NONE, NOT_STATED, "other"}:
        return set()
    return set(given) if _two_of_one(study, given) else set()


def _two_of_one(study: Study, given: Collection[str]) -> bool:
    """Whether two doses, forms or makes of the one thing given were set against each other."""
    cues, title = rules().cues, study.title
    if study.design & TRIALS and cues["ways_compared"].search(title):
        return True
    if study.design & (TRIALS | {"cohort"}) and cues["two_forms"].search(title):
        return True
    if set(given) == {"arthroplasty"}:
        compared = bool(re.search(r"\bcompar\w+\b", title))
        return "rct" in study.design or (compared and bool(study.design & {"controlled-trial", "cohort"}))
    regimens = set(given) == {"physiotherapy"} and "rct" in study.design
    return regimens and bool(cues["both_regimens"].search(study.reading.lower))


def _plain_cells(study: Study, given: Collection[str], held: Collection[str]) -> set[str]:
    """The cells given, where others of them were left unmodified beside the carrier alone."""
    cells = {value for value in given if is_kind(study, value, "cells")}
    plain = "scaffold" in held and study.animals and len(cells) == 1
    own = " ".join(study.whole(one) for one in study.sentences if one.role == BODY)
    return cells if plain and rules().cues["unlabelled"].search(own) else set()


def _without(study: Study, given: Collection[str], added: set[str]) -> set[str]:
    """What is left of the products given where one was added or not; nothing where that was the only one."""
    left = set(given) - added - {NONE, NOT_STATED}
    return left or ({"no-treatment"} if added & set(given) and "human" in study.species else set())


def _alone(study: Study, one: Placed, given: Collection[str]) -> bool:
    """Whether one part of what was given is an arm by itself: "scaffold alone", "hyaluronan only", "unseeded scaffold"."""
    cues, value = rules().cues, one.mention.concept
    if study.design & UNCONTROLLED - REVIEWS:
        return False
    others = set(given) - {value, *study.vocabulary.broader(value), *study.vocabulary.narrower(value)}
    known = value in given or (value in rules().kinds["operations"] and not study.design & REVIEWS)
    if not others or not known:
        return False
    if cues["alone_after"].search(study.after(one)):
        weighed = cues["set_against"].search(study.whole(one.sentence)) or one.sentence.role == TITLE
        return not study.design & REVIEWS or bool(weighed)
    if (
        study.animals
        and value in rules().kinds["operations"]
        and cues["only_before"].search(study.before(one))
    ):
        return True
    loaded = any(is_kind(study, other, "cells") or other in rules().kinds["drugs"] for other in others)
    return (
        loaded
        and value == "scaffold"
        and not study.design & REVIEWS
        and bool(
            cues["empty_before"].search(study.before(one)) or cues["empty_after"].search(study.after(one))
        )
    )


def _same_kind(study: Study, given: Collection[str]) -> set[str]:
    """The kind of two drugs or two makes of one product that the title sets side by side."""
    if not (study.design & TRIALS - {"single-arm-trial"} or rules().cues["side_by_side"].search(study.title)):
        return set()
    named: dict[str, set[str]] = {}
    for one in study.of("intervention"):
        if one.sentence.role == TITLE and one.mention.concept in rules().kinds["drugs"]:
            named.setdefault(one.mention.concept, set()).add(one.mention.form.lower())
    return {value for value, forms in named.items() if value in given and len(forms) > 1}


def _same_kind_in_arms(study: Study, given: Collection[str]) -> set[str]:
    """The kind of two drugs that the arms of a trial were given, each with its number of people."""
    named: dict[tuple[int, str], set[str]] = {}
    for one in study.of("intervention"):
        value = one.mention.concept
        drug = value in given and value in rules().kinds["drugs"]
        told = drug and one.sentence.role in {OBJECTIVE, BODY}
        if told and rules().cues["arm_of"].match(study.after(one)):
            named.setdefault((one.sentence.start, value), set()).add(one.mention.form.lower())
    return {value for (_, value), forms in named.items() if len(forms) > 1}


def _named_after(study: Study, cue: re.Pattern[str]) -> set[str]:
    """What is named within the next words after the cue."""
    found: set[str] = set()
    for one in study.of("intervention"):
        for place in cue.finditer(study.before(one)):
            if len(study.before(one)) - place.end() < _NEAR:
                found |= _with_narrower(study, one.mention.concept)
    return found


def _with_narrower(study: Study, value: str) -> set[str]:
    return {value, *study.vocabulary.narrower(value)}


def _with_broader(study: Study, given: Collection[str]) -> set[str]:
    return {above for value in given for above in (value, *study.vocabulary.broader(value))}


def _sham_control(study: Study) -> bool:
    """Whether a sham was said to be the control, not only the operation that uninjured animals had."""
    return any(
        one.mention.concept == "sham" and rules().cues["control_after"].search(study.after(one))
        for one in study.of("comparator")
    )


def _unnamed(study: Study, given: Collection[str]) -> bool:
    """Whether there may be a control that the text does not name; uncontrolled designs have none."""
    cues = rules().cues
    if study.design & UNCONTROLLED:
        return bool(study.design == {"case-series"} and cues["between_groups"].search(study.title))
    if not (study.animals or study.design & TRIALS) and cues["patients_told_apart"].search(study.title):
        return False
    own = " ".join(study.whole(one) for one in study.sentences if one.role not in {BACKGROUND, TITLE})
    control = bool(rules().cues["unnamed_control"].search(own))
    if study.design & REVIEWS:
        asked = " ".join(study.whole(one) for one in study.sentences if one.role in _ASKED)
        weighed = "meta-analysis" in study.design and cues["odds"].search(own)
        return bool(control or weighed or cues["set_against"].search(asked))
    if not study.living and not study.animals:
        return bool(rules().cues["dish_compared"].search(own))
    if study.animals:
        return control or not re.search(
            rules().cues["uncontrolled_animals"], " ".join(study.whole(one) for one in study.sentences)
        )
    apart = len(given) == 1 and bool(cues["between_groups"].search(own))
    return control or apart or bool(study.design & TRIALS and len(given) == 1)
