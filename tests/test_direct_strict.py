"""What is direct where a question names more than a concept: an operation with a product, a product of a class, whose cells they were."""

from __future__ import annotations


import pytest
from answer_material import word_answerer
from bench_material import library, nbib
from question_material import one

from assistant.answering import Answerer

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
    return {int(one[-1]) for one in evidence.direct.documents}


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
