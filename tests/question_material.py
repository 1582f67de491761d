"""Question material: a message read by the vocabulary that ships, and the concepts that the tests of reading name most."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.question import FACETS_ASKED, Part, Reading, read_message
from corpus.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()
ANIMALS = (
    "cattle",
    "dog",
    "goat",
    "guinea-pig",
    "horse",
    "monkey",
    "mouse",
    "other-animal",
    "pig",
    "rabbit",
    "rat",
    "sheep",
)
BMC, PRP, KNEE, HIP, IV = (
    "bone-marrow-concentrate",
    "platelet-rich-plasma",
    "knee-osteoarthritis",
    "hip-osteoarthritis",
    "intravenous",
)
QUESTION = "is IV BMC for knee OA real?"


def read(text: str, *earlier: str) -> Reading:
    """The message as read by the vocabulary that ships."""
    return read_message(text, VOCABULARY, earlier=earlier)


def one(text: str, *earlier: str) -> Part:
    """The only part of a message."""
    parts = read(text, *earlier).parts
    assert len(parts) == 1, parts
    return parts[0]


def named(part: Part) -> Mapping[str, tuple[str, ...]]:
    """The facets that a part names."""
    assert tuple(part.facets) == FACETS_ASKED
    return {facet: values for facet, values in part.facets.items() if values}


def senses(part: Part) -> dict[str, str]:
    """What each assumed form was read as."""
    return {assumption.form: assumption.sense for assumption in part.assumed}
