"""Tallies: what speaks for each intervention that a study names, by where that stands and by the words round it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from corpus.label import NOT_STATED
from corpus.mentions import Mention
from corpus.sentence_roles import BACKGROUND, BODY, CONCLUSION, OBJECTIVE, TITLE
from corpus.study_reading import REVIEWS, TRIALS, Placed, Study, is_control, is_kind, is_setting
from corpus.study_rules import rules

ENOUGH = 3.0
TOLD = 1.0
"""What speaks for an intervention enough to hold it, and at all."""
WEIGHTS = {TITLE: 3.0, OBJECTIVE: 2.0, CONCLUSION: 1.0, BODY: 0.5, BACKGROUND: 0.0}
_MATERIALS = frozenset({"hyaluronic-acid", "other-drug"})
_HORMONES = frozenset({"biologic-drug", "other-drug", "corticosteroid", "opioid", "hyaluronic-acid"})
_NUMBING = frozenset({"local-anaesthetic", "nerve-block"})
_LOOKS = frozenset({"arthroscopy", "arthroscopies"})
_NOT_LISTED = frozenset({"placebo", "arthroplasty"})
"""What reviews name beside treatments without being about it."""
_ONCE = frozenset({BODY, CONCLUSION})


@dataclass(slots=True)
class Tally:
    """What speaks for each intervention: a score, the roles it stands in, the mentions."""

    scores: dict[str, float] = field(default_factory=dict)
    said: dict[str, set[str]] = field(default_factory=dict)
    kept: dict[str, list[Placed]] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)
    put: set[str] = field(default_factory=set)

    def add(self, one: Placed, weight: float, *, given: bool = False, put: bool = False) -> None:
        """Count a mention."""
        value = one.mention.concept
        self.scores[value] = self.scores.get(value, 0.0) + weight
        if weight:
            self.said.setdefault(value, set()).add(one.sentence.role)
            self.kept.setdefault(value, []).append(one)
            if given:
                self.given.add(value)
            if put:
                self.put.add(value)

    def held(self, enough: float = ENOUGH, *, anywhere: bool = False) -> set[str]:
        """What is said often enough, in the places that count."""
        kinds = rules().kinds
        title_only = frozenset() if anywhere else kinds["title_only"]
        return {
            value
            for value, score in self.scores.items()
            if score >= enough
            and (
                value not in title_only
                or TITLE in self.said[value]
                or (value in kinds["given_anywhere"] and value in self.given)
            )
        }


def administered(study: Study, one: Placed) -> bool:
    """Whether the words beside the mention say that it was given: "injection of …", "… was infused"."""
    cues = rules().cues
    return bool(
        cues["administered_before"].search(study.before(one))
        or cues["administered_after"].search(study.after(one))
    )


def _put_in(study: Study, one: Placed) -> bool:
    """Whether the words beside cells say that they are in what was given: "seeded with …", "…-laden"."""
    cues = rules().cues
    if study.animals and one.sentence.role == BODY and cues["assayed"].search(study.whole(one.sentence)):
        return False
    return bool(
        re.search(r"inject|transplant|therap|implant|infus", one.mention.form.lower())
        or cues["cells_put_before"].search(study.before(one))
        or cues["cells_put_after"].search(study.after(one))
    )


def _is_subject(study: Study, one: Placed) -> bool:
    """Whether it is the body's own or a material: what is derived from it, its receptor, cells that are drawn to a place."""
    cues, value = rules().cues, one.mention.concept
    before, after = study.before(one), study.after(one)
    if (
        value == "chondrocyte-implantation"
        and not cues["chondrocytes_put"].search(one.mention.form.lower())
        and not _put_in(study, one)
        and not administered(study, one)
    ):
        return True
    return bool(
        (value in _MATERIALS and cues["material"].search(after))
        or cues["derived"].search(after)
        or cues["searched"].search(before)
        or (
            is_kind(study, value, "cells")
            and cues["acted_on"].search(before)
            and not cues["cells_put_after"].search(after)
        )
        or (is_kind(study, value, "cells") and cues["emptied"].search(before))
        or (is_kind(study, value, "blood") and cues["platelet_tests"].search(study.title))
        or (value == "arthroplasty" and _is_end_point(study, one))
        or (one.sentence.role == TITLE and cues["implied"].search(before))
        or (value == "umbilical-cord-product" and cues["made_from"].search(before))
        or one.mention.form.lower() == "arthroscopically"
        or (value == "arthroscopy" and cues["looks_after"].search(after))
        or (value == "scaffold" and (re.match(r"[\s-]free\b", after) or _only_covers(study, one)))
        or (
            value == "exosomes"
            and (cues["of_tumour"].search(after) or cues["vesicles_measured"].search(study.title))
        )
        or cues["drawn_before"].search(before)
        or (value == "scaffold" and cues["own_scaffold"].search(before))
        or (value == "arthroscopy" and one.sentence.role == BODY and one.mention.form.lower() in _LOOKS)
        or (is_kind(study, value, "cells") and cues["cells_after"].search(after))
        or (
            value in _HORMONES
            and (cues["biology_before"].search(before) or cues["biology_after"].search(after))
        )
    )


