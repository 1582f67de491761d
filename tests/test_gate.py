"""The gate: a store that answers a judged question worse is not published, and what is served stays."""

from __future__ import annotations

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

from assistant.answering import build
from assistant.errors import AssistantError, GateClosedError
from assistant.gate import judged_questions
from assistant.indexing import index_library
from index.publish import BuildLock
from index.root import current_version, history

JOINT, IV, HIP = 90000001, 90000002, 90000003
JUDGED = (
    question(KNEE_IV, outcome="no-direct", direct=())
    + question(KNEE_JOINT, outcome="direct", direct=(JOINT,))
    + question(HIP_PRP, outcome="direct", direct=(HIP,))
)


def test_a_store_that_loses_a_direct_study_is_refused(tmp_path: Path) -> None:
    """A file lost from the library closes the gate; the store served stays, with its answers, and the lock is free."""
    of = bench(library(tmp_path, knee_joint(JOINT), hip_prp(HIP), questions=JUDGED))
    first = index_library(of)
    assert (first.report.published, first.gate.asked, first.gate.wrong) == (True, 3, ())
    before = asked(of, KNEE_JOINT)
    write_records(tmp_path, hip_prp(HIP))
    second = index_library(of)
    assert "published" not in second.refused[:20]
    assert not second.report.published
    assert [one.question for one in second.gate.worse] == [KNEE_JOINT]
    assert second.gate.worse[0].how == ("direct became no-direct (expected direct)", f"missed: pmid:{JOINT}")
    assert second.gate.against == first.report.version == current_version(of.root)
    assert asked(of, KNEE_JOINT) == before
    assert [line.act for line in history(of.root)] == ["build"]
    BuildLock(of.root).release()


def test_a_reason_publishes_and_is_kept(tmp_path: Path) -> None:
    """With --accept the worse store is published, and its line of the history has the reason."""
    of = bench(library(tmp_path, knee_joint(JOINT), hip_prp(HIP), questions=JUDGED))
    index_library(of)
    write_records(tmp_path, hip_prp(HIP))
    accepted = index_library(of, accept="record 1 was withdrawn")
    assert accepted.report.published
    assert current_version(of.root) == accepted.report.version
    assert history(of.root)[-1].reason == "record 1 was withdrawn"


def test_what_was_wrong_before_does_not_close_the_gate(tmp_path: Path) -> None:
    """A question answered wrongly by both stores is no reason to refuse; a new fault in it is."""
    wrong = question(KNEE_JOINT, outcome="direct", direct=())
    of = bench(library(tmp_path, knee_joint(JOINT), hip_prp(HIP), questions=wrong))
    index_library(of)
    write_records(tmp_path, knee_joint(JOINT), hip_prp(HIP), hip_prp(90000005))
    assert index_library(of).report.published
    write_records(tmp_path, knee_joint(JOINT), knee_joint(90000006), hip_prp(HIP))
    refused = index_library(of)
    assert [one.how for one in refused.gate.worse] == [("wrongly direct: pmid:90000006",)]


def test_a_wrongly_direct_study_closes_the_gate(tmp_path: Path) -> None:
    """A question judged to have no direct evidence, which a new record answers directly, closes the gate."""
    of = bench(library(tmp_path, knee_joint(JOINT), hip_prp(HIP), questions=JUDGED))
    index_library(of)
    write_records(tmp_path, knee_joint(JOINT), hip_prp(HIP), knee_iv(IV))
    assert [one.question for one in index_library(of).gate.worse] == [KNEE_IV]


def test_the_first_store_needs_only_what_must_be_right(tmp_path: Path) -> None:
    """With nothing served, a wrong question is let pass unless it says must = true."""
    let_pass = question(KNEE_JOINT, outcome="direct")
    of = bench(library(tmp_path / "one", hip_prp(HIP), questions=let_pass))
    assert index_library(of).report.published
    held = bench(
        library(tmp_path / "two", hip_prp(HIP), questions=question(KNEE_JOINT, outcome="direct", must=True))
    )
    refused = index_library(held)
    assert refused.refused
    assert current_version(held.root) is None
    with pytest.raises(GateClosedError, match="must be right"):
        build(held)
    assert index_library(held, accept="it comes with the next pull").report.published


def test_the_gate_holds_where_the_served_store_can_no_longer_be_asked(tmp_path: Path) -> None:
    """After the vocabulary changed, the verdicts kept when the served store was published still close the gate."""
    of = bench(library(tmp_path, knee_joint(JOINT), hip_prp(HIP), questions=JUDGED))
    index_library(of)
    (tmp_path / "library.toml").write_text(
        'name = "Synthetic library"\n[settings]\nvocabulary = "own.toml"\n'
    )
    (tmp_path / "own.toml").write_text(
        '[[concept]]\nid = "synthetic-product"\nfacet = "intervention"\nforms = ["zzyzx"]\n'
    )
    write_records(tmp_path, hip_prp(HIP))
    again = bench(tmp_path)
    assert again.expected() != of.expected()
    refused = index_library(again)
    assert [one.question for one in refused.gate.worse] == [KNEE_JOINT]
    assert refused.gate.against == current_version(of.root)


def test_a_dry_run_publishes_nothing_and_says_what_would_change(tmp_path: Path) -> None:
    """A dry run names the answers that would change and the question that would close the gate, and changes nothing."""
    of = bench(library(tmp_path, knee_joint(JOINT), hip_prp(HIP), questions=JUDGED))
    version = index_library(of).report.version
    write_records(tmp_path, hip_prp(HIP))
    tried = index_library(of, dry_run=True)
    assert current_version(of.root) == version
    assert tried.diff is not None
    assert [one.id for one in tried.diff.removed] == [f"pmid:{JOINT}"]
    assert KNEE_JOINT in [one.question for one in tried.diff.answers.changes]
    assert not tried.gate.open
    assert not list((of.root / "aside").iterdir())


def test_nothing_changed_asks_nothing(tmp_path: Path) -> None:
    """Indexing an unchanged library keeps the version, encodes nothing and adds nothing to the history."""
    of = bench(library(tmp_path, knee_joint(JOINT), questions=JUDGED))
    version = index_library(of).report.version
    again = index_library(of)
    assert (again.report.version, again.report.encoded, again.unchanged) == (version, 0, True)
    assert len(history(of.root)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "[[question]]\noutcome = 'direct'\n",
        "[[question]]\nquestion = 'x'\nmust = 'yes'\n",
        "[[question]]\nquestion = 'x'\ndirect = [1]\n",
        "question = \n",
        "question = 'x'\n",
    ],
)
def test_a_damaged_file_of_questions_stops_before_anything_is_built(tmp_path: Path, text: str) -> None:
    """Questions that cannot be read are an error with the place, and nothing is built past them."""
    of = bench(library(tmp_path, knee_joint(JOINT), questions=text))
    with pytest.raises(AssistantError, match=r"questions\.toml"):
        judged_questions(tmp_path)
    with pytest.raises(AssistantError):
        index_library(of)
    assert current_version(of.root) is None
