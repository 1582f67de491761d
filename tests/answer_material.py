"""What the tests of answers share: a library's answerer that needs no model, built once a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from word_encoder import word_encoders

from assistant.answering import Answerer, Bench
from assistant.settings import Settings
from corpus.rules import rules_version
from index.encoder import Encoders
from index.store import Store, fingerprints, open_store


class WordBench(Bench):
    """A bench whose model is the word encoder, with its stores in a folder of the test's."""

    def __init__(self, library: Path, root: Path) -> None:
        super().__init__(Settings(library, starter=False))
        self.root = root

    def encoders(self, progress: Callable[[int], None] | None = None) -> Encoders:
        """The word encoder."""
        return word_encoders()

    def open(self) -> Store:
        """The store that is served, if the word encoder and these rules made it."""
        expected = fingerprints(word_encoders().fingerprint, rules_version(self.vocabulary))
        return open_store(self.root, expected=expected)


def word_answerer(library: Path, root: Path) -> Answerer:
    """An answerer of a library, indexed with the word encoder."""
    bench = WordBench(library, root)
    encoders = bench.encoders()
    bench.publish(bench.prepare(bench.read(), encoders))
    return Answerer(bench, bench.open(), encoders)
