"""Engine: which engine a root's stores are kept in, and which of its collections is served.

root/engine.json names the engine; it is absent where FAISS on disk is all there ever was. Each store kept in the engine
has a collection of its own, named by the root's space and the store's version, which never changes once it is whole. The
alias names the collection that is served: pointing it elsewhere is the one step by which a store is published or an
earlier one served again (`index.root`).
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from index.errors import StoreDamaged, StoreError

if TYPE_CHECKING:
    from index.milvus import Milvus

NAME = "engine.json"
COLLECTION = "collection.json"
"""In the folder of a store that is kept in the engine."""
FILE = "milvus.db"
"""The engine's file below the root, where no address is named."""
ADDRESS = "FIRSTPASS_MILVUS"
"""The variable that names the engine's address in place of what was written: the same stores, seen from another machine."""
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,100}")


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """What `[store]` of library.toml says of an engine.

    Attributes:
        address: of a server, or a file; empty for one below the root.
        alias: what the served collection is called; empty for one of the root's own.
        kind: of the index over vectors; empty for exact search in small stores and HNSW in large ones.
    """

    address: str = ""
    alias: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Stated:
    """What engine.json holds."""

    address: str
    alias: str
    space: str


class Engine:
    """The engine of one root.

    Args:
        root: of the library's stores.
        stated: what its engine.json says.
    """

    def __init__(self, root: Path, stated: Stated) -> None:
        self._root = root
        self.stated = stated

    @property
    def address(self) -> str:
        """Where the engine is: a server's address, or a file's absolute path."""
        named = os.environ.get(ADDRESS) or self.stated.address or FILE
        return named if "://" in named else str((self._root / Path(named).expanduser()).resolve())

    @property
    def alias(self) -> str:
        """The alias of the collection that is served."""
        return self.stated.alias or self.stated.space

    def collection(self, version: str) -> str:
        """The name of a store's collection."""
        return f"{self.stated.space}_{version}"

    def milvus(self) -> Milvus:
        """The connection."""
        from index.milvus import connect

        return connect(self.address)

    def served(self) -> str | None:
        """The version whose collection the alias names; None where it names none."""
        name = self.milvus().aliased(self.alias)
        if name is None:
            return None
        beginning = self.collection("")
        if not name.startswith(beginning):
            message = f"the alias {self.alias} of {self.address} names {name}, which is not of {self._root}; nothing was changed; name another alias in [store] of library.toml"
            raise StoreError(message)
        return name.removeprefix(beginning)

    def serve(self, version: str) -> None:
        """Make the alias name a store's collection, in one step."""
        self.served()  # refuses another library's alias
        self.milvus().point(self.alias, self.collection(version))

    def release(self) -> None:
        """Let the alias name nothing: what is served is not in the engine."""
        if self.served() is not None:
            self.milvus().unpoint(self.alias)

    def sweep(self, kept: Collection[str], ready: Collection[str]) -> tuple[str, ...]:
        """Remove the collections of this root of which no store is kept; gives back their versions.

        Args:
            kept: versions of which a store is kept.
            ready: those that stay in memory; the others are loaded again where they are opened.
        """
        beginning = self.collection("")
        found = [name.removeprefix(beginning) for name in self.milvus().collections(beginning)]
        spare = tuple(version for version in found if version not in kept)
        for version in spare:
            self.milvus().drop(self.collection(version))
        for version in found:
            if version in kept and version not in ready:
                self.milvus().release(self.collection(version))
        return spare


def engine_of(root: Path) -> Engine | None:
    """The engine of a root; None where its stores lie on disk alone.

    Raises:
        StoreDamaged: its engine.json was altered.
    """
    path = root / NAME
    try:
        stated = msgspec.json.decode(path.read_bytes(), type=Stated)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, RecursionError) as error:
        message = f"{path} cannot be read ({error}); what is served is not known; remove it and build the store again ('firstpass index')"
        raise StoreDamaged(message) from error
    return Engine(root, stated)


def settle(root: Path, settings: EngineSettings) -> Engine:
    """The engine that a root's stores are to be kept in, written down; the space stays the one it has."""
    for what, value in (("alias", settings.alias), ("index", settings.kind)):
        if value and not _WORD.fullmatch(value):
            message = f'"{value}" cannot be the {what} in [store]; nothing was published; use letters, digits and "_"'
            raise StoreError(message)
    known = engine_of(root)
    space = f"firstpass_{secrets.token_hex(4)}" if known is None else known.stated.space
    stated = Stated(settings.address, settings.alias, space)
    made = Engine(root, stated)
    if known is not None and known.stated == stated:
        return known
    renamed = known is not None and known.address == made.address and known.alias != made.alias
    made.served()  # an engine that does not answer, or another library's alias, is refused before anything is written
    served = known.served() if known is not None and renamed else None
    if served is not None:
        made.serve(served)
    aside = root / f"{NAME}.{os.getpid()}.new"
    aside.write_bytes(msgspec.json.encode(stated))
    aside.replace(root / NAME)
    if known is not None and served is not None:
        known.release()
    return made
