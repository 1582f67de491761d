"""Interventions: what a study gave, told from what it mentions by where that stands and by the words round it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from corpus.label import NONE, NOT_STATED
from corpus.mentions import Mention
from corpus.sentence_roles import BACKGROUND, BODY, CONCLUSION, OBJECTIVE, TITLE
from corpus.study_reading import (
    CASES,
    REVIEWS,
    TRIALS,
    Placed,
    Study,
    is_control,
    is_kind,
    is_setting,
    narrowest,
)
from corpus.study_rules import rules

ENOUGH = 3.0


_WEIGHTS = {TITLE: 3.0, OBJECTIVE: 2.0, CONCLUSION: 1.0, BODY: 0.5, BACKGROUND: 0.0}


_NEAR = 60


_OPERATIONS = frozenset(
    {
        "microfracture",
        "osteotomy",
        "arthroscopy",
        "tendon-or-ligament-surgery",
        "core-decompression",
        "physiotherapy",
        "exercise",
    }
)


_IN_REVIEW = 2.0


_MATERIALS = frozenset({"hyaluronic-acid", "other-drug"})


_BIOLOGY = frozenset({"stem-cells", "other", "embryonic-or-ips-cells", "haematopoietic-transplant"})


_UNCULTURED = (
    ("stromal-vascular-fraction", frozenset({"adipose-msc", "msc", "stem-cells"})),
    ("bone-marrow-concentrate", frozenset({"bone-marrow-msc", "msc", "stem-cells"})),
)


@dataclass(slots=True)
class _Tally:
    """What speaks for each intervention: a score, the roles it stands in, the mentions."""

    scores: dict[str, float] = field(default_factory=dict)
    said: dict[str, set[str]] = field(default_factory=dict)
    kept: dict[str, list[Mention]] = field(default_factory=dict)

    def add(self, one: Placed, weight: float) -> None:
        """Count a mention."""
        value = one.mention.concept
        self.scores[value] = self.scores.get(value, 0.0) + weight
        if weight:
            self.said.setdefault(value, set()).add(one.sentence.role)
            self.kept.setdefault(value, []).append(one.mention)

    def held(self, enough: float = ENOUGH, *, anywhere: bool = False) -> set[str]:
        """What is said often enough, in the places that count."""
        title_only = frozenset() if anywhere else rules().kinds["title_only"]
        return {
            value
            for value, score in self.scores.items()
            if score >= enough and (value not in title_only or TITLE in self.said[value])
        }


def _weight(study: Study, one: Placed) -> float:
    role, text = one.sentence.role, study.whole(one.sentence)
    if role != BODY:
        return _WEIGHTS[role]
    if is_control(study, one):
        return 0.0
    if rules().cues["given"].search(text):
        return 1.5
    return 1.0 if rules().cues["treat"].search(text) or study.design & REVIEWS else _WEIGHTS[BODY]


def _products(study: Study) -> set[str]:
    """The interventions given; comparators that are only controls, settings and what others did left out."""
    tally, settings = _tallies(study)
    held = tally.held(_IN_REVIEW if study.design & REVIEWS else ENOUGH)
    if not held and study.design & CASES:
        held = tally.held(1.0, anywhere=True)
    given_to_all = {value for value, score in settings.scores.items() if score >= _WEIGHTS[OBJECTIVE]}
    if held - given_to_all:
        held -= given_to_all
    held -= _in_every_arm(study, held)
    biology = _BIOLOGY | {"msc"} if study.animals else _BIOLOGY
    if held <= biology and not _given_at_all(study):
        held = set()
    if not held:
        told = bool(rules().cues["result_title"].search(study.title))
        held = {value for value in settings.held() if told or is_kind(study, value, "grafts")}
        tally = settings if held else tally
    _specialise(study, held, tally.scores)
    held = _as_prepared(study, held, tally.scores)
    held |= _parts(study, held, tally) - given_to_all
    held = _without_vehicles(study, held)
    for value in held:
        for mention in tally.kept.get(value, []):
            study.note("intervention", value, mention)
    return narrowest(study, held)


def _tallies(study: Study) -> tuple[_Tally, _Tally]:
    """What speaks for each intervention as given, and as the setting of something else; once a sentence."""
    tally, settings = _Tally(), _Tally()
    counted: set[tuple[int, str]] = set()
    for one in study.of("intervention"):
        value = one.mention.concept
        material = value in _MATERIALS and rules().cues["material"].search(study.after(one))
        material = material or rules().cues["derived"].search(study.after(one))
        if value == "placebo" or one.mention.negated or material:
            continue
        place = (one.sentence.start, value)
        again = place in counted and one.sentence.role in {BODY, CONCLUSION}
        counted.add(place)
        if not again and is_setting(study, one):
            settings.add(one, _WEIGHTS[one.sentence.role])
        else:
            tally.add(one, 0.0 if again else _weight(study, one))
    return tally, settings


def _in_every_arm(study: Study, held: Collection[str]) -> set[str]:
    """The operation that the control had "alone": every arm had it."""
    if study.design & REVIEWS:
        return set()
    alone = {
        one.mention.concept
        for one in study.of("intervention")
        if one.mention.concept in _OPERATIONS
        and re.match(r"\W*(?:\w+\W+)?(?:alone|only)\b", study.after(one))
    }
    return alone if set(held) - alone else set()


def _given_at_all(study: Study) -> bool:
    """Whether title, objective or methods give anything: cells as a subject of biology are no treatment."""
    own = " ".join(study.whole(one) for one in study.sentences if one.role in {TITLE, OBJECTIVE})
    return bool(
        re.search(
            r"\b(?:therap|treat|transplant|inject|implant|infus|administ|repair|regenerat|deliver|promot|heal|improv|enhanc|ameliorat|attenuat|migrat|tracking|label)\w*",
            own,
        )
    )


def _as_prepared(study: Study, held: set[str], scores: Mapping[str, float]) -> set[str]:
    """The products, an "MSC" that the methods make without culture called what it is: a concentrate or a fraction."""
    stated = study.of("preparation")
    if any(one.mention.concept == "culture-expanded" and one.sentence.role != BACKGROUND for one in stated):
        return held
    apart = re.search(r"\b(?:versus|vs|compar\w+|or)\b", study.title) or study.design & REVIEWS
    for value, called in _UNCULTURED:
        if value in held and not apart:
            held = held - called
    for value, called in _UNCULTURED:
        if (
            value not in held
            and scores.get(value, 0.0) >= 1.0
            and held & called
            and not held & rules().kinds["uncultured"]
        ):
            held = (held - called) | {value}
    return held


def _parts(study: Study, held: Collection[str], tally: _Tally) -> set[str]:
    """What is given together with a product in one sentence of methods: its carrier, its plasma."""
    found = set()
    for value in sorted(tally.scores):
        if (
            value in held
            or not is_kind(study, value, "parts")
            or not any(is_kind(study, one, "cells") or is_kind(study, one, "parts") for one in held)
        ):
            continue
        for mention in tally.kept.get(value, []):
            if any(_together(study, mention, tally.kept.get(one, [])) for one in held):
                found.add(value)
    return found


def _together(study: Study, part: Mention, products: Iterable[Mention]) -> bool:
    for product in products:
        first, last = (
            min(part, product, key=lambda one: one.start),
            max(part, product, key=lambda one: one.start),
        )
        between = study.reading.lower[first.end : last.start]
        if (
            len(between) < _NEAR
            and not re.search(r"[.;:]|\b(?:or|versus|vs|than|alone|compared)\b", between)
            and rules().cues["joined"].search(between)
        ):
            return True
    return False


def _without_vehicles(study: Study, held: set[str]) -> set[str]:
    """The products without what only carries or surrounds them: the cells that exosomes come from, the repair they are added to."""
    if "exosomes" in held:
        held = {
            value
            for value in held
            if not (is_kind(study, value, "cells") or is_kind(study, value, "blood")) or value == "exosomes"
        }
    beside = rules().kinds["beside_products"]
    products = held - beside - rules().kinds["routeless"]
    return held - beside if products else held


def _specialise(study: Study, held: set[str], scores: Mapping[str, float]) -> None:
    """A general product is the narrower one that the study's own sentences name."""
    if study.design & REVIEWS:
        return
    for broad in ("stem-cells", "msc", "platelet-product"):
        if broad in held and not narrowest(study, held & study.vocabulary.narrower(broad)) - {broad}:
            below = {
                value
                for value, score in scores.items()
                if score >= 1.0 and value in study.vocabulary.narrower(broad) - {broad}
            }
            below = narrowest(study, below)
            if len(below) == 1:
                held |= below
    if "msc" in held and not held & study.vocabulary.narrower("msc") - {"msc"}:
        own = " ".join(study.whole(one) for one in study.sentences if one.role != BACKGROUND)
        tissues = {value for value, cue in rules().tissues.items() if cue.search(own)}
        if len(tissues) == 1:
            held |= tissues


