"""Words: compounds and numbers kept, stems met, the same bytes from the same texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import inversion
from index.errors import StoreDamaged
from index.words import K1, B, Words, words

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
        Words.write(TEXTS, tmp_path / name)
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
    Words.write(texts, tmp_path)
    assert Words.load(tmp_path).best("knee", 3)[0].tolist() == []


def test_damaged_words_are_named(tmp_path: Path) -> None:
    """A truncated file is an error that says the folder and the cure."""
    Words.write(TEXTS, tmp_path)
    for file in tmp_path.glob("*.npy"):
        file.write_bytes(file.read_bytes()[:20])
    with pytest.raises(StoreDamaged, match="build the store again"):
        Words.load(tmp_path)


@settings(deadline=None)  # each writes and reads files
@given(st.text())
def test_any_text_has_words_that_find_it(text: str) -> None:
    """A text is found by itself if it has a word at all, and reading it never fails."""
    ordinals, scores = Words.build([text, "other"]).best(text, 2)
    assert (0 in ordinals.tolist()) == bool(words(text))
    assert all(score > 0 for score in scores)


@settings(deadline=None)  # bm25s is imported in the first
@given(
    st.lists(
        st.lists(st.sampled_from(["knee", "hip", "cell", "vein", "rat", "pain"]), max_size=9),
        min_size=3,
        max_size=40,
    )
)
def test_scores_are_those_of_plain_bm25(texts: list[list[str]]) -> None:
    """However few are asked for and whatever is left out on the way, passages and scores are those of bm25s over everything."""
    from bm25s import BM25

    built = Words.build(" ".join(text) for text in texts)
    vocabulary = {word: at for at, word in enumerate(sorted({word for text in texts for word in text}))}
    if not vocabulary:
        return
    plain = BM25(k1=K1, b=B, method="lucene", backend="numpy", csc_backend="numpy", auto_compile=False)
    plain.index(([[vocabulary[word] for word in text] for text in texts], vocabulary), show_progress=False)
    asked = [word for word in ("knee", "vein", "pain", "knee") if word in vocabulary]
    expected = (
        plain.get_scores_from_ids([vocabulary[word] for word in asked]) if asked else np.zeros(len(texts))
    )
    allowed = np.arange(len(texts)) % 3 != 1
    for n, mask in ((1, None), (3, None), (3, allowed), (99, allowed)):
        ordinals, scores = built.best(" ".join(asked), n, mask)
        kept = expected if mask is None else np.where(mask, expected, 0)
        assert scores == pytest.approx(np.sort(kept[kept > 0])[::-1][:n], rel=1e-5)
        assert scores == pytest.approx(expected[ordinals], rel=1e-5)
        assert np.array_equal(np.lexsort((ordinals, -scores)), np.arange(len(scores)))


def test_words_are_written_block_by_block_as_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many passages, words and postings are taken at a time while writing changes no byte; every posting is read back by passage."""
    Words.write(TEXTS, tmp_path / "one")
    for name, small in (("BLOCK", 2), ("TOGETHER", 3), ("READ", 1)):
        monkeypatch.setattr(inversion, name, small)
    Words.write(iter(TEXTS), tmp_path / "many")
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert all((tmp_path / "one" / n).read_bytes() == (tmp_path / "many" / n).read_bytes() for n in names)
    read = Words.load(tmp_path / "many")
    listed = read.vocabulary()
    passages, columns, weights = read.weights(1, 3)
    for ordinal in (1, 2):
        found = {listed[column] for column in columns[passages == ordinal]}
        assert found == set(words(TEXTS[ordinal]))
    assert (weights > 0).all()
