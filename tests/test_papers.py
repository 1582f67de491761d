"""Claims about reading PDFs; the files are written here, letter by letter."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Document, Kind, SectionKind
from corpus.errors import UnreadableError
from corpus.papers import read_paper

TITLE = "Cells Given by Vein in Synthetic Animals"
Lines = Sequence[tuple[int, str]]


def pdf(pages: Sequence[Lines], metadata: dict[str, str] | None = None) -> bytes:
    """A PDF whose pages show the lines, each in its size of type."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    kids = []
    for lines in pages:
        shown, height = [], 800
        for size, text in lines:
            escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            shown.append(f"BT /F1 {size} Tf 1 0 0 1 50 {height} Tm ({escaped}) Tj ET")
            height -= size + 4
        stream = "\n".join(shown)
        length = len(stream.encode("cp1252"))
        objects.append(f"<< /Length {length} >>\nstream\n{stream}\nendstream")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Resources << /Font << /F1 3 0 R >> >>"
            f" /Contents {len(objects)} 0 R >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    written, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(written))
        written += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    start = len(written)
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    written += f"xref\n0 {len(offsets) + 1}\n0000000000 65535 f \n{table}".encode()
    written += f"trailer\n<< /Size {len(offsets) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return rewritten(written, metadata) if metadata else written


