"""Routes: how what was studied was given; the routes of anaesthetics, antibiotics, tracers and models are none."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from corpus.label import NONE, NOT_STATED
from corpus.mentions import Mention
from corpus.route_mentions import route_of_another, route_of_treatment
from corpus.sentence_roles import BACKGROUND, TITLE, Sentence
from corpus.study_reading import REVIEWS, TRIALS, Study, is_kind, of_kind
from corpus.study_rules import rules

_COUNTED = frozenset({"systematic-review", "meta-analysis"})
_ABOUT = REVIEWS | {"guideline", "cross-sectional"}
_OPERATIVE = re.compile(
    r"\b(?:operative|surgical|scaffold|graft|implantation|transplantation|tissue.engineer)", re.IGNORECASE
)
_IMPLANT = re.compile(
    r"\b(?:chondrocytes?|cci|aci|maci|stem|stromal|\w?mscs?|bmscs?|scaffolds?|grafts?|constructs?)\b"
)
_ENGINEERED = re.compile(r"\btissue.engineer")
_SURGICAL = re.compile(r"surg|arthrosc|open", re.IGNORECASE)


_TARGETS = (
    ("into_joint", "intra-articular"),
    ("into_muscle", "intramuscular"),
    ("into_tendon", "intratendinous"),
    ("into_lesion", "intralesional"),
)
"""The cues of a target that an injection names in other words than a route's, and the route each shows."""
_TOLD = frozenset({"intra-articular", "intramuscular", "intratendinous"})
"""The targets that say more than "percutaneous"."""


def routes(study: Study, given: tuple[str, ...]) -> tuple[str, ...]:
    """How it was given; "none" for what has no route: plain surgery, exercise, a dish."""
    settled = _without(study, given)
    if settled:
        return (settled,)
    kinds = rules().kinds
    held = _said_routes(study, given)
    if (study.design & REVIEWS and not _of_grafts(study, given)) or _aside(study):
        held.pop("surgical-implantation", None)
    if set(given) <= kinds["routeless"] - {"other"}:
        held = {value: said for value, said in held.items() if value == "surgical-implantation"}
    rest = [value for value in given if value not in kinds["routeless"] and value not in kinds["grafts"]]
    by_graft = not set(held) & kinds["injected"] and _by_graft(study, given)
    if by_graft or (
        not held
        and (_put_in(study, given, rest) or _augments(study, given) or _repairs_by_graft(study, given))
    ):
        held.setdefault("surgical-implantation", [])
    if "nerve-block" in given and not held.keys() & {"epidural", "intrathecal"}:
        held.setdefault("perineural", [])
    if not held.keys() - {"percutaneous"}:
        manner = _by_manner(study, given)
        told = manner & _TOLD
        held = {value: [] for value in manner} if not held or told else held
    for value, mentions in held.items():
        for mention in mentions:
            study.note("route", value, mention)
    if held:
        return tuple(sorted(held))
    unsure = rest or _vague(study, given) or _unclaimed(study) or _repairs_with_more(study)
    return (NOT_STATED,) if unsure else (NONE,)


def _without(study: Study, given: Collection[str]) -> str:
    """None for a dish and for what treats nothing, but not where the text goes on to put something into animals."""
    reviewed = study.design & REVIEWS
    if reviewed and rules().cues["imaging_title"].search(study.title):
        return NONE
    if _on_the_bench(study):
        return NONE
    if NONE in given and _repairs_by_graft(study, given):
        return ""
    if NONE in given:
        return NOT_STATED if _given_after_all(study) or _repairs_with_more(study) else NONE
    if study.living and study.design != {"in-vitro-study"}:
        return ""
    put = rules().cues["put_into_animals"]
    animals = of_kind(study, given, "grafts") and any(put.search(text) for _, text in _own(study))
    return NOT_STATED if animals else NONE


def _given_after_all(study: Study) -> bool:
    """Whether something seems to have been given though nothing is known to be studied."""
    if study.design & REVIEWS:
        return bool(_ENGINEERED.search(study.title))
    cues = rules().cues
    wanted = [cues["injected_word"], cues["infused"]] if study.design & TRIALS else []
    wanted += [cues["reconstructed_with"]] if study.animals else []
    return any(cue.search(text) for cue in wanted for _, text in _own(study))


