"""Checking a library: what a curator should look at, what bears on most judged questions first."""

from __future__ import annotations

from pathlib import Path

from bench_material import HIP_PRP, KNEE_JOINT, WordBench, bench, hip_prp, knee_joint, library, nbib, question
from word_encoder import word_encoders

from assistant.checking import Finding, findings
from assistant.indexing import index_library
from assistant.settings import Settings
from index.encoder import Encoders

JOINT, HIP, BARE = 90000001, 90000003, 90000004


class AskedBench(WordBench):
    """A bench whose questions the word encoder encodes too."""

    def questions(self) -> Encoders:  # type: ignore[override]  # the word encoder has no export to open
        """The word encoder."""
        return word_encoders()


def found(folder: Path) -> tuple[Finding, ...]:
    """The findings on a library."""
    of = AskedBench(Settings(folder, starter=False))
    return findings(of, of.read())


def test_what_a_record_lacks_is_named(tmp_path: Path) -> None:
    """A record without design and species is named for both, with a cure; a record with all is not named."""
    bare = nbib(
        BARE, f"Synthetic record {BARE}: on nothing much", "Words that tell of nothing in particular."
    )
    sorts = {(one.place, one.sort) for one in found(library(tmp_path, bare, knee_joint(JOINT)))}
    assert {(f"pmid:{BARE}", "no-design"), (f"pmid:{BARE}", "no-species")} <= sorts
    assert not any(place == f"pmid:{JOINT}" for place, _ in sorts)


def test_a_record_that_its_text_contradicts_is_named(tmp_path: Path) -> None:
    """MeSH says people where title and abstract are of rats: the curator is to read it. Where both agree nothing is said."""
    rats = nbib(
        BARE,
        "Synthetic record: intravenous stem cells in rats with knee osteoarthritis",
        "Forty male Sprague-Dawley rats were given intravenous stem cells. The rats were killed after eight weeks.",
        "MH  - Humans",
    )
    agreeing = rats.replace(str(BARE), str(HIP)).replace("MH  - Humans", "MH  - Animals\nMH  - Rats")
    disagreeing = [one for one in found(library(tmp_path, rats, agreeing)) if one.sort == "species-disagrees"]
    assert [one.place for one in disagreeing] == [f"pmid:{BARE}"]
    assert "rat" in disagreeing[0].what


def test_what_bears_on_most_questions_comes_first(tmp_path: Path) -> None:
    """Of two records that lack a date, the one in the answers of more judged questions is listed first, with their number."""
    undated = [text.replace("DP  - 2020 Jan\n", "") for text in (knee_joint(JOINT), hip_prp(HIP))]
    questions = question(HIP_PRP) + question("platelet-rich plasma hip") + question(KNEE_JOINT)
    index_library(bench(library(tmp_path, *undated, questions=questions)))
    dates = [(one.place, one.questions) for one in found(tmp_path) if one.sort == "no-date"]
    assert [place for place, _ in dates] == [f"pmid:{HIP}", f"pmid:{JOINT}"]
    assert dates[0][1] > dates[1][1] > 0
