"""What the project pulls in, from pyproject.toml and the metadata of what is installed: who wants what, near or far."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

Installed = Mapping[str, Distribution]
"""What is installed, by the name that tells no case and no sign apart."""


@dataclass(slots=True)
class Graph:
    """What is pulled in.

    Attributes:
        wanted: each name, with who wants it: "firstpass", "firstpass[dev]" or another name.
        missing: what is wanted and not installed, with who wants it.
        absent: the extras of which nothing is installed: they are not judged here.
    """

    wanted: dict[str, set[str]] = field(default_factory=dict)
    missing: set[tuple[str, str]] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)


def installed(folders: list[str] | None = None) -> Installed:
    """What is installed in these folders (None: in the environment that runs this); the first of a name counts."""
    listed = distributions() if folders is None else distributions(path=folders)
    found: dict[str, Distribution] = {}
    for one in listed:
        found.setdefault(canonicalize_name(one.metadata["Name"]), one)
    return found


def direct(folder: Path) -> dict[str, list[Requirement]]:
    """What pyproject.toml asks for: under "firstpass", and under "firstpass[EXTRA]" for each extra."""
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    name = project["name"]
    listed = {name: project.get("dependencies", [])}
    listed |= {f"{name}[{extra}]": of for extra, of in project.get("optional-dependencies", {}).items()}
    return {by: [one for one in map(Requirement, of) if _holds(one, ())] for by, of in listed.items()}


def graph(asked: Mapping[str, Iterable[Requirement]], there: Installed) -> Graph:
    """Everything that is pulled in, near or far, extras and markers heeded."""
    found = Graph()
    waiting: list[tuple[Requirement, str]] = []
    for by, requirements in asked.items():
        listed = list(requirements)
        if "[" in by and not any(canonicalize_name(one.name) in there for one in listed):
            found.absent.add(by)
            continue
        waiting += [(one, by) for one in listed]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        one, by = waiting.pop()
        name = canonicalize_name(one.name)
        found.wanted.setdefault(name, set()).add(by)
        if name not in there:
            found.missing.add((name, by))
        elif (name, frozenset(one.extras)) not in seen:
            seen.add((name, frozenset(one.extras)))
            waiting += [(below, name) for below in _below(there[name], one.extras)]
    return found


def _below(one: Distribution, extras: Iterable[str]) -> Iterator[Requirement]:
    yield from (found for found in map(Requirement, one.requires or ()) if _holds(found, extras))


def _holds(one: Requirement, extras: Iterable[str]) -> bool:
    return one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in ("", *extras))


def modules_of(one: Distribution) -> set[str]:
    """The top-level names that a distribution can be imported by."""
    stated = (one.read_text("top_level.txt") or "").split()
    listed = {
        file.parts[0].split(".")[0] for file in one.files or () if file.suffix in {".py", ".so", ".pyd"}
    }
    return {name for name in (*stated, *listed) if name.isidentifier()}
