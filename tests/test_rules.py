"""The rules' fingerprint covers everything that labels."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from corpus.rules import LABELLERS
from corpus.study_rules import rules

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
RECORDS = {"document", "errors", "label", "passage"}
"""Modules that hold records and decide nothing."""


def imported(module: str) -> set[str]:
    """The modules of corpus that one of them imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse((CORPUS / f"{module}.py").read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "corpus":
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("corpus."):
            names.add(node.module.split(".")[1])
    return {name for name in names if (CORPUS / f"{name}.py").is_file()}


def test_every_module_that_labels_is_counted() -> None:
    """Whatever tagging and study identity import, near or far, is in the fingerprint, and nothing else is."""
    reached: set[str] = set()
    waiting = {"tagging", "study_identity"}
    while waiting:
        module = waiting.pop()
        reached.add(module)
        waiting |= imported(module) - reached
    assert set(LABELLERS) == reached - RECORDS


def test_every_cue_of_studies_is_a_pattern() -> None:
    """Each cue compiles, though it is compiled only when a study asks for it, and a name that is none is an error."""
    cues = rules().cues
    for name, written in cues.written.items():
        assert cues[name].pattern == written
    with pytest.raises(KeyError):
        cues["no such cue"]
