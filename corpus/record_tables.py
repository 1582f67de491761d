"""What the readers of bibliographic records know by name, from records.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from corpus.document import Role, Status


@dataclass(frozen=True, slots=True)
class StatusRule:
    """The link kinds and publication types (in lower case) that give one status."""

    status: Status
    links: frozenset[str]
    publication_types: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tables:
    """The content of records.toml.

    Attributes:
        roles: what a section does, by its label in upper case.
        links: NLM's RefType, by MEDLINE tag.
        status_rules: strongest first.
        publication_types: NLM's spelling, by the type in lower case.
        not_registries: data banks that register no trials, in lower case.
    """

    roles: dict[str, Role]
    links: dict[str, str]
    status_rules: tuple[StatusRule, ...]
    publication_types: dict[str, str]
    not_registries: frozenset[str]
    check_tags: frozenset[str]


@cache
def tables() -> Tables:
    """The tables, read once."""
    raw = tomllib.loads(files("corpus").joinpath("records.toml").read_text(encoding="utf-8"))
    return Tables(
        roles={label: Role(role) for role, labels in raw["roles"].items() for label in labels},
        links=dict(raw["links"]),
        status_rules=tuple(
            StatusRule(
                status=Status(rule["word"]),
                links=frozenset(kind.lower() for kind in rule["links"]),
                publication_types=frozenset(kind.lower() for kind in rule["publication_types"]),
            )
            for rule in raw["status"]
        ),
        publication_types={kind.lower(): kind for kind in raw["publication_types"]["known"]},
        not_registries=frozenset(bank.lower() for bank in raw["data_banks"]["not_registries"]),
        check_tags=frozenset(raw["mesh"]["check_tags"]),
    )
