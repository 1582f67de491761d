"""Interventions: what a study gave, told from what it mentions by where that stands and by the words round it."""

from __future__ import annotations

import re
from collections.abc import Collection

from corpus.composition import as_prepared, parts, specialise, without_materials, without_vehicles
from corpus.left_out import (
    BIOLOGY,
    biology_of,
    given_at_all,
    in_every_arm,
    only_matched,
    only_measured,
    only_studied,
)
from corpus.reviewed import growth_factors, reviewed, titled, whole_field
from corpus.sentence_roles import BACKGROUND, BODY, OBJECTIVE, TITLE
from corpus.study_reading import CASES, REVIEWS, TRIALS, Placed, Study, is_kind, narrowest
from corpus.study_rules import rules
from corpus.tallies import ENOUGH, TOLD, WEIGHTS, Tally, is_compared, is_review, mentions_of, tallies
from corpus.unnamed import by_ending, unnamed

_DONE = 1.5
_SEVERAL = 2


def interventions(study: Study) -> tuple[str, ...]:
    """What was given: concepts, else a drug or an operation by its name's ending, else none or not stated."""
    held = _products(study)
    held = whole_field(study, held)
    if study.design & TRIALS and held and held <= rules().kinds["aftercare"] and not titled(study, held):
        held = by_ending(study, beside=()) or held
    elif not held or "case-report" in study.design:
        held = held | by_ending(study, beside=held)
    held = held | (growth_factors(study) if held else set())
    if rules().cues["assay_title"].search(study.title):
        held = set()
    if rules().cues["aftercare_title"].search(study.title):
        held = {"physiotherapy"}
    held = held or _grown_in_carrier(study)
    return tuple(sorted(held)) if held else unnamed(study)


def _grown_in_carrier(study: Study) -> set[str]:
    """The construct of a study in a dish that names no other: chondrocytes grown in a scaffold or gel."""
    if study.living or study.animals:
        return set()
    own = " ".join(study.whole(one) for one in study.sentences if one.role != BACKGROUND)
    grown = rules().cues["chondrocytes_given"].search(own)
    return {"chondrocyte-implantation", "scaffold"} if grown else set()


def _not_told_of(study: Study, one: Placed) -> bool:
    """Whether the title only foretells an operation or gives something else on its occasion."""
    cues = rules().cues
    return bool(
        cues["to_come"].search(study.before(one))
        or cues["foretold_after"].search(study.after(one))
        or cues["on_occasion"].search(study.before(one))
    )


def _products(study: Study) -> set[str]:
    """The interventions given; comparators that are only controls, settings and what others did left out."""
    tally, settings = tallies(study)
    held = _held(study, tally, settings)
    given_to_all = _given_to_all(study, tally, settings)
    if held - given_to_all:
        held -= given_to_all
    given_to_all |= in_every_arm(study, held, tally)
    held -= given_to_all if held - given_to_all else set()
    held = _without_subjects(study, held, tally)
    if not held:
        held = _told_settings(study, settings)
        tally = settings if held else tally
    elif held in ({"other"}, {"arthroscopy"}) or study.design & CASES:
        held |= {value for value in settings.held() if is_kind(study, value, "grafts")}
    elif held == {"scaffold"}:
        held |= {value for value in settings.held() if is_kind(study, value, "cells")}
    held |= _matrix_over_marrow(study, held)
    specialise(study, held, tally.scores)
    held = as_prepared(study, held, tally.scores)
    held |= parts(study, held, tally) - given_to_all
    held |= _put_in_by_surgery(study, held, tally) | _opened_marrow(study, held, settings)
    held = without_materials(study, without_vehicles(study, held, tally), tally)
    held -= _only_the_way_in(study, held, tally)
    for value in held:
        for mention in mentions_of(tally, value):
            study.note("intervention", value, mention)
    return narrowest(study, held)


def _given_to_all(study: Study, tally: Tally, settings: Tally) -> set[str]:
    """What is named as the setting more than as the treatment: every arm had it."""
    return {
        value
        for value, score in settings.scores.items()
        if score >= WEIGHTS[OBJECTIVE]
        and value != "other"
        and ((is_compared(study) and not study.design & REVIEWS) or TITLE not in tally.said.get(value, ()))
        and score > tally.scores.get(value, 0.0) / 2
        and not (TITLE in tally.said.get(value, ()) and re.search(r"\b(?:or|versus|vs)\b", study.title))
    }


def _without_subjects(study: Study, held: set[str], tally: Tally) -> set[str]:
    """What is held without what is only looked at, and what others were held against."""
    put = (study.animals or "animal-study" in study.design) and any(
        rules().cues["cells_put_after"].search(study.after(one))
        for value in tally.put
        if is_kind(study, value, "cells")
        for one in tally.kept.get(value, [])
    )
    had = (held == {"other"} and study.species == {"human"}) or (
        held == {"embryonic-or-ips-cells"} and TITLE in tally.said["embryonic-or-ips-cells"]
    )
    if held <= BIOLOGY and not (had or held & tally.given or put or given_at_all(study, held)):
        return set()
    held = held - only_studied(study, held, tally) - biology_of(study, held)
    held -= only_measured(study, held, tally)
    looked_at = not study.living or ("cadaver" in study.reading.lower and not study.design & REVIEWS)
    if looked_at and not any(TITLE in tally.said.get(value, ()) for value in held):
        held -= rules().kinds["operations_named"] - {"scaffold", "chondrocyte-implantation"}
    return held - only_matched(study, held, tally)


