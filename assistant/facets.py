"""Facets: what a question names, with the senses that were assumed on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.asked import FACETS_ASKED, Assumption
from assistant.background import is_background, is_inside
from assistant.cues import cue, lists, whole_words, words
from assistant.found import Found, excluded, pattern
from assistant.grades import find_grades
from assistant.named import note_source
from assistant.sites import Sites
from assistant.spelling import Change, Speller
from assistant.unknown import UNKNOWN, names_unknown_product
from corpus.mentions import Mention, find
from corpus.named import asked
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
_HUMAN_CELLS = re.compile(
    r"\s+(?:umbilical|amniotic|adipose|bone|mscs?|mesenchymal|cells?|placent\w*|derived|stem|cord|serum|albumin|growth|immun\w*)",
    re.IGNORECASE,
)
_SPECIES_WORDS = ("human", "animal", "in-vitro")
_WORD = re.compile(r"[^\W\d_][\w'\-]*")


class Reader:
    """Reads facets out of text by one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Read by `vocabulary`."""
        self.vocabulary = vocabulary
        self.speller = Speller(vocabulary)
        also = {value for row in lists()["also"] if row["facet"] == "condition" for value in row["values"]}
        self.ours = vocabulary.within(lists()["scope"]["conditions"]) | also
        self.products = vocabulary.within(lists()["scope"]["products"]) - words("scope", "not_alone")
        self._sites = Sites(self.ours, vocabulary)
        self._ids = {facet: frozenset(vocabulary.ids(facet)) for facet in FACETS_ASKED}

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
        self._sites.read(found)
        self._narrowest(found)
        note_source(found)
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
        if mention.facet == "intervention" and asked("other", mention.form):
            return mention
        return replace(mention, concept=re.sub(r"\W+", "-", mention.form.lower()).strip("-"))

    def _take(self, found: Found, mention: Mention, changes: tuple[Change, ...]) -> None:
        words = asked(mention.concept, found.text[mention.start : mention.end], found.text[: mention.start])
        if (mention.concept == "other" and not (words and mention.facet == "intervention")) or (
            mention.concept.endswith("-pain") and mention.concept not in self._ids["condition"]
        ):
            return
        found.add(mention.facet, mention.concept)
        found.spans.append((mention.start, mention.end, mention.facet, mention.concept))
        if mention.facet == "intervention" and words:
            found.told.setdefault(mention.concept, []).append((mention.start, mention.end, words))
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
                if excluded(found.text, match.start()):
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
        for match in pattern(f"also {number}", tuple(row["forms"])).finditer(found.text):
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


def _bare(form: str) -> str:
    return re.sub(r"[\W_]", "", form).lower()
