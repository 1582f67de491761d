"""MEDLINE: wrapped values, repeated tags, labelled abstracts, files as they are found, and real ones."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.abstract import role_of, split_labels
from corpus.document import Document, MeshHeading, Role, SectionKind, Status
from corpus.errors import UnreadableError
from corpus.reading import Reading
from corpus.record_fields import decode
from corpus.record_tables import tables
from corpus.records import looks_like_records, read_records


def written(*fields: tuple[str, str]) -> str:
    """One record as PubMed writes it: tags of four characters, lines of 88, six spaces before what continues."""
    lines = []
    for tag, value in fields:
        wrapped = textwrap.wrap(value, 82, break_long_words=False, break_on_hyphens=False) or [""]
        lines += [f"{tag:<4}- {wrapped[0]}", *(f"      {line}" for line in wrapped[1:])]
    return "\n".join(lines) + "\n"


def read(text: str) -> Document:
    """The one document that a text gives."""
    reading = read_records(text.encode(), name="a.nbib")
    assert reading.problems == ()
    [document] = reading.documents
    return document


def body(document: Document) -> list[tuple[str | None, Role | None, str]]:
    """Label, role and text of each body section."""
    return [
        (section.label, section.role, document.text[section.start : section.end])
        for section in document.sections
        if section.kind == SectionKind.BODY
    ]


def test_a_wrapped_value_is_one_value() -> None:
    """A wrapped RIN or ECI is one link with its PMID, and two are two."""
    retraction = "Synthetic journal of a long name that wraps. 2001 Jan;1(1):1-2. doi: 10.1000/synthetic.retraction. PMID: 2"
    concern = "Synthetic journal of a long name that wraps. 2000 Dec;9(9):9. doi: 10.1000/synthetic.concern. PMID: 3"
    text = written(
        ("PMID", "1"),
        ("TI", "Synthetic record"),
        ("ECI", concern),
        ("RIN", retraction),
        ("RIN", "Other. PMID: 4"),
    )
    assert "\n      " in text
    found = read(text)
    assert [(link.kind, link.pmid) for link in found.record.links] == [
        ("ExpressionOfConcernIn", "3"),
        ("RetractionIn", "2"),
        ("RetractionIn", "4"),
    ]
    assert found.record.links[1].source == retraction.removesuffix(" PMID: 2")
    assert found.status == Status.RETRACTED


@pytest.mark.parametrize(("tag", "kind"), tables().links.items())
def test_each_link_tag_has_its_reftype(tag: str, kind: str) -> None:
    """Every MEDLINE tag of a link is read under NLM's name for it."""
    found = read(written(("PMID", "1"), ("TI", "Synthetic record"), (tag, "Synthetic J. 2000. PMID: 2")))
    assert [(link.kind, link.source, link.pmid) for link in found.record.links] == [
        (kind, "Synthetic J. 2000.", "2")
    ]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ((("RIN", "S. PMID: 2"), ("PT", "Retracted Publication")), Status.RETRACTED),
        ((("RRI", "S. PMID: 2"),), Status.RETRACTED),
        ((("ROF", "S. PMID: 2"), ("PT", "Retraction of Publication")), Status.NOTICE),
        ((("ECI", "S. PMID: 2"), ("EIN", "S. PMID: 3")), Status.CONCERN),
        ((("ECF", "S. PMID: 2"), ("PT", "Expression of Concern")), Status.NOTICE),
        ((("EIN", "S. PMID: 2"),), Status.CORRECTED),
        ((("EFR", "S. PMID: 2"), ("PT", "Published Erratum")), Status.NOTICE),
        ((("UIN", "S. PMID: 2"),), Status.SUPERSEDED),
        ((("UOF", "S. PMID: 2"),), Status.NONE_RECORDED),
        ((("CIN", "S. PMID: 2"), ("CON", "S. PMID: 3")), Status.NONE_RECORDED),
    ],
)
def test_statuses_are_told_apart(fields: tuple[tuple[str, str], ...], status: Status) -> None:
    """The affected paper and the notice about another get their own statuses from MEDLINE's tags."""
    assert read(written(("PMID", "1"), ("TI", "Synthetic record"), *fields)).status == status


