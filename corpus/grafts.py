"""Grafts: what is put in by surgery, by what it is, by the title, or by how the text speaks of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from corpus.label import NONE, NOT_STATED
from corpus.route_mentions import route_of_treatment
from corpus.sentence_roles import BACKGROUND, TITLE, Sentence
from corpus.study_reading import REVIEWS, Study, is_kind, of_kind
from corpus.study_rules import rules

_COUNTED = frozenset({"systematic-review", "meta-analysis"})
_ABOUT = REVIEWS | {"guideline", "cross-sectional"}
_OPERATIVE = re.compile(
    r"\b(?:operative|surgical|scaffold|graft|implantation|transplantation|tissue.engineer)", re.IGNORECASE
)
_UNTOLD = frozenset({NONE, NOT_STATED, "microfracture", "arthroscopy", "other", "tendon-or-ligament-surgery"})
"""What leaves open that a graft was given too."""
_IMPLANT = re.compile(
    r"\b(?:chondrocytes?|cci|aci|maci|stem|stromal|\w?mscs?|bmscs?|scaffolds?|grafts?|constructs?)\b"
)
_ENGINEERED = re.compile(r"\btissue.engineer")


def by_graft(study: Study, given: Collection[str]) -> bool:
    """Whether what was given is put in by surgery by its nature."""
    if not of_kind(study, given, "grafts") or aside(study) or _gelled_in_place(study, given):
        return False
    return of_grafts(study, given) if study.design & REVIEWS else study.species != {NOT_STATED}


def _gelled_in_place(study: Study, given: Collection[str]) -> bool:
    """Whether the only carrier is a gel that sets where it is injected, with no word of an implant."""
    cues, own = rules().cues, [text for _, text in own_sentences(study)]
    return (
        of_kind(study, given, "grafts") == {"scaffold"}
        and bool(cues["sets_in_place"].search(study.title))
        and not any(cues["implanting"].search(text) for text in own)
    )


def unclaimed(study: Study) -> bool:
    """Whether cells or a graft were put in, though the study is not known to be about them."""
    if study.animals and rules().cues["material_title"].search(study.title):
        return True
    return not study.design & REVIEWS and any(
        one.mention.concept == "surgical-implantation"
        and _IMPLANT.search(study.whole(one.sentence))
        and route_of_treatment(study, one)
        for one in study.of("route")
    )


def repairs_by_graft(study: Study, given: Collection[str]) -> bool:
    """Whether a paper on the repair of cartilage, of which it is not known what was given, names grafts and no injection."""
    cues = rules().cues
    told = study.living and (study.species != {NOT_STATED} or study.design & (REVIEWS | {"commentary"}))
    about = cues["repair_of_tissue"].search(study.title) and not cues["biologic_title"].search(study.title)
    return bool(
        told
        and about
        and set(given) <= _UNTOLD
        and "case-report" not in study.design
        and not aside(study)
        and not any(cues["injected_word"].search(text) for _, text in own_sentences(study))
        and (_grafts_named(study) or _implants_named(study))
    )


def _grafts_named(study: Study) -> bool:
    """Whether the text goes on to name a graft, not only what others did."""
    return any(
        is_kind(study, one.mention.concept, "grafts")
        and one.sentence.role not in {TITLE, BACKGROUND}
        and not one.mention.negated
        and not rules().cues["elsewhere"].search(study.whole(one.sentence))
        for one in study.of("intervention")
    )


def _implants_named(study: Study) -> bool:
    """Whether a study of animals says more than once that something was implanted."""
    said = [
        one
        for one in study.of("route")
        if one.mention.concept == "surgical-implantation" and route_of_treatment(study, one)
    ]
    return study.animals and len(said) > 1


def repairs_with_more(study: Study) -> bool:
    """Whether a paper on the repair of a tissue speaks of grafts, scaffolds or cells, though it is not known to give them."""
    cues = rules().cues
    if not study.design & REVIEWS and cues["graft_title"].search(study.title):
        return True
    wanted = study.animals or cues["repair_of_tissue"].search(study.title)
    return bool(wanted) and any(
        cues["graft_word"].search(study.whole(one)) for one in study.sentences if one.role != TITLE
    )


def vague(study: Study, given: Collection[str]) -> bool:
    """Whether a review speaks of operations that may have put something in; one that counts trials of plain surgery does not."""
    kinds = rules().kinds
    named = set(given) - {"microfracture"}
    if study.design & _COUNTED and named <= kinds["routeless"] - {"other"}:
        return False
    return bool(study.design & REVIEWS and named & (kinds["vague"] | kinds["grafts"]))


def of_grafts(study: Study, given: Collection[str]) -> bool:
    """Whether a review is about what is put in by surgery: by its title, or where it names nothing else."""
    named = {one.mention.concept for one in study.of("intervention") if one.sentence.role == TITLE}
    grafts = of_kind(study, named, "grafts")
    rest = [
        value
        for value in given
        if value not in rules().kinds["routeless"] and value not in rules().kinds["grafts"]
    ]
    return bool(grafts or _OPERATIVE.search(study.title)) or not (rest or named)


def aside(study: Study) -> bool:
    """Whether the title is about looking at what was put in, or about caring for it, and not about putting it in."""
    cues = rules().cues
    about = study.design & _ABOUT and cues["aside_title"].search(study.title)
    return bool(about or cues["reliability_title"].search(study.title))


def augments(study: Study, given: Collection[str]) -> bool:
    """Whether a review of how a joint's tissue is repaired names what is put in, and no injection."""
    if (
        not study.design & REVIEWS
        or aside(study)
        or any(rules().cues["injected_word"].search(text) for _, text in own_sentences(study))
    ):
        return False
    grafts = of_kind(study, given, "grafts") and rules().cues["repair_title"].search(study.title)
    products = of_kind(study, given, "injectable") - of_kind(study, given, "cells")
    return bool((grafts and not products) or _ENGINEERED.search(study.title))


