"""Build: documents to a store written aside, what did not change taken over from the store before.

`prepare` writes the store aside and holds the lock; what stands between (a gate) may open and ask it;
`publish` makes it the one that is served, `Prepared.discard` lets it go.
"""

from __future__ import annotations

import shutil
import time
import uuid
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import msgspec

from corpus import passage as splitting
from corpus.document import Document
from corpus.label import Label
from corpus.spool import Ordered, Spool
from corpus.study_identity import study_key
from index import manifest as manifests
from index.encoder import Encoders
from index.engine import EngineSettings, engine_of, settle
from index.errors import StoreDamaged, StoreError, StoreMismatch, StoreMissing
from index.manifest import Fingerprints
from index.publish import KEEP, BuildLock, now, prune_held, publish_folder, repair_held, sweep_held, writing
from index.root import Pointer, read_pointer, remembered
from index.shards import Found
from index.store import Store, fingerprints, open_store
from index.write import Content, Progress, Tally, open_content, write_store

Elsewhere = Callable[[Content, Store | None, Path, Progress | None], Found]
"""Makes what a store will say of documents somewhere else: it is told of them, the store before, the root and who follows its progress."""
LabelDocument = Callable[[Document], Mapping[str, Label]]
StudyOf = Callable[[Document, Mapping[str, Label]], str]


@dataclass(frozen=True, slots=True)
class BuildTools:
    """What a store is built with.

    Attributes:
        encoders: the model.
        label: gives a document's labels.
        vocabulary: names the vocabulary and every rule behind `label` and `study_of`; it changes when they do.
        study_of: the key that documents of one study share.
        engine: what holds vectors and words; None for FAISS and BM25 on disk.
        elsewhere: where documents are split, labelled and encoded; None for here.
    """

    encoders: Encoders
    label: LabelDocument
    vocabulary: str
    study_of: StudyOf = study_key
    engine: EngineSettings | None = None
    elsewhere: Elsewhere | None = None

    @property
    def fingerprints(self) -> Fingerprints:
        """What the store will say it was built with."""
        return fingerprints(self.encoders.fingerprint, self.vocabulary)


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    Attributes:
        added, changed, removed: ids of documents against the store before, sorted.
        reused: passages whose vectors were taken over; `encoded` those that were not.
        published: False where nothing changed, and until `publish`.
    """

    version: str
    added: Sequence[str]
    changed: Sequence[str]
    removed: Sequence[str]
    reused: int
    encoded: int
    seconds: float
    published: bool


@dataclass(frozen=True, slots=True)
class Prepared:
    """A store written aside, under the lock until it is published or discarded.

    Attributes:
        folder: of the new store; that of the one served where nothing changed.
        unchanged: whether the store served already says exactly this.
        spent: a folder of what the store was made of, to be removed once it is published.
    """

    root: Path
    folder: Path
    unchanged: bool
    report: BuildReport
    lock: BuildLock
    spent: Path | None = None

    def open(self) -> Store:
        """The new store, for a gate to ask."""
        return Store(self.folder, remembered=remembered(self.root))

    def discard(self) -> None:
        """Let the store go unpublished; what is served stays."""
        try:
            if not self.unchanged:
                with writing(self.root):
                    shutil.rmtree(self.folder, ignore_errors=True)
                sweep_held(self.root)
        finally:
            self.lock.release()


def prepare(
    documents: Sequence[Document], *, tools: BuildTools, root: Path, on_progress: Progress | None = None
) -> Prepared:
    """A store of these documents, written aside and not yet served.

    Raises:
        StoreLocked: another build is under way.
        StoreError: the root cannot be written, or two documents have one id.
    """
    began = time.perf_counter()
    lock = BuildLock(root)
    try:
        if tools.engine is not None:
            with writing(root):
                settle(root, tools.engine)
        repair_held(root)
        return _prepared(documents, tools, lock, began, on_progress)
    except BaseException:
        lock.release()
        raise


def publish(
    prepared: Prepared, *, built: str | None = None, reason: str = "", keep: int = KEEP
) -> BuildReport:
    """Serve a prepared store, keep the `keep` stores published last, and release the lock.

    Args:
        prepared: by `prepare`.
        built: when it was built (ISO 8601); None for now, or SOURCE_DATE_EPOCH.
        reason: why it is published although something got worse.
        keep: stores kept, this one included.
    """
    report, root = prepared.report, prepared.root
    try:
        if prepared.unchanged:
            return report
        publish_folder(root, prepared.folder, built=built or now(), reason=reason)
        with writing(root):
            shutil.rmtree(root / "work", ignore_errors=True)
            if prepared.spent is not None:
                shutil.rmtree(prepared.spent, ignore_errors=True)
        prune_held(root, keep)
        return replace(report, published=True)
    finally:
        prepared.lock.release()


def build(
    documents: Sequence[Document],
    *,
    tools: BuildTools,
    root: Path,
    built: str | None = None,
    on_progress: Progress | None = None,
) -> BuildReport:
    """Build a store of these documents and serve it."""
    prepared = prepare(documents, tools=tools, root=root, on_progress=on_progress)
    return publish(prepared, built=built)


def publish_measured(
    documents: Sequence[Document], encoders: Encoders, folder: Path, *, engine: EngineSettings | None = None
) -> Store:
    """A store of unlabelled documents, built and opened: what `measure` asks for."""
    build(documents, tools=BuildTools(encoders, lambda _: {}, "none", engine=engine), root=folder)
    return open_store(folder)


def _prepared(
    documents: Sequence[Document],
    tools: BuildTools,
    lock: BuildLock,
    began: float,
    on_progress: Progress | None,
) -> Prepared:
    root = lock.root
    ordered, lines = _ordered(documents, root / "aside")
    inputs = manifests.inputs(lines, tools.fingerprints)
    served = _served(root)
    before = None if served is None else served[1]
    with writing(root):
        changes = _changes(ordered, lines, before, root / "aside")
    if served is not None and _says(served[1], inputs, tools):
        report = BuildReport(
            served[0].version, *changes, len(served[1]), 0, time.perf_counter() - began, published=False
        )
        return Prepared(root, served[1].folder, unchanged=True, report=report, lock=lock)
    aside = root / "aside" / uuid.uuid4().hex
    with writing(root):
        content = open_content(ordered, lines, tools.encoders, tools.fingerprints, root / "aside")
        found = None if tools.elsewhere is None else tools.elsewhere(content, before, root, on_progress)
        content = replace(content, engine=tools.engine, found=found)
        _fill_in(content, tools, before, on_progress)
        aside.mkdir()
        tally = write_store(aside, root / "work", content, before=before, on_progress=on_progress)
        _fill(root, tally, on_progress)
        manifests.write(aside, tally.manifest)
    report = BuildReport(
        tally.manifest.version,
        *changes,
        tally.reused,
        tally.encoded,
        time.perf_counter() - began,
        published=False,
    )
    spent = None if found is None else found.spent
    return Prepared(root, aside, unchanged=False, report=report, lock=lock, spent=spent)


def _fill(root: Path, tally: Tally, on_progress: Progress | None) -> None:
    """Fill the store's collection where an engine holds it; what was there before goes on being served."""
    engine = engine_of(root)
    if tally.rows is None or engine is None:
        return
    from index.fill import fill

    def tell(done: int, of: int) -> None:
        if on_progress is not None:
            on_progress("engine", done, of)

    fill(engine, tally.manifest.version, tally.rows, tell)