def test_repeated_ids_stay_apart_and_only_the_marked_doi_counts() -> None:
    """Of several LID and AID lines the one marked [doi] is the DOI, in lower case."""
    ids = (
        ("LID", "e64723 [pii]"),
        ("LID", "10.1000/SYN.1 [doi]"),
        ("AID", "10.1000/not-marked"),
        ("AID", "S0 [pii]"),
    )
    assert read(written(("PMID", "1"), ("TI", "Synthetic record"), *ids)).citation.doi == "10.1000/syn.1"
    assert read(written(("PMID", "1"), ("TI", "Synthetic record"), *ids[2:])).citation.doi is None


def test_every_field_that_medline_has_is_kept() -> None:
    """Citation, MeSH with its marks, words, dates, trials, conflicts, language and status come through."""
    found = read(
        written(
            ("PMID", "00000001"), ("STAT", "MEDLINE"), ("LR", "20200102"), ("VI", "3"), ("IP", "4"), ("DP", "2000 Spring"),
            ("TI", "Synthetic record"), ("PG", "5-6"), ("CI", "Copyright of nobody."), ("FAU", "Testa, Ada"), ("AU", "Testa A"),
            ("AU", "Wang Y"), ("AU", "Wang Y"), ("CN", "Synthetic Group"), ("LA", "eng"), ("SI", "ClinicalTrials.gov/NCT00000000"),
            ("SI", "GENBANK/X00000"), ("PT", "Journal Article"), ("TA", "Synth J"), ("JT", "Synthetic journal"),
            ("MH", "Asthma/*drug therapy/surgery"), ("MH", "*Humans"), ("OT", "*word"), ("COIS", "None."), ("PMC", "PMC1"), ("OAB", "Autre."), ("OABL", "fre"),
        )
    )  # fmt: skip
    citation, record = found.citation, found.record
    assert (found.id, citation.year, citation.date) == ("pmid:00000001", 2000, "2000 Spring")
    assert citation.authors == ("Testa A", "Wang Y", "Wang Y", "Synthetic Group")
    assert (citation.journal, citation.journal_abbreviation) == ("Synthetic journal", "Synth J")
    assert (citation.volume, citation.issue, citation.pages, citation.pmcid) == ("3", "4", "5-6", "PMC1")
    assert record.mesh == (
        MeshHeading("Asthma", True, ("drug therapy", "surgery")),
        MeshHeading("Humans", True),
    )
    assert (record.keywords, record.trials, record.language) == (("word",), ("NCT00000000",), "eng")
    assert (record.medline_status, record.conflict_statement) == ("MEDLINE", "None.")
    assert record.dates == (("LR", "20200102"), ("DP", "2000 Spring"))
    assert record.other_abstracts == (("fre", "Autre."),)
    assert found.sections[-1].kind == SectionKind.BOILERPLATE


def test_inline_labels_become_sections() -> None:
    """Labels at the start or after a sentence's end cut the abstract; their roles follow."""
    text = "BACKGROUND: One. MATERIALS AND METHODS: Two (n = 3). FIRST ASSUMED STEP: Three. RESULTS: P<0.05. CONCLUSION: Five."
    assert body(read(written(("PMID", "1"), ("TI", "Synthetic record"), ("AB", text)))) == [
        ("BACKGROUND", Role.BACKGROUND, "One."),
        ("MATERIALS AND METHODS", Role.METHODS, "Two (n = 3)."),
        ("FIRST ASSUMED STEP", Role.UNASSIGNED, "Three."),
        ("RESULTS", Role.RESULTS, "P<0.05."),
        ("CONCLUSION", Role.CONCLUSIONS, "Five."),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Pain fell on the WOMAC: 23 points. The KOOS: no change.",
        "Pain fell. WOMAC: 23 points. KOOS: no change.",
        "We name the results: none. And the methods: few.",
        "A ratio of 1:2 was seen in RESULTS: of others.",
        "Registered as DOI: 10.1000/x. PMID: 1.",
        "",
    ],
)
def test_what_is_no_label_stays_in_the_sentence(text: str) -> None:
    """Scores, lower-case words and labels within a sentence do not cut an abstract."""
    assert all(part.label is None for part in split_labels(text))


