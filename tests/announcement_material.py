"""What the tests of announcements share: a library that grows, its real stores, and bots that answer from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench_material import (
    HIP_PRP,
    KNEE_JOINT,
    WordBench,
    bench,
    hip_prp,
    knee_joint,
    library,
    question,
    write_records,
)
from slack_bench import Bench
from slack_stand_in import SlackStandIn

from assistant.answering import Answerer
from assistant.indexing import index_library
from assistant.slack.stores import LibraryStores

JOINT, OTHER, HIP = 90000001, 90000002, 90000003
CHANNEL = "C9"
LOOK = 0.1
RETRACTED = "RIN - Synth J. 2021;1:1. PMID: 90000099\nPT  - Retracted Publication\n"
CONCERN = "ECI - Synth J. 2021;1:1. PMID: 90000098\n"
GAPS = "what don't you have?"


class Curated:
    """A library of synthetic records with the stores that were published of it."""

    def __init__(self, folder: Path, *, keep: int = 3) -> None:
        """Two records, indexed."""
        self.of: WordBench = bench(
            library(folder, knee_joint(JOINT), hip_prp(HIP), questions=question(KNEE_JOINT))
        )
        settings = f'name = "Synthetic library"\n[settings]\nkeep_stores = {keep}\n'
        (folder / "library.toml").write_text(settings, "utf-8")
        self.of = bench(folder)
        self.index()

    def index(self, *records: str) -> str:
        """The library of these records, published; its version."""
        if records:
            write_records(self.of.library.folder, *records)
        return index_library(self.of, accept="a test").report.version

    def grow(self) -> str:
        """One record more."""
        return self.index(knee_joint(JOINT), hip_prp(HIP), knee_joint(OTHER))

    def retract(self, status: str = RETRACTED) -> str:
        """The first record retracted, or with another status."""
        return self.index(with_status(knee_joint(JOINT), status), hip_prp(HIP))

    def bot(
        self,
        state: Path,
        slack: SlackStandIn | None = None,
        *,
        answering: type[Answerer] = Answerer,
        **settings: Any,
    ) -> Bench:
        """A bot that answers from the library, with its stores told of in `CHANNEL`."""
        answerer = answering(self.of, self.of.open(), self.of.encoders())
        stores = LibraryStores(self.of, self.of.encoders)
        return Bench(
            state, slack, real=answerer, stores=stores, **{"changes": CHANNEL, "look": LOOK, **settings}
        )


class Behind(Answerer):
    """An answerer of a process that takes no newer store, as one that was not started anew after an upgrade."""

    def refresh(self) -> None:
        """Keep the store that was opened."""


def with_status(record: str, status: str) -> str:
    """The record with what says its status."""
    return record.rstrip() + "\n" + status + "\n"


def said(message: dict[str, Any]) -> str:
    """All that a message shows."""
    return f"{message.get('text')} {message.get('blocks')}"


__all__ = ["HIP_PRP", "KNEE_JOINT"]
