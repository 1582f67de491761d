"""statuses.jsonl: what retraction checks found, kept beside the library so that the next indexing keeps it.

{"seal": …}      a hash of the lines below, so that damage to them is told and never another status
{"check": …}     one check of one source: when, how far it reaches, how many documents were asked after
{"document": …}  what one source said of one document, latest check only

The curator's own word on a status (curation.toml) goes before all of it. Beyond that the strongest status holds. A file without its seal is
read as it stands: an older firstpass wrote it, or a curator who changed it took the seal out; the next check seals it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path

import msgspec

from corpus.curation import NAME as CURATION
from corpus.curation import STATUS
from corpus.document import Document, Link, Status
from corpus.errors import LibraryError
from corpus.own_file import own_bytes
from corpus.same import names_of
from corpus.spool import Made
from corpus.status import status_of, status_of_title, stronger

NAME = "statuses.jsonl"
LARGEST = 1 << 30
"""Bytes that are read: some 300 for each paper and source, and libraries of a million papers are to be checked."""
_AGAIN = "get it back from where the library is kept, or remove it: the copy that the last check left with the stores holds then; where there is none, check again with every source asked before ('firstpass check --retractions', --watch FILE for Retraction Watch)"


@dataclass(frozen=True, slots=True)
class Check:
    """One check of one source.

    Attributes:
        reach: how far the source reaches ("entries to 2026-08-09"); empty where it is up to date by itself.
        asked: documents that could be asked after; `known` those that the source had something to say of.
    """

    source: str
    date: str
    reach: str
    asked: int
    known: int


@dataclass(frozen=True, slots=True)
class Said:
    """What one source said of one document.

    Attributes:
        names: every id of the document.
        own: the status that the document had by itself when it was asked after.
        links: what the source adds to the links of the document's own record.
    """

    names: tuple[str, ...]
    source: str
    date: str
    reach: str = ""
    own: Status = Status.NONE_RECORDED
    status: Status = Status.NONE_RECORDED
    links: tuple[Link, ...] = ()

    @property
    def check(self) -> tuple[str, str]:
        """The pair that the document's `checked` gets."""
        return f"{self.source}, {self.reach}" if self.reach else self.source, self.date


@dataclass(frozen=True, slots=True)
class Statuses:
    """Everything that checks found."""

    checks: tuple[Check, ...] = ()
    said: tuple[Said, ...] = ()


def statuses_file(library: Path, root: Path, *, shipped: bool = False) -> Path:
    """The file of a library that holds: the one in its folder, else the one that lies with its stores."""
    beside = root / NAME
    if os.path.lexists(library / NAME):
        return library / NAME
    return beside if beside.is_file() else kept_in(library, root, shipped=shipped)[0] / NAME


def kept_in(library: Path, root: Path, *, shipped: bool = False) -> tuple[Path, ...]:
    """The folders that the file is written into: that of the library, unless it ships or cannot be written, and that of its stores.

    Where the one in the library is lost, the copy holds, and no paper counts again for that.
    """
    inside = os.path.lexists(library / NAME) or (not shipped and os.access(library, os.W_OK))
    return (library, root) if inside else (root,)


def read_statuses(path: Path) -> Statuses:
    """What the file says; nothing where there is no such file.

    Raises:
        LibraryError: a line cannot be read, or the lines are not those that were sealed. None is taken then: a
            retraction must not pass unseen.
    """
    try:
        lines = own_bytes(path, largest=LARGEST).split(b"\n")
    except FileNotFoundError:
        return Statuses()
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror or error}), so no retraction check holds; mend its permissions"
        raise LibraryError(msg) from error
    if not any(line.strip() for line in lines):
        msg = f"{path} is empty, which firstpass never leaves it, so no retraction check holds; {_AGAIN}"
        raise LibraryError(msg)
    checks: list[Check] = []
    said: list[Said] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
            if "seal" in found and number == 1:
                _hold_to(path, msgspec.json.decode(found["seal"], type=str), lines[1:])
            elif "check" in found:
                checks.append(msgspec.json.decode(found["check"], type=Check))
            else:
                said.append(msgspec.json.decode(found["document"], type=Said))
        except (msgspec.MsgspecError, KeyError, UnicodeDecodeError, RecursionError) as error:
            msg = f"{path}, line {number} cannot be read ({error}), so no retraction check holds; {_AGAIN}"
            raise LibraryError(msg) from error
    return Statuses(tuple(checks), tuple(said))


