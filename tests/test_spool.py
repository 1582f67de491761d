"""Spools: what is put in comes out equal, and memory holds none of it."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import spool as spooling
from corpus.spool import Made, Ordered, Spool


@pytest.mark.parametrize("written", [1, 7, 1 << 20])
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(), max_size=12), start=st.integers(-14, 14), end=st.integers(-14, 14))
def test_a_spool_is_the_list_of_what_was_put_in(
    texts: list[str], start: int, end: int, written: int, tmp_path: Path
) -> None:
    """By place, by stretch, gone through, also while more is added, and in another order, it is what a list is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spooling, "WRITTEN", written)
        as_a_list(Spool(tmp_path, str.encode, bytes.decode), texts, start, end)


def as_a_list(spool: Spool[str], texts: list[str], start: int, end: int) -> None:
    """Put these texts in and compare."""
    for at, text in enumerate(texts):
        spool.add(text)
        assert spool[at] == spool[-1] == text
    assert list(spool) == texts
    assert spool[start:end] == texts[start:end]
    assert spool[::-1] == texts[::-1]
    spool.settle()
    assert spool[1:] == texts[1:]
    order = sorted(range(len(texts)), key=texts.__getitem__)
    turned = Ordered(spool, order)
    assert list(turned) == turned[:] == sorted(texts)
    made = Made(len(texts), turned.__getitem__)
    assert made == turned == sorted(texts)
    assert repr(made) == repr(tuple(sorted(texts)))
    assert made[start:end] == sorted(texts)[start:end]
    assert made != [*texts, "more"]


def test_a_spool_does_not_grow_in_memory(tmp_path: Path) -> None:
    """Forty megabytes put in and gone through take less than a quarter of that."""
    tracemalloc.start()
    try:
        spool: Spool[bytes] = Spool(tmp_path, bytes, bytes)
        for number in range(4000):
            spool.add(number.to_bytes(2, "big") * 5000)
        assert sum(1 for _ in spool) == 4000
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
    assert list(tmp_path.iterdir()) == []
