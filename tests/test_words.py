"""Words: compounds and numbers kept, stems met, the same bytes from the same texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import StoreDamaged
from index.words import Words, words

TEXTS = (
    "IL-6 fell after the injection.",
    "Bone-marrow concentrate was injected into knees.",
    "Each knee had 10 billion cells; 5,000 platelets were left.",
    "",
    "An injection of saline. An injection of saline.",
)


def found(question: str, n: int = 5) -> list[int]:
    """The ordinals alone."""
    return [int(ordinal) for ordinal in Words.build(TEXTS).best(question, n)[0]]


@pytest.mark.parametrize("form", ["IL-6", "IL6", "il 6", "IL\u20116"])
def test_a_compound_is_found_however_it_is_joined(form: str) -> None:
    """With a hyphen, without, with a space or a hyphen of another kind, the passage comes first."""
    assert found(form)[0] == 0


def test_a_number_is_found_with_its_unit() -> None:
    """A number and the word after it are one word beside their own; a thousands comma does not matter."""
    assert "10 billion" in words("10 billion cells")
    assert set(words("5,000 mg")) == {"5000", "mg", "5000 mg"}
    assert found("5000 platelets")[0] == 2


def test_other_forms_of_a_word_meet() -> None:
    """Plural and verb forms meet by their stem, whatever their case."""
    assert found("KNEE injections")[0] == 1
    assert set(words("injected injection injecting")) == {"inject"}


def test_words_without_meaning_find_nothing() -> None:
    """Stop words, unknown words and no words give nothing, not a passage that scores 0."""
    assert found("is it of the") == found("xylophone") == found("") == []


def test_scores_fall_and_ties_go_by_ordinal() -> None:
    """Best first; equal passages in their order; at most as many as asked for."""
    twice = Words.build(["knee", "hip", "knee", "knee hip"])
    ordinals, scores = twice.best("knee", 2)
    assert ordinals.tolist() == [0, 2]
    assert scores[0] == scores[1] > 0


def test_a_filter_admits_only_what_it_names() -> None:
    """What is not allowed is not found, and the others keep their scores."""
    built = Words.build(TEXTS)
    all_ordinals, all_scores = built.best("injection", 5)
    ordinals, scores = built.best("injection", 5, np.array([True, False, True, True, False]))
    assert ordinals.tolist() == [0]
    assert scores[0] == all_scores[all_ordinals.tolist().index(0)]


def test_saved_words_are_the_same_bytes_and_answer_the_same(tmp_path: Path) -> None:
    """Two builds write equal files, and what is loaded answers as what was built."""
    for name in ("a", "b"):
        Words.build(TEXTS).save(tmp_path / name)
    files = sorted(file.name for file in (tmp_path / "a").iterdir())
    assert files
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)
    loaded = Words.load(tmp_path / "a").best("knee injection of 10 billion", 5)
    built = Words.build(TEXTS).best("knee injection of 10 billion", 5)
    assert np.array_equal(loaded[0], built[0])
    assert np.array_equal(loaded[1], built[1])


@pytest.mark.parametrize("texts", [(), ("", "...")])
def test_passages_without_words_are_stored_too(tmp_path: Path, texts: tuple[str, ...]) -> None:
    """A store of nothing, or of marks only, is written, read and finds nothing."""
    Words.build(texts).save(tmp_path)
    assert Words.load(tmp_path).best("knee", 3)[0].tolist() == []


def test_damaged_words_are_named(tmp_path: Path) -> None:
    """A truncated file is an error that says the folder and the cure."""
    Words.build(TEXTS).save(tmp_path)
    for file in tmp_path.glob("*.npy"):
        file.write_bytes(file.read_bytes()[:20])
    with pytest.raises(StoreDamaged, match="build the store again"):
        Words.load(tmp_path)


@given(st.text())
def test_any_text_has_words_that_find_it(text: str) -> None:
    """A text is found by itself if it has a word at all, and reading it never fails."""
    ordinals, scores = Words.build([text, "other"]).best(text, 2)
    assert (0 in ordinals.tolist()) == bool(words(text))
    assert all(score > 0 for score in scores)
