"""Mentions: where a text names a concept, in documents and in questions, by one vocabulary.

In a document a short form of several senses needs evidence: the text defines it, or words near it decide. In a question it
takes its sense in this field where nothing decides, and small letters do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from corpus.forms import TOKEN, key
from corpus.label import FACETS
from corpus.vocabulary import Ambiguous, Sense, Vocabulary

WINDOW = 60
"""How many words to either side may decide a sense."""
_SURE, _STRONG, _WEAK, _NEAR = 100, 20, 2, 3
"""What a word right before, right after, a small word beside, and a word near weigh for a sense."""
_WORDY = 4
"""The letters of a word that decides from two words before: "grade of IV", not "i or IV"."""
_FUNCTION = frozenset("of in on for with that which were is has was who had a an the by".split())
_ENDS = re.compile(r"[.;\n]")
_JOINS = re.compile(r"[\s\-\u2010-\u2015'\u2019\u00ae\u2122\u200b\u200c\u200d\ufeff\u00ad*]{0,4}\Z")
_OPENS = re.compile(r"[\s\-\u2010-\u2015]*[(\[]\Z")
_CLOSES = re.compile(r"[)\]][\s\-\u2010-\u2015]*\Z")
_STOPS = re.compile(r"[.;:!?()\n]")
_NEGATIONS = frozenset(
    [
        "no",
        "not",
        "without",
        "neither",
        "nor",
        "excluding",
        "excluded",
        "exclude",
        "lack",
        "absence",
        "except",
        "never",
    ]
)
_PASSED = frozenset(
    [
        "the",
        "a",
        "an",
        "any",
        "of",
        "prior",
        "previous",
        "significant",
        "or",
        "evidence",
        "sign",
        "history",
        "were",
        "was",
        "with",
        "use",
        "additional",
    ]
)
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


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept named at `text[start:end]`.

    Attributes:
        concept: the concept's id, or the id of a sense that is no concept of the vocabulary ("bone-mineral-content").
        facet: the concept's facet; "" for a sense that is no concept.
        others: the other senses of an ambiguous form.
    """

    start: int
    end: int
    form: str
    concept: str
    facet: str
    others: tuple[str, ...] = ()
    negated: bool = False


@dataclass(slots=True)
class _Node:
    next: dict[str, _Node] = field(default_factory=dict)
    ends: list[tuple[str, str] | None] = field(default_factory=list)


