"""The starter library: ninety notes, each with the verified citation, the curator's labels and no number of its own."""

from __future__ import annotations

import csv
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from corpus.document import Document, Kind, Status
from corpus.label import FACETS
from corpus.library import LibraryReading, open_library, read_library, starter_library

TABLE = Path(__file__).with_name("starter_identifiers.tsv")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
UNSEEN = {
    # What `not_seen` names of a citation: left out of the note, though the list gives a value.
    "fischer2009": {"journal", "year", "volume", "pages"},
    "toyserkani2017": {"pmid"},
    "centeno2011safety": {"journal", "year", "volume", "pages", "co-authors"},
    "shu2014": {"co-authors"},
}


@cache
def reading() -> LibraryReading:
    """The starter library, read once."""
    return read_library(open_library(starter_library()))


@cache
def by_origin() -> dict[str, Document]:
    """The notes by the file they come from."""
    return {document.origin: document for document in reading().documents}


def rows() -> list[dict[str, str]]:
    """The checked-in table of verified identifiers."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def facts(shared: Path, name: str) -> list[dict[str, Any]]:
    """The records of one file of the facts."""
    lines = (shared / "facts" / name).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def body(document: Document) -> str:
    """The note below its title."""
    return document.text.split("\n", 1)[1]


def test_every_note_is_read_without_a_problem() -> None:
    """Ninety notes of three kinds, no problem, no warning, no merge; all of them say that they are notes."""
    whole = reading()
    assert (whole.problems, whole.warnings, whole.merges, whole.unread) == ((), (), (), ())
    kinds = [document.kind for document in whole.documents]
    assert [kinds.count(kind) for kind in (Kind.PAPER, Kind.POST, Kind.REGULATORY)] == [70, 17, 3]
    assert all(document.note for document in whole.documents)


def test_two_are_retracted_and_two_corrected() -> None:
    """The two retracted papers ship as retracted, and their notes say so first; two others have corrections."""
    found = {
        status: sorted(document.origin for document in reading().documents if document.status is status)
        for status in Status
    }
    assert found[Status.RETRACTED] == ["papers/alves2021.md", "papers/bansal2017.md"]
    assert found[Status.CORRECTED] == ["papers/kolasinski2020.md", "papers/mautner2023.md"]
    assert all(body(by_origin()[name]).startswith("RETRACTED") for name in found[Status.RETRACTED])


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["file"])
def test_each_citation_is_the_verified_one(row: dict[str, str]) -> None:
    """Every citation field of a note is that of the table, and empty where the table has none."""
    document = by_origin()[row["file"]]
    citation = document.citation
    printed = {
        "id": document.id,
        "pmid": citation.pmid or "",
        "doi": citation.doi or "",
        "year": str(citation.year or ""),
        "journal": citation.journal or "",
        "volume": citation.volume or "",
        "issue": citation.issue or "",
        "pages": citation.pages or "",
        "first author": citation.authors[0],
        "file": document.origin,
    }
    assert printed == {key: value.lower() if key == "doi" else value for key, value in row.items()}


def test_the_table_has_every_paper_and_text() -> None:
    """No note of a paper or regulatory text is missing from the table of identifiers."""
    files = sorted(row["file"] for row in rows())
    assert files == sorted(name for name in by_origin() if not name.startswith("posts/"))


def test_every_label_is_a_signed_curators_word() -> None:
    """Each paper has the curator's word on the facets, signed and dated; a post has none, and is no study."""
    for document in reading().documents:
        facets = {word.facet for word in document.curator} - {"status"}
        assert facets == (set(FACETS) - {"question"} if document.kind is Kind.PAPER else set())
        assert all(word.who == "firstpass curators" and word.when and word.why for word in document.curator)


def test_no_part_of_a_note_is_taken_for_boilerplate() -> None:
    """Whatever a note says can be found and quoted."""
    kinds = {section.kind.value for document in reading().documents for section in document.sections}
    assert kinds == {"title", "body"}


