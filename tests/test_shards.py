"""Shards: cut where ids say so, kept whole or not at all, and a store made of them has the bytes of one that was not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shard_material import files_of, here, in_this_process, noted, on, recipe
from store_material import record, records, tools

from corpus.document import Document, Status
from corpus.label import Label
from index import shard_work
from index.build import BuildTools, build
from index.errors import ClusterError, StoreDamaged
from index.ray_run import Job, OnRay, check_address
from index.shard_work import Done, Order, Worker, marks_of
from index.shards import MOST, MOST_BYTES, Marks, Part, ShardFolder, cut, key_of

COUNT = 60
MARKS = Marks("code", "model", "splitter", "vocabulary", "float32", "processor")


def ids(count: int) -> list[str]:
    """Sorted ids."""
    return [f"pmid:{number:08d}" for number in range(1, count + 1)]


def stretches(found: list[str]) -> list[list[str]]:
    """The ids of each shard."""
    return [[found[at] for at in one] for one in cut(found, [100] * len(found), mean=8)]


@given(st.sets(st.integers(1, 500)), st.integers(1, 500))
def test_one_document_more_changes_one_shard(numbers: set[int], more: int) -> None:
    """Every document is in one shard, in order, and adding one leaves all shards but the one it comes into."""
    before = stretches([f"pmid:{number:08d}" for number in sorted(numbers)])
    after = stretches([f"pmid:{number:08d}" for number in sorted(numbers | {more})])
    assert [one for shard in before for one in shard] == [f"pmid:{number:08d}" for number in sorted(numbers)]
    lost = [shard for shard in before if shard not in after]
    assert len(lost) <= 1


def test_a_shard_has_an_end_whatever_its_ids() -> None:
    """A shard holds at most so many documents and not many more bytes, where no id ends it."""
    found = ids(3 * MOST)
    assert max(len(one) for one in cut(found, [1] * len(found), mean=1 << 40)) == MOST
    assert [len(one) for one in cut(found[:4], [MOST_BYTES] * 4, mean=1 << 40)] == [1, 1, 1, 1]


def test_shards_have_about_the_size_that_is_said() -> None:
    """Over many ids the mean is the one asked for, within a fifth."""
    found = ids(20_000)
    sizes = [len(one) for one in cut(found, [1] * len(found))]
    assert 100 < np.mean(sizes) < 155


def test_everything_that_bears_on_a_shard_is_in_its_key() -> None:
    """Another mark, document, or set of known vectors gives another key."""
    parts = (Part(b"one"), Part(b"two", (bytes(32),)))
    others = [replace(MARKS, **{one.name: "other"}) for one in fields(Marks)]
    keys = {
        key_of(MARKS, parts),
        *(key_of(other, parts) for other in others),
        key_of(MARKS, parts[:1]),
        key_of(MARKS, (Part(b"one"), Part(b"two"))),
        key_of(MARKS, (Part(b"one"), Part(b"twO", (bytes(32),)))),
    }
    assert len(keys) == len(others) + 4
    assert key_of(MARKS, parts) == key_of(replace(MARKS), list(parts))


def test_a_damaged_shard_is_none(tmp_path: Path) -> None:
    """A shard with any byte altered, cut short, lengthened or under another's name is not there."""
    folder = ShardFolder(tmp_path, 2)
    folder.write("ab" * 32, [], [b"k" * 32], np.ones((1, 2), dtype=np.float32))
    whole = folder.read("ab" * 32)
    assert whole is not None
    assert whole.rows["vector"].tolist() == [[1.0, 1.0]]
    path = folder.path("ab" * 32)
    raw = path.read_bytes()
    other = folder.path("ab" + "cd" * 31)
    other.write_bytes(raw)
    assert folder.read(other.stem) is None
    altered = [raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] for at in range(len(raw))]
    for wrong in (*altered, *(raw[:end] for end in range(len(raw))), raw + b"x"):
        path.write_bytes(wrong)
        assert folder.read("ab" * 32) is None


def test_a_store_made_of_shards_has_the_same_bytes(tmp_path: Path) -> None:
    """Every file is that of the build on one machine, the manifest too, and nothing of the shards is left."""
    documents = [*records(COUNT), record(70, ""), record(71, "Twice the same. " * 400)]
    build(documents, tools=tools(), root=tmp_path / "one")
    report = build(documents, tools=on(here()), root=tmp_path / "other")
    assert files_of(tmp_path / "one") == files_of(tmp_path / "other")
    assert report.encoded > COUNT
    assert not (tmp_path / "other" / "work").exists()