@dataclass(slots=True)
class _Tables:
    """The vocabulary's forms as trees of words."""

    folded: _Node = field(default_factory=_Node)
    loose: _Node = field(default_factory=_Node)
    exact: _Node = field(default_factory=_Node)
    short: dict[str, Ambiguous] = field(default_factory=dict)
    any_case: dict[str, Ambiguous] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text as words: where each stands, how it is written, how it folds, and what stands between."""

    text: str
    spans: tuple[tuple[int, int], ...]
    words: tuple[str, ...]
    keys: tuple[str, ...]
    skip: frozenset[int]

    def gap(self, at: int) -> str:
        """What stands before the word."""
        return self.text[self.spans[at - 1][1] : self.spans[at][0]]


def _add(node: _Node, words: Sequence[str], concept: tuple[str, str] | None) -> None:
    for word in words:
        node = node.next.setdefault(word, _Node())
    if not any(one is not None and concept is not None and one[0] == concept[0] for one in node.ends):
        node.ends.append(concept)


@lru_cache(maxsize=8)
def _tables(vocabulary: Vocabulary) -> _Tables:
    found = _Tables()
    for one in vocabulary.written:
        if one.how == "abbreviation":
            _add(found.exact, one.words, one.concept)
            _add(found.loose, tuple(key(word) for word in one.words), one.concept)
        else:
            _add(found.loose, one.words, one.concept)
            if one.how != "loose":
                _add(found.folded, one.words, one.concept)
    for form, ambiguous in vocabulary.ambiguous.items():
        found.short[form] = ambiguous
        if ambiguous.lower:
            found.any_case[form.lower()] = ambiguous
    return found


def _read(text: str) -> _Text:
    found = list(TOKEN.finditer(text))
    spans = tuple(one.span() for one in found)
    words = tuple(one.group().replace(".", "") if "." in one.group() else one.group() for one in found)
    skip = frozenset(
        at
        for at in range(1, len(spans) - 1)
        if spans[at][0] > 0
        and text[spans[at][0] - 1] in "(["
        and text[spans[at][1] : spans[at][1] + 1] in {")", "]"}
        and len(words[at]) <= 12
    )
    return _Text(text, spans, words, tuple(key(word) for word in words), skip)


def _walk(
    read: _Text, words: Sequence[str], at: int, tree: _Node, *, plural: bool
) -> Iterator[tuple[int, tuple[str, str] | None]]:
    """The ends (word after the last) and concepts of every form that begins at the word."""
    node, here, count = tree, at, len(words)
    while here < count:
        word = words[here]
        below = node.next.get(word)
        if plural and (below is None or not below.next) and word.endswith("s"):
            singular = node.next.get(word[:-1])
            if singular is not None:
                below = singular
        if below is None:
            return
        node = below
        here += 1
        for concept in node.ends:
            yield here, concept
        if here in read.skip and here + 1 < count and node.next:
            here += 1
            if _CLOSES.match(read.gap(here)):
                continue
            return
        if here < count and not _JOINS.match(read.gap(here)):
            return


@dataclass(frozen=True, slots=True)
class _Hit:
    first: int
    last: int
    concept: tuple[str, str] | None


def _plain(read: _Text, tables: _Tables, *, question: bool) -> list[_Hit]:
    """The longest forms, facet by facet, outside of what is never a concept."""
    hits: list[_Hit] = []
    for at in range(len(read.words)):
        ends: dict[str, _Hit] = {}
        trees = [
            (tables.loose if question else tables.folded, read.keys, False),
            (tables.exact, read.words, True),
        ]
        for tree, words, plural in trees:
            if words[at] not in tree.next and not (plural and words[at].endswith("s")):
                continue
            for end, concept in _walk(read, words, at, tree, plural=plural):
                facet = "" if concept is None else concept[0]
                if facet not in ends or ends[facet].last < end:
                    ends[facet] = _Hit(at, end, concept)
        hits.extend(ends.values())
    never = [one for one in hits if one.concept is None]
    kept: list[_Hit] = []
    covered: dict[str, int] = {}
    for one in hits:
        if one.concept is None or one.last <= covered.get(one.concept[0], 0):
            continue
        if any(cover.first <= one.first and one.last <= cover.last for cover in never):
            continue
        covered[one.concept[0]] = one.last
        kept.append(one)
    return kept


def _begins(words: Sequence[str], at: int, wanted: tuple[str, ...]) -> bool:
    if at < 0 or at + len(wanted) > len(words):
        return False
    return all(
        words[at + place].startswith(one[:-1]) if one.endswith("*") else words[at + place] == one
        for place, one in enumerate(wanted)
    )


def _weigh(words: tuple[str, ...], *, before: bool) -> int:
    """How strongly words right beside a form speak: "grade" decides alone, "of" hardly."""
    if words[-1 if before else 0] in _FUNCTION:
        return _WEAK
    return _SURE if before else _STRONG


def _score(read: _Text, at: int, sense: Sense) -> int:
    """How strongly the words round the form speak for the sense."""
    keys = read.keys
    beside = [0]
    if at > 0 and not _ENDS.search(read.gap(at)):
        beside += [_weigh(one, before=True) for one in sense.before if _begins(keys, at - len(one), one)]
    if at > 1 and not _ENDS.search(read.gap(at)):
        far = (one for one in sense.before if len(one) == 1 and one[0] not in _FUNCTION and len(one[0]) >= _WORDY)
        beside += [_SURE for one in far if _begins(keys, at - 2, one)]
    score = max(beside)
    if at + 1 < len(keys) and not _ENDS.search(read.gap(at + 1)):
        score += max([0, *(_weigh(one, before=False) for one in sense.after if _begins(keys, at + 1, one))])
    low, high = max(0, at - WINDOW), min(len(keys), at + WINDOW)
    places = [place for place in range(low, high) if place != at]
    return score + _NEAR * sum(any(_begins(keys, place, one) for place in places) for one in sense.near)


def _decide(read: _Text, at: int, form: Ambiguous) -> tuple[str, int]:
    """The sense that the words round it speak for, and how strongly; the default with 0 where nothing does."""
    scores = [
        (_score(read, at, sense), sense.id == form.default, -place, sense.id)
        for place, sense in enumerate(form.senses)
    ]
    best = max(scores)
    return (best[3], best[0]) if best[0] else (form.default, 0)


def _short(read: _Text, at: int, tables: _Tables, *, question: bool) -> Ambiguous | None:
    word = read.words[at]
    singular = word[:-1] if word.endswith("s") and len(word) > 2 else word
    found = tables.short.get(word) or tables.short.get(singular)
    if found is None and question:
        found = tables.any_case.get(word.lower()) or tables.any_case.get(singular.lower())
    return found


def _definitions(read: _Text, plain: Sequence[_Hit]) -> dict[str, tuple[str, str] | None]:
    """Short forms that the text defines: "bone marrow concentrate (BMC)"; None for one defined as something that is no concept."""
    ends = {one.last: one for one in plain if one.concept is not None}
    found: dict[str, tuple[str, str] | None] = {}
    for at in sorted(read.skip):
        word = read.words[at]
        bare = word[:-1] if word.endswith("s") and len(word) > 2 else word
        if not (1 < len(bare) <= 8 and bare.isalpha() and sum(letter.isupper() for letter in bare) > 1):
            continue
        hit = ends.get(at)
        if (
            hit is not None
            and hit.concept is not None
            and bare[-1].lower() in "".join(read.keys[hit.first : at])
        ):
            found.setdefault(bare, hit.concept)
        elif hit is None and _initials(read, at, bare):
            found.setdefault(bare, None)
    return found


def _as_defined(read: _Text, vocabulary: Vocabulary, plain: Sequence[_Hit]) -> Iterator[_Hit]:
    """The hits, each short form read as the text defines it: "bone marrow-derived mesenchymal stem cells (MSCs)" makes every MSC one of these."""
    defined = _definitions(read, plain)
    for hit in plain:
        word = read.words[hit.first]
        bare = word[:-1] if word.endswith("s") else word
        single = hit.last == hit.first + 1 and bare in defined
        concept = defined[bare] if single else None
        if single and concept is None and hit.concept is not None and hit.concept[0] == "intervention":
            continue
        if (
            concept is not None
            and hit.concept is not None
            and hit.concept[1] in vocabulary.broader(concept[1])
        ):
            yield _Hit(hit.first, hit.last, concept)
        else:
            yield hit


def _initials(read: _Text, at: int, short: str) -> bool:
    """True where the words right before the brackets begin with the letters of the short form."""
    letters = short.lower()
    if at < len(letters):
        return False
    return "".join(word[0] for word in read.keys[at - len(letters) : at]) == letters


def _senses(
    read: _Text, vocabulary: Vocabulary, plain: Sequence[_Hit], *, question: bool
) -> Iterator[tuple[_Hit, tuple[str, ...]]]:
    """The ambiguous, dotted and locally defined short forms that the text decides."""
    tables = _tables(vocabulary)
    defined = _definitions(read, plain)
    inside = {place for one in plain for place in range(one.first, one.last)}
    for at, word in enumerate(read.words):
        if at in inside and len(word) > 3:
            continue
        bare = word[:-1] if word.endswith("s") and len(word) > 2 else word
        ambiguous = _short(read, at, tables, question=question)
        others = tuple(one.id for one in ambiguous.senses) if ambiguous else ()
        if bare in defined and (ambiguous is None or word == bare or word[:-1] == bare):
            concept = defined[bare]
            if concept is not None and at not in inside:
                yield _Hit(at, at + 1, concept), tuple(one for one in others if one != concept[1])
            continue
        if at in inside:
            continue
        if read.spans[at][1] - read.spans[at][0] > len(word) and word.lower() in vocabulary.dotted:
            sense = vocabulary.dotted[word.lower()]
            yield (
                _Hit(at, at + 1, _concept_of(vocabulary, sense)),
                tuple(one for one in others if one != sense),
            )
        elif ambiguous is not None:
            sense, strength = _decide(read, at, ambiguous)
            if strength or question:
                yield (
                    _Hit(at, at + 1, _concept_of(vocabulary, sense)),
                    tuple(one for one in others if one != sense),
                )


def _concept_of(vocabulary: Vocabulary, sense: str) -> tuple[str, str]:
    concept = vocabulary.concept(sense)
    return ("", sense) if concept is None else (concept.facet, sense)


def _sites(read: _Text, first: int, last: int, sites: Mapping[str, str]) -> list[tuple[int, str]]:
    """The joints named right before or after the words, as (word, condition)."""
    found: list[tuple[int, str]] = []
    at = first
    while at > 0 and first - at < 8 and not _STOPS.search(read.gap(at)):
        at -= 1
        word = read.keys[at]
        if word in sites:
            found.append((at, sites[word]))
        elif word not in _BEFORE_SITE or (word in {"and", "or"} and not _listed(read, at, sites)):
            break
    at, opened = last, False
    while at < len(read.words) and at - last < 8 and not _STOPS.search(read.gap(at)):
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


def _listed(read: _Text, at: int, sites: Mapping[str, str]) -> bool:
    """True where a joint stands before the "and" too: "knee and hip", not "knee pain and hip"."""
    before = at - 1
    while before >= 0 and read.keys[before] in {"joint", "left", "right", "medial", "lateral"}:
        before -= 1
    return before >= 0 and read.keys[before] in sites


def _sited(
    read: _Text, vocabulary: Vocabulary, hits: Iterable[tuple[_Hit, tuple[str, ...]]]
) -> Iterator[tuple[_Hit, tuple[str, ...]]]:
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
            yield _Hit(min(at, hit.first), max(at + 1, hit.last), ("condition", condition)), others


def _arthritis(
    read: _Text, taken: Sequence[_Hit], vocabulary: Vocabulary
) -> Iterator[tuple[_Hit, tuple[str, ...]]]:
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
            yield _Hit(min(site, at), max(site, at) + 1, ("condition", condition)), ()


def _negated(read: _Text, first: int) -> bool:
    at = first
    while at > 0 and first - at < 5 and not re.search(r"[.;:,!?\n]", read.gap(at)):
        at -= 1
        if read.keys[at] in _NEGATIONS:
            return True
        if read.keys[at] not in _PASSED:
            return False
    return False


def find(text: str, vocabulary: Vocabulary, *, question: bool = False) -> tuple[Mention, ...]:
    """The concepts that a text names, in order.

    Args:
        text: any text; the spans count its characters.
        vocabulary: the concepts.
        question: read short forms as a colleague types them: without evidence, in small letters.
    """
    read = _read(text)
    plain = _plain(read, _tables(vocabulary), question=question)
    hits: list[tuple[_Hit, tuple[str, ...]]] = [(one, ()) for one in _as_defined(read, vocabulary, plain)]
    hits.extend(_senses(read, vocabulary, plain, question=question))
    sited = list(_sited(read, vocabulary, hits))
    sited.extend(_arthritis(read, [one for one, _ in sited], vocabulary))
    # "knee arthritis" in a question is a loose form with a site; without one it stays general.
    found: dict[tuple[int, int, str, str], Mention] = {}
    for hit, others in sited:
        if hit.concept is None:
            continue
        start, end = read.spans[hit.first][0], read.spans[hit.last - 1][1]
        place = (start, end, hit.concept[0], hit.concept[1])
        found.setdefault(
            place,
            Mention(
                start, end, text[start:end], hit.concept[1], hit.concept[0], others, _negated(read, hit.first)
            ),
        )
    return tuple(
        sorted(found.values(), key=lambda one: (one.start, one.end, _ORDER.get(one.facet, 99), one.concept))
    )


_ORDER = {facet: place for place, facet in enumerate(FACETS)}


def shifted(mentions: Iterable[Mention], by: int) -> tuple[Mention, ...]:
    """The mentions with their spans moved."""
    return tuple(replace(one, start=one.start + by, end=one.end + by) for one in mentions)
