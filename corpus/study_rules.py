"""Study rules: the cues and kinds of study.toml, compiled."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


class Cues(dict[str, re.Pattern[str]]):
    """Patterns by name, each compiled when it is first asked for: a question asks for few of them.

    Args:
        written: the patterns as the file writes them.
    """

    def __init__(self, written: Mapping[str, str]) -> None:
        super().__init__()
        self.written = written

    def __missing__(self, name: str) -> re.Pattern[str]:
        found = self[name] = re.compile(self.written[name])
        return found


@dataclass(frozen=True, slots=True)
class Rules:
    """Compiled cues and the kinds of concepts, by name."""

    cues: Cues
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
        Cues(raw["cues"]),
        {name: frozenset(listed) for name, listed in raw["kinds"].items()},
        {name: re.compile(pattern) for name, pattern in raw["tissues"].items()},
        {name: re.compile(pattern) for name, pattern in raw["origins"].items()},
        {name: re.compile(pattern) for name, pattern in raw["donors"].items()},
        {name: re.compile(pattern) for name, pattern in raw["listed_tissues"].items()},
        content,
    )
