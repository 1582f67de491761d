"""What can go wrong while reading a corpus.

CorpusError                  anything below; carries what, consequence and cure
├── UnreadableError          one file cannot be read: wrong, damaged, encrypted, empty, too large
├── FetchError               an address cannot be fetched, or what it answers is not what was asked for
├── LibraryError             library.toml or curation.toml is wrong, with the place
└── VocabularyError          vocabulary.toml contradicts itself, with the place
"""

from __future__ import annotations


class CorpusError(Exception):
    """A failure that a curator can mend; its text says what is wrong, what follows, what to do."""


class UnreadableError(CorpusError):
    """One file that could not be read; the rest of the library still is.

    Args:
        reason: what is wrong with the file, in a few words.
        cure: what the curator can do about it.
    """

    def __init__(self, reason: str, cure: str) -> None:
        super().__init__(f"{reason}; {cure}")
        self.reason = reason
        self.cure = cure


class FetchError(CorpusError):
    """An address that gave nothing usable.

    Args:
        reason: what is wrong, with the address (never its query, which may hold a key).
        cure: what the curator can do about it.
        temporary: whether the same request may succeed later.
        wait: the seconds that the server asks to be left alone.
    """

    def __init__(self, reason: str, cure: str, *, temporary: bool = False, wait: float | None = None) -> None:
        super().__init__(f"{reason}; {cure}")
        self.reason = reason
        self.cure = cure
        self.temporary = temporary
        self.wait = wait


class LibraryError(CorpusError):
    """The library's own settings or overrides are wrong."""


class VocabularyError(CorpusError):
    """The vocabulary contradicts itself or cannot be read."""
