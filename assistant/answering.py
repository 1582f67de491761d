"""Answering: a library, its store and its model, opened once; a message in, an Answer out."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.about import answer_about, answer_paper
from assistant.answer import Answer, PartAnswer, StoreStamp, answer_evidence, answer_fixed
from assistant.asked import Ask, Part, Reading
from assistant.checks import checked
from assistant.errors import GateClosedError
from assistant.evidence import Mask, counter_of
from assistant.question import read_message
from assistant.quotes import Sources, searched_for
from assistant.settings import Settings
from corpus.kept_vocabulary import keep_vocabulary, open_vocabulary
from corpus.library_file import Library, open_library
from corpus.rules import rules_version
from corpus.vocabulary import Vocabulary
from index.ahead import Ahead
from index.bfloat import AUTO
from index.encoder import Encoders, fingerprint, open_encoder
from index.engine import EngineSettings
from index.errors import StoreError, StoreMismatch, StoreMissing
from index.floor import Floor, calibrate
from index.manifest import Fingerprints
from index.questions import Asking, Exports, Questions, encode_ahead, open_questions
from index.root import current_version, store_root
from index.sealed import read_sealed, write_sealed
from index.seam import Vectors
from index.search import Hit, search
from index.store import Store, fingerprints, open_store

if TYPE_CHECKING:  # a question needs neither, and waits for what is imported
    from corpus.library import LibraryReading
    from index.build import BuildReport, BuildTools, Prepared

Progress = Callable[[str, int, int], None]
"""(stage, done, of): told how far a long work is."""
PASSAGES_CHECKED = 40
"""About how many of the library's passages an export of its model is checked on."""


@cache
def calibration() -> dict[str, tuple[str, ...]]:
    """The questions that set the floor: `calibration.toml`."""
    tables = tomllib.loads((resources.files("assistant") / "calibration.toml").read_text("utf-8"))
    return {name: tuple(questions) for name, questions in tables.items()}


class Bench:
    """A library with what it is built with: its vocabulary, its model by name, the root of its stores."""

    def __init__(self, settings: Settings) -> None:
        """The bench of the library that the settings name."""
        self.library: Library = open_library(settings.library)
        self.starter = settings.starter
        self.root: Path = store_root(self.library.folder, shipped=settings.starter)
        own = self.library.settings.get("vocabulary")
        self.vocabulary: Vocabulary = open_vocabulary(self.library.folder / own if own else None, self.root)
        named = self.library.settings
        self._models = (named.get("model") or named.get("encoder"), named.get("question_model"))
        self._arithmetic = named.get("arithmetic", AUTO)

    @cached_property
    def statuses(self) -> Path:
        """The file of what retraction checks found."""
        from corpus.statuses import statuses_file

        return statuses_file(self.library.folder, self.root, shipped=self.starter)

    def encoders(self, progress: Callable[[int], None] | None = None) -> Encoders:
        """The encoders that the library's settings name; questions by the model's export once there is one."""
        return self.exports.first(open_encoder(*self._models, progress=progress, arithmetic=self._arithmetic))

    @property
    def exports(self) -> Exports:
        """The exports of models of questions, beside the stores."""
        return Exports(self.root)

    def questions(self) -> Questions:
        """The encoder of questions: the model's export, without torch, else the model itself."""
        return open_questions(self.exports, *self._models, texts=_all_calibration)

    def fingerprint(self) -> str:
        """The fingerprint of the encoders that the library's settings name; nothing is loaded."""
        return fingerprint(*self._models, remembered=self.exports.digests)

    def expected(self) -> Fingerprints:
        """What a store must have been built with to be served."""
        return fingerprints(self.fingerprint(), rules_version(self.vocabulary))

    def open(self) -> Store:
        """The store that is served, if it was built with what is in use now."""
        return open_store(self.root, expected=self.expected())

    def tools(self, encoders: Encoders) -> BuildTools:
        """What a store of this library is built with."""
        from corpus.tagging import stored_labels
        from index.build import BuildTools

        return BuildTools(
            encoders,
            lambda document: stored_labels(document, self.vocabulary),
            rules_version(self.vocabulary),
            engine=self.engine(),
        )

    def engine(self) -> EngineSettings | None:
        """What holds the vectors and words of a store built now, by `[store]` of library.toml; None is on disk."""
        said = self.library.store
        if said.get("engine") != "milvus":
            return None
        return EngineSettings(said.get("address", ""), said.get("alias", ""), said.get("index", ""))

    def read(self, progress: Progress | None = None) -> LibraryReading:
        """Everything in the library with what retraction checks found, and why the rest cannot be read."""
        from corpus.library import read_library
        from corpus.statuses import read_statuses, with_statuses

        tell = progress or _silent
        known = read_statuses(self.statuses)
        reading = read_library(self.library, on_progress=lambda done, of, _: tell("reading", done, of))
        return replace(reading, documents=with_statuses(reading.documents, known))

    def prepare(
        self, reading: LibraryReading, encoders: Encoders, progress: Progress | None = None
    ) -> Prepared:
        """A store of what was read, written aside and not yet served; the model of questions is exported with it."""
        from index.build import prepare

        tools = self.tools(encoders)
        prepared = prepare(reading.documents, tools=tools, root=self.root, on_progress=progress)
        try:
            self.exports.make(encoders, lambda: _checked_on(prepared, progress or _silent))
        except BaseException:
            prepared.discard()
            raise
        return prepared

    def publish(self, prepared: Prepared, *, reason: str = "") -> BuildReport:
        """Serve a prepared store."""
        from index.build import publish

        return publish(prepared, reason=reason, keep=int(self.library.settings.get("keep_stores", 3)))