def test_only_what_changed_is_made(tmp_path: Path) -> None:
    """After a change of one text and one status only that text is encoded, and the bytes are those of one machine."""
    documents = records(COUNT)
    notes = tmp_path / "notes"
    for root in ("one", "other"):
        build(documents, tools=tools(), root=tmp_path / root)
    documents[7] = record(8, "Another text of batch 8.")
    documents[20] = replace(documents[20], status=Status.RETRACTED)
    build(documents, tools=tools(), root=tmp_path / "one")
    report = build(documents, tools=on(here(notes)), root=tmp_path / "other")
    assert files_of(tmp_path / "one") == files_of(tmp_path / "other")
    assert noted(notes) == {"Synthetic record 8": 1}
    assert (report.encoded, report.changed) == (1, ("pmid:00000008", "pmid:00000021"))


class Stopped(Exception):  # noqa: N818 - no error: a run is stopped
    """A run is stopped."""


def stopping(after: int) -> OnRay:
    """Makes so many shards and is stopped then."""

    def run(job: Job) -> Iterator[Done]:
        for number, done in enumerate(in_this_process(job)):
            yield done
            if number + 1 == after:
                raise Stopped

    return replace(here(), run=run)


def test_a_stopped_run_goes_on(tmp_path: Path) -> None:
    """A run that was stopped encodes only what was not kept, and one document that changed meanwhile makes one shard anew."""
    documents, notes = records(COUNT), tmp_path / "notes"
    build(documents, tools=tools(), root=tmp_path / "one")
    with pytest.raises(Stopped):
        build(documents, tools=on(replace(stopping(3), recipe=recipe(notes))), root=tmp_path / "other")
    first = noted(notes)
    assert 0 < len(first) < COUNT
    report = build(documents, tools=on(here(notes)), root=tmp_path / "other")
    assert noted(notes) == dict.fromkeys((f"Synthetic record {number}" for number in range(1, COUNT + 1)), 1)
    assert (report.encoded, report.reused) == (COUNT - len(first), len(first))
    assert files_of(tmp_path / "one") == files_of(tmp_path / "other")


def test_shards_may_lie_elsewhere(tmp_path: Path) -> None:
    """In the folder that is named they are kept until the store is published, each root's apart, and then removed."""
    named = replace(stopping(2), folder=tmp_path / "shared")
    for root in ("one", "other"):
        with pytest.raises(Stopped):
            build(records(COUNT), tools=on(named), root=tmp_path / root)
    assert len(list((tmp_path / "shared").iterdir())) == 2
    assert len(list((tmp_path / "shared").rglob("*.shard"))) == 4
    build(records(COUNT), tools=on(replace(here(), folder=tmp_path / "shared")), root=tmp_path / "one")
    assert len(list((tmp_path / "shared").iterdir())) == 1


def test_a_shard_that_rots_is_made_anew(tmp_path: Path) -> None:
    """Damaged before the run it is done again elsewhere; damaged while the store is made, here; the bytes stay the same."""
    documents = records(COUNT)
    build(documents, tools=tools(), root=tmp_path / "one")
    with pytest.raises(Stopped):
        build(documents, tools=on(stopping(3)), root=tmp_path / "other")
    kept = sorted((tmp_path / "other").rglob("*.shard"))
    kept[0].write_bytes(kept[0].read_bytes()[:-1])

    def rotting(job: Job) -> Iterator[Done]:
        yield from in_this_process(job)
        shards = sorted((tmp_path / "other").rglob("*.shard"))
        shards[1].write_bytes(b"")
        shards[2].unlink()

    build(documents, tools=on(replace(here(), run=rotting)), root=tmp_path / "other")
    assert files_of(tmp_path / "one") == files_of(tmp_path / "other")


