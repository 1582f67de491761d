"""Add: sources that a curator names → files in the library, and what each of them is to what was there before."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from corpus import curation, front_matter, keep, sidecar
from corpus.errors import LibraryError, UnreadableError
from corpus.intake import own_readers, take_in
from corpus.library import OWN_FILES, Library, Progress, is_left_alone, read_library
from corpus.merge import Merge, merge
from corpus.reading import Problem, Reading
from corpus.sources import FOLDER, Candidate, Reach, candidates


@dataclass(frozen=True, slots=True)
class AddedFile:
    """A file that went into the library, or would.

    Attributes:
        source: what the curator named, or the file below a folder of that name.
        name: where it is inside the library.
        documents: (id, title) of each document it holds.
    """

    source: str
    name: str
    documents: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Added:
    """What an `add` did, or with dry_run would do.

    Attributes:
        already: (source, name) of files whose content the library holds under that name.
        problems: what could not be read, and records of files that were added with the rest.
        skipped: files of a folder that are settings of another library, not sources.
        merges: which documents are the same source as others, old or new.
        failed: the named sources of which nothing could be taken.
    """

    files: tuple[AddedFile, ...] = ()
    already: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()
    skipped: tuple[str, ...] = ()
    merges: tuple[Merge, ...] = ()
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What a curator wants added.

    Attributes:
        meta: what the curator states of each source, by the keys of front matter; written as the sidecar of each file.
        dry_run: whether nothing is to be written.
    """

    sources: tuple[str, ...]
    meta: Mapping[str, Any] = field(default_factory=dict)
    dry_run: bool = False


def add(wish: Wish, library: Library, reach: Reach, *, on_progress: Progress | None = None) -> Added:
    """What became of the sources.

    Raises:
        LibraryError: what is stated or curation.toml is wrong (nothing is written then), or a file cannot be written.
    """
    _check(wish.meta)
    said = curation.read_curation(library.folder / curation.NAME)
    before = read_library(library, on_progress=on_progress)
    taken = _Taken(library, wish.meta)
    for source in wish.sources:
        taken.take(source, reach)
    new = [document for _, reading in taken.ready for document in reading.documents]
    merged = merge((*before.documents, *new), words=said.words)
    names = {candidate.name for candidate, _ in taken.ready}
    if not wish.dry_run:
        with keep.held_alone(library.folder):
            for candidate, _ in taken.ready:
                _write(library.folder, candidate)
            for candidate, name in taken.already:
                _complete(library.folder, candidate, name)
    return Added(
        files=tuple(_told(candidate, reading) for candidate, reading in taken.ready),
        already=tuple((candidate.source, name) for candidate, name in taken.already),
        problems=tuple(taken.problems),
        skipped=tuple(taken.skipped),
        merges=tuple(one for one in merged.merges if names.intersection(one.origins)),
        failed=tuple(taken.failed),
    )


def stated_by(pairs: Iterable[str]) -> dict[str, Any]:
    """The values that `key=value` pairs state; "labels.route" is a key within "labels", a key given again makes a list.

    Raises:
        LibraryError: a pair has no key or no value, or a key is both a value and a table.
    """
    stated: dict[str, Any] = {}
    for pair in pairs:
        key, sign, value = (part.strip() for part in pair.partition("="))
        table, _, inner = key.rpartition(".")
        place: Any = stated.setdefault(table, {}) if table else stated
        if not (sign and inner and value and isinstance(place, dict)) or isinstance(place.get(inner), dict):
            msg = f'"{pair}" is no key=value, so nothing was added; write for instance --meta year=2018'
            raise LibraryError(msg)
        known = place.get(inner)
        place[inner] = value if known is None else [*(known if isinstance(known, list) else [known]), value]
    return stated


def _check(stated: Mapping[str, Any]) -> None:
    """Refuses statements that no sidecar can make, before anything is fetched."""
    if not stated:
        return
    try:
        front, _ = front_matter.parse(f"+++\n{keep.sidecar_text(stated)}\n+++\n", name="--meta")
    except UnreadableError as error:
        msg = f"{error.reason}, so nothing was added; mend --meta"
        raise LibraryError(msg) from error
    if front.warnings:
        msg = f"{front.warnings[0]}, so nothing was added; mend --meta"
        raise LibraryError(msg)


class _Taken:
    """What is gathered, source by source, before anything is written."""

    def __init__(self, library: Library, stated: Mapping[str, Any]) -> None:
        self.ready: list[tuple[Candidate, Reading]] = []
        self.already: list[tuple[Candidate, str]] = []
        self.problems: list[Problem] = []
        self.skipped: list[str] = []
        self.failed: list[str] = []
        self._library = library
        self._stated = stated
        self._held = _Held(library.folder)
        self._used: set[str] = set()

    def take(self, source: str, reach: Reach) -> None:
        """Every file of a source: ready to be written, there already, skipped, or a problem."""
        before = len(self.ready) + len(self.already)
        for found in candidates(source, reach):
            if isinstance(found, Problem):
                self.problems.append(found)
            elif found.name.rsplit("/", 1)[-1] in OWN_FILES:
                self.skipped.append(found.source)
            else:
                try:
                    self._take_file(found)
                except UnreadableError as error:
                    self.problems.append(Problem(found.source, error.reason, error.cure))
        if len(self.ready) + len(self.already) == before:
            self.failed.append(source)

    def _take_file(self, found: Candidate) -> None:
        found = replace(found, sidecar=_sidecar(found, self._stated))
        if (name := self._held.name_of(found.content)) is not None:
            self.already.append((found, name))
            if self._stated and _has_another_sidecar(self._library.folder, found, name):
                cure = f"write what you state into {name}{sidecar.ENDING}"
                self.problems.append(Problem(found.source, f"{name} has a sidecar already", cure))
            return
        found = replace(found, name=_place(self._library, found.name, self._used))
        reading = _read(found)
        self._used.add(found.name)
        self._held.add(found.name, found.content)
        self.ready.append((found, reading))
        self.problems.extend(reading.problems)


