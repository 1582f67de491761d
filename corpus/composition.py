"""Composition: what a product is made of: the tissue its cells are from, the fraction they are, what carries them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from corpus.mentions import Mention
from corpus.sentence_roles import BACKGROUND, OBJECTIVE, TITLE
from corpus.study_reading import CASES, REVIEWS, UNCONTROLLED, Placed, Study, is_kind, narrowest
from corpus.study_rules import rules
from corpus.tallies import Tally, mentions_of

_NEAR = 60
"""How many letters may stand between a part and the product that it is given with."""
_UNCULTURED = (
    ("stromal-vascular-fraction", frozenset({"adipose-msc", "msc", "stem-cells"})),
    ("bone-marrow-concentrate", frozenset({"bone-marrow-msc", "msc", "stem-cells"})),
)
_LOADED = frozenset({"biologic-drug", "corticosteroid", "nsaid", "other-drug"})
_SEVERAL = 2
_MADE_OF = frozenset({"hyaluronic-acid", "glucosamine-chondroitin"})
_CARRIERS = frozenset({"scaffold", "hyaluronic-acid"})
_BY_KIND = frozenset(
    f"{word} {thing}{ending}"
    for word in ("biologic", "biological")
    for thing in ("agent", "drug", "therapy", "therapie")
    for ending in ("", "s")
)
"""Words that mean blood and cell products as often as antibodies."""


def specialise(study: Study, held: set[str], scores: Mapping[str, float]) -> None:
    """A general product is the narrower one that the study's own sentences name."""
    if study.design & REVIEWS:
        held |= _sources_listed(study, held)
        return
    if (
        held == {"stem-cells"}
        and scores.get("chondrocyte-implantation", 0.0) >= 1.0
        and not re.search(r"\bstem\b", study.title)
    ):
        held -= {"stem-cells"}
        held |= {"chondrocyte-implantation"}
    for broad in ("stem-cells", "msc", "platelet-product"):
        if broad in held and not narrowest(study, held & study.vocabulary.narrower(broad)) - {broad}:
            below = {
                value
                for value, score in scores.items()
                if score >= 1.0 and value in study.vocabulary.narrower(broad) - {broad}
            }
            below = narrowest(study, below)
            if len(below) == 1:
                held |= below
    both = {"adipose-msc", "bone-marrow-msc"}
    if held & {"msc", *both} and rules().cues["two_tissues"].search(study.reading.lower):
        held |= both
    if "embryonic-or-ips-cells" in held:
        held -= {"msc"}
    if "msc" in held and not held & study.vocabulary.narrower("msc") - {"msc"}:
        held |= _as_concentrated(study, _tissue(study))


def _tissue(study: Study) -> set[str]:
    """The one tissue that the cells are said to be from, else the one tissue named at all."""
    own = " ".join(study.whole(one) for one in study.sentences if one.role != BACKGROUND)
    for cues, text in (
        (rules().origins, own),
        (rules().tissues, own),
        (rules().origins, study.reading.lower),
    ):
        named = {value for value, cue in cues.items() if cue.search(text)}
        if named:
            return named if len(named) == 1 else set()
    return set()


def _as_concentrated(study: Study, tissue: set[str]) -> set[str]:
    """The tissue of people's cells, marrow that is concentrated and never cultured called a concentrate."""
    own = " ".join(study.whole(one) for one in study.sentences if one.role != BACKGROUND)
    concentrated = "human" in study.species and rules().cues["marrow_concentrated"].search(own)
    if tissue == {"bone-marrow-msc"} and concentrated and "cultur" not in own:
        return {"bone-marrow-concentrate"}
    return tissue


def _sources_listed(study: Study, held: Collection[str]) -> set[str]:
    """The cells of each tissue that a review of stem cells lists as their sources."""
    if not set(held) & {"stem-cells", "msc"}:
        return set()
    for sentence in study.sentences:
        text = study.whole(sentence)
        if sentence.role != BACKGROUND and rules().cues["lists_sources"].search(text):
            named = {value for value, cue in rules().listed_tissues.items() if cue.search(text)}
            if len(named) >= _SEVERAL:
                return named
    return set()


