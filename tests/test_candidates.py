"""Candidates: in what order documents are quoted: whose body it was, how it was studied, how near a difference lies."""

from __future__ import annotations

from test_evidence import Shelf, Study, asked, study

from assistant.answering import Answerer
from assistant.candidates import kin
from assistant.evidence import counter_of, rules
from corpus.vocabulary import load_vocabulary

PRP = "platelet-rich-plasma"
KNEE = "knee-osteoarthritis"


def test_a_document_stands_by_the_first_of_its_values() -> None:
    """In the orders of evidence.toml: a study in rats and people stands with people; one that does not say stands last."""
    shelf = Shelf(
        (
            study("a", "rat", "animal-study", PRP, "intra-articular", KNEE),
            Study("b", {"species": ["rat", "human"], "design": ["case-series"]}),
            Study("c", {}),
        )
    )
    counter, order = counter_of(shelf), rules()
    species = [counter.place("species", row) for row in range(3)]
    assert species == [order["species_order"].index(one) for one in ("rat", "human", "not-stated")]
    assert counter.place("design", 1) == order["design_order"].index("case-series")


def test_a_difference_is_near_where_it_shares_a_broader_concept() -> None:
    """Asked of the knee, osteoarthritis of the hip is nearer than disease of the lung; for a facet that was kept nothing is."""
    shelf = Shelf(
        (
            study("hip", "human", "rct", PRP, "intra-articular", "hip-osteoarthritis"),
            study("lung", "human", "rct", PRP, "intra-articular", "lung-disease"),
        )
    )
    part, vocabulary = asked(intervention=PRP, condition=KNEE), load_vocabulary()
    assert kin(part, shelf, vocabulary, ("condition",)).tolist() == [True, False]
    assert kin(part, shelf, vocabulary, ("route",)).tolist() == [False, False]


def test_answers_quote_by_species_design_and_nearness(starter: Answerer) -> None:
    """Real answers: what is direct stands by species and then design; on a rung what is kin to the question comes first."""
    store, vocabulary = starter.sources.store, starter.vocabulary
    counter = counter_of(store)
    ordered = kin_first = 0
    for question in (
        "PRP for knee OA",
        "prp shoulder",
        "MSC hip",
        "SVF for knee OA",
        "stem cells for osteoarthritis",
        "MSC",
        "bone marrow concentrate for hip OA",
        "IV MSC for knee OA",
    ):
        part = starter.answer(question).parts[0]
        rows = [store.number(one.document.id) for one in part.quotes if one.direct]
        places = [(counter.place("species", row), counter.place("design", row)) for row in rows]
        assert places == sorted(places), question
        ordered += len(set(places)) > 1
        for rung in part.evidence.ladder if part.evidence else ():
            shown = [store.number(one.document.id) for one in part.quotes if one.rung == rung.dropped]
            near = kin(part.part, store, vocabulary, rung.dropped)
            known = {bool(near[store.number(one)]) for one in rung.count.documents}
            assert not shown or near[shown[0]] == (True in known), question
            kin_first += bool(shown) and known == {True, False}
    assert ordered >= 2, "the questions no longer show an order"
    assert kin_first, "no rung had anything nearer than the rest"
