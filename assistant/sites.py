"""Sites: a body part named alone, read as this channel means it."""

from __future__ import annotations

import re
from collections.abc import Collection

from assistant.asked import Assumption
from assistant.cues import lists, whole_words
from assistant.found import Found, pattern
from corpus.vocabulary import Vocabulary

WEAK = ("joint", "cartilage", "tendon", "meniscus", "cuff", "disc", "heel", "back")
"""Parts that say little beside a joint, and nothing where a route or a product has them in its name."""
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


class Sites:
    """Reads body parts."""

    def __init__(self, ours: Collection[str], vocabulary: Vocabulary) -> None:
        """Beside these conditions, which are this channel's, a part alone says nothing."""
        self._ours = ours
        self._meant = [(vocabulary.within(row["products"]), row) for row in lists()["for"]]

    def read(self, found: Found) -> None:
        """A body part without a disease, or beside "arthritis", is read as this channel means it."""
        sites = self._named_sites(found)
        conditions = found.values["condition"]
        general = [one for one in conditions if one == "osteoarthritis"]
        arthritis = _ARTHRITIS.search(found.text)
        specific = [
            one
            for one in conditions
            if one in self._ours and one not in {"osteoarthritis", "rheumatoid-arthritis"}
        ]
        if arthritis and not _covered(found, *arthritis.span()) and not conditions:
            general = ["osteoarthritis"]
            found.add("condition", "osteoarthritis")
        strong = [(name, form) for name, form in sites if name not in WEAK]
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
        if any(one in self._ours for one in found.values["condition"]):
            return
        for name, form in sites:
            sense, others = self._sense(found, name)
            found.add("condition", sense)
            found.assume(Assumption(form, sense, others))
            found.sited = True

    def _sense(self, found: Found, name: str) -> tuple[str, tuple[str, ...]]:
        """What a body part alone stands for, and what it might: what a product named beside it is for, else what is commonest."""
        site = lists()["sites"][name]
        for products, row in self._meant:
            if name in row["sites"] and not products.isdisjoint(found.values["intervention"]):
                others = (site["sense"], *(one for one in site["others"] if one != row["sense"]))
                return row["sense"], others
        return site["sense"], tuple(site["others"])

    def _named_sites(self, found: Found) -> list[tuple[str, str]]:
        named = []
        for name, site in lists()["sites"].items():
            for match in pattern(name, tuple(site["forms"])).finditer(found.text):
                septic = re.search(
                    r"(?:septic|infected|sacroiliac|si|facet)\s+$", found.text[: match.start()], re.IGNORECASE
                )
                if not septic and not _covered(found, *match.span(), route=name in WEAK):
                    named.append((match.start(), name, match.group()))
                    found.spans.append((*match.span(), "site", name))
        firsts: dict[str, tuple[int, str]] = {}
        for start, name, form in sorted(named):
            firsts.setdefault(name, (start, form))
        return [(name, form) for name, (_, form) in firsts.items()]


def _covered(found: Found, start: int, end: int, *, route: bool = False) -> bool:
    covering = {"condition", "intervention", "grade", "also"} | ({"route"} if route else set())
    return any(start < to and since < end and facet in covering for since, to, facet, _ in found.spans)
