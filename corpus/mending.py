"""Mending: what in a library can be put right without a judgement, and how; nothing that a curator said is lost.

    dead-key        a front matter key without any meaning          becomes a comment; its words stay in the file
    doi-as-address  a DOI written as an address                     becomes the bare DOI
    pmid-as-text    a PMID with leading zeros or a prefix           becomes the bare number
    same-file       a file with the very bytes of another           is set aside

Each file is set aside as it was, in .firstpass/mended/, before it is changed. A change of front matter is made only where
the file then reads exactly as before. A key that may be a misspelt one is a matter of judgement, and so is whatever would
change an id that curation.toml or questions.toml names: both are left, with the reason. Files in pulled/ stay as received.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpus import curation, front_matter, keep, sidecar
from corpus.errors import LibraryError, UnreadableError
from corpus.front_matter import FrontMatter
from corpus.library_file import Library
from corpus.pull_records import FOLDER as PULLED
from corpus.text import slug

ASIDE = ".firstpass/mended"
_POSTS = (".md", ".markdown", ".txt", ".text")
_NAMING = (curation.NAME, "questions.toml")
_NEAR = 0.75
"""How alike an unknown key and a known one are (difflib's ratio) for the first to be a misspelling of the second."""
_KEY = re.compile(r"(?P<key>[A-Za-z_][\w-]*)\s*[:=]")
_DOI = re.compile(
    r"(?P<head>doi\s*[:=]\s*[\"']?)(?:https?://(?:dx\.)?doi\.org/|doi:\s*)(?P<bare>10\.\d{4,9}/[^\s\"']+)(?P<tail>[\"']?\s*)",
    re.IGNORECASE,
)
_PMID = re.compile(
    r"(?P<head>pmid\s*[:=]\s*[\"']?)(?:pmid:?\s*)?0*(?P<bare>[1-9]\d{0,7})(?P<tail>[\"']?\s*)", re.IGNORECASE
)
_VALUES = (("doi-as-address", _DOI), ("pmid-as-text", _PMID))


@dataclass(frozen=True, slots=True)
class Mend:
    """Something that can be put right, or that only looks so.

    Attributes:
        place: the file.
        what: what is wrong.
        does: what mending does to it.
        left: why it is left to a person; empty where it is mechanical.
        key: the front matter key; empty where a whole file is meant.
    """

    place: str
    sort: str
    what: str
    does: str
    left: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What was found in a library.

    Attributes:
        mends: by file, in the order of the lines.
        content: what each file to be changed will hold, by its name; None for one that is set aside.
        before: the bytes that each of these files was looked at with.
    """

    mends: tuple[Mend, ...]
    content: Mapping[str, bytes | None]
    before: Mapping[str, bytes]


def look(library: Library, names: Sequence[str]) -> Look:
    """What can be put right in these files of the library, and in the sidecars beside them; nothing is written."""
    looking = _Looking(library.folder)
    for name in names:
        if not name.startswith(f"{PULLED}/"):
            looking.front_matter(name)
    looking.same_files(names)
    return Look(tuple(looking.mends), looking.content, looking.before)


def mend(library: Library, found: Look) -> tuple[str, ...]:
    """Make the changes; the names of the files that were changed meanwhile, and so left alone.

    Raises:
        LibraryError: another run is at work in the library, or it cannot be written.
    """
    changed = []
    with keep.held_alone(library.folder):
        for name, content in found.content.items():
            path = library.folder / name
            if _bytes(path) != found.before[name]:
                changed.append(name)
                continue
            mode = path.stat().st_mode
            _set_aside(library.folder, name, found.before[name])
            if content is None:
                _removed(path)
            else:
                keep.put_again(library.folder, name, content)
                path.chmod(mode)
    return tuple(changed)


class _Looking:
    """Gathers what is found, file by file."""

    def __init__(self, folder: Path) -> None:
        self.mends: list[Mend] = []
        self.content: dict[str, bytes | None] = {}
        self.before: dict[str, bytes] = {}
        self._folder = folder
        self._named = "\n".join(_bytes(folder / name).decode("utf-8", "replace") for name in _NAMING)

    def front_matter(self, name: str) -> None:
        """What stands above the post, or in the sidecar beside the file."""
        if name.lower().endswith(_POSTS):
            self._one_file(name, beside=False)
        self._one_file(name + sidecar.ENDING, beside=True)

    def _one_file(self, name: str, *, beside: bool) -> None:
        path = self._folder / name
        raw = b"" if path.is_symlink() else _bytes(path)
        try:
            written = _Written(raw.decode("utf-8"), name, beside=beside)
        except (UnicodeDecodeError, UnreadableError):
            return  # whatever is wrong with it is reported by reading the library
        done = False
        for one in written.mends():
            lost = written.lost_id(one)
            if lost and _is_named(lost, self._named):
                self.mends.append(replace(one, left=f"curation.toml or questions.toml names {lost}"))
            elif one.left or written.make(one):
                self.mends.append(one)
                done = done or not one.left
            else:
                self.mends.append(replace(one, left="it would not read as before"))
        if done:
            self.content[name], self.before[name] = written.text.encode("utf-8"), raw

    def same_files(self, names: Iterable[str]) -> None:
        """Files with the very bytes of another: all but the one that is kept."""
        by_size: dict[int, list[str]] = {}
        for name in names:
            path = self._folder / name
            if not path.is_symlink() and path.is_file():
                by_size.setdefault(path.stat().st_size, []).append(name)
        groups: dict[str, list[str]] = {}
        for same in by_size.values():
            for name in same if len(same) > 1 else ():
                groups.setdefault(hashlib.sha256(_bytes(self._folder / name)).hexdigest(), []).append(name)
        for same in groups.values():
            kept, *others = sorted(same, key=self._preferred)
            for name in others:
                self._same_file(name, kept)

    def _preferred(self, name: str) -> tuple[bool, bool, int, str]:
        """What was pulled stays, then what has a sidecar, then what lies highest."""
        has_sidecar = (self._folder / (name + sidecar.ENDING)).exists()
        return not name.startswith(f"{PULLED}/"), not has_sidecar, name.count("/"), name

    def _same_file(self, name: str, kept: str) -> None:
        said = (name, "same-file", f"holds the very bytes of {kept}", f"{name} is set aside")
        ids = {f"{prefix}:{slug(name)}" for prefix in ("post", "file")}
        if name.startswith(f"{PULLED}/"):
            self.mends.append(Mend(*said, left="what was pulled stays as received"))
        elif (self._folder / (name + sidecar.ENDING)).exists():
            self.mends.append(Mend(*said, left=f"{name}{sidecar.ENDING} speaks about it"))
        elif named := sorted(one for one in ids if _is_named(one, self._named)):
            self.mends.append(Mend(*said, left=f"curation.toml or questions.toml names {named[0]}"))
        else:
            self.mends.append(Mend(*said))
            self.before[name] = _bytes(self._folder / name)
            self.content[name] = None


class _Written:
    """The front matter of one file as it is written, line by line."""

    def __init__(self, text: str, name: str, *, beside: bool) -> None:
        self.text = text
        self._name = name
        self._beside = beside
        self._front = self._parsed(text)

    def _parsed(self, text: str) -> tuple[FrontMatter, str]:
        whole = f"+++\n{text}\n+++\n" if self._beside else text.removeprefix("\ufeff").replace("\r\n", "\n")
        return front_matter.parse(whole, name=self._name)

    def mends(self) -> Iterator[Mend]:
        """What is wrong with its keys, in the order of the lines."""
        for key, line in self._keys():
            for sort, pattern in _VALUES:
                found = pattern.fullmatch(line.rstrip("\r\n"))
                if found and found["head"] + found["bare"] + found["tail"] != found[0]:
                    what = f"'{key}' is written {found[0].removeprefix(found['head']).strip()}"
                    yield Mend(self._name, sort, what, f"becomes {found['bare']}", key=key)
            if f"{self._name}: the front matter key '{key}' " in "\n".join(self._front[0].warnings):
                near = difflib.get_close_matches(key.lower(), front_matter.KEYS, 1, _NEAR)
                yield Mend(
                    self._name,
                    "dead-key",
                    f"the front matter key '{key}' has no meaning",
                    "becomes a comment",
                    left=f"it may be meant to be '{near[0]}'" if near else "",
                    key=key,
                )

    def lost_id(self, one: Mend) -> str:
        """The id that the document has now and would not have after; empty where it stays."""
        own = self._front[0].id or ""
        if one.sort != "pmid-as-text" or not own.startswith("pmid:"):
            return ""
        return "" if own == _bare(own) else own

    def make(self, one: Mend) -> bool:
        """Make the change in the text; False, and nothing changed, where the file would not read as before."""
        lines = self.text.splitlines(keepends=True)
        at = next(number for number, key in self._numbered() if key == one.key)
        if one.sort == "dead-key":
            for number in range(at, self._end(at)):
                lines[number] = f"# {lines[number]}"
        else:
            pattern = dict(_VALUES)[one.sort]
            bare = lines[at].rstrip("\r\n")
            lines[at] = pattern.sub(r"\g<head>\g<bare>\g<tail>", bare) + lines[at][len(bare) :]
        text = "".join(lines)
        try:
            front, rest = self._parsed(text)
        except UnreadableError:
            return False
        was, was_rest = self._front
        if _settled(front) != _settled(was) or rest != was_rest or set(front.warnings) - set(was.warnings):
            return False
        self.text, self._front = text, (front, rest)
        return True

    def _keys(self) -> Iterator[tuple[str, str]]:
        lines = self.text.splitlines(keepends=True)
        return iter([(key, lines[number]) for number, key in self._numbered()])

    def _numbered(self) -> list[tuple[int, str]]:
        """The numbers of the lines in which a key of the first rank stands, with the key."""
        lines = self.text.splitlines()
        first, last = self._range(lines)
        found = []
        for number in range(first, last):
            if lines[number].startswith("["):
                break  # a table of TOML: its keys are its own
            if match := _KEY.match(lines[number]):
                found.append((number, match["key"]))
        return found

    def _range(self, lines: Sequence[str]) -> tuple[int, int]:
        """The first line of the front matter, and the one after its last."""
        if self._beside:
            return 0, len(lines)
        if not lines or lines[0].removeprefix("\ufeff").rstrip() not in ("---", "+++"):
            return 0, 0
        fence = lines[0].removeprefix("\ufeff").rstrip()
        ends = (number for number, line in enumerate(lines) if number and line.rstrip() in (fence, "..."))
        return 1, next(ends, 1)

    def _end(self, at: int) -> int:
        """The line after the last that belongs to the key which stands in line `at`."""
        lines = self.text.splitlines()
        _, last = self._range(lines)
        end = at + 1
        while end < last and lines[end][:1] in (" ", "\t", "-"):
            end += 1
        return end


def _settled(front: FrontMatter) -> FrontMatter:
    """What front matter says, with a PMID as a number is written, and without its notes."""
    citation = front.citation
    pmid = citation.pmid and (citation.pmid.lstrip("0") or citation.pmid)
    return replace(front, id=front.id and _bare(front.id), citation=replace(citation, pmid=pmid), warnings=())


def _bare(id_: str) -> str:
    return re.sub(r"^pmid:0+(?=\d)", "pmid:", id_)


def _is_named(id_: str, text: str) -> bool:
    return re.search(rf"(?<![\w:.-]){re.escape(id_)}(?![\w.-])", text) is not None


def _bytes(path: Path) -> bytes:
    """The file's bytes; none where it cannot be read, which reading the library reports."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _set_aside(folder: Path, name: str, content: bytes) -> None:
    number, place = 1, f"{ASIDE}/{name}"
    while os.path.lexists(folder / place):
        number += 1
        place = f"{ASIDE}/{name}.{number}"
    keep.put_new(folder, place, content)


def _removed(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        msg = f"{path} cannot be set aside ({error.strerror or error}); mend the folder's permissions and run it again"
        raise LibraryError(msg) from error
