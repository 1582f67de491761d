"""What can go wrong between a message and an answer.

AssistantError               anything below; carries what, consequence and cure
├── SettingsError            an option or an environment variable is wrong
├── GateClosedError          a new store answers a judged question worse; what is served stays
├── MapError                 an evidence gap map cannot be drawn as asked
├── StateError               the bots' database cannot be reached, or not be used; nothing in it was changed
└── SourceChangedError       a quote no longer equals the stored text; nothing is shown
"""

from __future__ import annotations


class AssistantError(Exception):
    """A failure that its reader can mend; its text says what is wrong, what follows, what to do."""


class SettingsError(AssistantError):
    """An option or an environment variable is wrong."""


class GateClosedError(AssistantError):
    """A store that was prepared answers a judged question worse than the one served, and no reason was given."""


class MapError(AssistantError):
    """An evidence gap map cannot be drawn as asked."""


class StateError(AssistantError):
    """The bots' database cannot be reached, or cannot be used. What was to be written may be written again: it is the same then."""


class SourceChangedError(AssistantError):
    """A quote is not the stored text at its offsets, so the answer is withheld."""