def test_a_score_between_sections_is_no_section() -> None:
    """A score's name with a colon stays in its section even where the abstract has labels."""
    parts = split_labels("METHODS: We measured. RESULTS: Pain fell. WOMAC: 23 points. CONCLUSIONS: Done.")
    assert [part.label for part in parts] == ["METHODS", "RESULTS", "CONCLUSIONS"]


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("METHODS/RESULTS", Role.RESULTS),
        ("Background and aims", Role.OBJECTIVE),
        ("PURPOSE/HYPOTHESIS", Role.OBJECTIVE),
        ("MAIN RESULTS OF THE REVIEW", Role.RESULTS),
        ("AUTHORS' CONCLUSIONS", Role.CONCLUSIONS),
        ("WHERE AND WHEN", Role.UNASSIGNED),
        (None, None),
    ],
)
def test_roles_of_labels(label: str | None, role: Role | None) -> None:
    """Combined labels take their last part's role, unknown ones none that is guessed from nothing."""
    assert role_of(label) == role


@given(
    st.text(alphabet="ab .:;AB\n", max_size=80),
    st.lists(st.sampled_from(["METHODS: ", "Results: ", "WOMAC: ", "x. "]), max_size=4),
)
def test_cutting_at_labels_loses_nothing_but_white_space(start: str, pieces: list[str]) -> None:
    """Labels, colons and texts of the parts, put together again, are the abstract but for white space."""
    text = start + "a. ".join(pieces)
    again = "".join(f"{part.label}:{part.text}" if part.label else part.text for part in split_labels(text))
    assert "".join(again.split()) == "".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "\n\nPMID- 1\nTI  - One\n\nPMID- 2\nTI  - Two\n",
        "\ufeffPMID- 1\r\nTI  - One\r\n\r\nPMID- 2\r\nTI  - Two",
        "PMID- 1\nTI  - One\nPMID- 2\nTI  - Two\n",
        "PMID- 1\n\nTI  - One\n\n\n\nPMID- 2\nTI  - Two\n",
        "PMID- 1\nTI  -\n      One\n\nPMID- 2\nTI  - Two\nXYZW- unknown\n",
    ],
)
def test_records_are_found_however_they_are_parted(text: str) -> None:
    """Blank lines before, between, within or missing, byte order marks and unknown tags do not melt records."""
    reading = read_records(text.encode(), name="a.txt")
    assert [(document.id, document.text) for document in reading.documents] == [
        ("pmid:1", "One"),
        ("pmid:2", "Two"),
    ]
    assert looks_like_records(text.encode(), "a.txt")


def test_a_record_without_pmid_takes_its_doi_or_its_title() -> None:
    """Without PMID the DOI names the document, else the title; with neither it is a problem at its line."""
    text = "OWN - X\nTI  - One Synthetic title\n\nOWN - X\nTI  - Two\nAID - 10.1000/B [doi]\n\nOWN - X\nAB  - Text only.\n\nOWN - X\nTI  - One Synthetic title\nAB  - Another.\n"
    reading = read_records(text.encode(), name="a.nbib")
    assert [d.id for d in reading.documents] == [
        "file:one-synthetic-title",
        "doi:10.1000/b",
        "file:one-synthetic-title-2",
    ]
    assert [problem.place for problem in reading.problems] == ["a.nbib, record 3 (line 8)"]


def test_a_file_cut_in_its_last_record_says_so() -> None:
    """Where all records but the last end with SO the reading warns that the file may have been cut."""
    whole = written(("PMID", "1"), ("TI", "One"), ("SO", "S")) + "\n"
    cut = whole + "PMID- 2\nTI  - Two\nAB  - Half a sent"
    reading = read_records(cut.encode(), name="a.nbib")
    assert [document.id for document in reading.documents] == ["pmid:1", "pmid:2"]
    assert "may have been cut" in reading.warnings[0]
    assert read_records((whole + whole.replace("1", "2")).encode(), name="a.nbib").warnings == ()


@pytest.mark.parametrize(
    ("encoding", "warned"), [("utf-8", False), ("utf-8-sig", False), ("utf-16", False), ("cp1252", True)]
)
def test_encodings_are_read_without_loss(encoding: str, warned: bool) -> None:
    """UTF-8, UTF-16 with its mark, and Windows-1252 with a warning give the same letters."""
    text = "PMID- 1\nTI  - Wei\u00dfe M\u00e4use \u2013 na\u00efve\n"
    reading = read_records(text.encode(encoding), name="a.nbib")
    assert reading.documents[0].text == "Wei\u00dfe M\u00e4use \u2013 na\u00efve"
    assert bool(reading.warnings) == warned


