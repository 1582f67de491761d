"""The label table counts what a plain loop over the labels counts."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from store_material import record

from corpus.document import Status
from corpus.label import Label, Origin
from index.labels import LabelTable

VALUES = ("human", "rat", "not-stated")
ROW = st.tuples(
    st.sets(st.sampled_from(VALUES), min_size=1), st.integers(0, 3), st.sampled_from(list(Status))
)


@settings(deadline=None, max_examples=50)
@given(st.lists(ROW, max_size=8), st.lists(st.sampled_from([*VALUES, "unknown"])))
def test_the_table_counts_as_a_loop_does(rows: list[tuple[set[str], int, Status]], wanted: list[str]) -> None:
    """Saved and loaded, it gives the same documents, studies and counts as going through the labels one by one."""
    documents = [record(number, status=status) for number, (_, _, status) in enumerate(rows)]
    labels = [{"species": Label(tuple(sorted(values)), Origin.MESH)} for values, _, _ in rows]
    studies = [f"study {study}" for _, study, _ in rows]
    with tempfile.TemporaryDirectory() as folder:
        LabelTable.build(documents, labels, studies).save(Path(folder))
        table = LabelTable.load(Path(folder))
        mask = table.having("species", wanted)
        assert mask.tolist() == [bool(values & set(wanted)) for values, _, _ in rows]
        assert table.studies(mask) == len({s for (_, s, _), has in zip(rows, mask, strict=True) if has})
        assert table.by_value("species", mask) == {
            value: number
            for value in sorted(VALUES)
            if (number := len({s for (v, s, _), h in zip(rows, mask, strict=True) if h and value in v}))
        }
        uncounted = (Status.RETRACTED, Status.NOTICE)
        assert table.countable.tolist() == [status not in uncounted for _, _, status in rows]
        assert list(table.status) == [status.value for _, _, status in rows]
        assert (table.kind == "paper").all()
        assert not table.having("no such facet", ("human",)).any()
        assert table.having("status", ("retracted",)).sum() == sum(s is Status.RETRACTED for _, _, s in rows)
        assert len(np.unique(table.study)) == len(set(studies))
