"""The audit fails on what is not pinned, not allowed, not used or not needed, and passes where nothing is wrong."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from audit import ROOT, RULES, Report, audit, write
from audit_graph import direct, graph, installed
from audit_licences import allows
from audit_lock import read
from packaging.utils import canonicalize_name

PROJECT = """
[project]
name = "firstpass"
dependencies = ["near>=1", "plain; python_version < '3'"]
[project.optional-dependencies]
dev = ["tool"]
cluster = ["engine"]
"""
AUDIT = """
[allowed]
MIT = "permissive"
"MPL-2.0" = "file by file"
[said]
"MIT License" = "MIT"
[unimported]
tool = "a command"
"""
LOCK = """\
engine==5.0  # MIT; for firstpass[cluster]
far-below==2.0  # MPL-2.0; for near
fuel==1.0  # MIT; for engine
near==1.5  # MIT; for firstpass
tool==3.0  # MIT; for firstpass[dev]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A plainly synthetic project of one module, with what it depends on installed beside it."""
    folder = tmp_path / "project"
    for package in ("assistant", "corpus", "index", "tests"):
        (folder / package).mkdir(parents=True)
    (folder / "corpus" / "reading.py").write_text("from near import part\n", encoding="utf-8")
    (folder / "index" / "far.py").write_text("import engine\n", encoding="utf-8")
    (folder / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    (folder / "constraints.txt").write_text(LOCK, encoding="utf-8")
    (folder / RULES).write_text(AUDIT, encoding="utf-8")
    install(tmp_path, "near", "1.5", "License: MIT License", "Requires-Dist: far_below[more]>=1")
    install(tmp_path, "Far.Below", "2.0", "License-Expression: MPL-2.0")
    install(tmp_path, "tool", "3.0", "Classifier: License :: OSI Approved :: MIT License")
    return folder


def install(folder: Path, name: str, version: str, *lines: str) -> None:
    """Put the metadata of a distribution and its one module into a folder, as an installer does."""
    module = name.lower().replace(".", "_")
    place = folder / "site" / f"{module}-{version}.dist-info"
    place.mkdir(parents=True, exist_ok=True)
    head = ("Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}")
    (place / "METADATA").write_text("\n".join((*head, *lines, "")), encoding="utf-8")
    (place / "RECORD").write_text(f"{module}.py,,\n", encoding="utf-8")


def audited(project: Path) -> Report:
    """The project's audit against what is installed beside it."""
    return audit(project, installed([str(project.parent / "site")]))


def change(path: Path, before: str, after: str) -> None:
    """Replace what must stand in a file."""
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_a_project_with_nothing_wrong_passes(project: Path) -> None:
    """Nothing is found, the lock as it should be is the lock as it stands, and an extra that is not installed is named."""
    report = audited(project)
    assert report.faults == ()
    assert report.absent == ("firstpass[cluster]",)
    # The names are as their distributions write them: "Far.Below" and "far-below" are one.
    assert [one.line.replace("Far.Below", "far-below") for one in report.entries] == LOCK.splitlines()


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        ("pyproject.toml", '"near>=1"', '"near>=1", "tool"', "nothing imports tool"),
        (
            "pyproject.toml",
            '"near>=1"',
            '"near>=1", "lost"',
            "lost, which firstpass asks for, is not installed",
        ),
        ("pyproject.toml", '"near>=1", ', "", "imports near, which pyproject.toml does not ask for"),
        ("corpus/reading.py", "from near import part", "", "nothing imports near"),
        ("corpus/reading.py", "near import part", "near import part\nimport tool", "imports tool, which"),
        (
            "constraints.txt",
            "far-below==2.0",
            "far-below<=2.0",
            "far-below<=2.0 in constraints.txt is no pin",
        ),
        (
            "constraints.txt",
            "far-below==2.0",
            "other==2.0",
            "far-below, which near asks for, is not in constraints",
        ),
        ("constraints.txt", "far-below==2.0", "other==2.0", "nothing needs other"),
        (
            "constraints.txt",
            "near==1.5",
            "near==1.4",
            "near is installed as 1.5, and constraints.txt says 1.4",
        ),
        ("constraints.txt", "MPL-2.0; for near", "MIT; for near", "constraints.txt should say"),
        ("constraints.txt", "for near", "for tool", "constraints.txt should say"),
        ("constraints.txt", "firstpass[cluster]", "firstpass", "nothing needs engine"),
        ("constraints.txt", "near==1.5", "near 1.5", "is no version of a name"),
        ("constraints.txt", "near==1.5", "tool==3.0\nnear==1.5", "tool stands there twice"),
        (RULES, '"MPL-2.0" = "file by file"', "", "is under MPL-2.0, which tests/audit.toml does not allow"),
        (RULES, '"MIT License" = "MIT"', "", "near states no licence that tests/audit.toml knows"),
        (RULES, 'tool = "a command"', "", "nothing imports tool"),
        (RULES, 'tool = "a command"', 'tool = "a command"\nnear = "x"', "near stands under [unimported]"),
        (RULES, 'tool = "a command"', 'tool = "a command"\nold = "x"', "old stands under [unimported]"),
    ],
)
def test_one_thing_wrong_is_told(project: Path, file: str, before: str, after: str, said: str) -> None:
    """Each kind of fault is found by its name, whatever else follows from it."""
    change(project / file, before, after)
    if after.endswith('"tool"'):  # asked for by what ships, so that being a command is no excuse
        change(project / RULES, 'tool = "a command"', "")
    assert any(said in fault for fault in audited(project).faults), audited(project).faults