def test_one_stray_byte_does_not_spoil_the_rest() -> None:
    """A byte that is no UTF-8 is read alone as Windows-1252; the UTF-8 letters round it stay right."""
    reading = read_records("PMID- 1\nTI  - \u00e4 \u03b2 ".encode() + b"\xe9 \x96.", name="a.nbib")
    assert reading.documents[0].text == "\u00e4 \u03b2 \u00e9 \u2013."
    assert len(reading.warnings) == 1


@given(st.binary(max_size=60).filter(lambda content: content[:1] not in (b"\xff", b"\xfe", b"\xef", b"\x00")))
def test_decoding_loses_no_byte(content: bytes) -> None:
    """Every byte of a file without a byte order mark is in a letter of the text: stray ones one letter each."""
    content = content.replace(b"\r", b"")
    text, warning = decode(content)
    assert len(text.encode()) >= len(content)
    assert (text.encode() == content) == (warning is None)


WORDS = (
    st.text(alphabet="abcdefgh\u00e4\u03b2 ", min_size=1, max_size=300)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)


@given(
    st.lists(
        st.tuples(st.integers(1, 99_999_999), WORDS, st.lists(WORDS, max_size=3), WORDS),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_written_is_read(records: list[tuple[int, str, list[str], str]]) -> None:
    """Records written with PubMed's wrapping come back with the same ids, titles, authors and abstracts."""
    text = "\n".join(
        written(
            ("PMID", str(pmid)),
            ("TI", title),
            *(("AU", name) for name in names),
            ("AB", abstract),
            ("SO", "S"),
        )
        for pmid, title, names, abstract in records
    )
    reading = read_records(text.encode(), name="a.nbib")
    assert reading.problems == ()
    assert [(d.id, d.citation.title, list(d.citation.authors), d.text) for d in reading.documents] == [
        (f"pmid:{pmid}", title, names, f"{title}\n{abstract}") for pmid, title, names, abstract in records
    ]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=120), st.integers(0, 80), st.integers(0, 20))
def test_any_bytes_give_a_reading_or_a_refusal(noise: bytes, at: int, cut: int) -> None:
    """Noise alone or within a valid file gives a reading or a refusal, never another error."""
    whole = b"\nPMID- 1\nTI  - One\nAB  - AIM: To.\nRIN - S. PMID: 2\n\nPMID- 2\nTI  - Two\n"
    for content in (noise, b"PMID- " + noise, whole[:at] + noise + whole[at + cut :]):
        try:
            assert isinstance(read_records(content, name="a.nbib"), Reading)
        except UnreadableError as error:
            assert str(error)  # noqa: PT017  # either outcome is right


def test_every_record_of_real_files_is_read(shared: Path) -> None:
    """Each PMID and title line of the 200-record export, and of the others, is a document."""
    for path in sorted((shared / "data/formats/nbib").glob("p1m_*")):
        text = path.read_text(encoding="utf-8")
        reading = read_records(text.encode(), name=path.name)
        joined = text.replace(" \n      ", " ").replace("\n      ", " ").split("\n")
        assert [d.citation.pmid for d in reading.documents] == [
            line[6:].strip() for line in joined if line.startswith("PMID- ")
        ]
        assert [d.citation.title for d in reading.documents] == [
            line[6:].strip() for line in joined if line.startswith("TI  - ")
        ]
        assert (reading.problems, reading.warnings) == ((), ())


def test_a_large_real_file_keeps_every_letter(shared: Path) -> None:
    """The 1,216 domain records hold, letter for letter, the titles and abstracts that they were made from."""
    reading = read_records((shared / "data/domain/abstracts.nbib").read_bytes(), name="abstracts.nbib")
    lines = (shared / "data/domain/abstracts.jsonl").read_text(encoding="utf-8").splitlines()
    originals = {found["_id"]: found["title"] + found["text"] for found in map(json.loads, lines)}
    assert len(reading.documents) == 1216
    for document in reading.documents:
        assert "".join(document.text.split()) == "".join(originals[document.id[5:]].split())
