"""RIS: what it carries, what it cannot, records as exporters write them, and real exports."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Document, Kind, MeshHeading, Role, SectionKind, Status
from corpus.errors import UnreadableError
from corpus.reading import Reading
from corpus.records import looks_like_records, read_records


def written(*fields: tuple[str, str], kind: str = "JOUR") -> str:
    """One RIS record."""
    return "".join(f"{tag}  - {value}\n" for tag, value in (("TY", kind), *fields, ("ER", "")))


def read(text: str) -> Document:
    """The one document that a text gives."""
    reading = read_records(text.encode(), name="a.ris")
    assert reading.problems == ()
    [document] = reading.documents
    return document


def test_the_reading_warns_of_what_ris_does_not_carry() -> None:
    """Every RIS file comes with the warning that design, species and retraction status are not carried."""
    reading = read_records(written(("TI", "Synthetic record")).encode(), name="a.ris")
    assert "design, species or retraction status" in reading.warnings[0]
    assert "fetch the PMID or DOI" in reading.warnings[0]


def test_a_record_is_read_from_either_set_of_tags() -> None:
    """TI or T1, AU or A1, AB or N2, PY or Y1 and JF or T2 say the same."""
    ids = (("DO", "https://doi.org/10.1000/SYN"), ("VL", "1"), ("IS", "2"), ("SP", "3"), ("EP", "5"))
    one = (
        ("TI", "Synthetic record"),
        ("AU", "Testa, A."),
        ("AU", "Testa, B."),
        ("AB", "AIM: To. RESULTS: So."),
        ("PY", "2001"),
        ("JF", "Synth J"),
    )
    other = (
        ("T1", "Synthetic record"),
        ("A1", "Testa, A."),
        ("A1", "Testa, B."),
        ("N2", "AIM: To. RESULTS: So."),
        ("Y1", "2001//"),
        ("T2", "Synth J"),
    )
    first, second = read(written(*one, *ids)), read(written(*other, *ids))
    assert (first.citation, first.text, first.sections) == (second.citation, second.text, second.sections)
    assert first.id == "doi:10.1000/syn"
    assert first.citation.authors == ("Testa, A.", "Testa, B.")
    assert (first.citation.journal, first.citation.year, first.citation.date) == ("Synth J", 2001, "2001")
    assert (first.citation.volume, first.citation.issue, first.citation.pages) == ("1", "2", "3-5")
    assert [s.role for s in first.sections if s.kind == SectionKind.BODY] == [Role.OBJECTIVE, Role.RESULTS]


def test_endnotes_export_of_pubmed_gives_types_mesh_and_pmid() -> None:
    """Where PubMed is the source, AN is the PMID, whole N1 lines are publication types, KW lines are MeSH."""
    found = read(
        written(
            ("TI", "Synthetic record"), ("AN", "1"), ("DP", "NLM"), ("C2", "PMC2"), ("PY", "2011"), ("DA", "Jun"),
            ("KW", "Animals\nAsthma/*drug therapy"), ("N1", "1111-1111\nTesta, Ada\nJournal Article\nReview\nReview of nothing"),
        )
    )  # fmt: skip
    assert (found.id, found.citation.pmcid, found.citation.date) == ("pmid:1", "PMC2", "2011 Jun")
    assert found.record.publication_types == ("Journal Article", "Review")
    assert found.record.mesh == (MeshHeading("Animals"), MeshHeading("Asthma", True, ("drug therapy",)))
    assert found.record.keywords == ("Animals", "Asthma/*drug therapy")


@pytest.mark.parametrize(
    ("fields", "pmid"),
    [
        ((("AN", "12345"),), "12345"),
        ((("AN", "12345"), ("DB", "MEDLINE")), "12345"),
        ((("AN", "12345"), ("DB", "a9h"), ("DP", "EBSCOhost")), None),
        ((("AN", "WOS:000000000000001"),), None),
        ((("AN", "12345; 678"), ("DB", "PTSDpubs")), None),
        ((("C5", "12345"), ("DB", "Embase")), "12345"),
        ((("C5", "12345"),), None),
        (
            (
                ("UR", "https://pubmed.ncbi.nlm.nih.gov/12345/"),
                ("L2", "http://www.ncbi.nlm.nih.gov/pubmed/12345"),
            ),
            "12345",
        ),
        (
            (
                ("UR", "https://pubmed.ncbi.nlm.nih.gov/12345/"),
                ("L2", "http://www.ncbi.nlm.nih.gov/pubmed/6"),
            ),
            None,
        ),
    ],
)
def test_an_accession_number_is_a_pmid_only_where_it_can_be_one(
    fields: tuple[tuple[str, str], ...], pmid: str | None
) -> None:
    """Other databases' numbers are never taken for PMIDs, which would unite two papers."""
    assert read(written(("TI", "Synthetic record"), *fields)).citation.pmid == pmid


