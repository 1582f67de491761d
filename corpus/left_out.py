"""Left out: what a study names and did not give: cells only looked at, an operation that every arm had, what others were held against."""

from __future__ import annotations

import re
from collections.abc import Collection

from corpus.sentence_roles import OBJECTIVE, TITLE
from corpus.study_reading import REVIEWS, Study, is_kind
from corpus.study_rules import rules
from corpus.tallies import Tally, is_compared

BIOLOGY = frozenset({"stem-cells", "other", "embryonic-or-ips-cells", "haematopoietic-transplant"})
"""Things that are a subject of study more often than they are given."""

_OPERATED = frozenset({"osteochondral-graft", "chondrocyte-implantation", "arthroplasty"})


def only_matched(study: Study, held: Collection[str], tally: Tally) -> set[str]:
    """What animals, or cells in a dish, had only so that something else could be held against it."""
    if study.living and not study.animals:
        return set()
    cues = rules().cues
    found = {
        one.mention.concept
        for one in study.of("intervention")
        if study.animals
        and one.sentence.role == OBJECTIVE
        and (cues["against"].search(study.before(one)) or cues["outdone"].search(study.before(one)))
    }
    found = {value for value in found & set(held) if TITLE not in tally.said.get(value, ())}
    found |= {
        one.mention.concept
        for one in study.of("intervention")
        if one.sentence.role == TITLE and cues["benefit_over"].search(study.before(one))
    } & set(held)
    return found if set(held) - found else set()


def only_measured(study: Study, held: Collection[str], tally: Tally) -> set[str]:
    """The substances of the body that the title measures and nothing says were given."""
    if not rules().cues["substance_title"].search(study.title) or rules().cues["giving"].search(study.title):
        return set()
    return (set(held) & rules().kinds["of_the_body"]) - tally.given


def biology_of(study: Study, held: Collection[str]) -> set[str]:
    """The cells and growth factors whose biology the title names, where it gives nothing to anybody."""
    cues = rules().cues
    if not cues["biology_title"].search(study.title) or any(
        cues[name].search(study.title) for name in ("giving", "better_word")
    ):
        return set()
    return {value for value in held if value == "biologic-drug" or is_kind(study, value, "cultured_or_not")}


def only_studied(study: Study, held: Collection[str], tally: Tally) -> set[str]:
    """The cells that a material or a drug was tried on or drew in, where nothing says that they were put in."""
    cells = {value for value in held if is_kind(study, value, "cultured_or_not")}
    cells -= {value for value in cells if is_kind(study, value, "uncultured")}
    put = {value for value in tally.put if is_kind(study, value, "cultured_or_not")}
    others = set(held) - cells
    if "human" in study.species or put or study.design & REVIEWS:
        return set()
    modelled = rules().cues["in_a_model"].search(study.title)
    giving = rules().cues["giving"].search(study.title) or modelled
    unput = study.animals and not cells & tally.given and not giving
    return cells if others or unput else set()


def in_every_arm(study: Study, held: Collection[str], tally: Tally) -> set[str]:
    """The operation that every arm had: the control had it "alone", or the methods name it beside what was compared."""
    if study.design & (REVIEWS | {"commentary"}):
        return set()
    operations = rules().kinds["operations"]
    technique = study.design == {"other"}
    found = {
        one.mention.concept
        for one in study.of("intervention")
        if one.mention.concept in operations
        and not (technique and TITLE in tally.said.get(one.mention.concept, ()))
        and (
            re.match(r"\W*(?:\w+\W+)?(?:alone|only)\b", study.after(one))
            or (study.animals and rules().cues["only_before"].search(study.before(one)))
        )
    }
    found |= {
        one.mention.concept
        for one in study.of("intervention")
        if one.mention.concept in operations | _OPERATED
        and one.sentence.role == TITLE
        and rules().cues["with_and_without"].search(study.after(one))
    }
    if is_compared(study) and set(held) - operations:
        found |= {
            value
            for value in operations
            if TITLE not in tally.said.get(value, {TITLE})
            and any(
                rules().cues["combined_with"].search(study.before(one)) for one in tally.kept.get(value, [])
            )
        }
    return found if set(held) - found else set()


def given_at_all(study: Study, held: Collection[str]) -> bool:
    """Whether title or objective give anything: cells as a subject of biology are no treatment."""
    own = " ".join(study.whole(one) for one in study.sentences if one.role in {TITLE, OBJECTIVE})
    modelled = study.animals and re.search(r"\bmodels?\b", study.title)
    giving, better = rules().cues["giving"], rules().cues["better_word"]
    if modelled:
        return bool(better.search(own))
    return bool(
        giving.search(own) if set(held) <= BIOLOGY else better.search(own) or giving.search(study.title)
    )
