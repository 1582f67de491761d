"""What the tests of the store share: plainly synthetic documents, labels and tools that need no model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from word_encoder import word_encoders

from corpus.document import Citation, Document, Kind, Status
from corpus.label import Label, Origin
from corpus.text import Part, compose
from index.build import BuildTools
from index.seam import Vectors


def record(number: int, body: str | None = None, *, status: Status = Status.NONE_RECORDED) -> Document:
    """A synthetic paper."""
    title = f"Synthetic record {number}"
    said = f"Cells of batch {number} were given. Knees of {number * 7} people were seen later."
    text, sections = compose(title, [Part(said if body is None else body)])
    return Document(f"pmid:{number:08d}", Kind.PAPER, text, sections, Citation(title), status=status)


def records(count: int) -> list[Document]:
    """Synthetic papers 1 to `count`."""
    return [record(number) for number in range(1, count + 1)]


def label(document: Document) -> Mapping[str, Label]:
    """Labels by the last digit of a document's id."""
    digit = document.id[-1]
    species = Label((("human", "rat")[int(digit) % 2] if digit.isdecimal() else "human",), Origin.MESH)
    return {"species": species, "route": Label(("intravenous",), Origin.TEXT_RULE, ((0, 9),))}


def tools(vocabulary: str = "synthetic-1") -> BuildTools:
    """What to build with: the word encoder and the labels above."""
    return BuildTools(word_encoders(), label, vocabulary)


class Refusing:
    """An encoder that fails after so many calls, as a killed run would."""

    def __init__(self, calls: int) -> None:
        self.calls = calls
        self.inner = word_encoders().passages

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode, or fail."""
        self.calls -= 1
        if self.calls < 0:
            raise KeyboardInterrupt
        return self.inner.encode(texts)


def refusing_tools(calls: int) -> BuildTools:
    """Tools whose encoder fails after so many batches."""
    plain = tools()
    return replace(plain, encoders=replace(plain.encoders, passages=Refusing(calls)))
