"""Question kind: what a study asked: benefit, harm, mechanism, biodistribution, diagnosis, prognosis, epidemiology.

The cues are in question_kind.toml. The title says most; the aim and what is reported of harm say the rest. Where neither does,
the kind is not stated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from corpus.label import NOT_STATED, UNSTATED, Label, Origin
from corpus.question_asked import Asked, read_asked
from corpus.study_reading import CASES, REVIEWS, TRIALS, Study

_FOLLOWED = frozenset({"case-series", "cohort", "controlled-trial", "single-arm-trial", "rct"})
_DRUGS = frozenset({"corticosteroid", "nsaid", "opioid", "other-drug", "biologic-drug", "local-anaesthetic"})
_WITH_OUTCOMES = frozenset({"rct", "cohort", "case-series", "animal-study", "single-arm-trial", *REVIEWS})
_LABORATORY = frozenset({"animal-study", "in-vitro-study"})
_COMPARED = frozenset({"systematic-review", "meta-analysis", "rct", "controlled-trial"})
_READ_DEEP = frozenset({"animal-study", *REVIEWS})
_UNSEEN = frozenset({"in-vitro-study", "narrative-review"})
_DISH = frozenset({"in-vitro-study"})
_COUNTING = frozenset({"case-control", "cross-sectional"})
_TOLD = frozenset({"narrative-review", "guideline", "commentary"})


def question_label(study: Study, labels: Mapping[str, Label]) -> Label:
    """What kind of question the study asked."""
    asked = read_asked(study, labels)
    found = next((kinds for rule in _RULES if (kinds := rule(asked))), ())
    return Label(tuple(sorted(found)), Origin.TEXT_RULE) if found and found != (NOT_STATED,) else UNSTATED


def _no_trial(asked: Asked) -> tuple[str, ...]:
    """Costs, what is told to people, methods and bench tests: no question of a treatment."""
    if asked.titled("cost", "informed", "making"):
        return ("other",)
    if asked.titled("after_surgery") and asked.design & _TOLD:
        return ("other",)
    tested = asked.says("said", "bench", asked.aim + asked.title)
    if not asked.design & _FOLLOWED and (tested or asked.titled("methods")):
        return ("other",)
    if not asked.titled("bench") or asked.titled("diagnosis"):
        return ()
    only = asked.design == _DISH or (not asked.cells and not asked.design & _WITH_OUTCOMES)
    in_animals = asked.design & _LABORATORY and not asked.titled("better", "effect")
    return ("other",) if only or in_animals else ()


def _technique(asked: Asked) -> tuple[str, ...]:
    """A technique described, without patients followed."""
    if "other" in asked.design:
        return ("other",)
    told = " ".join((asked.title, *asked.told))
    described = asked.titled("technique") or ("case-report" not in asked.design and asked.wants("technique"))
    plain = not asked.design & _WITH_OUTCOMES and not asked.says("said", "followed", told)
    return ("other",) if described and plain else ()


def _where_cells_go(asked: Asked) -> tuple[str, ...]:
    """Cells that were followed to where they went, and what else the title asks of them."""
    if asked.dish and not asked.titled("labelled"):
        return ()
    if asked.given and not asked.cells and asked.titled("in_body") and not asked.titled("efficacy"):
        return ("biodistribution",)
    if not asked.cells or (asked.dish and asked.titled("mechanism")) or not asked.titled("tracking"):
        return ()
    beside = (
        ("harm", asked.titled("harm")),
        ("benefit", asked.titled("moved_on")),
    )
    return ("biodistribution", *(kind for kind, holds in beside if holds))


def _harm(asked: Asked) -> tuple[str, ...]:
    """Harm named in the title: alone, or beside benefit."""
    named = asked.titled("harm") and not asked.titled("harm_treated")
    named = named and bool(asked.given or asked.titled("giving"))
    case = "case-report" in asked.design and asked.named and asked.titled("after_care")
    if not (named or case or asked.titled("harm_of_care")):
        return ()
    if asked.titled("efficacy") or asked.wants("both"):
        return ("both",)
    return ("harm", *_beside_harm(asked))


def _beside_harm(asked: Asked) -> Iterator[str]:
    """What else the title of a paper on harm asks: how it is told, how often it is, who has it, how it comes about."""
    if asked.titled("diagnosis"):
        yield "diagnosis"
    reviewed = asked.titled("epidemiology") and asked.design & REVIEWS
    if reviewed or (asked.titled("counted") and not asked.design & TRIALS):
        yield "epidemiology"
    if asked.titled("harmed"):
        yield "prognosis"
    if asked.titled("harm_workings"):
        yield "mechanism"


def _counted(asked: Asked) -> tuple[str, ...]:
    """How often a treatment is given, and what came of it where that was sought too."""
    if not asked.given or asked.design & TRIALS or asked.dish or not asked.titled("counted"):
        return ()
    return ("epidemiology", *("both",) * asked.wants("both"))


def _how_told(asked: Asked) -> tuple[str, ...]:
    """Tests, imaging and predictors named in the title, alone or beside a treatment's effect."""
    if asked.dish or (asked.given and asked.design & TRIALS):
        return ()
    diagnosis = (
        asked.titled("diagnosis")
        and not asked.titled("predicted")
        and not (asked.given and asked.titled("outcome"))
    )
    prognosis = asked.people and asked.titled("prognosis")
    kinds = ("diagnosis",) * diagnosis + ("prognosis",) * prognosis
    if not kinds:
        return ()
    scored = asked.named and any(asked.says("said", "scored", one) for one in asked.told)
    alone = asked.titled("images") or (asked.people and asked.titled("imaged") and not scored)
    if diagnosis and alone:
        return ("diagnosis",)
    followed = asked.named and asked.people and asked.design & _FOLLOWED and "diagnosis" in kinds
    effect = asked.titled("effect") if diagnosis else asked.titled("with_outcomes")
    if asked.given and (effect or followed):
        causes = ("mechanism",) * (diagnosis and asked.titled("causes"))
        return (_effect(asked), *kinds, *causes)
    return kinds


