"""Joints: a general disease of joints made that of the joints named beside it: "OA of the knee", "knee and hip arthritis"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from corpus.lexicon import Hit, Words
from corpus.vocabulary import Vocabulary

_REACH = 8
"""How many words from a disease its joint may stand."""
_STOPS = re.compile(r"[.;:!?()\n]")


_BEFORE_SITE = frozenset(
    [
        "joint",
        "and",
        "or",
        "severe",
        "end",
        "stage",
        "endstage",
        "left",
        "right",
        "bilateral",
        "medial",
        "lateral",
        "compartment",
        "tricompartmental",
        "unicompartmental",
        "primary",
        "symptomatic",
        "generalized",
        "generalised",
        "moderate",
        "mild",
        "advanced",
        "early",
        "chronic",
        "painful",
        "to",
        "degenerative",
        "idiopathic",
        "established",
        "radiographic",
        "late",
        "secondary",
        "experimental",
        "induced",
        "progressive",
        "inoperable",
        "both",
        "bone",
        "posttraumatic",
    ]
)


_AFTER_SITE = frozenset(
    [
        "of",
        "in",
        "at",
        "the",
        "affecting",
        "involving",
        "his",
        "her",
        "their",
        "both",
        "left",
        "right",
        "and",
        "or",
        "joint",
        "bilateral",
        "medial",
        "lateral",
        "compartment",
        "a",
        "one",
        "change",
        "changes",
        "model",
        "dog",
        "canine",
        "human",
        "rabbit",
        "rat",
    ]
)


_OTHER_ARTHRITIS = frozenset(
    [
        "rheumatoid",
        "septic",
        "hemorrhagic",
        "haemorrhagic",
        "hemophilic",
        "haemophilic",
        "neuropathic",
        "psoriatic",
        "inflammatory",
        "infectious",
        "infective",
        "juvenile",
        "gouty",
        "reactive",
        "bacterial",
        "pyogenic",
        "crystal",
        "collagen",
        "adjuvant",
        "lyme",
        "tuberculous",
        "autoimmune",
        "viral",
        "antigen",
        "enteropathic",
        "suppurative",
    ]
)


_ARTHRITIS = frozenset(["arthritis", "arthritic"])


def _sites(read: Words, first: int, last: int, sites: Mapping[str, str]) -> list[tuple[int, str]]:
    """The joints named right before or after the words, as (word, condition)."""
    found: list[tuple[int, str]] = []
    at = first
    while at > 0 and first - at < _REACH and not _STOPS.search(read.gap(at)):
        at -= 1
        word = read.keys[at]
        if word in sites:
            found.append((at, sites[word]))
        elif word not in _BEFORE_SITE or (word in {"and", "or"} and not _listed(read, at, sites)):
            break
    at, opened = last, False
    while at < len(read.words) and at - last < _REACH and not _STOPS.search(read.gap(at)):
        word = read.keys[at]
        if word in sites and (opened or at == last):
            if "," in read.gap(at) and not opened:
                break
            found.append((at, sites[word]))
        elif word not in _AFTER_SITE:
            break
        opened = opened or word in {"of", "in", "at", "affecting", "involving"}
        at += 1
    return found


def _listed(read: Words, at: int, sites: Mapping[str, str]) -> bool:
    """True where a joint stands before the "and" too: "knee and hip", not "knee pain and hip"."""
    before = at - 1
    while before >= 0 and read.keys[before] in {"joint", "left", "right", "medial", "lateral"}:
        before -= 1
    return before >= 0 and read.keys[before] in sites


def sited(
    read: Words, vocabulary: Vocabulary, hits: Iterable[tuple[Hit, tuple[str, ...]]]
) -> Iterator[tuple[Hit, tuple[str, ...]]]:
    """The hits, each general disease of joints made that of the joints named beside it."""
    for hit, others in hits:
        concept = (
            vocabulary.concept(hit.concept[1], hit.concept[0]) if hit.concept and hit.concept[0] else None
        )
        if concept is None or not concept.sited:
            yield hit, others
            continue
        sites = _sites(read, hit.first, hit.last, vocabulary.sites)
        if not sites or concept.id != "osteoarthritis":
            yield hit, others
        for at, condition in sites:
            yield Hit(min(at, hit.first), max(at + 1, hit.last), ("condition", condition)), others


def arthritis_of_joints(
    read: Words, taken: Sequence[Hit], vocabulary: Vocabulary
) -> Iterator[tuple[Hit, tuple[str, ...]]]:
    """The joints' osteoarthritis for "arthritis of the knee", where no word before says another kind."""
    inside = {
        place
        for one in taken
        if one.concept and one.concept[0] == "condition"
        for place in range(one.first, one.last)
    }
    for at, word in enumerate(read.keys):
        if word not in _ARTHRITIS or at in inside or set(read.keys[max(0, at - 4) : at]) & _OTHER_ARTHRITIS:
            continue
        for site, condition in _sites(read, at, at + 1, vocabulary.sites):
            yield Hit(min(site, at), max(site, at) + 1, ("condition", condition)), ()