def test_a_shard_that_rots_while_vectors_are_taken_is_told(tmp_path: Path) -> None:
    """Lost between being counted on and being read it ends the run by its name, nothing is published, and the next run mends it."""
    documents = records(600)
    build(documents, tools=tools(), root=tmp_path / "one")

    def lose(stage: str, done: int, _: int) -> None:
        if stage == "passages" and done < 300:
            for shard in (tmp_path / "other").rglob("*.shard"):
                shard.unlink()

    with pytest.raises(StoreDamaged, match="was altered while a store was made of it; nothing was published"):
        build(documents, tools=on(here()), root=tmp_path / "other", on_progress=lose)
    assert not (tmp_path / "other" / "current").exists()
    build(documents, tools=on(here()), root=tmp_path / "other")
    assert files_of(tmp_path / "one") == files_of(tmp_path / "other")


def order(folder: Path) -> Order:
    """An order of no documents."""
    raw = msgspec.msgpack.encode(())
    (folder / "input").write_bytes(raw)
    return Order("ab" * 32, 0, len(raw), hashlib.sha256(raw).hexdigest(), 0)


@pytest.mark.parametrize("mark", [one.name for one in fields(Marks)])
def test_a_worker_that_differs_makes_nothing(tmp_path: Path, mark: str) -> None:
    """A worker whose code, model, rules, arithmetic or processor differs says so by name and keeps no shard."""
    own = tools()
    marks = replace(marks_of(own.encoders, own.vocabulary), **{mark: "other"})
    wanted = order(tmp_path)
    done = Worker(recipe(), marks, str(tmp_path), str(tmp_path / "input"), 64)(wanted)
    assert shard_work.MEANT[mark] in done.wrong
    assert not done.again
    assert list(tmp_path.rglob("*.shard")) == []


def test_a_worker_that_sees_no_folder_says_so(tmp_path: Path) -> None:
    """Where the shared folder is not there, the worker names it, and the setting to mend."""
    own = tools()
    wanted = order(tmp_path)
    marks = marks_of(own.encoders, own.vocabulary)
    done = Worker(recipe(), marks, "/absent", "/absent/input", 64)(wanted)
    assert "does not see /absent" in done.wrong
    assert "[ray] shards" in done.wrong


def test_a_worker_reads_only_what_was_written(tmp_path: Path) -> None:
    """Input that is not as it was written is not used; another try may find it so."""
    own = tools()
    marks = marks_of(own.encoders, own.vocabulary)
    wanted = order(tmp_path)
    worker = Worker(recipe(), marks, str(tmp_path), str(tmp_path / "input"), 64)
    wrong = worker(replace(wanted, digest="0" * 64))
    assert "does not hold what was written to it" in wrong.wrong
    assert wrong.again
    right = worker(wanted)
    assert (right.wrong, right.encoded) == ("", 0)


def failing(**_: object) -> BuildTools:
    """Tools that fail at one document."""

    def label(document: Document) -> dict[str, Label]:
        if document.id.endswith("3"):
            raise KeyError(document.id)
        return dict(tools().label(document))

    return replace(tools(), label=label)


def test_what_fails_at_a_document_names_it(tmp_path: Path) -> None:
    """Whatever goes wrong at a document is told with its id, and is not tried again."""
    broken = replace(recipe(), opener=f"{__name__}:failing", given={})
    ran: list[Done] = []
    build(records(9), tools=on(replace(here(), recipe=broken, tell=ran.append)), root=tmp_path)
    wrong = [one for one in ran if one.wrong]
    assert "failed at pmid:00000003 (KeyError" in wrong[0].wrong
    assert not wrong[0].again


def test_a_worker_that_cannot_open_its_model_says_so(tmp_path: Path) -> None:
    """What keeps a worker from beginning is told with its cure, and is no traceback."""
    wanted = order(tmp_path)
    given = {
        "model": "absent/model",
        "question_model": None,
        "arithmetic": "float32",
        "threads": 1,
        "vocabulary": None,
    }
    absent = replace(recipe(), opener="index.shard_work:open_tools", given=given)
    done = Worker(absent, MARKS, str(tmp_path), str(tmp_path / "input"), 64)(wanted)
    assert "cannot begin: the model absent/model" in done.wrong


@pytest.mark.parametrize("address", ["", "head", "http://head:1", "ray://head", "head:port", "head:1;rm"])
def test_what_is_no_address_is_refused(address: str) -> None:
    """What Ray could not take is refused at once, with what it could."""
    with pytest.raises(ClusterError, match="is no address of Ray"):
        check_address(address)
