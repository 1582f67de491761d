"""PubMed XML → documents. The one module that knows lxml for bibliographic records.

Inline markup is flattened by one rule (`flatten`): the text of all elements in order, every run of XML white space one
space; a superscript number right after a digit is written "10^6", a MathML fraction "a/b", so that no number changes its
value. Entities, document types of our own and the network stay off: a file that declares entities, or whose document
type is not NLM's, is refused before lxml sees it.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from corpus.abstract import labelled, role_of, split_labels
from corpus.document import Citation, Document, Link, MeshHeading, Record, SectionKind
from corpus.errors import UnreadableError
from corpus.reading import Problem, Reading
from corpus.record_fields import Fields, document, doi_of, pmid_of, unique, year_of
from corpus.record_tables import tables
from corpus.text import Part

GZIP = b"\x1f\x8b"
LIMIT = 1 << 30
_BLOCK = 1 << 16
_SPACE = re.compile(r"[ \t\r\n]+")
_EXPONENT = re.compile(r"[+\-\u2212\u2010-\u2013]?\d+")
_NLM_ADDRESS = re.compile(r"https?://[\w.-]*\bnlm\.nih\.gov/|[\w.-]+\.dtd$", re.IGNORECASE)
_ARTICLES = ("PubmedArticle", "PubmedBookArticle", "MedlineCitation")
_ROOTS = (
    "PubmedArticleSet",
    "PubmedBookArticleSet",
    "MedlineCitationSet",
    "PubmedArticle",
    "PubmedBookArticle",
    "MedlineCitation",
    "DeleteCitation",
)
_CURE = "export the records from PubMed as XML or in the format PubMed (.nbib)"
_OTHERS = {
    "pmc-articleset": ("full texts of PubMed Central (JATS XML)", _CURE),
    "article": ("a full text in JATS XML", _CURE),
    "xml": ("an EndNote XML export", "export the records from EndNote as RIS, or from PubMed as .nbib"),
    "records": ("an EndNote XML export", "export the records from EndNote as RIS, or from PubMed as .nbib"),
    "eSearchResult": ("a search answer of NCBI with PMIDs only", _CURE),
    "eSummaryResult": ("NCBI summaries, which carry no abstracts", _CURE),
    "eFetchResult": ("an error answer of NCBI", _CURE),
    "html": ("a web page", "save the records themselves: " + _CURE),
}


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more than `limit` bytes."""

    def __init__(self, stream: io.BufferedIOBase, limit: int) -> None:
        self._stream = stream
        self._left = limit
        self._limit = limit

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(_BLOCK if size < 0 else min(size, _BLOCK))
        self._left -= len(block)
        if self._left < 0:
            reason = f"the file is larger than {self._limit / (1 << 20):,.0f} MiB when expanded"
            raise UnreadableError(
                reason,
                "split it into smaller files, or raise the size limit",
            )
        return block


def opened(content: bytes, limit: int) -> _Bounded:
    """The bytes as a stream, expanded where they are gzip, up to the limit."""
    plain: io.BufferedIOBase = io.BytesIO(content)
    if content.startswith(GZIP):
        plain = gzip.GzipFile(fileobj=plain)
    return _Bounded(plain, limit)


class _RootFound(Exception):  # noqa: N818  # not an error: it ends the look at the prolog
    """The prolog is over and harmless."""


def root_name(content: bytes, limit: int = LIMIT) -> str:
    """The name of the root element, once the prolog before it has proved harmless.

    Raises:
        UnreadableError: no XML, or a prolog with entities or with a document type that is not NLM's.
    """
    name = ""

    def start(tag: str, _: object) -> None:
        nonlocal name
        name = tag
        raise _RootFound

    def entity(*_: object) -> None:
        reason = "the XML declares entities, which can pull in other files or swell without bound"
        raise UnreadableError(reason, _CURE)

    def doctype(_: str, system: str | None, public: str | None, _internal: int) -> None:
        if system and not _NLM_ADDRESS.match(system):
            reason = (
                f"the XML refers to an external document type that is not NLM's ({(public or system)[:80]})"
            )
            raise UnreadableError(reason, _CURE)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EntityDeclHandler = entity
    parser.StartDoctypeDeclHandler = doctype
    stream = opened(content, limit)
    try:
        while block := stream.read(_BLOCK):
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except _RootFound:
        return name
    except (expat.ExpatError, ValueError) as error:
        reason = f"the file is not well-formed XML ({error})"
        raise UnreadableError(reason, _CURE) from error
    except (EOFError, OSError, zlib.error) as error:
        reason = f"the gzip file is damaged ({error})"
        raise UnreadableError(reason, "download it again") from error
    reason = "the file holds no XML element"
    raise UnreadableError(reason, _CURE)


