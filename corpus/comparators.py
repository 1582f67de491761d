"""Comparators: what a study compared its intervention with."""

from __future__ import annotations

import re
from collections.abc import Collection

from corpus.label import NONE, NOT_STATED
from corpus.sentence_roles import BACKGROUND, BODY, OBJECTIVE, TITLE
from corpus.study_reading import TRIALS, UNCONTROLLED, Placed, Study, narrowest
from corpus.study_rules import rules


def comparators(study: Study, given: Collection[str]) -> tuple[str, ...]:
    """What it was compared with; "none" without a control, "not-stated" where the control is not named."""
    held: set[str] = set()
    cue = re.compile(
        r"\b(?:controls?|groups?|versus|vs|compar\w+|randomi\w+|or|received|arms?|blind\w*|injections?|treated)\b"
    )
    for one in study.placed:
        value, role = one.mention.concept, one.sentence.role
        if (
            role == BACKGROUND
            or one.mention.negated
            or one.mention.facet not in {"intervention", "comparator"}
        ):
            continue
        simple = value == "placebo" or one.mention.facet == "comparator"
        if (simple and cue.search(study.whole(one.sentence))) or (
            not simple and role in {TITLE, OBJECTIVE, BODY} and _versus(study, one)
        ):
            held.add(value)
            study.note("comparator", value, one.mention)
    if "sham" in held and study.animals and held - {"sham"}:
        held.discard("sham")
    held = narrowest(study, held)
    if held:
        return tuple(sorted(held))
    return (NOT_STATED,) if set(given) != {NONE} and _unnamed(study) else (NONE,)


def _versus(study: Study, one: Placed) -> bool:
    if one.sentence.role == BODY:
        return bool(rules().cues["control_after"].search(study.after(one)))
    return bool(re.search(r"\b(?:versus|vs\.?|compared (?:with|to))\b[^.;:]{0,30}$", study.before(one)))


def _unnamed(study: Study) -> bool:
    """Whether there may be a control that the text does not name; uncontrolled designs have none."""
    if study.design & UNCONTROLLED:
        return False
    if not study.living and not study.animals:
        return False
    own = (study.whole(one) for one in study.sentences if one.role not in {BACKGROUND, TITLE})
    return (
        study.animals
        or bool(study.design & TRIALS)
        or any(rules().cues["unnamed_control"].search(one) for one in own)
    )
