"""Claims about what is never evidence, in both directions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import boilerplate

DULL = [
    "© 2019 Wiley Periodicals, Inc. J Synth Res 37:1-9, 2019.",
    "Copyright © 2012 Elsevier Ltd and Synthetic Society of Examples. All rights reserved.",
    "Copyright (c) 2018 Elsevier Inc. All rights reserved.",
    "Copyright 2010 Elsevier B.V.",
    "2010 Elsevier Ltd. All rights reserved.",
    "Published by Elsevier Inc.",
    "Published by Oxford University Press on behalf of the Synthetic Society 2014.",
    "Synthetic Journal © 2012 The Authors.",
    "(Funded by the National Institutes of Health and others.)",
    "Funded by the Synthetic Research Council.",
    "This work was supported by a grant from the Synthetic Foundation.",
    "This study was funded in part by grant R01-00000 of the NIH.",
    "The present study was supported by the Ministry of Examples.",
    "Funding: Synthetic Institute of Health.",
    "Supported by grants from the Synthetic Foundation.",
    "The authors declare that they have no competing interests.",
    "The authors have no conflicts of interest to declare.",
    "Conflict of interest: none declared.",
    "Disclosures: Dr. Example is paid by Example Inc.",
    "None of the authors has any conflicts of interest to declare.",
    "The information on this page is not intended as a substitute for medical advice.",
    "This content is not a substitute for professional medical advice, diagnosis, or treatment.",
    "Please always consult with a professional and certified healthcare provider.",
    "Always seek the advice of your physician with any questions.",
    "This article is for informational purposes only.",
    "NOTE: This blog post provides general information about regenerative medicine.",
    "This website does not provide medical advice.",
    "Never disregard professional medical advice because of something you have read here.",
    "If you have questions or comments about this blog post, please email us at [email protected]",
    "Please contact us for an appointment.",
    "E-mail: someone@example.org",
    "Correspondence to: A. Alpha, Synthetic Hospital.",
    "Received 9 November 2010; accepted 25 December 2010",
    "Academic Editor: A. Alpha",
    "By Ann Alpha, MD",
    "Posted on March 3, 2020",
    "Share this post",
    "Subscribe to our newsletter",
    "Leave a comment",
    "Reprinted with permission from the Synthetic Society.",
]
KEPT = [
    "Industry-funded trials reported larger effects.",
    "Trials funded by industry reported larger effects than those funded by public bodies.",
    "Studies with conflicts of interest were more often favourable.",
    "Financial conflicts of interest were common among the authors of guidelines.",
    "Funding of cell therapy research has grown since 2010.",
    "Trial registration: NCT00000000.",
    "ClinicalTrials.gov number, NCT00000000.",
    "(Funded by the Synthetic Fund; ClinicalTrials.gov number, NCT00000000.)",
    "Level of evidence: IV.",
    "LEVEL OF EVIDENCE: Therapeutic Level I.",
    "PRP is not a substitute for rehabilitation.",
    "Clinics that sell cell therapy seldom tell patients to consult a physician.",
    "A bone substitute was used for the defect.",
    "We supported the limb by a brace.",
    "The knee was supported by a brace and the patients were followed for one year.",
    "Contact with bone was seen in all rabbits.",
    "Patients were contacted by e-mail at six months.",
    "The results may be explained by selection.",
    "The Food and Drug Administration published a warning in 2019.",
    "Guidelines published by the Synthetic Society recommend exercise.",
    "Group C (c) was larger.",
    "Subscribers to the registry were older.",
    "Patients shared this view.",
    "Funded by the clinic, this series had no control group.",
    "By vein the cells reached the lungs.",
    "By Ann Alpha's account the knee was better.",
    "Received doses were higher in 2010.",
    "Patients received 10 ml in November 2010.",
    "No conflict between the two readings was found.",
    "Copyright law limits the reuse of questionnaires.",
]


@pytest.mark.parametrize("text", DULL)
def test_boilerplate_is_told(text: str) -> None:
    """A line that speaks of owner, payer, interests, liability or contact is boilerplate as a whole."""
    assert boilerplate.split(text) == ((True, 0, len(text)),)


@pytest.mark.parametrize("text", KEPT)
def test_the_same_words_as_a_subject_are_kept(text: str) -> None:
    """A finding about funding, interests or publishing is evidence; registration and level of evidence are kept."""
    assert boilerplate.split(text) == ((False, 0, len(text)),)


def test_boilerplate_is_cut_out_of_an_abstract() -> None:
    """Only the publisher's lines go; what stands before and after them stays body."""
    finding, notice = "Pain fell in type I.", "© 2015 Wiley Periodicals, Inc. J Synth Res 33:1-9, 2015."
    level = "Level of evidence: II."
    text = f"{finding} {notice} {level}"
    found = [(dull, text[start:end]) for dull, start, end in boilerplate.split(text)]
    assert found == [(False, finding), (True, notice), (False, level)]


@given(
    st.one_of(
        st.text(max_size=200), st.lists(st.sampled_from([*DULL, *KEPT, "\n", " "]), max_size=6).map(" ".join)
    )
)
def test_stretches_hold_every_word(text: str) -> None:
    """Stretches are in order and leave nothing but white space between them."""
    at = 0
    for _, start, end in boilerplate.split(text):
        assert not text[at:start].strip()
        assert start < end
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()


def test_headings_tell_what_stands_under_them() -> None:
    """Numbers and punctuation of a heading do not matter; a heading that only mentions funding does not count."""
    assert boilerplate.is_heading("Funding")
    assert boilerplate.is_heading("7. REFERENCES:")
    assert boilerplate.is_heading("Conflict of Interest Statement")
    assert not boilerplate.is_heading("Funding and effect size")
    assert not boilerplate.is_heading("Results")


def test_the_seed_loses_its_disclaimer_and_nothing_else(shared: Path) -> None:
    """In the post that the project started from, the closing note and the e-mail line are boilerplate, no other line is."""
    text = (shared / "seed" / "iv-stem-cell-therapy.txt").read_text("utf-8")
    dull = [text[start:end] for is_dull, start, end in boilerplate.split(text) if is_dull]
    assert len(dull) == 1
    assert dull[0].startswith("If you have questions or comments")
    assert dull[0].endswith("if a treatment is right for you.")


def test_hardly_anything_of_real_abstracts_is_lost(shared: Path) -> None:
    """On the labelled abstracts of the field, under one character in a hundred is boilerplate."""
    lines = (shared / "gold" / "labels-dev.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    dull = sum(end - start for text in texts for is_dull, start, end in boilerplate.split(text) if is_dull)
    assert dull < sum(map(len, texts)) / 100
