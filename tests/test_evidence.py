"""Evidence: counts over all studies of a store, each study once, and the ladder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest

from assistant.asked import FACETS_ASKED, Ask, Part
from assistant.evidence import Evidence, gather
from corpus.document import Citation, Document, Kind, Status
from corpus.label import FACETS, UNSTATED, Label, Origin
from corpus.vocabulary import load_vocabulary
from index.labels import LabelTable


@dataclass(frozen=True)
class Study:
    """A synthetic document by its labels; what is not named is not stated."""

    id: str
    labels: Mapping[str, Sequence[str]]
    status: Status = Status.NONE_RECORDED
    kind: Kind = Kind.PAPER
    trial: str | None = None


class Shelf:
    """A store's labels in memory, behind the real label table."""

    def __init__(self, studies: Sequence[Study]) -> None:
        ordered = sorted(studies, key=lambda one: one.id)
        documents = [
            Document(one.id, one.kind, "", (), Citation(one.id), status=one.status) for one in ordered
        ]
        self._labels = {one.id: self.labelled(one) for one in ordered}
        self.ids = tuple(one.id for one in ordered)
        self.table = LabelTable.build(
            documents, list(self._labels.values()), [one.trial or one.id for one in ordered]
        )

    @staticmethod
    def labelled(study: Study) -> dict[str, Label]:
        """Its labels, every facet named."""
        given = {
            facet: Label(tuple(sorted(values)), Origin.CURATOR) for facet, values in study.labels.items()
        }
        return {facet: given.get(facet, UNSTATED) for facet in FACETS}

    def labels(self, document: str) -> Mapping[str, Label]:
        """One document's labels."""
        return self._labels[document]


ORDER = ("species", "design", "intervention", "route", "condition")


def study(name: str, *values: str, status: Status = Status.NONE_RECORDED, trial: str | None = None) -> Study:
    """A synthetic study with one value for each facet of ORDER."""
    return Study(
        name, {facet: [value] for facet, value in zip(ORDER, values, strict=True)}, status, trial=trial
    )


def asked(**facets: str) -> Part:
    """A question that names these facets."""
    return question(Ask.EVIDENCE, (), facets)


def question(ask: Ask, compared: tuple[str, ...], facets: Mapping[str, str]) -> Part:
    """A question of this kind."""
    named: dict[str, tuple[str, ...]] = {
        facet: (facets[facet],) if facet in facets else () for facet in FACETS_ASKED
    }
    if compared:
        named["intervention"] = compared
    return Part("question", ask, named, compared=compared)


KNEE = "knee-osteoarthritis"
BMC = "bone-marrow-concentrate"
SHELF = (
    study("a", "human", "rct", BMC, "intra-articular", KNEE),
    study("b", "human", "case-series", BMC, "intra-articular", KNEE),
    study("c", "human", "single-arm-trial", "stromal-vascular-fraction", "intravenous", "lung-disease"),
    study("d", "rat", "animal-study", "msc", "intravenous", "none"),
    study("e", "human", "narrative-review", BMC, "intra-articular", KNEE),
    study("f", "human", "rct", BMC, "intra-articular", KNEE, status=Status.RETRACTED),
    replace(study("g", "human", "other", BMC, "intravenous", KNEE), kind=Kind.POST),
    study("h", "human", "rct", BMC, "intra-articular", "hip-osteoarthritis"),
)


def evidence(part: Part, studies: Sequence[Study] = SHELF) -> Evidence:
    """The evidence of synthetic studies for a question."""
    return gather(Shelf(studies), load_vocabulary(), part)


def test_direct_needs_every_facet() -> None:
    """A study that fails one facet of the question is not direct."""
    found = evidence(asked(intervention=BMC, route="intravenous", condition=KNEE))
    assert found.direct.studies == 0


def test_the_ladder_drops_one_facet_at_a_time() -> None:
    """Each rung holds what matches all other facets, and nothing more."""
    found = evidence(asked(intervention=BMC, route="intravenous", condition=KNEE))
    assert {rung.dropped: rung.count.documents for rung in found.ladder} == {
        ("route",): ("a", "b"),
        ("intervention",): (),
        ("condition",): (),
    }


def test_two_facets_dropped_hold_only_what_one_does_not_reach() -> None:
    """The nearest in two leaves out what a rung of the ladder already holds."""
    found = evidence(asked(intervention=BMC, route="intravenous", condition=KNEE))
    assert {rung.dropped: rung.count.documents for rung in found.nearest} == {
        ("route", "condition"): ("h",),
        ("intervention", "condition"): ("c", "d"),
    }


def test_a_comparison_of_routes_is_direct_only_where_one_study_has_both() -> None:
    """Studies by either route stand apart as arms; only the study with both is direct."""
    both = Study(
        "both", {"species": ["human"], "intervention": [BMC], "route": ["subchondral", "intra-articular"]}
    )
    routes = ("subchondral", "intra-articular")
    part = Part(
        "question",
        Ask.COMPARISON,
        {**dict.fromkeys(FACETS_ASKED, ()), "intervention": (BMC,), "route": routes},
        compared=routes,
    )
    found = evidence(part, (*SHELF, both))
    assert found.direct.documents == ("both",)
    assert {arm: count.documents for arm, count in found.arms.items()} == {
        "subchondral": ("both",),
        "intra-articular": ("a", "b", "both", "h"),
    }


