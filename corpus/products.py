"""Products: how what was given was prepared, and from whom it came."""

from __future__ import annotations

import re
from collections.abc import Collection

from corpus.label import NONE, NOT_STATED
from corpus.sentence_roles import BACKGROUND, BODY, OBJECTIVE, TITLE
from corpus.study_reading import REVIEWS, Study, of_kind
from corpus.study_rules import rules


def preparations(study: Study, given: tuple[str, ...]) -> tuple[str, ...]:
    """How the product was prepared; the cells decide where cells and others are mixed."""
    cells, blood = of_kind(study, given, "cells"), of_kind(study, given, "blood")
    if given == (NOT_STATED,) or (study.design & REVIEWS and set(given) <= rules().kinds["vague"]):
        return (NOT_STATED,)
    if not cells and not blood:
        return _acellular(study, given)
    said = _said_preparations(study, cells)
    if said:
        return tuple(sorted(said))
    found = set()
    for value in cells | blood:
        concept = study.vocabulary.concept(value, "intervention")
        if concept is not None and concept.preparation:
            found.add(concept.preparation)
    return tuple(sorted(found)) or (NOT_STATED,)


def _acellular(study: Study, given: Collection[str]) -> tuple[str, ...]:
    if not set(given) & {"scaffold", "osteochondral-graft", "other"}:
        return (NONE,)
    for one in study.of("preparation"):
        if (
            one.mention.concept == "acellular"
            and one.sentence.role != BACKGROUND
            and re.match(r"decell|micron|dehydr|lyoph", one.mention.form.lower())
        ):
            study.note("preparation", "acellular", one.mention)
            return ("acellular",)
    return (NONE,)


def _said_preparations(study: Study, cells: Collection[str]) -> set[str]:
    found: set[str] = set()
    cues = rules().cues
    for one in study.of("preparation"):
        value, text = one.mention.concept, study.whole(one.sentence)
        if one.sentence.role == BACKGROUND or one.mention.negated or value == "acellular":
            continue
        if value == "culture-expanded" and (
            not cells or not cues["cell_words"].search(text) or cues["no_culture"].search(text)
        ):
            continue
        found.add(value)
        study.note("preparation", value, one.mention)
    if found == {"same-day", "culture-expanded"} and not {
        "bone-marrow-concentrate",
        "stromal-vascular-fraction",
    } & set(cells):
        found.discard("same-day")
    if cells and set(cells) <= rules().kinds["uncultured"]:
        found.discard("culture-expanded")
    if "same-day" in found and not cells:
        return {"same-day"}
    return found


def sources(study: Study, given: tuple[str, ...]) -> tuple[str, ...]:
    """Whose cells, blood or tissue it was."""
    products = (
        of_kind(study, given, "cells") | of_kind(study, given, "blood") | of_kind(study, given, "tissue")
    )
    graft = [
        one
        for one in study.of("source")
        if one.sentence.role != BACKGROUND
        and not one.mention.negated
        and not rules().cues["no_source"].search(study.after(one))
    ]
    if given == (NOT_STATED,) or (study.design & REVIEWS and set(given) <= rules().kinds["vague"]):
        return (NOT_STATED,)
    if not products and not (set(given) & {"scaffold", "other"} and graft):
        return (NONE,)
    if not study.living and not of_kind(study, given, "tissue"):
        return (NONE,)
    found = set()
    for one in graft:
        found.add(one.mention.concept)
        study.note("source", one.mention.concept, one.mention)
    if study.animals and products - {"exosomes"} and "autologous" not in found and _human_cells(study):
        found = {"xenogeneic"}
    if not found:
        found = {
            concept.source
            for value in products
            if (concept := study.vocabulary.concept(value, "intervention")) and concept.source
        }
    if not products and not found:
        return (NONE,)
    return tuple(sorted(found)) or (NOT_STATED,)


def _human_cells(study: Study) -> bool:
    return any(
        rules().cues["human_cells"].search(study.whole(one))
        for one in study.sentences
        if one.role in {TITLE, OBJECTIVE, BODY}
    )
