"""Lexicon: the vocabulary's forms as trees of words, and the longest of them that stand in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import msgspec

from corpus.forms import TOKEN, key
from corpus.laid import Laid
from corpus.vocabulary import Ambiguous, Vocabulary

_LONGEST_SHORT = 12
"""The letters of what may stand in brackets inside a form: "bone marrow (BM) cells"."""

_ALIKE = frozenset({"stem", "stromal", "progenitor", "signaling"})
"""Words that a stroke joins as alternatives of one form: "stem/stromal cells"."""

_JOINS = re.compile(r"[\s\-\u2010-\u2015'\u2019\u00ae\u2122\u200b\u200c\u200d\ufeff\u00ad*]{0,4}\Z")


_CLOSES = re.compile(r"[)\]][\s\-\u2010-\u2015]*\Z")


@dataclass(slots=True)
class _Node:
    next: dict[str, _Node] = field(default_factory=dict)
    ends: list[tuple[str, str] | None] = field(default_factory=list)


class _Tree:
    """Forms as a tree of words. What follows a first word is built when a text has that word: a question has few."""

    def __init__(self, laid: Laid, forms: Mapping[str, msgspec.Raw]) -> None:
        """Take those of the laid forms."""
        self._laid = laid
        self._forms = forms
        self._built: dict[str, _Node] = {}

    def __contains__(self, word: str) -> bool:
        return word in self._forms

    def get(self, word: str) -> _Node | None:
        """What follows the first word; None where no form begins with it."""
        found = self._built.get(word)
        if found is None and word in self._forms:
            found = _Node()
            for words, concept in self._laid.rests(self._forms[word]):
                _add(found, words, concept)
            self._built[word] = found
        return found


@dataclass(slots=True)
class Tables:
    """The vocabulary's forms as trees of words."""

    folded: _Tree
    loose: _Tree
    exact: _Tree
    short: dict[str, Ambiguous] = field(default_factory=dict)
    any_case: dict[str, Ambiguous] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Words:
    """A text as words: where each stands, how it is written, how it folds, and what stands between."""

    text: str
    spans: tuple[tuple[int, int], ...]
    words: tuple[str, ...]
    keys: tuple[str, ...]
    skip: frozenset[int]

    def gap(self, at: int) -> str:
        """What stands before the word."""
        return self.text[self.spans[at - 1][1] : self.spans[at][0]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A form found: words[first:last], and the (facet, id) it names; None for what is never a concept."""

    first: int
    last: int
    concept: tuple[str, str] | None


def _add(node: _Node, words: Sequence[str], concept: tuple[str, str] | None) -> None:
    for word in words:
        node = node.next.setdefault(word, _Node())
    if not any(one is not None and concept is not None and one[0] == concept[0] for one in node.ends):
        node.ends.append(concept)


@lru_cache(maxsize=8)
def tables_of(vocabulary: Vocabulary) -> Tables:
    """The vocabulary as trees, built once."""
    laid = vocabulary.laid
    found = Tables(_Tree(laid, laid.folded), _Tree(laid, laid.loose), _Tree(laid, laid.exact))
    for form, ambiguous in vocabulary.ambiguous.items():
        found.short[form] = ambiguous
        if ambiguous.lower:
            found.any_case[form.lower()] = ambiguous
    return found


def words_of(text: str) -> Words:
    """The text as words."""
    found = list(TOKEN.finditer(text))
    spans = tuple(one.span() for one in found)
    words = tuple(one.group().replace(".", "") if "." in one.group() else one.group() for one in found)
    skip = frozenset(
        at
        for at in range(1, len(spans) - 1)
        if spans[at][0] > 0
        and text[spans[at][0] - 1] in "(["
        and text[spans[at][1] : spans[at][1] + 1] in {")", "]"}
        and len(words[at]) <= _LONGEST_SHORT
    )
    return Words(text, spans, words, tuple(key(word) for word in words), skip)


def _walk(
    read: Words, words: Sequence[str], at: int, tree: _Tree, *, plural: bool
) -> Iterator[tuple[int, tuple[str, str] | None]]:
    """The ends (word after the last) and concepts of every form that begins at the word."""
    following: _Tree | dict[str, _Node] = tree
    here, count = at, len(words)
    while here < count:
        word = words[here]
        below = following.get(word)
        if plural and (below is None or not below.next) and word.endswith("s"):
            singular = following.get(word[:-1])
            if singular is not None:
                below = singular
        if below is None:
            return
        following = below.next
        here += 1
        for concept in below.ends:
            yield here, concept
        if here in read.skip and here + 1 < count and following:
            here += 1
            if _CLOSES.match(read.gap(here)):
                continue
            return
        if here < count and not _JOINS.match(read.gap(here)) and not _alternatives(read, here):
            return


def _alternatives(read: Words, at: int) -> bool:
    """Whether a stroke parts the word from one that is like it."""
    return read.gap(at).strip() == "/" and {read.keys[at - 1], read.keys[at]} <= _ALIKE


def plain_hits(read: Words, tables: Tables, *, question: bool) -> tuple[list[Hit], list[Hit]]:
    """The longest forms, facet by facet, outside of what is never a concept; and what never is one."""
    hits: list[Hit] = []
    for at in range(len(read.words)):
        ends: dict[str, Hit] = {}
        trees = [
            (tables.loose if question else tables.folded, read.keys, False),
            (tables.exact, read.words, True),
        ]
        for tree, words, plural in trees:
            if words[at] not in tree and not (plural and words[at].endswith("s")):
                continue
            for end, concept in _walk(read, words, at, tree, plural=plural):
                facet = "" if concept is None else concept[0]
                if facet not in ends or ends[facet].last < end:
                    ends[facet] = Hit(at, end, concept)
        hits.extend(ends.values())
    never = [one for one in hits if one.concept is None and not _cut(one, hits)]
    kept: list[Hit] = []
    covered: dict[str, int] = {}
    for one in hits:
        if one.concept is None or one.last <= covered.get(one.concept[0], 0):
            continue
        if hidden(one, never):
            continue
        covered[one.concept[0]] = one.last
        kept.append(one)
    return kept, never


def _cut(cover: Hit, hits: Iterable[Hit]) -> bool:
    """Whether a disease begins in what is never a concept and goes on past it: "osteoarthritis and cartilage lesions" is no journal."""
    return any(
        one.concept is not None
        and one.concept[0] == "condition"
        and cover.first < one.first < cover.last < one.last
        for one in hits
    )


def hidden(one: Hit, never: Iterable[Hit]) -> bool:
    """Whether a hit stands inside of what is never a concept: the IV of "IV sedation"."""
    return any(cover.first <= one.first and one.last <= cover.last for cover in never)
