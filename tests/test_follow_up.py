"""Follow-up: what a question takes from those before it in its thread."""

from __future__ import annotations

import pytest
from question_material import ANIMALS, BMC, HIP, IV, KNEE, PRP, QUESTION, named, one

from assistant.question import Ask


@pytest.mark.parametrize(
    ("text", "facets", "inherited"),
    [
        ("what about hip?", {"intervention": (BMC,), "route": (IV,), "condition": (HIP,)}, ("intervention", "route")),
        ("and animals only", {"intervention": (BMC,), "route": (IV,), "condition": (KNEE,), "species": ANIMALS}, ("intervention", "route", "condition")),
        ("what about PRP?", {"intervention": (PRP,), "route": (IV,), "condition": (KNEE,)}, ("route", "condition")),
        ("only RCTs", {"intervention": (BMC,), "route": (IV,), "condition": (KNEE,), "design": ("rct",)}, ("intervention", "route", "condition")),
        ("in humans?", {"intervention": (BMC,), "route": (IV,), "condition": (KNEE,), "species": ("human",)}, ("intervention", "route", "condition")),
        ("and intra-articular?", {"intervention": (BMC,), "route": ("intra-articular",), "condition": (KNEE,)}, ("intervention", "condition")),
        ("is PRP good for tennis elbow?", {"intervention": (PRP,), "condition": ("lateral-epicondylitis",)}, ()),
        ("best pizza near clinic?", {}, ()),
        ("when was this last updated?", {}, ()),
    ],
)  # fmt: skip
def test_a_follow_up_takes_what_it_leaves_out(
    text: str, facets: dict[str, tuple[str, ...]], inherited: tuple[str, ...]
) -> None:
    """A fragment swaps one facet and inherits the others; a full new question inherits nothing."""
    part = one(text, QUESTION)
    assert (dict(named(part)), part.inherited) == (facets, inherited)


def test_follow_ups_go_on_from_follow_ups() -> None:
    """The third message builds on the second, and harm is kept when only the joint is swapped."""
    part = one("and animals only", QUESTION, "what about hip?")
    assert part.facets["condition"] == (HIP,)
    assert part.facets["species"] == ANIMALS
    assert one("is it safe?", QUESTION).ask is Ask.HARM
    assert one("what about hip?", "can PRP cause infection in the knee?").harm == ("infection",)
    compared = one("what about hip?", "BMAC vs PRP knee OA")
    assert (compared.ask, compared.compared) == (Ask.COMPARISON, (BMC, PRP))
    bare = one("hip?", "BMAC vs PRP knee OA")
    assert (bare.ask, bare.compared) == (Ask.COMPARISON, (BMC, PRP))


def test_a_follow_up_may_set_a_product_against_the_one_before() -> None:
    """The words "vs steroids" compare with what was asked before, in the same joint, and does not take its place."""
    part = one("vs steroids", "PRP for knee OA?")
    assert (part.ask, part.compared) == (Ask.COMPARISON, (PRP, "corticosteroid"))
    assert (part.facets["condition"], part.inherited) == ((KNEE,), ("intervention", "condition"))


def test_harms_after_a_comparison_are_asked_of_each_arm() -> None:
    """A study of the harms of one arm counts: it need not have given both."""
    part = one("any harms?", "BMAC vs PRP knee OA")
    assert (part.ask, part.compared, part.facets["intervention"]) == (Ask.HARM, (), (BMC, PRP))
