"""Design: how a study was done, from publication type, MeSH, or title and abstract (design.toml)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from corpus.cues import Cue, Reading, anywhere, matches, read
from corpus.design_rules import SYNTHESES, Span, design_rules, found, paper_kinds
from corpus.document import Document, Kind
from corpus.label import NOT_STATED, UNSTATED, Label, Origin
from corpus.species import ANIMALS, IN_VITRO, species_by_text, species_label
from corpus.species_mentions import HUMAN, species_rules

ORDER = (
    "in-vitro-study",
    "rct",
    "case-report",
    "controlled-trial",
    "single-arm-trial",
    "case-control",
    "cross-sectional",
    "cohort",
    "case-series",
    "other",
)


TYPE_ORDER = (
    "protocol",
    "animal-study",
    "guideline",
    "rct",
    "controlled-trial",
    "case-report",
    "commentary",
    "narrative-review",
    "other",
)
DISH_CUES = 4  # kinds of dish work that an animal study must name to be an in-vitro study too
_ANIMALS_NAMED = re.compile(r"\b(?:rabbits|rats|mice|sheep|goats|minipigs|pigs|dogs|horses)\b")
_KINDS = (
    r"(?:rabbits?|rats?|mice|mouse|murine|sheep|goats?|pigs?|porcine|minipigs?|dogs?|canine|horses?|equine)"
)
_ANIMAL_MODEL = re.compile(
    rf"\bdmm (?:method|surgery|model)\b|\boa model was\b|\b(?:defects?|models?) (?:of|in) (?:the |a )?{_KINDS}\b|\b{_KINDS} (?:\w+ )?(?:defect )?models?\b"
)
_BODIES = re.compile(
    rf"\b(?:in vivo|patients?|participants|animals?|{_KINDS[3:-1]}|embryos?|zebrafish|drosophila)\b"
)
_DONE_IN_DISH = re.compile(
    r"\b(?:were|was) (?:\w+ )?(?:cultured|seeded|treated|incubated|isolated|harvested|encapsulated|analy[sz]ed|measured)\b"
)
MOST_SPANS = 5
MESH_DECIDES = frozenset({"case-control", "cohort", "cross-sectional", "case-series", "other", NOT_STATED})


def _dish_work(reading: Reading) -> tuple[Span, ...]:
    spans: list[Span] = []
    cues_held: set[str] = set()
    for cue in design_rules().dish:
        for span in matches(reading, cue):
            spans.append(span)
            cues_held.add(reading.lower[slice(*span)])
            if cue.gives == "title":
                cues_held.add("title")
    return tuple(sorted(spans)[:MOST_SPANS]) if len(cues_held) >= DISH_CUES else ()


def _label(held: Mapping[str, Span], wanted: Iterable[str]) -> Label | None:
    kept = {value: held[value] for value in wanted if value in held}
    return Label(tuple(sorted(kept)), Origin.TEXT_RULE, tuple(sorted(set(kept.values())))) if kept else None


def _first(held: Mapping[str, Span], order: Iterable[str]) -> Label | None:
    return next((_label(held, (value,)) for value in order if value in held), None)


def _of_animals_or_dish(reading: Reading, species: Label) -> Label | None:
    if species.values == (IN_VITRO,):
        model = _ANIMAL_MODEL.search(reading.lower)
        if model:
            return Label(("animal-study", "in-vitro-study"), Origin.TEXT_RULE, (*species.spans, model.span()))
        return Label(("in-vitro-study",), Origin.TEXT_RULE, species.spans)
    if not set(species.values) & ANIMALS or not anywhere(species_rules().cues["own_in_animals"], reading):
        return None
    if parts := _first(_spans_of(reading, design_rules().bench), ("in-vitro-study",)):
        return parts
    told = _spans_of(reading, design_rules().dish_told)
    dish = _dish_work(reading) or tuple(told.values())
    values = ("animal-study", "in-vitro-study") if dish else ("animal-study",)
    return Label(values, Origin.TEXT_RULE, tuple(sorted({*species.spans, *dish})))


def _of_dish_alone(reading: Reading, species: Label) -> Label | None:
    """Dish work told at length of no stated species, with no animal and no patient named."""
    lower = reading.lower
    if species.values != (NOT_STATED,) or _BODIES.search(lower) or not _DONE_IN_DISH.search(lower):
        return None
    dish = _dish_work(reading)
    return Label(("in-vitro-study",), Origin.TEXT_RULE, dish) if dish else None


def _spans_of(reading: Reading, rules: tuple[Cue, ...]) -> dict[str, Span]:
    return {value: span for value, (_, span) in found(reading, rules).items()}


def _of_synthesis(reading: Reading, paper: Mapping[str, Span]) -> Label | None:
    held = {value: span for value, span in paper.items() if value in SYNTHESES}
    if held:
        held |= _spans_of(reading, design_rules().beside_synthesis)
    return _label(held, held)


def _of_people(reading: Reading, species: Label) -> Label | None:
    held = _spans_of(reading, design_rules().stated) or _spans_of(reading, design_rules().primary)
    if not held and HUMAN in species.values:
        held = _spans_of(reading, design_rules().fallback)
    if HUMAN not in species.values and _ANIMALS_NAMED.search(reading.lower):
        return None
    return _first(held, ORDER)


def _of_people_by_weak_words(reading: Reading, species: Label) -> Label | None:
    return _first(_spans_of(reading, design_rules().weak), ORDER) if HUMAN in species.values else None


def design_by_text(document: Document) -> Label:
    """The design that title and abstract state, by the rules of design.toml.

    First what kind of paper it is; then, of studies of their own, whether animals or a dish were studied; then the design that
    the authors name; then what the wording shows.
    """
    reading = read(document)
    paper = paper_kinds(reading)
    species = species_by_text(document)
    return (
        _first(paper, ("protocol", "guideline", "commentary"))
        or _of_synthesis(reading, paper)
        or _first(paper, ("narrative-review",))
        or _of_animals_or_dish(reading, species)
        or _of_people(reading, species)
        or _first(_spans_of(reading, design_rules().review_fallback), ("narrative-review",))
        or _of_people_by_weak_words(reading, species)
        or _of_dish_alone(reading, species)
        or UNSTATED
    )


def _by_publication_type(document: Document, text: Label) -> Label | None:
    """The design that the publication types give; None where they give none.

    The strongest type wins. Three things they are known to miss are the text's: a protocol indexed as a trial, a systematic
    review indexed as "Review" (the type of its own dates from 2019), and animals in a trial.
    """
    given = {
        value
        for name in document.record.publication_types
        if (value := design_rules().publication_types.get(name.strip().lower()))
    }
    if not given:
        return None
    if syntheses := given & SYNTHESES:
        return Label(tuple(sorted(syntheses)), Origin.PUBLICATION_TYPE)
    value = next(value for value in TYPE_ORDER if value in given)
    if value in {"rct", "controlled-trial"}:
        if "protocol" in text.values:
            return text
        species = set(species_label(document).values)
        if HUMAN not in species and species & ANIMALS:
            value = "animal-study"
    if value == "narrative-review" and (set(text.values) & {*SYNTHESES, "guideline"}):
        return text
    return Label((value,), Origin.PUBLICATION_TYPE)


def design_label(document: Document) -> Label:
    """The document's design: publication type, else MeSH, else title and abstract."""
    if document.kind is Kind.POST:
        return Label(("commentary",), Origin.TEXT_RULE)
    text = design_by_text(document)
    by_type = _by_publication_type(document, text)
    if by_type:
        return by_type
    names = {heading.name.lower() for heading in document.record.mesh}
    headings = sorted({value for name, value in design_rules().mesh.items() if name in names})
    if headings and set(text.values) <= MESH_DECIDES and not set(species_label(document).values) & ANIMALS:
        return Label(tuple(headings), Origin.MESH)
    return text
