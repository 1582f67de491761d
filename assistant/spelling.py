"""Spelling: typing errors, glued and dotted forms mended towards the vocabulary, and never away from a real word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from assistant.cues import lists

SHORTEST = 5  # letters of a word that may be a typing error
LONG = 8  # letters from which two errors are believed
SHORTEST_GLUED = 7

_TOKEN = re.compile(r"[^\W_]+(?:['\-][^\W_]+)*")
_DOTTED = re.compile(r"(?<![\w.])(?:[A-Za-z]\.\s?){1,5}[A-Za-z]\b\.?(?!\w)")
_JOINED = re.compile(
    r"(?<=[^\W_])[/+_](?=[^\W\d_])|(?<=[A-Za-z])(?=[\u3040-\u30ff\u4e00-\u9fff])|(?<=[\u3040-\u30ff\u4e00-\u9fff])(?=[A-Za-z])"
)


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of the mended text and what was typed there."""

    start: int
    end: int
    typed: str


@dataclass(frozen=True, slots=True)
class Mended:
    """A text with its typing errors mended, and where."""

    text: str
    changes: tuple[Change, ...]


class Speller:
    """Mends texts towards the forms of one vocabulary."""

    def __init__(self, forms: Iterable[str]) -> None:
        """Mend towards `forms`, all forms of all concepts."""
        self._forms = tuple(sorted(set(forms)))

    @cached_property
    def short(self) -> Mapping[str, str]:
        """Abbreviations by their small letters, as the vocabulary writes them."""
        return {
            form.lower(): form
            for form in self._forms
            if re.fullmatch(r"[A-Za-z0-9\-]{2,7}", form) and sum(map(str.isupper, form)) > 1
        }

    @cached_property
    def known(self) -> frozenset[str]:
        """Every word of every form, in small letters, with and without its hyphens."""
        pieces = {piece for form in self._forms for piece in form.lower().split()}
        pieces |= {part for piece in pieces for part in re.split(r"[\-/]", piece)}
        return frozenset(pieces) | self._sites

    @cached_property
    def _sites(self) -> frozenset[str]:
        return frozenset(lists()["spelling"]["glue"])

    @cached_property
    def guarded(self) -> frozenset[str]:
        """Real words that are near a vocabulary word and are left alone."""
        return frozenset(lists()["spelling"]["guard"])

    @cached_property
    def targets(self) -> Mapping[str, str]:
        """Words long enough to be mended towards, without hyphens, and how they are written."""
        targets: dict[str, str] = {}
        for word in sorted(self.known | {piece for form in self._forms for piece in form.lower().split()}):
            bare = word.replace("-", "")
            if len(bare) >= SHORTEST and bare.isalpha():
                targets.setdefault(bare, word)
        return targets

    @cached_property
    def glued(self) -> Mapping[str, str]:
        """Forms of several words written as one, in small letters."""
        glued: dict[str, str] = {}
        for form in self._forms:
            bare = re.sub(r"[\s\-]", "", form.lower())
            if " " in form and len(bare) >= SHORTEST_GLUED:
                glued.setdefault(bare, form)
        return glued

    def mend(self, text: str) -> Mended:
        """The text with dotted, glued and mistyped forms as the vocabulary writes them."""
        pieces: list[str] = []
        changes: list[Change] = []
        at = length = 0
        for start, end, better in self._better(text):
            if start < at:
                continue
            pieces += [text[at:start], better]
            length += start - at
            if better.strip() and text[start:end].strip():
                changes.append(Change(length, length + len(better), text[start:end]))
            length += len(better)
            at = end
        return Mended("".join([*pieces, text[at:]]), tuple(changes))

    def _better(self, text: str) -> Iterator[tuple[int, int, str]]:
        found: list[tuple[int, int, str]] = []
        for match in _DOTTED.finditer(text):
            letters = re.sub(r"[.\s]", "", match.group()).lower()
            if letters in self.short and "." in match.group():
                found.append((*match.span(), self.short[letters]))
        found += [
            (*match.span(), match.group() if match.group() == "" else " ")
            for match in _JOINED.finditer(text)
            if match.group()
        ]
        found += [
            (match.start(), match.start(), " ") for match in _JOINED.finditer(text) if not match.group()
        ]
        for match in _TOKEN.finditer(text):
            better = self._word(match.group())
            if better is not None:
                found.append((*match.span(), better))
        return iter(sorted(found, key=lambda one: (one[0], -one[1])))

    def _word(self, token: str) -> str | None:
        low = token.lower().removesuffix("'s")
        if low in self.known or low in self.short or low in self.guarded or self._inflected(low):
            return None
        if low in self.glued:
            return self.glued[low]
        pieces = self._pieces(low)
        if pieces:
            return " ".join(pieces)
        if "-" in low:
            parts = low.split("-")
            known = [part in self.known or part in self.short or self._inflected(part) for part in parts]
            whole = self._nearest(low.replace("-", ""))
            if whole or not any(known):
                return whole
            return " ".join(self.short.get(part) or self._nearest(part) or part for part in parts)
        return self._nearest(low)

    def _inflected(self, low: str) -> bool:
        stems = {low.removesuffix(end) for end in ("s", "es", "ed", "ing", "al", "ly")} | {
            f"{low}s",
            low.removesuffix("ies") + "y",
        }
        return bool((stems - {low}) & (self.known | self.guarded | self.short.keys()))

    def _pieces(self, low: str) -> list[str] | None:
        """The abbreviations and body parts that a word is glued from; at least one is an abbreviation."""
        bare = low.replace("-", "")
        if not bare.isalnum() or len(bare) < 4:  # noqa: PLR2004 - two abbreviations of two letters
            return None
        for cut in range(2, len(bare) - 1):
            head, tail = bare[:cut], bare[cut:]
            if not (head in self.short or head in self._sites):
                continue
            rest = [tail] if tail in self.short or tail in self._sites else self._pieces(tail)
            if rest and (head in self.short or any(piece.lower() in self.short for piece in rest)):
                return [self.short.get(head, head), *(self.short.get(piece, piece) for piece in rest)]
        return None

    def _nearest(self, low: str) -> str | None:
        if len(low) < SHORTEST or not low.isalpha() or not low.isascii() or low in self.guarded:
            return None
        allowed = 1 if len(low) < LONG else 2
        near = [
            (int(distance), bare)
            for bare, distance, _ in extract(
                low, self.targets.keys(), scorer=OSA.distance, score_cutoff=allowed, limit=None
            )
            if bare[0] == low[0] or sorted(bare[:2]) == sorted(low[:2])
        ]
        if not near:
            return None
        return self.targets[min(near)[1]]
