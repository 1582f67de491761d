"""Harms: what a text must hold to name one is found without reading the text, and never missed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.harms import traces
from corpus.mentions import find
from corpus.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()
TRACES = traces(VOCABULARY)
FORMS = sorted(
    {" ".join(one.words) for one in VOCABULARY.written if one.concept and one.concept[1] in TRACES.concepts}
)


def named(text: str) -> set[str]:
    """The harms that a document names."""
    return {one.concept for one in find(text, VOCABULARY)} & TRACES.concepts


@given(
    st.sampled_from(FORMS),
    st.sampled_from(["{}", "{}s", "({})", "-{}-", "{}. Then"]),
    st.sampled_from([str, str.upper, str.title]),
)
def test_every_written_form_leaves_a_trace(form: str, frame: str, letters: object) -> None:
    """A text that names a harm by any form of the vocabulary, in the plural or in capitals too, holds a trace of it."""
    text = f"Patients had {frame.format(letters(form))} later"  # type: ignore[operator] # one of three functions
    assert TRACES.in_text(text) or not named(text)


@pytest.mark.parametrize(
    "text",
    [
        "two malignancies were seen",
        "Tumours grew",
        "deaths by P.E. were rare; pulmonary embolism (PE) in two",
        "leukaemias and haematomas",
        "a DVT of the leg",
        "COVID-19 stopped the trial",
        "septicaemia",
    ],
)
def test_plurals_spellings_and_dotted_letters_leave_a_trace(text: str) -> None:
    """British spelling, plurals in -ies and dotted letters are traces as well, of what is really named."""
    assert named(text)
    assert TRACES.in_text(text)


def test_most_texts_without_a_harm_need_not_be_read() -> None:
    """A text on cells, pain and cartilage holds no trace of a harm."""
    assert not TRACES.in_text(
        "Bone marrow concentrate was injected into the knee; pain fell, cartilage grew."
    )


def test_no_abstract_that_names_a_harm_is_passed_over(shared: Path) -> None:
    """Of some 300 real abstracts every one that names a harm holds a trace, and most others hold none."""
    lines = (shared / "data" / "domain" / "abstracts.jsonl").read_text("utf-8").splitlines()[::4]
    texts = ["\n".join(str(value) for value in json.loads(line).values()) for line in lines]
    naming = [bool(named(text)) for text in texts]
    traced = [TRACES.in_text(text) for text in texts]
    assert all(trace or not names for trace, names in zip(traced, naming, strict=True))
    assert sum(naming) > 20
    assert sum(traced) < 2 * sum(naming)
