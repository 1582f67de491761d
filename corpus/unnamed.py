"""Unnamed: what a study gave by no name that is known: a drug or an operation by its name's ending, else not stated or none."""

from __future__ import annotations

import re
from collections.abc import Collection

from corpus.label import NONE, NOT_STATED
from corpus.sentence_roles import BACKGROUND, BODY, CONCLUSION, OBJECTIVE, TITLE, Sentence
from corpus.study_reading import CASES, REVIEWS, TRIALS, Study, is_kind
from corpus.study_rules import rules
from corpus.tallies import TOLD, tallies


def unnamed(study: Study) -> tuple[str, ...]:
    """Not stated where something was given that no rule knows, a drug where the title says that it is one, else none."""
    if study.design & TRIALS or any(
        one.mention.concept == "placebo" and one.sentence.role != BACKGROUND for one in study.placed
    ):
        return (NOT_STATED,)
    cues = rules().cues
    own = " ".join(study.whole(one) for one in study.sentences if one.role != BACKGROUND)
    if cues["tried"].search(study.title) and not study.design & REVIEWS:
        drug = cues["drug_like"].search(study.title) and cues["dosed_with"].search(own)
        return ("other-drug",) if drug and study.species != {"human"} else (NOT_STATED,)
    if cues["tested"].search(study.title) and not cues["effect_asked"].search(study.title):
        treated = study.animals and bool(cues["made_good"].search(own))
    elif study.design & CASES:
        told = {TITLE, OBJECTIVE, BODY, CONCLUSION}
        said = " ".join(study.whole(one) for one in study.sentences if one.role in told)
        treated = bool(cues["therapy_given"].search(said))
    else:
        treated = _treats(study, own)
    return (NOT_STATED,) if treated else (NONE,)


def _treats(study: Study, own: str) -> bool:
    """Whether the title speaks of a therapy, or the study more than once of treating."""
    cues = rules().cues
    return bool(
        cues["therapy_word"].search(study.title)
        or (not study.animals and cues["mending_title"].search(study.title))
        or _put_in_somewhere(study)
        or (
            not study.design & REVIEWS
            and study.species | study.design != {NOT_STATED}
            and len(cues["treated"].findall(own)) > 1
        )
    )


def _put_in_somewhere(study: Study) -> bool:
    """Whether the methods say that a graft, cells or a carrier were given, though too seldom to tell which."""
    tally, _ = tallies(study)
    return study.living and any(
        is_kind(study, value, "put_in")
        and not is_kind(study, value, "cultured_or_not" if study.animals else "title_only")
        and score >= TOLD
        for value, score in tally.scores.items()
    )


def _unknown_name(study: Study, sentence: Sentence, name: str) -> re.Match[str] | None:
    """The first word of such an ending that is no part of something known."""
    known = [(one.mention.start, one.mention.end) for one in study.of("intervention")]
    for found in rules().cues[name].finditer(study.whole(sentence)):
        start = sentence.start + found.start()
        if not any(first <= start < last for first, last in known):
            return found
    return None


def by_ending(study: Study, beside: Collection[str]) -> set[str]:
    """A drug or an operation of no known name, by its ending; beside something known, only operations that were done."""
    held = set()
    names = (
        ("antibody_word", "biologic-drug"),
        ("drug_word", "other-drug"),
        ("tendon_mended", "tendon-or-ligament-surgery"),
        ("surgery_word", "other"),
    )
    for sentence in study.sentences:
        text = study.whole(sentence)
        told = study.design & CASES and sentence.role == BODY and rules().cues["given"].search(text)
        if (sentence.role not in {TITLE, OBJECTIVE} or beside) and not told:
            continue
        for name, value in names[3:] if beside else names:
            found = _unknown_name(study, sentence, name)
            mended = value == "other" and "tendon-or-ligament-surgery" in held
            if found and not mended and not rules().cues["setting"].search(text[: found.start()]):
                held.add(value)
                study.spans.setdefault(("intervention", value), []).append(
                    (sentence.start + found.start(), sentence.start + found.end())
                )
                break
    if set(beside) & rules().kinds["operations_named"]:
        held.discard("other")
    return held
