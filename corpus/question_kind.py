"""Question kind: what a study asked: benefit, harm, mechanism, biodistribution, diagnosis, prognosis, epidemiology."""

from __future__ import annotations

import re
from collections.abc import Mapping

from corpus.label import NONE, Label, Origin
from corpus.sentence_roles import CONCLUSION, OBJECTIVE, TITLE
from corpus.study_reading import Study

_HARM = re.compile(
    r"\b(?:safety|safe|complications?|adverse|toxicity|risks?|side effects?|harms?|infections? after|serious)\b"
)
_KINDS = (
    (
        "biodistribution",
        re.compile(
            r"\b(?:biodistribution|tracking|homing|migrat\w+ of|labell?ed (?:cells|stem|mesenchymal)|cell fate|engraft\w+|entrap\w+)\b"
        ),
    ),
    (
        "diagnosis",
        re.compile(
            r"\b(?:diagnos\w+|imaging|mri|magnetic resonance|sensitivity|ultrasonograph\w+|radiograph\w+|measurement|reliability|accuracy|biomarkers?|arthrograph\w+|sonograph\w+)\b"
        ),
    ),
    (
        "prognosis",
        re.compile(r"\b(?:prognos\w+|predict\w+|risk factors?|survival|natural history|natural course)\b"),
    ),
    ("epidemiology", re.compile(r"\b(?:prevalence|incidence|epidemiolog\w+|trends?|nationwide)\b")),
    (
        "mechanism",
        re.compile(
            r"\b(?:mechanisms?|pathway|expression|signal\w+|regulat\w+|differentiation|pathogenesis|adhesion|role of|mediat\w+|gene)\b"
        ),
    ),
)


def question_label(study: Study, labels: Mapping[str, Label]) -> Label:
    """What kind of question the study asked, told from its title and objective."""
    asked = " ".join(study.whole(one) for one in study.sentences if one.role in {TITLE, OBJECTIVE})
    title = " ".join(study.whole(one) for one in study.sentences if one.role == TITLE)
    close = " ".join(study.whole(one) for one in study.sentences if one.role == CONCLUSION)
    given = labels["intervention"].values != (NONE,)
    for name, cue in _KINDS:
        if cue.search(title) and not (
            given
            and name in {"diagnosis", "prognosis", "epidemiology"}
            and study.living
            and labels["route"].values != (NONE,)
        ):
            return Label((name,), Origin.TEXT_RULE)
    if not study.living:
        return Label(("mechanism",), Origin.TEXT_RULE)
    if given:
        harm = bool(_HARM.search(asked) or _HARM.search(close))
        return Label(("both",) if harm else ("benefit",), Origin.TEXT_RULE)
    return next(
        (Label((name,), Origin.TEXT_RULE) for name, cue in _KINDS if cue.search(asked)),
        Label(("other",), Origin.TEXT_RULE),
    )