def _untreated(asked: Asked) -> tuple[str, ...]:
    """Nothing given: what was counted, told or explained."""
    if asked.given:
        return ()
    if asked.unknown or not asked.people:
        return _unclear(asked)
    left: tuple[str, ...] = () if asked.titled("better", "effect", "giving") else (NOT_STATED,)
    if left and "case-report" in asked.design:
        left = ("diagnosis",)
    found = _looked_at(asked) or next(
        (kind for kind in ("diagnosis", "epidemiology", "prognosis", "mechanism") if asked.wants(kind)), None
    )
    return (found,) if found else left


def _looked_at(asked: Asked) -> str | None:
    """What was looked at in people to whom nothing was given, as title and kind of study say."""
    counting = bool(asked.design & _COUNTING)
    treated = asked.titled("effect", "giving")
    biology = asked.titled("biology") and "narrative-review" in asked.design
    told = (
        ("diagnosis", asked.titled("seen") and not treated and not asked.design & (_UNSEEN | TRIALS)),
        ("mechanism", asked.titled("tissue", "cell_life", "science")),
        ("epidemiology", asked.titled("epidemiology")),
        ("mechanism", biology or asked.titled("mechanism")),
        ("epidemiology", counting),
    )
    return next((kind for kind, holds in told if holds), None)


def _unclear(asked: Asked) -> tuple[str, ...]:
    """What was given is not said, or nothing was given to cells or animals; a treatment in the title is left to the other rules."""
    if asked.titled("cell_life", "science"):
        return ("mechanism",)
    if asked.unknown and (asked.design & REVIEWS or asked.titled("better", "effect", "giving")):
        return ()
    if asked.titled("explained"):
        return ("mechanism",)
    if asked.dish:
        return ()
    if asked.unknown or asked.titled("giving"):
        return ("mechanism",) if asked.unknown and asked.titled("mechanism") else (NOT_STATED,)
    return ("mechanism",)


