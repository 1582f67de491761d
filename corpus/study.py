"""Study: what a study did: which interventions it gave against what, how prepared, from whom, by which route, for which condition."""

from __future__ import annotations

from corpus.comparators import comparators
from corpus.conditions import conditions
from corpus.interventions import interventions
from corpus.label import NOT_STATED, Label, Origin
from corpus.products import preparations, sources
from corpus.routes import routes
from corpus.study_reading import Study

_MOST_SPANS = 5


def labels_of(study: Study) -> dict[str, Label]:
    """The labels that the text gives, facet by facet."""
    given = interventions(study)
    values = {
        "intervention": given,
        "comparator": comparators(study, given),
        "preparation": preparations(study, given),
        "source": sources(study, given),
        "route": routes(study, given),
        "condition": conditions(study, given),
    }
    return {facet: _label(study, facet, found) for facet, found in values.items()}


def _label(study: Study, facet: str, values: tuple[str, ...]) -> Label:
    spans = sorted({span for value in values for span in study.spans.get((facet, value), [])})[:_MOST_SPANS]
    origin = Origin.NOT_STATED if values == (NOT_STATED,) else Origin.TEXT_RULE
    return Label(values, origin, tuple(spans))
