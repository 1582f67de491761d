"""Species: whose body or cells were treated or studied, from MeSH or from title and abstract (species.toml).

"Human" is never a default: it needs words about people who were treated or studied. Cells of one species given to
another are the other's study; cells in a dish with no recipient are "in-vitro".
"""

from __future__ import annotations

from functools import lru_cache

from corpus.cues import Reading, anywhere, read
from corpus.design_rules import NOT_PRIMARY, design_rules, found, paper_kinds
from corpus.document import Document, Kind
from corpus.label import NONE, UNSTATED, Label, Origin
from corpus.species_mentions import (
    ADJECTIVE_IN_TITLE,
    HUMAN,
    PERSON,
    PLAIN,
    SURE,
    Mention,
    animal_mentions,
    people_mentions,
    spans_of,
    species_rules,
)

OTHER_ANIMAL, IN_VITRO = "other-animal", "in-vitro"
ANIMALS = frozenset(
    [
        "rat",
        "mouse",
        "rabbit",
        "dog",
        "horse",
        "sheep",
        "goat",
        "pig",
        "cattle",
        "monkey",
        "guinea-pig",
        "other-animal",
    ]
)

# How much is enough (set on the development half).
ENOUGH_ANIMAL, ENOUGH_PEOPLE, ENOUGH_PEOPLE_BESIDE_ANIMAL = 1.5, 1.0, 4.0
ENOUGH_CLINICAL = 1.5  # words said of people only, where no animal and no dish is named
SHARE = 0.4  # of the weightiest animal's weight, for a second animal
DISH_CUES = 3
UNNAMED_IN_REVIEW = 2  # mentions
MOST_SPANS = 5


def _total(mentions: list[Mention]) -> float:
    return sum(one.weight for one in mentions)


def _text_rule(values: set[str], mentions: list[Mention]) -> Label:
    spans = sorted(
        {one.span for one in mentions if one.weight >= PERSON and one.value in values | {"animal"}}
    )
    return Label(tuple(sorted(values)), Origin.TEXT_RULE, tuple(spans[:MOST_SPANS]))


def _animals_studied(animals: list[Mention], *, least: float) -> set[str]:
    totals: dict[str, float] = {}
    for one in animals:
        totals[one.value] = totals.get(one.value, 0.0) + one.weight
    top = max((total for value, total in totals.items() if value != "animal"), default=0.0)
    return {value for value, total in totals.items() if value != "animal" and total >= max(least, top * 0.4)}


def _clinical(reading: Reading, cue: str = "clinical") -> list[Mention]:
    said = {reading.lower[slice(*span)]: span for span in spans_of(species_rules().cues[cue], reading)}
    return [Mention(HUMAN, span, PERSON) for span in sorted(said.values())]


def _of_review(reading: Reading, animals: list[Mention], people: list[Mention]) -> Label:
    clinical = [*_clinical(reading), *_clinical(reading, "procedures")]
    values = _animals_studied(animals, least=SURE)
    unnamed = sorted(set(spans_of(species_rules().cues["animals_reviewed"], reading)))
    in_title = any(start < reading.title_end for start, _ in unnamed)
    if not values and (in_title or len(unnamed) >= UNNAMED_IN_REVIEW):
        values = {OTHER_ANIMAL}
        animals = [Mention(OTHER_ANIMAL, span, SURE) for span in unnamed]
    enough = SURE if values else PLAIN if animals else PERSON
    if _total(people) + (0.0 if values else _total(clinical)) >= enough:
        values.add(HUMAN)
    return _text_rule(values, [*animals, *people, *clinical]) if values else UNSTATED


def _of_primary(reading: Reading, animals: list[Mention], people: list[Mention]) -> Label:
    cue = species_rules().cues
    people_total, animal_total = _total(people), _total(animals)
    named = _animals_studied(animals, least=ENOUGH_ANIMAL)
    title_animal = any(
        one.weight >= ADJECTIVE_IN_TITLE and one.span[0] < reading.title_end for one in animals
    )
    title_people = any(one.weight >= ADJECTIVE_IN_TITLE and one.span[0] < reading.title_end for one in people)
    if not anywhere(cue["experiment"], reading) and _only_donors(reading, "dish_only_title"):
        return _of_dish(reading)
    sure = any(one.weight >= SURE for one in animals) or people_total < SURE
    if sure and animal_total >= ENOUGH_ANIMAL and (title_animal or animal_total >= people_total):
        values = named or {OTHER_ANIMAL}
        if title_people and title_animal and people_total >= ENOUGH_PEOPLE_BESIDE_ANIMAL:
            values = values | {HUMAN}
        return _text_rule(values, [*animals, *people])
    if animal_total < PLAIN and _only_donors(reading):
        return _of_dish(reading)
    if people_total >= ENOUGH_PEOPLE and animal_total < people_total / 2:
        return _text_rule({HUMAN}, people)
    experiment = list(spans_of(cue["experiment"], reading))
    if people_total < PLAIN and experiment:
        kinds = {one.value for one in animals} - {"animal"}
        kept = tuple(kinds) if len(kinds) == 1 else (OTHER_ANIMAL,)
        return Label(kept, Origin.TEXT_RULE, tuple(sorted(experiment)[:MOST_SPANS]))
    return UNSTATED if max(people_total, animal_total) >= PLAIN else _of_rest(reading, animals, people)


