"""Milvus: the engine that holds passages' vectors and words for more than one machine; pymilvus stands behind it.

One client for all three: a file (milvus-lite, embedded in the process that opens it), a server, a cluster. Its errors are
translated here. A file is held by one process at a time: bots that run while the library is indexed need a server.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from index.errors import StoreDamaged, StoreError

TOKEN = "FIRSTPASS_MILVUS_TOKEN"  # noqa: S105 - the variable's name, no secret
ID, DOCUMENT, LABELS, VECTOR, WORDS = "id", "document", "labels", "vector", "words"
DEEPEST = 16_384
"""The most that Milvus gives for one question."""
SECONDS, PATIENCE = 10.0, 120.0
"""How long a server's answer to a question is waited for, and the embedded engine's, which shares this process's time; filling
and loading take what they take."""
LONGEST_LABEL, MOST_LABELS = 512, 1024
KINDS: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "FLAT": ({}, ""),
    "HNSW": ({"M": 16, "efConstruction": 200}, "ef"),
    "DISKANN": ({}, "search_list"),
    "AUTOINDEX": ({}, ""),
}
"""The kinds of index over vectors, how each is built, and what widens its search."""

Row = Mapping[str, Any]
_PINGS = {"grpc.keepalive_time_ms": 360_000}
"""pymilvus pings every ten seconds; the embedded engine ends a connection that is pinged more than every five minutes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the engine.

    Attributes:
        field: VECTOR or WORDS.
        by: a vector, or the weight of each word.
        where: a filter in Milvus's own language; empty for none.
        kind: of the index over vectors; empty for words.
    """

    field: str
    by: Any
    where: str = ""
    kind: str = ""


class Milvus:
    """A connection to one Milvus.

    Args:
        address: of a server or cluster ("http://host:19530"), or a file whose name ends in ".db".
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.embedded = "://" not in address
        if self.embedded and not address.endswith(".db"):
            message = f"{address} is no address of Milvus; nothing can be searched; name a server (http://host:19530) or a file that ends in .db"
            raise StoreError(message)
        self._seconds = PATIENCE if self.embedded else SECONDS
        try:
            import grpc
            import pymilvus
        except ModuleNotFoundError as error:
            message = f"the store is kept in Milvus at {address} and the package {error.name} is absent; nothing can be searched; install it (pip install 'firstpass[cluster]')"
            raise StoreError(message) from error
        # It logs a traceback of its own for every refusal, which is said once, by us.
        for name in ("pymilvus", "milvus_lite"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self._pymilvus: Any = pymilvus
        self._grpc: Any = grpc
        with self._translated():
            self._client: Any = pymilvus.MilvusClient(
                address,
                token=os.environ.get(TOKEN, ""),
                timeout=self._seconds,
                grpc_options=_PINGS,
            )

    def collections(self, beginning: str) -> tuple[str, ...]:
        """The names of the collections that begin so, sorted."""
        with self._translated():
            return tuple(sorted(n for n in self._client.list_collections() if n.startswith(beginning)))

    def create(self, name: str, dimension: int, kind: str) -> None:
        """Make an empty collection of passages."""
        types = self._pymilvus.DataType
        with self._translated():
            schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
            schema.add_field(ID, types.INT64, is_primary=True)
            schema.add_field(DOCUMENT, types.INT64)
            schema.add_field(
                LABELS,
                types.ARRAY,
                element_type=types.VARCHAR,
                max_capacity=MOST_LABELS,
                max_length=LONGEST_LABEL,
            )
            schema.add_field(VECTOR, types.FLOAT_VECTOR, dim=dimension)
            schema.add_field(WORDS, types.SPARSE_FLOAT_VECTOR)
            indexes = self._client.prepare_index_params()
            indexes.add_index(VECTOR, index_type=kind, metric_type="IP", params=dict(KINDS[kind][0]))
            indexes.add_index(WORDS, index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
            indexes.add_index(DOCUMENT, index_type="INVERTED")
            if "lite" not in self._client.get_server_version():  # which reads them without
                indexes.add_index(LABELS, index_type="INVERTED")
            self._client.create_collection(name, schema=schema)
            self._client.create_index(name, indexes, sync=False)  # nothing is in it yet to wait for

    def insert(self, name: str, rows: Sequence[Row]) -> None:
        """Add passages."""
        with self._translated():
            self._client.insert(name, list(rows))

    def finish(self, name: str) -> None:
        """Make what was added lasting and ready to be searched."""
        with self._translated():
            self._client.flush(name)
            self._client.load_collection(name)

    def load(self, name: str) -> None:
        """Make a collection ready to be searched.

        Raises:
            StoreDamaged: there is none of this name.
        """
        with self._translated():
            self._client.load_collection(name)

    def release(self, name: str) -> None:
        """Let a collection go out of memory; it is loaded again when a store of it is opened."""
        with self._translated():
            self._client.release_collection(name)

    def count(self, name: str) -> int:
        """How many passages a collection holds."""
        with self._translated():
            counted = self._client.query(
                name, filter="", output_fields=["count(*)"], consistency_level="Strong", timeout=self._seconds
            )
            return int(counted[0]["count(*)"])

    def drop(self, name: str) -> None:
        """Remove a collection."""
        with self._translated():
            self._client.drop_collection(name)

    def search(self, name: str, asked: Asked, n: int) -> list[tuple[int, float, Row]]:
        """The passages of a collection that fit best, `DEEPEST` at most: number, score, and its document, with its words where asked by them."""
        wider = KINDS[asked.kind][1] if asked.kind else ""
        with self._translated():
            found = self._client.search(
                name,
                data=[asked.by],
                anns_field=asked.field,
                limit=n,
                filter=asked.where,
                output_fields=[DOCUMENT] + [WORDS] * (asked.field == WORDS),
                search_params={"metric_type": "IP", "params": {wider: max(2 * n, 64)} if wider else {}},
                timeout=self._seconds,
            )
            return [(int(hit["id"]), float(hit["distance"]), hit["entity"]) for hit in found[0]]

    def rows(self, name: str, ids: Sequence[int], fields: Sequence[str]) -> dict[int, Row]:
        """What these passages hold, by number; one that is not there is absent."""
        if not ids:
            return {}
        with self._translated():
            found = self._client.query(
                name, filter=f"{ID} in {list(ids)}", output_fields=[ID, *fields], timeout=self._seconds
            )
            return {int(row[ID]): row for row in found}

    def aliased(self, alias: str) -> str | None:
        """The collection that an alias names; None where there is no such alias."""
        with self._translated():
            try:
                return str(self._client.describe_alias(alias, timeout=self._seconds)["collection_name"])
            except self._pymilvus.MilvusException as error:
                if "not exist" in str(error) or "not found" in str(error):
                    return None
                raise

    def point(self, alias: str, name: str) -> None:
        """Make an alias name a collection, in one step."""
        there = self.aliased(alias)
        if there == name:
            return
        with self._translated():
            (self._client.create_alias if there is None else self._client.alter_alias)(name, alias)

    def unpoint(self, alias: str) -> None:
        """Remove an alias, where there is one."""
        if self.aliased(alias) is not None:
            with self._translated():
                self._client.drop_alias(alias)

    def close(self) -> None:
        """End the connection; a file may then be opened by another process."""
        self._client.close()
        if self.embedded:
            from milvus_lite.server_manager import server_manager_instance

            server_manager_instance.release_server(self.address)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except self._pymilvus.exceptions.ConnectionConfigException as error:
            message = f"Milvus cannot open {self.address}; nothing is searched; a file is held by one process at a time, so stop the one that has it (a bot, or another command), or install milvus-lite (pip install 'firstpass[cluster]') where it is absent, or name a server in [store]"
            raise StoreError(message) from error
        except self._grpc.RpcError as error:
            said = f"no answer, {error.code().name}"
            raise self._refused(said) from error
        except self._pymilvus.MilvusException as error:
            said = str(getattr(error, "message", "") or error)
            if "not exist" in said or "not found" in said:
                message = f"Milvus at {self.address} lacks what the store needs ({said}); this store is not served; build the store again ('firstpass index')"
                raise StoreDamaged(message) from error
            raise self._refused(said) from error

    def _refused(self, said: str) -> StoreError:
        return StoreError(
            f"Milvus at {self.address} refused ({said}); nothing is answered from it; see that it runs and that [store] of library.toml names it, then try again"
        )


_OPEN: dict[str, Milvus] = {}
_LOCK = threading.Lock()


def connect(address: str) -> Milvus:
    """The connection to an address, one for the whole process."""
    with _LOCK:
        if address not in _OPEN:
            _OPEN[address] = Milvus(address)
        return _OPEN[address]


def disconnect() -> None:
    """End every connection of this process: its stores can no longer be asked, and a file may be opened by another process."""
    with _LOCK:
        for known in _OPEN.values():
            known.close()
        _OPEN.clear()
