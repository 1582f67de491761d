"""Versions: the stores of a library by name, any of them opened, and an earlier one served again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import StoreDamaged, StoreMismatch, StoreMissing
from index.publish import available, before, rollback
from index.root import current_version, history, stores
from index.store import Store

if TYPE_CHECKING:
    from assistant.answering import Bench

CURRENT, PREVIOUS = "current", "previous"
FEWEST_DIGITS = 4
"""The first digits of a version that may stand for it."""


def named_version(root: Path, name: str) -> str:
    """The version that is meant: "current", "previous", a whole version, or the first digits of one that is kept.

    Raises:
        StoreMissing: no store that is kept, or more than one, has that name.
    """
    kept = available(root)
    served = _served(root)
    if name == CURRENT and served:
        return served
    if name == PREVIOUS:
        return _previous(root, served, kept)
    fitting = [version for version in kept if version == name or version.startswith(name.lower())]
    if len(fitting) == 1 and len(name) >= FEWEST_DIGITS:
        return fitting[0]
    why = "several stores begin so" if len(fitting) > 1 else "there is no such store"
    if fitting and len(name) < FEWEST_DIGITS:
        why = f"a version needs at least {FEWEST_DIGITS} digits"
    message = (
        f'"{name}" names no store in {root} ({why}); name one of those kept: {", ".join(kept) or "none"}'
    )
    raise StoreMissing(message)


def _previous(root: Path, served: str | None, kept: tuple[str, ...]) -> str:
    """The version that was served last before the one served now."""
    past = [line.version for line in history(root)]
    for version in reversed(past):
        if version != served and version in kept:
            return version
    message = f"there is no store in {root} beside the one served, so there is nothing to compare it with; name one with 'firstpass diff FROM TO'"
    raise StoreMissing(message)


def open_version(root: Path, version: str) -> Store:
    """A published store, whichever is served and whatever it was built with."""
    built = [line.built for line in history(root) if line.version == version]
    return Store(stores(root) / version, built=built[-1] if built else "")


def roll_back(bench: Bench, name: str | None, *, reason: str = "") -> dict[str, Any]:
    """Serve an earlier store again, and say which and which was served until now.

    Raises:
        StoreMissing: there is no such store, or none before the one served.
        StoreMismatch: it was built with something else than is in use now, so it could not be served.
        StoreDamaged: it is not as it was published.
    """
    root = bench.root
    version = before(root) if name is None else named_version(root, name)
    with open_version(root, version) as store:
        if different := store.manifest.fingerprints.differences(bench.expected()):
            names = " and ".join(different)
            message = f"store {version} was built with another {names} than now in use and could not be served; what is served stays; go back with the version of firstpass and the settings that built it"
            raise StoreMismatch(message)
        documents = store.documents
    left = _served(root)
    pointer = rollback(root, version, reason=reason)
    return {
        "version": pointer.version,
        "built": pointer.built,
        "documents": documents,
        "left": left if left != pointer.version else None,
        "reason": reason,
        "kept": list(available(root)),
    }


def _served(root: Path) -> str | None:
    """The version served, None where none is or the pointer to it is damaged: going back mends that."""
    try:
        return current_version(root)
    except StoreDamaged:
        return None
