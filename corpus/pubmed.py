"""PubMed XML → documents. The one module that knows lxml for bibliographic records.

Entities, document types of our own and the network stay off: a file that declares entities, or whose document
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

from corpus.document import Document
from corpus.errors import UnreadableError
from corpus.pubmed_record import fields
from corpus.reading import Problem, Reading
from corpus.record_fields import document, pmid_of, told_apart

GZIP = b"\x1f\x8b"
LIMIT = 1 << 30
_BLOCK = 1 << 16
_NLM_ADDRESS = re.compile(r"https?://[\w.-]*\bnlm\.nih\.gov/|[\w.-]+\.dtd$", re.IGNORECASE)
_ARTICLES = ("PubmedArticle", "PubmedBookArticle", "MedlineCitation")
_INCLUDE = "{http://www.w3.org/2001/XInclude}include"
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
    except (expat.ExpatError, LookupError, ValueError) as error:
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
                documents.append(document(fields(element), origin=name))
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
    if not (documents or problems or deleted):
        reason = "the file holds no record"
        raise UnreadableError(reason, "look whether the search behind it found anything, and export it again")
    return Reading(told_apart(documents), tuple(problems), tuple(dict.fromkeys(deleted)))


class _DamagedError(Exception):
    """The XML or its gzip shell breaks off or is malformed."""


def _elements(content: bytes, limit: int) -> Iterator[Any]:
    """Each record or list of deletions in turn, its memory given back after use."""
    from lxml import etree

    events = etree.iterparse(
        opened(content, limit),
        events=("end",),
        tag=(*_ARTICLES, "DeleteCitation", _INCLUDE),
        load_dtd=False,
        no_network=True,
        resolve_entities=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in events:
            if element.tag == _INCLUDE:
                reason = "the XML asks to include another file"
                raise UnreadableError(reason, _CURE)
            parent = element.getparent()
            if element.tag == "MedlineCitation" and parent is not None and parent.tag == "PubmedArticle":
                continue
            yield element
            element.clear()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except (etree.XMLSyntaxError, LookupError, EOFError, zlib.error, OSError) as error:
        raise _DamagedError(str(error).removesuffix(" (<file>, line 0)")) from error
