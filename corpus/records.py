"""Bibliographic records (PubMed XML, MEDLINE, RIS) → documents: which format a file is, decided by its content."""

from __future__ import annotations

import re
import zlib

from corpus.errors import UnreadableError
from corpus.medline import is_medline, read_medline
from corpus.pubmed import GZIP, LIMIT, opened, read_pubmed
from corpus.reading import Reading
from corpus.record_fields import decode, slug
from corpus.ris import is_ris, read_ris

__all__ = ["LIMIT", "looks_like_records", "read_records", "slug"]

_LOOK = 1 << 16
_SUFFIXES = (".nbib", ".medline", ".ris", ".xml", ".xml.gz", ".nbib.gz", ".ris.gz")
_RECORD_XML = re.compile(
    r"<\?xml|(?:<!--.*?-->\s*)*<(?:!DOCTYPE\s+)?(?:Pubmed|Medline|DeleteCitation|pmc-articleset)", re.DOTALL
)
_MARKUP = ("<!doctype html", "<html")
_OTHER_FORMATS = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xd0\xcf\x11\xe0")
_CURE = "export the records from PubMed in the format PubMed (.nbib) or as XML, or from a reference manager as RIS"


def looks_like_records(content: bytes, name: str) -> bool:
    """Whether a file is for `read_records`: by its content, or by its ending where the content is not plainly another format's."""
    named = name.lower().endswith(_SUFFIXES)
    try:
        if content.startswith(_OTHER_FORMATS):
            return False
        text = _start_of(content, LIMIT)
    except UnreadableError:
        return named
    if _is_web_page(text):
        return False
    return named or bool(_RECORD_XML.match(text)) or is_ris(text) or is_medline(text)


def read_records(content: bytes, *, name: str, limit: int = LIMIT) -> Reading:
    """What a file of bibliographic records gives; what of it cannot be read stands among the problems.

    Args:
        content: the file's bytes; gzip is expanded.
        name: the file inside the library, for messages and as the documents' origin.
        limit: the most bytes that the file may have when expanded.

    Raises:
        UnreadableError: none of the file can be read: another format, damaged, empty, unsafe, too large.
    """
    if not content.strip():
        reason = "the file is empty"
        raise UnreadableError(reason, _CURE)
    if _is_xml(_start_of(content, limit)):
        return read_pubmed(content, name=name, limit=limit)
    text, warning = decode(_expanded(content, limit))
    if is_ris(text):
        reading = read_ris(text, name=name)
    elif is_medline(text) or "\nPMID- " in text:
        reading = read_medline(text, name=name)
    elif not text.strip():
        reason = "the file is empty"
        raise UnreadableError(reason, _CURE)
    else:
        reason = "the file is neither PubMed XML nor MEDLINE nor RIS"
        raise UnreadableError(reason, _CURE)
    warnings = (*reading.warnings, warning) if warning else reading.warnings
    return Reading(reading.documents, reading.problems, reading.deleted, warnings)


def _start_of(content: bytes, limit: int) -> str:
    """The first characters of a file, without white space before them; empty where they cannot be decoded."""
    start = _expanded(content, limit, most=_LOOK)
    for whole in (start, start[:-2]):  # the cut may part the two halves of a UTF-16 character
        try:
            return decode(whole)[0].lstrip()
        except UnreadableError:
            continue
    return ""


def _is_xml(text: str) -> bool:
    return text.startswith("<") and not _is_web_page(text)


def _is_web_page(text: str) -> bool:
    return text.startswith("<") and any(mark in text[:2000].lower() for mark in _MARKUP)


def _expanded(content: bytes, limit: int, *, most: int | None = None) -> bytes:
    """The bytes, expanded where they are gzip; at most `most` of them where that is given."""
    if not content.startswith(GZIP):
        if most is None and len(content) > limit:
            opened(content, limit).readall()
        return content if most is None else content[:most]
    stream = opened(content, limit)
    try:
        return stream.readall() if most is None else stream.read(most)
    except (EOFError, OSError, zlib.error) as error:
        reason = f"the gzip file is damaged ({error})"
        raise UnreadableError(reason, "download it again") from error
