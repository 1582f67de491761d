"""Study: what a study did: which interventions it gave against what, how prepared, from whom, by which route, for which condition.

Told from what it mentions by where a concept stands (title, objective, methods, conclusion; never background) and by the words round it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from corpus.cues import Reading, read
from corpus.document import Document
from corpus.label import NONE, NOT_STATED, Label, Origin
from corpus.mentions import Mention, find
from corpus.sentence_roles import BACKGROUND, BODY, CONCLUSION, OBJECTIVE, TITLE, Sentence, roles
from corpus.study_rules import rules
from corpus.vocabulary import Vocabulary

Span = tuple[int, int]
ENOUGH = 3.0
_WEIGHTS = {TITLE: 3.0, OBJECTIVE: 2.0, CONCLUSION: 1.0, BODY: 0.5, BACKGROUND: 0.0}
_MOST_SPANS = 5
_REVIEWS = frozenset({"systematic-review", "meta-analysis", "narrative-review"})
_NEAR = 60
_OPERATIONS = frozenset(
    {
        "microfracture",
        "osteotomy",
        "arthroscopy",
        "tendon-or-ligament-surgery",
        "core-decompression",
        "physiotherapy",
        "exercise",
    }
)
_BESIDE = 30
_IN_REVIEW = 2.0
_MATERIALS = frozenset({"hyaluronic-acid", "other-drug"})
_BIOLOGY = frozenset({"stem-cells", "other", "embryonic-or-ips-cells", "haematopoietic-transplant"})
_UNCULTURED = (
    ("stromal-vascular-fraction", frozenset({"adipose-msc", "stem-cells"})),
    ("bone-marrow-concentrate", frozenset({"bone-marrow-msc", "msc", "stem-cells"})),
)
_UNCONTROLLED = frozenset(
    {"case-report", "case-series", "single-arm-trial", "narrative-review", "guideline", "commentary"}
)
_TRIALS = frozenset({"rct", "controlled-trial", "single-arm-trial"})
_CASES = frozenset({"case-report", "case-series"})


@dataclass(frozen=True, slots=True)
class Placed:
    """A mention with the sentence it stands in."""

    mention: Mention
    sentence: Sentence


@dataclass(slots=True)
class Study:
    """A document read for what the study did.

    Attributes:
        species: the species label's values; design: the design label's.
    """

    reading: Reading
    vocabulary: Vocabulary
    placed: tuple[Placed, ...]
    sentences: tuple[Sentence, ...]
    species: frozenset[str]
    design: frozenset[str]
    spans: dict[tuple[str, str], list[Span]] = field(default_factory=dict)

    def note(self, facet: str, value: str, mention: Mention) -> None:
        """Keep where a value was said."""
        self.spans.setdefault((facet, value), []).append((mention.start, mention.end))

    def of(self, facet: str) -> Iterator[Placed]:
        """The mentions of a facet."""
        return (one for one in self.placed if one.mention.facet == facet)

    def before(self, one: Placed) -> str:
        """The sentence up to the mention."""
        return self.reading.lower[one.sentence.start : one.mention.start]

    def after(self, one: Placed) -> str:
        """The sentence from the mention's end."""
        return self.reading.lower[one.mention.end : one.sentence.end]

    def whole(self, sentence: Sentence) -> str:
        """The sentence."""
        return self.reading.lower[sentence.start : sentence.end]

    @property
    def living(self) -> bool:
        """Whether a body was treated, as far as species tells."""
        return self.species != {"in-vitro"}

    @property
    def animals(self) -> bool:
        """Whether animals and no people were studied."""
        return bool(self.species - {"human", "in-vitro", NOT_STATED}) and "human" not in self.species


