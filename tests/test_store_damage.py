"""Damage below a root of stores: the very same answer bytes, or a named error whose cure brings them back; never another answer.

FIRSTPASS_DAMAGE sets how many cases the slow proof tries (5,000; 400 where FIRSTPASS_TRIM is set).
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from bench_material import (
    HIP_PRP,
    KNEE_IV,
    KNEE_JOINT,
    asked,
    bench,
    hip_prp,
    knee_iv,
    knee_joint,
    library,
    question,
    write_records,
)
from damage import damage

from assistant.errors import AssistantError
from assistant.indexing import index_library
from index.errors import SearchError
from index.root import FOLDER

CASES = int(os.environ.get("FIRSTPASS_DAMAGE", "400" if os.environ.get("FIRSTPASS_TRIM") else "5000"))
CURED = 5
"""One refusal in so many is cured, and asked again."""
ASKED = (
    KNEE_IV,
    KNEE_JOINT,
    HIP_PRP,
    "what do you have on knees?",
    "how do I bake bread?",
    "anything retracted?",
)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library whose store was published twice, through a gate, with the floor measured."""
    folder = tmp_path_factory.mktemp("pristine") / "library"
    judged = question(KNEE_JOINT, outcome="direct")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("FIRSTPASS_STORES", raising=False)
        patch.setenv("SOURCE_DATE_EPOCH", "1000000000")
        of = bench(library(folder, knee_joint(90000001), hip_prp(90000003), questions=judged))
        index_library(of)
        write_records(folder, knee_joint(90000001), knee_iv(90000002), hip_prp(90000003))
        index_library(of)
    return folder


@pytest.fixture(autouse=True)
def _in_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stores lie in the library, and are built at a stated time, so that answers can be compared to the byte."""
    monkeypatch.delenv("FIRSTPASS_STORES", raising=False)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")


def answers(folder: Path) -> bytes:
    """Every answer of what is served, as `ask --json` prints it."""
    of = bench(folder)
    return b"\n".join(json.dumps(asked(of, text), ensure_ascii=False).encode() for text in ASKED)


def answers_or_error(folder: Path) -> tuple[bytes, str]:
    """The answers, or the error that stood in their way; any other than a named one comes through."""
    try:
        return answers(folder), ""
    except (SearchError, AssistantError) as error:
        return b"", str(error)


def files(folder: Path) -> list[Path]:
    """Every file below the root, by its path within the library."""
    return sorted(path.relative_to(folder) for path in (folder / FOLDER).rglob("*") if path.is_file())


def tried(pristine: Path, copy: Path, numbers: range) -> tuple[int, int]:
    """How many cases were refused, and how many answered with the same bytes; anything else comes through with its number."""
    right, names = answers(pristine), files(pristine)
    refused = same = 0
    for number in numbers:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(pristine, copy)
        name = names[number % len(names)]
        try:
            damage(copy / name, number)
            found, said = answers_or_error(copy)
            refused, same = refused + bool(said), same + (not said)
            assert "firstpass index" in said or not said
            if said and refused % CURED == 1:
                index_library(bench(copy))
                found = answers(copy)
            assert found == right or (said and not found)
        except BaseException as error:
            error.add_note(f"damage {number} to {name}")
            raise
    return refused, same


def test_damage_anywhere_is_refused_or_changes_no_answer(pristine: Path, tmp_path: Path) -> None:
    """Bits, blocks, ends and whole files, of everything kept: where an error comes, its cure brings the same bytes back."""
    refused, same = tried(pristine, tmp_path / "copy", range(48))
    assert min(refused, same) > 8


@pytest.mark.slow
def test_thousands_of_damages_are_refused_or_change_no_answer(pristine: Path, tmp_path: Path) -> None:
    """The same for FIRSTPASS_DAMAGE cases that the everyday test has not."""
    refused, same = tried(pristine, tmp_path / "copy", range(1000, 1000 + CASES))
    assert min(refused, same) > CASES // 10
