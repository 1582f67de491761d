"""Which reader a file is for: decided by what it holds, and by its ending where the content does not tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from corpus.errors import UnreadableError
from corpus.reading import Reading
from corpus.text import decode, true_nature

MOST_BYTES = 256 * 1024 * 1024
"""A file above this is refused unread: more than any of PubMed's own files, and a guard for the memory."""

_LOOK = 4096
_ENDINGS = {
    ".md": "post",
    ".markdown": "post",
    ".txt": "post",
    ".text": "post",
    ".html": "page",
    ".htm": "page",
    ".xhtml": "page",
    ".pdf": "paper",
    ".nbib": "records",
    ".medline": "records",
    ".ris": "records",
    ".xml": "records",
    ".gz": "records",
}
_WEB_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE | re.DOTALL
)
_TEXT_ENDINGS = (".md", ".markdown", ".txt", ".text")
_MARKUP_RECORDS = re.compile(r"\s*(?:<\?xml|<!doctype|<pubmed|<xml)", re.IGNORECASE)
_RECORDS_CURE = "export the records from your reference manager as RIS, or from PubMed as .nbib"
_CURES = {
    ".bib": _RECORDS_CURE,
    ".csv": _RECORDS_CURE,
    ".tsv": _RECORDS_CURE,
    ".xls": _RECORDS_CURE,
    ".xlsx": _RECORDS_CURE,
    ".json": _RECORDS_CURE,
    ".jsonl": _RECORDS_CURE,
    ".enw": _RECORDS_CURE,
    ".doc": "save it as PDF, or as Markdown or text",
    ".docx": "save it as PDF, or as Markdown or text",
    ".odt": "save it as PDF, or as Markdown or text",
    ".rtf": "save it as PDF, or as Markdown or text",
    ".epub": "save it as PDF, or as HTML",
    ".mht": "save the page as HTML",
    ".mhtml": "save the page as HTML",
    ".webarchive": "save the page as HTML",
    ".toml": "a file X.meta.toml speaks about the file X beside it, which is missing; put it there, or remove this one",
    ".zip": "unpack it",
    ".tar": "unpack it",
}
_NATURE_CURES = {
    "an image": "text in an image cannot be quoted; add the text it shows, or a PDF with a text layer",
    "a ZIP archive or an Office document": "unpack it; save an Office document as PDF, or as Markdown or text",
    "an old Office document": "save it as PDF, or as Markdown or text",
    "a rich-text document": "save it as PDF, or as Markdown or text",
}
_ANY_CURE = "firstpass reads .md, .txt, .html, .pdf, .xml, .nbib and .ris; save it as one of these, or exclude it in library.toml"


class FileKind(StrEnum):
    """The readers there are, by what they read."""

    RECORDS = "records"
    POST = "post"
    PAGE = "page"
    PAPER = "paper"


class Reader(Protocol):
    """Reads one file, or raises UnreadableError where none of it can be read."""

    def __call__(self, content: bytes, *, name: str) -> Reading:
        """What the file gives."""
        ...


def _never(content: bytes, name: str) -> bool:  # noqa: ARG001 - the signature of looks_like_records
    return False


@dataclass(frozen=True, slots=True)
class Readers:
    """A reader for each kind of file, and what tells a file of records."""

    by_kind: Mapping[FileKind, Reader] = field(default_factory=dict)
    looks_like_records: Callable[[bytes, str], bool] = _never


def own_readers() -> Readers:
    """The readers of this package; each loads its library when the first file of its kind comes."""
    from corpus.records import looks_like_records

    by_kind: dict[FileKind, Reader] = {
        FileKind.RECORDS: _records,
        FileKind.POST: _post,
        FileKind.PAGE: _page,
        FileKind.PAPER: _paper,
    }
    return Readers(by_kind, looks_like_records)


def _records(content: bytes, *, name: str) -> Reading:
    from corpus.records import read_records

    return read_records(content, name=name)


def _post(content: bytes, *, name: str) -> Reading:
    from corpus.posts import read_post

    return read_post(content, name=name)


def _page(content: bytes, *, name: str) -> Reading:
    from corpus.pages import read_page

    return read_page(content, name=name)


def _paper(content: bytes, *, name: str) -> Reading:
    from corpus.papers import read_paper

    return read_paper(content, name=name)


def take_in(content: bytes, *, name: str, readers: Readers) -> Reading:
    """What the file gives, read by the reader it is for.

    Raises:
        UnreadableError: the file is empty, of no kind that firstpass reads, or its reader can read none of it.
    """
    if not content.strip(b"\x00 \t\r\n\x0b\x0c"):
        reason = "the file is empty"
        raise UnreadableError(reason, "save it again from where it came, or remove it")
    kind = kind_of(content, name=name, readers=readers)
    return readers.by_kind[kind](content, name=name)


def kind_of(content: bytes, *, name: str, readers: Readers) -> FileKind:
    """Which reader the file is for.

    Raises:
        UnreadableError: it is not of a kind that firstpass reads.
    """
    ending = _ending(name)
    nature = true_nature(content)
    if nature == "a PDF" or b"%PDF-" in content[:1024]:
        return FileKind.PAPER
    if nature in _NATURE_CURES:
        reason = f"the file is {nature}, not a kind firstpass reads"
        raise UnreadableError(reason, _NATURE_CURES[nature])
    start = decode(content[:_LOOK])[0]
    if _WEB_PAGE.match(start):
        return FileKind.PAGE
    marked = ending in _TEXT_ENDINGS and start.lstrip().startswith("<") and not _MARKUP_RECORDS.match(start)
    if not marked and readers.looks_like_records(content, name):
        return FileKind.RECORDS
    if ending in _ENDINGS:
        return FileKind(_ENDINGS[ending])
    if nature == "gzip-compressed":
        reason = "the file is compressed, and not by gzip of records"
        raise UnreadableError(reason, "unpack it")
    shown = f"a {ending} file" if ending else "a file without an ending"
    reason = f"{shown} is not a kind firstpass reads"
    raise UnreadableError(reason, _CURES.get(ending, _ANY_CURE))


def _ending(name: str) -> str:
    found = re.search(r"[^/](\.[A-Za-z0-9]+)$", name)
    return found.group(1).lower() if found else ""
