"""Checking: what a curator should look at in a library, each with its place and a cure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from corpus.design import design_by_text
from corpus.document import Document, Kind, SectionKind, Status
from corpus.label import NOT_STATED, Label, Origin
from corpus.mending import Mend, look
from corpus.species import ANIMALS, species_by_text
from corpus.species_mentions import HUMAN
from corpus.tagging import label_document
from corpus.vocabulary import Vocabulary

if TYPE_CHECKING:
    from assistant.answering import Bench
    from corpus.library import LibraryReading


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a curator should look at.

    Attributes:
        sort: what kind of finding, one word or two with a hyphen.
        questions: how many of the library's judged questions the document has a part in now.
    """

    place: str
    sort: str
    what: str
    cure: str
    questions: int = 0


def findings(bench: Bench, reading: LibraryReading) -> tuple[Finding, ...]:
    """Everything found: what bears on most judged questions first, then by sort and place."""
    found = [
        Finding("vocabulary", "vocabulary", what, "mend the entry")
        for what in bench.vocabulary.contradictions()
    ]
    found += [Finding(one.place, "unread", one.reason, one.cure) for one in reading.problems]
    found += [
        Finding(one.kept, "same-paper", f"also came as {', '.join(one.absorbed)}", "keep one file of it")
        for one in reading.merges
    ]
    mends = look(bench.library, reading.read).mends
    found += [_to_mend(one) for one in mends]
    told = tuple(f"{one.place}: the front matter key '{one.key}' " for one in mends if one.sort == "dead-key")
    found += [
        Finding("library", "note", one, "see the file named")
        for one in reading.warnings
        if not one.startswith(told)
    ]
    found += [finding for document in reading.documents for finding in _of(document, bench.vocabulary)]
    bearing = questions_of(bench)
    weighed = (replace(one, questions=bearing.get(one.place, 0)) for one in found)
    return tuple(sorted(weighed, key=lambda one: (-one.questions, one.sort, one.place, one.what)))


def _to_mend(one: Mend) -> Finding:
    cure = f"--fix leaves it, for {one.left}: mend it by hand" if one.left else f"with --fix, {one.does}"
    return Finding(one.place, one.sort, one.what, cure)


def questions_of(bench: Bench) -> Mapping[str, int]:
    """In how many judged questions each document has a part, as the store served answers them; nothing where none can be asked."""
    from assistant.gate import judged_questions
    from assistant.replay import asking, documents_in, replay
    from index.errors import StoreError

    judged = judged_questions(bench.library.folder)
    if not judged:
        return {}
    try:
        with bench.open() as store:
            replayed = replay(judged, asking(bench, store, bench.questions()))
    except StoreError:
        return {}
    return Counter(one for answered in replayed for one in documents_in(answered.answer))


def _of(document: Document, vocabulary: Vocabulary) -> Iterator[Finding]:
    if document.citation.date is None and document.citation.year is None:
        yield Finding(
            document.id, "no-date", "states no date", "add it to the front matter if the source prints one"
        )
    if not any(section.kind is SectionKind.BODY for section in document.sections):
        yield Finding(
            document.id, "no-abstract", "has a title only", "add the abstract, or leave the record out"
        )
    if document.kind is not Kind.PAPER:
        return
    if document.status is Status.NOTICE:
        yield Finding(
            document.id,
            "notice",
            "is a notice filed as a paper",
            "nothing, if it is meant to be here; it is never counted",
        )
    labels = label_document(document, vocabulary)
    for facet in ("design", "species"):
        if labels[facet].values == (NOT_STATED,):
            yield Finding(
                document.id,
                f"no-{facet}",
                f"states no {facet}",
                "say it in curation.toml if the full text does",
            )
    yield from _disagreements(document, labels)


def _disagreements(document: Document, labels: Mapping[str, Label]) -> Iterator[Finding]:
    """Where the record says one thing and the text another: MeSH "Humans" over an abstract of rats."""
    if any(word.facet in ("species", "design") for word in document.curator):
        return
    tags = {heading.name.lower() for heading in document.record.mesh} & {"humans", "animals"}
    text = species_by_text(document).values
    if len(tags) == 1 and (HUMAN in text) != ("humans" in tags) and _coarse(text) & {HUMAN, "animal"}:
        yield _disagreement(document, "species", f"MeSH has {''.join(tags).capitalize()}", text)
    design, by_text = labels["design"], design_by_text(document).values
    of_record = design.origin in (Origin.PUBLICATION_TYPE, Origin.MESH)
    if of_record and by_text != (NOT_STATED,) and not set(design.values) & set(by_text):
        yield _disagreement(document, "design", f"its record gives {', '.join(design.values)}", by_text)


def _disagreement(document: Document, facet: str, record: str, text: tuple[str, ...]) -> Finding:
    return Finding(
        document.id,
        f"{facet}-disagrees",
        f"{record}, and its text says {', '.join(text)}",
        f"read it, and say in curation.toml which {facet} is right",
    )


def _coarse(values: tuple[str, ...]) -> set[str]:
    """The values with every animal as one: a record may say "animals" where the text says which."""
    return {"animal" if value in ANIMALS else value for value in values}