def study_of(document: Document, vocabulary: Vocabulary, species: Label, design: Label) -> Study:
    """The document, read."""
    reading = read(document)
    sentences = roles(document, reading)
    placed: list[Placed] = []
    at = 0
    # The reading's small letters hide boilerplate; where it is blank, the text is not looked at either.
    for mention in find(reading.text, vocabulary):
        while at + 1 < len(sentences) and sentences[at].end <= mention.start:
            at += 1
        if sentences and reading.lower[mention.start : mention.end].strip():
            placed.append(Placed(mention, sentences[at]))
    return Study(
        reading, vocabulary, tuple(placed), sentences, frozenset(species.values), frozenset(design.values)
    )


def _is(study: Study, value: str, kind: str) -> bool:
    """Whether the value or one above it is of that kind."""
    return bool({value, *study.vocabulary.broader(value)} & rules().kinds[kind])


def _narrowest(study: Study, values: Collection[str]) -> set[str]:
    above = {broad for value in values for broad in study.vocabulary.broader(value)}
    return {value for value in values if value not in above}


def _setting(study: Study, one: Placed) -> bool:
    return one.mention.concept in rules().kinds["setting_only"] and bool(
        rules().cues["setting"].search(study.before(one))
    )


def _control(study: Study, one: Placed) -> bool:
    cues = rules().cues
    return bool(
        cues["control_before"].search(study.before(one)) or cues["control_after"].search(study.after(one))
    )


@dataclass(slots=True)
class _Tally:
    """What speaks for each intervention: a score, the roles it stands in, the mentions."""

    scores: dict[str, float] = field(default_factory=dict)
    said: dict[str, set[str]] = field(default_factory=dict)
    kept: dict[str, list[Mention]] = field(default_factory=dict)

    def add(self, one: Placed, weight: float) -> None:
        """Count a mention."""
        value = one.mention.concept
        self.scores[value] = self.scores.get(value, 0.0) + weight
        if weight:
            self.said.setdefault(value, set()).add(one.sentence.role)
            self.kept.setdefault(value, []).append(one.mention)

    def held(self, enough: float = ENOUGH, *, anywhere: bool = False) -> set[str]:
        """What is said often enough, in the places that count."""
        title_only = frozenset() if anywhere else rules().kinds["title_only"]
        return {
            value
            for value, score in self.scores.items()
            if score >= enough and (value not in title_only or TITLE in self.said[value])
        }


def _weight(study: Study, one: Placed) -> float:
    role, text = one.sentence.role, study.whole(one.sentence)
    if role != BODY:
        return _WEIGHTS[role]
    if _control(study, one):
        return 0.0
    if rules().cues["given"].search(text):
        return 1.5
    return 1.0 if rules().cues["treat"].search(text) or study.design & _REVIEWS else _WEIGHTS[BODY]


def _products(study: Study) -> set[str]:
    """The interventions given; comparators that are only controls, settings and what others did left out."""
    tally, settings = _Tally(), _Tally()
    counted: set[tuple[int, str]] = set()
    for one in study.of("intervention"):
        if one.mention.concept == "placebo" or one.mention.negated:
            continue
        if one.mention.concept in _MATERIALS and rules().cues["material"].search(study.after(one)):
            continue
        place = (one.sentence.start, one.mention.concept)
        if place in counted and one.sentence.role in {BODY, CONCLUSION}:
            tally.add(one, 0.0)
            continue
        counted.add(place)
        if _setting(study, one):
            settings.add(one, _WEIGHTS[one.sentence.role])
        else:
            tally.add(one, _weight(study, one))
    held = tally.held(_IN_REVIEW if study.design & _REVIEWS else ENOUGH)
    if not held and study.design & _CASES:
        held = tally.held(1.0, anywhere=True)
    given_to_all = {value for value, score in settings.scores.items() if score >= _WEIGHTS[OBJECTIVE]}
    if held - given_to_all:
        held -= given_to_all
    held -= _in_every_arm(study, held)
    if held <= _BIOLOGY and not _given_at_all(study):
        held = set()
    title = " ".join(study.whole(one) for one in study.sentences if one.role == TITLE)
    if not held and rules().cues["result_title"].search(title):
        held, tally = settings.held(), settings
    _specialise(study, held, tally.scores)
    held = _as_prepared(study, held, tally.scores)
    held |= _parts(study, held, tally) - given_to_all
    held = _without_vehicles(study, held)
    for value in held:
        for mention in tally.kept.get(value, []):
            study.note("intervention", value, mention)
    return _narrowest(study, held)


