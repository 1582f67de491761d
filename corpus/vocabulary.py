"""Vocabulary: the concepts of this field, their forms and the senses of their ambiguous short forms (vocabulary.toml).

The file's own head says how forms are written. A library may lay its own file over it: a concept of the same id and facet
gains what is added, `remove` takes forms away, and a form that the library gives to a concept is that concept's alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from corpus.errors import VocabularyError
from corpus.forms import expand, key, pieces
from corpus.label import FACETS, NONE, NOT_STATED
from corpus.laid import Laid, Written, lay
from corpus.vocabulary_file import place_of, read_vocabulary

WINDOW = 60
"""How many words to either side may decide a sense, where the form does not say otherwise."""
MOST_WRITTEN = 300_000
"""Forms that all concepts together may stand for: ten times those that ship."""
SHARED = ("intervention", "comparator")
"""A comparator is said in the same words as an intervention: the two share their concepts."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One value of a facet.

    Attributes:
        id: as the labels write it; the same id may stand in two facets ("other").
        broader: the id of the parent in the same facet.
        preparation: what a product is where the text says nothing else; None where that says nothing.
        sited: True where a joint's name beside it makes it the disease of that joint.
        written: its forms as the file writes them; `Vocabulary.forms` expands them.
    """

    id: str
    facet: str
    name: str
    broader: str | None = None
    preparation: str | None = None
    source: str | None = None
    sited: bool = False
    written: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sense:
    """One sense of an ambiguous short form: the words that decide for it, each a tuple of folded words ("inject*" ends open)."""

    id: str
    before: tuple[tuple[str, ...], ...] = ()
    after: tuple[tuple[str, ...], ...] = ()
    near: tuple[tuple[str, ...], ...] = ()
    earlier: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A short form of several senses.

    Attributes:
        default: the sense a question gets where nothing decides.
        lower: True where a question may write it in small letters.
        window: how many words to either side may decide by being near.
    """

    form: str
    default: str
    lower: bool
    senses: tuple[Sense, ...]
    window: int = WINDOW


class Vocabulary:
    """All concepts with their forms, ready to be looked up.

    Args:
        raw: a checked, merged file.
        version: what names it.
        laid: its forms laid out, where that was kept; None lays them out when they are first asked for.
    """

    def __init__(self, raw: Mapping[str, Any], version: str, laid: Laid | None = None) -> None:
        self.version = version
        self._kept = laid
        self._concepts = {(row["facet"], row["id"]): _concept(row) for row in raw["concept"]}
        self._raw = raw
        self.dotted: dict[str, str] = dict(raw.get("dotted", {}))
        self.sites: dict[str, str] = {key(word): value for word, value in raw.get("sites", {}).items()}
        self.ambiguous = {row["form"]: _ambiguous(row) for row in raw.get("ambiguous", ())}
        self._narrower = self._tree()
        self._broader = {
            one.id: self._above(one)
            for facet in reversed(FACETS)  # where two facets have an id, the first has it
            for one in self._concepts.values()
            if one.facet == facet
        }
        self._names: dict[str, list[str]] = {}
        for concept in self._concepts.values():
            self._names.setdefault(concept.id, []).append(concept.name)

    def _tree(self) -> dict[str, frozenset[str]]:
        below: dict[str, set[str]] = {}
        for concept in self._concepts.values():
            for above in (concept.id, *self._above(concept)):
                below.setdefault(above, set()).add(concept.id)
        return {one: frozenset(found) for one, found in below.items()}

    def _above(self, concept: Concept) -> tuple[str, ...]:
        found: list[str] = []
        here: Concept | None = concept
        while here is not None and here.broader is not None and here.broader not in found:
            found.append(here.broader)
            here = self._concepts.get((here.facet, here.broader))
        return tuple(found)

    def concept(self, identifier: str, facet: str | None = None) -> Concept | None:
        """The concept of that id (in that facet, where one is named); None for one that the vocabulary does not have."""
        if facet is not None:
            found = self._concepts.get((facet, identifier))
            if found is None and facet in SHARED:
                found = next(
                    (
                        self._concepts[(one, identifier)]
                        for one in SHARED
                        if (one, identifier) in self._concepts
                    ),
                    None,
                )
            return found
        return next(
            (self._concepts[(one, identifier)] for one in FACETS if (one, identifier) in self._concepts), None
        )

    def forms(self, concept: Concept) -> tuple[str, ...]:
        """A concept's forms, expanded, each once."""
        words = self._raw.get("words", {})
        return tuple(dict.fromkeys(plain for form in concept.written for plain in expand(form, words)))

    def narrower(self, identifier: str) -> frozenset[str]:
        """The id and every id below it."""
        return self._narrower.get(identifier, frozenset((identifier,)))

    def within(self, identifiers: Iterable[str]) -> frozenset[str]:
        """All these ids and every id below them."""
        return frozenset(narrow for one in identifiers for narrow in self.narrower(one))

    def broader(self, identifier: str) -> tuple[str, ...]:
        """The ids above it, nearest first."""
        return self._broader.get(identifier, ())

    def name(self, identifier: str) -> str:
        """The display name; the id in words where the vocabulary has no such concept."""
        named = self._names.get(identifier, ())
        if len(named) == 1:
            return named[0]
        return {NOT_STATED: "not stated", NONE: "none"}.get(identifier, identifier.replace("-", " "))

    def ids(self, facet: str) -> tuple[str, ...]:
        """The ids of a facet, in the file's order; a comparator may be any intervention too."""
        wanted = SHARED if facet == "comparator" else (facet,)
        return tuple(dict.fromkeys(one for given, one in self._concepts if given in wanted))

    @cached_property
    def written(self) -> tuple[Written, ...]:
        """Every form, expanded, each once for each concept that has it."""
        words = self._raw.get("words", {})
        found: dict[tuple[tuple[str, ...], str, tuple[str, str] | None], None] = {}
        forms = 0
        for form, how, concept in self._forms():
            expanded = expand(form, words)
            forms += len(expanded)
            _check_number(forms, how if concept is None else concept[1])
            for plain in expanded:
                found[pieces(plain, exact=how == "abbreviation"), how, concept] = None
        return tuple(Written(*one) for one in found if one[0])

    def _forms(self) -> Iterator[tuple[str, str, tuple[str, str] | None]]:
        """Every form as the file writes it, how it is one, and what it names."""
        for row in self._raw["concept"]:
            taken, concept = frozenset(row.get("remove", ())), (row["facet"], row["id"])
            for field, how in (("forms", "form"), ("abbreviations", "abbreviation"), ("loose", "loose")):
                yield from ((form, how, concept) for form in row.get(field, ()) if form not in taken)
        for row in self._raw.get("never", ()):
            yield from ((form, "never", None) for form in row["forms"])

    @cached_property
    def laid(self) -> Laid:
        """Every form, expanded and sorted by its first word."""
        return self._kept or lay(self.written)

    @property
    def is_kept(self) -> bool:
        """Whether its laid forms were kept."""
        return self._kept is not None

    @property
    def raw(self) -> Mapping[str, Any]:
        """The checked, merged file."""
        return self._raw

    def contradictions(self) -> tuple[str, ...]:
        """Each form that two concepts of one facet claim, and each short form that is both plain and ambiguous, one sentence each."""
        held: dict[tuple[tuple[str, ...], str, str], list[str]] = {}
        for one in self.written:
            if one.concept is not None:
                held.setdefault((one.words, one.how, one.concept[0]), []).append(one.concept[1])
        found = [
            f'"{" ".join(words)}" is a form of {" and of ".join(owners)} ({facet}); the first wins; take it from the other'
            for (words, _, facet), owners in held.items()
            if len(owners) > 1
        ]
        short = {one.words[0] for one in self.written if one.how == "abbreviation" and len(one.words) == 1}
        found += [
            f'"{form}" is an abbreviation of one concept and stands under [[ambiguous]] too; keep one of the two'
            for form in self.ambiguous
            if form in short
        ]
        return tuple(sorted(found))