def rewritten(
    content: bytes, metadata: dict[str, str] | None = None, *, password: str | None = None
) -> bytes:
    """The PDF with metadata, or locked."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer.add_metadata(metadata or {})
    if password is not None:
        writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")  # noqa: S106 - a test's file
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def body(*lines: str) -> list[tuple[int, str]]:
    """Lines in the size of running text."""
    return [(10, line) for line in lines]


def paper(*extra: str) -> list[list[tuple[int, str]]]:
    """Three pages of a plainly synthetic paper; `extra` stands on page 1 above the abstract."""
    heads = [body(f"Synthetic Journal 2019, 1:{number}") for number in (1, 2, 3)]
    return [
        heads[0]
        + [(24, "SynthPub"), (18, "Cells Given by Vein in"), (18, "Synthetic Animals")]
        + body("Ann Alpha, Ben Beta", *extra, "Abstract")
        + body("Cells were given by vein to synthetic animals, and nearly all of the mesenchy-")
        + body("mal cells were found in the lungs. No mesenchymal cell was seen in the same-"),
        heads[1]
        + body("Results", "In the same-day group the lungs held most of the cells that had been given by")
        + body("vein one hour before, as the counts of all of the synthetic animals did show.")
        + body("Funding", "The Synthetic Fund paid for all.", "Discussion")
        + body("The lungs come first. This is known as the first pass of the cells that are given."),
        heads[2]
        + body(
            "References",
            "1. Gamma C. Synthetic record 1. 2001;1:1.",
            "2. Delta D. Synthetic record 2. 2002;2:2.",
        )
        + body("3. Epsilon E. Synthetic record 3. 2003;3:3. doi:10.9999/other"),
    ]


def read(content: bytes, name: str = "a-paper.pdf") -> Document:
    """The document of the PDF."""
    return read_paper(content, name=name).documents[0]


def pieces(document: Document, kind: SectionKind) -> list[str]:
    """The stored text of the sections of one kind."""
    return [
        document.text[section.start : section.end] for section in document.sections if section.kind is kind
    ]


def test_a_paper_is_read_by_page() -> None:
    """Title, headings, pages, running heads and references come out as what they are."""
    document = read(pdf(paper()))
    assert (document.id, document.kind) == ("file:a-paper", Kind.PAPER)
    assert document.citation.title == TITLE
    assert (document.citation.date, document.citation.year) == (None, None)
    assert pieces(document, SectionKind.HEADING) == [
        "Abstract",
        "Results",
        "Funding",
        "Discussion",
        "References",
    ]
    retrieved = "\n".join(pieces(document, SectionKind.BODY))
    assert "Synthetic Journal 2019" not in retrieved
    assert "Gamma" not in retrieved
    assert "Synthetic Fund" not in retrieved
    assert "3. Epsilon E. Synthetic record 3" in document.text
    lungs = next(s for s in document.sections if "The lungs come first" in document.text[s.start : s.end])
    assert (lungs.page, lungs.label) == (2, "Discussion")
    assert document.text.count("Cells Given by Vein") == 1


def test_lines_are_joined_by_the_hyphen_rule() -> None:
    """A line-end hyphen goes where the document has the whole word or neither half; it stays in a compound."""
    lines = (
        "Text on mesenchymal cells goes over the line with the mesenchy-",
        "mal cells in a fair propor-",
        "tion, given on one day as same-",
        "day cells, by an intra-",
        "articular needle in a well-",
        "known way.",
    )
    text = read(pdf([body(*lines)])).text
    for words in (
        "the mesenchymal cells",
        "fair proportion,",
        "as same-day cells",
        "an intra-articular needle",
        "a well-known way",
    ):
        assert words in text


def test_the_title_is_the_metadatas_only_where_page_1_prints_it() -> None:
    """A plausible metadata title that is printed wins; one that names the file it was made from does not."""
    stated = pdf(paper(), {"/Title": "Synthetic Journal 2019, 1:1", "/Author": "Ann Alpha, Ben Beta"})
    assert read(stated).citation.title == "Synthetic Journal 2019, 1:1"
    assert read(stated).citation.authors == ("Ann Alpha", "Ben Beta")
    for bad in ("Microsoft Word - paper final.doc", "Another Title That Is Not Printed", "untitled", "doi:"):
        document = read(pdf(paper(), {"/Title": bad, "/Author": "Office User"}))
        assert document.citation.title == TITLE
        assert document.citation.authors == ()


def test_a_doi_counts_only_as_the_papers_own() -> None:
    """The one DOI that page 1 prints as its own is taken; another work's, or one of two, is not."""
    assert read(pdf(paper("https://doi.org/10.1234/ABC.5"))).id == "doi:10.1234/abc.5"
    assert read(pdf(paper("Synth J 2019. doi: 10.1234/abc.5."))).citation.doi == "10.1234/abc.5"
    assert read(pdf(paper("doi:10.1234/2019/", "57939"))).citation.doi == "10.1234/2019/57939"
    assert read(pdf(paper("Correction to: Synth J 2018, https://doi.org/10.1234/old"))).citation.doi is None
    assert read(pdf(paper("Comment on doi:10.1234/old"))).citation.doi is None
    assert read(pdf(paper("Data are available at https://doi.org/10.5281/zenodo.1"))).citation.doi is None
    assert read(pdf(paper())).citation.doi is None
    two = read_paper(pdf(paper("doi:10.1234/one", "doi:10.1234/two")), name="a.pdf")
    assert two.documents[0].citation.doi is None
    assert any("2 DOIs" in warning for warning in two.warnings)


def test_a_list_of_references_is_told_from_a_column_of_a_table() -> None:
    """The word "References" alone on an early page, or without a list, does not hide the text below it."""
    pages = [
        body("References", "The text that follows tells of cells and of animals.", "It goes on.")
        + body(*["More text."] * 9)
    ]
    assert "The text that follows" in "\n".join(pieces(read(pdf(pages)), SectionKind.BODY))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>Please log in</body></html>", "a web page"),
        (b"PK\x03\x04 an archive", "ZIP"),
        (b"plain words", "named as a PDF"),
        (b"%PDF-1.4\nnothing more", "damaged"),
        (pdf(paper())[:300], "damaged"),
        (pdf([[]]), "no text layer"),
        (pdf([]), "no pages"),
        (pdf([body('"7+%- )(/&%$', "!!{}[]==")]), "fonts"),
        (pdf([body("/g437/g258/g12/g13")]), "fonts"),
        (pdf([body(*["7KH SDWLHQWV ZHUH JLYHQ FHOOV EB YHLQ"] * 12)]), "fonts"),
        (rewritten(pdf(paper()), password="secret"), "encrypted"),  # noqa: S106 - a test's file
    ],
)
def test_what_cannot_be_read_is_refused_with_a_cure(content: bytes, said: str) -> None:
    """Empty, wrongly named, damaged, scanned, locked and unmapped files are each told apart."""
    with pytest.raises(UnreadableError) as caught:
        read_paper(content, name="a.pdf")
    assert said in caught.value.reason
    assert caught.value.cure


