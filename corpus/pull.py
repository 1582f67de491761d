"""Pull: the saved searches of library.toml, run; what they find is put into the library, and each run is written down.

searches.jsonl holds one line a run: the query, how PubMed understood it, how many records it found, and when. That is
the proof behind "0 in this corpus". A run that did not end well is written down too, and proves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec

from corpus import keep
from corpus.errors import FetchError
from corpus.eutils import Eutils
from corpus.fetch import Fetcher
from corpus.library_file import Library, Search
from corpus.pull_posts import pull_posts
from corpus.pull_records import Round, pull_records

LOG = "searches.jsonl"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a saved search, as searches.jsonl has it.

    Attributes:
        source: "pubmed" or "feed".
        query: the query, or the feed's address.
        date: when it ran (ISO 8601, UTC).
        complete: whether it ended well; only then the count proves anything.
        count: what the source says it has; None where it said nothing.
        query_translation: how PubMed understood the query.
        held: how many of them the library held before.
        new: how many it holds now that it did not.
        lacking: what the source listed and did not give.
        error: why it did not end well.
    """

    name: str
    source: str
    query: str
    date: str
    complete: bool = False
    count: int | None = None
    query_translation: str = ""
    listed: int = 0
    held: int = 0
    new: int = 0
    lacking: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    """What searches are run with: PubMed, and a fetcher for feeds and their posts."""

    eutils: Eutils
    fetcher: Fetcher


def pull(searches: Sequence[Search], sources: Sources, round_: Round) -> tuple[Run, ...]:
    """The runs of these searches, in order; one that fails does not stop the next.

    Raises:
        LibraryError: another run is at work in the library, or it cannot be written.
    """
    if round_.dry_run:
        return tuple(_run(search, sources, round_) for search in searches)
    with keep.held_alone(round_.folder):
        return tuple(_written_down(_run(search, sources, round_), round_.folder) for search in searches)


def runs(folder: Path) -> tuple[Run, ...]:
    """Every run that is written down in the library, oldest first; a line that broke off is left out."""
    try:
        lines = (folder / LOG).read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return ()
    return tuple(run for line in lines if (run := _read(line)) is not None)


def last_runs(library: Library) -> dict[str, Run]:
    """The last complete run of each saved search as it stands in library.toml now, by its name."""
    asked = {(search.name, search.query or search.url) for search in library.searches}
    return {run.name: run for run in runs(library.folder) if run.complete and (run.name, run.query) in asked}


def _run(search: Search, sources: Sources, round_: Round) -> Run:
    asked = search.query if search.source == "pubmed" else search.url
    run = Run(search.name, search.source, asked or "", f"{round_.now:%Y-%m-%dT%H:%M:%SZ}")
    common: dict[str, Any] = {"name": run.name, "source": run.source, "query": run.query, "date": run.date}
    try:
        if search.source == "pubmed":
            found = asdict(pull_records(round_, search.name, run.query, sources.eutils))
            found["query_translation"] = found.pop("translation")
        else:
            found = asdict(pull_posts(round_, search.name, run.query, sources.fetcher))
    except FetchError as error:
        return Run(**common, error=str(error))
    return Run(**common, complete=True, **found)


def _written_down(run: Run, folder: Path) -> Run:
    keep.append_line(folder, LOG, msgspec.json.encode(run).decode())
    return run


def _read(line: str) -> Run | None:
    try:
        return msgspec.json.decode(line, type=Run)
    except (msgspec.MsgspecError, RecursionError):
        return None
