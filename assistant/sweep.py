"""The retraction sweep: the statuses of a store's papers asked after anew, and a store published with what was found.

Nothing is encoded: every vector is taken over. The gate does not hold it back, for a retracted paper that is still
counted is worse than any judged question; which questions are answered differently is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.diffing import StoreDiff, diff_stores, with_answers
from assistant.gate import Gate, ask_gate, judged_questions, publish_gated
from corpus import keep
from corpus.document import Document, Kind, Status
from corpus.errors import FetchError, UnreadableError
from corpus.label import Label
from corpus.record_tables import tables
from corpus.records import read_records
from corpus.retractions import SOURCE as WATCH
from corpus.retractions import Lookup, Watch, pmid_of, read_watch
from corpus.same import names_of
from corpus.statuses import NAME as STATUSES
from corpus.statuses import (
    Check,
    Said,
    SaidOf,
    Statuses,
    kept_in,
    new_links,
    read_statuses,
    statuses_bytes,
    told,
    untold,
)
from index.build import BuildReport, prepare

if TYPE_CHECKING:
    from assistant.answering import Bench, Progress
    from corpus.eutils import Eutils
    from index.encoder import Encoders
    from index.store import Store

PUBMED = "PubMed"
BATCH = 200
"""PMIDs asked of PubMed at once."""
REASON = "retractions checked"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one source answered.

    Attributes:
        said: one for each document that could be asked after, whether the source knows of anything or not.
        notes: what a curator should look at.
        problems: lines of the file of which nothing was taken.
        failed: why the source was not asked to the end, with a cure; what it said before holds.
    """

    check: Check
    said: tuple[Said, ...]
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep came to.

    Attributes:
        papers: papers in the store; `unasked` those without a PMID or DOI, or that no source answered for.
        diff: between the store before and after, answers included.
        report: of the store; `published` is False where nothing changed and in a dry run.
        gate: what the judged questions say of the new store.
    """

    asked: tuple[Asked, ...]
    papers: int
    unasked: tuple[str, ...]
    diff: StoreDiff
    report: BuildReport
    gate: Gate


@dataclass(frozen=True, slots=True)
class Sweep:
    """How a sweep is made.

    Attributes:
        today: the day of the check (ISO 8601).
        watch: Retraction Watch's file as read; None where none was given.
        eutils: what PubMed is asked with; None where it is not.
        dry_run: publish and keep nothing.
    """

    today: str
    watch: Watch | None = None
    eutils: Eutils | None = None
    dry_run: bool = False


def watch_file(path: Path) -> Watch:
    """Retraction Watch's file.

    Raises:
        UnreadableError: it cannot be opened, or is no such file.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = f"{path} cannot be opened ({error.strerror or error})"
        raise UnreadableError(reason, "name the CSV file of Retraction Watch") from error
    return read_watch(content, name=path.name)


def sweep(
    bench: Bench, how: Sweep, *, encoders: Encoders | None = None, progress: Progress | None = None
) -> Swept:
    """Ask after every paper of the store that is served, keep what was found, and publish a store with it.

    Raises:
        StoreMissing: the library was never indexed.
        LibraryError: statuses.jsonl is wrong or cannot be written.
    """
    folders = kept_in(bench.library.folder, bench.root, shipped=bench.starter)
    with bench.open() as store, keep.held_alone(folders[0]):
        known = read_statuses(bench.statuses)
        said_of = SaidOf(known.said)
        bare = tuple(untold(document, said_of(document)) for document in map(store.document, store.ids))
        papers = tuple(one for one in bare if one.kind is Kind.PAPER)
        asked = tuple(_ask(papers, how, progress))
        statuses = _united(known, asked)
        if not how.dry_run and any(one.said for one in asked):
            for folder in folders:
                keep.put_again(folder, STATUSES, statuses_bytes(statuses))
        said_of = SaidOf(statuses.said)
        now = [told(document, said_of(document)) for document in bare]
        answered = {name for one in asked for said in one.said for name in said.names}
        report, diff, gate = _published(bench, store, now, (how, encoders or bench.encoders()))
    unasked = tuple(one.id for one in papers if one.id not in answered)
    return Swept(asked, len(papers), unasked, diff, report, gate)


def _ask(papers: Sequence[Document], how: Sweep, progress: Progress | None) -> Iterable[Asked]:
    if how.watch is not None:
        yield ask_watch(papers, how.watch, how.today)
    if how.eutils is not None:
        yield ask_pubmed(papers, how.eutils, how.today, progress)


