"""Harms: which documents name the harm that a question asks about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from assistant.asked import Ask, Part
from assistant.cues import cue, lists
from assistant.evidence import Mask, expand
from assistant.kept import Kept
from corpus.forms import key
from corpus.mentions import find
from corpus.vocabulary import Vocabulary

HARM_READ = (
    300  # a harm named in words is looked for in at most so many matching documents, the likeliest first
)
REMEMBERED = 20_000
"""Documents of one store of which it is remembered which harms they name."""

_named: Kept[frozenset[str]] = Kept(REMEMBERED)


@dataclass(frozen=True, slots=True)
class Traces:
    """What a text must hold to name one of some concepts: a text without any of it need not be read.

    Attributes:
        concepts: the concepts.
        words: the words of each form, as `corpus.forms.key` folds them; all of them must be there.
        exact: the abbreviations, in their own letters.
    """

    concepts: frozenset[str]
    words: tuple[tuple[str, ...], ...]
    exact: tuple[str, ...]

    def in_text(self, text: str) -> bool:
        """Whether the text holds any of it; dotted letters ("P.E.") count as one word."""
        undotted = text.replace(".", "")
        if any(one in text or one in undotted for one in self.exact):
            return True
        fold = key.__wrapped__  # without its memory, which is for words
        both = f"{fold(text)} {fold(undotted)}"
        return any(all(word in both for word in words) for words in self.words)


@lru_cache(maxsize=4)
def traces(vocabulary: Vocabulary) -> Traces:
    """The traces of every harm that can be asked about, and of what is narrower."""
    wanted = expand(tuple(lists()["harms"]), vocabulary)
    forms = [one for one in vocabulary.written if one.concept is not None and one.concept[1] in wanted]
    # Loose forms are read in questions only. A folded "y" may have been "ies"; every other plural only adds letters.
    folded = {tuple(word.removesuffix("y") for word in one.words) for one in forms if one.how == "form"}
    single = {words[0] for words in folded if len(words) == 1}
    words = {words for words in folded if len(words) == 1 or single.isdisjoint(words)}
    exact = {max(one.words, key=len) for one in forms if one.how == "abbreviation"} | {
        form
        for form, ambiguous in vocabulary.ambiguous.items()
        if any(sense.id in wanted for sense in ambiguous.senses)
    }
    return Traces(wanted, tuple(sorted(words)), tuple(sorted(exact)))


def _by_words(text: str, vocabulary: Vocabulary) -> frozenset[str]:
    """The harms that a text names of which the vocabulary has no concept."""
    conditions = set(vocabulary.ids("condition"))
    return frozenset(
        concept
        for concept in lists()["harms"]
        if concept not in conditions and cue("harms", concept).search(text)
    )


def naming_harm(store: Any, vocabulary: Vocabulary, part: Part) -> Callable[[Mask], Mask] | None:
    """Narrows a mask to documents that name the harm asked about; None where the question names none."""
    if part.ask is not Ask.HARM or not part.harm:
        return None
    wanted = expand(part.harm, vocabulary)

    def narrow(mask: Mask) -> Mask:
        rows = np.flatnonzero(mask)
        if len(rows) > HARM_READ:
            passages, _ = store.best_words(part.text, HARM_READ * 4, mask)
            rows = np.unique(store.document_of[passages])[:HARM_READ]
        named = np.zeros_like(mask)
        for row in rows.tolist():
            named[row] = bool(_harms(store, vocabulary, row, wanted) & wanted)
        return named

    return narrow


def _harms(store: Any, vocabulary: Vocabulary, row: int, wanted: frozenset[str]) -> frozenset[str]:
    """Which harms a document names, of those wanted at least."""
    known = traces(vocabulary)
    if not wanted <= known.concepts:
        return frozenset(one.concept for one in find(store.document(store.ids[row]).text, vocabulary))

    def read() -> frozenset[str]:
        text = store.document(store.ids[row]).text
        found = find(text, vocabulary) if known.in_text(text) else ()
        return (frozenset(one.concept for one in found) & known.concepts) | _by_words(text, vocabulary)

    return _named.get(store.table, (row, vocabulary.version), read)
