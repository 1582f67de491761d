"""The lock, constraints.txt: one version for each name, with its licence and who wants it, so that it can be read alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from audit_graph import Graph, Installed
from packaging.utils import canonicalize_name
from packaging.version import Version

NAME = "constraints.txt"
HEAD = """\
# The lock: the versions that the tests pass with, each with its licence and who asks for it; pip reads it with "-c".
# "make audit" holds it against what is installed; "python tests/audit.py --write" writes it anew from that.
# torch: a CPU build of the same version serves where one is at hand.
"""
_LINE = re.compile(
    r"(?P<name>[A-Za-z0-9][\w.\-]*)\s*(?P<sign>[=<>~!]=?=?)\s*(?P<version>[\w.+!]+)(?:\s+#\s*(?P<licence>[^;]*)(?:; for (?P<by>.*))?)?"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the lock."""

    name: str
    sign: str
    version: str
    licence: str
    by: frozenset[str]

    @property
    def key(self) -> str:
        """The name that tells no case and no sign apart."""
        return canonicalize_name(self.name)

    @property
    def line(self) -> str:
        """As the lock has it."""
        return f"{self.name}{self.sign}{self.version}  # {self.licence}; for {', '.join(sorted(self.by))}"


def read(folder: Path) -> tuple[dict[str, Entry], list[str]]:
    """The lock's entries by name, and what is wrong with its lines."""
    entries: dict[str, Entry] = {}
    wrong: list[str] = []
    for number, line in enumerate((folder / NAME).read_text("utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            wrong.append(
                f'{NAME}, line {number}: "{line}" is no version of a name; write it as NAME==VERSION'
            )
            continue
        by = frozenset(filter(None, (found["by"] or "").split(", ")))
        entry = Entry(found["name"], found["sign"], found["version"], (found["licence"] or "").strip(), by)
        if entry.key in entries:
            wrong.append(f"{NAME}, line {number}: {entry.name} stands there twice; keep one")
        entries[entry.key] = entry
    return entries, wrong


def made(
    found: Graph, there: Installed, licences: Mapping[str, str], before: Mapping[str, Entry]
) -> list[Entry]:
    """The lock as it should be: what is pulled in here, and what extras that are absent here had before."""
    kept = excused(found, before)
    entries = [before[name] for name in kept - found.wanted.keys()]
    for name, by in found.wanted.items():
        if name in there:
            version = Version(there[name].version).public
            known = before[name].by & (kept | found.absent) if name in before else frozenset()
            entries.append(
                Entry(there[name].metadata["Name"], "==", version, licences[name], frozenset(by) | known)
            )
    return sorted(entries, key=lambda one: one.key)


def excused(found: Graph, entries: Mapping[str, Entry]) -> set[str]:
    """The entries that only an extra which is absent here can need, by what the lock says of them."""
    reached: set[str] = set()
    waiting = set(found.absent)
    while waiting:
        reached |= waiting
        waiting = {name for name, entry in entries.items() if entry.by & waiting} - reached
    return reached - found.absent


def faults(found: Graph, there: Installed, entries: Mapping[str, Entry]) -> Iterable[str]:
    """What is not pinned, pinned and not needed, or installed in another version."""
    for name, by in sorted(found.missing):
        yield f"{name}, which {by} asks for, is not installed; install the project with -c {NAME}"
    for name in sorted(found.wanted.keys() & there.keys()):
        entry = entries.get(name)
        if entry is None:
            asked = ", ".join(sorted(found.wanted[name]))
            yield f"{name}, which {asked} asks for, is not in {NAME}; write the lock again"
        elif Version(there[name].version).public != Version(entry.version).public:
            yield f"{name} is installed as {there[name].version}, and {NAME} says {entry.version}; install it with -c {NAME}"
    for name, entry in sorted(entries.items()):
        if entry.sign != "==":
            yield f"{entry.name}{entry.sign}{entry.version} in {NAME} is no pin; write =="
        if name not in found.wanted and name not in excused(found, entries):
            yield f"nothing needs {entry.name}, which {NAME} pins; take it out"
