"""A store that is no longer served is let go: its files, and with them its place on the disk."""

from __future__ import annotations

import gc
import os
import weakref
from pathlib import Path

from bench_material import KNEE_JOINT, asked, bench, hip_prp, knee_joint, library, write_records

from assistant.answering import Answerer
from assistant.indexing import index_library


def opened() -> int:
    """How many files this process holds open."""
    return len(list(Path(f"/proc/{os.getpid()}/fd").iterdir()))


def test_stores_that_were_answered_from_are_let_go(tmp_path: Path) -> None:
    """Twenty stores opened and asked one after the other leave no file of theirs open."""
    of = bench(library(tmp_path, knee_joint(90000001)))
    index_library(of)
    asked(of, KNEE_JOINT)
    gc.collect()
    before = opened()
    for _ in range(20):
        asked(of, KNEE_JOINT)
    gc.collect()
    assert opened() == before


def test_an_answerer_lets_the_store_before_go(tmp_path: Path) -> None:
    """What answers on and on holds the store that is served and none that was."""
    of = bench(library(tmp_path, knee_joint(90000001)))
    index_library(of)
    answerer = Answerer(of, of.open(), of.encoders())
    held = []
    for number in range(4):
        answerer.answer(KNEE_JOINT)
        held.append(weakref.ref(answerer.sources.store))
        write_records(
            tmp_path, knee_joint(90000001), *(hip_prp(90000010 + more) for more in range(number + 1))
        )
        index_library(of)
    answerer.answer(KNEE_JOINT)
    gc.collect()
    assert [one() for one in held] == [None] * 4