def read_pubmed(content: bytes, *, name: str, limit: int = LIMIT) -> Reading:
    """What a file of PubMed XML gives; it may be gzip.

    Raises:
        UnreadableError: not PubMed XML, damaged before its first record, unsafe, or larger than the limit.
    """
    root = root_name(content, limit)
    if root not in _ROOTS:
        what, cure = _OTHERS.get(root.rpartition(":")[2], (f"XML with the root <{root[:60]}>", _CURE))
        reason = f"this is {what}, not PubMed records"
        raise UnreadableError(reason, cure)
    documents: list[Document] = []
    problems: list[Problem] = []
    deleted: list[str] = []
    count = 0
    try:
        for element in _elements(content, limit):
            if element.tag == "DeleteCitation":
                deleted += (pmid for found in element.iter("PMID") if (pmid := pmid_of(found.text)))
                continue
            count += 1
            try:
                documents.append(document(_fields(element), origin=name))
            except UnreadableError as error:
                problems.append(Problem(f"{name}, record {count}", error.reason, error.cure))
    except _DamagedError as error:
        if not documents:
            reason = f"the XML is damaged ({error})"
            raise UnreadableError(reason, "download or export it again") from error
        place = f"{name}, after record {count}"
        problems.append(
            Problem(place, f"the XML is damaged from here on ({error})", "download or export it again")
        )
    return Reading(tuple(documents), tuple(problems), tuple(dict.fromkeys(deleted)))


class _DamagedError(Exception):
    """The XML or its gzip shell breaks off or is malformed."""


