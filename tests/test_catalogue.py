"""The catalogue: every document that a lookup may mean, found without reading all documents."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from store_material import record, tools

from assistant.about import _fits
from assistant.asked import Lookup
from assistant.catalogue import Catalogue, catalogue_of
from corpus.document import Citation, Document
from index.build import build
from index.store import Store, open_store

CITED: tuple[dict[str, Any], ...] = (
    {"authors": ("Synthetic A", "Example-Made B"), "year": 2018, "journal": "Journal of Synthetic Records"},
    {"authors": ("Synthetic, C",), "year": 2019, "journal_abbreviation": "J Synth Rec", "doi": "10.0000/a"},
    {"authors": ("de Example D",), "year": 2019, "pmid": "00000003"},
    {"year": 2021, "journal": "Journal of Examples", "doi": "10.0000/b"},
    {},
)
LOOKUPS = (
    Lookup(author="Synthetic"),
    Lookup(author="synthetic", year=2019),
    Lookup(author="Example"),
    Lookup(author="Nobody"),
    Lookup(journal="J Synth Rec"),
    Lookup(journal="Journal", year=2021),
    Lookup(year=2019),
    Lookup(year=1999),
    Lookup(pmid="00000003"),
    Lookup(doi="10.0000/A"),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store of five documents, cited in different ways."""
    root = tmp_path_factory.mktemp("root")
    documents: list[Document] = [
        replace(record(number), citation=Citation(f"Synthetic record {number}", **cited))
        for number, cited in enumerate(CITED, start=1)
    ]
    build(documents, tools=tools(), root=root)
    return open_store(root)


@pytest.mark.parametrize("lookup", LOOKUPS)
def test_a_lookup_finds_what_a_look_at_every_document_finds(store: Store, lookup: Lookup) -> None:
    """The rows named for a lookup are those of the documents that fit it, in order."""
    fitting = [row for row, one in enumerate(store.ids) if _fits(store.document(one), lookup)]
    assert Catalogue(store).rows(lookup).tolist() == fitting


def test_it_is_made_once_for_a_store_and_knows_the_newest_year(store: Store) -> None:
    """The catalogue of an open store is the same one each time; 2021 is the latest year stated."""
    assert catalogue_of(store) is catalogue_of(store)
    assert catalogue_of(store).newest == 2021
