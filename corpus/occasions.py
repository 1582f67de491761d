"""Occasions: the operations at which a study gave what it studied, where every arm had them, so that they are no intervention of it.

No facet of a study, but asked for beside one: "PRP in rotator cuff repair" is answered by a trial of PRP in which all were operated on.
"""

from __future__ import annotations

from collections.abc import Mapping

from corpus.label import Label, Origin
from corpus.sentence_roles import OBJECTIVE, TITLE
from corpus.study_reading import Placed, Study
from corpus.study_rules import rules


def occasions(study: Study, labels: Mapping[str, Label]) -> Label | None:
    """The operations that title or aim name and that are no intervention; None where there are none.

    The operation alone may be the comparator of what was added to it; what the title or aim only compares with is left out.
    """
    told = labels["intervention"].values
    found: dict[str, tuple[int, int]] = {}
    for one in study.of("intervention"):
        value = one.mention.concept
        if value in rules().kinds["occasions"] and value not in told and _had(study, one):
            found.setdefault(value, (one.mention.start, one.mention.end))
    return Label(tuple(sorted(found)), Origin.TEXT_RULE, tuple(sorted(found.values()))) if found else None


def _had(study: Study, one: Placed) -> bool:
    """Whether it was done to those studied, at that time: not before, not instead, not in days to come."""
    if one.mention.negated or one.sentence.role not in {TITLE, OBJECTIVE}:
        return False
    cues, before = rules().cues, study.before(one)
    return not any(cues[name].search(before) for name in ("done_before", "to_come", "not_had"))