def _in_dish(asked: Asked) -> tuple[str, ...]:
    """Something tried on cells or tissue: how it works, or whether a graft is the better for it."""
    if not asked.dish:
        return ()
    built = "scaffold" in asked.given and not (asked.titled("mechanism") or asked.wants("mechanism"))
    return ("benefit",) if built or asked.titled("better_graft") or asked.wants("use") else ("mechanism",)


def _unnamed(asked: Asked) -> tuple[str, ...]:
    """A case whose title names no treatment: harm where the text blames one, else not told."""
    if "case-report" not in asked.design or asked.named or asked.titled("better", "effect"):
        return ()
    return ("harm",) if asked.says("said", "culprit", " ".join(asked.told)) else (NOT_STATED,)


def _treated(asked: Asked) -> tuple[str, ...]:
    """Something given: its benefit, with harm where harm is reported, with mechanism where that was looked for."""
    effect = _effect(asked)
    worked = asked.titled("mechanism", "explained") and not asked.design & (TRIALS | CASES)
    if worked and (asked.titled("explained") or not asked.titled("better", "effect", "giving")):
        return ("mechanism",)
    if asked.titled("related") and asked.titled("seen") and not asked.design & TRIALS:
        return ("diagnosis",)
    if _unasked(asked, effect):
        return ("mechanism",) if asked.unknown and asked.titled("via") else (NOT_STATED,)
    if asked.healthy and not asked.people and asked.given and asked.given <= _DRUGS:
        return ("mechanism",)
    return _with_effect(asked, effect)


def _with_effect(asked: Asked, effect: str) -> tuple[str, ...]:
    """A treatment's effect and what was asked beside it: how the disease shows itself, whom it helps, how it works.

    A cohort compared by factors and not for outcomes asks of them alone.
    """
    sought = asked.people and asked.wants("factors") and not asked.design & REVIEWS
    if sought and "cohort" in asked.design and not asked.wants("outcome"):
        return ("prognosis",)
    series = asked.people and "case-series" in asked.design and not asked.treatment_titled
    dwells = bool(asked.design & _READ_DEEP) and asked.often("workings")
    reviewed = bool(asked.design & REVIEWS) and asked.titled("causes")
    worked = dwells or reviewed or asked.wants("workings") or (asked.titled("via") and not asked.people)
    return (
        effect,
        *("diagnosis",) * (series and asked.tells("presented")),
        *("prognosis",) * sought,
        *("mechanism",) * worked,
    )


def _unasked(asked: Asked, effect: str) -> bool:
    """Whether only the treatment is told, and not that its effect was asked for: two findings are set in relation, neither title nor aim says it, or the kind of study is not known."""
    if asked.titled("related") or asked.design == _DISH:
        return True
    if asked.titled("better", "effect", "tried"):
        return asked.unknown and NOT_STATED in asked.design
    if effect == "both" or asked.design & _COMPARED:
        return asked.unknown
    bettered = bool(asked.design & (_FOLLOWED | _LABORATORY)) and asked.tells("bettered")
    aimed = asked.named and (asked.wants("help") or bettered)
    return not aimed and (NOT_STATED in asked.design or not asked.aim)


def _effect(asked: Asked) -> str:
    """Benefit, or both where the paper's own part reports on harm."""
    harm = any(asked.says("said", "harm", one) and not asked.says("said", "not", one) for one in asked.told)
    return "both" if harm or asked.wants("safe") else "benefit"


_RULES = (
    _no_trial,
    _technique,
    _where_cells_go,
    _harm,
    _counted,
    _how_told,
    _untreated,
    _in_dish,
    _unnamed,
    _treated,
)