def _by_graft(study: Study, given: Collection[str]) -> bool:
    """Whether what was given is put in by surgery by its nature."""
    if not of_kind(study, given, "grafts") or _aside(study):
        return False
    return _of_grafts(study, given) if study.design & REVIEWS else study.species != {NOT_STATED}


def _unclaimed(study: Study) -> bool:
    """Whether cells or a graft were put in, though the study is not known to be about them."""
    if study.animals and rules().cues["material_title"].search(study.title):
        return True
    return not study.design & REVIEWS and any(
        one.mention.concept == "surgical-implantation"
        and _IMPLANT.search(study.whole(one.sentence))
        and route_of_treatment(study, one)
        for one in study.of("route")
    )


def _on_the_bench(study: Study) -> bool:
    """Whether joints were tested outside of a body: a testing machine, cadavers, a model of numbers, and nobody followed."""
    cues, whole = rules().cues, " ".join(study.whole(one) for one in study.sentences)
    return (
        not study.design & (REVIEWS | TRIALS)
        and bool(cues["bench"].search(whole))
        and not (cues["followed"].search(whole) and not cues["bench"].search(study.title))
    )


def _repairs_by_graft(study: Study, given: Collection[str]) -> bool:
    """Whether a paper on the repair of cartilage, of which it is not known what was given, names grafts and no injection."""
    own = [text for _, text in _own(study)]
    unknown = set(given) <= {
        NONE,
        NOT_STATED,
        "microfracture",
        "arthroscopy",
        "other",
        "tendon-or-ligament-surgery",
    }
    return (
        unknown
        and study.living
        and not _aside(study)
        and bool(rules().cues["repair_of_tissue"].search(study.title))
        and not any(rules().cues["injected_word"].search(text) for text in own)
        and any(
            is_kind(study, one.mention.concept, "grafts")
            and one.sentence.role not in {TITLE, BACKGROUND}
            and not one.mention.negated
            for one in study.of("intervention")
        )
    )


def _repairs_with_more(study: Study) -> bool:
    """Whether a paper on the repair of a tissue speaks of grafts, scaffolds or cells, though it is not known to give them."""
    cues = rules().cues
    wanted = study.animals or cues["repair_of_tissue"].search(study.title)
    return bool(wanted) and any(
        cues["graft_word"].search(study.whole(one)) for one in study.sentences if one.role != TITLE
    )


def _vague(study: Study, given: Collection[str]) -> bool:
    """Whether a review speaks of operations that may have put something in; one that counts trials of plain surgery does not."""
    kinds = rules().kinds
    named = set(given) - {"microfracture"}
    if study.design & _COUNTED and named <= kinds["routeless"] - {"other"}:
        return False
    return bool(study.design & REVIEWS and named & (kinds["vague"] | kinds["grafts"]))


def _of_grafts(study: Study, given: Collection[str]) -> bool:
    """Whether a review is about what is put in by surgery: by its title, or where it names nothing else."""
    named = {one.mention.concept for one in study.of("intervention") if one.sentence.role == TITLE}
    grafts = of_kind(study, named, "grafts")
    rest = [
        value
        for value in given
        if value not in rules().kinds["routeless"] and value not in rules().kinds["grafts"]
    ]
    return bool(grafts or _OPERATIVE.search(study.title)) or not (rest or named)


def _aside(study: Study) -> bool:
    """Whether the title is about looking at what was put in, or about caring for it, and not about putting it in."""
    cues = rules().cues
    about = study.design & _ABOUT and cues["aside_title"].search(study.title)
    return bool(about or cues["reliability_title"].search(study.title))


def _augments(study: Study, given: Collection[str]) -> bool:
    """Whether a review of how a joint's tissue is repaired names what is put in, and no injection."""
    if not study.design & REVIEWS or any(
        rules().cues["injected_word"].search(text) for _, text in _own(study)
    ):
        return False
    grafts = of_kind(study, given, "grafts") and rules().cues["repair_title"].search(study.title)
    products = of_kind(study, given, "injectable") - of_kind(study, given, "cells")
    return bool((grafts and not products) or _ENGINEERED.search(study.title))


