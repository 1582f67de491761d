"""Named: which of the things that one concept holds is meant: naproxen of the anti-inflammatory drugs, synovial cells of the stem cells.

The same words tell them apart in questions and in studies; they are in named.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from corpus.forms import TOKEN, key
from corpus.label import Label, Origin
from corpus.vocabulary import Vocabulary

NEAR = 4
"""Words before and after a product that may tell which one it is, in a study."""
BEFORE = 2
"""Words before it in a question."""


@cache
def rules() -> Mapping[str, Any]:
    """named.toml as it stands."""
    return tomllib.loads(files("corpus").joinpath("named.toml").read_text(encoding="utf-8"))


def source_words() -> Mapping[str, list[str]]:
    """How a question says whose cells or tissue it asks for, and for which products that says something."""
    words: Mapping[str, list[str]] = rules()["source"]
    return words


def source_forms(name: str) -> tuple[str, ...]:
    """The ways to say that source, as expressions."""
    return tuple(re.escape(one).replace(r"\ ", r"[\s-]+") for one in source_words()[name])


@lru_cache(maxsize=4)
def telling(vocabulary: Vocabulary) -> Mapping[str, frozenset[str]]:
    """For each concept that holds several things, the words that tell them apart."""
    found = {}
    for row in rules()["class"]:
        if "tells" in row:
            found[row["concept"]] = frozenset(row["tells"])
            continue
        forms = (one.words for one in vocabulary.written if one.concept == ("intervention", row["concept"]))
        every = {one for words in forms for word in words for one in _alike(key(word))} | set(rules()["kind"])
        found[row["concept"]] = frozenset(one for one in every - set(row["generic"]) if _tells(one))
    return found


def joints_of(concept: str, title: str, text: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The joints of a disease that a study is of: those of its title, else those of its text."""
    return told(concept, title, vocabulary) or told(concept, text, vocabulary)


@cache
def of_joints() -> frozenset[str]:
    """The conditions that are told apart by their joint."""
    return frozenset(row["concept"] for row in rules()["class"] if row.get("facet") == "condition")


def _tells(word: str) -> bool:
    return len(word) > 1 or word.isdigit()


def _alike(word: str) -> tuple[str, ...]:
    """The words that a word is read as."""
    return tuple(rules()["alike"].get(word, word).split())


def told(concept: str, text: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The words of a study's text that tell which thing of a concept is meant, in its order; none where it names the concept alone."""
    words = telling(vocabulary).get(concept, frozenset())
    found = (kind for one in _words(text) for kind in (one, *_kinds().get(one, ())))
    return tuple(dict.fromkeys(one for one in found if one in words))


def asked(concept: str, form: str, before: str = "") -> tuple[str, ...]:
    """The same of a form of the concept in a question; every form is the vocabulary's, so that its other words need not be known.

    Args:
        concept: the concept.
        form: as it stands in the question.
        before: the question up to it: its last two words may say more ("suprascapular nerve block").
    """
    row = _rows().get(concept)
    if row is None:
        return ()
    if "tells" in row:
        near = f"{' '.join(before.split()[-BEFORE:])} {form}"
        return tuple(dict.fromkeys(one for one in _words(near) if one in row["tells"]))
    return tuple(dict.fromkeys(one for one in _words(form) if one not in row["generic"] and _tells(one)))


def joints_asked(concept: str, text: str) -> tuple[tuple[str, ...], ...]:
    """The joints that a question names of a disease, each with all words that a study must name of it; alternatives."""
    tells = _rows()[concept]["tells"]
    every = {tuple(one for one in _alike(word) if one in tells) for word in _plain(text)} - {()}
    return tuple(sorted(one for one in every if not any(set(one) < set(other) for other in every)))


@cache
def _kinds() -> Mapping[str, tuple[str, ...]]:
    """The kinds that a drug is of."""
    kinds: dict[str, tuple[str, ...]] = {}
    for kind, members in rules()["kind"].items():
        for one in members:
            kinds[one] = (*kinds.get(one, ()), kind)
    return kinds


@cache
def _rows() -> Mapping[str, Mapping[str, Any]]:
    return {row["concept"]: row for row in rules()["class"]}


def _words(text: str) -> Iterator[str]:
    for word in _plain(text):
        yield from _alike(word)


def _plain(text: str) -> Iterator[str]:
    for match in TOKEN.finditer(text):
        yield key(match.group().replace(".", ""))


def named_in(
    text: str,
    title: str,
    places: Iterable[tuple[str, int, int]],
    conditions: Iterable[str],
    vocabulary: Vocabulary,
) -> Label | None:
    """What a study names of each concept it gave, and the joints of its conditions.

    Args:
        text: the study's text.
        title: its title.
        places: each concept given and where it stands in the text: words of the title and those round each place tell which thing it is.
        conditions: what was treated.
        vocabulary: the concepts and their forms.
    """
    found = {
        f"{one} {joint}"
        for one in of_joints() & set(conditions)
        for joint in joints_of(one, title, text, vocabulary)
    }
    for concept, start, end in places:
        before = " ".join(text[max(0, start - 80) : start].split()[-NEAR:])
        after = " ".join(text[end : end + 80].split()[:NEAR])
        here = f"{title} {before} {text[start:end]} {after}"
        found |= {f"{concept} {word}" for word in told(concept, here, vocabulary)}
    return Label(tuple(sorted(found)), Origin.TEXT_RULE) if found else None
