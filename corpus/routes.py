"""Routes: how what was studied was given; the routes of anaesthetics, antibiotics, tracers and models are none."""

from __future__ import annotations

import re
from collections.abc import Collection

from corpus.grafts import (
    aside,
    augments,
    by_graft,
    of_grafts,
    own_sentences,
    put_in,
    repairs_by_graft,
    repairs_with_more,
    unclaimed,
    vague,
)
from corpus.label import NONE, NOT_STATED
from corpus.mentions import Mention
from corpus.route_mentions import route_of_another, route_of_treatment
from corpus.sentence_roles import CONCLUSION
from corpus.study_reading import REVIEWS, TRIALS, Study, of_kind, only_in_dish
from corpus.study_rules import rules

_ENGINEERED = re.compile(r"\btissue.engineer")
_SURGICAL = re.compile(r"surg|arthrosc|open", re.IGNORECASE)


_MODEL = re.compile(r"\b(?:rats?|mice|mouse|murine|rabbits?|in vivo)\b")
"""Animals in a title, that were treated and not only tested."""
_TARGETS = (
    ("into_joint", "intra-articular"),
    ("into_muscle", "intramuscular"),
    ("into_tendon", "intratendinous"),
    ("into_lesion", "intralesional"),
)
"""The cues of a target that an injection names in other words than a route's, and the route each shows."""
_SHORT = frozenset({"IA", "ia", "i.a."})
"""Short for "intra-articular" in a text that names it, whatever stands beside."""
_TOLD = frozenset({"intra-articular", "intramuscular", "intratendinous"})
"""The targets that say more than "percutaneous"."""


def routes(study: Study, given: tuple[str, ...]) -> tuple[str, ...]:
    """How it was given; "none" for what has no route: plain surgery, exercise, a dish."""
    settled = _without(study, given)
    if settled:
        return (settled,)
    kinds = rules().kinds
    held = _without_aside(study, given, _said_routes(study, given))
    if set(given) <= kinds["routeless"] - {"other"}:
        if any(_in_title(study, one) for value in held.keys() & kinds["injected"] for one in held[value]):
            return (NOT_STATED,)
        held = {value: said for value, said in held.items() if value == "surgical-implantation"}
    rest = [value for value in given if value not in kinds["routeless"] and value not in kinds["grafts"]]
    if _surgical(study, given, held, rest):
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
    unsure = rest or vague(study, given) or unclaimed(study) or repairs_with_more(study)
    return (NOT_STATED,) if unsure and not _nothing_routed(study, given) else (NONE,)


def _without_aside(
    study: Study, given: Collection[str], held: dict[str, list[Mention]]
) -> dict[str, list[Mention]]:
    """The routes without an implant that is only looked at or cared for."""
    if (study.design & REVIEWS and not of_grafts(study, given)) or aside(study):
        return {value: said for value, said in held.items() if value != "surgical-implantation"}
    return held


def _in_title(study: Study, one: Mention) -> bool:
    return one.end <= study.reading.title_end


def _surgical(study: Study, given: Collection[str], held: Collection[str], rest: Collection[str]) -> bool:
    """Whether something was put in by surgery, by what it is, or where the text names no other way."""
    injected = set(held) & rules().kinds["injected"]
    if by_graft(study, given) and (not injected or _also_in_defects(study, injected)):
        return bool(injected) or not _carried_in(study, given)
    return not held and (
        put_in(study, given, rest) or augments(study, given) or repairs_by_graft(study, given)
    )


def _carried_in(study: Study, given: Collection[str]) -> bool:
    """Whether a carrier was injected with what it carries: "microspheres with cells were injected into the knee"."""
    own = [text for _, text in own_sentences(study)]
    return of_kind(study, given, "grafts") == {"scaffold"} and _target(study, own) in _TOLD


def _also_in_defects(study: Study, injected: Collection[str]) -> bool:
    """Whether a construct put under the skin of animals was put into their defects too."""
    return (
        set(injected) == {"subcutaneous"}
        and study.animals
        and (
            "defect" in study.title
            or any(rules().cues["defects_of_animals"].search(text) for _, text in own_sentences(study))
        )
    )


def _without(study: Study, given: Collection[str]) -> str:
    """None for a dish and for what treats nothing, but not where the text goes on to put something into animals."""
    reviewed = study.design & REVIEWS
    if reviewed and rules().cues["imaging_title"].search(study.title):
        return NONE
    if _on_the_bench(study) or set(given) <= rules().kinds["aftercare"] - {
        "local-anaesthetic",
        "nerve-block",
    }:
        return NONE
    if NONE in given and repairs_by_graft(study, given):
        return ""
    if NONE in given:
        return NOT_STATED if _given_after_all(study) or repairs_with_more(study) else NONE
    if not only_in_dish(study) and study.living and study.design != {"in-vitro-study"}:
        return ""
    cues = rules().cues
    wanted = [cues["animals_too"], *([cues["put_into_animals"]] if of_kind(study, given, "grafts") else [])]
    animals = any(cue.search(text) for cue in wanted for _, text in own_sentences(study))
    return NOT_STATED if animals else NONE