def _is_end_point(study: Study, one: Placed) -> bool:
    """Whether a prosthesis is only what the treatment of the title may end in."""
    titled = any(
        other.sentence.role == TITLE and other.mention.concept == "arthroplasty"
        for other in study.of("intervention")
    )
    return not titled and bool(rules().cues["end_point"].search(study.whole(one.sentence)))


def _only_covers(study: Study, one: Placed) -> bool:
    """Whether it is the lid over implanted chondrocytes, as a periosteal flap is; over opened marrow it is the implant."""
    cues, text = rules().cues, study.whole(one.sentence)
    lower = study.reading.lower
    if "membrane" in one.mention.form.lower() and cues["lid"].search(lower) and "microfract" not in lower:
        return True
    return bool(
        (cues["covered_by"].search(study.before(one)) or cues["cover_after"].search(study.after(one)))
        and re.search(r"\bchondrocytes?\b|\bc?aci\b|\bact\b", text)
        and "microfract" not in study.reading.lower
    )


def _weight(study: Study, one: Placed) -> float:
    role, text = one.sentence.role, study.whole(one.sentence)
    if _weightless(study, one):
        return 0.0
    if role != BODY:
        return WEIGHTS[role]
    if rules().cues["given"].search(text):
        return 1.5
    return 1.0 if rules().cues["treat"].search(text) or is_review(study) else WEIGHTS[BODY]


def _weightless(study: Study, one: Placed) -> bool:
    """Whether the words round it make it the control, the ordinary treatment, what others did, or what some had besides."""
    cues, role, before = rules().cues, one.sentence.role, study.before(one)
    if role == TITLE:
        return bool(study.design & (TRIALS | {"protocol"}) and cues["ordinary"].search(before))
    if role != BODY:
        return bool(cues["outdone"].search(before))
    text = study.whole(one.sentence)
    return bool(
        cues["outdone"].search(before)
        or is_control(study, one)
        or (not is_review(study) and cues["elsewhere"].search(text))
        or (one.mention.concept in rules().kinds["operations_named"] and cues["besides"].search(text))
    )


def is_review(study: Study) -> bool:
    """Whether it is a review, by its design or, where that is not told, by what title or aim call it."""
    if study.design != {NOT_STATED}:
        surveyed = study.design == {"cross-sectional"} and rules().cues["survey_title"].search(study.title)
        return bool(study.design & (REVIEWS | {"commentary"}) or surveyed)
    cues = rules().cues
    asked = " ".join(study.whole(one) for one in study.sentences if one.role in {TITLE, OBJECTIVE})
    own = " ".join(study.whole(one) for one in study.sentences if one.role != TITLE)
    return bool(cues["review_like"].search(asked)) or not cues["any_data"].search(own)


