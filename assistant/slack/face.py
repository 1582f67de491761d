"""Face: which passages of a part a message shows, in what order, under what numbers."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answer import Answer, PartAnswer, Quote
from assistant.evidence import Rung
from assistant.slack.budget import PASSAGE
from assistant.slack.passages import Shown
from assistant.wording import Names

DIRECT, NEAR_ALONE, NEAR_BESIDE, COMMENTARY = 3, 3, 1, 1
"""Passages of each sort in a first message: what a phone shows in three screens."""
LISTED = 8


@dataclass(frozen=True, slots=True)
class Face:
    """How one part of an answer is to be shown.

    Attributes:
        at: the part's number, from 0.
        skipped: passages that earlier messages showed.
        seen: the documents of those, where they are known; else the first ones in order are taken for shown.
        shown: passages in this message.
        longest: characters of a passage before it is cut.
        listed: documents that are named without a passage.
        aside: whether what differs in two facets and the buttons of other senses are shown; a crowded message leaves them out.
        extras: whether the ladder and its buttons are shown; a very crowded message leaves them out too.
    """

    answer: Answer
    names: Names
    key: str
    at: int
    skipped: int = 0
    seen: frozenset[str] = frozenset()
    shown: int = 0
    longest: int = PASSAGE
    listed: int = LISTED
    aside: bool = True
    extras: bool = True

    @property
    def part(self) -> PartAnswer:
        """The part itself."""
        return self.answer.parts[self.at]

    @property
    def passages(self) -> list[Shown]:
        """The passages of this message with their numbers."""
        chosen = self.unseen[: self.shown]
        return [
            Shown(quote, number, self.at, self.longest)
            for number, quote in enumerate(chosen, start=self.skipped + 1)
        ]

    @property
    def unseen(self) -> list[Quote]:
        """The quotes that earlier messages did not show."""
        if self.seen:
            return [one for one in in_order(self.part) if one.document.id not in self.seen]
        return in_order(self.part)[self.skipped :]

    @property
    def rungs(self) -> tuple[tuple[Rung, ...], tuple[Rung, ...]]:
        """The ladder, and what differs in two facets where nothing matches; empty where they are not to be shown."""
        evidence = self.part.evidence
        if evidence is None or not self.extras:
            return (), ()
        return evidence.ladder, evidence.nearest if self.aside and not evidence.direct.studies else ()

    @property
    def left(self) -> int:
        """Passages that are in no message yet."""
        return len(self.unseen) - self.shown


def sort_of(quote: Quote) -> str:
    """Which group a quote stands in: "direct", "near" or "commentary"."""
    if quote.commentary:
        return "commentary"
    return "direct" if quote.direct else "near"


def in_order(part: PartAnswer) -> list[Quote]:
    """The quotes of a part in the order of showing: a first message's choice, then the rest, each by group."""
    groups: dict[str, list[Quote]] = {"direct": [], "near": [], "commentary": []}
    for one in part.quotes:
        groups[sort_of(one)].append(one)
    near = NEAR_BESIDE if groups["direct"] else NEAR_ALONE
    first = {"direct": DIRECT, "near": near, "commentary": COMMENTARY}
    chosen = [one for sort, group in groups.items() for one in group[: first[sort]]]
    return chosen + [one for sort, group in groups.items() for one in group[first[sort] :]]


def at_first(part: PartAnswer, parts: int) -> int:
    """How many passages of a part a first message aims to show, of so many parts."""
    groups = [sort_of(one) for one in part.quotes]
    near = NEAR_BESIDE if "direct" in groups else NEAR_ALONE
    aimed = (
        min(groups.count("direct"), DIRECT)
        + min(groups.count("near"), near)
        + min(groups.count("commentary"), COMMENTARY)
    )
    return min(aimed, max(1, (DIRECT + NEAR_BESIDE + COMMENTARY) // parts))


def documents_of(part: PartAnswer) -> tuple[str, ...]:
    """The ids of all that "All studies" lists: studies that match, papers that match and are no studies, then what was named without a passage.

    Where no study matches, the papers of the ladder's rungs come before the last.
    """
    found: list[str] = []
    if part.evidence:
        found += [*part.evidence.direct.documents, *part.evidence.apart]
        if not part.evidence.direct.documents:
            rungs = (*part.evidence.ladder, *part.evidence.nearest)
            found += [one for rung in rungs for one in rung.count.documents]
    found += [document.id for document in part.listed]
    return tuple(dict.fromkeys(found))