def _in_every_arm(study: Study, held: Collection[str]) -> set[str]:
    """The operation that the control had "alone": every arm had it."""
    if study.design & _REVIEWS:
        return set()
    alone = {
        one.mention.concept
        for one in study.of("intervention")
        if one.mention.concept in _OPERATIONS
        and re.match(r"\W*(?:\w+\W+)?(?:alone|only)\b", study.after(one))
    }
    return alone if set(held) - alone else set()


def _given_at_all(study: Study) -> bool:
    """Whether title, objective or methods give anything: cells as a subject of biology are no treatment."""
    own = " ".join(study.whole(one) for one in study.sentences if one.role in {TITLE, OBJECTIVE})
    return bool(
        re.search(
            r"\b(?:therap|treat|transplant|inject|implant|infus|administ|repair|regenerat|deliver)\w*", own
        )
    )


def _as_prepared(study: Study, held: set[str], scores: Mapping[str, float]) -> set[str]:
    """The products, an "MSC" that the methods make without culture called what it is: a concentrate or a fraction."""
    stated = study.of("preparation")
    if any(one.mention.concept == "culture-expanded" and one.sentence.role != BACKGROUND for one in stated):
        return held
    for value, called in _UNCULTURED:
        if (
            value not in held
            and scores.get(value, 0.0) >= 1.0
            and held & called
            and not held & rules().kinds["uncultured"]
        ):
            held = (held - called) | {value}
    return held


def _parts(study: Study, held: Collection[str], tally: _Tally) -> set[str]:
    """What is given together with a product in one sentence of methods: its carrier, its plasma."""
    found = set()
    for value in sorted(tally.scores):
        if (
            value in held
            or not _is(study, value, "parts")
            or not any(_is(study, one, "cells") or _is(study, one, "parts") for one in held)
        ):
            continue
        for mention in tally.kept.get(value, []):
            if any(_together(study, mention, tally.kept.get(one, [])) for one in held):
                found.add(value)
    return found


def _together(study: Study, part: Mention, products: Iterable[Mention]) -> bool:
    for product in products:
        first, last = (
            min(part, product, key=lambda one: one.start),
            max(part, product, key=lambda one: one.start),
        )
        between = study.reading.lower[first.end : last.start]
        if (
            len(between) < _NEAR
            and not re.search(r"[.;:]|\b(?:or|versus|vs|than|alone|compared)\b", between)
            and rules().cues["joined"].search(between)
        ):
            return True
    return False


def _without_vehicles(study: Study, held: set[str]) -> set[str]:
    """The products without what only carries or surrounds them: the cells that exosomes come from, the repair they are added to."""
    if "exosomes" in held:
        held = {
            value
            for value in held
            if not (_is(study, value, "cells") or _is(study, value, "blood")) or value == "exosomes"
        }
    beside = rules().kinds["beside_products"]
    products = held - beside - rules().kinds["routeless"]
    return held - beside if products else held


def _specialise(study: Study, held: set[str], scores: Mapping[str, float]) -> None:
    """A general product is the narrower one that the study's own sentences name."""
    if study.design & _REVIEWS:
        return
    for broad in ("stem-cells", "msc", "platelet-product"):
        if broad in held and not _narrowest(study, held & study.vocabulary.narrower(broad)) - {broad}:
            below = {
                value
                for value, score in scores.items()
                if score >= 1.0 and value in study.vocabulary.narrower(broad) - {broad}
            }
            below = _narrowest(study, below)
            if len(below) == 1:
                held |= below
    if "msc" in held and not held & study.vocabulary.narrower("msc") - {"msc"}:
        own = " ".join(study.whole(one) for one in study.sentences if one.role != BACKGROUND)
        tissues = {value for value, cue in rules().tissues.items() if cue.search(own)}
        if len(tissues) == 1:
            held |= tissues


