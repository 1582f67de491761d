"""Named: what a question names within a concept: which thing of it, whose cells or tissue, a disease of which joint."""

from __future__ import annotations

from itertools import pairwise

from assistant.asked import Named
from assistant.cues import cue, words
from assistant.found import Found, excluded, pattern
from corpus.named import joints_asked, of_joints, source_forms, source_words
from corpus.vocabulary import Vocabulary


def named(found: Found, vocabulary: Vocabulary) -> tuple[Named, ...]:
    """What is named within the interventions, and of which joint a disease is; alternatives, where several things of one concept are."""
    given, own = (vocabulary.within(source_words()[one]) for one in ("given", "own"))
    names = []
    for value in sorted(found.values["intervention"]):
        source = found.source if value in given else ()
        source = tuple(one for one in source if one != "autologous" or value not in own)
        things = _things(found.text, found.told.get(value, [])) or ([()] if source else [])
        names += [Named(value, thing, source) for thing in things]
    joints = of_joints() & set(found.values["condition"])
    if joints == set(found.values["condition"]):
        names += [Named(one, joint) for one in sorted(joints) for joint in joints_asked(one, found.text)]
    return tuple(names)


def against(before: tuple[Named, ...], now: tuple[Named, ...]) -> tuple[Named, ...]:
    """What was named before and what is set against it now: of one concept, both are asked of one study."""
    both = [
        Named(one.concept, tuple(dict.fromkeys((*one.words, *other.words))), one.source or other.source)
        for one in before
        for other in now
        if one.concept == other.concept
    ]
    met = {one.concept for one in both}
    return (*(one for one in (*before, *now) if one.concept not in met), *both)


def note_source(found: Found) -> None:
    """Note whose cells or tissue the text asks for."""
    for name in ("allogeneic", "autologous", "xenogeneic"):
        for match in pattern(f"source {name}", source_forms(name)).finditer(found.text):
            if not excluded(found.text, match.start()):
                found.source = tuple(sorted({*found.source, name}))
                found.spans.append((*match.span(), "source", name))


def _things(text: str, told: list[tuple[int, int, tuple[str, ...]]]) -> list[tuple[str, ...]]:
    """The things of one concept that are asked for: alternatives, but both in one study where they are set against each other."""
    things = list(dict.fromkeys(thing for _, _, thing in told))
    against = (
        {one.group().lower() for one in cue("cues", "comparison").finditer(text[left[1] : right[0]])}
        for left, right in pairwise(told)
        if left[2] != right[2]
    )
    if any(said - words("cues", "either") for said in against):
        return [tuple(dict.fromkeys(word for thing in things for word in thing))]
    return things
