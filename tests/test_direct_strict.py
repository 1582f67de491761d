"""What is direct where a question names more than a concept: an operation with a product, a product of a class, whose cells they were."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from answer_material import word_answerer
from bench_material import library, nbib, write_records
from question_material import one
from slack_bench import FakeAnswering

from assistant.answering import Answerer
from assistant.shown import labels_shown
from assistant.slack.given import parts_of, read_part
from assistant.unknown import UNKNOWN
from corpus.label import FACETS
from corpus.named import rules, telling
from corpus.vocabulary import load_vocabulary

TRIAL = ("PT  - Randomized Controlled Trial", "MH  - Humans")
RECORDS = (
    nbib(
        90000001,
        "Synthetic record: platelet-rich plasma in arthroscopic rotator cuff repair",
        "Sixty patients with a rotator cuff tear were randomly assigned to platelet-rich plasma or no platelet-rich plasma, to "
        "see whether it helps the tendon to heal.",
        *TRIAL,
    ),
    nbib(
        90000002,
        "Synthetic record: platelet-rich plasma injections for rotator cuff tendinopathy",
        "Sixty patients with rotator cuff tendinopathy were randomly assigned to subacromial injections of platelet-rich plasma "
        "or saline. Nobody was operated on.",
        *TRIAL,
    ),
    nbib(
        90000003,
        "Synthetic record: platelet-rich plasma instead of rotator cuff repair",
        "Sixty patients with a rotator cuff tear were given platelet-rich plasma as an alternative to rotator cuff repair.",
        *TRIAL,
    ),
    nbib(
        90000004,
        "Synthetic record: oral naproxen for knee osteoarthritis",
        "Sixty patients with knee osteoarthritis were randomly assigned to naproxen or placebo.",
        *TRIAL,
    ),
    nbib(
        90000005,
        "Synthetic record: oral celecoxib for knee osteoarthritis",
        "Sixty patients with knee osteoarthritis were randomly assigned to celecoxib or placebo.",
        *TRIAL,
    ),
    nbib(
        90000006,
        "Synthetic record: allogeneic mesenchymal stem cells for hip osteoarthritis",
        "Sixty patients with hip osteoarthritis were randomly assigned to intra-articular injection of allogeneic mesenchymal stem "
        "cells of a donor or saline.",
        *TRIAL,
    ),
    nbib(
        90000007,
        "Synthetic record: autologous mesenchymal stem cells for hip osteoarthritis",
        "Sixty patients with hip osteoarthritis were randomly assigned to intra-articular injection of their own cultured "
        "autologous mesenchymal stem cells or saline.",
        *TRIAL,
    ),
    nbib(
        90000008,
        "Synthetic record: bupivacaine after arthroscopy and chondrolysis",
        "Sixty patients were given intra-articular bupivacaine after arthroscopy of the shoulder. Chondrolysis was found in two.",
        "MH  - Humans",
    ),
    nbib(
        90000009,
        "Synthetic record: bupivacaine for pain after arthroscopy",
        "Sixty patients were randomly assigned to intra-articular bupivacaine or saline after arthroscopy of the shoulder.",
        *TRIAL,
    ),
    nbib(
        90000010,
        "Synthetic record: scaffold for cartilage defects of the ankle",
        "Sixty patients with a cartilage defect of the ankle were randomly assigned to a collagen scaffold; it was compared with "
        "microfracture alone.",
        *TRIAL,
    ),
    nbib(
        90000011,
        "Synthetic record: osteochondral autograft for defects of the talus",
        "Sixty patients with a cartilage defect of the talus were given an osteochondral autograft taken from the knee.",
        "MH  - Humans",
    ),
    nbib(
        90000012,
        "Synthetic record: osteochondral autograft for defects of the femoral condyle",
        "Sixty patients with a cartilage defect of the femoral condyle were given an osteochondral autograft.",
        "MH  - Humans",
    ),
)


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    """The answerer of these records."""
    folder = tmp_path_factory.mktemp("direct")
    return word_answerer(library(folder / "library", *RECORDS), folder / "stores")


def direct(answerer: Answerer, question: str) -> set[int]:
    """The numbers of the records that are direct."""
    evidence = answerer.answer(question).parts[0].evidence
    assert evidence
    return {int(one[-2:]) for one in evidence.direct.documents}


@pytest.mark.parametrize(
    "question",
    [
        "does PRP help rotator cuff repair heal",
        "PRP in rotator cuff repair?",
        "rotator cuff repair with platelet rich plasma",
    ],
)
def test_what_all_were_operated_for_counts_as_asked(answerer: Answerer, question: str) -> None:
    """A trial of a product in which all had the operation is direct; one without it, or in place of it, is not."""
    assert direct(answerer, question) == {1}


def test_an_operation_that_all_had_is_no_arm(answerer: Answerer) -> None:
    """A product against an operation asks for a study that set the one against the other."""
    assert 1 not in direct(answerer, "PRP vs rotator cuff repair")


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("osteochondral allograft for the knee", "cartilage-defect"),
        ("microfracture of the ankle?", "cartilage-defect"),
        ("core decompression with BMAC for the hip", "osteonecrosis"),
        ("PRP for the knee", "knee-osteoarthritis"),
        ("hyaluronic acid for the ankle", "ankle-osteoarthritis"),
    ],
)
def test_a_joint_alone_is_read_by_what_the_product_is_for(text: str, condition: str) -> None:
    """A knee beside a cartilage graft is a cartilage defect, a hip beside core decompression osteonecrosis; the commonest disease is offered."""
    part = one(text)
    assert part.facets["condition"] == (condition,)
    assert part.assumed[-1].others


def test_the_name_of_a_product_is_no_route() -> None:
    """Chondrocyte implantation is what is done, not a route that is asked for besides; cells implanted name one."""
    assert one("autologous chondrocyte implantation of the knee").facets["route"] == ()
    assert one("implantation of MSCs in the knee").facets["route"] == ("surgical-implantation",)


def test_a_nerve_that_is_blocked_places_a_question_here() -> None:
    """A block of a nerve of the shoulder or the knee is of this field, with no disease assumed."""
    part = one("suprascapular nerve block")
    assert (part.ask.value, part.facets["intervention"], part.facets["condition"]) == (
        "evidence",
        ("nerve-block",),
        (),
    )


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("naproxen for knee OA", {4}),
        ("NSAIDs for knee OA", {4, 5}),
        ("naproxen or celecoxib for knee OA", {4, 5}),
        ("naproxen vs celecoxib for knee OA", set()),
        ("ibuprofen for knee OA", set()),
        ("allogeneic MSCs for hip OA", {6}),
        ("autologous MSCs for hip OA", {7}),
        ("MSCs for hip OA", {6, 7}),
        ("chondrotoxicity of bupivacaine", {8}),
        ("does bupivacaine damage cartilage?", {8}),
        ("osteochondral autograft for the talus", {11}),
        ("osteochondral autograft for the knee", {12}),
        ("osteochondral autograft for the patella", set()),
        ("osteochondral autograft for the knee or ankle", {11, 12}),
        ("coxibs for knee OA", {5}),
        ("osteochondral autograft for cartilage defects", {11, 12}),
        ("osteochondral allograft for cartilage defects", set()),
    ],
)
def test_what_is_named_within_a_concept_must_be_named_by_a_study(
    answerer: Answerer, question: str, wanted: set[int]
) -> None:
    """A drug is not answered by another of its class, another's cells not by one's own, harm to cartilage not by relief of pain."""
    assert direct(answerer, question) == wanted


def test_what_is_named_stands_in_the_count_and_beside_what_fails_it(answerer: Answerer) -> None:
    """The count says which drug was meant; a trial of another of its class is near, is marked as failing, and says what it is not."""
    (part,) = answerer.answer("ibuprofen for knee OA").parts
    assert "(ibuprofen)" in part.statement
    near = [one for one in part.quotes if one.rung]
    assert near
    assert not any(one.match["intervention"] for one in near)
    shown = " ".join(words for one in near for words, _ in labels_shown(one, answerer.vocabulary))
    assert "not non-steroidal anti-inflammatory drug (ibuprofen)" in shown


def test_a_follow_up_keeps_what_was_named(answerer: Answerer) -> None:
    """A question what about the hip after a drug asks for that drug; another product lets it go."""
    first = "naproxen for knee OA"
    (part,) = answerer.answer("what about hip OA?", [first]).parts
    assert [one.words for one in part.part.named] == [("naproxen",)]
    (part,) = answerer.answer("and celecoxib?", [first]).parts
    assert [one.words for one in part.part.named] == [("celecoxib",)]
    (part,) = answerer.answer("vs celecoxib", [first]).parts
    assert [one.words for one in part.part.named] == [("naproxen", "celecoxib")]
    (part,) = answerer.answer("and PRP?", [first]).parts
    assert part.part.named == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kenalog for the knee", ("triamcinolone",)),
        ("cortisone shot for the knee", None),
        ("DPSCs for cartilage defects", ("dental", "pulp")),
        ("synovium-derived stem cells for the meniscus", ("synovial",)),
        ("collagen scaffolds for cartilage defects", ("collagen",)),
        ("scaffolds for cartilage defects", None),
        ("autologous PRP for the knee", None),
        ("glucosamine for knee OA", ("glucosamine",)),
        ("suprascapular nerve block", ("suprascapular",)),
        ("high tibial osteotomy for the knee", ("tibial",)),
    ],
)
def test_what_is_named_is_read_in_any_of_its_names(text: str, words: tuple[str, ...] | None) -> None:
    """A brand is its drug, an abbreviation its tissue; the name of the class, and what goes without saying, name nothing."""
    assert [one.words for one in one(text).named] == ([words] if words else [])


def test_what_is_named_survives_being_stored() -> None:
    """A button under an answer asks for the same drug again."""
    part = one("naproxen for knee OA")
    answer = replace(FakeAnswering().answer("naproxen for knee OA"))
    answer = replace(answer, parts=(replace(answer.parts[0], part=part),))
    assert read_part(parts_of(answer)[0]).named == part.named


@pytest.mark.parametrize(
    "text",
    [
        "XYZ-12 for knee OA",
        "FGQ and cartilage repair",
        "is zingerone good for knee arthritis?",
        "frobnicate for hip OA",
    ],
)
def test_a_product_that_the_vocabulary_does_not_know_is_answered_by_nothing(
    answerer: Answerer, text: str
) -> None:
    """What is asked for and not known is never answered with everything there is on the condition."""
    (part,) = answerer.answer(text).parts
    assert part.part.facets["intervention"] == (UNKNOWN,)
    assert part.outcome == "no-direct"
    assert "0 of" in part.statement


@pytest.mark.parametrize(
    "text",
    [
        "treatments for knee OA",
        "MRI for knee OA",
        "what are the options for hip OA",
        "BMI and knee OA",
        "WHAT HELPS STIFF KNEE OA",
    ],
)
def test_a_question_of_a_condition_names_no_unknown_product(text: str) -> None:
    """Common words and measures before a condition, and a message in capitals, are no product."""
    assert one(text).facets["intervention"] == ()


def test_what_vesicles_came_from_and_a_carrier_without_cells_are_read_as_what_they_are() -> None:
    """Vesicles of stem cells are vesicles, not both; a carrier without cells asks for no preparation."""
    assert one("exosomes from MSCs for cartilage defects").facets["intervention"] == ("exosomes",)
    assert one("cell-free collagen scaffold for cartilage defects").facets["preparation"] == ()


def test_what_a_study_only_compared_with_it_did_not_give(answerer: Answerer) -> None:
    """A scaffold with microfracture is not answered by a scaffold against it; the two set against each other are, and a placebo is a control."""
    assert direct(answerer, "microfracture plus scaffold of the ankle") == set()
    assert direct(answerer, "scaffold vs microfracture of the ankle") == {10}
    assert direct(answerer, "naproxen and placebo in knee OA") == {4}


def test_what_is_only_matched_is_never_shown_and_outlives_a_build(tmp_path: Path) -> None:
    """A passage has its facets and no more; a store built anew from the one before counts the same."""
    folder = library(tmp_path / "library", *RECORDS[3:5])
    first = word_answerer(folder, tmp_path / "stores")
    write_records(folder, *RECORDS[3:6])
    again = word_answerer(folder, tmp_path / "stores")
    assert direct(first, "naproxen for knee OA") == direct(again, "naproxen for knee OA") == {4}
    (quote, *_) = again.answer("naproxen for knee OA").parts[0].quotes
    assert set(quote.labels) == set(FACETS)


def test_the_rules_of_what_is_named_speak_of_the_vocabulary() -> None:
    """Every class, whose and kind is of concepts that exist, and every word of a class can be met in a form or stands in its list."""
    vocabulary = load_vocabulary()
    known = {*vocabulary.ids("intervention"), *vocabulary.ids("condition")}
    assert {row["concept"] for row in rules()["class"]} <= known
    assert {*rules()["source"]["given"], *rules()["source"]["own"]} <= known
    told = telling(vocabulary)
    assert all(told.values())
    every = set().union(*told.values())
    assert {word for words in rules()["alike"].values() for word in words.split()} <= every