def _given_after_all(study: Study) -> bool:
    """Whether something seems to have been given though nothing is known to be studied."""
    if study.design & REVIEWS:
        return bool(_ENGINEERED.search(study.title))
    cues = rules().cues
    wanted = [cues["injected_word"], cues["infused"]] if study.design & TRIALS else []
    in_animals = study.animals or any(cues["animals_too"].search(text) for _, text in own_sentences(study))
    wanted += [cues["reconstructed_with"]] if study.animals else []
    wanted += [cues["untold_treatment"]] if in_animals or study.species == {NOT_STATED} else []
    return any(cue.search(text) for cue in wanted for _, text in own_sentences(study))


def _nothing_routed(study: Study, given: Collection[str]) -> bool:
    """Whether a text of which it is not known what was given names nothing that has a route."""
    named = {one.mention.concept for one in study.of("intervention")}
    return (
        set(given) == {NOT_STATED}
        and named <= rules().kinds["routeless"]
        and not rules().cues["routed_word"].search(study.reading.lower)
    )


def _on_the_bench(study: Study) -> bool:
    """Whether joints were tested outside of a body: a testing machine, cadavers, a model of numbers, and nobody followed."""
    cues, whole = rules().cues, " ".join(study.whole(one) for one in study.sentences)
    return (
        not study.design & (REVIEWS | TRIALS)
        and bool(cues["bench"].search(whole))
        and not (cues["followed"].search(whole) and not cues["bench"].search(study.title))
        and not _MODEL.search(study.title)
    )


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
    cues, own = rules().cues, [text for _, text in own_sentences(study)]
    target = _target(study, own)
    if target:
        return {target}
    infusible = of_kind(study, given, "infusible") or (NOT_STATED in given and study.design & TRIALS)
    if infusible and not study.design & REVIEWS and any(cues["infused"].search(text) for text in own):
        return {"intravenous"}
    injected = any(cues["injected_word"].search(text) for text in own)
    if injected and "core decompression" in study.title:
        return {"subchondral"}
    before = [text for one, text in own_sentences(study) if one.role != CONCLUSION]
    injected = injected and any(cues["injected_word"].search(text) for text in before)
    often = sum(bool(cues["injected_word"].search(text)) for text in own) > 1
    somewhere = study.animals and cues["a_place_of_injury"].search(study.title)
    if (often if study.design & REVIEWS else injected) and of_kind(study, given, "injectable"):
        return set() if somewhere else {"percutaneous"}
    drugs = of_kind(study, given, "swallowed") | (set(given) & {"corticosteroid", "other-drug"})
    if drugs and any(cues["spread"].search(text) for text in own):
        return {"topical"}
    daily = "other-drug" in given and study.species == {"human"} and not study.design & REVIEWS
    swallowed = (daily or of_kind(study, given, "swallowed")) and not injected
    trial = study.design & TRIALS and not any(cues["not_swallowed"].search(text) for text in own)
    dosed = [cues["dosed"], *([cues["dose"]] if trial else [])]
    return {"oral"} if swallowed and any(cue.search(text) for cue in dosed for text in own) else set()


def _only_placed(study: Study, said: Collection[Mention]) -> bool:
    """Whether a lesion is only named as the place of an implant: "implanted into the site of the lesion"."""
    return all(
        not one.form.lower().startswith("intra")
        and "inject" not in one.form.lower()
        and "inject" not in study.reading.lower[max(0, one.start - 160) : one.end + 80]
        for one in said
    )


def _said_routes(study: Study, given: Collection[str]) -> dict[str, list[Mention]]:
    """The routes that the text names for the treatment, those that only repeat another left out."""
    held: dict[str, list[Mention]] = {}
    for one in study.of("route"):
        if route_of_treatment(study, one) and not route_of_another(study, one, given):
            held.setdefault(one.mention.concept, []).append(one.mention)
    if of_kind(study, given, "grafts") and _only_placed(study, held.get("intralesional", [])):
        held.pop("intralesional", None)
    cells = of_kind(study, given, "cells")
    if cells and {one.form for one in held.get("subcutaneous", [])} == {"SC"}:
        del held["subcutaneous"]
    if (
        any(one.mention.concept == "intra-articular" for one in study.of("route"))
        and {one.form for one in held.get("intra-arterial", [])} <= _SHORT
    ):
        held.setdefault("intra-articular", []).extend(held.pop("intra-arterial", []))
        held = {value: said for value, said in held.items() if said}
    injected = set(held) & rules().kinds["injected"]
    if injected or "oral" in held:
        held.pop("percutaneous", None)
    surgical = [one for one in held.get("surgical-implantation", []) if _SURGICAL.match(one.form)]
    grafts = of_kind(study, given, "grafts")
    cells |= of_kind(study, given, "blood")
    if (
        (injected | (set(held) & {"other"}) and not surgical)
        or ("percutaneous" in held and not grafts)
        or not (grafts or cells)
    ):
        held.pop("surgical-implantation", None)
    return held