def put_in(study: Study, given: Collection[str], rest: Collection[str]) -> bool:
    """Whether something was put in by surgery, though no route is named."""
    if (study.species == {NOT_STATED} and not study.design & REVIEWS) or aside(study):
        return False
    named = rules().cues["graft_by_name"].search(study.title)
    told = rules().cues["result_title"].search(study.title)
    if named and (told or not rules().cues["setting"].search(study.title[: named.start()])):
        return True
    return _implanted(study, rest) or _grafted(study, given)


def _grafted(study: Study, given: Collection[str]) -> bool:
    """Whether the title says that another tissue was grafted."""
    return "other" in given and bool(
        re.search(
            r"\b(?:(?:auto|allo|xeno)?graft(?:s|ing)?|(?<!cell )(?<!cells )transplant\w*)\b", study.title
        )
    )


def _implanted(study: Study, rest: Collection[str]) -> bool:
    """Cells or a drug put into a defect or a repair without a word of injection."""
    own = [text for _, text in own_sentences(study)]
    if (
        not {*rest} - {NOT_STATED}
        or study.design & REVIEWS
        or any(rules().cues["injected_word"].search(one) for one in own)
    ):
        return False
    cues = rules().cues
    cells = of_kind(study, rest, "cells") or of_kind(study, rest, "blood")
    put = cells and any(cues["put_in"].search(one) and cues["implanting"].search(one) for one in own)
    return bool(put) or any(cues["carried"].search(one) for one in own)


def own_sentences(study: Study) -> Iterator[tuple[Sentence, str]]:
    """The sentences that speak of the study itself and not of anaesthetics, tracers and models."""
    for one in study.sentences:
        text = study.whole(one)
        if one.role != BACKGROUND and not rules().cues["other_people"].search(text):
            yield one, text
