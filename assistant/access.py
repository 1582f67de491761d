"""Access: how `add` and `pull` reach the network, from the environment and the library's settings.

FIRSTPASS_EUTILS_URL  where E-utilities are, for a mirror or a stand-in; naming it allows that address, whatever it is
NCBI_API_KEY          NCBI's key: 10 requests a second instead of 3
NCBI_EMAIL            whom NCBI may write to; `email` under [settings] in library.toml serves too
"""

from __future__ import annotations

import os

from assistant.errors import SettingsError
from assistant.settings import find_library
from corpus.eutils import ADDRESS, Access, Eutils
from corpus.fetch import Fetcher
from corpus.library_file import Library, open_library


def library_to_change(option: str | None) -> Library:
    """The library that a command is to write into.

    Raises:
        SettingsError: it is the starter library, which the next upgrade would replace.
    """
    settings = find_library(option)
    if settings.starter:
        msg = (
            "the starter library ships with firstpass and an upgrade replaces it, so nothing is written into it; "
            "make a folder of your own and name it with --library FOLDER"
        )
        raise SettingsError(msg)
    return open_library(settings.library)


def fetcher_for(library: Library) -> Fetcher:
    """What pages and feeds are fetched with."""
    private = bool(library.settings.get("allow_private_addresses", False))
    return Fetcher(allow_private=private, contact=email_of(library))


def eutils_for(library: Library, *, tries: int = 5) -> Eutils:
    """What PubMed is asked with; each request is made up to `tries` times."""
    named = os.environ.get("FIRSTPASS_EUTILS_URL", "").strip()
    fetcher = Fetcher(allow_private=bool(named) or fetcher_for(library).allow_private)
    key = os.environ.get("NCBI_API_KEY", "").strip()
    return Eutils(fetcher, Access(named or ADDRESS, key=key, email=email_of(library)), tries=tries)


def email_of(library: Library) -> str:
    """The e-mail address that servers' keepers may write to; empty where none is given."""
    return os.environ.get("NCBI_EMAIL", "").strip() or str(library.settings.get("email", "")).strip()
