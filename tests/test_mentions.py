"""Mentions: where a text names a concept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.mentions import find
from corpus.vocabulary import load_vocabulary

V = load_vocabulary()


def _ids(text: str, facet: str, *, question: bool = False) -> list[str]:
    return [one.concept for one in find(text, V, question=question) if one.facet == facet]


@pytest.mark.parametrize(
    "text",
    [
        "OA of the knee",
        "knee OA",
        "osteoarthritic knees",
        "arthritis of the knee",
        "knee osteoarthritis",
        "Osteoarthritis of the left knee",
        "gonarthrosis",
        "tricompartmental left knee arthritis",
    ],
)
def test_a_joint_and_its_disease_make_one_condition(text: str) -> None:
    """Every way of naming osteoarthritis of the knee is the same condition."""
    assert set(_ids(text, "condition")) == {"knee-osteoarthritis"}


def test_two_joints_share_one_disease() -> None:
    """Two joints that share one disease name both conditions."""
    assert set(_ids("knee and hip OA", "condition")) == {"knee-osteoarthritis", "hip-osteoarthritis"}
    assert set(_ids("osteoarthritis of the hip and knee", "condition")) == {
        "knee-osteoarthritis",
        "hip-osteoarthritis",
    }


@pytest.mark.parametrize(
    "text",
    [
        "rheumatoid arthritis of the knee",
        "septic arthritis of the knee",
        "knee pain. Osteoarthritis was not studied",
    ],
)
def test_another_arthritis_is_no_osteoarthritis_of_that_joint(text: str) -> None:
    """Rheumatoid and septic arthritis of a knee, and a knee of another sentence, are not osteoarthritis of the knee."""
    assert "knee-osteoarthritis" not in _ids(text, "condition")


@pytest.mark.parametrize(
    "text",
    [
        "intravenous antibiotics were given",
        "the operation was done under intravenous sedation",
        "Level IV evidence",
        "intravenous contrast was used",
        "IV sedation",
        "BMC Musculoskeletal Disorders",
        "IV antibiotics",
    ],
)
def test_what_only_sounds_like_a_facet_is_none(text: str) -> None:
    """Antibiotics, sedation, contrast, evidence levels and journals name neither a route nor a product."""
    assert not [
        one for one in find(text, V) if one.facet in {"route", "intervention"} and one.concept != "other-drug"
    ]
    assert not [one for one in find(text, V, question=True) if one.facet == "route"]


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("bone marrow aspirate concentrate", "bone-marrow-concentrate"),
        ("bone marrow-derived mesenchymal stem cells", "bone-marrow-msc"),
        ("bone marrow (BM)-derived mesenchymal stem cells", "bone-marrow-msc"),
        ("adipose-derived stem cells", "adipose-msc"),
        ("platelet-rich\u2010plasma", "platelet-rich-plasma"),
        ("Wharton\u2019s jelly-derived mesenchymal stem cells", "umbilical-cord-msc"),
        ("mesenchymal stromal cells", "msc"),
        ("LR-PRP", "platelet-rich-plasma"),
        ("hUC-MSCs", "umbilical-cord-msc"),
        ("matrix-induced autologous chondrocyte implantation", "chondrocyte-implantation"),
    ],
)
def test_the_longest_form_is_the_concept(text: str, concept: str) -> None:
    """The longest form decides, over hyphens, brackets and typographic marks."""
    assert _ids(text, "intervention") == [concept]


def test_negation_is_noted() -> None:
    """A concept after "no" or "without" is marked as denied, one after a full stop is not."""
    marks = {
        one.form: one.negated
        for one in find("No intravenous infusion was given. Intra-articular injection was.", V)
        if one.facet == "route"
    }
    assert marks["intravenous infusion"] is True
    assert marks["Intra-articular"] is False


def test_small_letters_are_short_forms_in_questions_only() -> None:
    """Words such as "it" and "on" are never short forms; "iv" and "bmc" are, in questions."""
    assert not find("it is on me, i am sure", V, question=True)
    assert _ids("iv bmc", "route", question=True) == ["intravenous"]
    assert not find("iv bmc", V)


@given(st.text(max_size=200))
def test_spans_are_slices_of_any_text(text: str) -> None:
    """For any text, in either mode, each mention's span holds its form, in order."""
    for question in (False, True):
        found = find(text, V, question=question)
        assert all(text[one.start : one.end] == one.form and one.form for one in found)
        assert list(found) == sorted(found, key=lambda one: (one.start, one.end))


@given(
    st.lists(
        st.sampled_from(
            [
                "BMC",
                "IV",
                "knee",
                "OA",
                "PRP",
                "of",
                "the",
                "hip",
                "grade",
                "and",
                ".",
                "arthritis",
                "(",
                ")",
                "vs",
            ]
        ),
        max_size=14,
    )
)
def test_reading_twice_gives_the_same(words: list[str]) -> None:
    """The same text always gives the same mentions."""
    text = " ".join(words)
    assert find(text, V, question=True) == find(text, V, question=True)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("mesenchymal stem/stromal cells", "msc"),
        ("adipose-derived stromal / stem cells", "adipose-msc"),
        ("tendon stem/progenitor cells", "other-msc"),
    ],
)
def test_a_stroke_between_like_words_does_not_part_a_form(text: str, concept: str) -> None:
    """Stem/stromal and stem/progenitor cells are the cells that either word names."""
    found = {one.concept for one in find(f"We gave {text} to rats.", V) if one.facet == "intervention"}
    assert found == {concept}


def test_with_and_without_denies_nothing() -> None:
    """What stands after "with and without" is named, what stands after "without" alone is denied."""
    both = find("Surgery with and without platelet-rich plasma.", V)
    assert [one.negated for one in both if one.concept == "platelet-rich-plasma"] == [False]
    denied = find("Surgery without platelet-rich plasma.", V)
    assert [one.negated for one in denied if one.concept == "platelet-rich-plasma"] == [True]