def as_prepared(study: Study, held: set[str], scores: Mapping[str, float]) -> set[str]:
    """The products, an "MSC" that the methods make without culture called what it is: a concentrate or a fraction."""
    stated = study.of("preparation")
    if any(one.mention.concept == "culture-expanded" and one.sentence.role != BACKGROUND for one in stated):
        return held
    apart = re.search(r"\b(?:versus|vs|compar\w+)\b", study.title) or study.design & REVIEWS
    for value, called in _UNCULTURED:
        if value in held and not apart:
            held = held - called
    for value, called in _UNCULTURED:
        if (
            value not in held
            and not _titled_against(study, called)
            and scores.get(value, 0.0) >= 1.0
            and held & called
            and not held & rules().kinds["uncultured"]
        ):
            held = (held - called) | {value}
    return held


def _titled_against(study: Study, called: Collection[str]) -> bool:
    """Whether the title sets something against these cells, so that they are an arm of their own."""
    return any(
        one.mention.concept in called
        and one.sentence.role == TITLE
        and rules().cues["against"].search(study.before(one))
        for one in study.of("intervention")
    )


def parts(study: Study, held: Collection[str], tally: Tally) -> set[str]:
    """What is given together with a product in one sentence of methods: its carrier, its plasma, its drug."""
    found: set[str] = set()
    cells = any(is_kind(study, one, "cells") for one in held)
    carried = cells or set(held) & {*_LOADED, "exosomes"}
    if not carried and not any(is_kind(study, one, "parts") for one in held):
        return found
    own = " ".join(
        study.whole(one)
        for one in study.sentences
        if one.role != BACKGROUND and not (study.animals and rules().cues["in_dish"].search(study.whole(one)))
    )
    if "scaffold" in held and not cells and rules().cues["chondrocytes_given"].search(own):
        found.add("chondrocyte-implantation")
    if "chondrocyte-implantation" in held and not study.design & REVIEWS:
        found |= {"scaffold"} if rules().cues["chondrocytes_on"].search(study.reading.lower) else set()
    if cells and "scaffold" not in held and not study.design & REVIEWS:
        found |= {"scaffold"} if rules().cues["cells_in_carrier"].search(own) else set()
    products = [
        mention
        for value in held
        for one in _with_broader(study, value)
        for mention in mentions_of(tally, one)
    ]
    for value in sorted(set(tally.scores) - set(held)):
        if value in _LOADED and "scaffold" in held and tally.said.get(value, set()) & {TITLE, OBJECTIVE}:
            found.add(value)
            continue
        if cells and value in _CARRIERS and _arm_alone(study, tally, value):
            found.add(value)
            continue
        seeded = "scaffold" in held and not cells and is_kind(study, value, "cells")
        seeded = seeded and not (study.animals and _only_assayed(study, tally, value))
        carrier = value == "scaffold" or cells or not set(held) <= _LOADED
        if (seeded or (carrier and is_kind(study, value, "parts"))) and any(
            _together(study, one.mention, products)
            or (value in rules().kinds["operations"] and _in_package(study, one, products))
            for one in tally.kept.get(value, [])
            if not rules().cues["rescue"].search(study.whole(one.sentence))
        ):
            found.add(value)
    return found


def _only_assayed(study: Study, tally: Tally, value: str) -> bool:
    """Whether all that is told of the cells are assays in a dish."""
    own = " ".join(study.whole(one) for one in study.sentences if one.role != BACKGROUND)
    return not rules().cues["cells_loaded"].search(own) and all(
        rules().cues["assayed"].search(study.whole(one.sentence)) for one in tally.kept.get(value, [])
    )


def _arm_alone(study: Study, tally: Tally, value: str) -> bool:
    """Whether the carrier by itself was an arm beside the cells that it carries: "the gel alone or the gel plus cells"."""
    if study.design & REVIEWS:
        return False
    return any(
        rules().cues["alone_after"].search(study.after(one))
        and any(
            other.sentence == one.sentence and is_kind(study, other.mention.concept, "cells")
            for other in study.of("intervention")
        )
        for one in tally.kept.get(value, [])
    )


