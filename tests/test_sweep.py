"""The retraction sweep: what Retraction Watch and PubMed say reaches every answer, nothing is encoded, and the next index keeps it."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bench_material import (
    KNEE_JOINT,
    WordBench,
    asked,
    bench,
    hip_prp,
    knee_joint,
    library,
    nbib,
    question,
    write_records,
)
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering import Answerer
from assistant.indexing import index_library
from assistant.sweep import Sweep, Swept, sweep
from corpus.document import Status
from corpus.errors import LibraryError, UnreadableError
from corpus.eutils import Access, Eutils
from corpus.fetch import Fetcher
from corpus.retractions import doi_of, pmid_of, read_watch
from index.root import current_version, history

JOINT, OTHER, HIP = 90000001, 90000002, 90000003
COLUMNS = [
    "Record ID",
    "Title",
    "Subject",
    "Institution",
    "Journal",
    "Publisher",
    "Country",
    "Author",
    "URLS",
    "ArticleType",
    "RetractionDate",
    "RetractionDOI",
    "RetractionPubMedID",
    "OriginalPaperDate",
    "OriginalPaperDOI",
    "OriginalPaperPubMedID",
    "RetractionNature",
    "Reason",
    "Paywalled",
    "Notes",
]
TODAY = "2026-11-24"


def event(
    nature: str, *, pmid: object = "0.0", doi: str = "", when: str = "7/12/2023 0:00", notice: object = "0"
) -> dict[str, str]:
    """One line of the file."""
    return {
        "Record ID": "1",
        "Title": 'A "quoted", synthetic\ntitle',
        "RetractionDate": when,
        "RetractionDOI": "10.0000/notice.1",
        "RetractionPubMedID": str(notice),
        "OriginalPaperDOI": doi,
        "OriginalPaperPubMedID": str(pmid),
        "RetractionNature": nature,
    }


def watch(*events: dict[str, str]) -> bytes:
    """A file of these events, in Retraction Watch's form."""
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(events)
    return written.getvalue().encode("utf-8-sig")


def swept(of: WordBench, *events: dict[str, str], today: str = TODAY) -> Swept:
    """What a sweep with a file of these events comes to."""
    return sweep(of, Sweep(today, read_watch(watch(*events), name="watch.csv")))


def status_of(of: WordBench, pmid: int) -> Status:
    """A document's status in the store that is served."""
    with of.open() as store:
        return store.document(f"pmid:{pmid}").status


def part(answer: dict[str, Any]) -> dict[str, Any]:
    """The only part of an answer."""
    (only,) = answer["parts"]
    return only  # type: ignore[no-any-return]  # JSON is Any


def indexed(folder: Path, *records: str, questions: str = "") -> WordBench:
    """The bench of a library with a store."""
    of = bench(library(folder, *records, questions=questions))
    index_library(of)
    return of


def test_a_retraction_reaches_the_answer_without_encoding(tmp_path: Path) -> None:
    """A paper that the file calls retracted leaves the counts and is named; every vector is reused; the answer says how old the check is."""
    of = indexed(tmp_path, knee_joint(JOINT), knee_joint(OTHER), hip_prp(HIP))
    assert asked(of, KNEE_JOINT)["store"]["checked"] is None
    done = swept(
        of, event("Retraction", pmid=f"{JOINT}.0", notice="90000099.0"), event("Retraction", pmid=12345)
    )
    assert (done.report.published, done.report.encoded, done.report.reused) == (True, 0, 3)
    assert [(one.id, one.before, one.after) for one in done.diff.statuses] == [
        (f"pmid:{JOINT}", "none-recorded", "retracted")
    ]
    assert (done.papers, done.unasked, done.asked[0].check.known) == (3, (), 1)
    answer = asked(of, KNEE_JOINT)
    assert answer["store"]["checked"] == "2026-11-24 (Retraction Watch, entries to 2023-07-12)"
    assert part(answer)["ledger"]["documents"] == [f"pmid:{OTHER}"]
    assert part(answer)["ledger"]["retracted"] == [f"pmid:{JOINT}"]
    with of.open() as store:
        (link,) = store.document(f"pmid:{JOINT}").record.links
    assert (link.kind, link.pmid) == ("RetractionIn", "90000099")
    assert "10.0000/notice.1" in link.source
    assert history(of.root)[-1].reason == "retractions checked: Retraction Watch; statuses changed: 1"


