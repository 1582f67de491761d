"""Follow-up: what a question that cannot stand alone takes from the questions before it in its thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.asked import FACETS_ASKED, Ask, Named, Part, facet_of
from assistant.cues import cue, lists
from assistant.found import Found
from assistant.kinds import harm_named, is_harm
from assistant.named import against

SHORT = 6  # words of a question that may lean on what came before
BARE = 3  # words of one that only names something
EMPTY: Mapping[str, tuple[str, ...]] = dict.fromkeys(FACETS_ASKED, ())
ANSWERED = {Ask.EVIDENCE, Ask.HARM, Ask.COMPARISON, Ask.NOT_ANSWERABLE, Ask.OUT_OF_SCOPE}
_CARRIED = ("intervention", "preparation", "route", "condition", "species", "design")


@dataclass(frozen=True, slots=True)
class Context:
    """What came before a question: the facets and the kind that a follow-up may take."""

    facets: Mapping[str, tuple[str, ...]]
    ask: Ask = Ask.NONE
    compared: tuple[str, ...] = ()
    harm: tuple[str, ...] = ()
    named: tuple[Named, ...] = ()


NOTHING = Context(EMPTY)


def with_harm(part: Part, found: Found) -> Part:
    """The harm asked about is no condition that is treated."""
    if part.ask is not Ask.HARM:
        return part
    harm = harm_named(found.text)
    harmed = {one for name in harm for one in lists()["harmed"].get(name, ())}
    condition = tuple(one for one in part.facets["condition"] if one not in {*harm, *harmed})
    return replace(part, harm=harm, facets={**part.facets, "condition": condition})


def leans(question: str, found: Found, part: Part) -> bool:
    """Whether the question cannot stand without what came before it."""
    if part.ask in {Ask.PAPER, Ask.URGENT, Ask.NONE} or (
        part.ask is Ask.ABOUT_CORPUS and part.about in {"updated", "retracted", "contents"}
    ):
        return False
    named = found.values
    if named["intervention"] and (named["condition"] or named["route"]) and not found.sited:
        return False
    if named["intervention"] and named["condition"]:
        return False
    refers = cue("follow", "refers").search(question) or cue("follow", "start").match(question.lstrip(" ,.-"))
    short = len(question.split()) <= SHORT
    return bool(refers) or (short and not (named["intervention"] and named["condition"]))


def lean(part: Part, question: str, found: Found, context: Context) -> Part:
    """The part with what it leaves out taken from before it, and told which facets those are."""
    if part.ask is Ask.OUT_OF_SCOPE and (
        cue("scope", "everyday").search(question)
        or (cue("scope", "other_fields").search(question) and not found.values["condition"])
    ):
        return part
    if (against := _against(part, question, context)) is not part:
        return against
    part = with_harm(replace(part, ask=Ask.HARM), found) if _turns_to_harm(part, question) else part
    facets, inherited = dict(part.facets), []
    for facet in _CARRIED:
        if facets[facet] or not context.facets.get(facet) or not _carries(facet, found):
            continue
        facets[facet] = context.facets[facet]
        inherited.append(facet)
    if not inherited:
        return part
    ask = part.ask
    if ask is Ask.OUT_OF_SCOPE:
        ask = Ask.EVIDENCE
    if ask is Ask.EVIDENCE and "intervention" in inherited and _keeps_kind(question, found, context):
        ask = context.ask
    return replace(
        part,
        ask=ask,
        facets=facets,
        inherited=tuple(inherited),
        compared=_still_compared(ask, inherited, context) or part.compared,
        harm=context.harm if ask is Ask.HARM and not part.harm and context.ask is Ask.HARM else part.harm,
        named=(*_inherited(context, inherited), *part.named),
    )


def _inherited(context: Context, inherited: Sequence[str]) -> tuple[Named, ...]:
    """What was named within the facets that are inherited."""
    kept = {value for facet in inherited for value in context.facets[facet]}
    return tuple(one for one in context.named if one.concept in kept)


def _still_compared(ask: Ask, inherited: Sequence[str], context: Context) -> tuple[str, ...]:
    """What was set against each other before and still is: a harm is asked of each alone."""
    kept = facet_of(context.compared, context.facets) in inherited and not (
        ask is Ask.HARM and context.ask is Ask.COMPARISON
    )
    return context.compared if kept else ()


def _against(part: Part, question: str, context: Context) -> Part:
    """The part with what it names set against the product asked before ("vs steroids"); itself where it does not say so."""
    before, named = context.facets.get("intervention", ()), part.facets["intervention"]
    if not before or not named or not cue("follow", "against").match(question.lstrip(" ,.-")):
        return part
    arms = tuple(dict.fromkeys((*before, *named)))
    carried = {facet: part.facets[facet] or context.facets.get(facet, ()) for facet in _CARRIED}
    inherited = tuple(facet for facet in _CARRIED if carried[facet] != part.facets[facet])
    return replace(
        part,
        ask=Ask.COMPARISON,
        facets={**carried, "intervention": tuple(sorted(arms))},
        compared=arms,
        inherited=tuple(one for one in _CARRIED if one in {"intervention", *inherited}),
        named=against(context.named, part.named),
    )


def _turns_to_harm(part: Part, question: str) -> bool:
    return part.ask in {Ask.EVIDENCE, Ask.OUT_OF_SCOPE} and is_harm(question, patient=part.advice)


def _carries(facet: str, found: Found) -> bool:
    """Whether a follow-up takes this facet: a new product leaves the old preparation behind."""
    return not (facet == "preparation" and found.values["intervention"])


def _keeps_kind(question: str, found: Found, context: Context) -> bool:
    """Whether a follow-up only swaps or narrows something in a question of harm or a comparison."""
    swaps = cue("follow", "swaps").match(question.lstrip(" ,.-"))
    bare = not found.terms and len(question.split()) <= BARE
    kept = context.ask in {Ask.HARM, Ask.COMPARISON} and len(question.split()) <= SHORT
    return kept and (bool(swaps) or bare)


def after(part: Part, context: Context) -> Context:
    """The context that a question leaves to the next."""
    if part.ask not in ANSWERED and part.ask is not Ask.ABOUT_CORPUS:
        return context
    if not any(part.facets.values()):
        return context
    ask = part.ask if part.ask in {Ask.HARM, Ask.COMPARISON} else Ask.EVIDENCE
    facets = (
        {facet: part.facets[facet] or context.facets.get(facet, ()) for facet in FACETS_ASKED}
        if context is not NOTHING and part.inherited
        else part.facets
    )
    return Context(facets, ask, part.compared, part.harm, part.named)
