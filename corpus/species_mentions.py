"""Where a reading speaks of animals and of people, and how much each place says that they were studied (species.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from corpus.cues import NUMBER, Phrase, Reading, any_in, phrase, phrases
from corpus.design_rules import Span

HUMAN = "human"
NEAR = 80  # characters around a mention that can change what it means
NEAR_WORDS = 6  # words between "isolated from" and the animal

# How much one mention says that the species itself was studied (set on the development half).
PLAIN, SURE, IN_TITLE = 1.0, 2.0, 3.0
ADJECTIVE_ALONE, ADJECTIVE_IN_TITLE, IN_BACKGROUND, PERSON = 0.7, 1.5, 0.25, 0.5


@dataclass(frozen=True, slots=True)
class Form:
    """One way to name an animal: "nouns" are the animals themselves, "adjectives" also name their cells, "strains" are kinds kept for study."""

    value: str
    kind: str
    phrase: Phrase
    unnamed: bool


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that speaks of a species, with how much it says that this species was studied."""

    value: str
    span: Span
    weight: float


@dataclass(frozen=True, slots=True)
class SpeciesRules:
    """What species.toml says."""

    forms: tuple[Form, ...]
    cues: Mapping[str, tuple[Phrase, ...]]
    mesh: Mapping[str, list[str]]


@cache
def species_rules() -> SpeciesRules:
    """The rules of species.toml."""
    written = tomllib.loads(files("corpus").joinpath("species.toml").read_text(encoding="utf-8"))
    unnamed = set(written["unnamed"]["words"])
    forms = tuple(
        Form(value, kind, phrase(word), word in unnamed)
        for value, kinds in written["animals"].items()
        for kind, words in kinds.items()
        for word in words
    )
    return SpeciesRules(
        forms, {name: phrases(words) for name, words in written["cues"].items()}, written["mesh"]
    )


_VERB_AFTER = re.compile(
    r"\s+(?:(?:in|of|from) (?:each|the|both|all) \w+(?: \w+)? )?(?:were|was|received|underwent|had|showed|with|fed|treated|given|injected|developed|exhibited|exposed|subjected|that|is|are|lacking|bearing|\(n)\b"
)
_BEFORE = re.compile(
    rf"(?:{NUMBER}|\bin|\bof|\bfrom|\busing|\bon|\bfor|\band|\beach|\bthese|\bthe|\badult|\bmale|\bfemale|\bto|\binto)\s+(?:[\w-]+\s+){{0,3}}$"
)


def spans_of(wanted: tuple[Phrase, ...], reading: Reading) -> Iterator[Span]:
    """The spans of the phrases in the reading, phrase by phrase."""
    for one in wanted:
        if reading.may_hold(one):
            for match in one.pattern.finditer(reading.lower):
                yield match.span()


def _outermost(spans: list[tuple[Span, Form]]) -> list[tuple[Span, Form]]:
    spans.sort(key=lambda pair: (pair[0][0], -pair[0][1], pair[1].value))
    kept: list[tuple[Span, Form]] = []
    for span, form in spans:
        if kept and span[1] <= kept[-1][0][1]:
            continue
        kept.append((span, form))
    return kept


def _follows(wanted: tuple[Phrase, ...], reading: Reading, at: int, words: int) -> bool:
    """True where one of the phrases begins within so many words after `at`, in the same sentence."""
    rest = reading.lower[at : min(reading.sentence(at)[1], at + NEAR)]
    starts = [match.start() for match in re.finditer(r"(?<![\w])\w", rest)][: words + 1]
    return any(one.pattern.match(rest, start) for one in wanted if one.key in rest for start in starts)


def _taken_from(reading: Reading, at: int) -> bool:
    opening = max(reading.sentence(at)[0], at - NEAR)
    piece = reading.lower[opening:at]
    for one in species_rules().cues["taken_from"]:
        for match in one.pattern.finditer(piece):
            between = piece[match.end() :]
            if len(between.split()) <= NEAR_WORDS and not re.search(
                r"\b(?:in|into|were|was)\b|[,;]", between
            ):
                return True
    return False