def test_a_narrower_concept_matches_a_broader_question() -> None:
    """A question of osteoarthritis counts studies of the knee and of the hip; one of the knee does not count the hip."""
    broad = evidence(asked(intervention=BMC, condition="osteoarthritis"))
    narrow = evidence(asked(intervention=BMC, condition=KNEE))
    assert (broad.direct.documents, narrow.direct.documents) == (("a", "b", "h"), ("a", "b"))


def test_posts_reviews_and_retracted_papers_are_never_counted() -> None:
    """A post, a narrative review and a retracted paper match and are not counted; review and retraction are named apart."""
    found = evidence(asked(intervention=BMC, condition=KNEE))
    assert found.direct.documents == ("a", "b")
    assert (found.apart, found.retracted) == (("e",), ("f",))


def test_species_are_counted_apart() -> None:
    """Human and animal studies stand in columns of their own."""
    found = evidence(asked(route="intravenous"))
    assert found.direct.by_group == {"human": 1, "animal": 1, "in-vitro": 0, "not-stated": 0}
    assert found.direct.by_species == {"human": 1, "rat": 1}


def test_two_papers_of_one_trial_are_one_study() -> None:
    """Papers that share a trial count once, and both are listed."""
    twice = (
        study("a", "human", "rct", BMC, "intra-articular", KNEE, trial="NCT00000001"),
        study("b", "human", "rct", BMC, "intra-articular", KNEE, trial="NCT00000001"),
    )
    found = evidence(asked(intervention=BMC), twice)
    assert (found.direct.studies, found.direct.documents) == (1, ("a", "b"))


def test_not_stated_never_matches() -> None:
    """A study that does not state its route is not direct for a question that names one."""
    silent = (
        Study("a", {"species": ["human"], "design": ["rct"], "intervention": [BMC], "condition": [KNEE]}),
    )
    found = evidence(asked(intervention=BMC, route="intravenous"), silent)
    assert found.direct.studies == 0


def test_a_comparison_is_direct_only_where_one_study_has_both() -> None:
    """Of a head-to-head trial, a trial against placebo and an arm as comparator, the first and the last count."""
    arms = (
        Study(
            "a",
            {
                "species": ["human"],
                "design": ["rct"],
                "intervention": ["hyaluronic-acid", "platelet-rich-plasma"],
            },
        ),
        Study(
            "b",
            {
                "species": ["human"],
                "design": ["rct"],
                "intervention": ["platelet-rich-plasma"],
                "comparator": ["placebo"],
            },
        ),
        Study(
            "c",
            {
                "species": ["human"],
                "design": ["rct"],
                "intervention": ["platelet-rich-plasma"],
                "comparator": ["hyaluronic-acid"],
            },
        ),
    )
    found = evidence(question(Ask.COMPARISON, ("platelet-rich-plasma", "hyaluronic-acid"), {}), arms)
    assert found.direct.documents == ("a", "c")
    assert {arm: count.documents for arm, count in found.arms.items()} == {
        "platelet-rich-plasma": ("a", "b", "c"),
        "hyaluronic-acid": ("a", "c"),
    }


def test_a_question_without_facets_counts_nothing() -> None:
    """Where the question names no facet, nothing is called direct."""
    found = evidence(asked())
    assert (found.direct.studies, found.asked) == (0, {})


@pytest.mark.parametrize("facet", ["route", "condition"])
def test_each_rung_is_what_the_question_without_that_facet_adds(facet: str) -> None:
    """A rung is exactly the direct studies of the shorter question that the longer one lacks."""
    whole = {"intervention": BMC, "route": "intra-articular", "condition": KNEE}
    found = evidence(asked(**whole))
    shorter = evidence(asked(**{name: value for name, value in whole.items() if name != facet}))
    rung = next(one for one in found.ladder if one.dropped == (facet,))
    assert set(rung.count.documents) == set(shorter.direct.documents) - set(found.direct.documents)


def test_counts_over_many_documents_agree_with_plain_counting() -> None:
    """Over 2,000 random documents the table's counts are those of counting one by one."""
    random = np.random.default_rng(1)
    species, routes = ("human", "rat", "in-vitro"), ("intravenous", "intra-articular", "not-stated")
    many = [
        study(f"{n:05}", str(random.choice(species)), "rct", BMC, str(random.choice(routes)), KNEE)
        for n in range(2000)
    ]
    found = evidence(asked(intervention=BMC, route="intravenous"), many)
    plain = [one for one in many if one.labels["route"] == ["intravenous"]]
    assert found.direct.studies == len(plain)
    assert found.direct.by_species == {
        name: sum(one.labels["species"] == [name] for one in plain) for name in species
    }
