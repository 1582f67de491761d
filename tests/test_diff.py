"""The diff of two stores: documents, labels, statuses, counts, and exactly the answers that changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bench_material import (
    HIP_PRP,
    KNEE_IV,
    KNEE_JOINT,
    WordBench,
    bench,
    hip_prp,
    knee_iv,
    knee_joint,
    library,
    question,
    write_records,
)

from assistant.answering import Answerer
from assistant.changes import change_note, diff_lines, diff_object, replay_lines
from assistant.contract import answer_object
from assistant.diffing import StoreDiff, diff_stores, with_answers
from assistant.gate import judged_questions
from assistant.indexing import index_library
from assistant.question import read_message
from assistant.versions import named_version, open_version
from index.errors import StoreMissing

JOINT, IV, HIP = 90000001, 90000002, 90000003
PIZZA = "best pizza near the clinic"
UPDATED = "when was this last updated"
JUDGED = "".join(question(text) for text in (KNEE_IV, KNEE_JOINT, HIP_PRP, PIZZA, UPDATED))
RETRACTED = "RIN - Synth J. 2021;1:1. PMID: 90000099\nPT  - Retracted Publication\n"


def compared(of: WordBench, before: str, after: str) -> StoreDiff:
    """The diff of two stores, answers included."""
    judged = judged_questions(of.library.folder)
    with open_version(of.root, before) as one, open_version(of.root, after) as other:
        return with_answers(diff_stores(one, other), judged, (one, other), (of, of.encoders()))


def grown(tmp_path: Path, first: tuple[str, ...], second: tuple[str, ...]) -> tuple[WordBench, StoreDiff]:
    """A library indexed with the first records and then with the second, and the diff."""
    of = bench(library(tmp_path, *first, questions=JUDGED))
    before = index_library(of).report.version
    write_records(tmp_path, *second)
    after = index_library(of).report.version
    assert before != after
    return of, compared(of, before, after)


def differing(of: WordBench, before: str, after: str) -> set[str]:
    """The judged questions whose printed answers differ in outcome, direct studies, ladder or passages: found apart from the diff."""
    seen: list[dict[str, Any]] = []
    for version in (before, after):
        with open_version(of.root, version) as store:
            answerer = Answerer(of, store, of.encoders())
            seen.append(
                {
                    judged.question: [
                        _essence(part)
                        for part in answer_object(
                            answerer.answer_reading(read_message(judged.question, of.vocabulary))
                        )["parts"]
                    ]
                    for judged in judged_questions(of.library.folder)
                }
            )
    return {text for text in seen[0] if seen[0][text] != seen[1][text]}


def _essence(part: dict[str, Any]) -> list[Any]:
    rungs = [
        [rung["dropped"], rung["studies"], rung["documents"]] for rung in part["ladder"] + part["nearest"]
    ]
    shown = [[one["document"], one["quote"], one["direct"], one["status"]] for one in part["passages"]]
    return [part["outcome"], part["ledger"]["documents"], rungs, shown, part["ledger"]["retracted"]]


def test_exactly_the_changed_answers_are_named(tmp_path: Path) -> None:
    """An added record is named with the counts it raises, and so are those questions, and no others, whose answers differ."""
    of, diff = grown(
        tmp_path, (knee_joint(JOINT), hip_prp(HIP)), (knee_joint(JOINT), hip_prp(HIP), knee_iv(IV))
    )
    assert [one.id for one in diff.added] == [f"pmid:{IV}"]
    assert (diff.removed, diff.changed, diff.labels, diff.statuses) == ((), (), (), ())
    assert diff.studies == (2, 3)
    assert [(one.species, one.design, one.before, one.after) for one in diff.counts] == [
        ("human", "rct", 2, 3)
    ]
    named = {one.question for one in diff.answers.changes}
    assert named == differing(of, diff.before, diff.after)
    assert KNEE_IV in named
    assert not named & {PIZZA, UPDATED}
    change = next(one for one in diff.answers.changes if one.question == KNEE_IV)
    assert change.aspects[:2] == ("outcome", "direct")
    assert (change.before[0]["outcome"], change.after[0]["outcome"]) == ("no-direct", "direct")
    assert len(list(replay_lines(diff.answers))) == len(diff.answers.sides) == 5


def test_a_store_does_not_differ_from_itself(tmp_path: Path) -> None:
    """The diff of a store with itself is empty, and says so in every form."""
    of = bench(library(tmp_path, knee_joint(JOINT), hip_prp(HIP), questions=JUDGED))
    version = index_library(of).report.version
    diff = compared(of, version, version)
    assert diff.empty
    assert (diff.answers.asked, diff.answers.changes) == (5, ())
    assert change_note(diff, "Synthetic library", of.vocabulary)[1:] == (
        "Nothing changed in what answers are made from.",
    )


def test_an_unrelated_record_changes_no_answer(tmp_path: Path) -> None:
    """A record on another product and condition is named as added, and no judged answer that does not show it as changed."""
    unrelated = hip_prp(90000010).replace("platelet-rich plasma", "zoledronate")
    unrelated = unrelated.replace("hip osteoarthritis", "gout").replace(
        "intra-articular injections", "tablets"
    )
    of, diff = grown(
        tmp_path, (knee_joint(JOINT), hip_prp(HIP)), (knee_joint(JOINT), hip_prp(HIP), unrelated)
    )
    assert [one.id for one in diff.added] == ["pmid:90000010"]
    assert {one.question for one in diff.answers.changes} == differing(of, diff.before, diff.after)
    assert not {one.question for one in diff.answers.changes} & {KNEE_JOINT, HIP_PRP}


def test_a_retraction_is_a_changed_status_and_a_changed_answer(tmp_path: Path) -> None:
    """A record that is retracted now is named with its status, leaves the counts, and changes the answer it was direct in."""
    of, diff = grown(
        tmp_path,
        (knee_joint(JOINT), hip_prp(HIP)),
        (knee_joint(JOINT).rstrip() + "\n" + RETRACTED, hip_prp(HIP)),
    )
    assert [(one.id, one.before, one.after) for one in diff.statuses] == [
        (f"pmid:{JOINT}", "none-recorded", "retracted")
    ]
    assert [one.id for one in diff.changed] == [f"pmid:{JOINT}"]
    assert {"record", "status"} <= set(diff.changed[0].fields)
    assert diff.studies == (2, 1)
    assert {KNEE_IV, KNEE_JOINT} <= {one.question for one in diff.answers.changes}
    note = change_note(diff, "Synthetic library", of.vocabulary)
    assert note[1].startswith("RETRACTED: ")


def test_a_changed_label_is_named_from_and_to(tmp_path: Path) -> None:
    """A record whose text names another route now has that label named, before and after, with where each is from."""
    changed = knee_joint(JOINT).replace("intra-articular", "intravenous").replace("injection", "infusion")
    _, diff = grown(tmp_path, (knee_joint(JOINT),), (changed,))
    routes = [one for one in diff.labels if one.facet == "route"]
    assert [(one.before.values, one.after.values) for one in routes] == [
        (("intra-articular",), ("intravenous",))
    ]
    assert {
        "id": f"pmid:{JOINT}",
        "facet": "route",
        "from": {"values": ["intra-articular"], "from": "text-rule"},
        "to": {"values": ["intravenous"], "from": "text-rule"},
    } in json.loads(json.dumps(diff_object(diff)))["labels"]
    assert any(
        "route: intra-articular (text-rule) → intravenous (text-rule)" in line for line in diff_lines(diff)
    )


def test_stores_are_found_by_name(tmp_path: Path) -> None:
    """The words "current" and "previous" and the first digits name stores; what names none, or too little, is refused with what is kept."""
    of, diff = grown(tmp_path, (knee_joint(JOINT),), (knee_joint(JOINT), hip_prp(HIP)))
    assert named_version(of.root, "current") == diff.after
    assert named_version(of.root, "previous") == diff.before
    assert named_version(of.root, diff.before[:6]) == diff.before
    for name in ("zzzz", diff.before[:2], ""):
        with pytest.raises(StoreMissing, match=diff.before):
            named_version(of.root, name)


def test_without_questions_the_rest_is_still_compared(tmp_path: Path) -> None:
    """A library without judged questions gets the diff, with the reason why no answer is in it."""
    of = bench(library(tmp_path, knee_joint(JOINT)))
    before = index_library(of).report.version
    write_records(tmp_path, knee_joint(JOINT), hip_prp(HIP))
    diff = compared(of, before, index_library(of).report.version)
    assert [one.id for one in diff.added] == [f"pmid:{HIP}"]
    assert diff.answers.asked == 0
    assert "questions.toml" in diff.answers.reason