def _of_rest(reading: Reading, animals: list[Mention], people: list[Mention]) -> Label:
    """What a reading is of that speaks neither of people nor of animals enough: a dish, or people by clinical words."""
    dish = _of_dish(reading)
    return _of_clinical_words(reading, animals, people) if dish is UNSTATED else dish


def _of_clinical_words(reading: Reading, animals: list[Mention], people: list[Mention]) -> Label:
    """Human where what is said of people only, or how they are operated on, stands alone: no animal, no dish."""
    cue = species_rules().cues
    clinical = _clinical(reading)
    done = [*clinical, *_clinical(reading, "procedures")]
    if not _total(animals) and anywhere(cue["technique"], reading) and _total(done) >= PERSON:
        return _text_rule({HUMAN}, [*people, *done])
    alone = not animals and not anywhere(cue["dish"], reading)
    if alone and _total([*people, *clinical]) >= ENOUGH_CLINICAL:
        return _text_rule({HUMAN}, [*people, *clinical])
    return UNSTATED


def _only_donors(reading: Reading, title: str = "dish_title") -> bool:
    """Whether the people or animals named only gave the cells or tissue that a dish study is about."""
    cue = species_rules().cues
    return (
        any(start < reading.title_end for start, _ in spans_of(cue[title], reading))
        and not anywhere(cue["treated_bodies"], reading)
        and _of_dish(reading) is not UNSTATED
    )


def _of_dish(reading: Reading) -> Label:
    cue = species_rules().cues
    spans = sorted({*spans_of(cue["dish"], reading)})
    said = {reading.lower[slice(*span)] for span in spans}
    support = {reading.lower[slice(*span)] for span in spans_of(cue["dish_support"], reading)}
    in_title = any(start < reading.title_end for start, _ in spans_of(cue["dish_title"], reading))
    if not said or len(said | support) < (DISH_CUES - 1 if in_title else DISH_CUES):
        return UNSTATED
    if anywhere(cue["recipient"], reading) or not anywhere(cue["own"], reading):
        return UNSTATED
    return Label((IN_VITRO,), Origin.TEXT_RULE, tuple(spans[:MOST_SPANS]))


@lru_cache(maxsize=64)
def species_by_text(document: Document) -> Label:
    """The species that title and abstract state, by the rules of species.toml; "not-stated" where they do not."""
    reading = read(document)
    animals = animal_mentions(reading)
    review = bool(paper_kinds(reading).keys() & NOT_PRIMARY)
    people = people_mentions(reading, animals, review=review)
    label = _of_review(reading, animals, people) if review else _of_primary(reading, animals, people)
    if label is UNSTATED and not review and found(reading, design_rules().review_fallback):
        return _of_review(reading, animals, people_mentions(reading, animals, review=True))
    return label


def _mesh_animals(names: set[str]) -> set[str]:
    return {
        value
        for value, headings in species_rules().mesh.items()
        if any(name == heading or name.startswith(heading + ",") for name in names for heading in headings)
    }


def species_label(document: Document) -> Label:
    """The document's species: MeSH where it decides, else title and abstract.

    MeSH does not decide three things, and there the text does: with both "Humans" and "Animals" (human cells in
    a mouse have both), whose study it is; cells in a dish, which carry their donor's tag; and which of several animals
    only gave cells or serum. Where MeSH says human and the text says animal, the text holds: human is the word that must not be wrong.
    """
    if document.kind is not Kind.PAPER:
        return Label((NONE,), Origin.NOT_STATED)
    text = species_by_text(document)
    names = {heading.name.lower() for heading in document.record.mesh}
    named = _mesh_animals(names)
    people, animals = "humans" in names, "animals" in names or bool(named)
    stated = set(text.values) if text.origin is Origin.TEXT_RULE else set()
    if people == animals or stated == {IN_VITRO}:
        return text
    if people:
        return text if stated - {HUMAN} else Label((HUMAN,), Origin.MESH)
    if stated and HUMAN not in stated and (not named or stated < named):
        return text
    return Label(tuple(sorted(named or {OTHER_ANIMAL})), Origin.MESH)