def interventions(study: Study) -> tuple[str, ...]:
    """What was given: concepts, else a drug or an operation by its name's ending, else none or not stated."""
    held = _products(study)
    if not held:
        held = _by_ending(study)
    if held:
        return tuple(sorted(held))
    asked = {TITLE, OBJECTIVE, BODY, CONCLUSION} if study.design & _CASES else {TITLE}
    title = " ".join(study.whole(one) for one in study.sentences if one.role in asked)
    own = " ".join(study.whole(one) for one in study.sentences if one.role != BACKGROUND)
    if study.design & _TRIALS or any(
        one.mention.concept == "placebo" and one.sentence.role != BACKGROUND for one in study.placed
    ):
        return (NOT_STATED,)
    treated = rules().cues["therapy_word"].search(title) or len(rules().cues["treated"].findall(own)) > 1
    return (NOT_STATED,) if treated else (NONE,)


def _by_ending(study: Study) -> set[str]:
    held = set()
    for sentence in study.sentences:
        text = study.whole(sentence)
        told = study.design & _CASES and sentence.role == BODY and rules().cues["given"].search(text)
        if sentence.role not in {TITLE, OBJECTIVE} and not told:
            continue
        for name, value in (
            ("antibody_word", "biologic-drug"),
            ("drug_word", "other-drug"),
            ("surgery_word", "other"),
        ):
            found = rules().cues[name].search(text)
            if found and not rules().cues["setting"].search(text[: found.start()]):
                held.add(value)
                study.spans.setdefault(("intervention", value), []).append(
                    (sentence.start + found.start(), sentence.start + found.end())
                )
                break
    return held


def comparators(study: Study, given: Collection[str]) -> tuple[str, ...]:
    """What it was compared with; "none" without a control, "not-stated" where the control is not named."""
    held: set[str] = set()
    cue = re.compile(
        r"\b(?:controls?|groups?|versus|vs|compar\w+|randomi\w+|or|received|arms?|blind\w*|injections?|treated)\b"
    )
    for one in study.placed:
        value, role = one.mention.concept, one.sentence.role
        if (
            role == BACKGROUND
            or one.mention.negated
            or one.mention.facet not in {"intervention", "comparator"}
        ):
            continue
        simple = value == "placebo" or one.mention.facet == "comparator"
        if (simple and cue.search(study.whole(one.sentence))) or (
            not simple and role in {TITLE, OBJECTIVE, BODY} and _versus(study, one)
        ):
            held.add(value)
            study.note("comparator", value, one.mention)
    if "sham" in held and study.animals and held - {"sham"}:
        held.discard("sham")
    held = _narrowest(study, held)
    if held:
        return tuple(sorted(held))
    return (NOT_STATED,) if set(given) != {NONE} and _unnamed(study) else (NONE,)


def _versus(study: Study, one: Placed) -> bool:
    if one.sentence.role == BODY:
        return bool(rules().cues["control_after"].search(study.after(one)))
    return bool(re.search(r"\b(?:versus|vs\.?|compared (?:with|to))\b[^.;:]{0,30}$", study.before(one)))


def _unnamed(study: Study) -> bool:
    """Whether there may be a control that the text does not name; uncontrolled designs have none."""
    if study.design & _UNCONTROLLED:
        return False
    if not study.living and not study.animals:
        return False
    own = (study.whole(one) for one in study.sentences if one.role not in {BACKGROUND, TITLE})
    return (
        study.animals
        or bool(study.design & _TRIALS)
        or any(rules().cues["unnamed_control"].search(one) for one in own)
    )


