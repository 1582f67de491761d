"""A vocabulary kept on disk, read and laid out: expanding its forms takes longer than answering a question with them.

What is kept is only ever a copy. It names the files and the rules that it was made of and carries a hash of itself:
where either differs, where it is damaged or absent, the vocabulary's files are read as if there were none.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from corpus.laid import Laid
from corpus.own_file import own_bytes
from corpus.rules import rules_of
from corpus.vocabulary import Vocabulary, load_vocabulary
from corpus.vocabulary_file import version_of

NAME = "vocabulary.kept"
FORMAT = 1
"""Raised whenever what is kept changes its form."""
_HASH = 64


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept: of what it was made, the file's tables, and its forms laid out."""

    made_of: str
    tables: dict[str, Any]
    laid: Laid


def open_vocabulary(extra: Path | None, folder: Path) -> Vocabulary:
    """The vocabulary, with a library's own file laid over it: as kept in the folder, else read from its files.

    Raises:
        VocabularyError: a file cannot be read or contradicts itself; the message names the place.
    """
    version = version_of(extra)
    kept = _read(folder / NAME)
    if kept is None or kept.made_of != _made_of(version):
        return load_vocabulary(extra)
    return Vocabulary(kept.tables, version, kept.laid)


def keep_vocabulary(vocabulary: Vocabulary, folder: Path) -> None:
    """Keep a vocabulary in a folder, where it can be written; nothing is done for one that is kept there."""
    if vocabulary.is_kept or not folder.is_dir():
        return
    tables = dict(vocabulary.raw)
    with suppress(OSError, TypeError):  # then the next process reads its files again
        if msgspec.msgpack.decode(msgspec.msgpack.encode(tables)) != tables:
            return  # a date, or another value that would come back as another
        body = msgspec.msgpack.encode(_Kept(_made_of(vocabulary.version), tables, vocabulary.laid))
        aside = folder / f"{NAME}.{os.getpid()}.new"
        aside.write_bytes(_hash(body) + body)
        aside.replace(folder / NAME)


def _read(path: Path) -> _Kept | None:
    """What is kept; None where there is nothing, or it is not as it was written."""
    try:
        content = memoryview(own_bytes(path))
        if content[:_HASH] != _hash(content[_HASH:]):
            return None
        return msgspec.msgpack.decode(content[_HASH:], type=_Kept)
    except (OSError, msgspec.MsgspecError):
        return None


def _hash(body: bytes | memoryview) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


def _made_of(version: str) -> str:
    """The files, the rules and the form."""
    return f"{FORMAT} {version} {rules_of(version)}"