def test_the_next_index_keeps_what_was_found(tmp_path: Path) -> None:
    """Indexing afterwards changes nothing; after a record is added, the retraction stays and the new paper counts as never checked."""
    of = indexed(tmp_path, knee_joint(JOINT), hip_prp(HIP))
    version = swept(of, event("Retraction", doi=f"10.0000/SYNTHETIC.{JOINT}")).report.version
    assert status_of(of, JOINT) is Status.RETRACTED
    assert index_library(of).report.version == version
    write_records(tmp_path, knee_joint(JOINT), hip_prp(HIP), knee_joint(OTHER))
    assert index_library(of).report.published
    assert status_of(of, JOINT) is Status.RETRACTED
    assert str(asked(of, KNEE_JOINT)["store"]["checked"]).endswith("; 1 of 3 papers never)")


@pytest.mark.parametrize(
    ("natures", "status"),
    [
        (("Retraction",), Status.RETRACTED),
        (("Expression of concern",), Status.CONCERN),
        (("Expression of Concern",), Status.CONCERN),
        (("Correction",), Status.CORRECTED),
        (("Reinstatement",), Status.NONE_RECORDED),
        (("Correction", "Expression of concern"), Status.CONCERN),
        (("Retraction", "Correction"), Status.RETRACTED),
        (("Retraction", "Reinstatement"), Status.NONE_RECORDED),
        (("Reinstatement", "Retraction"), Status.RETRACTED),
        (("Expression of concern", "Retraction", "Reinstatement"), Status.CONCERN),
    ],
)
def test_what_each_nature_comes_to(tmp_path: Path, natures: tuple[str, ...], status: Status) -> None:
    """Of several events the strongest holds; a reinstatement takes back a retraction before it, not one after it."""
    of = indexed(tmp_path, knee_joint(JOINT))
    events = [
        event(nature, pmid=JOINT, when=f"{month}/1/2023 0:00")
        for month, nature in enumerate(natures, start=1)
    ]
    swept(of, *reversed(events))
    assert status_of(of, JOINT) is status


def test_a_later_reinstatement_lowers_the_status_again(tmp_path: Path) -> None:
    """A paper retracted by one sweep and reinstated by the next counts again, with no link left; the check has the newer date."""
    of = indexed(tmp_path, knee_joint(JOINT))
    before = part(asked(of, KNEE_JOINT))
    retraction = event("Retraction", pmid=JOINT)
    swept(of, retraction)
    assert part(asked(of, KNEE_JOINT))["outcome"] == "no-direct"
    done = swept(of, retraction, event("Reinstatement", pmid=JOINT, when="8/1/2026 0:00"), today="2026-11-25")
    assert any("reinstated 2026-08-01" in note for note in done.asked[0].notes)
    assert part(asked(of, KNEE_JOINT)) == before
    with of.open() as store:
        document = store.document(f"pmid:{JOINT}")
    assert document.record.links == ()
    assert document.checked == (("Retraction Watch, entries to 2026-08-01", "2026-11-25"),)


def test_the_curator_goes_before_every_source(tmp_path: Path) -> None:
    """A status in curation.toml stays whatever a sweep finds, in the sweep's store and in the next index."""
    library(tmp_path, knee_joint(JOINT))
    (tmp_path / "curation.toml").write_text(
        f'[[override]]\ndocument = "pmid:{JOINT}"\nfacet = "status"\nvalues = ["none-recorded"]\n'
        'who = "synthetic"\nwhen = 2026-01-01\nwhy = "another paper of the same title"\n'
    )
    of = bench(tmp_path)
    index_library(of)
    swept(of, event("Retraction", pmid=JOINT))
    assert status_of(of, JOINT) is Status.NONE_RECORDED
    index_library(of)
    assert status_of(of, JOINT) is Status.NONE_RECORDED


def test_a_retraction_is_published_past_the_gate(tmp_path: Path) -> None:
    """A judged question that counted the retracted paper is named, and does not keep the retraction from the answers."""
    of = indexed(
        tmp_path, knee_joint(JOINT), questions=question(KNEE_JOINT, outcome="direct", direct=(JOINT,))
    )
    done = swept(of, event("Retraction", pmid=JOINT))
    assert done.report.published
    assert [one.question for one in done.gate.worse] == [KNEE_JOINT]
    assert [one.question for one in done.diff.answers.changes] == [KNEE_JOINT]


def test_a_dry_run_keeps_nothing(tmp_path: Path) -> None:
    """A dry run says what would change; the store and the library stay as they are."""
    of = indexed(tmp_path, knee_joint(JOINT))
    version = current_version(of.root)
    how = Sweep(TODAY, read_watch(watch(event("Retraction", pmid=JOINT)), name="watch.csv"), dry_run=True)
    done = sweep(of, how)
    assert len(done.diff.statuses) == 1
    assert current_version(of.root) == version
    assert not (tmp_path / "statuses.jsonl").exists()


