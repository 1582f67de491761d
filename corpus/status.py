"""What a record itself says happened to the paper: retracted, of concern, corrected, superseded, or a notice.

Direction matters: "RetractionIn" stands on the retracted paper, "RetractionOf" on the notice that retracts
another. The rules are in records.toml; publication types and link kinds are compared as whole values, never
as parts of words. A record that says nothing gives "none-recorded", which is not "clean".
"""

from __future__ import annotations

import re

from corpus.document import Record, Status
from corpus.record_tables import tables

# Publishers put these before the title of the paper itself or of the notice; some exports carry no other sign.
_RETRACTED_TITLE = re.compile(
    r"\s*[\[(]?(?:RETRACTED|Retracted)(?: ?(?:ARTICLE|Article|PAPER|Paper))?[\])]?\s*[:.\]]", re.ASCII
)
_NOTICE_TITLE = re.compile(
    r"\s*\[?(?:(?:partial )?retraction(?: (?:note|notice|statement))?|notice of retraction|expression of concern|"
    r"(?:published )?erratum|corrigendum|corrigenda|(?:author |publisher )?correction)(?: (?:to|for))?\]?\s*[:.]",
    re.IGNORECASE,
)


def status_of(record: Record) -> Status:
    """The strongest status that the record's publication types and links give."""
    kinds = {link.kind.lower() for link in record.links}
    types = {kind.strip().lower() for kind in record.publication_types}
    for rule in tables().status_rules:
        if rule.links & kinds or rule.publication_types & types:
            return rule.status
    return Status.NONE_RECORDED


def status_of_title(title: str) -> Status:
    """What a publisher's prefix to the title says ("RETRACTED: …", "Erratum to: …"); none-recorded without one."""
    if _RETRACTED_TITLE.match(title):
        return Status.RETRACTED
    if _NOTICE_TITLE.match(title):
        return Status.NOTICE
    return Status.NONE_RECORDED


def stronger(one: Status, other: Status) -> Status:
    """The stronger of two statuses: retracted, notice, concern, superseded, corrected, none-recorded."""
    order = [*(rule.status for rule in tables().status_rules), Status.NONE_RECORDED]
    return min(one, other, key=order.index)
