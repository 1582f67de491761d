"""Reviewed: what a review is about, told from its title, from what it dwells on and from what it lists."""

from __future__ import annotations

from collections.abc import Collection

from corpus.left_out import BIOLOGY
from corpus.sentence_roles import BACKGROUND, OBJECTIVE, TITLE
from corpus.study_reading import REVIEWS, Study, is_kind
from corpus.study_rules import rules
from corpus.tallies import TOLD, Tally, listed

_IN_REVIEW = 2.0
_MANY = 3
_SEVERAL = 2


def titled(study: Study, held: Collection[str]) -> bool:
    """Whether the title names one of them."""
    return any(one.sentence.role == TITLE and one.mention.concept in held for one in study.of("intervention"))


def whole_field(study: Study, held: set[str]) -> set[str]:
    """What a review's title names, where the one narrower thing found is named neither there nor in its aim."""
    if not study.design & REVIEWS:
        return held
    asked = [
        one.mention.concept for one in study.of("intervention") if one.sentence.role in {TITLE, OBJECTIVE}
    ]
    titled = {one.mention.concept for one in study.of("intervention") if one.sentence.role == TITLE}
    for broad in sorted(titled & {"stem-cells", "msc", "platelet-product"}):
        below = held & (study.vocabulary.narrower(broad) - {broad})
        if len(below) == 1 and not below & set(asked):
            held = (held - below) | {broad}
    return held


def reviewed(study: Study, tally: Tally, *, several: bool) -> set[str]:
    """What a review is about; where its title names treatments in general, all that it lists."""
    held = tally.held(_IN_REVIEW)
    side_by_side = listed(study)
    if held and held <= rules().kinds["vague"] and "arthroscopy" not in held:
        held |= {
            value
            for value, score in tally.scores.items()
            if score >= TOLD and is_kind(study, value, "put_in") and value != "stem-cells"
        }
    titled = {value for value in held if TITLE in tally.said[value]} - {"tendon-or-ligament-surgery"}
    if several or held <= BIOLOGY | (rules().kinds["vague"] - titled) | {"msc"}:
        held |= {value for value in side_by_side if tally.scores.get(value, 0.0) >= TOLD}
    if several:
        held |= _families(study, tally)
    return (
        held
        or tally.held(_IN_REVIEW, anywhere=True) - BIOLOGY
        or listed(study, least=0 if several else _MANY)
    )


def _families(study: Study, tally: Tally) -> set[str]:
    """What a review of several treatments names: grafts put in, two or more operations on a joint, two or more drugs."""
    told = {value for value, score in tally.scores.items() if score >= TOLD}
    found = {value for value in told & tally.put if is_kind(study, value, "grafts")}
    titled = {value for value, roles in tally.said.items() if TITLE in roles}
    for family in (rules().kinds["joint_repairs"], rules().kinds["conservative"]):
        if len(told & family) >= _SEVERAL and titled <= family:
            found |= told & family
    return found


def growth_factors(study: Study) -> set[str]:
    """The drugs made of growth factors, where a review of biologics names them in general and as given, not as a product's own."""
    cues = rules().cues
    if not study.design & REVIEWS or not cues["biologics_title"].search(study.title):
        return set()
    own = " ".join(study.whole(one) for one in study.sentences if one.role not in {TITLE, BACKGROUND})
    return {"biologic-drug"} if cues["factors_given"].search(own) else set()
