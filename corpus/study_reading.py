"""Study reading: a document as the study rules read it: sentences with their roles, mentions in their places."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from corpus.cues import Reading, read
from corpus.document import Document
from corpus.label import NOT_STATED, Label
from corpus.mentions import Mention, find
from corpus.sentence_roles import BACKGROUND, OBJECTIVE, TITLE, Sentence, roles
from corpus.study_rules import rules
from corpus.vocabulary import Vocabulary

Span = tuple[int, int]


REVIEWS = frozenset({"systematic-review", "meta-analysis", "narrative-review"})


UNCONTROLLED = frozenset(
    {"case-report", "case-series", "single-arm-trial", "narrative-review", "guideline", "commentary"}
)


TRIALS = frozenset({"rct", "controlled-trial", "single-arm-trial"})


CASES = frozenset({"case-report", "case-series"})


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
    def title(self) -> str:
        """The title, in small letters."""
        return " ".join(self.whole(one) for one in self.sentences if one.role == TITLE)

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


def is_kind(study: Study, value: str, kind: str) -> bool:
    """Whether the value or one above it is of that kind."""
    return bool({value, *study.vocabulary.broader(value)} & rules().kinds[kind])


def only_in_dish(study: Study) -> bool:
    """Whether cells were only grown and looked at: by its species, or where that is not told by all it speaks of."""
    if study.species == {NOT_STATED} and study.design <= {NOT_STATED, "in-vitro-study"}:
        if study.design == {"in-vitro-study"}:
            return True
        own = " ".join(study.whole(one) for one in study.sentences if one.role != BACKGROUND)
        return bool(rules().cues["dish_work"].search(own)) and not rules().cues["bodies"].search(own)
    return not study.living


def narrowest(study: Study, values: Collection[str]) -> set[str]:
    """The values without any that stands above another."""
    above = {broad for value in values for broad in study.vocabulary.broader(value)}
    return {value for value in values if value not in above}


def of_kind(study: Study, given: Iterable[str], kind: str) -> set[str]:
    """The values of that kind."""
    return {value for value in given if is_kind(study, value, kind)}


def is_setting(study: Study, one: Placed) -> bool:
    """Whether an operation or a drug is only the setting: "after arthroplasty", "in patients receiving opioids"."""
    mention = one.mention
    if mention.concept == "stem-cells" and "transplant" not in mention.form.lower():
        return False
    before, cues = study.before(one), rules().cues
    return (
        mention.concept in rules().kinds["setting_only"]
        and bool(cues["setting"].search(before))
        and not (one.sentence.role == OBJECTIVE and cues["compared_after"].search(before))
        and not (one.sentence.role in {TITLE, OBJECTIVE} and cues["side_after"].search(study.after(one)))
        and not _first_of_several(study, one)
    )


def _first_of_several(study: Study, one: Placed) -> bool:
    """Whether a comma parts it from another operation that stands next to it: they are what was done, each in some."""
    named, cue = rules().kinds["operations_named"], rules().cues["in_a_list"]
    return one.mention.concept in named and any(
        other.mention.concept in named - {one.mention.concept}
        and other.sentence == one.sentence
        and other.mention.start > one.mention.end
        and cue.fullmatch(study.reading.lower, one.mention.end, other.mention.start)
        for other in study.of("intervention")
    )


def is_control(study: Study, one: Placed) -> bool:
    """Whether the words round it make it the control."""
    cues = rules().cues
    return bool(
        cues["control_before"].search(study.before(one)) or cues["control_after"].search(study.after(one))
    )