def test_the_table_is_that_of_the_facts(shared: Path) -> None:
    """The checked-in table has what the facts give, without the fields that no source printed."""
    table = {Path(row["file"]).stem: row for row in rows()}
    for fact in [*facts(shared, "papers.jsonl"), *facts(shared, "regulatory.jsonl")]:
        row, unseen = table[fact["id"]], UNSEEN.get(fact["id"], set())
        for key in ("pmid", "doi", "year", "journal", "pages"):
            assert row[key] == ("" if key in unseen or fact[key] is None else str(fact[key])), (
                fact["id"],
                key,
            )
        volume = "" if "volume" in unseen else fact["volume"] or ""
        if fact["id"] == "xing2018overview":
            assert (row["volume"], row["issue"]) == ("", "8")
        else:
            assert row["volume"] + (f"({row['issue']})" if row["issue"] else "") == volume
        assert fact["authors"].startswith(row["first author"])


def test_titles_authors_and_labels_are_those_of_the_facts(shared: Path) -> None:
    """Each note has the title, the authors, the labels and the retraction that the facts give, and no other."""
    for fact in facts(shared, "papers.jsonl"):
        document = by_origin()[f"papers/{fact['id']}.md"]
        assert document.citation.title == fact["title"]
        if "co-authors" not in UNSEEN.get(fact["id"], set()):
            assert list(document.citation.authors) == re.split(r"[,;] ", fact["authors"])
        labels = {word.facet: list(word.values) for word in document.curator if word.facet != "status"}
        assert labels == {facet: sorted(values) for facet, values in fact["labels"].items()}
        assert (document.status is Status.RETRACTED) == fact["retracted"]


def test_every_number_in_a_note_is_one_of_its_facts(shared: Path) -> None:
    """A numeral in the body of a note stands in the facts on that paper or page, as it is written there."""
    notes = by_origin()
    pairs = [(fact, notes[f"papers/{fact['id']}.md"]) for fact in facts(shared, "papers.jsonl")]
    pairs += [(fact, notes[f"regulatory/{fact['id']}.md"]) for fact in facts(shared, "regulatory.jsonl")]
    by_title = {document.citation.title: document for document in notes.values()}
    pairs += [(fact, by_title[fact["title"]]) for fact in facts(shared, "posts.jsonl")]
    assert len(pairs) == 90
    for fact, document in pairs:
        known = set(NUMBER.findall(json.dumps(fact, ensure_ascii=False)))
        assert set(NUMBER.findall(body(document))) <= known, document.origin


def test_no_sentence_of_the_facts_is_copied(shared: Path) -> None:
    """A note is in words of its own: it shares no run of twelve words with the findings or claims it is made from."""
    by_title = {document.citation.title: document for document in by_origin().values()}
    files = (
        ("papers.jsonl", "key_findings"),
        ("regulatory.jsonl", "key_findings"),
        ("posts.jsonl", "claims"),
    )
    copied = [
        (fact["title"], run)
        for name, key in files
        for fact in facts(shared, name)
        for run in runs(" . ".join(fact[key])) & runs(body(by_title[fact["title"]]))
    ]
    assert copied == []


def runs(text: str) -> set[tuple[str, ...]]:
    """Every run of twelve words, numbers left out, since those must be the same."""
    words = [word for word in re.findall(r"[^\W\d_]+|\.", text.lower()) if len(word) > 1 or word == "."]
    return {tuple(words[at : at + 12]) for at in range(len(words) - 11)}


def test_posts_have_date_author_and_address_only_where_known(shared: Path) -> None:
    """A post without a known date, author or address leaves the field out; what it says is told as its saying."""
    by_title = {document.citation.title: document for document in by_origin().values()}
    for fact in facts(shared, "posts.jsonl"):
        document = by_title[fact["title"]]
        assert document.kind is Kind.POST
        assert (document.citation.url or None) == fact["url"]
        assert (document.citation.date or "") == (re.match(r"[\d-]*", fact["date"] or "") or [""])[0]
        assert bool(document.citation.authors) == bool(fact["author"])
        first = body(document).split(".")[0]
        assert re.search(r"(?:The post|The page|The AABB|this page|this post)", first), document.origin
