"""Sources: what a curator names (a file, a folder, an address, a PMID, a DOI) → the files that stand for it.

Nothing is written here. What is fetched gets a name under added/; files and folders keep their own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from corpus.errors import FetchError, UnreadableError
from corpus.eutils import Eutils
from corpus.fetch import PAGE_TYPES, XML_TYPES, Fetched, Fetcher
from corpus.intake import MOST_BYTES
from corpus.patience import persist
from corpus.reading import Problem
from corpus.record_fields import slug
from corpus.records import read_records
from corpus.sidecar import ENDING

FOLDER = "added"
DOI_ADDRESS = "https://doi.org/"
_TRIES = 3
_RIS = "application/x-research-info-systems"
_PMID = re.compile(
    r"(?:(?:pmid:?\s*)?(\d{1,8})"
    r"|https?://(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/(\d{1,8})(?:[/?#].*)?)",
    re.IGNORECASE,
)
_DOI = re.compile(r"(?:doi:\s*|https?://(?:dx\.|www\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_PAGE_ENDINGS = (".htm", ".php", ".asp", ".aspx", ".jsp")
_OWN_ENDINGS = (".html", ".pdf", ".txt", ".md", ".xml", ".nbib", ".ris", ".gz")
_ENDINGS = {
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "text/markdown": ".md",
    _RIS: ".ris",
    "application/nbib": ".nbib",
    **dict.fromkeys(sorted(PAGE_TYPES), ".html"),
    **dict.fromkeys(sorted(XML_TYPES), ".xml"),
}
_UNTOLD = frozenset(
    {"application/octet-stream", "binary/octet-stream", "application/gzip", "application/x-gzip"}
)
_SAYS_LITTLE = _UNTOLD | {"text/plain", ""}
"""Types that say little or nothing of what a file holds; its name and content do then."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may go into the library.

    Attributes:
        source: what the curator named.
        name: its name inside the library, where that is free.
        sidecar: the sidecar that lay beside it; empty where there was none.
        address: where it was fetched from.
    """

    source: str
    name: str
    content: bytes
    sidecar: bytes = b""
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """What sources are fetched with, and the library's folder, which is never added to itself."""

    folder: Path
    fetcher: Fetcher
    eutils: Eutils
    doi_address: str = DOI_ADDRESS


def candidates(source: str, reach: Reach) -> Iterator[Candidate | Problem]:
    """The files that a source stands for, and why others cannot be had; at least one of either."""
    path = Path(source).expanduser()
    try:
        if os.path.lexists(path):
            yield from (
                _of_folder(source, path, reach.folder)
                if path.is_dir()
                else (_of_file(source, path, path.name),)
            )
        elif found := _PMID.fullmatch(source.strip()):
            yield _of_pmid(source, found.group(1) or found.group(2), reach)
        elif found := _DOI.fullmatch(unquote(source.strip())):
            yield _of_doi(source, found.group(1), reach)
        elif re.match(r"https?://", source, re.IGNORECASE):
            yield _of_address(source, reach)
        else:
            cure = "name a file, a folder, an address that begins with http, a PMID or a DOI"
            yield Problem(source, "there is no such file, and it is no address, PMID or DOI", cure)
    except (FetchError, UnreadableError) as error:
        yield Problem(source, error.reason, error.cure)
    except (OSError, ValueError) as error:
        yield Problem(source, f"it cannot be opened ({error})", "check its name and its permissions")


def _of_folder(source: str, path: Path, library: Path) -> Iterator[Candidate | Problem]:
    """Each file below the folder that is neither hidden nor a sidecar, nor in the library already by its place."""
    root, count = path.resolve(), 0
    for here, folders, files in os.walk(root):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        inside = Path(here)
        if inside.is_relative_to(library):
            folders.clear()
            if inside == root:
                yield Problem(source, "this folder is in the library already", "name a folder outside it")
                count += 1
            continue
        for name in sorted(one for one in files if not one.startswith(".")):
            file = inside / name
            if name.endswith(ENDING) and (inside / name.removesuffix(ENDING)).is_file():
                continue
            count += 1
            yield _of_file(str(file), file, f"{root.name}/{file.relative_to(root).as_posix()}", links=False)
    if not count:
        yield Problem(source, "the folder holds no file", "name one that does")