def _given_to(reading: Reading, at: int) -> bool:
    opening = max(reading.sentence(at)[0], at - NEAR)
    return any(one.pattern.search(reading.lower[opening:at]) for one in species_rules().cues["given_to"])


def _names_no_animal(reading: Reading, span: Span, form: Form) -> bool:
    """True for an abbreviation in capitals, cells and reagents of the animal, and an animal that cells only came from."""
    start, end = span
    first, last = reading.sentence(start)
    if reading.text[start:end].isupper() and not reading.text[first:last].isupper():
        return True
    if _taken_from(reading, start) or reading.lower[max(0, start - 5) : start].endswith("anti-"):
        return True
    cue = species_rules().cues
    if form.kind == "strains":
        return False
    if _follows(cue["cells"], reading, end, 0):
        return True
    return form.kind == "nouns" and _follows(cue["material"], reading, end, 0)


def _plain_weight(reading: Reading, span: Span, form: Form) -> float:
    start, end = span
    if form.kind == "strains":
        return SURE
    if form.kind == "nouns":
        before = reading.lower[max(reading.sentence(start)[0], start - NEAR) : start]
        return SURE if _VERB_AFTER.match(reading.lower, end) or _BEFORE.search(before) else PLAIN
    cue = species_rules().cues
    if _follows(cue["model"], reading, end, 3) or _given_to(reading, start):
        return PERSON if form.unnamed else SURE
    tissue = _follows(cue["cells"], reading, end, 2) or _follows(cue["material"], reading, end, 2)
    return 0.0 if tissue else ADJECTIVE_ALONE


def _animal_weight(reading: Reading, span: Span, form: Form) -> float:
    weight = 0.0 if _names_no_animal(reading, span, form) else _plain_weight(reading, span, form)
    if not weight:
        return 0.0
    if span[0] < reading.title_end:
        return IN_TITLE if weight >= PLAIN else ADJECTIVE_IN_TITLE
    background = any_in(species_rules().cues["background"], reading.lower, *reading.sentence(span[0]))
    return weight * IN_BACKGROUND if background else weight


def animal_mentions(reading: Reading) -> list[Mention]:
    """The animals that the reading names, with their weights; what was only a place that cells came from has weight 0."""
    spans: list[tuple[Span, Form]] = []
    for form in species_rules().forms:
        if reading.may_hold(form.phrase):
            spans += [(match.span(), form) for match in form.phrase.pattern.finditer(reading.lower)]
    mentions = []
    for span, form in _outermost(spans):
        weight = _animal_weight(reading, span, form)
        mentions.append(Mention("animal" if form.unnamed else form.value, span, weight))
    return mentions


def people_mentions(reading: Reading, animals: list[Mention], *, review: bool) -> list[Mention]:
    """The people that the reading speaks of, with their weights."""
    cue = species_rules().cues
    animal_sentences = {reading.sentence(one.span[0])[0] for one in animals if one.weight >= 1}
    mentions = []
    studied = cue["people_studied"] + (cue["people_reviewed"] if review else ())
    for wanted, weight in ((studied, SURE), (cue["people"], PERSON)):
        for span in spans_of(wanted, reading):
            first, last = reading.sentence(span[0])
            in_title = span[0] < reading.title_end
            if any_in(cue["people_cancel"], reading.lower, first, last):
                continue
            if not review and first in animal_sentences:
                continue
            got = weight * (1.5 if in_title else 1.0)
            if not review and not in_title and any_in(cue["background"], reading.lower, first, last):
                got *= IN_BACKGROUND
            mentions.append(Mention(HUMAN, span, got))
    sampled = set(spans_of(cue["people_sampled"], reading))
    return mentions + [Mention(HUMAN, span, SURE) for span in sorted(sampled)]