def _check_number(forms: int, named: str) -> None:
    """Raise ValueError where there are more forms than a memory should hold."""
    if forms > MOST_WRITTEN:
        msg = f'the forms up to those of "{named}" stand for more than {MOST_WRITTEN} altogether'
        raise ValueError(msg)


def _concept(row: Mapping[str, Any]) -> Concept:
    taken = row.get("remove", ())
    listed = (form for kind in ("forms", "abbreviations", "loose") for form in row.get(kind, ()))
    return Concept(
        row["id"],
        row["facet"],
        row.get("name", row["id"].replace("-", " ")),
        row.get("broader"),
        row.get("preparation"),
        row.get("source"),
        bool(row.get("sited", False)),
        tuple(form for form in listed if form not in taken),
    )


def _phrases(listed: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(word if word.endswith("*") else key(word) for word in words)
        for words in (one.lower().replace("-", " ").split() for one in listed)
        if words
    )


def _ambiguous(row: Mapping[str, Any]) -> Ambiguous:
    return Ambiguous(
        row["form"],
        row["default"],
        bool(row.get("lower", False)),
        tuple(
            Sense(name, *(_phrases(sense.get(field, ())) for field in ("before", "after", "near", "earlier")))
            for name, sense in row["senses"].items()
        ),
        int(row.get("window", WINDOW)),
    )


@lru_cache(maxsize=8)
def _load(extra: Path | None, stamp: int) -> Vocabulary:  # noqa: ARG001 - a changed file has another stamp
    tables, version = read_vocabulary(extra)
    try:
        vocabulary = Vocabulary(tables, version)
        vocabulary.laid  # noqa: B018 - expands every form, so that a wrong one is told here
    except ValueError as wrong:
        msg = f"{place_of(extra)}: {wrong}, so that form cannot be read; mend it"
        raise VocabularyError(msg) from wrong
    return vocabulary


def load_vocabulary(extra: Path | None = None) -> Vocabulary:
    """The vocabulary that ships, with a library's own file laid over it.

    Raises:
        VocabularyError: a file cannot be read or contradicts itself; the message names the place.
    """
    return _load(extra, extra.stat().st_mtime_ns if extra is not None and extra.exists() else 0)
