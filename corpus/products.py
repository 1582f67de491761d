"""Products: how what was given was prepared, and from whom it came."""

from __future__ import annotations

import re
from collections.abc import Collection

from corpus.label import NONE, NOT_STATED
from corpus.sentence_roles import BACKGROUND, BODY, CONCLUSION, OBJECTIVE, TITLE
from corpus.study_reading import REVIEWS, Placed, Study, of_kind, only_in_dish
from corpus.study_rules import rules
from corpus.tallies import tallies

_TOO = re.compile(r"\W*(?:and|or)\W+")
"""Between the sources of one thing: "autologous and allogeneic chondrocytes"."""
_WHOSE = ("cells", "blood", "tissue")
_OF_BIRTH = frozenset({"amniotic-product", "umbilical-cord-msc"})
"""What people get from another's birth; animals get it from people as often as from their kind."""


def preparations(study: Study, given: tuple[str, ...]) -> tuple[str, ...]:
    """How the product was prepared; the cells decide where cells and others are mixed."""
    cells, blood = of_kind(study, given, "cells"), of_kind(study, given, "blood")
    if given == (NOT_STATED,) or (study.design & REVIEWS and set(given) <= rules().kinds["vague"]):
        return (NOT_STATED,) if _products_named(study) else (NONE,)
    if not cells and not blood:
        return ("same-day",) if _blood_in_scaffold(study, given) else _acellular(study, given)
    said = _said_preparations(study, cells)
    if said and not study.design & REVIEWS:
        return tuple(sorted(said))
    found = set()
    for value in cells | blood:
        concept = study.vocabulary.concept(value, "intervention")
        if concept is not None and concept.preparation:
            found.add(concept.preparation)
    found |= said
    return tuple(sorted(found)) or (NOT_STATED,)


def _products_named(study: Study) -> bool:
    """Whether any product of cells, blood or tissue seems to be given: without one nothing was prepared, from nobody."""
    if study.design & REVIEWS:
        named = {one.mention.concept for one in study.of("intervention") if not one.mention.negated}
    else:
        named = set(tallies(study)[0].put)
    return any(of_kind(study, named, kind) for kind in _WHOSE) or "scaffold" in named


def _blood_in_scaffold(study: Study, given: Collection[str]) -> bool:
    """Whether fresh blood or marrow was put into a scaffold: a product of the same day."""
    return (
        "scaffold" in given
        and not study.design & REVIEWS
        and any(
            one.role != BACKGROUND and rules().cues["with_blood"].search(study.whole(one))
            for one in study.sentences
        )
    )


