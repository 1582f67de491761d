"""What can go wrong while indexing and searching.

SearchError                  anything below; carries what, consequence and cure
├── EncoderError             the embedded model is missing, altered, or cannot encode
├── ClusterError             Ray cannot be reached, was lost, or has a worker that is not fit
├── StoreError               anything below that concerns a store on disk
│   ├── StoreMissing         there is no published store where one is expected
│   ├── StoreMismatch        built with another model, splitter or vocabulary than the settings name
│   ├── StoreDamaged         a file is truncated, altered or absent; nothing of it is served
│   └── StoreLocked          another build is under way
└── JudgedSetError           the folder of a judged set is not in BEIR form, with the place
"""

from __future__ import annotations


class SearchError(Exception):
    """A failure that the maintainer can mend; its text says what is wrong, what follows, what to do."""


class EncoderError(SearchError):
    """The model that turns text into vectors is missing, altered, or failed."""


class ClusterError(SearchError):
    """A Ray cluster cannot be reached, was lost, or has a worker that would make other vectors."""


class StoreError(SearchError):
    """A store on disk cannot be used as asked."""


class StoreMissing(StoreError):  # noqa: N818 - the kind of StoreError reads best without a second "Error"
    """No published store is where one is expected."""


class StoreMismatch(StoreError):  # noqa: N818 - as above
    """The store was built with another model, splitter or vocabulary."""


class StoreDamaged(StoreError):  # noqa: N818 - as above
    """A file of the store is truncated, altered or absent."""


class StoreLocked(StoreError):  # noqa: N818 - as above
    """Another build holds the store."""


class JudgedSetError(SearchError):
    """A judged set that `measure` was given is not in BEIR form."""
