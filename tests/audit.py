"""The audit: what the project depends on is pinned, licensed and used. Nothing is fetched.

pyproject.toml says what is asked for, constraints.txt (the lock) which version of it and of all below it, audit.toml which
licences serve and what is needed without being imported. Known vulnerabilities are not looked for: that takes a network.

Run: python tests/audit.py [--write]
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import audit_lock as locking
from audit_graph import Installed, direct, graph, installed, modules_of
from audit_licences import UNKNOWN, allows, licence_of
from audit_lock import Entry
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
SHIPPED, TESTS = ("assistant", "corpus", "index"), ("tests",)
DEV = "[dev]"
RULES = "tests/audit.toml"
NOT_LOOKED_FOR = (
    "Known vulnerabilities were not looked for: that takes a network (CONTRIBUTING.md, pip-audit)."
)


@dataclass(frozen=True, slots=True)
class Report:
    """What an audit found.

    Attributes:
        entries: the lock as it should be.
        absent: the extras that are not installed here, so that the lock's word is taken for what they need.
        faults: what is wrong, a sentence each, with what to do.
    """

    entries: tuple[Entry, ...]
    absent: tuple[str, ...]
    faults: tuple[str, ...]


def audit(folder: Path, there: Installed) -> Report:
    """Hold a project's folder against what is installed."""
    rules = tomllib.loads((folder / RULES).read_text("utf-8"))
    found = graph(direct(folder), there)
    licences = {name: licence_of(there[name], rules) for name in found.wanted if name in there}
    entries, wrong = locking.read(folder)
    should = locking.made(found, there, licences, entries)
    faults = [
        *wrong,
        *locking.faults(found, there, entries),
        *_licence_faults(should, rules),
        *_line_faults(should, entries),
        *_import_faults(folder, there, rules),
    ]
    return Report(tuple(should), tuple(sorted(found.absent)), tuple(faults))


def _licence_faults(entries: Iterable[Entry], rules: Mapping[str, Any]) -> Iterator[str]:
    for one in entries:
        if one.licence == UNKNOWN:
            yield f"{one.name} states no licence that {RULES} knows; read it and add its words there"
        elif not allows(one.licence, rules["allowed"]):
            yield f"{one.name} is under {one.licence}, which {RULES} does not allow; let it go, or allow that with a reason"


def _line_faults(entries: Iterable[Entry], locked: Mapping[str, Entry]) -> Iterator[str]:
    for one in entries:
        stands = locked.get(one.key)
        if stands is not None and (stands.licence, stands.by) != (one.licence, one.by):
            yield f'{locking.NAME} should say "{one.line}"; write the lock again'


def imported(folder: Path, packages: Iterable[str]) -> dict[str, str]:
    """The top-level names that the files of these packages import from outside, each with a file that does."""
    local = {path.stem for path in (folder / "tests").rglob("*.py")} | {*SHIPPED, *TESTS}
    found: dict[str, str] = {}
    for path in sorted(path for package in packages for path in (folder / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += (
                [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
            )
            for name in (name.split(".")[0] for name in names):
                if name not in sys.stdlib_module_names and name not in local:
                    found.setdefault(name, path.relative_to(folder).as_posix())
    return found


def _import_faults(folder: Path, there: Installed, rules: Mapping[str, Any]) -> Iterator[str]:
    asked = {by: {canonicalize_name(one.name) for one in listed} for by, listed in direct(folder).items()}
    everything = set().union(*asked.values())
    shipped = set().union(*(names for by, names in asked.items() if not by.endswith(DEV)))
    importable = {
        name: modules_of(there[name]) if name in there else {name.replace("-", "_")} for name in everything
    }
    ours, tests = imported(folder, SHIPPED), imported(folder, TESTS)
    for users, names in ((ours, shipped), (tests, everything)):
        known = set().union(*(importable[name] for name in names))
        for module in sorted(users.keys() - known):
            yield f"{users[module]} imports {module}, which pyproject.toml does not ask for; add it there"
    unimported: Mapping[str, str] = rules["unimported"]
    for name in sorted(everything):
        used = importable[name] & (ours.keys() if name in shipped else ours.keys() | tests.keys())
        if not used and name not in unimported:
            yield f"nothing imports {name}, which pyproject.toml asks for; take it out, or say under [unimported] in {RULES} what it is for"
        if used and name in unimported:
            yield f"{name} stands under [unimported] in {RULES} and is imported; take it out there"
    for stale in sorted(unimported.keys() - everything):
        yield f"{stale} stands under [unimported] in {RULES}, and pyproject.toml does not ask for it; take it out there"


def write(folder: Path, entries: Iterable[Entry]) -> None:
    """Write the lock."""
    lines = "".join(f"{one.line}\n" for one in entries)
    (folder / locking.NAME).write_text(locking.HEAD + lines, encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Print the licences and what is wrong; 0 where nothing is."""
    there = installed()
    report = audit(ROOT, there)
    if "--write" in arguments:
        write(ROOT, report.entries)
        report = audit(ROOT, there)
    for one in report.entries:
        print(f"{one.name:28}{one.version:24}{one.licence}")
    for extra in report.absent:
        print(f"{extra} is not installed here: what the lock says of it was not checked.")
    print(NOT_LOOKED_FOR)
    for fault in report.faults:
        print(f"wrong: {fault}", file=sys.stderr)
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