def test_a_damaged_line_of_the_file_is_said_and_the_rest_taken(tmp_path: Path) -> None:
    """A line cut short or of an unknown nature gives nothing and is named; the other lines hold."""
    content = watch(event("Retraction", pmid=JOINT), event("Elevation", pmid=HIP)) + b"7,cut"
    found = read_watch(content, name="watch.csv")
    assert len(found.entries) == 1
    assert [problem.split(":")[0] for problem in found.problems] == ["watch.csv, line 5", "watch.csv, line 6"]


def test_a_quotation_mark_that_never_closes_refuses_the_file() -> None:
    """A mark that would swallow the events after it refuses the file; one that stands wrong spoils its own line only."""
    content = watch(event("Retraction", pmid=JOINT), event("Retraction", pmid=OTHER))
    notes = content.index(b",Retraction,,,") + len(b",Retraction,,,")
    with pytest.raises(UnreadableError, match="beyond line"):
        read_watch(content[:notes] + b'"never closed' + content[notes:].replace(b'"', b""), name="watch.csv")
    found = read_watch(content[:notes] + b'"closed" wrongly' + content[notes:], name="watch.csv")
    assert ([entry.pmid for entry in found.entries], len(found.problems)) == ([str(OTHER)], 1)


@pytest.mark.parametrize(
    "content", [b"", b"a,b,c\n1,2,3\n", watch(), b"%PDF-1.7\n\x00\x01", b"<html></html>"]
)
def test_another_file_is_refused(content: bytes) -> None:
    """A file without Retraction Watch's columns, or without one event, is refused: silence would read as clean."""
    with pytest.raises(UnreadableError):
        read_watch(content, name="watch.csv")


def test_a_damaged_record_of_checks_stops_the_library(tmp_path: Path) -> None:
    """A statuses.jsonl that says something else than what was found stops indexing and checking: a retraction must not pass unseen.

    What is served stays. Without the file everything is asked anew; a curator who changed it takes its first line out.
    """
    of = indexed(tmp_path, knee_joint(JOINT))
    swept(of, event("Retraction", pmid=JOINT))
    path = tmp_path / "statuses.jsonl"
    whole = path.read_bytes()
    turned = whole.replace(b'"status":"retracted"', b'"status":"corrected"')
    for damaged in (whole[:-9], turned, b""):
        path.write_bytes(damaged)
        for at_work in (lambda: index_library(of), lambda: swept(of, event("Retraction", pmid=OTHER))):
            with pytest.raises(LibraryError, match=r"statuses\.jsonl .*firstpass check --retractions"):
                at_work()
        assert status_of(of, JOINT) is Status.RETRACTED
    path.write_bytes(turned.partition(b"\n")[2])
    index_library(of)
    assert status_of(of, JOINT) is Status.CORRECTED
    swept(of, event("Retraction", pmid=JOINT))
    assert path.read_bytes().startswith(b'{"seal":')


def test_a_lost_record_of_checks_is_taken_from_its_copy(tmp_path: Path) -> None:
    """Without statuses.jsonl the copy with the stores holds, in another run too: the paper stays retracted, with its notice; the next check puts it back."""
    of = indexed(tmp_path, knee_joint(JOINT))
    swept(of, event("Retraction", pmid=JOINT))
    path = tmp_path / "statuses.jsonl"
    with of.open() as store:
        before = store.document(f"pmid:{JOINT}")
    path.unlink()
    write_records(tmp_path, knee_joint(JOINT), hip_prp(HIP))
    of = bench(tmp_path)
    assert index_library(of).report.changed == ()
    with of.open() as store:
        assert store.document(f"pmid:{JOINT}") == before
    assert (before.status, len(before.record.links)) == (Status.RETRACTED, 1)
    swept(of, event("Retraction", pmid=JOINT))
    assert path.read_bytes() == (of.root / path.name).read_bytes()


def test_an_event_whose_identifiers_disagree_is_noted(tmp_path: Path) -> None:
    """Where PMID and DOI of a line name two papers, the event is taken and the curator is told."""
    of = indexed(tmp_path, knee_joint(JOINT))
    done = swept(of, event("Retraction", pmid=JOINT, doi="10.0000/another"))
    assert status_of(of, JOINT) is Status.RETRACTED
    assert any("10.0000/another" in note for note in done.asked[0].notes)


def test_the_real_sample_is_read_whole(shared: Path) -> None:
    """Every line of a real file gives one retraction, with identifiers where it has them and the newest date."""
    found = read_watch((shared / "data/formats/retraction_watch_sample.csv").read_bytes(), name="sample")
    assert (len(found.entries), found.problems, found.newest) == (20, (), "2023-10-04")
    assert {entry.nature for entry in found.entries} == {"retraction"}
    first, unnumbered = found.entries[0], found.entries[5]
    assert (first.pmid, first.doi, first.date) == ("36035816", "10.1155/2022/9172719", "2023-07-12")
    assert (unnumbered.pmid, unnumbered.notice_pmid) == ("", "")


