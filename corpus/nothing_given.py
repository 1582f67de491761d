"""Nothing given: whether a placebo, a sham, no treatment or the usual care that a text names is the control of the study."""

from __future__ import annotations

import re
from collections.abc import Collection

from corpus.sentence_roles import BODY
from corpus.study_reading import REVIEWS, UNCONTROLLED, Placed, Study, is_kind
from corpus.study_rules import rules

_CARED = frozenset({"usual-care", "no-treatment"})


def is_kind_of_control(study: Study, one: Placed) -> bool:
    """Whether a placebo, a sham, no treatment or the usual care is the control, and no fluid to wash with."""
    value, cues = one.mention.concept, rules().cues
    before, after = study.before(one), study.after(one)
    if cues["washing"].search(before) or cues["washing_after"].search(after):
        return False
    if value != "no-treatment" and (cues["lacked"].search(before) or cues["called_so"].search(before)):
        return False
    if value == "no-treatment" and cues["not_needed"].search(after):
        return False
    if value in _CARED and study.design & (UNCONTROLLED | REVIEWS):
        return bool(cues["against"].search(before) or cues["control_after"].search(after))
    if value == "no-treatment" and study.animals:
        return not (cues["carrier_after"].search(after) or before.endswith("-treated "))
    arms = cues["cared_arms" if value == "usual-care" else "arms"]
    return after.startswith("-controlled") or bool(arms.search(study.whole(one.sentence)))


def non_group(study: Study, one: Placed) -> bool:
    """Whether its name with "non-" before it calls the group that went without: "the non-PRP group"."""
    called = study.before(one).endswith("non-") and re.match(
        r"\W*(?:and |treated |\w+ )?(?:groups?|controls?)\b", study.after(one)
    )
    return bool(called) and not study.design & UNCONTROLLED


def had_without(study: Study, one: Placed, given: Collection[str]) -> set[str]:
    """No treatment, where the controls went without what was given: "controls without plasma", "versus no plasma"."""
    before, cues = study.before(one), rules().cues
    left_out = cues["control_without"].search(before) or cues["set_against_none"].search(before)
    if not left_out or not _is_given(study, one.mention.concept, given):
        return set()
    carried = "scaffold" in given and is_kind(study, one.mention.concept, "cells")
    return set() if carried else {"no-treatment"}


def _is_given(study: Study, value: str, given: Collection[str]) -> bool:
    """Whether it is given, by this name or as cells by another."""
    cells = is_kind(study, value, "cells") and any(is_kind(study, one, "cells") for one in given)
    return value in given or cells


def left_alone(study: Study) -> bool:
    """Whether the controls are said to have had none of it: "defects without grafting served as controls"."""
    return not study.design & (REVIEWS | UNCONTROLLED) and any(
        one.role == BODY and rules().cues["left_alone"].search(study.whole(one)) for one in study.sentences
    )


def nothing_given(study: Study) -> bool:
    """Whether a group is said to have had nothing, not only called untreated beside those that had the fluid."""
    return left_alone(study) or any(
        one.mention.concept == "no-treatment"
        and not rules().cues["called_untreated"].match(one.mention.form.lower())
        for one in study.of("comparator")
    )


def sham_control(study: Study) -> bool:
    """Whether a sham was said to be the control, not only the operation that uninjured animals had."""
    cues = rules().cues
    return any(
        one.mention.concept == "sham"
        and (cues["control_after"].search(study.after(one)) or cues["set_beside"].search(study.before(one)))
        for one in study.of("comparator")
    )
