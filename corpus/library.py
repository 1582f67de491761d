"""Library: a curated folder → its documents, each source once, and everything that could not be read.

Every file is read, reported as a problem, or skipped by the stated rule: hidden files and folders, firstpass's own
files, README and LICENSE at the top, and what library.toml excludes (or does not include). A file X.meta.toml speaks about the
file X beside it and is read with it.
"""

from __future__ import annotations

import errno
import fnmatch
import os
import re
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from corpus import curation, library_file, sidecar, statuses
from corpus.document import Document
from corpus.document_spool import DocumentSpool
from corpus.errors import UnreadableError
from corpus.intake import MOST_BYTES, Readers, own_readers, take_in
from corpus.library_file import Library, Search, open_library, starter_library
from corpus.merge import Merge, merge
from corpus.own_file import own_bytes
from corpus.reading import Problem, Reading
from corpus.spool import Ordered

__all__ = [
    "Library",
    "LibraryReading",
    "Search",
    "is_left_alone",
    "open_library",
    "read_library",
    "starter_library",
]

OWN_FILES = (
    library_file.NAME,
    curation.NAME,
    statuses.NAME,
    "questions.toml",
    "vocabulary.toml",
    "searches.jsonl",
)
_FOR_PEOPLE = re.compile(r"(?:readme|licen[cs]e)(?:[.-][^/]*)?", re.IGNORECASE)

Progress = Callable[[int, int, str], None]
"""Called before each file: how many are done, how many there are, the file's name."""


@dataclass(frozen=True, slots=True)
class LibraryReading:
    """What a library gave.

    Attributes:
        documents: sorted by id, each source once, with the curator's word on them; read from the disk where they are asked for.
        merges: which files turned out to be the same source.
        deleted: PMIDs that PubMed deleted; documents with them were left out.
        excluded: documents that curation.toml left out.
        read: files that a reader could read, in order.
        unread: files that could not be read at all; each has its problem.
        skipped: files left alone by the stated rule.
    """

    documents: Sequence[Document]
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    merges: tuple[Merge, ...] = ()
    deleted: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    """The files of a folder: to read, skipped, and what could not even be opened."""

    files: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_library(
    library: Library,
    *,
    on_progress: Progress | None = None,
    readers: Readers | None = None,
    most_bytes: int = MOST_BYTES,
) -> LibraryReading:
    """Everything in the library that can be read, and why the rest cannot.

    Raises:
        LibraryError: curation.toml is wrong; nothing is read then, since a curator's word would be lost.
    """
    said = curation.read_curation(library.folder / curation.NAME)
    found = _walk(library)
    taken = _Taken()
    read, unread = [], [problem.place for problem in found.problems]
    problems = list(found.problems)
    reader = _FileReader(library.folder, readers or own_readers(), most_bytes)
    for done, name in enumerate(found.files):
        if on_progress is not None:
            on_progress(done, len(found.files), name)
        outcome = reader.read(name)
        if isinstance(outcome, Problem):
            unread.append(name)
            problems.append(outcome)
        else:
            read.append(name)
            taken.add(name, outcome)
    if on_progress is not None:
        on_progress(len(found.files), len(found.files), "")
    reading = _gathered(taken, said)
    return replace(
        reading,
        problems=(*problems, *reading.problems),
        warnings=tuple(dict.fromkeys((*library.warnings, *reading.warnings))),
        read=tuple(read),
        unread=tuple(unread),
        skipped=tuple(found.skipped),
    )


@dataclass(slots=True)
class _Taken:
    """What the files gave, their documents in the order they came."""

    documents: DocumentSpool = field(default_factory=DocumentSpool)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)

    def add(self, name: str, reading: Reading) -> None:
        """Take what one file gave; a document that no file can hold is a problem."""
        self.problems += reading.problems
        self.warnings += reading.warnings
        self.deleted.update(reading.deleted)
        for document in reading.documents:
            try:
                self.documents.add(document)
            except UnreadableError as error:
                self.problems.append(Problem(name, error.reason, error.cure))


def _gathered(taken: _Taken, said: curation.Curation) -> LibraryReading:
    """The documents of all files, without those deleted, each once, with the curator's word."""
    taken.documents.settle()
    documents: Sequence[Document] = taken.documents
    if taken.deleted:
        there = enumerate(documents)
        documents = Ordered(documents, [at for at, one in there if one.citation.pmid not in taken.deleted])
    merged = merge(documents, words=said.words)
    same = {id_: one.kept for one in merged.merges for id_ in one.absorbed}
    curated = curation.curate(merged.documents, said, same=same)
    return LibraryReading(
        documents=curated.documents,
        problems=(*taken.problems, *curated.problems),
        warnings=(*taken.warnings, *merged.warnings),
        merges=merged.merges,
        deleted=tuple(sorted(taken.deleted)),
        excluded=curated.excluded,
    )