def interventions(study: Study) -> tuple[str, ...]:
    """What was given: concepts, else a drug or an operation by its name's ending, else none or not stated."""
    held = _products(study)
    if not held:
        held = _by_ending(study)
    if held:
        return tuple(sorted(held))
    asked = {TITLE, OBJECTIVE, BODY, CONCLUSION} if study.design & CASES else {TITLE}
    title = " ".join(study.whole(one) for one in study.sentences if one.role in asked)
    own = " ".join(study.whole(one) for one in study.sentences if one.role != BACKGROUND)
    if study.design & TRIALS or any(
        one.mention.concept == "placebo" and one.sentence.role != BACKGROUND for one in study.placed
    ):
        return (NOT_STATED,)
    treated = rules().cues["therapy_word"].search(title) or len(rules().cues["treated"].findall(own)) > 1
    return (NOT_STATED,) if treated else (NONE,)


def _by_ending(study: Study) -> set[str]:
    held = set()
    for sentence in study.sentences:
        text = study.whole(sentence)
        told = study.design & CASES and sentence.role == BODY and rules().cues["given"].search(text)
        if sentence.role not in {TITLE, OBJECTIVE} and not told:
            continue
        for name, value in (
            ("antibody_word", "biologic-drug"),
            ("drug_word", "other-drug"),
            ("surgery_word", "other"),
        ):
            found = rules().cues[name].search(text)
            if found and not rules().cues["setting"].search(text[: found.start()]):
                held.add(value)
                study.spans.setdefault(("intervention", value), []).append(
                    (sentence.start + found.start(), sentence.start + found.end())
                )
                break
    return held