@given(st.integers(min_value=1, max_value=10**8), st.sampled_from(["{}", "{}.0", " {} ", "000{}"]))
def test_a_pmid_is_read_in_every_form(number: int, form: str) -> None:
    """A PMID as a spreadsheet writes it is the number itself."""
    assert pmid_of(form.format(number)) == str(number)


@given(st.text(max_size=30))
def test_any_cell_gives_an_identifier_or_none(cell: str) -> None:
    """What is no identifier gives none, and no cell fails."""
    assert pmid_of(cell) == "" or pmid_of(cell).isdecimal()
    assert doi_of(cell) == "" or doi_of(cell).startswith("10.")
    assert (pmid_of("0.0"), doi_of("unavailable"), doi_of("https://doi.org/10.1000/A")) == (
        "",
        "",
        "10.1000/a",
    )


@contextmanager
def pubmed(retracted: set[str], known: set[str]) -> Iterator[Eutils]:
    """E-utilities that give a record for each PMID known, and refuse to give any where none is asked for."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ids = parse_qs(urlsplit(self.path).query)["id"][0].split(",")
            records = "".join(_record(one, one in retracted) for one in ids if one in known)
            body = f"<PubmedArticleSet>{records}</PubmedArticleSet>".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        access = Access(f"http://127.0.0.1:{server.server_port}/")
        yield Eutils(Fetcher(allow_private=True), access, tries=1, sleep=lambda _: None)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _record(pmid: str, retracted: bool) -> str:
    notice = (
        '<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>Synth J. 2021;1:1</RefSource>'
        '<PMID Version="1">90000099</PMID></CommentsCorrections></CommentsCorrectionsList>'
    )
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID><Article PubModel="Print">'
        f"<ArticleTitle>Synthetic record {pmid}</ArticleTitle></Article>{notice * retracted}</MedlineCitation></PubmedArticle>"
    )


def test_pubmed_is_asked_after_every_paper(tmp_path: Path) -> None:
    """PubMed's retraction reaches the store with its notice; a paper that PubMed gives no record of is not called checked."""
    of = indexed(tmp_path, knee_joint(JOINT), knee_joint(OTHER), hip_prp(HIP))
    with pubmed({str(JOINT)}, {str(JOINT), str(HIP)}) as eutils:
        done = sweep(of, Sweep(TODAY, eutils=eutils))
    assert status_of(of, JOINT) is Status.RETRACTED
    assert (done.report.encoded, done.unasked) == (0, (f"pmid:{OTHER}",))
    assert asked(of, KNEE_JOINT)["store"]["checked"] == "2026-11-24 (PubMed; 1 of 3 papers never)"
    with of.open() as store:
        assert store.document(f"pmid:{OTHER}").checked == ()
        assert [link.pmid for link in store.document(f"pmid:{JOINT}").record.links] == ["90000099"]


def test_without_a_network_what_the_file_says_still_holds(tmp_path: Path) -> None:
    """Where PubMed cannot be reached, that is said and no paper counts as checked there; the file's retractions are published."""
    of = indexed(tmp_path, knee_joint(JOINT), hip_prp(HIP))
    with pubmed(set(), set()) as eutils:
        pass
    how = Sweep(TODAY, read_watch(watch(event("Retraction", pmid=JOINT)), name="watch.csv"), eutils)
    done = sweep(of, how)
    assert "2 papers" in done.asked[1].failed
    assert done.asked[1].said == ()
    assert status_of(of, JOINT) is Status.RETRACTED
    assert "PubMed" not in str(asked(of, KNEE_JOINT)["store"]["checked"])


def test_a_sweep_keeps_what_is_only_matched(tmp_path: Path) -> None:
    """After the check of one paper another is still known by the drug that it names, whatever the check found."""
    title, text = "naproxen for knee osteoarthritis", "Patients with knee osteoarthritis were given naproxen."
    naproxen = nbib(OTHER, f"Synthetic record: {title}", text, "MH  - Humans")
    of = bench(library(tmp_path, knee_joint(JOINT), naproxen))
    index_library(of)
    assert swept(of, event("Retraction", pmid=JOINT)).report.published
    with of.open() as store:
        evidence = Answerer(of, store, of.encoders()).answer("naproxen for knee OA").parts[0].evidence
        assert evidence
        assert list(evidence.direct.documents) == [f"pmid:{OTHER}"]