def _all_calibration() -> tuple[str, ...]:
    return tuple(question for questions in calibration().values() for question in questions)


def _checked_on(prepared: Prepared, tell: Progress) -> tuple[str, ...]:
    """What an export is checked on: passages from all over the library, and the questions of `calibration.toml`."""
    tell("exporting", 0, 1)
    with prepared.open() as store:
        step = max(1, len(store) // PASSAGES_CHECKED)
        passages = tuple(store.quote(ordinal) for ordinal in range(0, len(store), step))
    return passages + _all_calibration()


def _silent(stage: str, done: int, of: int) -> None:
    """Progress that nobody watches."""


def _untold(seconds: float) -> None:
    """Nobody asks how long an encoding took."""


class Answerer:
    """Answers messages from one library; a store published meanwhile is picked up between two questions."""

    def __init__(self, bench: Bench, store: Store, encoders: Asking) -> None:
        """Answer from `store` with the questions' encoder of `encoders`; `encoded`, where it is set, is told how many seconds each encoding took."""
        self._bench = bench
        self._encoders = encoders
        self._asked: tuple[str, Ahead[Vectors]] | None = None
        self._told: Ahead[Vectors] | None = None
        self.encoded: Callable[[float], None] = _untold
        self._take(store)

    @property
    def sources(self) -> Sources:
        """What answers are made from now."""
        return self._sources

    @property
    def vocabulary(self) -> Vocabulary:
        """The concepts and their names."""
        return self._bench.vocabulary

    @property
    def root(self) -> Path:
        """The folder of the library's stores."""
        return self._bench.root

    def answer(self, text: str, earlier: Sequence[str] = ()) -> Answer:
        """The answer to a message, in its thread: identifiers masked first, each question apart.

        Args:
            text: the message as typed.
            earlier: the thread's earlier messages, oldest first.
        """
        self.refresh()
        return self.answer_reading(read_message(text, self.vocabulary, earlier=earlier))

    def answer_reading(self, reading: Reading) -> Answer:
        """The answer to a message as read."""
        parts = tuple(self._part(part) for part in reading.parts)
        self._asked = self._told = None  # nothing of a question is kept
        question = "\n".join(part.text for part in reading.parts) or reading.text
        return Answer(question, self._sources.stamp, reading.masked, parts)

    def refresh(self) -> None:
        """Take the store that is served now, where another was published since; keep the old one where it cannot be opened."""
        try:
            if current_version(self._bench.root) in (None, self._store.version):
                return
            store = self._bench.open()
        except StoreError:
            return
        self._take(store)

    def _take(self, store: Store) -> None:
        self._store = store
        floor = read_floor(self._bench, store, self._encoders)
        chosen = float(self._bench.library.settings.get("floor", floor.value))
        self._sources = Sources(store, self.vocabulary, self._search, stamp(self._bench, store), chosen)

    def _search(self, question: str, n: int, allowed: Mask | None) -> tuple[Hit, ...]:
        return search(self._store, question, self._vector(question), n=n, allowed=allowed)

    def _vector(self, question: str) -> Vectors:
        """The vector of a question, which is searched with several filters one after the other."""
        ahead = self._encoded_ahead(question)
        vector = ahead.get()
        if ahead is not self._told:
            self._told = ahead
            self.encoded(ahead.seconds)
        return vector

    def _encoded_ahead(self, question: str) -> Ahead[Vectors]:
        """The vector of a question, encoded while the evidence is counted."""
        asked = self._asked
        if asked is None or asked[0] != question:
            asked = self._asked = (question, encode_ahead(self._encoders, question))
        return asked[1]

    def _part(self, part: Part) -> PartAnswer:
        if part.ask is Ask.ABOUT_CORPUS:
            return answer_about(part, self._sources)
        if part.ask is Ask.PAPER:
            return answer_paper(part, self._sources)
        if part.ask in (Ask.EVIDENCE, Ask.HARM, Ask.COMPARISON):
            return self._evidence(part)
        return answer_fixed(part, self._sources.stamp)

    def _evidence(self, part: Part) -> PartAnswer:
        """Evidence, behind the second gate: where no product and no condition vouch for the question, its words must reach the floor."""
        if not part.facets.get("intervention") and not part.facets.get("condition"):
            hits = self._search(part.text, 1, None)
            if not hits or hits[0].vectors_score < self._sources.floor:
                return answer_fixed(replace(part, ask=Ask.OUT_OF_SCOPE), self._sources.stamp)
        self._encoded_ahead(searched_for(part, self.vocabulary))
        return answer_evidence(part, self._sources)


def stamp(bench: Bench, store: Store) -> StoreStamp:
    """What every answer says of the store it is from."""
    return StoreStamp(
        version=store.version,
        built=store.built,
        documents=len(store.ids),
        studies=studies(store),
        passages=len(store),
        model=store.model,
        library=bench.library.name,
        checked=checked(store),
    )


def studies(store: Store) -> int:
    """How many studies the store holds: papers with patients, animals or cells of their own, each study once."""
    counter = counter_of(store)
    return counter.studies(counter.paper)


def open_answerer(
    settings: Settings, progress: Progress | None = None, *, in_haste: bool = False
) -> Answerer:
    """An answerer of the library that the settings name; a library that was never indexed is indexed first.

    Args:
        settings: which library.
        progress: told how far the indexing is.
        in_haste: the model is opened meanwhile; one that cannot be opened is then told by the first answer that needs it.
    """
    bench = Bench(settings)
    ahead = bench.exports.open_ahead(bench.fingerprint()) if in_haste else None
    try:
        store = bench.open()
    except (StoreMissing, StoreMismatch) as why:
        # The starter library is the program's own, so a newer program builds it anew; a curator's is never built unasked twice.
        if isinstance(why, StoreMismatch) and not settings.starter:
            raise
        build(bench, progress)
        # The same encoder as every later question has, so that the first answer has the same bytes as the second.
        return Answerer(bench, bench.open(), bench.questions())
    keep_vocabulary(bench.vocabulary, bench.root)
    return Answerer(bench, store, ahead or bench.questions())


def build(bench: Bench, progress: Progress | None = None) -> Encoders:
    """Index the library and publish its store; the encoders used, for who goes on with them.

    Raises:
        GateClosedError: a judged question that must be right is answered wrongly; nothing is published.
    """
    from assistant.indexing import index_library

    encoders = bench.encoders()
    indexed = index_library(bench, encoders=encoders, progress=progress)
    if indexed.refused:
        raise GateClosedError(indexed.refused)
    return encoders


def kept_floor(bench: Bench, store: Store) -> Floor | None:
    """The floor kept beside a store; None where it was not measured yet."""
    return read_sealed(_floor_file(bench, store), Floor)


def _floor_file(bench: Bench, store: Store) -> Path:
    return bench.root / "floors" / f"{store.version}.json"


def read_floor(bench: Bench, store: Store, encoders: Asking) -> Floor:
    """The floor of a store with its curve: kept beside the store, measured where it is not there yet."""
    kept = kept_floor(bench, store)
    if kept is not None:
        return kept
    floor = measure_floor(store, encoders)
    path = _floor_file(bench, store)
    try:
        path.parent.mkdir(exist_ok=True)
        write_sealed(path, floor)
    except OSError:
        return floor  # a store that cannot be written beside is still searched; the floor is measured anew next time
    return floor


def measure_floor(store: Store, encoders: Asking) -> Floor:
    """The floor of a store, measured on the questions of `calibration.toml`."""

    def best(questions: Sequence[str]) -> list[float]:
        vectors: Any = encoders.questions.encode(questions)
        return [max(store.nearest(vector, 1)[1].tolist(), default=0.0) for vector in vectors]

    asked = calibration()
    return calibrate(best(asked["off_topic"]), best(asked["in_scope"]))


def open_store_of(bench: Bench) -> Store:
    """The store that a library serves, as `open_answerer` has it: indexed first where it never was, or where it ships and is old."""
    try:
        return bench.open()
    except (StoreMissing, StoreMismatch) as why:
        if isinstance(why, StoreMismatch) and not bench.starter:
            raise
        build(bench)
        return bench.open()