@pytest.mark.parametrize(
    ("fields", "date", "year"),
    [
        ((("PY", "1948/07//"),), "1948/07", 1948),
        ((("PY", "2012"), ("DA", "2012/07/03")), "2012/07/03", 2012),
        ((("PY", "2018"), ("DA", "SEP 4")), "2018 SEP 4", 2018),
        ((("PY", "0000"),), None, None),
        ((("PY", "in press"),), None, None),
        ((("Y2", "2020/01/01"),), None, None),
    ],
)
def test_dates_are_those_stated(
    fields: tuple[tuple[str, str], ...], date: str | None, year: int | None
) -> None:
    """The date is what PY, Y1 and DA state; the day of access is not a date of publication."""
    citation = read(written(("TI", "Synthetic record"), *fields)).citation
    assert (citation.date, citation.year) == (date, year)


def test_values_over_several_lines_are_joined_and_lists_stay_lists() -> None:
    """An abstract's lines are one text, even one that begins with ER; keywords are one a line."""
    text = "TY  - JOUR\nTI  - Synthetic\n      record\nAB  - First line,\nER then second\n\n      and last.\nKW  - a\nb\nER  -\n"
    found = read(text)
    assert found.text == "Synthetic record\nFirst line, ER then second and last."
    assert found.record.keywords == ("a", "b")


@pytest.mark.parametrize(
    "text",
    [
        "TY  - JOUR\nTI  - One\nER  - \n\nTY  - JOUR\nTI  - Two\nER  -",
        "\ufeff1.\r\nTY  - JOUR\r\nTI  - One\r\nER  - \r\n\r\n2.\r\nTY  - JOUR\r\n\r\nTI  - Two\r\nER  - \r\n",
        "TY - JOUR\nTI - One\nER -\nTY - JOUR\nTI - Two\nER -\n",
        "TY  -JOUR\nTI  -One\nER  -\nTY  -JOUR\nTI  -Two\nER  -\n",
    ],
)
def test_records_are_found_however_they_are_written(text: str) -> None:
    """Numbering, marks, blank lines, and one or no space round the hyphen do not melt or clip records."""
    reading = read_records(text.encode(), name="a.txt")
    assert [document.text for document in reading.documents] == ["One", "Two"]
    assert reading.problems == ()
    assert looks_like_records(text.encode(), "a.txt")


def test_a_missing_end_line_neither_melts_nor_drops_records() -> None:
    """A record without ER keeps its own DOI apart from the next one's, the last is kept, and both are warned of."""
    text = "TY  - JOUR\nTI  - One\nTY  - JOUR\nTI  - Two\nDO  - 10.1000/two\nER  -\nTY  - JOUR\nTI  - Three\n"
    reading = read_records(text.encode(), name="a.ris")
    assert [document.id for document in reading.documents] == ["file:one", "doi:10.1000/two", "file:three"]
    assert "1, 3" in reading.warnings[1]


def test_what_cannot_be_used_is_reported_with_its_place() -> None:
    """A record without any title or text, and text outside records, are problems with record and line."""
    text = written(("DO", "10.1000/x")) + "stray words\n" + written(("TI", "Synthetic record"))
    reading = read_records(text.encode(), name="a.ris")
    assert [document.id for document in reading.documents] == ["file:synthetic-record"]
    assert [problem.place for problem in reading.problems] == ["a.ris, line 4", "a.ris, record 1 (line 1)"]


def test_titles_in_other_scripts_do_not_share_an_id() -> None:
    """Two Chinese titles without DOI get two ids, the same ones each time."""
    text = written(("TI", "\u5408\u6210\u8bb0\u5f55 PRP")) + written(("TI", "\u53e6\u4e00\u4e2a PRP"))
    first, second = (
        tuple(d.id for d in read_records(text.encode(), name="a.ris").documents) for _ in range(2)
    )
    assert first == second
    assert len(set(first)) == 2


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("JOUR", Kind.PAPER), ("BLOG", Kind.POST), ("ELEC", Kind.POST), ("CHAP", Kind.PAPER)],
)
def test_a_blog_is_commentary(kind: str, expected: Kind) -> None:
    """Blogs and web pages are posts, so that they are never counted as studies."""
    assert read(written(("TI", "Synthetic record"), kind=kind)).kind == expected


