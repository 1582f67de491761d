"""Compared: what a question sets against what, products that share a word, and what only sounds like one."""

from __future__ import annotations

import pytest
from question_material import BMC, PRP, one

from assistant.question import Ask


@pytest.mark.parametrize(
    ("text", "arms"),
    [
        ("BMAC vs PRP knee OA", (BMC, PRP)),
        ("PRP or HA for knee OA?", (PRP, "hyaluronic-acid")),
        ("is PRP better than cortisone for the hip", (PRP, "corticosteroid")),
        ("which is better for hip arthritis, prp or bmac", (PRP, BMC)),
        ("prp compared with placebo knee", (PRP, "placebo")),
    ],
)
def test_a_comparison_keeps_its_arms_in_order(text: str, arms: tuple[str, ...]) -> None:
    """What is set against what, as asked."""
    part = one(text)
    assert (part.ask, part.compared) == (Ask.COMPARISON, arms)


@pytest.mark.parametrize(
    ("text", "arms"),
    [
        ("intraosseous vs intraarticular bmac", ("subchondral", "intra-articular")),
        ("which is better for OA, IV or IA MSC", ("intravenous", "intra-articular")),
        ("same-day versus cultured BM cells for knee OA", ("same-day", "culture-expanded")),
    ],
)
def test_routes_and_preparations_are_compared_like_products(text: str, arms: tuple[str, ...]) -> None:
    """One way set against another asks for what had both, not for what had either."""
    part = one(text)
    assert (part.ask, part.compared) == (Ask.COMPARISON, arms)


def test_one_route_or_another_asks_for_either() -> None:
    """With "or" alone between two routes, a study by any of them is meant."""
    part = one("IV or intra-articular MSC for OA?")
    assert (part.ask, part.compared) == (Ask.EVIDENCE, ())


@pytest.mark.parametrize(
    ("text", "arms"),
    [
        ("adipose vs bone marrow msc", ("adipose-msc", "bone-marrow-msc")),
        ("adipose- or bone marrow-derived MSCs for knee OA", ("adipose-msc", "bone-marrow-msc")),
        (
            "bone marrow, adipose or umbilical cord MSCs in knee OA",
            ("bone-marrow-msc", "adipose-msc", "umbilical-cord-msc"),
        ),
        ("are cord MSCs better than bone marrow MSCs", ("umbilical-cord-msc", "bone-marrow-msc")),
        ("bmac vs fat for the knee", (BMC, "microfragmented-adipose")),
    ],
)
def test_sources_that_share_a_word_are_products_of_their_own(text: str, arms: tuple[str, ...]) -> None:
    """The question "adipose vs bone marrow MSC" is about two products, though the word for cells is written once."""
    part = one(text)
    assert (part.ask, part.compared) == (Ask.COMPARISON, arms)


@pytest.mark.parametrize("text", ["bone marrow edema and stem cells", "diet low in fat or sugar for OA"])
def test_marrow_and_fat_that_are_no_source_of_cells_stay_what_they_are(text: str) -> None:
    """A finding on an image or a diet does not become a product by a word that stands near."""
    named = one(text).facets["intervention"]
    assert not {"bone-marrow-msc", BMC, "adipose-msc", "microfragmented-adipose"} & set(named)


def test_how_a_trial_was_made_is_no_product_and_no_harm() -> None:
    """What is placebo-controlled or double-blind asks for randomised trials: nobody is given placebo, nobody goes blind."""
    for text in ("placebo-controlled stem cell trials", "double blind trials of stem cells"):
        part = one(text)
        assert part.ask is Ask.EVIDENCE
        assert (part.facets["intervention"], part.facets["design"]) == (("stem-cells",), ("rct",))
    assert one("PRP causing blindness").ask is Ask.HARM


def test_a_gel_of_hyaluronic_acid_is_hyaluronic_acid() -> None:
    """The gel that is injected is the product, not a scaffold."""
    assert one("hyaluronic acid gel for the knee").facets["intervention"] == ("hyaluronic-acid",)


def test_a_combination_asks_for_both_and_a_list_for_any() -> None:
    """Two products together must both be in a study; with "or" or a comma any of them will do; neither is a comparison."""
    both = one("PRP and HA together for knee OA")
    assert (both.ask, both.compared) == (Ask.EVIDENCE, (PRP, "hyaluronic-acid"))
    listed = one("evidence for PRP, BMAC, SVF in hip OA")
    assert (listed.ask, listed.compared) == (Ask.EVIDENCE, ())
