"""Senses: what the ambiguous and the defined short forms of a text mean, by the words round them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property

from corpus.lexicon import Hit, Tables, Words, tables_of
from corpus.vocabulary import Ambiguous, Sense, Vocabulary

_SURE, _STRONG, _WEAK, _NEAR = 100, 20, 2, 3
"""What a word right before, right after, a small word beside, and a word near weigh for a sense."""


_SHORTEST, _LONGEST_DEFINED, _LONGEST_INSIDE = 2, 8, 3
"""Letters: the shortest form, the longest that a text defines in brackets, the longest that may be read anew inside another form."""
_COMPOUND = 3
"""The letters of a short form whose first word may give two of them."""
_WORDY = 4
"""The letters of a word that decides from two words before: "grade of IV", not "i or IV"."""


_FUNCTION = frozenset(
    [
        "of",
        "in",
        "on",
        "for",
        "with",
        "that",
        "which",
        "were",
        "is",
        "has",
        "was",
        "who",
        "had",
        "a",
        "an",
        "the",
        "by",
    ]
)


_ENDS = re.compile(r"[.;\n]")


def _singular(word: str) -> str:
    """A short form without its plural ending."""
    return word[:-1] if word.endswith("s") and len(word) > _SHORTEST else word


def _begins(words: Sequence[str], at: int, wanted: tuple[str, ...]) -> bool:
    if at < 0 or at + len(wanted) > len(words):
        return False
    return all(
        words[at + place].startswith(one[:-1]) if one.endswith("*") else words[at + place] == one
        for place, one in enumerate(wanted)
    )


def _weigh(words: tuple[str, ...], *, before: bool) -> int:
    """How strongly words right beside a form speak: "grade" decides alone, "of" hardly."""
    if words[-1 if before else 0] in _FUNCTION:
        return _WEAK
    return _SURE if before else _STRONG


class _Phrases:
    """Where phrases stand in a text, each looked for once, however many short forms ask after it."""

    def __init__(self, read: Words) -> None:
        self.read = read
        self._found: dict[tuple[str, ...], tuple[int, ...]] = {}

    def between(self, low: int, high: int, phrase: tuple[str, ...], *, but: int) -> bool:
        """Whether the phrase begins in read.keys[low:high], at another word than `but`."""
        places = self._places(phrase)
        at = bisect_left(places, low)
        at += at < len(places) and places[at] == but
        return at < len(places) and places[at] < high

    def earlier(self, at: int, wanted: Sequence[tuple[str, ...]]) -> bool:
        """Whether one of the phrases stands before the form in its sentence."""
        return any(self.between(self._firsts[at], at, one, but=at) for one in wanted)

    def _places(self, phrase: tuple[str, ...]) -> tuple[int, ...]:
        if phrase not in self._found:
            keys, first = self.read.keys, phrase[0]
            near: Sequence[int] = range(len(keys)) if first.endswith("*") else self._of_word.get(first, ())
            self._found[phrase] = tuple(place for place in near if _begins(keys, place, phrase))
        return self._found[phrase]

    @cached_property
    def _of_word(self) -> dict[str, list[int]]:
        """The places of each word."""
        found: dict[str, list[int]] = {}
        for place, word in enumerate(self.read.keys):
            found.setdefault(word, []).append(place)
        return found

    @cached_property
    def _firsts(self) -> tuple[int, ...]:
        """The first word of the sentence of each word."""
        found = [0]
        for at in range(1, len(self.read.keys)):
            found.append(at if _ENDS.search(self.read.gap(at)) else found[-1])
        return tuple(found)


def _score(phrases: _Phrases, at: int, sense: Sense, window: int) -> int:
    """How strongly the words round the form speak for the sense."""
    read = phrases.read
    keys = read.keys
    beside = [0]
    if at > 0 and not _ENDS.search(read.gap(at)):
        beside += [_weigh(one, before=True) for one in sense.before if _begins(keys, at - len(one), one)]
    if at > 1 and not _ENDS.search(read.gap(at)):
        far = (
            one for one in sense.before if len(one) == 1 and one[0] not in _FUNCTION and len(one[0]) >= _WORDY
        )
        beside += [_SURE for one in far if _begins(keys, at - 2, one)]
    if sense.earlier and phrases.earlier(at, sense.earlier):
        return _SURE
    score = max(beside)
    if at + 1 < len(keys) and not _ENDS.search(read.gap(at + 1)):
        score += max([0, *(_weigh(one, before=False) for one in sense.after if _begins(keys, at + 1, one))])
    low, high = max(0, at - window), min(len(keys), at + window + 1)
    return score + _NEAR * sum(phrases.between(low, high, one, but=at) for one in sense.near)


def _decide(phrases: _Phrases, at: int, form: Ambiguous) -> tuple[str, int]:
    """The sense that the words round it speak for, and how strongly; the default with 0 where nothing does."""
    scores = [
        (_score(phrases, at, sense, form.window), sense.id == form.default, -place, sense.id)
        for place, sense in enumerate(form.senses)
    ]
    best = max(scores)
    return (best[3], best[0]) if best[0] else (form.default, 0)


def _ambiguous_at(read: Words, at: int, tables: Tables, *, question: bool) -> Ambiguous | None:
    word = read.words[at]
    singular = _singular(word)
    found = tables.short.get(word) or tables.short.get(singular)
    if found is None and question:
        found = tables.any_case.get(word.lower()) or tables.any_case.get(singular.lower())
    return found


def _definitions(read: Words, plain: Sequence[Hit]) -> dict[str, tuple[str, str] | None]:
    """Short forms that the text defines: "bone marrow concentrate (BMC)"; None for one defined as something that is no concept."""
    ends = {one.last: one for one in plain if one.concept is not None}
    found: dict[str, tuple[str, str] | None] = {}
    for at in sorted(read.skip):
        word = read.words[at]
        bare = _singular(word)
        if not (
            1 < len(bare) <= _LONGEST_DEFINED
            and bare.isalpha()
            and sum(letter.isupper() for letter in bare) > 1
        ):
            continue
        hit = ends.get(at)
        if (
            hit is not None
            and hit.concept is not None
            and bare[-1].lower() in "".join(read.keys[hit.first : at])
        ):
            found.setdefault(bare, hit.concept)
        elif hit is None and _initials(read, at, bare):
            found.setdefault(bare, None)
    return found


def as_defined(read: Words, vocabulary: Vocabulary, plain: Sequence[Hit]) -> Iterator[Hit]:
    """The hits, each short form read as the text defines it: "bone marrow-derived mesenchymal stem cells (MSCs)" makes every MSC one of these."""
    defined = _definitions(read, plain)
    for hit in plain:
        word = read.words[hit.first]
        bare = _singular(word)
        single = hit.last == hit.first + 1 and bare in defined
        concept = defined[bare] if single else None
        if single and concept is None and hit.concept is not None and hit.concept[0] == "intervention":
            continue
        if (
            concept is not None
            and hit.concept is not None
            and hit.concept[1] in vocabulary.broader(concept[1])
        ):
            yield Hit(hit.first, hit.last, concept)
        else:
            yield hit


def _initials(read: Words, at: int, short: str) -> bool:
    """True where the words right before the brackets begin with the letters of the short form."""
    letters = short.lower()
    if at < len(letters):
        return False
    if "".join(word[0] for word in read.keys[at - len(letters) : at]) == letters:
        return True
    return len(letters) == _COMPOUND and _from_compound(read.keys[at - 2 : at], letters)


def _from_compound(words: Sequence[str], letters: str) -> bool:
    """True where two words give three letters: "musculoskeletal complications (MSC)"."""
    first, last = words
    return first[0] == letters[0] and letters[1] in first[1:] and last[0] == letters[2]


def decided(
    read: Words, vocabulary: Vocabulary, plain: Sequence[Hit], *, question: bool
) -> Iterator[tuple[Hit, tuple[str, ...]]]:
    """The ambiguous, dotted and locally defined short forms that the text decides."""
    tables, phrases = tables_of(vocabulary), _Phrases(read)
    defined = _definitions(read, plain)
    inside = {place for one in plain for place in range(one.first, one.last)}
    for at, word in enumerate(read.words):
        if at in inside and len(word) > _LONGEST_INSIDE:
            continue
        bare = _singular(word)
        ambiguous = _ambiguous_at(read, at, tables, question=question)
        others = tuple(one.id for one in ambiguous.senses) if ambiguous else ()
        if bare in defined and (ambiguous is None or word == bare or word[:-1] == bare):
            concept = defined[bare]
            if concept is not None and at not in inside:
                yield Hit(at, at + 1, concept), tuple(one for one in others if one != concept[1])
            continue
        if at in inside:
            continue
        if read.spans[at][1] - read.spans[at][0] > len(word) and word.lower() in vocabulary.dotted:
            sense = vocabulary.dotted[word.lower()]
            yield (
                Hit(at, at + 1, _concept_of(vocabulary, sense)),
                tuple(one for one in others if one != sense),
            )
        elif ambiguous is not None:
            sense, strength = _decide(phrases, at, ambiguous)
            if strength or question:
                yield (
                    Hit(at, at + 1, _concept_of(vocabulary, sense)),
                    tuple(one for one in others if one != sense),
                )


def _concept_of(vocabulary: Vocabulary, sense: str) -> tuple[str, str]:
    concept = vocabulary.concept(sense)
    return ("", sense) if concept is None else (concept.facet, sense)
