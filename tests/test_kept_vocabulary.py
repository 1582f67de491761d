"""A kept vocabulary reads every text as the files do, and is never believed where it is not of these files or not whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.spelling import Speller
from corpus.errors import VocabularyError
from corpus.kept_vocabulary import NAME, keep_vocabulary, open_vocabulary
from corpus.mentions import find
from corpus.vocabulary import Vocabulary, load_vocabulary

TEXTS = (
    "is IV BMC for knee OA real?",
    "Bone marrow aspirate concentrate (BMAC) or PRP for the hip, i.v. or intra-articular",
    "IV sedation, KL grade IV and BMC Musculoskeletal Disorders name no route and no product",
    "exosomes, MFAT, SVF and cultured MSCs given into a disc",
)
OWN = '[[concept]]\nid = "zorbium"\nfacet = "intervention"\nforms = ["zorbium (cell|line)"]\n'


def kept(folder: Path, extra: Path | None = None) -> Vocabulary:
    """The vocabulary of a folder that it was kept in."""
    keep_vocabulary(load_vocabulary(extra), folder)
    return open_vocabulary(extra, folder)


def own(folder: Path, text: str = OWN) -> Path:
    """A library's own file."""
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("question", [True, False])
def test_a_kept_vocabulary_reads_texts_as_the_files_do(tmp_path: Path, *, question: bool) -> None:
    """What is named in a text, the version and what typing errors are mended to are those of the vocabulary read from its files."""
    plain, found = load_vocabulary(), kept(tmp_path)
    assert found.is_kept
    assert not plain.is_kept
    assert found.version == plain.version
    for text in TEXTS:
        assert find(text, found, question=question) == find(text, plain, question=question)
    ours, theirs = Speller(found), Speller(plain)
    assert (ours.known, ours.short, ours.targets, ours.glued) == (
        theirs.known,
        theirs.short,
        theirs.targets,
        theirs.glued,
    )


def test_a_kept_vocabulary_has_the_same_concepts(tmp_path: Path) -> None:
    """Names, forms, trees and senses come back as they were, a library's own among them."""
    extra = own(tmp_path)
    plain, found = load_vocabulary(extra), kept(tmp_path, extra)
    assert found.is_kept
    for facet in ("intervention", "condition", "route"):
        assert found.ids(facet) == plain.ids(facet)
        for identifier in plain.ids(facet):
            assert found.concept(identifier) == plain.concept(identifier)
            assert found.narrower(identifier) == plain.narrower(identifier)
    zorbium = found.concept("zorbium")
    assert zorbium is not None
    assert found.forms(zorbium) == ("zorbium cell", "zorbium line")
    assert found.ambiguous == plain.ambiguous
    assert found.contradictions() == plain.contradictions()


def test_a_damaged_one_is_not_believed(tmp_path: Path) -> None:
    """With any byte changed, cut short, emptied or of another form, the files are read in its place."""
    kept(tmp_path)
    file = tmp_path / NAME
    whole = file.read_bytes()
    places = (0, 5, 63, 64, 65, 100, len(whole) // 2, len(whole) - 1)
    damaged = [whole[:at] + bytes((whole[at] ^ 1,)) + whole[at + 1 :] for at in places]
    for content in (*damaged, whole[:-1], whole[:64], whole[:10], b"", whole + b"x"):
        file.write_bytes(content)
        found = open_vocabulary(None, tmp_path)
        assert not found.is_kept
        assert find(TEXTS[0], found) == find(TEXTS[0], load_vocabulary())
    file.write_bytes(whole)
    assert open_vocabulary(None, tmp_path).is_kept


def test_one_of_other_files_is_not_believed(tmp_path: Path) -> None:
    """Where the library's own file changes, or none is named any more, the files are read."""
    extra = own(tmp_path)
    assert kept(tmp_path, extra).is_kept
    assert not open_vocabulary(None, tmp_path).is_kept
    own(tmp_path, OWN.replace("zorbium (", "quorbium ("))
    found = open_vocabulary(extra, tmp_path)
    assert not found.is_kept
    assert [one.concept for one in find("quorbium cells", found)] == ["zorbium"]


def test_a_file_that_breaks_is_told_although_one_is_kept(tmp_path: Path) -> None:
    """A library's own file that can no longer be read is an error, whatever was kept of it."""
    extra = own(tmp_path)
    kept(tmp_path, extra)
    own(tmp_path, "[[concept")
    with pytest.raises(VocabularyError, match=r"own\.toml"):
        open_vocabulary(extra, tmp_path)


def test_what_would_come_back_as_another_value_is_not_kept(tmp_path: Path) -> None:
    """A file with a date in it is read each time, and nothing is written in a folder that is not there."""
    extra = own(tmp_path, f"{OWN}seen = 2020-01-01\n")
    assert not kept(tmp_path, extra).is_kept
    keep_vocabulary(load_vocabulary(), tmp_path / "absent")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["own.toml"]


def test_keeping_is_repeatable(tmp_path: Path) -> None:
    """The same files give the same bytes, and one that is kept is not written again."""
    found = kept(tmp_path)
    first = (tmp_path / NAME).read_bytes()
    (tmp_path / NAME).unlink()
    keep_vocabulary(found, tmp_path)
    assert not (tmp_path / NAME).exists()
    keep_vocabulary(load_vocabulary(), tmp_path)
    assert (tmp_path / NAME).read_bytes() == first
