"""Unanswered questions: counted by facet, never a word of them, whoever asks and whatever is killed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from answer_material import word_answerer
from bench_material import KNEE_JOINT, bench, knee_joint, library
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering import Answerer
from assistant.cli import cli
from assistant.commands.status import status_object
from assistant.indexing import index_library
from assistant.unanswered import FOLDER, MONTHS, count_unanswered, unanswered

DAY = "2026-01-02"
KNEE_IV = "Zebulon's aunt: IV bone marrow concentrate for knee osteoarthritis?"


def answerer(folder: Path) -> Answerer:
    """The answerer of a library of one trial."""
    return word_answerer(library(folder / "library", knee_joint(90000001)), folder / "stores")


def written(root: Path) -> str:
    """Everything that was written down."""
    return "".join(path.read_text("utf-8") for path in sorted((root / FOLDER).glob("*")))


def test_what_has_no_direct_study_is_counted_by_facet(tmp_path: Path) -> None:
    """Two questions of the same facets in other words are one line with the number two; what is answered directly is not counted."""
    of = answerer(tmp_path)
    for text in (KNEE_IV, "bone marrow concentrate intravenously in gonarthrosis", KNEE_JOINT):
        count_unanswered(of.root, of.answer(text), of.vocabulary, DAY)
    (one,) = unanswered(of.root)
    assert (one.outcome, one.count, one.last) == ("no-direct", 2, DAY)
    assert dict(one.facets) == {
        "intervention": ("bone-marrow-concentrate",),
        "route": ("intravenous",),
        "condition": ("knee-osteoarthritis",),
    }


def test_out_of_scope_leaves_no_word(tmp_path: Path) -> None:
    """A question that names nothing of the vocabulary is counted, and nothing of it can be read back."""
    of = answerer(tmp_path)
    rugby = of.answer("who wins the rugby world cup in Timbuktu?")
    count_unanswered(of.root, rugby, of.vocabulary, DAY)
    (one,) = unanswered(of.root)
    assert (one.outcome, dict(one.facets)) == ("out-of-scope", {})
    assert json.loads(written(of.root)) == {"day": DAY, "outcome": "out-of-scope", "facets": {}}


@given(st.text(max_size=60))
def test_only_concepts_are_written_down(starter: Answerer, text: str) -> None:
    """Whatever is asked, every value written down is a concept of the vocabulary, under its facet, with a day and an outcome."""
    answer = starter.answer(f"IV BMC {text} for knee OA in {text}")
    count_unanswered(starter.root, answer, starter.vocabulary, DAY)
    for line in written(starter.root).splitlines():
        row: dict[str, Any] = json.loads(line)
        assert set(row) == {"day", "outcome", "facets"}
        assert all(
            set(values) <= set(starter.vocabulary.ids(facet)) for facet, values in row["facets"].items()
        )


def test_a_line_that_broke_off_is_left_out_and_a_root_that_cannot_be_written_holds_nothing_up(
    tmp_path: Path,
) -> None:
    """Half a line costs one count; a file where the folder should be costs all counts, and no answer."""
    of = answerer(tmp_path)
    count_unanswered(of.root, of.answer(KNEE_IV), of.vocabulary, DAY)
    with (of.root / FOLDER / f"{DAY[:7]}.jsonl").open("ab") as file:
        file.write(b'{"day": "2026')
    assert [one.count for one in unanswered(of.root)] == [1]
    (tmp_path / "file").touch()
    count_unanswered(tmp_path / "file", of.answer(KNEE_IV), of.vocabulary, DAY)
    assert unanswered(tmp_path / "file") == ()


def test_old_months_are_removed(tmp_path: Path) -> None:
    """A new month's first line removes what is older than a year."""
    of = answerer(tmp_path)
    answer = of.answer(KNEE_IV)
    for month in range(1, 13):
        count_unanswered(of.root, answer, of.vocabulary, f"2025-{month:02}-01")
    count_unanswered(of.root, answer, of.vocabulary, "2026-01-01")
    kept = sorted(path.stem for path in (of.root / FOLDER).iterdir())
    assert (len(kept), kept[0], kept[-1]) == (MONTHS, "2025-02", "2026-01")


def test_status_shows_searches_and_what_was_not_answered(tmp_path: Path) -> None:
    """`status` has each search with its translation, count and date as pulled last, the failure since, and the counts by facet."""
    folder = library(tmp_path, knee_joint(90000001))
    (folder / "library.toml").write_text(
        '[[search]]\nname = "one"\nsource = "pubmed"\nquery = "knees"\ncount = 5\nlast_run = 2020-01-01\n'
        '[[search]]\nname = "two"\nsource = "feed"\nurl = "https://blog.example/feed"\n',
        "utf-8",
    )
    run = {"name": "one", "source": "pubmed", "query": "knees", "date": "2026-01-01T00:00:00Z"}
    runs = [
        {**run, "complete": True, "count": 0, "query_translation": '"knee"[MeSH Terms]'},
        {**run, "date": "2026-01-02T00:00:00Z", "error": "no connection"},
    ]
    (folder / "searches.jsonl").write_text("\n".join(map(json.dumps, runs)) + "\n", "utf-8")
    of = bench(folder)
    index_library(of)
    with of.open() as store:
        count_unanswered(of.root, Answerer(of, store, of.encoders()).answer(KNEE_IV), of.vocabulary, DAY)
        told = status_object(of, store)
    one, two = told["searches"]
    assert (one["query_translation"], one["count"], one["last_run"]) == ('"knee"[MeSH Terms]', 0, run["date"])
    assert (one["failed"], told["last_pull"]) == ("no connection", run["date"])
    assert (two["query"], two["last_run"], two["count"]) == ("https://blog.example/feed", None, None)
    assert [row["count"] for row in told["unanswered"]] == [1]
    # One trial of one product in one condition: every cell of the map that has a study has it in people.
    assert 0 <= told["gaps"]["empty"] == told["gaps"]["without_people"] < told["gaps"]["cells"]


@pytest.mark.slow
@pytest.mark.model
def test_ask_counts_and_status_prints(tmp_path: Path) -> None:
    """`ask` writes the facets down beside the stores, and `status` prints them by name, without a word of the question."""
    folder = library(tmp_path / "mine", knee_joint(90000001))
    for arguments in (["index"], ["ask", KNEE_IV]):
        assert CliRunner().invoke(cli, [*arguments, "--library", str(folder)]).exit_code == 0
    shown = CliRunner().invoke(cli, ["status", "--library", str(folder)]).output
    assert "1  bone marrow concentrate · intravenous · knee osteoarthritis" in shown
    assert "Zebulon" not in shown + written(folder / ".firstpass")
