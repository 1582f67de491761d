"""Own controls: what a study set against itself: two doses, two makes, the same in two groups, the carrier without its cells."""

from __future__ import annotations

import re
from collections.abc import Collection

from corpus.label import NONE, NOT_STATED
from corpus.mentions import find
from corpus.sentence_roles import BACKGROUND, BODY, OBJECTIVE, TITLE
from corpus.study_reading import REVIEWS, TRIALS, UNCONTROLLED, Study, is_kind
from corpus.study_rules import rules

_NEAR = 40


def of_itself(study: Study, given: Collection[str]) -> set[str]:
    """The given product itself, where the control is the same one unlabelled or in another dose; the carrier without cells."""
    cues = rules().cues
    own = " ".join(study.whole(one) for one in study.sentences if one.role != BACKGROUND)
    without = cues["with_without"].search(own)
    if without and not study.design & (REVIEWS | UNCONTROLLED):
        return _without(study, given, _named_after(study, cues["with_without"]))
    carrier = other_carrier(study, given)
    if carrier:
        return carrier
    cells = {value for value in given if is_kind(study, value, "cells")}
    if len(cells) == 1 and study.living and cues["unlabelled"].search(own):
        return cells
    if len(given) != 1 or set(given) & {NONE, NOT_STATED, "other"}:
        return set()
    return set(given) if _two_of_one(study, given) or _in_two_groups(study, given) else set()


def other_carrier(study: Study, given: Collection[str]) -> set[str]:
    """The scaffold, where the one given was set against one of another material or one without its cells."""
    if "scaffold" not in given or study.design & UNCONTROLLED - REVIEWS:
        return set()
    own = " ".join(study.whole(one) for one in study.sentences if one.role != BACKGROUND)
    cells = any(is_kind(study, value, "cells") for value in given) and not study.design & REVIEWS
    emptied = cells and rules().cues["without_cells"].search(own)
    return {"scaffold"} if emptied or _of_another_material(study) else set()


def _of_another_material(study: Study) -> bool:
    """Whether one material was set against another, in animals or a dish."""
    return (study.animals or not study.living) and any(
        rules().cues["other_material"].search(study.whole(one))
        for one in study.sentences
        if one.role != BACKGROUND
    )


def _in_two_groups(study: Study, given: Collection[str]) -> bool:
    """Whether two groups of people, or two techniques of a review, had the one operation given."""
    if not set(given) <= rules().kinds["operations_named"] - {"other", "arthroscopy"}:
        return False
    cues = rules().cues
    own = [(one.role, study.whole(one)) for one in study.sentences if one.role != BACKGROUND]
    if cues["patients_told_apart"].search(study.title) and "meta-analysis" not in study.design:
        return False
    if "meta-analysis" in study.design:
        return any(
            (role in {TITLE, OBJECTIVE} and cues["set_against"].search(text)) or "(controls)" in text
            for role, text in own
        )
    designed = study.design & {"cohort", "case-control", "controlled-trial"}
    return bool(designed) and any(cues["groups_alike"].search(text) for _, text in own)


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
    asked = " ".join(study.whole(one) for one in study.sentences if one.role in {TITLE, OBJECTIVE})
    return regimens and bool(
        cues["both_regimens"].search(study.reading.lower) or cues["two_lengths"].search(asked)
    )


def plain_cells(study: Study, given: Collection[str], held: Collection[str]) -> set[str]:
    """The cells given, where others of them were left unmodified beside the carrier alone."""
    cells = {value for value in given if is_kind(study, value, "cells")}
    plain = "scaffold" in held and study.animals and len(cells) == 1
    own = " ".join(study.whole(one) for one in study.sentences if one.role == BODY)
    return cells if plain and rules().cues["unlabelled"].search(own) else set()


def carrier_in_letters(study: Study, given: Collection[str]) -> set[str]:
    """The scaffold, where animals had it by itself in a group called by its letters: "PLGA" beside "PLGA/PRP"."""
    if "scaffold" not in given or not study.animals:
        return set()
    cues, text = rules().cues, study.reading.text
    for pair in cues["letters_joined"].finditer(text):
        named = {one.concept for one in find(pair[1], study.vocabulary)}
        alone = cues.written["letters_alone"].replace("LETTERS", re.escape(pair[1]))
        if named <= {"scaffold"} and re.search(alone, text):
            return {"scaffold"}
    return set()


def drilled(study: Study) -> set[str]:
    """Microfracture, where animals whose bone was only drilled are called the controls: "drill-only controls"."""
    own = " ".join(study.whole(one) for one in study.sentences if one.role != BACKGROUND)
    return {"microfracture"} if study.animals and rules().cues["drilled_controls"].search(own) else set()


def _without(study: Study, given: Collection[str], added: set[str]) -> set[str]:
    """What is left of the products given where one was added or not; nothing where that was the only one."""
    left = set(given) - added - {NONE, NOT_STATED}
    return left or ({"no-treatment"} if added & set(given) and "human" in study.species else set())


def same_kind(study: Study, given: Collection[str]) -> set[str]:
    """The kind of two drugs or two makes of one product that the title sets side by side."""
    if not (study.design & TRIALS - {"single-arm-trial"} or rules().cues["side_by_side"].search(study.title)):
        return set()
    named: dict[str, set[str]] = {}
    for one in study.of("intervention"):
        if one.sentence.role == TITLE and one.mention.concept in rules().kinds["drugs"]:
            named.setdefault(one.mention.concept, set()).add(one.mention.form.lower())
    return {value for value, forms in named.items() if value in given and len(forms) > 1}


def same_kind_in_arms(study: Study, given: Collection[str]) -> set[str]:
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


def older_of_two(given: Collection[str], held: Collection[str]) -> set[str]:
    """The old treatment that was given too, where only a newer one was taken for the control: "microfracture versus mosaicplasty"."""
    kinds = rules().kinds
    old = set(given) & kinds["standards"]
    newer = bool(held) and set(held) <= kinds["newer"] & set(given)
    return old if newer and len(old) == 1 else set(held)


def the_standard(study: Study, given: Collection[str]) -> set[str]:
    """The old treatment that new ones are weighed against, where several were given and none is named as the control."""
    kinds, cues = rules().kinds, rules().cues
    old = set(given) & kinds["standards"]
    if len(old) != 1 or not set(given) & kinds["newer"]:
        return set()
    weighed = any(
        one.mention.concept in old
        and one.sentence.role != BACKGROUND
        and (
            cues["weighed_against"].search(study.before(one))
            or (one.sentence.role in {TITLE, OBJECTIVE} and cues["compares"].search(study.before(one)))
        )
        for one in study.of("intervention")
    )
    return old if weighed else set()
