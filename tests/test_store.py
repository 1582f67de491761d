"""The store: what was written is what is read, and damage is named, never answered from."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_material import label, record, records, tools

from corpus import passage
from corpus.document import Document
from index import manifest
from index.build import build
from index.errors import StoreDamaged, StoreMismatch, StoreMissing
from index.root import current_version, stores
from index.store import Store, open_store

COUNT = 12


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with one published store."""
    folder = tmp_path_factory.mktemp("root")
    build(records(COUNT), tools=tools(), root=folder, built="2026-01-02T03:04:05+00:00")
    return folder


def same(store: Store, documents: list[Document]) -> None:
    """Assert that the store says exactly what these documents do."""
    assert store.ids == tuple(sorted(document.id for document in documents))
    for document in documents:
        assert store.document(document.id) == document
        assert store.labels(document.id) == dict(label(document))
        encoders = tools().encoders
        split = passage.split(document, limit=encoders.token_limit, count=encoders.count_tokens)
        assert tuple(map(store.passage, store.passages_of(document.id))) == split


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=st.lists(st.text(), max_size=4))
def test_any_text_comes_back_as_it_was_stored(bodies: list[str], tmp_path: Path) -> None:
    """Documents of any text, none too, are read back equal, with their labels and passages."""
    folder = tmp_path / "root"
    shutil.rmtree(folder, ignore_errors=True)
    documents = [record(number, body) for number, body in enumerate(bodies)]
    build(documents, tools=tools(), root=folder)
    with open_store(folder) as store:
        same(store, documents)


def test_a_text_is_its_own_nearest_neighbour(root: Path) -> None:
    """Each passage's vector finds that passage first, at a cosine of 1."""
    with open_store(root) as store:
        for ordinal in range(len(store)):
            found, scores = store.nearest(store.vectors(np.array([ordinal]))[0], 1)
            assert found.tolist() == [ordinal]
            assert scores[0] == pytest.approx(1, abs=1e-5)


def test_asking_for_more_than_there_is_gives_all_once(root: Path) -> None:
    """Every passage comes once, sorted by falling score, and no place is filled with -1."""
    with open_store(root) as store:
        found, scores = store.nearest(store.vectors(np.array([0]))[0], 10_000)
        assert sorted(found.tolist()) == list(range(len(store)))
        assert (np.diff(scores) <= 0).all()


def test_nothing_allowed_is_not_everything_allowed(root: Path) -> None:
    """A filter that is false everywhere gives nothing; None gives what there is; one document gives its own passages."""
    with open_store(root) as store:
        vector = store.vectors(np.array([0]))[0]
        none = np.zeros(store.documents, dtype=bool)
        assert len(store.nearest(vector, 5, none)[0]) == len(store.best_words("cells", 5, none)[0]) == 0
        assert len(store.nearest(vector, 5)[0]) == len(store.best_words("cells", 5)[0]) == 5
        none[3] = True
        assert tuple(store.nearest(vector, 5, none)[0]) == store.passages_of(store.ids[3])
        assert tuple(store.best_words("cells", 5, none)[0]) == store.passages_of(store.ids[3])


def test_what_is_served_says_when_it_was_built(root: Path) -> None:
    """Version, time and counts are those of the publication."""
    with open_store(root) as store:
        assert store.version == current_version(root)
        assert store.built == "2026-01-02T03:04:05+00:00"
        assert (store.documents, store.studies) == (COUNT, COUNT)


def test_no_store_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    """An empty root is a missing store, with the command that builds one."""
    with pytest.raises(StoreMissing, match="firstpass index"):
        open_store(tmp_path)
    assert current_version(tmp_path) is None


def test_a_store_built_with_another_vocabulary_is_refused(root: Path) -> None:
    """What differs is named, with the command that mends it; what does not differ is not."""
    with pytest.raises(StoreMismatch, match=r"another vocabulary than.*firstpass index"):
        open_store(root, expected=tools("synthetic-2").fingerprints)
    open_store(root, expected=tools().fingerprints).close()


def damaged(path: Path, rng: random.Random) -> None:
    """Flip one bit of a file, or cut it short."""
    content = bytearray(path.read_bytes())
    if not content or rng.random() < 0.2:
        path.write_bytes(content[: len(content) // 2] if content else b"x")
        return
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)


def test_a_flipped_byte_anywhere_is_named_with_its_cure(root: Path, tmp_path: Path) -> None:
    """Every file below a root that is read to answer: one bit flipped, or cut short, and the store is refused."""
    version = current_version(root)
    assert version is not None
    files = [p for p in (stores(root) / version).rglob("*") if p.is_file()] + [root / "current"]
    rng = random.Random(7)  # noqa: S311 - a sample, no secret
    for source in files:
        for _ in range(6):
            copy = tmp_path / "copy"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(root, copy)
            damaged(copy / source.relative_to(root), rng)
            with pytest.raises((StoreDamaged, StoreMismatch), match="firstpass index"):
                open_store(copy)


def test_a_lost_file_is_named(root: Path, tmp_path: Path) -> None:
    """A store without one of its files is refused, and the file is named."""
    shutil.copytree(root, tmp_path / "copy")
    folder = stores(tmp_path / "copy") / str(current_version(root))
    (folder / "keys.npy").unlink()
    with pytest.raises(StoreDamaged, match="keys"):
        open_store(tmp_path / "copy")


def test_a_store_under_another_name_is_refused(root: Path, tmp_path: Path) -> None:
    """A whole store in the folder of another version is not served as that version."""
    copy = tmp_path / "copy"
    shutil.copytree(root, copy)
    build(records(3), tools=tools(), root=copy)
    old, new = stores(copy) / str(current_version(root)), stores(copy) / str(current_version(copy))
    shutil.rmtree(new)
    old.rename(new)
    with pytest.raises(StoreDamaged, match="holds store"):
        open_store(copy)


def test_an_older_format_is_told_from_damage(root: Path, tmp_path: Path) -> None:
    """A whole manifest of another format number is a mismatch, not damage."""
    folder = tmp_path / "store"
    folder.mkdir()
    whole = manifest.read(stores(root) / str(current_version(root)))
    from dataclasses import replace

    manifest.write(folder, replace(whole, format=manifest.FORMAT + 1))
    with pytest.raises(StoreMismatch, match="format"):
        Store(folder)
