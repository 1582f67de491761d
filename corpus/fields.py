"""Fields: the values that front matter gives, handed out by sort, refused by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NoReturn

from corpus.errors import UnreadableError

NOTHING = ("", "~", "null")


def refuse(name: str, key: str, problem: str) -> NoReturn:
    """Raises the error that names file, key and problem."""
    reason = f"in the front matter of {name}, '{key}' {problem}"
    raise UnreadableError(reason, "mend the key; the file is left out until then")


@dataclass(frozen=True, slots=True)
class Fields:
    """The values as written, given out by sort; a value of another sort is refused with file and key."""

    values: dict[str, Any]
    name: str

    def text(self, key: str) -> str | None:
        """The key's text on one line, None where it is absent or empty."""
        value = self.values.get(key, "")
        if not isinstance(value, str):
            refuse(self.name, key, "must be a single text")
        return None if value.strip() in NOTHING else " ".join(value.split())

    def texts(self, key: str) -> tuple[str, ...]:
        """The key's texts; a single text counts as a list of one, and ';' divides it."""
        value = self.values.get(key, [])
        if isinstance(value, str):
            value = [] if value.strip() in NOTHING else value.split(";")
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            refuse(self.name, key, "must be a list of texts")
        return tuple(" ".join(each.split()) for each in value if each.strip())

    def match(self, key: str, pattern: str, wanted: str) -> str | None:
        """The key's text where the whole of it matches the pattern's first group."""
        value = self.text(key)
        if value is None:
            return None
        found = re.fullmatch(pattern, value, re.IGNORECASE)
        if found is None:
            refuse(self.name, key, f"must be {wanted}, but is '{value[:60]}'")
        return found.group(1)

    def one_of(self, key: str, allowed: dict[str, Any], default: Any) -> Any:
        """What the key's word stands for; the default where it is absent."""
        value = self.text(key)
        if value is None:
            return default
        if value.casefold() not in allowed:
            refuse(self.name, key, f"must be one of {', '.join(allowed)}, but is '{value[:60]}'")
        return allowed[value.casefold()]

    def mapping(self, key: str) -> dict[str, Any]:
        """The key's own keys and values."""
        value = self.values.get(key, "")
        if isinstance(value, str) and value.strip() in NOTHING:
            return {}
        if not isinstance(value, dict):
            refuse(self.name, key, "must hold keys of its own")
        return value
