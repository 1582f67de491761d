"""Unnamed controls: whether a study claims an effect against something that its text does not name."""

from __future__ import annotations

from collections.abc import Collection

from corpus.sentence_roles import BACKGROUND, CONCLUSION, OBJECTIVE, TITLE
from corpus.study_reading import REVIEWS, TRIALS, UNCONTROLLED, Study, only_in_dish
from corpus.study_rules import rules

_ASKED = frozenset({TITLE, OBJECTIVE})


def unnamed_control(study: Study, given: Collection[str]) -> bool:
    """Whether there may be a control that the text does not name; uncontrolled designs have none."""
    cues = rules().cues
    if study.design & UNCONTROLLED:
        return bool(study.design == {"case-series"} and cues["between_groups"].search(study.title))
    people = study.living and not study.animals and not study.design & TRIALS
    if people and cues["patients_told_apart"].search(study.title):
        return False
    own = " ".join(study.whole(one) for one in study.sentences if one.role not in {BACKGROUND, TITLE})
    control = bool(cues["unnamed_control"].search(own))
    if study.design & REVIEWS:
        asked = " ".join(study.whole(one) for one in study.sentences if one.role in _ASKED)
        weighed = "meta-analysis" in study.design and cues["odds"].search(own)
        return bool(control or weighed or cues["set_against"].search(asked))
    if not study.animals and only_in_dish(study):
        return bool(cues["dish_compared"].search(own) or cues["ways_to_make"].search(study.title))
    if study.animals:
        return _animals_compared(study, own, control=control)
    apart = bool(cues["between_groups"].search(own) and cues["other_group"].search(own))
    return control or (
        len(given) == 1 and (apart or bool(study.design & TRIALS and not _head_to_head(study, own)))
    )


def _head_to_head(study: Study, own: str) -> bool:
    """Whether a trial speaks of no control of any kind: its arms were set side by side."""
    cues = rules().cues
    return "rct" in study.design and not (
        cues["set_side_by_side"].search(study.title) or cues["any_standard"].search(own)
    )


def _ends(study: Study) -> str:
    """Title, aim and conclusion: where a study says what its treatment did."""
    return " ".join(study.whole(one) for one in study.sentences if one.role in {TITLE, OBJECTIVE, CONCLUSION})


def _animals_compared(study: Study, own: str, *, control: bool) -> bool:
    """Whether animals had their effect against others; not where a thing is only measured in them, or patients are animals."""
    cues = rules().cues
    if cues["scored_title"].search(study.title) and not cues["any_control"].search(own):
        return False
    whole = " ".join(study.whole(one) for one in study.sentences)
    claimed = control or cues["contrast"].search(own) or cues["effect_claimed"].search(_ends(study))
    return bool(claimed) and (control or not cues["uncontrolled_animals"].search(whole))
