"""Facets: what a question names, with the senses that were assumed on the way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from assistant.asked import FACETS_ASKED, Assumption, Named
from assistant.background import is_background, is_inside
from assistant.cues import cue, lists, whole_words, words
from assistant.grades import find_grades
from assistant.spelling import Change, Speller
from assistant.unknown import UNKNOWN, names_unknown_product
from corpus.mentions import Mention, find
from corpus.named import source_forms, source_words, told
from corpus.vocabulary import Vocabulary

MOST_OTHERS = 3  # other senses that are offered
SHORT_FORM = 6  # letters of a form that is shown as an abbreviation with its sense

_CUFF = re.compile(
    r"\b(?:for|treat\w*|with|in\s+an?)\s+(?:(?:a|an|the|my|full|partial|thickness|massive)\s+)*RCT$",
    re.IGNORECASE,
)
_REPAIR = whole_words(
    [
        "tears?",
        "torn",
        "repairs?",
        "augment\\w*",
        "full[\\s-]thickness",
        "partial[\\s-]thickness",
        "massive",
        "supraspinatus",
        "cuff",
    ]
)
_ARTHRITIS = whole_words(
    [
        "arthritis",
        "arthritic",
        "artrose",
        "artrosis",
        "arthrose",
        "djd",
        "degenerative\\s+joint\\s+disease",
        "degenerative\\s+changes",
        "osteoartrite",
        "bone\\s+on\\s+bone",
    ]
)
_HUMAN_CELLS = re.compile(
    r"\s+(?:umbilical|amniotic|adipose|bone|mscs?|mesenchymal|cells?|placent\w*|derived|stem|cord|serum|albumin|growth|immun\w*)",
    re.IGNORECASE,
)
_SPECIES_WORDS = ("human", "animal", "in-vitro")
_WEAK_SITES = ("joint", "cartilage", "tendon", "meniscus", "cuff", "disc", "heel", "back")
_WORD = re.compile(r"[^\W\d_][\w'\-]*")


@dataclass(slots=True)
class Found:
    """What one stretch of text names.

    Attributes:
        values: by facet, in the order of the text, each once.
        spans: (start, end, facet, value) of each mention in the mended text.
        sited: whether the condition was taken from a body part alone.
        told: of interventions, the words that tell which thing of the concept is meant.
        source: whose cells or tissue are asked for.
    """

    text: str
    values: dict[str, list[str]] = field(default_factory=lambda: {facet: [] for facet in FACETS_ASKED})
    assumed: list[Assumption] = field(default_factory=list)
    spans: list[tuple[int, int, str, str]] = field(default_factory=list)
    grade: list[str] = field(default_factory=list)
    terms: tuple[str, ...] = ()
    sited: bool = False
    told: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    source: tuple[str, ...] = ()

    def add(self, facet: str, value: str) -> None:
        """Note a value once."""
        if value not in self.values[facet]:
            self.values[facet].append(value)

    def assume(self, assumption: Assumption) -> None:
        """Note an assumption once."""
        if all(one.form.lower() != assumption.form.lower() for one in self.assumed):
            self.assumed.append(assumption)

    def facets(self) -> dict[str, tuple[str, ...]]:
        """All six facets, values sorted."""
        return {facet: tuple(sorted(self.values[facet])) for facet in FACETS_ASKED}


class Reader:
    """Reads facets out of text by one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Read by `vocabulary`."""
        self.vocabulary = vocabulary
        self.speller = Speller(vocabulary)
        also = {value for row in lists()["also"] if row["facet"] == "condition" for value in row["values"]}
        self.ours = frozenset(self._narrower(lists()["scope"]["conditions"])) | also
        self.products = frozenset(self._narrower(lists()["scope"]["products"])) - words("scope", "not_alone")
        self._ids = {facet: frozenset(vocabulary.ids(facet)) for facet in FACETS_ASKED}

    def _narrower(self, concepts: Iterable[str]) -> list[str]:
        return [narrow for one in concepts for narrow in self.vocabulary.narrower(one)]

    def read(self, text: str) -> Found:
        """What the text names."""
        mended = self.speller.mend(text)
        found = Found(mended.text)
        mentions = [one for one in find(mended.text, self.vocabulary, question=True) if not one.negated]
        for mention in self._in_question(mentions, mended.text):
            self._take(found, mention, mended.changes)
        _also(found)
        self._grades(found)
        self._species(found)
        self._second_sense(found)
        self._sites(found)
        self._narrowest(found)
        self._source(found)
        self._terms(found)
        self._as_made(found)
        ours = any(one in self.ours for one in found.values["condition"])
        if ours and not found.values["intervention"] and names_unknown_product(text, found.terms):
            found.add("intervention", UNKNOWN)
        return found

    def _as_made(self, found: Found) -> None:
        """A carrier asked for without cells is a carrier: studies of one have no preparation."""
        if found.values["intervention"] == ["scaffold"]:
            found.values["preparation"] = [one for one in found.values["preparation"] if one != "acellular"]

    def named(self, found: Found) -> tuple[Named, ...]:
        """What is named within the interventions: which thing, and whose."""
        given, own = (frozenset(self._narrower(source_words()[one])) for one in ("given", "own"))
        named = []
        for value in sorted(found.values["intervention"]):
            source = found.source if value in given else ()
            source = tuple(one for one in source if one != "autologous" or value not in own)
            things = list(dict.fromkeys(found.told.get(value, ()))) or ([()] if source else [])
            named += [Named(value, words, source) for words in things]
        return tuple(named)

    def _source(self, found: Found) -> None:
        for name in ("allogeneic", "autologous", "xenogeneic"):
            for match in _pattern(f"source {name}", source_forms(name)).finditer(found.text):
                if not _excluded(found.text, match.start()):
                    found.source = tuple(sorted({*found.source, name}))
                    found.spans.append((*match.span(), "source", name))

    def _in_question(self, mentions: Sequence[Mention], text: str) -> Iterator[Mention]:
        for mention in mentions:
            if mention.facet not in FACETS_ASKED or mention.concept in {"none", "not-stated"}:
                continue
            if mention.facet == "species" and mention.concept == "human":
                continue
            if not is_background(mention, text) and not is_inside(mention, mentions):
                yield self._unlisted(mention, mentions)

    def _unlisted(self, mention: Mention, mentions: Sequence[Mention]) -> Mention:
        """The mention, with its form as an id that no study carries where the vocabulary only knows it as "other"."""
        if mention.concept != "other" or any(
            one.start == mention.start and one is not mention for one in mentions
        ):
            return mention
        if mention.facet == "intervention" and told("other", mention.form, self.vocabulary):
            return mention
        return replace(mention, concept=re.sub(r"\W+", "-", mention.form.lower()).strip("-"))

    def _take(self, found: Found, mention: Mention, changes: tuple[Change, ...]) -> None:
        words = told(mention.concept, found.text[mention.start : mention.end], self.vocabulary)
        if (mention.concept == "other" and not (words and mention.facet == "intervention")) or (
            mention.concept.endswith("-pain") and mention.concept not in self._ids["condition"]
        ):
            return
        found.add(mention.facet, mention.concept)
        found.spans.append((mention.start, mention.end, mention.facet, mention.concept))
        if mention.facet == "intervention" and words:
            found.told.setdefault(mention.concept, []).append(words)
        form = self._typed(found.text[mention.start : mention.end], mention, changes)
        mistyped = form is not None
        form = form or found.text[mention.start : mention.end]
        short = len(form) <= SHORT_FORM and " " not in form
        short &= form.lower() not in self.vocabulary.name(mention.concept).lower()
        others = () if " " in form or "-" in form else tuple(mention.others)[:MOST_OTHERS]
        if mention.others or short or mistyped:
            found.assume(Assumption(form, mention.concept, others))

    def _typed(self, form: str, mention: Mention, changes: tuple[Change, ...]) -> str | None:
        """What was typed for a mended mention; None where nothing was mended, or a glued word was only parted."""
        for change in changes:
            if change.start < mention.end and mention.start < change.end:
                typed = _bare(change.typed)
                return None if _bare(form) in typed and _bare(form) != typed else change.typed
        return None

    def _grades(self, found: Found) -> None:
        for start, end, grade in find_grades(found.text):
            found.grade.append(grade)
            found.spans.append((start, end, "grade", grade))
            for design in lists()["grades"].get(grade, ()):
                found.add("design", design)

    def _species(self, found: Found) -> None:
        for name in _SPECIES_WORDS:
            for match in cue("species", name).finditer(found.text):
                if name == "human" and _HUMAN_CELLS.match(found.text, match.end()):
                    continue
                if _excluded(found.text, match.start()):
                    continue
                for value in lists()["species"]["animals"] if name == "animal" else (name,):
                    found.add("species", value)
                found.spans.append((*match.span(), "species", name))

    def _second_sense(self, found: Found) -> None:
        """RCT after "for", or beside a tear or its repair, is what is treated; else it is how something was studied."""
        for start, end, facet, value in [
            one for one in found.spans if found.text[one[0] : one[1]].upper() in {"RCT", "RCTS"}
        ]:
            treated = _CUFF.search(found.text[:end]) and found.text[start:end].upper() == "RCT"
            other = any(
                one in self.ours and one != "rotator-cuff-disease" for one in found.values["condition"]
            )
            cuff = bool(treated or _REPAIR.search(found.text)) and not other
            if cuff == (value == "rotator-cuff-disease"):
                continue
            sense = ("condition", "rotator-cuff-disease") if cuff else ("design", "rct")
            found.spans.remove((start, end, facet, value))
            if all(one[3] != value for one in found.spans):
                found.values[facet] = [one for one in found.values[facet] if one != value]
            found.spans.append((start, end, *sense))
            found.add(*sense)
            found.assumed = [one for one in found.assumed if one.form.upper().rstrip("S") != "RCT"]
            found.assume(
                Assumption(found.text[start:end], sense[1], ("rct" if cuff else "rotator-cuff-disease",))
            )

    def _sites(self, found: Found) -> None:
        """A body part without a disease, or beside "arthritis", is read as this channel means it."""
        sites = self._named_sites(found)
        conditions = found.values["condition"]
        general = [one for one in conditions if one == "osteoarthritis"]
        arthritis = _ARTHRITIS.search(found.text)
        specific = [
            one
            for one in conditions
            if one in self.ours and one not in {"osteoarthritis", "rheumatoid-arthritis"}
        ]
        if arthritis and not self._covered(found, *arthritis.span()) and not conditions:
            general = ["osteoarthritis"]
            found.add("condition", "osteoarthritis")
        strong = [(name, form) for name, form in sites if name not in _WEAK_SITES]
        if general and strong:
            for name, form in strong:
                sense = lists()["sites"][name]["sense"]
                if sense.endswith("osteoarthritis"):
                    found.add("condition", sense)
                    shown = f"{form} {arthritis.group()}" if arthritis else form
                    found.assume(Assumption(shown, sense, ("rheumatoid-arthritis",) if arthritis else ()))
        elif arthritis and general:
            found.assume(Assumption(arthritis.group(), "osteoarthritis", ("rheumatoid-arthritis",)))
        elif not specific and not general:
            self._site_alone(found, strong or sites[:1])

    def _site_alone(self, found: Found, sites: list[tuple[str, str]]) -> None:
        if any(one in self.ours for one in found.values["condition"]):
            return
        for name, form in sites:
            sense, others = self._sense(found, name)
            found.add("condition", sense)
            found.assume(Assumption(form, sense, others))
            found.sited = True

    def _sense(self, found: Found, name: str) -> tuple[str, tuple[str, ...]]:
        """What a body part alone stands for, and what it might: what a product named beside it is for, else what is commonest."""
        site = lists()["sites"][name]
        for row in lists()["for"]:
            if name in row["sites"] and not set(self._narrower(row["products"])).isdisjoint(
                found.values["intervention"]
            ):
                others = (site["sense"], *(one for one in site["others"] if one != row["sense"]))
                return row["sense"], others
        return site["sense"], tuple(site["others"])

    def _named_sites(self, found: Found) -> list[tuple[str, str]]:
        named = []
        for name, site in lists()["sites"].items():
            for match in _pattern(name, tuple(site["forms"])).finditer(found.text):
                septic = re.search(
                    r"(?:septic|infected|sacroiliac|si|facet)\s+$", found.text[: match.start()], re.IGNORECASE
                )
                if not septic and not self._covered(found, *match.span(), route=name in _WEAK_SITES):
                    named.append((match.start(), name, match.group()))
                    found.spans.append((*match.span(), "site", name))
        firsts: dict[str, tuple[int, str]] = {}
        for start, name, form in sorted(named):
            firsts.setdefault(name, (start, form))
        return [(name, form) for name, (_, form) in firsts.items()]

    def _covered(self, found: Found, start: int, end: int, *, route: bool = False) -> bool:
        covering = {"condition", "intervention", "grade", "also"} | ({"route"} if route else set())
        return any(start < to and since < end and facet in covering for since, to, facet, _ in found.spans)

    def _narrowest(self, found: Found) -> None:
        """A broader value beside its narrower one would let in what was not asked."""
        for facet, values in found.values.items():
            broader = {broad for value in values for broad in self.vocabulary.broader(value)} - {""}
            found.values[facet] = [
                value
                for value in values
                if value not in broader or not _proper(value, values, self.vocabulary)
            ]
        ours = [value for value in found.values["condition"] if value in self.ours]
        if ours:
            found.values["condition"] = ours

    def _terms(self, found: Found) -> None:
        stop = words("words", "stop")
        taken = [(start, end) for start, end, _, _ in found.spans]
        text = re.sub(r"\[[a-z\-]+\]", lambda match: " " * len(match.group()), found.text)
        kept = [
            match.group().lower().removesuffix("'s")
            for match in _WORD.finditer(text)
            if not any(match.start() < end and start < match.end() for start, end in taken)
        ]
        found.terms = tuple(dict.fromkeys(word for word in kept if len(word) > 1 and word not in stop))


def _also(found: Found) -> None:
    """Loose words for several concepts, and what the vocabulary has no concept for."""
    for number, row in enumerate(lists()["also"]):
        for match in _pattern(f"also {number}", tuple(row["forms"])).finditer(found.text):
            if any(
                match.start() < end and start < match.end()
                for start, end, facet, _ in found.spans
                if facet == row["facet"]
            ):
                continue
            sense, *more = row["values"]
            found.spans.append((*match.span(), "also" if more else row["facet"], sense))
            found.assume(Assumption(match.group(), sense, tuple(more or row.get("others", ()))))
            for value in row["values"]:
                found.add(row["facet"], value)


def _proper(value: str, values: list[str], vocabulary: Vocabulary) -> bool:
    return any(other != value and other in vocabulary.narrower(value) for other in values)


def _excluded(text: str, start: int) -> bool:
    return bool(
        re.search(
            r"\b(?:no|not|non|without|excluding|except|other than|rather than)[\s-]+(?:in\s+|the\s+)?$",
            text[:start],
            re.IGNORECASE,
        )
    )


def _bare(form: str) -> str:
    return re.sub(r"[\W_]", "", form).lower()


_patterns: dict[str, re.Pattern[str]] = {}


def _pattern(name: str, forms: tuple[str, ...]) -> re.Pattern[str]:
    if name not in _patterns:
        _patterns[name] = whole_words(forms)
    return _patterns[name]
