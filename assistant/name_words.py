"""Name words: one word of a text as a name sees it, and the word lists of `privacy.toml`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

UPPER = "A-ZÀ-ÖØ-ÞĀ-Ž"
_TITLE_CASE = re.compile(rf"[{UPPER}](?:'[{UPPER}])?[^\W\d_]*[a-zß-öø-ÿā-ž]+(?:[\-'][{UPPER}]?[^\W\d_]+)*$")


@dataclass(frozen=True, slots=True)
class Word:
    """One word and where it stands."""

    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        """The word in small letters without a possessive."""
        return fold(self.text.lower().removesuffix("'s")).replace("'", "")

    @property
    def bare_end(self) -> int:
        """Where the word ends without a possessive."""
        return self.end - 2 if self.text.lower().endswith("'s") else self.end

    @property
    def title_case(self) -> bool:
        """Whether it is written as a name is."""
        return bool(_TITLE_CASE.match(self.text))

    @property
    def capitals(self) -> bool:
        """Whether all its letters are capitals, and it is no initial."""
        return len(self.text) > 1 and self.text.isupper()


def fold(word: str) -> str:
    """The word without accents, so that "José" and "Jose" are one name."""
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


class NameLists:
    """The word lists of `privacy.toml`, as sets."""

    def __init__(self, lists: Mapping[str, Any]) -> None:
        self._lists = lists
        self.first = frozenset(map(fold, lists["first"].split()))
        self.ambiguous = frozenset(lists["ambiguous"])
        self.last = frozenset(map(fold, lists["last"].split()))
        self.word_surnames = frozenset(lists["word_surnames"])
        self.eponyms = frozenset(lists["eponyms"])
        self.eponym_follows = frozenset(lists["eponym_follows"])
        self.not_a_name = frozenset(lists["not_a_name"])
        self.title = frozenset(lists["title"])
        self.cue = frozenset(lists["cue"])
        self.weak_cue = frozenset(lists["weak_cue"])
        self.person_follows = frozenset(lists["person_follows"])
        self.particle = frozenset(lists["particle"])

    @cached_property
    def author_follows(self) -> re.Pattern[str]:
        """What stands after an author's name."""
        words = "|".join(re.escape(word) for word in self._lists["author_follows"])
        return re.compile(
            rf"(?:'s)?[\s,]*(?:\(?(?:and|&)\s[\w'\-]+[\s,]+)?(?:(?:\d{{4}}|\w+)\s)?(?:{words})\b",
            re.IGNORECASE,
        )

    @cached_property
    def author_before(self) -> re.Pattern[str]:
        """What stands before an author's name."""
        words = "|".join(re.escape(word) for word in self._lists["author_before"])
        return re.compile(rf"\b(?:{words}):?\s(?:(?:dr|prof|professor)\.?\s)?$", re.IGNORECASE)

    @cached_property
    def degree(self) -> re.Pattern[str]:
        """An academic degree after a name."""
        words = "|".join(re.escape(word.upper()) for word in self._lists["degree"])
        return re.compile(rf"(?:,\s?|\s)(?:{words}|PhD|Ph\.D\.)(?!\w)")
