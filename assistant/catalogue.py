"""Catalogue: a store's documents by what a person remembers of a paper: number, DOI, year, author, journal.

Made once for each store, when the first paper is looked up. It names every document that may be meant; who asks it
looks at each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from assistant.asked import Lookup
from assistant.kept import Kept
from corpus.document import Citation

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Cited:
    """As much of a stored document as is read for the catalogue."""

    citation: Citation


class Catalogue:
    """What is known of every document's citation, a row a document."""

    def __init__(self, store: Any) -> None:
        """The catalogue of a store, which it does not hold on to."""
        years, names, rows, journals = [], [], [], []
        self._journals: dict[tuple[str, str], int] = {}
        for row, document in enumerate(store.ids):
            cited = msgspec.json.decode(store.document_line(document), type=_Cited).citation
            years.append(cited.year or 0)
            titled = (cited.journal or "", cited.journal_abbreviation or "")
            journals.append(self._journals.setdefault(titled, len(self._journals)))
            for name in dict.fromkeys(_names(cited)):
                names.append(hash(name))
                rows.append(row)
        self.years = np.array(years, dtype=np.int32)
        self._journal = np.array(journals, dtype=np.int32)
        order = np.argsort(np.array(names, dtype=np.int64), kind="stable")
        self._names = np.array(names, dtype=np.int64)[order]
        self._rows = np.array(rows, dtype=np.int32)[order]

    @property
    def newest(self) -> int | None:
        """The latest year of any document; None where none states one."""
        latest = int(self.years.max(initial=0))
        return latest or None

    def rows(self, lookup: Lookup) -> Rows:
        """The documents that may be the one looked up, in order: all that are, and hardly another."""
        mask = np.ones(len(self.years), dtype=np.bool_)
        for name in _asked(lookup):
            mask &= self._having(name)
        if lookup.year:
            mask &= self.years == lookup.year
        if lookup.journal:
            titled = [
                number for names, number in self._journals.items() if same_journal(lookup.journal, names)
            ]
            mask &= np.isin(self._journal, titled)
        return np.flatnonzero(mask)

    def _having(self, name: tuple[str, str]) -> NDArray[np.bool_]:
        mask = np.zeros(len(self.years), dtype=np.bool_)
        first, last = (
            np.searchsorted(self._names, hash(name)),
            np.searchsorted(self._names, hash(name), "right"),
        )
        mask[self._rows[first:last]] = True
        return mask


_catalogues: Kept[Catalogue] = Kept(1)


def catalogue_of(store: Any) -> Catalogue:
    """The catalogue of a store, made once."""
    return _catalogues.get(store.table, "catalogue", lambda: Catalogue(store))


def _names(cited: Citation) -> Iterator[tuple[str, str]]:
    if cited.pmid:
        yield "pmid", cited.pmid
    if cited.doi:
        yield "doi", cited.doi
    for author in cited.authors:
        yield from (("author", word) for word in author_words(author))


def _asked(lookup: Lookup) -> Iterator[tuple[str, str]]:
    if lookup.pmid:
        yield "pmid", lookup.pmid
    if lookup.doi:
        yield "doi", lookup.doi.lower()
    if lookup.author:
        yield "author", lookup.author.lower().split()[0]


def author_words(author: str) -> list[str]:
    """The words of an author's name, in small letters."""
    return re.split(r"[\s,]+", author.lower())


def same_journal(asked: str, names: tuple[str, ...]) -> bool:
    """Every asked word begins a word of the journal's name, in order: "bmc musculoskelet disord"."""
    wanted = re.findall(r"[a-z]+", asked.lower())
    for name in names:
        words = iter(re.findall(r"[a-z]+", name.lower()))
        if name and all(
            any(word.startswith(want) or want.startswith(word) for word in words) for want in wanted
        ):
            return True
    return False