def test_a_retraction_that_only_the_title_carries_is_seen() -> None:
    """RIS has no field for retraction; a publisher's "RETRACTED:" before the title still marks the paper."""
    assert read(written(("TI", "RETRACTED: Synthetic record"))).status == Status.RETRACTED


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=120), st.integers(0, 80), st.integers(0, 20))
def test_any_bytes_give_a_reading_or_a_refusal(noise: bytes, at: int, cut: int) -> None:
    """Noise alone or within a valid file gives a reading or a refusal, never another error."""
    whole = (
        written(("TI", "One"), ("AB", "Text\nmore"), ("DO", "10.1000/x")) + written(("TI", "Two"))
    ).encode()
    for content in (
        noise,
        b"TY  - " + noise,
        b"TY  - JOUR\n" + noise,
        whole[:at] + noise + whole[at + cut :],
    ):
        try:
            assert isinstance(read_records(content, name="a.ris"), Reading)
        except UnreadableError as error:
            assert str(error)  # noqa: PT017  # either outcome is right


LINE = st.sampled_from(
    [
        "TY  - JOUR",
        "TI  - One",
        "AB  - x",
        "more",
        "",
        "ER  - ",
        "KW  - k",
        "ZZ  - u",
        "UK  - v",
        "TY  -",
        "N1  -",
        "1.",
    ]
)


@given(st.lists(LINE, max_size=14))
def test_any_order_of_lines_is_read(lines: list[str]) -> None:
    """Any sequence of tags and plain lines gives a reading or a refusal; each TY is a document or a problem."""
    try:
        reading = read_records("\n".join(lines).encode(), name="a.ris")
    except UnreadableError:
        return
    records = [problem for problem in reading.problems if "record" in problem.place]
    assert len(reading.documents) + len(records) == sum(line.startswith("TY  -") for line in lines)


def test_every_record_of_real_exports_is_a_document_or_a_problem(shared: Path) -> None:
    """All 33 real exports are told from tables, and none of their records is lost in silence."""
    folder = shared / "data/formats/ris_csv"
    exports = [path for path in sorted(folder.iterdir()) if path.suffix != ".csv"]
    assert not any(looks_like_records(path.read_bytes(), path.name) for path in folder.glob("*.csv"))
    assert len(exports) > 30
    for path in exports:
        content = path.read_bytes()
        assert looks_like_records(content, path.name), path.name
        reading = read_records(content, name=path.name)
        types = sum(line.lstrip(b"\xef\xbb\xbf").startswith(b"TY  - ") for line in content.splitlines())
        assert len(reading.documents) + len(reading.problems) == types, path.name


@pytest.mark.parametrize(
    ("file", "title", "expected"),
    [
        ("asreview_pubmed_endnote.txt", "Boswellia serrata: an overall", ("pmid:21553931", 2011, "2011 Jun", "10.2165/11586800-000000000-00000")),
        ("asreview_embase.ris", "Duplication cysts: Diagnosis", ("doi:10.4103/2303-9027.138783", 2014, "2014", "10.4103/2303-9027.138783")),
        ("asreview_embase.ris", "Endoscopic ultrasound-guided fine-needle", ("pmid:15368318", 2004, "2004", "10.1002/cncr.20369")),
        ("asreview_proquest.ris", "Predictors of posttraumatic", ("doi:10.1002/jts.22387", 2019, "2019", "10.1002/jts.22387")),
        ("asreview_web_of_science.txt", "Holding Yourself Captive", ("doi:10.1016/j.jarmac.2018.03.001", 2018, "2018 SEP", "10.1016/j.jarmac.2018.03.001")),
        ("asreview__baseline.ris", "The Value of Radiologic", ("pmid:22752652", 2012, "2012/07/03", "10.1007/s11307-012-0572-0")),
    ],
)  # fmt: skip
def test_real_records_read_as_a_person_reads_them(
    shared: Path, file: str, title: str, expected: tuple[str, int, str, str]
) -> None:
    """Id, year, date and DOI of real records are what stands in them."""
    documents = read_records((shared / "data/formats/ris_csv" / file).read_bytes(), name=file).documents
    found = next(document for document in documents if document.citation.title.startswith(title))
    assert (found.id, found.citation.year, found.citation.date, found.citation.doi) == expected
