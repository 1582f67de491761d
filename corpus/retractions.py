"""Retraction Watch: its CSV file → what it says happened to a paper.

One line is one event: a retraction, an expression of concern, a correction, or a reinstatement, which takes an earlier
retraction back. A paper is found by its PMID or its DOI; the file writes "0", "0.0" or "unavailable" where it has none.
Columns: Crossref, "Retraction Watch Data" (the file's own header line).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from corpus.document import Document, Link, Status
from corpus.errors import UnreadableError
from corpus.status import stronger
from corpus.text import decode

SOURCE = "Retraction Watch"
RETRACTION, CONCERN, CORRECTION, REINSTATEMENT = (
    "retraction",
    "expression of concern",
    "correction",
    "reinstatement",
)
_GIVES = {
    RETRACTION: (Status.RETRACTED, "RetractionIn"),
    CONCERN: (Status.CONCERN, "ExpressionOfConcernIn"),
    CORRECTION: (Status.CORRECTED, "ErratumIn"),
}
_NEEDED = {
    "record": "record id",
    "date": "retractiondate",
    "notice_doi": "retractiondoi",
    "notice_pmid": "retractionpubmedid",
    "doi": "originalpaperdoi",
    "pmid": "originalpaperpubmedid",
    "nature": "retractionnature",
}
_LONGEST_FIELD = 1_000_000
_PMID = re.compile(r"0*(\d+)(?:\.0*)?")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\S+)", re.IGNORECASE)
_AMERICAN_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:\s.*)?")
_CURE = "download the file again from Retraction Watch, whole and as CSV"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the file.

    Attributes:
        line: where it stands, counted from 1.
        record: Retraction Watch's own number.
        nature: RETRACTION, CONCERN, CORRECTION or REINSTATEMENT.
        date: of the event (ISO 8601), empty where it cannot be read.
        pmid, doi: of the paper; empty where there is none. `notice_pmid` and `notice_doi` of what announces the event.
    """

    line: int
    record: str
    nature: str
    date: str
    pmid: str
    doi: str
    notice_pmid: str
    notice_doi: str


@dataclass(frozen=True, slots=True)
class Watch:
    """What a file holds.

    Attributes:
        newest: the date of its latest event: what happened after it is not known from this file.
        problems: lines of which nothing was taken, each with the reason.
    """

    entries: tuple[Entry, ...]
    newest: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """What the file says of one document.

    Attributes:
        links: the notices, in NLM's words for the direction.
        notes: what a curator should look at.
    """

    status: Status
    links: tuple[Link, ...] = ()
    notes: tuple[str, ...] = ()


def read_watch(content: bytes, *, name: str) -> Watch:
    """Every event of the file.

    Args:
        content: the file.
        name: of the file, for messages.

    Raises:
        UnreadableError: it is no CSV with Retraction Watch's columns, or holds no event.
    """
    text, _ = decode(content)
    rows = _rows(text, name)
    at = _columns(next(rows, (0, []))[1], name)
    entries, problems = [], []
    for line, row in rows:
        found = _entry(line, row, at)
        if isinstance(found, Entry):
            entries.append(found)
        elif found:
            problems.append(f"{name}, line {line}: {found}")
    if not entries:
        reason = f"{name} holds no event that can be read"
        raise UnreadableError(reason, _CURE)
    return Watch(tuple(entries), max(entry.date for entry in entries), tuple(problems))


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it ends in; the separator is the one that the header line has most of.

    A quotation mark that stands wrong spoils its row. One that never closes would swallow all rows after it, so that
    they would read as clean: then the whole file is refused.
    """
    header = text.split("\n", 1)[0]
    separator = max(",;\t", key=header.count)
    csv.field_size_limit(_LONGEST_FIELD)
    lines = io.StringIO(text.replace("\0", ""), newline="")
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "expected after" not in str(error):
                reason = f"{name} cannot be read beyond line {reader.line_num} ({error})"
                raise UnreadableError(reason, _CURE) from error
            row = [str(error)]
        if row:
            yield reader.line_num, row


def _columns(header: Sequence[str], name: str) -> Mapping[str, int]:
    """Where each needed column stands, and how many there are under ""."""
    found = {" ".join(column.split()).lower(): at for at, column in enumerate(header)}
    lacking = sorted(column for column in _NEEDED.values() if column not in found)
    if lacking:
        reason = f"{name} lacks Retraction Watch's columns {', '.join(lacking)}"
        raise UnreadableError(reason, _CURE)
    return {key: found[column] for key, column in _NEEDED.items()} | {"": len(header)}


def _entry(line: int, row: Sequence[str], at: Mapping[str, int]) -> Entry | str:
    """The event of a row; else why it gives none."""
    if len(row) < at[""] or any(cell.strip() for cell in row[at[""] :]):
        return f"it has {len(row)} columns and the header {at['']}, so nothing of it was taken"
    cell = {key: row[place].strip() for key, place in at.items() if key}
    nature = " ".join(cell["nature"].split()).lower()
    if nature not in (*_GIVES, REINSTATEMENT):
        return f'its nature "{cell["nature"]}" is not known, so nothing of it was taken'
    return Entry(
        line=line,
        record=cell["record"],
        nature=nature,
        date=_iso(cell["date"]),
        pmid=pmid_of(cell["pmid"]),
        doi=doi_of(cell["doi"]),
        notice_pmid=pmid_of(cell["notice_pmid"]),
        notice_doi=doi_of(cell["notice_doi"]),
    )


def pmid_of(written: str) -> str:
    """The PMID in a cell ("36035816.0" too), without leading zeros; empty where there is none."""
    found = _PMID.fullmatch(written.strip())
    return "" if found is None or found[1] == "0" else found[1]


def doi_of(written: str) -> str:
    """The DOI in a cell in lower case, without a resolver's address; empty where there is none."""
    found = _DOI.fullmatch(written.strip())
    return found[1].lower() if found else ""


