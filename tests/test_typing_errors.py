"""Typing errors: a question as it is typed reads as its clean form, and no real word is mended away."""

from __future__ import annotations

import random

import pytest
from question_material import KNEE, PRP, named, one, senses


@pytest.mark.parametrize(
    ("clean", "typed"),
    [
        ("IV BMC knee OA", "IVBMC knee OA"),
        ("IV BMC knee OA", "ivbmc kneeOA"),
        ("IV BMC knee OA", "i.v. b.m.c. knee-OA"),
        ("IV BMC knee OA", "IV BMC knee O.A."),
        ("IV BMC knee OA", "IV\u00a0BMC\u200b knee\u2011OA"),
        ("IV BMC knee OA", "IV BMC/knee OA???"),
        ("BMAC hip", "b.m.a.c. hip"),
        ("BMAC hip", "BMAC-hip"),
        ("platelet rich plasma cartilage", "platlet rich plasma cartlage"),
        ("platelet-rich plasma knee arthritis", "platelet rich plazma knee arthritus"),
        ("PRP knee arthritis", "PRP knee artritis"),
        ("stem cells knee osteoarthritis", "stemcells knee osteoarthrits"),
        ("intra-articular PRP", "intraarticular PRP"),
        ("intra-articular PRP", "intra articular PRP"),
        ("intravenous mesenchymal stem cells", "intraveneous mesenchimal stem cells"),
        ("hyaluronic acid knee", "hyalauronic acid knee"),
        ("meniscus tear PRP", "menicus tear PRP"),
        ("rotator cuff tear PRP", "rotater cuff tear PRP"),
        ("plantar fasciitis PRP", "plantar fascitis PRP"),
        ("achilles tendinopathy PRP", "achiles tendonopathy PRP"),
        ("bone marrow concentrate hip", "bonemarrow concentrate hip"),
        ("prolotherapy knee", "proloterapy knee"),
        ("corticosteroid injection knee", "cortcosteroid injection knee"),
        ("stromal vascular fraction knee", "stromal vasular fraction knee"),
        ("osteonecrosis hip bone marrow concentrate", "ostenecrosis hip bone marrow concentrate"),
        ("PRP knee OA", "PRPknee OA"),
        ("PRP vs HA knee", "prp vs. ha knee"),
    ],
)  # fmt: skip
def test_a_typed_variant_reads_as_its_clean_form(clean: str, typed: str) -> None:
    """Glued, dotted and mistyped forms give the facets of the clean form."""
    assert named(one(typed)) == named(one(clean))
    assert one(typed).ask is one(clean).ask


def test_a_mended_word_is_said_as_typed() -> None:
    """What was mended is shown with what it was read as."""
    assert senses(one("PRP for arthritus of the knee"))["arthritus"] == KNEE


def test_random_slips_of_long_words_are_mended() -> None:
    """One wrong, missing, doubled or swapped letter inside a long word of the field changes no facet."""
    rng = random.Random("slips")  # noqa: S311 - reproducible test material, no secret
    clean = (
        "intravenous mesenchymal stromal cells for osteoarthritis and platelet rich plasma for tendinopathy"
    )
    wanted = named(one(clean))
    wrong = []
    for word in ("intravenous", "mesenchymal", "osteoarthritis", "platelet", "tendinopathy"):
        for _ in range(12):
            at = rng.randrange(2, len(word) - 2)
            slips = [
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + "x" + word[at + 1 :],
            ]
            typed = clean.replace(word, rng.choice(slips))
            if named(one(typed)) != wanted:
                wrong.append(typed)
    assert not wrong, wrong


@pytest.mark.parametrize("word", ["need", "narrow", "cells", "calls", "function", "features", "house", "months", "interval", "particular", "concussion", "physicians", "median", "injections"])  # fmt: skip
def test_real_words_are_left_alone(word: str) -> None:
    """A real word near a word of the field is not mended into it."""
    part = one(f"PRP knee OA {word}")
    assert named(part) == {"intervention": (PRP,), "condition": (KNEE,)} or word == "cells"
    assert word not in senses(part)
