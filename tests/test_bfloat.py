"""Bfloat16: passages are encoded faster where the processor can, a store says so, and no vector is mixed with another arithmetic's."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from word_encoder import word_encoders

from corpus.document import Citation, Document, Kind
from corpus.text import Part, compose
from index import bfloat
from index import encoder as encoders
from index.bfloat import BFLOAT16, FLOAT32
from index.build import BuildTools, build
from index.encoder import Encoders, Model
from index.measure import measure
from index.store import open_store

QUALITY = 0.002
"""The nDCG@10 that a faster arithmetic may cost at most."""


def documents(*numbers: int) -> list[Document]:
    """Plainly synthetic records."""
    made = []
    for number in numbers:
        title = f"Synthetic record {number} on knees"
        text, sections = compose(title, [Part(f"Pain fell by {number} points in the knee group.")])
        made.append(Document(f"file:{number:03}", Kind.PAPER, text, sections, Citation(title)))
    return made


def tools(arithmetic: str) -> BuildTools:
    """What a store is built with, its vectors said to be of this arithmetic."""
    return BuildTools(replace(word_encoders(), arithmetic=arithmetic), lambda _: {}, "none")


@pytest.mark.model
def test_bfloat16_moves_a_vector_by_rounding_only(encoder: Encoders) -> None:
    """Asked for by name, on any processor: the same direction to a cosine of 0.9995, the same bytes whatever is beside it."""
    rounded = Model(encoders.find(None), arithmetic=BFLOAT16)
    plain = Model(encoders.find(None), arithmetic=FLOAT32)
    assert (rounded.arithmetic, plain.arithmetic) == (BFLOAT16, FLOAT32)
    own, other = rounded.encode(bfloat.TEXTS), plain.encode(bfloat.TEXTS)
    assert bfloat.near(own, other)
    assert own.tobytes() != other.tobytes()
    alone = np.concatenate([rounded.encode([text]) for text in bfloat.TEXTS[::-1]])[::-1]
    assert alone.tobytes() == own.tobytes()


@pytest.mark.model
def test_questions_are_never_rounded(encoder: Encoders) -> None:
    """What is asked, and what is exported for asking, is the model as published."""
    assert encoder.questions.arithmetic == FLOAT32  # type: ignore[attr-defined]  # a Model here
    rounded = Model(encoders.find(None), arithmetic=BFLOAT16)
    assert rounded.bare is encoder.questions.bare  # type: ignore[attr-defined]  # as above


@pytest.mark.model
def test_a_model_is_rounded_where_the_processor_has_units_for_it(encoder: Encoders) -> None:
    """Left to itself the encoder takes bfloat16 exactly where this processor multiplies it itself."""
    assert encoder.arithmetic == (BFLOAT16 if bfloat.has_units() else FLOAT32)


def test_vectors_that_are_far_off_are_told() -> None:
    """Vectors turned away from the model's own, or not of numbers, do not count as rounding."""
    whole = np.eye(3, dtype=np.float32)
    turned = whole + np.float32(0.1)
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)
    assert bfloat.near(whole, whole)
    assert not bfloat.near(whole, turned)
    assert not bfloat.near(whole, whole * np.float32("nan"))


def test_vectors_of_another_arithmetic_are_not_reused(tmp_path: Path) -> None:
    """A store built in one arithmetic is built anew in another, every passage encoded, and says which it is."""
    first = build(documents(1, 2), tools=tools(FLOAT32), root=tmp_path)
    assert first.encoded == open_store(tmp_path).manifest.counts.passages
    other = build(documents(1, 2), tools=tools(BFLOAT16), root=tmp_path)
    assert (other.reused, other.published) == (0, True)
    assert other.encoded == first.encoded
    assert open_store(tmp_path).manifest.arithmetic == BFLOAT16
    again = build(documents(1, 2, 3), tools=tools(BFLOAT16), root=tmp_path)
    assert again.reused == first.encoded


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.skipif(
    bool(os.environ.get("FIRSTPASS_TRIM")),
    reason="trimmed: the same set is measured once, in what this processor takes, by test_measure.py",
)
def test_bfloat16_costs_no_quality(shared: Path) -> None:
    """On NFCorpus nDCG@10 of the mix and of vectors alone falls by at most 0.002 against float32."""
    found = {}
    for arithmetic in (FLOAT32, BFLOAT16):
        opened = encoders.open_encoder(arithmetic=arithmetic)
        found[arithmetic] = measure(shared / "data" / "nfcorpus", opened).as_json()
    for way in ("vectors", "both"):
        lost = found[FLOAT32][way]["nDCG@10"] - found[BFLOAT16][way]["nDCG@10"]
        assert lost <= QUALITY