def _only_the_way_in(study: Study, held: Collection[str], tally: Tally) -> set[str]:
    """Arthroscopy beside what was done through it, and marrow opened in every animal, which the title does not name."""
    if len(held) < _SEVERAL or study.design & REVIEWS:
        return set()
    untold = study.animals and TITLE not in tally.said.get("microfracture", {TITLE})
    return {"arthroscopy", "microfracture"} if untold else {"arthroscopy"}


def _told_settings(study: Study, settings: Tally) -> set[str]:
    """The operations that the title tells the results of, where it names them only as what came before: "outcomes after"."""
    told = bool(rules().cues["result_title"].search(study.title)) and not study.design & {"rct", "protocol"}
    told = told and not any(
        one.sentence.role == TITLE and _not_told_of(study, one) for one in study.of("intervention")
    )
    package = {"other"} if study.design & CASES else set()
    return {value for value in settings.held() if told or is_kind(study, value, "grafts") or value in package}


def _held(study: Study, tally: Tally, settings: Tally) -> set[str]:
    """What is said often enough for the kind of paper that it is."""
    asked = " ".join(study.whole(one) for one in study.sentences if one.role in {TITLE, OBJECTIVE})
    cues = rules().cues
    if is_review(study):
        several = cues["several_treatments"].search(study.title) or cues["several_objective"].search(asked)
        named = titled(study, tally.scores.keys() - BIOLOGY)
        return reviewed(study, tally, several=bool(several) or not named)
    held = tally.held(ENOUGH)
    unnamed = not any(TITLE in tally.said.get(value, ()) for value in tally.scores)
    if (study.design & CASES and unnamed) or (
        not held
        and not any(is_kind(study, value, "grafts") for value in settings.held())
        and (
            study.design & (TRIALS | {"protocol"})
            or _against_placebo(study)
            or ("human" in study.species and _therapy_asked(study, asked))
        )
    ):
        held |= _told_at_all(study, tally, settings, held)
    if not held and study.animals:
        held = {
            value
            for value, score in tally.scores.items()
            if score >= _DONE
            and value in tally.given
            and value not in BIOLOGY
            and is_kind(study, value, "put_in")
        }
    if unnamed and study.design & {"cohort", "cross-sectional"}:
        operated = rules().kinds["operations_named"] - {"other", "arthroscopy"}
        held |= (
            {value for value in tally.held(TOLD, anywhere=True) if value in operated}
            if held and held <= operated
            else set()
        )
    return held


def _told_at_all(study: Study, tally: Tally, settings: Tally, held: Collection[str]) -> set[str]:
    """What a case or trial only mentions as given, where that is all that it says: no care after an operation beside more."""
    aside = {value for value, said in settings.said.items() if TITLE in said} - set(held)
    biology = BIOLOGY - {"other"} if study.design & CASES and not aside else BIOLOGY
    least = WEIGHTS[BODY] if "case-report" in study.design and not held else TOLD
    told = tally.held(least, anywhere=True) - biology - aside
    if (told | set(held)) - rules().kinds["aftercare"]:
        told -= rules().kinds["aftercare"]
    return {
        value
        for value in told
        if not is_kind(study, value, "stem_cells") or (not held and value in tally.given)
    }


def _against_placebo(study: Study) -> bool:
    """Whether its methods or aim name a placebo."""
    return "human" in study.species and any(
        one.mention.concept == "placebo"
        and "placebo" in one.mention.form.lower()
        and one.sentence.role in {BODY, OBJECTIVE}
        for one in study.of("intervention")
    )


def _therapy_asked(study: Study, asked: str) -> bool:
    """Whether title or aim speak of a therapy, in a paper that is none on tests and associations."""
    cues = rules().cues
    return bool(cues["therapy_word"].search(asked)) and not cues["tested"].search(study.title)


def _matrix_over_marrow(study: Study, held: Collection[str]) -> set[str]:
    """The scaffold of a technique whose name holds both: "autologous matrix-induced chondrogenesis"."""
    named = rules().cues["matrix_over_marrow"].search(study.title)
    return {"scaffold"} if named and "microfracture" in held else set()


def _put_in_by_surgery(study: Study, held: Collection[str], tally: Tally) -> set[str]:
    """The cells or plasma that an uncontrolled operation adds: the package counts in full."""
    operated = set(held) and set(held) <= rules().kinds["operations"] | {"arthroplasty"}
    if not operated or not study.design & (CASES | {"single-arm-trial"}):
        return set()
    return {
        value
        for value, score in tally.scores.items()
        if score >= _DONE
        and (is_kind(study, value, "uncultured") or is_kind(study, value, "blood"))
        and value in tally.put
    }


def _opened_marrow(study: Study, held: Collection[str], settings: Tally) -> set[str]:
    """The marrow stimulation after which an uncontrolled study puts in its product: the package counts in full."""
    if not study.design & (CASES | {"single-arm-trial"}) or not any(
        is_kind(study, value, "put_in") for value in held
    ):
        return set()
    return {
        value
        for value in ("core-decompression", "microfracture")
        if settings.scores.get(value, 0.0) >= WEIGHTS[OBJECTIVE]
        and not any(rules().cues["done_before"].search(study.before(one)) for one in settings.kept[value])
    }
