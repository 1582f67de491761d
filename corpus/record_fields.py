"""What every reader of bibliographic records needs: decoding, identifiers, and a document made of fields."""

from __future__ import annotations

import codecs
import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from corpus.document import Citation, Document, Kind, MeshHeading, Record
from corpus.errors import UnreadableError
from corpus.status import status_of, status_of_title, stronger
from corpus.text import Part, compose

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_DOI_PREFIX = re.compile(r"^(?:https?://)?(?:dx\.|www\.)?(?:doi\.org/|doi:?\s*)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_PMID = re.compile(r"\d{1,12}", re.ASCII)
_SLUG_LENGTH = 80
_MARK_LENGTH = 12

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8, read one by one as Windows-1252, or as Latin-1 where that has no such byte."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.end]
    text = "".join(
        bytes([byte]).decode("cp1252" if byte not in b"\x81\x8d\x8f\x90\x9d" else "latin-1") for byte in stray
    )
    return text, error.end


codecs.register_error("firstpass-windows-1252", _as_windows_1252)


def decode(content: bytes) -> tuple[str, str | None]:
    """The text of a file, line ends as newlines, and a warning where its encoding had to be assumed.

    Raises:
        UnreadableError: a byte order mark promises an encoding that the rest of the file is not in.
    """
    warning = None
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            try:
                text = content[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                if encoding == "utf-8":
                    break
                reason = f"the file begins as {encoding.upper()} text but is damaged at byte {error.start}"
                raise UnreadableError(reason, "export it again, as UTF-8") from error
            return _newlines(text), None
    body = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "firstpass-windows-1252")
        warning = "the file is not UTF-8; other bytes were read as Windows-1252, so look at its accented letters, or export it again as UTF-8"
    return _newlines(text), warning


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def doi_of(text: str | None) -> str | None:
    """The DOI that a field holds, lower case and without a resolver's address; None where it holds none."""
    if not text:
        return None
    found = _DOI.match(_DOI_PREFIX.sub("", text.strip()))
    return found.group().rstrip(".,;").lower() if found else None


def pmid_of(text: str | None) -> str | None:
    """The PMID that a field is, None where it is something else."""
    text = (text or "").strip()
    return text if _PMID.fullmatch(text) else None


def year_of(text: str | None) -> int | None:
    """The first year that a date states ("1998 Dec-1999 Jan" → 1998), None where it states none."""
    found = _YEAR.search(text or "")
    return int(found.group()) if found else None


def slug(text: str) -> str:
    """A name for an id: ASCII letters and digits in lower case with hyphens, at most 80.

    Where other letters than Latin ones fall away, a mark made of the whole text is added, so that two Chinese titles
    do not get one name; a text without any letter or digit gives that mark alone.
    """
    folded = unicodedata.normalize("NFKD", text.lower())
    name = "-".join(re.findall(r"[a-z0-9]+", folded.encode("ascii", "ignore").decode("ascii")))
    if name and not any(letter.isalpha() and not letter.isascii() for letter in folded):
        return name[:_SLUG_LENGTH].strip("-")
    mark = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_MARK_LENGTH]
    return f"{name[: _SLUG_LENGTH - _MARK_LENGTH - 1].strip('-')}-{mark}".strip("-")


def mesh_heading(text: str) -> MeshHeading:
    """A heading as MEDLINE prints it: "Asthma/*drug therapy", "*" before what is a main point of the paper."""
    name, *qualifiers = text.split("/")
    return MeshHeading(
        name=name.strip().removeprefix("*"),
        major=any(part.strip().startswith("*") for part in (name, *qualifiers)),
        qualifiers=tuple(part.strip().removeprefix("*") for part in qualifiers if part.strip()),
    )


@dataclass(frozen=True, slots=True)
class Fields:
    """What one bibliographic record says, in our terms; the same whatever format it came in."""

    citation: Citation
    record: Record
    parts: tuple[Part, ...]
    kind: Kind = Kind.PAPER
    warnings: tuple[str, ...] = ()


def document(fields: Fields, *, origin: str) -> Document:
    """The document that a record is.

    Raises:
        UnreadableError: the record has neither title nor abstract, or nothing that could identify it.
    """
    citation = fields.citation
    text, sections = compose(citation.title, fields.parts)
    if not text.strip():
        reason = "the record has neither title nor abstract"
        raise UnreadableError(
            reason, "export it again with its title and abstract, or fetch it from PubMed by its PMID"
        )
    return Document(
        id=_id(citation),
        kind=fields.kind,
        text=text,
        sections=sections,
        citation=citation,
        record=fields.record,
        status=stronger(status_of(fields.record), status_of_title(citation.title)),
        origin=origin,
        warnings=fields.warnings,
    )


def _id(citation: Citation) -> str:
    if citation.pmid:
        return f"pmid:{citation.pmid}"
    if citation.doi:
        return f"doi:{citation.doi}"
    if not citation.title:
        reason = "the record has no PMID, no DOI and no title to name it by"
        raise UnreadableError(reason, "add its PMID or DOI")
    return f"file:{slug(citation.title)}"


def told_apart(documents: Iterable[Document]) -> tuple[Document, ...]:
    """The documents, those named by title alone numbered where different ones of a file have the same title."""
    seen: dict[str, list[str]] = {}
    named = []
    for found in documents:
        texts = seen.setdefault(found.id, [])
        if found.text not in texts:
            texts.append(found.text)
        number = texts.index(found.text) + 1
        by_title = found.id.startswith("file:") and number > 1
        named.append(replace(found, id=f"{found.id}-{number}") if by_title else found)
    return tuple(named)


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """The values in order, each once, stripped, without empty ones."""
    return tuple(dict.fromkeys(stripped for value in values if (stripped := value.strip())))
