"""Whence: each key's place is that of a table of all keys; files written piece by piece are those written at once."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index import whence as module
from index.mapped import Growing, put, spare
from index.whence import HELD, KEY, whence

FAR = 1 << 56


def key(number: int) -> bytes:
    """A key; two of them differ in their last byte only."""
    return hashlib.sha256(bytes([number // 2])).digest()[:-1] + bytes([number % 2])


def array(numbers: list[int]) -> NDArray[np.void]:
    """The keys of these numbers."""
    return np.array([key(number) for number in numbers], dtype=KEY)


@pytest.mark.parametrize("part", [2, 7, 1000])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.lists(st.integers(0, 12), max_size=30), known=st.lists(st.integers(0, 12), max_size=30))
def test_each_key_has_its_place(asked: list[int], known: list[int], part: int) -> None:
    """The last place that is stated of a key, else the number of the first key that equals it, however few are sorted at a time."""
    held = np.empty(len(known), dtype=HELD)
    held["key"], held["place"] = array(known), FAR + np.arange(len(known))
    found = np.empty(len(asked), dtype=np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PART", part)
        patch.setattr(module, "BLOCK", 3)
        whence(array(asked), held, found)
    places = {number: FAR + at for at, number in enumerate(known)}
    assert found.tolist() == [places.setdefault(number, at) for at, number in enumerate(asked)]


@pytest.mark.parametrize("pieces", [(), (0,), (3, 0, 4)])
def test_an_array_written_in_pieces_is_as_saved_at_once(tmp_path: Path, pieces: tuple[int, ...]) -> None:
    """The file has the very bytes that numpy writes of the whole, of numbers, rows and keys alike."""
    whole = np.arange(7 * 5, dtype="<f4").reshape(7, 5)[: sum(pieces)]
    for name, array in (
        ("rows", whole),
        ("numbers", whole[:, 0]),
        ("keys", whole[:, :2].copy().view("V8")[:, 0]),
    ):
        with Growing(tmp_path / name, array.dtype, *array.shape[1:]) as growing:
            at = 0
            for size in pieces:
                growing.add(array[at : at + size])
                at += size
                assert len(growing) == at
        np.save(tmp_path / "whole.npy", array)
        assert (tmp_path / name).read_bytes() == (tmp_path / "whole.npy").read_bytes()


def test_spare_room_is_nought_and_leaves_nothing(tmp_path: Path) -> None:
    """An array beside a store is written and read, has no name, and is there for nothing too."""
    room = spare(tmp_path, "<i8", (1000, 3))
    assert not room.any()
    room[7] = 5
    assert room.sum() == 15
    assert spare(tmp_path, "<i8", (0, 3)).shape == (0, 3)
    assert list(tmp_path.iterdir()) == []


def test_what_is_put_lies_in_its_place(tmp_path: Path) -> None:
    """Pieces put in any order make the file."""
    with (tmp_path / "file").open("wb") as stream:
        assert put(stream, 6, np.array([3, 4], dtype="<i2")) == 4
        assert put(stream, 0, np.array([[0, 1, 2]], dtype="<i2")) == 6
    assert np.fromfile(tmp_path / "file", dtype="<i2").tolist() == [0, 1, 2, 3, 4]