def _of_kind(study: Study, given: Iterable[str], kind: str) -> set[str]:
    return {value for value in given if _is(study, value, kind)}


def preparations(study: Study, given: tuple[str, ...]) -> tuple[str, ...]:
    """How the product was prepared; the cells decide where cells and others are mixed."""
    cells, blood = _of_kind(study, given, "cells"), _of_kind(study, given, "blood")
    if given == (NOT_STATED,) or (
        study.design & _REVIEWS and set(given) <= rules().kinds["routeless"] - {NONE}
    ):
        return (NOT_STATED,)
    if not cells and not blood:
        return _acellular(study, given)
    said = _said_preparations(study, cells)
    if said:
        return tuple(sorted(said))
    found = set()
    for value in cells | blood:
        concept = study.vocabulary.concept(value, "intervention")
        if concept is not None and concept.preparation:
            found.add(concept.preparation)
    return tuple(sorted(found)) or (NOT_STATED,)


def _acellular(study: Study, given: Collection[str]) -> tuple[str, ...]:
    if not set(given) & {"scaffold", "osteochondral-graft", "other"}:
        return (NONE,)
    for one in study.of("preparation"):
        if (
            one.mention.concept == "acellular"
            and one.sentence.role != BACKGROUND
            and re.match(r"decell", one.mention.form.lower())
        ):
            study.note("preparation", "acellular", one.mention)
            return ("acellular",)
    return (NONE,)


def _said_preparations(study: Study, cells: Collection[str]) -> set[str]:
    found: set[str] = set()
    cues = rules().cues
    for one in study.of("preparation"):
        value, text = one.mention.concept, study.whole(one.sentence)
        if one.sentence.role == BACKGROUND or one.mention.negated or value == "acellular":
            continue
        if value == "culture-expanded" and (
            not cells or not cues["cell_words"].search(text) or cues["no_culture"].search(text)
        ):
            continue
        found.add(value)
        study.note("preparation", value, one.mention)
    if found == {"same-day", "culture-expanded"} and not {
        "bone-marrow-concentrate",
        "stromal-vascular-fraction",
    } & set(cells):
        found.discard("same-day")
    if "same-day" in found and not cells:
        return {"same-day"}
    return found


def sources(study: Study, given: tuple[str, ...]) -> tuple[str, ...]:
    """Whose cells, blood or tissue it was."""
    products = (
        _of_kind(study, given, "cells") | _of_kind(study, given, "blood") | _of_kind(study, given, "tissue")
    )
    graft = [
        one
        for one in study.of("source")
        if one.sentence.role != BACKGROUND
        and not one.mention.negated
        and not rules().cues["no_source"].search(study.after(one))
    ]
    if given == (NOT_STATED,) or (
        study.design & _REVIEWS and set(given) <= rules().kinds["routeless"] - {NONE}
    ):
        return (NOT_STATED,)
    if not products and not (set(given) & {"scaffold", "other"} and graft):
        return (NONE,)
    if not study.living and not _of_kind(study, given, "tissue"):
        return (NONE,)
    found = set()
    for one in graft:
        found.add(one.mention.concept)
        study.note("source", one.mention.concept, one.mention)
    if study.animals and products - {"exosomes"} and "autologous" not in found and _human_cells(study):
        found = {"xenogeneic"}
    if not found:
        found = {
            concept.source
            for value in products
            if (concept := study.vocabulary.concept(value, "intervention")) and concept.source
        }
    if not products and not found:
        return (NONE,)
    return tuple(sorted(found)) or (NOT_STATED,)


def _human_cells(study: Study) -> bool:
    return any(
        rules().cues["human_cells"].search(study.whole(one))
        for one in study.sentences
        if one.role in {TITLE, OBJECTIVE, BODY}
    )