def test_an_extra_of_a_dependency_is_followed(project: Path) -> None:
    """What only the extra that is asked for needs is pulled in; what another extra or another Python needs is not."""
    lines = ['Requires-Dist: wanted; extra == "more"', 'Requires-Dist: unwanted; extra == "other"']
    install(project.parent, "Far.Below", "2.0", "License-Expression: MPL-2.0", "Provides-Extra: more", *lines)
    there = installed([str(project.parent / "site")])
    found = graph(direct(project), there)
    assert found.missing == {("wanted", "far-below")}
    assert {"plain", "unwanted"} & found.wanted.keys() == set()


def test_the_lock_is_written_as_it_should_be(project: Path) -> None:
    """After --write nothing is wrong with the lock, what an absent extra needs is still there, and a second time changes nothing."""
    (project / "constraints.txt").write_text(
        LOCK.replace("near==1.5", "near<=9").replace("tool==3.0  # MIT; for firstpass[dev]\n", "")
        + "stale==1\n",
        encoding="utf-8",
    )
    write(project, audited(project).entries)
    assert audited(project).faults == ()
    first = (project / "constraints.txt").read_bytes()
    assert b"fuel==1.0" in first
    assert b"stale" not in first
    write(project, audited(project).entries)
    assert (project / "constraints.txt").read_bytes() == first


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("MIT AND (GPL-3.0-only OR ISC)", True),
        ("GPL-3.0-only OR (MIT AND ISC)", True),
        ("GPL-3.0-only OR MIT AND GPL-2.0-only", False),
        ("MIT WITH exception", False),
        ("MIT AND", False),
        ("(MIT", False),
        ("MIT)", False),
        ("MIT, ISC", False),
        ("", False),
    ],
)
def test_a_licence_is_allowed_by_its_expression(expression: str, *, holds: bool) -> None:
    """OR needs one side, AND both, an exception is a licence of its own, and what is no expression allows nothing."""
    assert allows(expression, {"MIT": "", "ISC": ""}) is holds


def test_every_line_of_our_own_lock_is_a_pin_with_a_licence() -> None:
    """Whatever is installed here, the lock can be read alone: a version, an allowed licence and who asks, line by line."""
    entries, wrong = read(ROOT)
    rules = tomllib.loads((ROOT / RULES).read_text("utf-8"))
    assert wrong == []
    assert {one.sign for one in entries.values()} == {"=="}
    assert [one.name for one in entries.values() if not allows(one.licence, rules["allowed"])] == []
    assert [one.name for one in entries.values() if not one.by] == []
    assert entries.keys() >= {
        canonicalize_name(one.name) for listed in direct(ROOT).values() for one in listed
    }