def is_compared(study: Study) -> bool:
    """Whether the design has arms, so that what all of them had is no intervention."""
    if study.design & {"cohort"}:
        return any(
            rules().cues["two_arms"].search(study.whole(one))
            for one in study.sentences
            if one.role != BACKGROUND
        )
    return study.animals or bool(
        study.design & {"rct", "controlled-trial", "protocol"} | study.design & REVIEWS
    )


def _is_occasion(study: Study, one: Placed) -> bool:
    """Whether it is only the setting, or the operation that something else is to better in a study that compares."""
    cues, before = rules().cues, study.before(one)
    if is_setting(study, one):
        return True
    operations = rules().kinds["operations"]
    if (
        one.sentence.role == TITLE
        and one.mention.concept in {*operations, "arthroplasty"}
        and cues["on_occasion"].search(before)
    ):
        return True
    titled = one.sentence.role == TITLE
    if titled and (
        cues["foretold_after"].search(study.after(one))
        or cues["sedated_for"].search(before)
        or (one.mention.concept == "osteochondral-graft" and cues["graft_acted_on"].search(before))
        or (is_compared(study) and cues["given_to_people"].search(before))
        or (one.mention.concept in operations and cues["tried_on"].search(before))
    ):
        return True
    if one.mention.concept in _NUMBING and is_compared(study) and cues["added_to"].search(before):
        return True
    if one.mention.concept in rules().kinds["drugs"] and cues["users"].match(study.after(one)):
        return True
    return bool(
        one.mention.concept in operations
        and is_compared(study)
        and (
            cues["bettered"].search(before)
            or cues["bettering"].search(before)
            or cues["worked_on"].search(study.after(one))
        )
    )


def _shut_out(study: Study, one: Placed) -> bool:
    """Whether it stands among the reasons for which people were left out."""
    return one.sentence.role == BODY and bool(rules().cues["exclusion"].search(study.before(one)))


def tallies(study: Study) -> tuple[Tally, Tally]:
    """What speaks for each intervention as given, and as the setting of something else; once a sentence."""
    tally, settings = Tally(), Tally()
    counted: set[tuple[int, str]] = set()
    for one in study.of("intervention"):
        value = one.mention.concept
        if value == "placebo" or one.mention.negated or _is_subject(study, one) or _shut_out(study, one):
            continue
        place = (one.sentence.start, value)
        again = place in counted and one.sentence.role in _ONCE
        counted.add(place)
        if not again and _is_occasion(study, one):
            settings.add(one, WEIGHTS[one.sentence.role])
        else:
            given = one.sentence.role != BACKGROUND and administered(study, one)
            weight = _weight(study, one)
            if again and weight:
                tally.kept.setdefault(value, []).append(one)
            tally.add(one, 0.0 if again else weight, given=given, put=given or _put_in(study, one))
    return tally, settings


def mentions_of(tally: Tally, value: str) -> list[Mention]:
    """The mentions that count for a value."""
    return [one.mention for one in tally.kept.get(value, [])]


def listed(study: Study, *, least: int = 0) -> set[str]:
    """What a review names side by side in one sentence."""
    found: set[str] = set()
    several = re.search(r"\b(?:biologic|orthobiologic|augment|cell)", study.title)
    for sentence in study.sentences:
        if sentence.role == TITLE:
            continue
        here = {
            one.mention.concept
            for one in study.of("intervention")
            if one.sentence == sentence
            and not one.mention.negated
            and one.mention.concept not in ({*_NOT_LISTED} if several else {*_NOT_LISTED, "stem-cells"})
            and not _is_subject(study, one)
            and not is_setting(study, one)
        }
        enumerates = re.search(rules().cues["enumerates"], study.whole(sentence))
        if len(here) >= max(least, 2 if enumerates else 3):
            found |= here
    return found
