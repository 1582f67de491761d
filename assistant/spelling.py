"""Spelling: typing errors, glued and dotted forms mended towards the vocabulary, and never away from a real word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise

from assistant.cues import lists
from assistant.ellipsis import shared
from corpus.forms import key
from corpus.laid import forms_of
from corpus.vocabulary import Vocabulary

SHORTEST = 5  # letters of a word that may be a typing error
LONG = 10  # letters from which two errors are believed
SHORTEST_GLUED = 7
SHORTEST_SHORT = 3  # letters of an abbreviation that is believed inside a glued word

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

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Mend towards the forms of `vocabulary`."""
        self._vocabulary = vocabulary

    @cached_property
    def _forms(self) -> tuple[tuple[str, ...], ...]:
        """The forms that a typing error is mended towards. Most questions never need them, and they take a while."""
        towards = frozenset(
            narrow
            for name in ("products", "conditions")
            for one in lists()["scope"][name]
            for narrow in self._vocabulary.narrower(one)
        ) | frozenset(lists()["spelling"]["towards"])
        return tuple(
            words
            for (facet, named), forms in self._vocabulary.laid.plain_forms()
            if named in towards or facet in {"route", "preparation"}
            for words in forms_of(forms)
        )

    @cached_property
    def short(self) -> Mapping[str, str]:
        """Abbreviations by their small letters, as the vocabulary writes them; none that is a common word."""
        short = self._vocabulary.laid.short
        sure = {word for word in short if len(word) >= SHORTEST_SHORT and word.lower() not in self.guarded}
        senses = set(lists()["spelling"]["glue_short"]) & self._vocabulary.ambiguous.keys()
        return {word.lower(): word for word in sorted(sure | senses)}

    @cached_property
    def known(self) -> frozenset[str]:
        """Every word of every form, folded, with the body parts that are glued to abbreviations."""
        written = frozenset(word.lower() for word in self._vocabulary.laid.words)
        return written | self._sites | frozenset(form.lower() for form in self._vocabulary.ambiguous)

    @cached_property
    def _sites(self) -> frozenset[str]:
        return frozenset(lists()["spelling"]["glue"])

    @cached_property
    def guarded(self) -> frozenset[str]:
        """Real words that are near a vocabulary word and are left alone."""
        return frozenset(lists()["spelling"]["guard"].split())

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """Words long enough to be mended towards."""
        plain = frozenset(lists()["spelling"]["plain"])
        long = {word for words in self._forms for word in words if len(word) >= SHORTEST and word.isalpha()}
        return tuple(sorted(long - plain))

    @cached_property
    def glued(self) -> Mapping[str, str]:
        """Forms of two or three words written as one, and how they are written."""
        pieces: dict[tuple[str, ...], None] = {}  # each once, in the order found: forms share most of theirs
        for words in self._forms:
            pieces.update(dict.fromkeys(zip(words, words[1:], words[2:], strict=False)))
            pieces.update(dict.fromkeys(pairwise(words)))
        glued: dict[str, str] = {}
        for piece in pieces:
            if min(map(len, piece)) > 1 and sum(map(len, piece)) >= SHORTEST_GLUED:
                glued.setdefault("".join(piece), " ".join(piece))
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
                changes.append(
                    Change(
                        length + 1 if better[0] == " " else length,
                        length + len(better.rstrip()),
                        text[start:end],
                    )
                )
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
        found += shared(text)
        for pattern, plain in foreign():
            found += [(*match.span(), f" {plain} ") for match in pattern.finditer(text)]
        for match in _TOKEN.finditer(text):
            better = self._word(match.group())
            if better is not None:
                found.append((*match.span(), better))
        return iter(sorted(found, key=lambda one: (one[0], -one[1])))

    def _word(self, token: str) -> str | None:
        low = token.lower().removesuffix("'s")
        folded = key(low)
        if low in self.short or low in self.guarded:
            return None
        parted: str | None = lists()["spelling"]["parted"].get(folded)
        if parted or self._real(low):
            return parted
        # The length first: most questions then never need the table, which takes a while to make.
        if len(folded) >= SHORTEST_GLUED and folded in self.glued:
            return self.glued[folded]
        pieces = self._pieces(low)
        if pieces:
            return " ".join(pieces)
        return self._hyphenated(low, folded) if "-" in low else self._nearest(low)

    def _hyphenated(self, low: str, folded: str) -> str | None:
        parts = low.split("-")
        if all(self._real(part) or part in self.short for part in parts):
            return None if folded.replace("-", " ") == " ".join(parts) else " ".join(parts)
        whole = self._nearest(low.replace("-", ""))
        return whole or " ".join(self.short.get(part) or self._nearest(part) or part for part in parts)

    def _real(self, low: str) -> bool:
        """Whether it is a word as it stands, in any ending."""
        stems = {
            low,
            key(low),
            *(low.removesuffix(end) for end in ("s", "es", "ed", "d", "ing", "al", "ly")),
            f"{low}s",
            f"{low}e",
        }
        return not (stems.isdisjoint(self.known) and stems.isdisjoint(self.guarded))

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
        if len(low) < SHORTEST or not low.isalpha() or not low.isascii() or self._real(low):
            return None
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        allowed = 1 if len(low) < LONG else 2
        near = [
            (int(distance), target)
            for target, distance, _ in extract(
                key(low), self.targets, scorer=OSA.distance, score_cutoff=allowed, limit=None
            )
            if target[0] == low[0] or sorted(target[:2]) == sorted(low[:2])
        ]
        return min(near)[1] if near else None


@cache
def foreign() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Words of other languages and what the vocabulary calls them."""
    return tuple(
        (re.compile(rf"(?<![a-zà-ÿ])(?:{form})(?![a-zà-ÿ])", re.IGNORECASE), plain)
        for form, plain in lists()["foreign"].items()
    )