def routes(study: Study, given: tuple[str, ...]) -> tuple[str, ...]:
    """How it was given; "none" for what has no route: plain surgery, exercise, a dish."""
    if given == (NONE,) or not study.living:
        return (NONE,)
    kinds = rules().kinds
    held: dict[str, list[Mention]] = {}
    for one in study.of("route"):
        if _route_of_treatment(study, one) and not _route_of_another(study, one, given):
            held.setdefault(one.mention.concept, []).append(one.mention)
    injected = set(held) & kinds["injected"]
    if injected or "oral" in held:
        held.pop("percutaneous", None)
    if injected and not any(
        re.match(r"surg|arthrosc|open", one.form.lower()) for one in held.get("surgical-implantation", [])
    ):
        held.pop("surgical-implantation", None)
    grafts = _of_kind(study, given, "grafts")
    if "percutaneous" in held and not grafts:
        held.pop("surgical-implantation", None)
    rest = [value for value in given if value not in kinds["routeless"] and value not in kinds["grafts"]]
    if "surgical-implantation" in held and not (
        grafts or _of_kind(study, given, "cells") or _of_kind(study, given, "blood")
    ):
        held.pop("surgical-implantation")
    if (grafts and not injected and not study.design & _REVIEWS) or (
        not held and rest and _implanted(study, rest)
    ):
        held.setdefault("surgical-implantation", [])
    if (
        not held
        and "other" in given
        and study.living
        and re.search(r"\b(?:\w*graft\w*|transplant\w*)\b", study.whole(study.sentences[0]))
    ):
        held["surgical-implantation"] = []
    for value, mentions in held.items():
        for mention in mentions:
            study.note("route", value, mention)
    if held:
        return tuple(sorted(held))
    return (NOT_STATED,) if rest or study.design & _REVIEWS else (NONE,)


def _implanted(study: Study, rest: Iterable[str]) -> bool:
    """Cells put into a defect without a word of injection."""
    if not _of_kind(study, rest, "cells") and not _of_kind(study, rest, "blood"):
        return False
    own = [study.whole(one) for one in study.sentences if one.role != BACKGROUND]
    if any(rules().cues["inject"].search(one) and "inject" in one for one in own):
        return False
    return any(
        re.search(
            r"\b(?:implant|transplant|graft)\w*\b[^.;]{0,60}\b(?:defects?|lesions?|scaffold|membrane|cartilage|knees?|tendon)\b",
            one,
        )
        for one in own
    )


def _route_of_another(study: Study, one: Placed, given: Collection[str]) -> bool:
    """Whether the route stands right beside a treatment that is not the one studied: "intra-articular bupivacaine" after every operation."""
    near = [
        other.mention.concept
        for other in study.of("intervention")
        if other.sentence is one.sentence and -_BESIDE < other.mention.start - one.mention.end < _BESIDE
    ]
    own = set(given) | {"placebo"} | {broad for value in given for broad in study.vocabulary.broader(value)}
    return (
        bool(near)
        and NOT_STATED not in given
        and not any(value in own or set(study.vocabulary.broader(value)) & own for value in near)
    )


def _route_of_treatment(study: Study, one: Placed) -> bool:
    if one.sentence.role == BACKGROUND or one.mention.negated:
        return False
    text = study.whole(one.sentence)
    near = study.before(one)[-70:] + " # " + study.after(one)[:60]
    if rules().cues["other_people"].search(near):
        return False
    if (
        one.mention.concept == "intralesional"
        and not one.mention.form.lower().startswith("intra")
        and not re.search(r"\b(?:inject|infiltrat|administ)", text)
    ):
        return False
    if one.sentence.role in {TITLE, OBJECTIVE}:
        return True
    if one.mention.concept == "oral" and not re.search(
        r"\b(?:received|given|treated|daily|administered|dose|twice|randomi\w+)\b", text
    ):
        return False
    if one.sentence.role == CONCLUSION and (
        one.mention.concept == "percutaneous" or rules().cues["hedge"].search(text)
    ):
        return False
    return bool(rules().cues["treat"].search(text))


