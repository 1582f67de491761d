"""One PubMed record, as an lxml element, → its fields. See `flatten` for how inline markup becomes text."""

from __future__ import annotations

import re
from typing import Any

from corpus.abstract import labelled, role_of, split_labels
from corpus.document import Citation, Link, MeshHeading, Record, SectionKind
from corpus.errors import UnreadableError
from corpus.record_fields import Fields, doi_of, pmid_of, unique, year_of
from corpus.record_tables import tables
from corpus.text import Part

_CURE = "fetch it again from PubMed"
_SPACE = re.compile(r"[ \t\r\n]+")
_EXPONENT = re.compile(r"[+\-\u2212\u2010-\u2013]?\d+")


def flatten(element: Any) -> str:
    """The text of an element, its inline markup flattened.

    The text of all elements in order; every run of XML white space one space, the ends stripped; a superscript number
    right after a digit "10^6", a MathML power "a^b" and fraction "a/b", so that no number changes its value.
    """
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


def fields(element: Any) -> Fields:
    """What a PubmedArticle, MedlineCitation or PubmedBookArticle says.

    Raises:
        UnreadableError: the part that holds the citation is missing, or an entity cannot be resolved.
    """
    if element.tag == "PubmedBookArticle":
        return _book(element)
    citation = element if element.tag == "MedlineCitation" else element.find("MedlineCitation")
    if citation is None or citation.find("Article") is None:
        reason = "the record has no MedlineCitation with an Article"
        raise UnreadableError(reason, _CURE)
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
        raise UnreadableError(reason, _CURE)
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
