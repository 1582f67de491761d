"""Going back: the earlier store answers byte for byte as it did, and what could not be served is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bench_material import (
    HIP_PRP,
    KNEE_IV,
    KNEE_JOINT,
    WordBench,
    asked,
    bench,
    hip_prp,
    knee_iv,
    knee_joint,
    library,
    write_records,
)
from click import Command
from click.testing import CliRunner, Result

from assistant.commands import ask, diff, index, rollback, status
from assistant.indexing import index_library
from assistant.versions import roll_back
from index.errors import StoreDamaged, StoreMismatch, StoreMissing
from index.root import current_version, history, stores

QUESTIONS = (KNEE_IV, KNEE_JOINT, HIP_PRP, "when was this last updated", "anything retracted?")
JOINT, IV, HIP = 90000001, 90000002, 90000003


def printed(of: WordBench) -> bytes:
    """Every answer of what is served now, as --json has it."""
    return json.dumps([asked(of, text) for text in QUESTIONS], ensure_ascii=False).encode()


def two_stores(tmp_path: Path) -> tuple[WordBench, list[bytes], list[str]]:
    """A library indexed twice, with the answers and the version of each store."""
    of = bench(library(tmp_path, knee_joint(JOINT), hip_prp(HIP)))
    versions, answers = [index_library(of).report.version], [printed(of)]
    write_records(tmp_path, knee_joint(JOINT), hip_prp(HIP), knee_iv(IV))
    versions.append(index_library(of).report.version)
    answers.append(printed(of))
    assert answers[0] != answers[1]
    return of, answers, versions


def test_answers_come_back_byte_for_byte(tmp_path: Path) -> None:
    """Going back, and forward again by name, gives each store's own answers to the byte; the history has a line for each."""
    of, answers, versions = two_stores(tmp_path)
    told = roll_back(of, None, reason="the new record is wrong")
    assert (told["version"], told["left"]) == (versions[0], versions[1])
    assert printed(of) == answers[0]
    last = history(of.root)[-1]
    assert (last.act, last.version, last.reason) == ("rollback", versions[0], "the new record is wrong")
    assert roll_back(of, versions[1][:6])["version"] == versions[1]
    assert printed(of) == answers[1]


def test_nothing_before_is_said(tmp_path: Path) -> None:
    """With one store only, or one that was pruned, there is nothing to go back to, and what is served stays."""
    of = bench(library(tmp_path, knee_joint(JOINT)))
    version = index_library(of).report.version
    for name in (None, "ffff0000"):
        with pytest.raises(StoreMissing):
            roll_back(of, name)
    assert current_version(of.root) == version


def test_a_damaged_store_is_refused(tmp_path: Path) -> None:
    """A store of which a byte changed is not served again; what is served stays."""
    of, answers, versions = two_stores(tmp_path)
    path = stores(of.root) / versions[0] / "documents.jsonl"
    path.write_bytes(path.read_bytes().replace(b"Synthetic", b"Synthetik", 1))
    with pytest.raises(StoreDamaged):
        roll_back(of, None)
    assert printed(of) == answers[1]


def test_a_store_of_another_vocabulary_is_refused(tmp_path: Path) -> None:
    """A store that could not be served as things are now is refused, so that the channel goes on."""
    of = bench(library(tmp_path, knee_joint(JOINT)))
    first = index_library(of).report.version
    (tmp_path / "library.toml").write_text(
        'name = "Synthetic library"\n[settings]\nvocabulary = "own.toml"\n'
    )
    (tmp_path / "own.toml").write_text(
        '[[concept]]\nid = "synthetic-product"\nfacet = "intervention"\nforms = ["zzyzx"]\n'
    )
    again = bench(tmp_path)
    second = index_library(again).report.version
    assert first != second
    with pytest.raises(StoreMismatch, match="vocabulary"):
        roll_back(again, None)
    assert current_version(again.root) == second


def test_a_damaged_pointer_is_mended_by_going_back(tmp_path: Path) -> None:
    """Where the pointer to what is served was altered, naming a version serves that store again."""
    of, answers, versions = two_stores(tmp_path)
    (of.root / "current").write_text("altered\n")
    assert roll_back(of, versions[0])["left"] is None
    assert printed(of) == answers[0]


@pytest.mark.slow
@pytest.mark.model
def test_the_commands_from_a_refused_store_to_the_way_back(tmp_path: Path) -> None:
    """On the command line: refused with exit 1, accepted, compared, and gone back to the same bytes."""
    questions = f'[[question]]\nquestion = "{KNEE_JOINT}"\noutcome = "direct"\n'
    folder = str(library(tmp_path / "library", knee_joint(JOINT), hip_prp(HIP), questions=questions))
    run = CliRunner()

    def first(command: Command, *more: str) -> Result:
        return run.invoke(command, [*more, "--library", folder, "--json"], catch_exceptions=False)

    assert first(index.command).exit_code == 0
    before = first(ask.command, KNEE_JOINT).stdout
    write_records(tmp_path / "library", hip_prp(HIP))
    refused = first(index.command)
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["gate"]["worse"][0]["question"] == KNEE_JOINT
    assert "--accept" in refused.stderr
    assert first(ask.command, KNEE_JOINT).stdout == before
    assert first(index.command, "--accept", "withdrawn").exit_code == 0
    assert [one["question"] for one in json.loads(first(diff.command).stdout)["answers"]["changed"]] == [
        KNEE_JOINT
    ]
    assert json.loads(first(ask.command, KNEE_JOINT).stdout)["parts"][0]["outcome"] == "no-direct"
    assert first(rollback.command).exit_code == 0
    assert first(ask.command, KNEE_JOINT).stdout == before
    assert [one["act"] for one in json.loads(first(status.command).stdout)["history"]] == [
        "build",
        "build",
        "rollback",
    ]
