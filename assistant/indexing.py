"""Indexing: a library read, its store prepared, held against the judged questions, and published or let go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.answering import Bench, Progress, read_floor
from assistant.diffing import StoreDiff, diff_stores, with_answers
from assistant.errors import GateClosedError
from assistant.gate import Gate, ask_gate, judged_questions, publish_gated
from assistant.versions import open_version
from index.build import BuildReport
from index.encoder import Encoders
from index.errors import StoreError
from index.root import current_version

if TYPE_CHECKING:
    from assistant.judging import Judged
    from corpus.library import LibraryReading
    from index.build import Prepared
    from index.store import Store


@dataclass(frozen=True, slots=True)
class Indexed:
    """What indexing a library came to.

    Attributes:
        accepted: the reason given to publish whatever the gate says; None where none was given.
        refused: why nothing was published, with the cure; empty where the gate was open, and in a dry run.
        unchanged: whether the store served said exactly this already.
        diff: against the store served, in a dry run only; None where none is served.
    """

    reading: LibraryReading
    report: BuildReport
    gate: Gate
    accepted: str | None = None
    refused: str = ""
    unchanged: bool = False
    dry_run: bool = False
    diff: StoreDiff | None = None


def index_library(
    bench: Bench,
    *,
    dry_run: bool = False,
    accept: str | None = None,
    progress: Progress | None = None,
    encoders: Encoders | None = None,
) -> Indexed:
    """Read the library, and publish its store where the gate is open or a reason is given.

    Args:
        bench: whose library it is.
        dry_run: publish nothing, and say what would change.
        accept: why to publish whatever the gate says.
        progress: told how far it is.
        encoders: what to encode with; None for what the library's settings name.
    """
    judged = judged_questions(bench.library.folder)
    reading = bench.read(progress)
    encoders = encoders or bench.encoders()
    prepared = bench.prepare(reading, encoders, progress)
    try:
        gate = Gate() if prepared.unchanged and not dry_run else ask_gate(bench, prepared, encoders, judged)
        diff = _would_change(bench, prepared, encoders, judged) if dry_run else None
    except BaseException:
        prepared.discard()
        raise
    said = Indexed(
        reading, prepared.report, gate, accept, unchanged=prepared.unchanged, dry_run=dry_run, diff=diff
    )
    if dry_run:
        prepared.discard()
        return said
    return _published(bench, prepared, said, encoders)


def _published(bench: Bench, prepared: Prepared, said: Indexed, encoders: Encoders) -> Indexed:
    try:
        report = publish_gated(bench, prepared, said.gate, accept=said.accepted)
    except GateClosedError as closed:
        return replace(said, refused=str(closed))
    with bench.open() as store:
        read_floor(bench, store, encoders)
    return replace(said, report=report)


def _would_change(
    bench: Bench, prepared: Prepared, encoders: Encoders, judged: tuple[Judged, ...]
) -> StoreDiff | None:
    served = _served(bench)
    if served is None:
        return None
    with served as before, prepared.open() as after:
        return with_answers(diff_stores(before, after), judged, (before, after), (bench, encoders))


def _served(bench: Bench) -> Store | None:
    """The store served, whatever it was built with; None where there is none that can be read."""
    try:
        version = current_version(bench.root)
        return open_version(bench.root, version) if version else None
    except StoreError:
        return None