def _says(store: Store, inputs: str, tools: BuildTools) -> bool:
    """Whether a store is what a build of these inputs with these tools would give."""
    return (
        store.manifest.inputs == inputs
        and store.manifest.arithmetic == tools.encoders.arithmetic
        and store.lies_in(tools.engine)
    )


def _ordered(documents: Sequence[Document], folder: Path) -> tuple[Ordered[Document], Ordered[bytes]]:
    """The documents by their ids, and each as it is encoded; the lines lie in a file below a folder."""
    ids: list[str] = []
    lines = Spool(folder, encode=bytes, decode=bytes)
    with writing(folder):
        for document in documents:
            ids.append(document.id)
            lines.add(_line(document))
        lines.settle()
    order = array("q", sorted(range(len(ids)), key=ids.__getitem__))
    for one, other in pairwise(order):
        if ids[one] == ids[other]:
            named = ", ".join(documents[at].origin or "?" for at in (one, other))
            message = f"two documents have the id {ids[one]} ({named}); nothing was published; take one of them out of the library"
            raise StoreError(message)
    return Ordered(documents, order), Ordered(lines, order)


def _line(document: Document) -> bytes:
    try:
        return msgspec.json.encode(document)
    except (UnicodeEncodeError, ValueError, OverflowError) as error:
        message = f"{document.id} ({document.origin or '?'}) cannot be stored ({error}); nothing was published; correct its text"
        raise StoreError(message) from error


def _served(root: Path) -> tuple[Pointer, Store] | None:
    """The store served; None where there is none, or none that is whole: then everything is built anew."""
    try:
        pointer, store = read_pointer(root), open_store(root)
        store.verify()  # every byte: what rots on the disk must not be taken over into the next store
    except (StoreMissing, StoreDamaged, StoreMismatch):
        return None
    return pointer, store


def _changes(
    ordered: Sequence[Document], lines: Sequence[bytes], before: Store | None, folder: Path
) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    ids = Spool(folder, str.encode, bytes.decode)
    changed: list[str] = []
    for document, line in zip(ordered, lines, strict=True):
        ids.add(document.id)
        if before is not None and before.has(document.id) and before.document_line(document.id) != line:
            changed.append(document.id)
    ids.settle()
    if before is None:
        return ids, (), ()
    now_there = set(ids)
    added = tuple(one for one in ids if not before.has(one))
    return added, tuple(changed), tuple(one for one in before.ids if one not in now_there)


def _fill_in(content: Content, tools: BuildTools, before: Store | None, on_progress: Progress | None) -> None:
    """Split and label every document; what did not change is taken over."""
    own = tools.fingerprints
    old = None if before is None else before.manifest.fingerprints
    same_split = old is not None and (old.model, old.splitter) == (own.model, own.splitter)
    same_labels = old is not None and old.vocabulary == own.vocabulary
    limit, count = tools.encoders.token_limit, tools.encoders.count_tokens
    for done, (document, line) in enumerate(zip(content.documents, content.lines, strict=True), start=1):
        known = (
            before
            if before and before.has(document.id) and before.document_line(document.id) == line
            else None
        )
        said = None if content.found is None else content.found.said(document.id)
        if said is not None:
            content.add(document, said.labels, said.study, said.passages)
        else:
            labels = known.kept_labels(document.id) if known and same_labels else tools.label(document)
            passages = (
                tuple(map(known.passage, known.passages_of(document.id)))
                if known and same_split
                else splitting.split(document, limit=limit, count=count)
            )
            content.add(document, labels, tools.study_of(document, labels), passages)
        if on_progress is not None:
            on_progress("documents", done, len(content.documents))