def _acellular(study: Study, given: Collection[str]) -> tuple[str, ...]:
    if not set(given) & {"scaffold", "osteochondral-graft", "other"}:
        return (NONE,)
    if "scaffold" in given and rules().cues["made_by_cells"].search(study.title):
        return ("acellular",)
    own = " ".join(study.whole(one) for one in study.sentences if one.role != BACKGROUND)
    if rules().cues["seeded_again"].search(own):
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
    dead = set(cells) <= {"amniotic-product", "umbilical-cord-product"}
    for one in study.of("preparation"):
        value = one.mention.concept
        if one.sentence.role == BACKGROUND or one.mention.negated:
            continue
        if (value == "acellular" and not (dead and cells)) or (
            value == "culture-expanded" and not _cultures(study, one, cells)
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
    if not cells:
        found &= {"same-day"}
    if set(cells) == {"chondrocyte-implantation"}:
        found.discard("same-day")
    if cells and not found and _grown(study, cells):
        found.add("culture-expanded")
    return found


def _cultures(study: Study, one: Placed, cells: Collection[str]) -> bool:
    """Whether the words say that the cells given were cultured: not a blood culture, nor the conditions of an assay."""
    cues, text = rules().cues, study.whole(one.sentence)
    return bool(
        cells
        and cues["cell_words"].search(text)
        and not cues["no_culture"].search(text)
        and not cues["assay_after"].search(study.after(one))
    )


def _grown(study: Study, cells: Collection[str]) -> bool:
    """Whether cells that can only have been grown are said to be so in other words: pellets, co-culture, culture supplement."""
    if set(cells) <= rules().kinds["uncultured"]:
        return False
    own = " ".join(study.whole(one) for one in study.sentences if one.role != BACKGROUND)
    cues = rules().cues
    return bool(cues["grown"].search(own) or (not study.living and cues["grown_in_dish"].search(own)))


def sources(study: Study, given: tuple[str, ...]) -> tuple[str, ...]:
    """Whose cells, blood or tissue it was."""
    products = {value for kind in _WHOSE for value in of_kind(study, given, kind)}
    if (only_in_dish(study) or study.design == {"in-vitro-study"}) and not of_kind(study, given, "tissue"):
        return (NONE,)
    if given == (NOT_STATED,) or (study.design & REVIEWS and set(given) <= rules().kinds["vague"]):
        titled = {one.mention.concept for one in study.of("source") if one.sentence.role == TITLE}
        return tuple(sorted(titled)) or ((NOT_STATED,) if _products_named(study) else (NONE,))
    graft = [one for one in study.of("source") if _is_whose(study, one, given)]
    bloody = not products and _blood_in_scaffold(study, given)
    if bloody:
        own = any(
            one.mention.concept == "autologous"
            for one in study.of("source")
            if one.sentence.role != BACKGROUND
        )
        return ("autologous",) if own else (NOT_STATED,)
    if not products and not (set(given) & {"scaffold", "other"} and graft):
        return (NONE,)
    found = _said_sources(study, graft, given)
    if study.animals and products and "autologous" not in found:
        found = _across_species(study) or found
    if not found:
        found = _by_form(study, products)
    if not products and not found:
        return (NONE,)
    return tuple(sorted(found)) or (NOT_STATED,)


def _is_whose(study: Study, one: Placed, given: Collection[str]) -> bool:
    """Whether "autologous" or the like says whose the product was, not the name of a technique or of another product."""
    if one.sentence.role == BACKGROUND or one.mention.negated or study.before(one).endswith("non-"):
        return False
    cues = rules().cues
    cells = of_kind(study, given, "cells") - {"amniotic-product"}
    if not study.design & REVIEWS and cues["elsewhere"].search(study.whole(one.sentence)):
        return False
    form = one.mention.form.lower()
    if "graft" in form and not set(given) & rules().kinds["grafted"]:
        return False
    if "shelf" in form and not cells:
        return False
    if _of_another(study, one, given):
        return False
    rescued = not cells and cues["rescue"].search(study.whole(one.sentence))
    return not rescued and not cues["no_source"].search(study.after(one))


def _of_another(study: Study, one: Placed, given: Collection[str]) -> bool:
    """Whether it says whose another product was: "autologous" right before what was not given, a graft of tendon."""
    if "graft" in one.mention.form.lower() and rules().cues["other_graft"].search(study.before(one)):
        return not set(given) & {"tendon-or-ligament-surgery", "other"}
    beside = {
        other.mention.concept
        for other in study.of("intervention")
        if other.mention.end > one.mention.start
        and (
            other.mention.start <= one.mention.end + 1
            or _TOO.fullmatch(study.reading.lower[one.mention.end : other.mention.start])
        )
    }
    own = {near for value in given for near in (value, *study.vocabulary.broader(value))}
    own |= {below for value in given for below in study.vocabulary.narrower(value)}
    return bool(beside) and not beside & own


def _said_sources(study: Study, graft: Collection[Placed], given: Collection[str]) -> set[str]:
    """The sources named; where only grafts of tissue were given, those of the title if it names any."""
    if set(given) <= {"osteochondral-graft", "other"}:
        titled = [one for one in graft if one.sentence.role == TITLE]
        graft = titled or graft
    found = set()
    for one in graft:
        found.add(one.mention.concept)
        study.note("source", one.mention.concept, one.mention)
    return found


def _across_species(study: Study) -> set[str]:
    """Xenogeneic or allogeneic, where the text says whose cells went into which animal."""
    own = [study.whole(one) for one in study.sentences if one.role in {TITLE, OBJECTIVE, BODY, CONCLUSION}]
    cues = rules().cues
    donors = {kind for kind, cue in rules().donors.items() if any(cue.search(text) for text in own)}
    if any(cues["human_cells"].search(text) and not cues["not_human_cells"].search(text) for text in own):
        return {"xenogeneic"}
    recipients = study.species - {"in-vitro", NOT_STATED}
    if donors and len(recipients) == 1 and not donors & recipients and "other-animal" not in recipients:
        return {"xenogeneic"}
    if any(cues["donor_animals"].search(text) for text in own):
        return {"allogeneic"}
    return set()


def _by_form(study: Study, products: Collection[str]) -> set[str]:
    """The source that the product has where nothing is said, by its kind or by the name it is given."""
    found = {
        concept.source
        for value in products
        if (concept := study.vocabulary.concept(value, "intervention"))
        and concept.source
        and not (study.animals and value in _OF_BIRTH)
    }
    forms = {
        one.mention.form
        for one in study.of("intervention")
        if one.mention.concept in products and one.sentence.role != BACKGROUND
    }
    if any(rules().cues["own_tissue"].search(form) for form in forms) or _own_marrow(study, products):
        found.add("autologous")
    return found


def _own_marrow(study: Study, products: Collection[str]) -> bool:
    """Whether people's marrow was taken from themselves: "aspirated from the iliac crests"."""
    return (
        study.species == {"human"}
        and not study.design & REVIEWS
        and bool(
            set(products) & {"bone-marrow-concentrate", "bone-marrow-msc", "bone-marrow-mononuclear-cells"}
        )
        and any(
            one.role == BODY and rules().cues["own_marrow"].search(study.whole(one))
            for one in study.sentences
        )
    )