def conditions(study: Study, given: tuple[str, ...]) -> tuple[str, ...]:
    """What was treated or studied: the title's conditions, else those of the objective, else the one said most."""
    held: dict[str, list[Mention]] = {}
    for wanted in ({TITLE}, {OBJECTIVE}, {BODY, CONCLUSION}, {BACKGROUND}):
        for one in study.of("condition"):
            if one.sentence.role in wanted and not one.mention.negated:
                held.setdefault(one.mention.concept, []).append(one.mention)
        if wanted == {BODY, CONCLUSION}:
            held = {value: said for value, said in held.items() if len(said) > 1}
        if held:
            break
    if len(held) > 1:
        held.pop("other", None)
    values = _narrowest(study, _narrowed(study, held))
    if "human" in study.species and _of_arthroplasty(study):
        values.add("arthroplasty-patients")
    if not values and set(given) & {"osteochondral-graft", "chondrocyte-implantation", "microfracture"}:
        values.add("cartilage-defect")
    for value in values:
        for mention in held.get(value, []):
            study.note("condition", value, mention)
    if values:
        return tuple(sorted(values))
    return _unknown_condition(study)


def _narrowed(study: Study, held: Mapping[str, list[Mention]]) -> set[str]:
    """The conditions, a general one made the single narrower one that the study's own sentences name."""
    values = set(held)
    own = {
        one.mention.concept
        for one in study.of("condition")
        if one.sentence.role != BACKGROUND and not one.mention.negated
    }
    for value in sorted(values):
        below = (study.vocabulary.narrower(value) - {value}) & own
        if value == "osteoarthritis" and not below:
            asked = " ".join(study.whole(one) for one in study.sentences if one.role in {TITLE, OBJECTIVE})
            below = {
                site for word, site in study.vocabulary.sites.items() if re.search(rf"\b{word}s?\b", asked)
            }
        if len(below) == 1 and not values & (study.vocabulary.narrower(value) - {value}):
            values |= below
    return values


def _of_arthroplasty(study: Study) -> bool:
    """Whether the title is about people with a prosthesis, not about postponing one."""
    return any(
        one.mention.concept == "arthroplasty"
        and one.sentence.role == TITLE
        and not re.search(
            r"\b(?:versus|vs|delay|avoid|prevent|candidates?|postpon\w+|compared)\b", study.before(one)
        )
        for one in study.of("intervention")
    )


def _unknown_condition(study: Study) -> tuple[str, ...]:
    for sentence in study.sentences:
        if sentence.role in {TITLE, OBJECTIVE}:
            found = rules().cues["disease_word"].search(study.whole(sentence))
            if found:
                study.spans.setdefault(("condition", "other"), []).append(
                    (sentence.start + found.start(), sentence.start + found.end())
                )
                return ("other",)
    asked = " ".join(study.whole(one) for one in study.sentences if one.role != BACKGROUND)
    return (
        (NONE,) if rules().cues["healthy"].search(asked) and not study.species & {"human"} else (NOT_STATED,)
    )


def labels_of(study: Study) -> dict[str, Label]:
    """The labels that the text gives, facet by facet."""
    given = interventions(study)
    values = {
        "intervention": given,
        "comparator": comparators(study, given),
        "preparation": preparations(study, given),
        "source": sources(study, given),
        "route": routes(study, given),
        "condition": conditions(study, given),
    }
    return {facet: _label(study, facet, found) for facet, found in values.items()}


def _label(study: Study, facet: str, values: tuple[str, ...]) -> Label:
    spans = sorted({span for value in values for span in study.spans.get((facet, value), [])})[:_MOST_SPANS]
    origin = Origin.NOT_STATED if values == (NOT_STATED,) else Origin.TEXT_RULE
    return Label(values, origin, tuple(spans))
