"""Sealed records: what is kept beside a store comes back as it was written, or not at all."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.sealed import read_sealed, write_sealed

RECORD = {"synthetic": ("0.42", "7")}


def test_a_record_comes_back(tmp_path: Path) -> None:
    """What was written is what is read, a second writing replaces the first, and nothing is left beside it."""
    file = tmp_path / "record.json"
    for record in ({}, RECORD):
        write_sealed(file, record)
        assert read_sealed(file, dict[str, tuple[str, str]]) == record
    assert list(tmp_path.iterdir()) == [file]


def test_every_flipped_bit_and_every_cut_makes_a_record_absent(tmp_path: Path) -> None:
    """No bit of it can change, and no byte of its end be lost, so that another record is read."""
    file = tmp_path / "record.json"
    write_sealed(file, RECORD)
    whole = file.read_bytes()
    cuts = [whole[:end] for end in range(len(whole))]
    flips = [
        whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :]
        for at in range(len(whole))
        for bit in range(8)
    ]
    for damaged in (*cuts, *flips):
        file.write_bytes(damaged)
        assert read_sealed(file, dict[str, tuple[str, str]]) in (None, RECORD)
    assert len(flips) > 500


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200))
def test_bytes_of_any_kind_are_no_record(content: bytes, tmp_path: Path) -> None:
    """Whatever lies in its place is no record, and no other error."""
    (tmp_path / "record.json").write_bytes(content)
    assert read_sealed(tmp_path / "record.json", dict[str, str]) is None


def test_a_record_of_another_form_is_absent(tmp_path: Path) -> None:
    """A whole record that an older program wrote in another form is made anew, and so is one without its hash."""
    file = tmp_path / "record.json"
    write_sealed(file, [1, 2])
    assert read_sealed(file, dict[str, str]) is None
    file.write_bytes(msgspec.json.encode(RECORD))
    assert read_sealed(file, dict[str, tuple[str, str]]) is None


def test_a_record_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    """Where the folder is gone or a folder lies in its place the error comes through, and no half of it is left."""
    with pytest.raises(OSError, match="absent"):
        write_sealed(tmp_path / "absent" / "record.json", RECORD)
    (tmp_path / "folder" / "below").mkdir(parents=True)
    with pytest.raises(OSError, match="folder"):
        write_sealed(tmp_path / "folder", RECORD)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
