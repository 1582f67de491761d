"""Many questions: the vocabulary's products by routes by conditions as colleagues type them, with what else a channel asks."""

from __future__ import annotations

import random
from dataclasses import dataclass

from corpus.vocabulary import Vocabulary

SHORT = {
    "bone marrow concentrate": ("BMC", "BMAC"),
    "platelet-rich plasma": ("PRP",),
    "stromal vascular fraction": ("SVF",),
    "mesenchymal stem/stromal cells": ("MSCs", "stem cells"),
    "hyaluronic acid": ("HA",),
    "intravenous": ("IV",),
    "intra-articular": ("IA",),
    "knee osteoarthritis": ("knee OA", "arthritis of the knee"),
    "hip osteoarthritis": ("hip OA",),
    "lateral epicondylitis": ("tennis elbow",),
    "rotator cuff disease": ("rotator cuff tears",),
}
"""How colleagues write what the vocabulary calls otherwise."""
EVIDENCE = (
    "is {route} {product} for {condition} real?",
    "{product} for {condition}?",
    "any human data on {route} {product} in {condition}",
    "Does {product} given by the {route} route help {condition}?",
    "randomised trials of {product} for {condition}",
    "{product} in rats with {condition}",
    "what is there on {route} {product} for {condition}, cohort studies included",
    "{route} {product}",
    "evidence for {condition}",
)
HARM = ("can {product} cause infection in {condition}?", "is {route} {product} safe in {condition}?")
COMPARISON = ("{product} vs {other} for {condition}", "is {product} better than {other} in {condition}?")
CORPUS = (
    "how many studies do you have on {condition}?",
    "how many papers on {product}?",
    "which papers are retracted?",
    "when were you last updated?",
    "what don't you have on {condition}?",
)
PAPER = (
    "PMID {number}",
    "can you find pmid:{number}",
    "the 2020 paper by Synthetic on {condition}",
    "doi 10.0000/synthetic.{number}",
)
OUTSIDE = (
    "what is the capital of country {number}?",
    "who won match {number} of the season?",
    "which parking deck is open at {number} o'clock",
    "write me {number} lines on the weather",
    "dosing of antibiotic {number} for pneumonia",
)
QUIET = ("thanks!", "ok, great", "what happened to the patient in bed {number}?")
FOLLOWING = (
    "and in {condition}?",
    "what about {product}?",
    "only in humans please",
    "and {route}?",
    "any harms?",
    "only RCTs",
)
SEVERAL = ("1) {product} for {condition}? 2) is {route} {other} safe? 3) how many studies do you have?",)
PERSONAL = ("My patient Mrs. Synthetica Example, MRN {number}, asks for {product} for {condition}",)
SORTS = {
    "evidence": (EVIDENCE, 52),
    "harm": (HARM, 7),
    "comparison": (COMPARISON, 7),
    "corpus": (CORPUS, 7),
    "paper": (PAPER, 6),
    "outside": (OUTSIDE, 7),
    "quiet": (QUIET, 2),
    "several": (SEVERAL, 2),
    "personal": (PERSONAL, 2),
    "following": (FOLLOWING, 8),
}
"""What is asked, and how often of a hundred times."""
PRODUCTS = slice(0, 30)
ROUTES = slice(0, 10)
CONDITIONS = slice(0, 32)


@dataclass(frozen=True, slots=True)
class Typed:
    """A question as typed; `following` where it needs the one before it in its thread."""

    text: str
    following: bool = False


def many_questions(vocabulary: Vocabulary, count: int, *, seed: int = 1) -> list[Typed]:
    """So many questions, the same for the same seed; hardly any stands twice."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret is drawn
    products = vocabulary.ids("intervention")[PRODUCTS]
    routes = vocabulary.ids("route")[ROUTES]
    conditions = vocabulary.ids("condition")[CONDITIONS]

    def named(ids: tuple[str, ...]) -> str:
        name = vocabulary.name(chance.choice(ids))
        return chance.choice((name, *SHORT.get(name, ())))

    made = []
    for _ in range(count):
        (sort,) = chance.choices(list(SORTS), [share for _, share in SORTS.values()])
        words = {
            "product": named(products),
            "other": named(products),
            "route": named(routes),
            "condition": named(conditions),
            "number": str(chance.randrange(10_000_000, 40_000_000)),
        }
        text = chance.choice(SORTS[sort][0]).format(**words)
        made.append(Typed(text, following=sort == "following"))
    return made
