"""A deterministic encoder without a model: each word has a direction of its own, so texts that share words are near each other."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from index.encoder import Encoders
from index.seam import Vectors
from index.words import words

DIMENSION = 64


class WordEncoder:
    """A bag of words: the sum of its words' directions, of length one; a text without words has a direction of its own."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One vector a text, the same in every process."""
        return (
            np.stack([_vector(text) for text in texts])
            if texts
            else np.zeros((0, DIMENSION), dtype=np.float32)
        )


def _vector(text: str) -> Vectors:
    summed = np.sum([_direction(word) for word in words(text) or ("",)], axis=0)
    vector: Vectors = (summed / np.linalg.norm(summed)).astype(np.float32)
    return vector


def _direction(word: str) -> Vectors:
    digest = hashlib.shake_256(word.encode()).digest(DIMENSION)
    direction: Vectors = np.frombuffer(digest, dtype=np.uint8).astype(np.float32) - 127.5
    return direction / np.linalg.norm(direction)


def count_words(text: str) -> int:
    """The words and marks of a text, and two for its ends: additive, as a model's tokens are."""
    return len(text.split()) + 2


def word_encoders(*, limit: int = 256) -> Encoders:
    """The word encoder in the shape that a store is built with."""
    encoder = WordEncoder()
    return Encoders(
        name="word encoder",
        passages=encoder,
        questions=encoder,
        fingerprint="word-encoder-1",
        dimension=DIMENSION,
        token_limit=limit,
        count_tokens=count_words,
    )
