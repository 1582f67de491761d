"""Sealed: a small record kept beside the stores with a hash of itself, so that damage makes it absent and never another record.

What is kept so is always made anew where it is absent: a score floor, verdicts, digests, what an export says of itself.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A record on disk, with the hash of its bytes."""

    check: str
    record: msgspec.Raw


def write_sealed(path: Path, record: object) -> None:
    """Write a record in one step; its folder must be there."""
    body = msgspec.json.encode(record)
    aside = path.with_name(f"{path.name}.{uuid.uuid4().hex}.new")
    try:
        aside.write_bytes(msgspec.json.encode(_Sealed(_check(body), msgspec.Raw(body))))
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def read_sealed(path: Path, of: type[T]) -> T | None:
    """The record in a file; None where there is none, or none that is whole.

    Args:
        path: of the file.
        of: what the record is.
    """
    try:
        sealed = msgspec.json.decode(path.read_bytes(), type=_Sealed)
        if _check(bytes(sealed.record)) != sealed.check:
            return None
        return msgspec.json.decode(sealed.record, type=of)
    except (OSError, UnicodeDecodeError, msgspec.MsgspecError, RecursionError):
        return None


def _check(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