def test_a_file_locked_without_a_password_is_read() -> None:
    """An empty user password opens the file, as every reader does."""
    assert read(rewritten(pdf(paper()), password="")).citation.title == TITLE


def test_pages_without_text_are_named() -> None:
    """A scanned page among others is told; the others are read."""
    reading = read_paper(pdf([body("Some words stand on this page."), [], []]), name="a.pdf")
    assert any("no text on pages 2-3 of 3" in warning for warning in reading.warnings)


def test_too_many_pages_are_refused() -> None:
    """A book is not read for an hour."""
    with pytest.raises(UnreadableError, match="pages"):
        read_paper(pdf([body("x")] * 1501), name="a.pdf")


def test_a_page_that_draws_too_much_is_left_out() -> None:
    """A page of millions of drawing instructions is named, not read."""
    reading = read_paper(pdf([body("A page of words stands here."), body("x" * 8_000_001)]), name="a.pdf")
    assert any("page 2 could not be read" in warning for warning in reading.warnings)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_reason(content: bytes) -> None:
    """Whatever follows PDF's first bytes, there is an error of ours and no other."""
    for start in (b"", b"%PDF-1.7\n"):
        with pytest.raises(UnreadableError):
            read_paper(start + content, name="a.pdf")


WHOLE = pdf(paper())


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=20))
def test_a_damaged_paper_gives_a_reading_or_a_reason(changes: list[tuple[int, int]]) -> None:
    """A PDF with bytes changed is read, or refused by an error of ours."""
    content = bytearray(WHOLE)
    for position, value in changes:
        content[position] = value
    try:
        document = read(bytes(content))
    except UnreadableError:
        return
    assert document.sections


EXPECTED = {
    "encrypted_libreoffice_password.pdf": "encrypted",
    "image_only_ccitt.pdf": "no text layer",
    "ocrmypdf_francais.pdf": "no text layer",
    "ocrmypdf_truetype_font_nomapping.pdf": "fonts",
    "ocrmypdf_type3_font_nomapping.pdf": "fonts",
    "journal_helicobacter_anaemia.pdf": "doi:10.1136/pgmj.2009.089987",
    "oa_bmc_health_services.pdf": "Understanding the barriers to setting up a healthcare quality improvement process",
    "oa_clinical_science_ace.pdf": "doi:10.1042/cs20130403",
    "oa_hindawi_heart_failure.pdf": "Patient Experiences of Structured Heart Failure Programmes",
    "oa_phoenix_paludosa_word.pdf": "Phytochemical and Biological investigations of Phoenix paludosa Roxb.",
    "paperqa_pasa.pdf": "PaSa: An LLM Agent for Comprehensive Academic Paper Search",
    "two_column_latex.pdf": "Two-Column Document with Lorem Ipsum",
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_real_files_are_read_or_refused_for_the_right_reason(shared: Path, name: str) -> None:
    """Real papers have the title or DOI they print; real bad files the reason that a person would give."""
    try:
        document = read((shared / "data" / "formats" / "pdf" / name).read_bytes(), name)
    except UnreadableError as error:
        said = error.reason
    else:
        said = f"{document.id} {document.citation.title}"
    assert EXPECTED[name] in said
