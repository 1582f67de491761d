"""The label table: which documents have which label, kind and status, and which study each reports.

Each (facet, value) has the rows of its documents; a question over hundreds of thousands of documents is then a few
truth columns and their AND. "kind", "status" and "checked" ("DATE SOURCE" of each retraction check) are asked like facets.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from corpus.document import Document, Kind, Status
from corpus.label import Label
from index.mapped import load
from index.whence import HELD, KEY, whence

Mask = NDArray[np.bool_]

COLUMNS, ROWS, STUDY, COUNTABLE = (
    "table.json",
    "table-rows.npy",
    "table-study.npy",
    "table-countable.npy",
)
UNCOUNTED = frozenset((Status.RETRACTED, Status.NOTICE))


class LabelTable:
    """The labels of all documents; a row is a document's number in the store.

    Attributes:
        study: the number of the study that each document reports; documents of one study share it.
        countable: papers that are neither retracted nor a notice.
    """

    def __init__(
        self,
        columns: Mapping[tuple[str, str], tuple[int, int]],
        rows: NDArray[np.int32],
        study: NDArray[np.int32],
        countable: Mask,
    ) -> None:
        self._columns = columns
        self._rows = rows
        self.study = study
        self.countable = countable
        self._values: dict[str, list[str]] = {}
        for facet, value in columns:
            self._values.setdefault(facet, []).append(value)
        self._studies = int(study.max()) + 1 if len(study) else 0

    @classmethod
    def build(
        cls, documents: Sequence[Document], labels: Sequence[Mapping[str, Label]], studies: Sequence[str]
    ) -> LabelTable:
        """The table of documents in order, with the labels and the study key of each."""
        found: dict[tuple[str, str], array[int]] = {}
        countable = np.empty(len(documents), dtype=np.bool_)
        for row, (document, labelled) in enumerate(zip(documents, labels, strict=True)):
            stated = [("kind", document.kind.value), ("status", document.status.value)]
            stated += [("checked", f"{when} {source}") for source, when in dict.fromkeys(document.checked)]
            stated += [
                (facet, value) for facet, label in labelled.items() for value in dict.fromkeys(label.values)
            ]
            for key in stated:
                found.setdefault(key, array("i")).append(row)
            countable[row] = document.kind is Kind.PAPER and document.status not in UNCOUNTED
        columns, start = {}, 0
        for key in sorted(found):
            columns[key] = (start, start + len(found[key]))
            start += len(found[key])
        rows = np.empty(start, dtype=np.int32)
        for key, (start, end) in columns.items():
            rows[start:end] = found.pop(key)
        return cls(columns, rows, _numbered(studies), countable)

    def save(self, folder: Path) -> None:
        """Write the table into a folder; the same table gives the same bytes."""
        listed = [[facet, value, start, end] for (facet, value), (start, end) in self._columns.items()]
        (folder / COLUMNS).write_bytes(msgspec.json.encode(listed))
        np.save(folder / ROWS, self._rows)
        np.save(folder / STUDY, self.study)
        np.save(folder / COUNTABLE, self.countable)

    @classmethod
    def load(cls, folder: Path) -> LabelTable:
        """The table of a folder, mapped into memory."""
        raw = (folder / COLUMNS).read_bytes()
        listed = msgspec.json.decode(raw, type=list[tuple[str, str, int, int]])
        columns = {(facet, value): (start, end) for facet, value, start, end in listed}
        # As plain arrays over the mapped file: numpy's memmap class costs more than the work on short columns.
        rows, study, countable = (load(folder / name).view(np.ndarray) for name in (ROWS, STUDY, COUNTABLE))
        return cls(columns, rows, study, countable)

    def __len__(self) -> int:
        return len(self.study)

    def having(self, facet: str, values: Collection[str]) -> Mask:
        """The documents with any of these very values of the facet (or "kind", "status"); narrower ones are the caller's to name."""
        mask = np.zeros(len(self), dtype=np.bool_)
        for value in values:
            start, end = self._columns.get((facet, value), (0, 0))
            mask[self._rows[start:end]] = True
        return mask

    def facets(self) -> tuple[str, ...]:
        """The facets that any document has a value of, sorted."""
        return tuple(self._values)

    def rows(self, facet: str, value: str) -> NDArray[np.int32]:
        """The rows of the documents with this very value, rising."""
        start, end = self._columns.get((facet, value), (0, 0))
        return self._rows[start:end]

    def values(self, facet: str) -> tuple[str, ...]:
        """The values of a facet that any document has, sorted."""
        return tuple(self._values.get(facet, ()))

    def studies(self, mask: Mask) -> int:
        """How many studies the documents of the mask report, each once."""
        seen = np.zeros(self._studies, dtype=np.bool_)
        seen[self.study[mask]] = True
        return int(np.count_nonzero(seen))

    def by_value(self, facet: str, mask: Mask) -> dict[str, int]:
        """The studies of the mask by the values of a facet that they have; a study with two values stands in both."""
        counts = {}
        for value in self.values(facet):
            start, end = self._columns[facet, value]
            rows = self._rows[start:end]
            seen = np.zeros(self._studies, dtype=np.bool_)
            seen[self.study[rows[mask[rows]]]] = True
            if number := int(np.count_nonzero(seen)):
                counts[value] = number
        return counts

    @property
    def kind(self) -> NDArray[np.object_]:
        """Each document's kind."""
        return self._column("kind")

    @property
    def status(self) -> NDArray[np.object_]:
        """Each document's status."""
        return self._column("status")

    def _column(self, facet: str) -> NDArray[np.object_]:
        column = np.full(len(self), "", dtype=np.object_)
        for value in self.values(facet):
            start, end = self._columns[facet, value]
            column[self._rows[start:end]] = value
        return column


def _numbered(studies: Sequence[str]) -> NDArray[np.int32]:
    """The number of the study of each document, by first sight; told by their hashes, so that no key is kept."""
    hashes = (hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest() for key in studies)
    keys = np.fromiter(hashes, dtype=KEY, count=len(studies))
    first = np.empty(len(studies), dtype=np.int64)
    whence(keys, np.empty(0, dtype=HELD), first)
    numbers = np.cumsum(first == np.arange(len(first)), dtype=np.int32) - 1
    return np.asarray(numbers[first], dtype=np.int32)
