"""Study rules: the cues and kinds of study.toml, compiled."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Rules:
    """Compiled cues and the kinds of concepts, by name."""

    cues: Mapping[str, re.Pattern[str]]
    kinds: Mapping[str, frozenset[str]]
    tissues: Mapping[str, re.Pattern[str]]
    origins: Mapping[str, re.Pattern[str]]
    donors: Mapping[str, re.Pattern[str]]
    listed_tissues: Mapping[str, re.Pattern[str]]
    content: bytes


@cache
def rules() -> Rules:
    """The rules that ship."""
    content = files("corpus").joinpath("study.toml").read_bytes()
    raw = tomllib.loads(content.decode("utf-8"))
    return Rules(
        {name: re.compile(pattern) for name, pattern in raw["cues"].items()},
        {name: frozenset(listed) for name, listed in raw["kinds"].items()},
        {name: re.compile(pattern) for name, pattern in raw["tissues"].items()},
        {name: re.compile(pattern) for name, pattern in raw["origins"].items()},
        {name: re.compile(pattern) for name, pattern in raw["donors"].items()},
        {name: re.compile(pattern) for name, pattern in raw["listed_tissues"].items()},
        content,
    )