def _read(found: Candidate) -> Reading:
    """What the file gives, with its sidecar."""
    try:
        reading = take_in(found.content, name=found.name, readers=own_readers())
        if found.sidecar:
            reading = sidecar.applied(reading, found.sidecar, name=found.name + sidecar.ENDING)
    except UnreadableError:
        raise
    except Exception as error:  # one file that a reader trips over must not stop the rest
        reason = f"the reader failed on it ({type(error).__name__}: {error})"[:300]
        raise UnreadableError(reason, "this is a defect of firstpass: report it with the file") from error
    documents = tuple(replace(document, origin=found.name) for document in reading.documents)
    return replace(reading, documents=documents)


def _sidecar(found: Candidate, stated: Mapping[str, Any]) -> bytes:
    """The sidecar that goes with the file: the one beside it, over it the curator's statements; the address of a page."""
    if not stated and found.address is None:
        return found.sidecar
    try:
        own = tomllib.loads(found.sidecar.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        reason = f"its sidecar is not TOML ({error})"
        raise UnreadableError(reason, "mend that line") from error
    origin = (
        {}
        if found.address is None or found.name.endswith((".ris", ".nbib", ".xml"))
        else {"url": found.address}
    )
    merged = origin | own | dict(stated)
    for key, value in stated.items():
        if isinstance(value, Mapping) and isinstance(own.get(key), Mapping):
            merged[key] = {**own[key], **value}
    return keep.sidecar_text(merged).encode("utf-8") if merged else b""


def _place(library: Library, name: str, used: set[str]) -> str:
    """A free name for the file at which the library reads it.

    Raises:
        UnreadableError: library.toml leaves out whatever has such a name.
    """
    if is_left_alone(library, name) and "/" not in name:
        name = f"{FOLDER}/{name}"
    if is_left_alone(library, name):
        reason = f"library.toml leaves out {name}, so it would never be read"
        raise UnreadableError(reason, "change include or exclude in library.toml, or rename the file")
    name = keep.shortened(name, sidecar.ENDING)
    stem, ending = keep.divided(name)
    number, free = 1, name
    while free in used or any(os.path.lexists(library.folder / one) for one in (free, free + sidecar.ENDING)):
        number += 1
        free = f"{stem}-{number}{ending}"
    return free


def _write(folder: Path, candidate: Candidate) -> None:
    keep.put_new(folder, candidate.name, candidate.content)
    if candidate.sidecar:
        keep.put_new(folder, candidate.name + sidecar.ENDING, candidate.sidecar)


def _has_another_sidecar(folder: Path, candidate: Candidate, name: str) -> bool:
    beside = folder / (name + sidecar.ENDING)
    return beside.is_file() and beside.read_bytes() != candidate.sidecar


def _complete(folder: Path, candidate: Candidate, name: str) -> None:
    """Give a file that was there already the sidecar that it lacks."""
    beside = folder / (name + sidecar.ENDING)
    if candidate.sidecar and (folder / name).is_file() and not beside.exists():
        keep.put_new(folder, name + sidecar.ENDING, candidate.sidecar)


def _told(candidate: Candidate, reading: Reading) -> AddedFile:
    documents = tuple((one.id, one.citation.title) for one in reading.documents)
    warnings = (*reading.warnings, *(said for one in reading.documents for said in one.warnings))
    return AddedFile(candidate.source, candidate.name, documents, tuple(dict.fromkeys(warnings)))


class _Held:
    """Which content the library holds, and under which name; a file is read only where one of its size is asked for."""

    def __init__(self, folder: Path) -> None:
        self._sizes: dict[int, list[Path | tuple[str, str]]] = {}
        self._folder = folder
        for path in _files(folder):
            self._sizes.setdefault(path.stat().st_size, []).append(path)

    def name_of(self, content: bytes) -> str | None:
        """The name of a file with this content."""
        wanted = hashlib.sha256(content).hexdigest()
        for one in self._sizes.get(len(content), ()):
            if isinstance(one, Path):
                if _digest(one) == wanted:
                    return one.relative_to(self._folder).as_posix()
            elif one[1] == wanted:
                return one[0]
        return None

    def add(self, name: str, content: bytes) -> None:
        """Remember a file that is to be written."""
        self._sizes.setdefault(len(content), []).append((name, hashlib.sha256(content).hexdigest()))


def _digest(path: Path) -> str:
    """The file's SHA-256; empty where it cannot be read, which the library's own reading reports."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _files(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for name in sorted(files):
            path = Path(here) / name
            if path.is_file() and not path.is_symlink():
                yield path
