"""Cues: the word lists of `question.toml`, compiled once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any


@cache
def lists() -> Mapping[str, Any]:
    """`question.toml` as it stands."""
    return tomllib.loads((resources.files("assistant") / "question.toml").read_text("utf-8"))


@cache
def cue(section: str, name: str) -> re.Pattern[str]:
    """Any of the named expressions, as whole words, without regard to letter case."""
    return whole_words(lists()[section][name])


@cache
def exact(section: str, name: str) -> tuple[re.Pattern[str], ...]:
    """The named expressions one by one, letter case kept."""
    return tuple(re.compile(one) for one in lists()[section][name])


@cache
def words(section: str, name: str) -> frozenset[str]:
    """The named list as a set."""
    return frozenset(lists()[section][name])


def whole_words(expressions: Iterable[str]) -> re.Pattern[str]:
    """Any of the expressions, where no letter of a Latin word stands beside it."""
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(expressions)})(?![a-z0-9])", re.IGNORECASE)