def _own(study: Study) -> Iterator[tuple[Sentence, str]]:
    """The sentences that speak of the study itself and not of anaesthetics, tracers and models."""
    for one in study.sentences:
        text = study.whole(one)
        if one.role != BACKGROUND and not rules().cues["other_people"].search(text):
            yield one, text


def _target(study: Study, own: Collection[str]) -> str:
    """The route that the target of an injection shows; "" where none is said."""
    for cue, target in _TARGETS:
        if not (target == "intralesional" and study.design & REVIEWS) and any(
            rules().cues[cue].search(text) for text in own
        ):
            return target
    return ""


def _by_manner(study: Study, given: Collection[str]) -> set[str]:
    """The route that the manner of giving shows where none is named: an infusion, an injection, a dose swallowed each day."""
    cues, own = rules().cues, [text for _, text in _own(study)]
    target = _target(study, own)
    if target:
        return {target}
    infusible = of_kind(study, given, "infusible") or (NOT_STATED in given and study.design & TRIALS)
    if infusible and not study.design & REVIEWS and any(cues["infused"].search(text) for text in own):
        return {"intravenous"}
    injected = any(cues["injected_word"].search(text) for text in own)
    if injected and "core decompression" in study.title:
        return {"subchondral"}
    often = sum(bool(cues["injected_word"].search(text)) for text in own) > 1
    if (often if study.design & REVIEWS else injected) and of_kind(study, given, "injectable"):
        return {"percutaneous"}
    daily = "other-drug" in given and study.species == {"human"} and not study.design & REVIEWS
    swallowed = (daily or of_kind(study, given, "swallowed")) and not injected
    trial = study.design & TRIALS and not any(cues["not_swallowed"].search(text) for text in own)
    dosed = [cues["dosed"], *([cues["dose"]] if trial else [])]
    return {"oral"} if swallowed and any(cue.search(text) for cue in dosed for text in own) else set()


def _put_in(study: Study, given: Collection[str], rest: Collection[str]) -> bool:
    """Whether something was put in by surgery, though no route is named."""
    if (study.species == {NOT_STATED} and not study.design & REVIEWS) or _aside(study):
        return False
    named = rules().cues["graft_by_name"].search(study.title)
    told = rules().cues["result_title"].search(study.title)
    if named and (told or not rules().cues["setting"].search(study.title[: named.start()])):
        return True
    return _implanted(study, rest) or _grafted(study, given)


def _said_routes(study: Study, given: Collection[str]) -> dict[str, list[Mention]]:
    """The routes that the text names for the treatment, those that only repeat another left out."""
    held: dict[str, list[Mention]] = {}
    for one in study.of("route"):
        if route_of_treatment(study, one) and not route_of_another(study, one, given):
            held.setdefault(one.mention.concept, []).append(one.mention)
    cells = of_kind(study, given, "cells")
    if cells and {one.form for one in held.get("subcutaneous", [])} == {"SC"}:
        del held["subcutaneous"]
    injected = set(held) & rules().kinds["injected"]
    if injected or "oral" in held:
        held.pop("percutaneous", None)
    surgical = [one for one in held.get("surgical-implantation", []) if _SURGICAL.match(one.form)]
    grafts = of_kind(study, given, "grafts")
    cells |= of_kind(study, given, "blood")
    if (injected and not surgical) or ("percutaneous" in held and not grafts) or not (grafts or cells):
        held.pop("surgical-implantation", None)
    return held


def _grafted(study: Study, given: Collection[str]) -> bool:
    """Whether the title says that another tissue was grafted."""
    return "other" in given and bool(
        re.search(
            r"\b(?:(?:auto|allo|xeno)?graft(?:s|ing)?|(?<!cell )(?<!cells )transplant\w*)\b", study.title
        )
    )


def _implanted(study: Study, rest: Collection[str]) -> bool:
    """Cells or a drug put into a defect or a repair without a word of injection."""
    own = [text for _, text in _own(study)]
    if (
        not {*rest} - {NOT_STATED}
        or study.design & REVIEWS
        or any(rules().cues["injected_word"].search(one) for one in own)
    ):
        return False
    cells = of_kind(study, rest, "cells") or of_kind(study, rest, "blood")
    cues = [rules().cues["carried"], *([rules().cues["put_in"]] if cells else [])]
    return any(cue.search(one) for cue in cues for one in own)
