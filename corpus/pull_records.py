"""A saved PubMed search, brought up to date: what it finds now, less what the library holds from earlier runs.

Every page of records is a file of its own under pulled/NAME/, as PubMed sent it, in gzip. Those files are the only
memory there is: a run that was killed is gone on with by looking at them, and nothing has to be mended.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from corpus import keep
from corpus.errors import FetchError
from corpus.eutils import Eutils, Found, pmids_of, slices
from corpus.record_fields import slug

FOLDER = "pulled"
PAGE = 500
_BY_PMID = 150
_SEEN = f"{keep.OWN}/seen.json"

Progress = Callable[[str, int, int], None]
"""(stage, done, of): told how far the run is."""


def silent(stage: str, done: int, of: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round of pulling.

    Attributes:
        folder: the library that is pulled into.
        progress: who is told how far it is.
        dry_run: whether nothing is to be fetched or written.
        pause: seconds between two posts of a blog, which is often a small server.
    """

    folder: Path
    now: datetime
    progress: Progress = silent
    dry_run: bool = False
    pause: float = 0.5


@dataclass(frozen=True, slots=True)
class RecordsPulled:
    """What one run of a search gave.

    Attributes:
        count: how many records PubMed says the search finds.
        listed: how many PMIDs it listed for it; fewer than count where a day holds more than can be listed.
        held: how many of them the library held before.
        new: how many are there now that were not.
        lacking: PMIDs that PubMed listed and then did not give.
        files: those written, inside the library.
    """

    count: int
    translation: str
    listed: int
    held: int
    new: int = 0
    lacking: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def pull_records(round_: Round, name: str, query: str, eutils: Eutils) -> RecordsPulled:
    """What the search finds now, the records that are new put into the library.

    Raises:
        FetchError: PubMed gave up; what came before is kept, and the next run goes on from there.
        LibraryError: a file cannot be written.
    """
    whole = eutils.search(query)
    seen = Seen(round_.folder)
    shelf = _Shelf(round_.folder, f"{FOLDER}/{slug(name)}", f"{round_.now:%Y-%m-%d}", seen)
    before = set(seen.pmids())
    listed: set[str] = set()
    new: set[str] = set()
    lacking: list[str] = []
    for _, found in slices(eutils, query, whole, round_.now.date()):
        wanted = [pmid for pmid in found.pmids if pmid not in before and pmid not in listed]
        listed |= set(found.pmids)
        if round_.dry_run:
            new |= set(wanted)
            continue
        for body, given in _bodies(eutils, found, wanted):
            shelf.keep(body, given)
            new |= set(given) - before
            round_.progress("fetching", len(new), max(whole.count - len(before & listed), len(new)))
        lacking += [pmid for pmid in wanted if pmid not in new]
    return RecordsPulled(
        count=whole.count,
        translation=whole.translation,
        listed=len(listed),
        held=len(listed & before),
        new=len(new),
        lacking=tuple(lacking),
        files=tuple(shelf.files),
        warnings=(*seen.warnings, *whole.warnings, *_shortfall(whole.count, len(listed))),
    )


def _shortfall(count: int, listed: int) -> tuple[str, ...]:
    if listed >= count:
        return ()
    return (
        f"PubMed counts {count:,} records but listed {listed:,} of them; narrow the query, or divide it in two searches",
    )


def _bodies(eutils: Eutils, found: Found, wanted: Sequence[str]) -> Iterator[tuple[bytes, tuple[str, ...]]]:
    """Bodies that hold the wanted records, with the PMIDs in each.

    Pages of which every record is wanted come by the search's history; single ones, and those of a page that failed, by PMID.
    """
    left = set(wanted)
    for start in range(0, len(found.pmids), PAGE):
        page = found.pmids[start : start + PAGE]
        if not (found.web_env and left.issuperset(page)):
            continue
        try:
            body = eutils.page(found, start, len(page))
        except (
            FetchError
        ):  # the history may have lapsed; where it is PubMed that fails, the next request says so
            break
        given = pmids_of(body)
        if left.intersection(given):
            yield body, given
            left.difference_update(given)
    singly = [pmid for pmid in wanted if pmid in left]
    for start in range(0, len(singly), _BY_PMID):
        body = eutils.records(singly[start : start + _BY_PMID])
        if given := pmids_of(body):
            yield body, given


@dataclass(slots=True)
class _Shelf:
    """The folder of one search, and the files put there in this run."""

    folder: Path
    inside: str
    day: str
    seen: Seen
    files: list[str] = field(default_factory=list)

    def keep(self, body: bytes, pmids: Iterable[str]) -> None:
        """Put a body into the folder, under the day and the first number that is free."""
        number = len(self.files) + 1
        while (self.folder / (name := f"{self.inside}/{self.day}-{number:04}.xml.gz")).exists():
            number += 1
        keep.put_new(self.folder, name, gzip.compress(body, compresslevel=6, mtime=0))
        self.seen.add(name, pmids)
        self.files.append(name)


class Seen:
    """Which PMIDs the pulled files hold; what was read of a file is remembered, by its size and time, for speed only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.warnings: list[str] = []
        remembered = self._remembered()
        self._files: dict[str, dict[str, Any]] = {}
        for path in sorted((folder / FOLDER).glob("*/*.xml.gz")):
            name = path.relative_to(folder).as_posix()
            mark = self._mark(path)
            entry = remembered.get(name, {})
            if entry.get("mark") != mark:
                entry = {"mark": mark, "pmids": self._read(path, name)}
            if entry["pmids"]:
                self._files[name] = entry

    def pmids(self) -> Iterator[str]:
        """Every PMID that is held."""
        for entry in self._files.values():
            yield from entry["pmids"]

    def add(self, name: str, pmids: Iterable[str]) -> None:
        """Remember a file that was just written."""
        self._files[name] = {"mark": self._mark(self._folder / name), "pmids": list(pmids)}
        content = json.dumps(self._files, separators=(",", ":")).encode("utf-8")
        keep.put_again(self._folder, _SEEN, content)

    def _remembered(self) -> dict[str, dict[str, Any]]:
        try:
            found = json.loads((self._folder / _SEEN).read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        entries = found.items() if isinstance(found, dict) else ()
        return {
            name: entry
            for name, entry in entries
            if isinstance(entry, dict) and _are_texts(entry.get("pmids"))
        }

    def _mark(self, path: Path) -> list[int]:
        known = path.stat()
        return [known.st_size, known.st_mtime_ns]

    def _read(self, path: Path, name: str) -> list[str]:
        try:
            return list(pmids_of(gzip.decompress(path.read_bytes())))
        except (OSError, EOFError, zlib.error, FetchError) as error:
            said = " ".join(str(error).split())[:120]
            self.warnings.append(
                f"{name} cannot be read ({said}), so its records are fetched again; remove it"
            )
            return []


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