def _elements(content: bytes, limit: int) -> Iterator[Any]:
    """Each record or list of deletions in turn, its memory given back after use."""
    from lxml import etree

    events = etree.iterparse(
        opened(content, limit),
        events=("end",),
        tag=(*_ARTICLES, "DeleteCitation"),
        load_dtd=False,
        no_network=True,
        resolve_entities=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in events:
            parent = element.getparent()
            if element.tag == "MedlineCitation" and parent is not None and parent.tag == "PubmedArticle":
                continue
            yield element
            element.clear()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except (etree.XMLSyntaxError, EOFError, zlib.error, OSError) as error:
        raise _DamagedError(str(error).removesuffix(" (<file>, line 0)")) from error


def flatten(element: Any) -> str:
    """The text of an element with its markup flattened, white space single, ends stripped."""
    return _SPACE.sub(" ", _text(element)).strip(" ") if element is not None else ""


def _text(element: Any) -> str:
    text = element.text or ""
    operator = {"mfrac": "/", "msup": "^"}.get(_local(element), "")
    for number, child in enumerate(element):
        if not isinstance(child.tag, str):
            reason = f"the record uses the entity {child.text or ''}, which is not resolved"
            raise UnreadableError(reason, _CURE)
        inner = _text(child)
        if operator and number == 1:
            text = text.strip() + operator
            inner = inner.strip()
        elif _local(child) == "sup" and text[-1:].isdigit() and _EXPONENT.fullmatch(inner.strip()):
            inner = f"^{inner.strip()}"
        text += inner + (child.tail or "")
    return text


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _first(element: Any, path: str) -> str | None:
    """The flattened text at a path, None where it is absent or empty."""
    return flatten(element.find(path)) or None


def _fields(element: Any) -> Fields:
    if element.tag == "PubmedBookArticle":
        return _book(element)
    citation = element if element.tag == "MedlineCitation" else element.find("MedlineCitation")
    if citation is None or citation.find("Article") is None:
        reason = "the record has no MedlineCitation with an Article"
        raise UnreadableError(reason, "fetch it again from PubMed")
    article = citation.find("Article")
    pubmed = element.find("PubmedData")
    date = _date(article.find("Journal/JournalIssue/PubDate"))
    title = _first(article, "ArticleTitle")
    if title in (None, "[Not Available].", "Not Available", "[Not Available]"):
        title = _first(article, "VernacularTitle") or title
    ids = {} if pubmed is None else _ids(pubmed)
    return Fields(
        citation=Citation(
            title=title or "",
            authors=_authors(article.find("AuthorList")),
            journal=_first(article, "Journal/Title"),
            journal_abbreviation=_first(article, "Journal/ISOAbbreviation")
            or _first(citation, "MedlineJournalInfo/MedlineTA"),
            year=year_of(date),
            date=date,
            volume=_first(article, "Journal/JournalIssue/Volume"),
            issue=_first(article, "Journal/JournalIssue/Issue"),
            pages=_pages(article),
            pmid=pmid_of(_first(citation, "PMID")) or pmid_of(ids.get("pubmed")),
            pmcid=ids.get("pmc"),
            doi=doi_of(ids.get("doi")) or _electronic_doi(article),
        ),
        record=_record(citation, article, pubmed),
        parts=_abstract(article.find("Abstract")),
        warnings=() if title else ("the record states no title",),
    )


def _record(citation: Any, article: Any, pubmed: Any) -> Record:
    return Record(
        publication_types=_all(article, "PublicationTypeList/PublicationType"),
        mesh=tuple(_mesh(heading) for heading in citation.iterfind("MeshHeadingList/MeshHeading")),
        keywords=_all(citation, "KeywordList/Keyword"),
        dates=_dates(citation, article, pubmed),
        links=tuple(
            _link(entry) for entry in citation.iterfind("CommentsCorrectionsList/CommentsCorrections")
        ),
        trials=_trials(article),
        indexing_method=citation.get("IndexingMethod"),
        medline_status=citation.get("Status"),
        conflict_statement=_first(citation, "CoiStatement"),
        language=", ".join(_all(article, "Language")) or None,
        other_abstracts=tuple(_other_abstract(other) for other in citation.iterfind("OtherAbstract")),
    )


def _book(element: Any) -> Fields:
    book = element.find("BookDocument")
    if book is None:
        reason = "the book record has no BookDocument"
        raise UnreadableError(reason, "fetch it again from PubMed")
    ids = _ids(book)
    lists = {
        found.get("Type", "authors"): found
        for path in ("AuthorList", "Book/AuthorList")
        for found in book.iterfind(path)
    }
    date = _date(book.find("Book/PubDate"))
    title = _first(book, "ArticleTitle")
    whole = _first(book, "Book/BookTitle")
    names = ("Book/PubDate", "Book/BeginningDate", "Book/EndingDate", "ContributionDate", "DateRevised")
    dates = tuple((path.rpartition("/")[2], stated) for path in names if (stated := _date(book.find(path))))
    return Fields(
        citation=Citation(
            title=title or whole or "",
            authors=_authors(lists.get("authors", lists.get("editors"))),
            journal=whole if title else None,
            year=year_of(date),
            date=date,
            volume=_first(book, "Book/Volume"),
            pages=_pages(book),
            pmid=pmid_of(_first(book, "PMID")),
            pmcid=ids.get("pmc"),
            doi=doi_of(ids.get("doi")) or _electronic_doi(book.find("Book")),
        ),
        record=Record(
            publication_types=_all(book, "PublicationType"),
            keywords=_all(book, "KeywordList/Keyword"),
            dates=(*dates, *_history(element.find("PubmedBookData"))),
            language=", ".join(_all(book, "Language")) or None,
        ),
        parts=_abstract(book.find("Abstract")),
    )


def _all(element: Any, path: str) -> tuple[str, ...]:
    return unique(flatten(found) for found in element.iterfind(path))


def _ids(holder: Any) -> dict[str, str]:
    """The record's own identifiers: those of a direct ArticleIdList, never those of the papers it cites."""
    ids: dict[str, str] = {}
    for found in holder.iterfind("ArticleIdList/ArticleId"):
        value = flatten(found)
        kind = found.get("IdType", "pubmed")
        if value and (kind != "doi" or doi_of(value)):
            ids.setdefault(kind, value)
    return ids


def _electronic_doi(article: Any) -> str | None:
    found = () if article is None else article.iterfind("ELocationID")
    valid = (
        doi_of(flatten(place))
        for place in found
        if place.get("EIdType") == "doi" and place.get("ValidYN", "Y") == "Y"
    )
    return next((doi for doi in valid if doi), None)


def _authors(authors: Any) -> tuple[str, ...]:
    """Authors as "Family AB Suffix" or the group's name; those that NLM marks as wrong are left out."""
    names = []
    for author in () if authors is None else authors.iterfind("Author"):
        if author.get("ValidYN", "Y") == "N":
            continue
        initials = _first(author, "Initials") or _first(author, "ForeName")
        person = (_first(author, "LastName"), initials, _first(author, "Suffix"))
        names.append(_first(author, "CollectiveName") or " ".join(part for part in person if part))
    return tuple(name for name in names if name)


def _pages(article: Any) -> str | None:
    pages = article.find("Pagination")
    if pages is None:
        return None
    start, end = _first(pages, "StartPage"), _first(pages, "EndPage")
    return _first(pages, "MedlinePgn") or (f"{start}-{end}" if start and end and start != end else start)


def _date(date: Any) -> str | None:
    """A date's parts as they stand, "2018 Dec 5", "2000 Spring", "2018-12-05"; None where it is absent or empty."""
    if date is None:
        return None
    names = ("Year", "Month", "Season", "Day", "MedlineDate")
    parts = [part for name in names if (part := _first(date, name))]
    numbers = len(parts) > 1 and all(part.isdigit() for part in parts)
    return ("-" if numbers and date.tag != "PubDate" else " ").join(parts) or None


def _dates(citation: Any, article: Any, pubmed: Any) -> tuple[tuple[str, str], ...]:
    named = [("PubDate", article.find("Journal/JournalIssue/PubDate"))]
    named += [("ArticleDate", found) for found in article.iterfind("ArticleDate")]
    named += [(name, citation.find(name)) for name in ("DateCreated", "DateCompleted", "DateRevised")]
    return (*((name, stated) for name, found in named if (stated := _date(found))), *_history(pubmed))


def _history(holder: Any) -> tuple[tuple[str, str], ...]:
    found = () if holder is None else holder.iterfind("History/PubMedPubDate")
    return tuple(
        (f"PubMedPubDate {date.get('PubStatus', '')}".strip(), stated)
        for date in found
        if (stated := _date(date))
    )


def _mesh(heading: Any) -> MeshHeading:
    terms = heading.findall("DescriptorName") + heading.findall("QualifierName")
    return MeshHeading(
        name=flatten(heading.find("DescriptorName")),
        major=any(term.get("MajorTopicYN") == "Y" for term in terms),
        qualifiers=tuple(flatten(found) for found in heading.iterfind("QualifierName")),
    )


def _link(entry: Any) -> Link:
    source = " ".join(part for part in (_first(entry, "RefSource"), _first(entry, "Note")) if part)
    return Link(kind=entry.get("RefType", ""), source=source, pmid=pmid_of(_first(entry, "PMID")))


def _trials(article: Any) -> tuple[str, ...]:
    numbers: list[str] = []
    for bank in article.iterfind("DataBankList/DataBank"):
        if (_first(bank, "DataBankName") or "").lower() not in tables().not_registries:
            numbers += _all(bank, "AccessionNumberList/AccessionNumber")
    return unique(numbers)


def _abstract(abstract: Any) -> tuple[Part, ...]:
    parts: list[Part] = []
    for found in () if abstract is None else abstract.iterfind("AbstractText"):
        text, label = flatten(found), (found.get("Label") or "").strip()
        if label:
            parts.append(labelled(text, label, found.get("NlmCategory")))
        elif role := role_of(None, found.get("NlmCategory")):
            parts.append(Part(text, role=role))
        else:
            parts += split_labels(text)
    if abstract is not None and (notice := _first(abstract, "CopyrightInformation")):
        parts.append(Part(notice, SectionKind.BOILERPLATE))
    return tuple(parts)


def _other_abstract(other: Any) -> tuple[str, str]:
    """An abstract beside the main one, by its language and type, its labels as PubMed prints them."""
    name = " ".join(value for value in (other.get("Language"), other.get("Type")) if value)
    texts = (
        f"{label}: {flatten(found)}" if (label := (found.get("Label") or "").strip()) else flatten(found)
        for found in other.iterfind("AbstractText")
    )
    return name, "\n".join(text for text in texts if text)