@dataclass(frozen=True, slots=True)
class _FileReader:
    """Reads one file of the folder at a time; whatever goes wrong with it is a problem, and no more."""

    folder: Path
    readers: Readers
    most_bytes: int

    def read(self, name: str) -> Reading | Problem:
        """What the file gives, each document with the file as its origin; or why it gives nothing."""
        try:
            content = self._content(name)
            reading = take_in(content, name=name, readers=self.readers)
            reading = self._with_sidecar(reading, name)
        except UnreadableError as error:
            return Problem(name, error.reason, error.cure)
        except OSError as error:
            reason = f"the file cannot be opened ({error.strerror or error})"
            return Problem(name, reason, "mend its permissions, or remove it")
        except Exception as error:  # noqa: BLE001 - one file that a reader trips over must not stop the rest
            reason = f"the reader failed on it ({type(error).__name__}: {error})"[:300]
            return Problem(
                name,
                reason,
                "this is a defect of firstpass: report it with the file; exclude the file until then",
            )
        documents = tuple(
            document if document.origin else replace(document, origin=name) for document in reading.documents
        )
        warnings = tuple(said if name in said else f"{name}: {said}" for said in reading.warnings)
        return replace(reading, documents=documents, warnings=warnings)

    def _with_sidecar(self, reading: Reading, name: str) -> Reading:
        beside = f"{name}{sidecar.ENDING}"
        try:
            said = own_bytes(self.folder / beside, within=self.folder)
        except FileNotFoundError:
            return reading
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                return reading
            reason = f"{beside} cannot be read ({error.strerror or error})"
            raise UnreadableError(reason, "mend it, or remove it") from error
        return sidecar.applied(reading, said, name=beside)

    def _content(self, name: str) -> bytes:
        with (self.folder / name).open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            content = b"" if size > self.most_bytes else file.read(size + 1)
            if len(content) > size:  # it has grown since
                content += file.read(max(self.most_bytes + 1 - len(content), 0))
        if size > self.most_bytes or len(content) > self.most_bytes:
            reason = f"the file has {max(size, len(content)):,} bytes, more than the {self.most_bytes:,} that are read"
            raise UnreadableError(reason, "divide it into smaller files")
        return content


def _walk(library: Library) -> _Found:
    """The files below the folder, in the order of their names."""
    found = _Found()
    _walk_folder(library, "", found)
    return found


def _walk_folder(library: Library, inside: str, found: _Found) -> None:
    try:
        entries = sorted(os.scandir(library.folder / inside), key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        reason = f"the folder cannot be opened ({error.strerror})"
        found.problems.append(Problem(inside.rstrip("/") or ".", reason, "mend its permissions"))
        return
    for entry in entries:
        name = f"{inside}{entry.name}"
        try:
            name.encode("utf-8")
        except UnicodeEncodeError:
            place = os.fsencode(name).decode("utf-8", "replace")
            found.problems.append(Problem(place, "the file's name is not UTF-8", "rename it"))
            continue
        if _is_skipped(library, name):
            found.skipped.append(name)
        elif problem := _hindrance(library.folder, entry, name):
            found.problems.append(problem)
        elif entry.is_dir(follow_symlinks=False):
            _walk_folder(library, f"{name}/", found)
        elif _is_left_out(library, name) or sidecar.is_beside(library.folder, name):
            found.skipped.append(name)
        else:
            found.files.append(name)


def is_left_alone(library: Library, name: str) -> bool:
    """Whether a file of this name would not be read: it is firstpass's own, hidden, or library.toml leaves it out."""
    inside = [part for part in name.split("/")[:-1] if part.startswith(".")]
    return bool(inside) or _is_skipped(library, name) or _is_left_out(library, name)


def _is_skipped(library: Library, name: str) -> bool:
    """Hidden files and folders; at the top, firstpass's own files and those that speak to people about the folder."""
    own = (*OWN_FILES, library.settings.get("vocabulary"))
    last = name.rsplit("/", 1)[-1]
    return last.startswith(".") or name in own or ("/" not in name and bool(_FOR_PEOPLE.fullmatch(name)))


def _is_left_out(library: Library, name: str) -> bool:
    """What library.toml excludes, or does not include."""
    return _matches(name, library.exclude) or bool(library.include and not _matches(name, library.include))


def _matches(name: str, patterns: Sequence[str]) -> bool:
    """Whether a pattern fits the name; one that ends in "/" fits all below that folder."""
    return any(
        name.startswith(pattern) if pattern.endswith("/") else fnmatch.fnmatchcase(name, pattern)
        for pattern in patterns
    )


def _hindrance(folder: Path, entry: os.DirEntry[str], name: str) -> Problem | None:
    """Why the entry is not to be opened at all: a link that leads astray, or no ordinary file."""
    try:
        if entry.is_symlink():
            target = Path(entry.path).resolve(strict=True)
            if not target.is_relative_to(folder):
                return Problem(
                    name, "the link leads outside the library", "copy the file into the library instead"
                )
            if target.is_dir():
                reason = "the link leads to a folder of this library, which is read where it lies"
                return Problem(name, reason, "remove the link")
        mode = entry.stat().st_mode
    except (OSError, RuntimeError) as error:
        return Problem(name, f"the link or file leads nowhere ({error})", "remove it")
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return Problem(name, "this is a device, pipe or socket, not a file", "remove it")
    return None
