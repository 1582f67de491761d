"""Laid forms: every form of the vocabulary, expanded, by its first word: what a text is read with.

What follows a first word stays encoded until a text has that word: a question has few of some thousands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from corpus.forms import key

NamedBy = tuple[str, str] | None
"""The (facet, id) that a form names; None for what is never a concept."""
_RESTS = msgspec.msgpack.Decoder(list[tuple[int, tuple[str, ...]]])
_PLAIN = msgspec.msgpack.Decoder(list[tuple[str, ...]])


@dataclass(frozen=True, slots=True)
class Written:
    """One written form of a concept, expanded: `how` is "form", "abbreviation", "loose" or "never"."""

    words: tuple[str, ...]
    how: str
    concept: NamedBy


@dataclass(frozen=True, slots=True)
class Laid:
    """The forms by their first word.

    Attributes:
        words: each word of any form once, as forms hold it.
        short: the abbreviations of one word.
        concepts: what forms name, by the numbers that stand for it below.
        folded: forms as documents write them, folded.
        loose: forms as questions write them, abbreviations in any letters among them, folded.
        exact: abbreviations in their own letters.
        plain: the forms of each of `concepts` that are no abbreviations.
    """

    words: tuple[str, ...]
    short: tuple[str, ...]
    concepts: tuple[NamedBy, ...]
    folded: dict[str, msgspec.Raw]
    loose: dict[str, msgspec.Raw]
    exact: dict[str, msgspec.Raw]
    plain: tuple[msgspec.Raw, ...]

    def rests(self, following: msgspec.Raw) -> Iterator[tuple[tuple[str, ...], NamedBy]]:
        """The forms of one first word: the words after it, and what the form names."""
        for number, words in _RESTS.decode(following):
            yield words, self.concepts[number]

    def plain_forms(self) -> Iterator[tuple[tuple[str, str], msgspec.Raw]]:
        """Each (facet, id) with its forms that are no abbreviations, for `forms_of`."""
        for concept, forms in zip(self.concepts, self.plain, strict=True):
            if concept is not None:
                yield concept, forms


def forms_of(plain: msgspec.Raw) -> list[tuple[str, ...]]:
    """The words of each form of a concept."""
    return _PLAIN.decode(plain)


def lay(written: Iterable[Written]) -> Laid:
    """The forms by their first word, each list in the order of the vocabulary."""
    forms = tuple(written)
    numbers = {concept: number for number, concept in enumerate(dict.fromkeys(one.concept for one in forms))}
    folded, loose, exact = _Tree(), _Tree(), _Tree()
    plain: tuple[list[tuple[str, ...]], ...] = tuple([] for _ in numbers)
    for one in forms:
        number = numbers[one.concept]
        if one.how == "abbreviation":
            exact.add(one.words, number)
            loose.add(tuple(key(word) for word in one.words), number)
            continue
        loose.add(one.words, number)
        if one.how != "loose":
            folded.add(one.words, number)
        plain[number].append(one.words)
    return Laid(
        tuple(dict.fromkeys(word for one in forms for word in one.words)),
        tuple(one.words[0] for one in forms if one.how == "abbreviation" and len(one.words) == 1),
        tuple(numbers),
        folded.encoded(),
        loose.encoded(),
        exact.encoded(),
        tuple(_raw(listed) for listed in plain),
    )


class _Tree:
    """Forms by their first word, with the number of what they name."""

    def __init__(self) -> None:
        self._rests: dict[str, list[tuple[int, tuple[str, ...]]]] = {}

    def add(self, words: tuple[str, ...], concept: int) -> None:
        """Take a form."""
        self._rests.setdefault(words[0], []).append((concept, words[1:]))

    def encoded(self) -> dict[str, msgspec.Raw]:
        """What follows each first word."""
        return {first: _raw(rests) for first, rests in self._rests.items()}


def _raw(listed: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.msgpack.encode(listed))
