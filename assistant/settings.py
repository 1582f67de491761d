"""Settings: which library, which store, read once from options and environment into one record."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Settings:
    """What a command needs to know before it starts.

    Attributes:
        library: the curated folder.
        starter: True where no library was named and the one that ships is used.
    """

    library: Path
    starter: bool


def find_library(option: str | None) -> Settings:
    """The library to use: the option, else FIRSTPASS_LIBRARY, else the folder one stands in, else the starter library.

    The folder one stands in counts only where it has a `library.toml`.

    Raises:
        SettingsError: the folder named does not exist or is no folder.
    """
    from corpus.library_file import starter_library

    named = option or os.environ.get("FIRSTPASS_LIBRARY")
    if named:
        folder = Path(named).expanduser()
        if not folder.is_dir():
            msg = f'the library "{named}" is no folder, so nothing can be read from it; name one with --library FOLDER'
            raise SettingsError(msg)
        return Settings(folder.resolve(), starter=folder.resolve() == starter_library().resolve())
    here = Path.cwd()
    if (here / "library.toml").is_file():
        return Settings(here, starter=False)
    return Settings(starter_library(), starter=True)