def ask_watch(papers: Sequence[Document], watch: Watch, today: str) -> Asked:
    """What Retraction Watch's file says of each paper that has a PMID or a DOI."""
    lookup = Lookup(watch)
    reach = f"entries to {watch.newest}" if watch.newest else ""
    said: list[Said] = []
    notes: list[str] = []
    known = 0
    for paper in papers:
        if not (paper.citation.pmid or paper.citation.doi):
            continue
        word = lookup.word(paper)
        known += word.status is not Status.NONE_RECORDED
        notes += word.notes
        links = new_links(paper, word.links)
        said.append(Said(_names(paper), WATCH, today, reach, paper.status, word.status, links))
    return Asked(Check(WATCH, today, reach, len(said), known), tuple(said), tuple(notes), watch.problems)


def ask_pubmed(
    papers: Sequence[Document], eutils: Eutils, today: str, progress: Progress | None = None
) -> Asked:
    """What PubMed's records say now of each paper that has a PMID; what came before a failure holds."""
    by_pmid = {pmid: paper for paper in papers if (pmid := pmid_of(paper.citation.pmid or ""))}
    pmids = sorted(by_pmid, key=int)
    fresh: dict[str, Document] = {}
    notes: list[str] = []
    failed = ""
    for start in range(0, len(pmids), BATCH):
        wanted = pmids[start : start + BATCH]
        try:
            reading = read_records(eutils.records(wanted), name=PUBMED)
        except (FetchError, UnreadableError) as error:
            failed = f"PubMed was not asked after {len(pmids) - start} papers: {error}"
            break
        fresh |= {pmid_of(one.citation.pmid or ""): one for one in reading.documents}
        notes += [
            f"{by_pmid[pmid].id}: PubMed gives no record of it now" for pmid in wanted if pmid not in fresh
        ]
        if progress is not None:
            progress("asking PubMed", min(start + BATCH, len(pmids)), len(pmids))
    said = tuple(_pubmed_said(by_pmid[pmid], fresh[pmid], today) for pmid in pmids if pmid in fresh)
    known = sum(one.status is not Status.NONE_RECORDED for one in said)
    return Asked(Check(PUBMED, today, "", len(said), known), said, tuple(notes), failed=failed)


def _pubmed_said(paper: Document, record: Document, today: str) -> Said:
    telling = {kind for rule in tables().status_rules for kind in rule.links}
    links = [link for link in record.record.links if link.kind.lower() in telling]
    return Said(_names(paper), PUBMED, today, "", paper.status, record.status, new_links(paper, links))


def _names(document: Document) -> tuple[str, ...]:
    return tuple(sorted(names_of(document)))


def _united(known: Statuses, asked: Sequence[Asked]) -> Statuses:
    """What is known, with what each source said now in place of what it said before of the same documents."""
    said = known.said
    for one in asked:
        names = {name for new in one.said for name in new.names}
        said = tuple(
            old for old in said if old.source != one.check.source or not names.intersection(old.names)
        )
        said += one.said
    return Statuses((*known.checks, *(one.check for one in asked if one.said)), said)


def _published(
    bench: Bench, store: Store, documents: Sequence[Document], tools: tuple[Sweep, Encoders]
) -> tuple[BuildReport, StoreDiff, Gate]:
    """A store of these documents, published; and what it changes."""
    how, encoders = tools
    judged = judged_questions(bench.library.folder)
    build_tools = replace(bench.tools(encoders), label=_labelling(bench, store, encoders))
    prepared = prepare(documents, tools=build_tools, root=bench.root)
    try:
        gate = Gate() if prepared.unchanged else ask_gate(bench, prepared, encoders, judged)
        with prepared.open() as after:
            diff = with_answers(diff_stores(store, after), judged, (store, after), (bench, encoders))
    except BaseException:
        prepared.discard()
        raise
    if how.dry_run:
        prepared.discard()
        return prepared.report, diff, gate
    return publish_gated(bench, prepared, gate, accept=_reason(how, diff)), diff, gate


def _reason(how: Sweep, diff: StoreDiff) -> str:
    sources = [name for name, used in ((WATCH, how.watch), (PUBMED, how.eutils)) if used is not None]
    return f"{REASON}: {', '.join(sources)}; statuses changed: {len(diff.statuses)}"


def _labelling(bench: Bench, store: Store, encoders: Encoders) -> Callable[[Document], Mapping[str, Label]]:
    """Labels as the store has them, where nothing but the checks of a document changed; else as the rules give them."""
    fresh = bench.tools(encoders).label

    def label(document: Document) -> Mapping[str, Label]:
        same = replace(store.document(document.id), checked=document.checked) == document
        return store.kept_labels(document.id) if same else fresh(document)

    return label