def _hold_to(path: Path, seal: str, lines: Sequence[bytes]) -> None:
    """Raise LibraryError unless the lines are those that were sealed."""
    if _seal(lines) != seal:
        msg = f"{path} is not as firstpass wrote it: damaged, or changed by hand; no retraction check holds; {_AGAIN}; where a person changed it, look at it line by line, then take out its first line, and write statuses of your own into {CURATION}, where they go before all checks"
        raise LibraryError(msg)


def _seal(lines: Iterable[bytes]) -> str:
    """The hash of lines, however they are ended: git may write them with another ending than it read."""
    return hashlib.sha256(b"\n".join(line.rstrip(b"\r") for line in lines)).hexdigest()


def statuses_bytes(statuses: Statuses) -> bytes:
    """The file: its seal, checks in order, then documents by name and source."""
    said = sorted(statuses.said, key=lambda one: (one.names, one.source))
    lines = [msgspec.json.encode({"check": check}) for check in statuses.checks]
    lines += [msgspec.json.encode({"document": one}) for one in said]
    sealed = [msgspec.json.encode({"seal": _seal([*lines, b""])}), *lines]
    return b"".join(line + b"\n" for line in sealed)


class SaidOf:
    """What was said of a document, by any of its names."""

    def __init__(self, said: Iterable[Said]) -> None:
        """Look documents up in `said`."""
        self._by_name: dict[str, list[Said]] = {}
        for one in said:
            for name in one.names:
                self._by_name.setdefault(name, []).append(one)

    def __call__(self, document: Document) -> tuple[Said, ...]:
        """Everything said of it, by source."""
        found = [one for name in sorted(names_of(document)) for one in self._by_name.get(name, ())]
        return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.source, one.names)))


def with_statuses(documents: Sequence[Document], statuses: Statuses) -> Sequence[Document]:
    """The documents with what checks found; each is made when it is asked for."""
    said_of = SaidOf(statuses.said)

    def made(place: int) -> Document:
        document = documents[place]
        return told(document, said_of(document))

    return Made(len(documents), made) if statuses.said else documents


def told(document: Document, said: Sequence[Said]) -> Document:
    """The document with what was said of it."""
    if not said:
        return document
    links = document.record.links + new_links(document, [link for one in said for link in one.links])
    status = document.status
    if not _by_curator(document):
        status = reduce(stronger, (one.status for one in said), status)
    return replace(
        document,
        record=replace(document.record, links=links),
        status=status,
        checked=tuple(sorted({*document.checked, *(one.check for one in said)})),
    )


def untold(document: Document, said: Sequence[Said]) -> Document:
    """The document as it was before this was said of it: what `told` undoes, as far as the document shows it."""
    if not said:
        return document
    added = {link for one in said for link in one.links}
    links = tuple(link for link in document.record.links if link not in added)
    record = replace(document.record, links=links)
    status = document.status
    if not _by_curator(document) and status is reduce(stronger, (one.status for one in said)):
        own = (*(one.own for one in said), status_of_title(document.citation.title))
        status = reduce(stronger, own, status_of(record))
    checks = {one.check for one in said}
    checked = tuple(pair for pair in document.checked if pair not in checks)
    return replace(document, record=record, status=status, checked=checked)


def new_links(document: Document, links: Iterable[Link]) -> tuple[Link, ...]:
    """Those of the links that tell of no notice that the document's own record tells of already."""
    own = document.record.links
    notices = {(link.kind.lower(), link.pmid) for link in own if link.pmid}
    fresh = (
        link
        for link in dict.fromkeys(links)
        if link not in own and (link.kind.lower(), link.pmid) not in notices
    )
    return tuple(fresh)


def _by_curator(document: Document) -> bool:
    return any(word.facet == STATUS for word in document.curator)