def _iso(written: str) -> str:
    """A date that is written month/day/year, or as ISO 8601."""
    found = _AMERICAN_DATE.fullmatch(written)
    try:
        if found:
            return date(int(found[3]), int(found[1]), int(found[2])).isoformat()
        return date.fromisoformat(written[:10]).isoformat()
    except ValueError:
        return ""


class Lookup:
    """The events of a file by the papers they are about."""

    def __init__(self, watch: Watch) -> None:
        """Look papers up in `watch`."""
        self._about: dict[str, list[Entry]] = {}
        self._announcing: dict[str, list[Entry]] = {}
        for entry in watch.entries:
            for key in _keys(entry.pmid, entry.doi):
                self._about.setdefault(key, []).append(entry)
            for key in _keys(entry.notice_pmid, entry.notice_doi):
                self._announcing.setdefault(key, []).append(entry)

    def word(self, document: Document) -> Word:
        """What the file says of a document; none-recorded where it says nothing."""
        keys = _keys(pmid_of(document.citation.pmid or ""), doi_of(document.citation.doi or ""))
        found = {entry.line: entry for key in keys for entry in self._about.get(key, ())}
        events = sorted(found.values(), key=lambda entry: (entry.date, entry.line))
        word = _word(document, events)
        if not events and document.status is not Status.NOTICE:
            named = {entry.line: entry for key in keys for entry in self._announcing.get(key, ())}
            notes = tuple(
                f"{document.id} announces the {entry.nature} of another paper by {SOURCE} {entry.record}, "
                "but its own record does not say so; if it is a notice, say so in curation.toml"
                for entry in named.values()
            )
            return Word(word.status, word.links, notes)
        return word


def _keys(pmid: str, doi: str) -> tuple[str, ...]:
    return tuple(key for key in (pmid and f"pmid:{pmid}", doi and f"doi:{doi}") if key)


def _word(document: Document, events: Sequence[Entry]) -> Word:
    reinstated = max((event.date for event in events if event.nature == REINSTATEMENT), default="")
    status, links, notes = Status.NONE_RECORDED, [], [_conflict(document, event) for event in events]
    for event in events:
        if event.nature == REINSTATEMENT:
            notes.append(f"{document.id} was reinstated {event.date or 'on a date not stated'} by {SOURCE}")
            continue
        if event.nature == RETRACTION and event.date and event.date <= reinstated:
            continue
        gives, kind = _GIVES[event.nature]
        status = stronger(status, gives)
        links.append(Link(kind, _said(event), event.notice_pmid or None))
    return Word(status, tuple(links), tuple(note for note in notes if note))


def _conflict(document: Document, event: Entry) -> str:
    """What to look at where the two identifiers of an event do not name one paper."""
    pmid, doi = pmid_of(document.citation.pmid or ""), doi_of(document.citation.doi or "")
    for name, own, theirs in (("PMID", pmid, event.pmid), ("DOI", doi, event.doi)):
        if own and theirs and own != theirs:
            return (
                f"{document.id} has the {name} {own}, and {SOURCE} {event.record} gives {theirs} beside the other "
                f"identifier, which is the same; the {event.nature} was taken; if it is of another paper, say so in curation.toml"
            )
    return ""


def _said(event: Entry) -> str:
    """The event as it is cited: where it is announced, when, and by whom we know it."""
    where = [f"doi:{event.notice_doi}"] if event.notice_doi else []
    return ", ".join([*where, *([event.date] if event.date else []), f"{SOURCE} {event.record}".strip()])