def _of_file(source: str, path: Path, name: str, *, links: bool = True) -> Candidate | Problem:
    if path.is_symlink() and not links:
        return Problem(source, "this is a link", "name the file itself")
    if not path.is_file():
        return Problem(source, "this is no file, or a link that leads nowhere", "name the file itself")
    try:
        name.encode("utf-8")
        if (size := path.stat().st_size) > MOST_BYTES:
            reason = f"the file has {size:,} bytes, more than the {MOST_BYTES:,} that are read"
            return Problem(source, reason, "divide it into smaller files")
        beside = path.with_name(path.name + ENDING)
        sidecar = beside.read_bytes() if os.path.isfile(beside) else b""  # noqa: PTH113 - Path's raises where the name is too long
        return Candidate(source, name, path.read_bytes(), sidecar)
    except (OSError, UnicodeEncodeError) as error:
        return Problem(
            os.fsencode(source).decode("utf-8", "replace"),
            f"it cannot be opened ({error})",
            "mend its name or permissions",
        )


def _of_pmid(source: str, pmid: str, reach: Reach) -> Candidate | Problem:
    number = str(int(pmid))
    content = reach.eutils.records([number])
    name = f"{FOLDER}/pmid-{number}.xml"
    if number not in _identifiers(content, name, "pmid"):
        return Problem(
            source,
            f"PubMed has no record with the PMID {number}",
            "check the number on pubmed.ncbi.nlm.nih.gov",
        )
    return Candidate(source, name, content)


def _of_doi(source: str, doi: str, reach: Reach) -> Candidate:
    """PubMed's record of the DOI; where PubMed has none, the citation that the DOI's registry gives."""
    doi = doi.rstrip(".,;").lower()
    try:
        found = reach.eutils.search(f'"{doi.replace(chr(34), "")}"[aid]')
        for pmid in found.pmids[:_TRIES]:
            content = reach.eutils.records([pmid])
            if doi in _identifiers(content, f"pmid-{pmid}.xml", "doi"):
                return Candidate(source, f"{FOLDER}/pmid-{pmid}.xml", content)
    except FetchError as error:
        unasked: FetchError | None = error
    else:
        unasked = None
    address = reach.doi_address + quote(doi, safe="/:;()")
    try:
        given = persist(lambda: reach.fetcher.get(address, types={_RIS}, accept=_RIS), tries=_TRIES)
    except FetchError as error:
        asked = f"could not be asked ({unasked.reason})" if unasked else "has no record of it"
        reason = f"PubMed {asked}, and the DOI's registry gives no citation ({error.reason})"
        raise FetchError(reason, "give the page's address, or export the record as .ris or .nbib") from error
    name = f"{FOLDER}/doi-{slug(doi)}.ris"
    if doi not in _identifiers(given.content, name, "doi"):
        reason = "the DOI's registry gives another record"
        raise FetchError(reason, "give the page's address, or export the record as .ris or .nbib")
    return Candidate(source, name, given.content)


def _identifiers(content: bytes, name: str, kind: str) -> set[str | None]:
    """The identifiers of that kind that the records of a file have; none where it holds none."""
    try:
        documents = read_records(content, name=name).documents
    except UnreadableError:
        return set()
    return {getattr(document.citation, kind) for document in documents}


def _of_address(source: str, reach: Reach) -> Candidate:
    page = persist(lambda: reach.fetcher.get(source, types=_UNTOLD.union(_ENDINGS)), tries=_TRIES)
    return Candidate(source, f"{FOLDER}/{_name_of(page)}", page.content, address=source)


def _name_of(page: Fetched) -> str:
    """A file's name for a page: from the last part of its address, or its host, with the ending of its type.

    Where the type says little, the ending is the address's own.
    """
    parts = urlsplit(page.address)
    last = next((part for part in reversed(unquote(parts.path).split("/")) if part), parts.hostname or "page")
    stem, _, written = last.rpartition(".")
    ending = f".{written.lower()}"
    own = ending if ending in _OWN_ENDINGS else None
    if not stem or not (own or ending in _PAGE_ENDINGS):
        stem = last
    stated = _ENDINGS.get(page.media_type, ".html")
    return slug(stem) + (own or stated if page.media_type in _SAYS_LITTLE else stated)