def _in_package(study: Study, one: Placed, products: Iterable[Mention]) -> bool:
    """Whether an uncontrolled study gives an operation and a product in one sentence: the package counts in full."""
    return bool(study.design & (UNCONTROLLED - {"narrative-review"})) and any(
        one.sentence.start <= product.start < one.sentence.end
        and rules()
        .cues["package"]
        .search(
            study.reading.lower[min(product.end, one.mention.end) : max(product.start, one.mention.start)]
        )
        for product in products
    )


def _with_broader(study: Study, value: str) -> tuple[str, ...]:
    return (value, *study.vocabulary.broader(value))


def _together(study: Study, part: Mention, products: Iterable[Mention]) -> bool:
    """Whether few words, and none that part them, lie between a part and a product."""
    cues = rules().cues
    for product in products:
        first, last = sorted((part, product), key=lambda one: (one.start, one.end))
        between = study.reading.lower[first.end : last.start]
        if len(between) >= _NEAR or re.search(r"[.;:]|\b(?:or|versus|vs|than|alone|compared)\b", between):
            continue
        side_by_side = re.fullmatch(r"[\s\w()-]{0,20}(?:\band\b|\+|,)[\s\w()-]{0,12}", between)
        if cues["joined"].search(between) or between.strip() in {"-", "/", "+", "–"}:  # noqa: RUF001 - a dash as printed
            return True
        around = study.reading.lower[max(0, first.start - 2 * _NEAR) : last.end + _NEAR]
        if side_by_side and (study.design & (CASES | {"single-arm-trial"}) or cues["in_one"].search(around)):
            return True
    return False


def without_materials(study: Study, held: set[str], tally: Tally) -> set[str]:
    """The products without what a scaffold is made of, the gene that cells were given, the scaffold that they did without."""
    if "scaffold" in held:
        held = {
            value
            for value in held
            if value not in _MADE_OF or _injected(study, tally, value) or _arm_alone(study, tally, value)
        }
    lower = study.reading.lower
    if held == {"scaffold"} and re.search(r"\bscaffold[ -]?free\b", study.title):
        titled = {one.mention.concept for one in study.of("intervention") if one.sentence.role == TITLE}
        held = narrowest(study, {value for value in titled if is_kind(study, value, "cells")}) or held
    if not any(is_kind(study, value, "cells") for value in held):
        return held
    left = {"biologic-drug"} if rules().cues["gene_modified"].search(lower) else set()
    by_gene = rules().cues["by_gene"]
    left |= (
        {"other"} if left and all(by_gene.search(one.form) for one in mentions_of(tally, "other")) else set()
    )
    left |= {"scaffold"} if re.search(r"\bscaffold[ -]?free\b", lower) else set()
    return held - left


def _injected(study: Study, tally: Tally, value: str) -> bool:
    """Whether it was given, and by injection."""
    return value in tally.given and any(
        "inject" in study.whole(one.sentence) for one in tally.kept.get(value, [])
    )


def without_vehicles(study: Study, held: set[str], tally: Tally) -> set[str]:
    """The products without what only carries or surrounds them: the cells that exosomes come from, the repair they are added to."""
    titled = {one.mention.concept for one in study.of("intervention") if one.sentence.role == TITLE}
    cells = {value for value in titled if is_kind(study, value, "cells")}
    if "exosomes" in held and cells and "exosomes" not in titled:
        held = (held - {"exosomes"}) | narrowest(study, cells)
    if "exosomes" in held:
        held = {
            value
            for value in held
            if not (is_kind(study, value, "cells") or is_kind(study, value, "blood")) or value == "exosomes"
        }
    if not {one.form.lower() for one in mentions_of(tally, "biologic-drug")} - _BY_KIND and any(
        is_kind(study, value, "put_in") for value in held
    ):
        held = held - {"biologic-drug"}
    beside = rules().kinds["beside_products"]
    if study.design == {"other"}:
        return held
    products = held - beside - rules().kinds["routeless"]
    return held - beside if products else held
