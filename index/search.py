"""Search: a question to hits, words and vectors mixed, passages grouped by document.

The mix: each ranking's scores are scaled to 0..1 over the candidates of this question and added, in equal
parts at first. The question is then moved towards the documents that lead, and all is ranked once more. The absolute scores stay in the hit, so that a floor can be set on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.document import Role
from corpus.passage import Passage
from index.seam import Allowed, Ordinals, Scores, Searchable, Vectors

DEPTH = 1000
"""Candidates taken from each ranking: deep enough that the 100th document is among them at several passages each."""
FEEDBACK = 2
"""How many leading documents' vectors are added to the question's, as their mean, before the second look (pseudo-relevance feedback)."""
EVEN = 0.5
VECTORS_SHARE = 0.6
"""The vectors' share of the mix in the second look, whose leaders the words have helped to choose; the first is even.
NFCorpus, nDCG@10 at shares of 0.5, 0.6, 0.67, whole candidates: test 0.365, 0.371, 0.375; dev 0.335, 0.339, 0.340."""
PREAMBLE_COST = 0.05
"""What a passage of BACKGROUND or OBJECTIVE loses: what a study found goes before what it set out from, when both say it."""
SPARE = 20
"""Documents looked at beyond those asked for, since the cost of a preamble may move a few."""
FLOOR_COSINE = 0.15
"""A passage without a word of the question is no hit below this cosine, and no leader of the second look."""

_PREAMBLE = frozenset((Role.BACKGROUND, Role.OBJECTIVE))


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that answers to a question, with what it scored.

    Attributes:
        score: the mix, 0..1 within this question: it orders hits, it does not compare questions.
        words_score: BM25 of the passage, 0 where it shares no word with the question.
        vectors_score: the cosine between question and passage.
        more: further hits of the same document, best first, each without `more`.
    """

    passage: Passage
    score: float
    words_score: float
    vectors_score: float
    more: tuple[Hit, ...] = ()


def search(
    store: Searchable, question: str, vector: Vectors, *, n: int = 10, allowed: Allowed | None = None
) -> tuple[Hit, ...]:
    """The best passage of each of the best `n` documents, the document's other hits with it.

    Args:
        store: what is searched.
        question: its words.
        vector: its vector, by the encoder of the store's model.
        n: documents at most.
        allowed: one truth a document; None allows all.
    """
    if allowed is not None and not allowed.any():
        return ()
    first = _kept(_candidates(store, question, vector, allowed))
    if not len(first.ordinals):
        return ()
    ranked = _kept(_feed_back(store, vector, first, allowed))
    return group(_hits(store, ranked, vector, n + SPARE))[:n]


def group(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """The hits by document, the best passage leading; best document first, ties by id."""
    by_document: dict[str, list[Hit]] = {}
    for hit in sorted(hits, key=lambda hit: (-hit.score, hit.passage.document, hit.passage.start)):
        by_document.setdefault(hit.passage.document, []).append(hit)
    return tuple(_leading(first, tuple(more)) for first, *more in by_document.values())


def _leading(hit: Hit, more: tuple[Hit, ...]) -> Hit:
    """The hit with its document's other ones."""
    return Hit(hit.passage, hit.score, hit.words_score, hit.vectors_score, more) if more else hit


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Candidates by rising ordinal, with what each scored."""

    ordinals: Ordinals
    words: Scores
    cosines: Scores
    mixed: Scores

    def above_floor(self) -> NDArray[np.bool_]:
        """Which candidates share a word with what was asked or are near to it."""
        above: NDArray[np.bool_] = (self.words > 0) | (self.cosines >= FLOOR_COSINE)
        return above


def _candidates(store: Searchable, question: str, vector: Vectors, allowed: Allowed | None) -> _Ranked:
    by_words = store.best_words(question, DEPTH, allowed)
    by_vector, _ = store.nearest(vector, DEPTH, allowed)
    return _rank(store, by_words, by_vector, vector, EVEN)


def _rank(
    store: Searchable, by_words: tuple[Ordinals, Scores], by_vector: Ordinals, vector: Vectors, share: float
) -> _Ranked:
    ordinals = np.union1d(by_words[0], by_vector)
    words = np.zeros(len(ordinals), dtype=np.float32)
    words[np.searchsorted(ordinals, by_words[0])] = by_words[1]
    cosines = _cosines(store, ordinals, vector)
    mixed = scaled(words) * (1 - share) + scaled(cosines) * share
    return _Ranked(ordinals, words, cosines, mixed.astype(np.float32))


def scaled(scores: Scores) -> Scores:
    """The scores scaled to 0..1; all 0 where they are all the same."""
    if not len(scores):
        return scores
    low, high = scores.min(), scores.max()
    spread: Scores = (scores - low) / (high - low) if high > low else np.zeros_like(scores)
    return spread


def _feed_back(store: Searchable, vector: Vectors, first: _Ranked, allowed: Allowed | None) -> _Ranked:
    """The candidates ranked anew by the question moved towards the documents that led; their cosines are to that."""
    leaders = _leaders(store, first)
    moved = vector + store.vectors(leaders).mean(axis=0)
    moved = (moved / np.linalg.norm(moved)).astype(np.float32)
    by_vector, _ = store.nearest(moved, DEPTH, allowed)
    known = np.flatnonzero(first.words)
    return _rank(store, (first.ordinals[known], first.words[known]), by_vector, moved, VECTORS_SHARE)


def _leaders(store: Searchable, ranked: _Ranked) -> Ordinals:
    """The best passage of each of the leading documents."""
    leaders: Ordinals = ranked.ordinals[_firsts(ranked, store.owners(ranked.ordinals))[:FEEDBACK]]
    return leaders


def _firsts(ranked: _Ranked, owners: Ordinals) -> Ordinals:
    """The place of each document's best candidate, best document first."""
    order = np.lexsort((ranked.ordinals, -ranked.mixed))
    _, firsts = np.unique(owners[order], return_index=True)
    return order[np.sort(firsts)].astype(np.int64)


def _cosines(store: Searchable, ordinals: Ordinals, vector: Vectors) -> Scores:
    # Anew for every candidate, whichever ranking brought it: one sum in one order, so equal bytes.
    cosines: Scores = np.einsum("ij,j->i", store.vectors(ordinals), vector).astype(np.float32)
    return cosines


def _kept(ranked: _Ranked) -> _Ranked:
    """The candidates above the floor."""
    above = ranked.above_floor()
    return _Ranked(ranked.ordinals[above], ranked.words[above], ranked.cosines[above], ranked.mixed[above])


def _hits(store: Searchable, ranked: _Ranked, vector: Vectors, documents: int) -> Iterator[Hit]:
    """The candidates of the leading documents; the rest is not read from the store."""
    owners = store.owners(ranked.ordinals)
    leads = owners[_firsts(ranked, owners)[:documents]]
    chosen = np.flatnonzero(np.isin(owners, leads))
    ordinals = ranked.ordinals[chosen]
    scored = zip(
        store.passages(ordinals),
        ranked.mixed[chosen].tolist(),
        ranked.words[chosen].tolist(),
        _cosines(store, ordinals, vector).tolist(),
        strict=True,
    )
    for passage, mixed, words, cosine in scored:
        yield Hit(passage, mixed - PREAMBLE_COST if passage.role in _PREAMBLE else mixed, words, cosine)
