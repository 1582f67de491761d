"""The fingerprint of everything that labels: a store built by other rules says so, and is not counted on."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from corpus.vocabulary import Vocabulary

LABELLERS = (
    "appraisal",
    "boilerplate",
    "comparators",
    "composition",
    "condition_mentions",
    "conditions",
    "cues",
    "design",
    "design_rules",
    "forms",
    "grafts",
    "interventions",
    "joints",
    "laid",
    "left_out",
    "level",
    "lexicon",
    "mentions",
    "named",
    "nothing_given",
    "occasions",
    "own_controls",
    "own_file",
    "products",
    "question_asked",
    "question_kind",
    "reviewed",
    "route_mentions",
    "routes",
    "senses",
    "sentence_roles",
    "species",
    "species_mentions",
    "study",
    "study_identity",
    "study_reading",
    "study_rules",
    "tagging",
    "tallies",
    "text",
    "toml_lines",
    "unnamed",
    "unnamed_controls",
    "vocabulary",
    "vocabulary_file",
)
"""The modules whose code decides a label or a study key; the tables of rules beside them are all counted."""


def rules_version(vocabulary: Vocabulary) -> str:
    """A hash over the vocabulary in use and over every rule that labels."""
    return rules_of(vocabulary.version)


def rules_of(version: str) -> str:
    """The same of a vocabulary by its version."""
    return hashlib.sha256(f"{version} {_own()}".encode()).hexdigest()[:16]


@cache
def _own() -> str:
    digest = hashlib.sha256()
    folder = files("corpus")
    tables = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    for name in (*tables, *(f"{module}.py" for module in LABELLERS)):
        # Line ends differ between checkouts; the rules do not.
        content = folder.joinpath(name).read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{name} {len(content)} ".encode() + content)
    return digest.hexdigest()
