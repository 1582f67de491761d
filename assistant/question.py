"""Question: a message read into parts, each with its kind, its facets and the senses that were assumed.

The way is always the same: identifiers masked, the sender's own words kept, questions told apart, typing
errors mended, facets read, kind told, and what a follow-up leaves out taken from before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from assistant.asked import FACETS_ASKED, Ask, Assumption, Lookup, Part, Reading, facet_of
from assistant.cues import cue, words
from assistant.facets import Found, Reader
from assistant.kinds import (
    about_corpus,
    compared,
    harm_named,
    is_advice,
    is_harm,
    is_not_answerable,
    is_small_talk,
    is_urgent,
    kind,
    outside_by_words,
    together,
)
from assistant.lookup import find_lookup, without_lookup
from assistant.message import LONGEST_MESSAGE, Message, clean, shorten, split
from assistant.privacy import mask
from corpus.vocabulary import Vocabulary

__all__ = ["FACETS_ASKED", "Ask", "Assumption", "Lookup", "Part", "Reading", "read_message"]

MOST_PARTS = 8
LONGEST_NARRATIVE = 240  # characters before a question that are read as a part of it
SHORT = 6  # words of a question that may lean on what came before
_EMPTY: Mapping[str, tuple[str, ...]] = dict.fromkeys(FACETS_ASKED, ())
_CARRIED = ("intervention", "preparation", "route", "condition", "species", "design")
_FROM_NARRATIVE = ("intervention", "route")
_PLACEHOLDER = re.compile(r"\[[a-z\-]+\]")
_ANSWERED = {Ask.EVIDENCE, Ask.HARM, Ask.COMPARISON, Ask.NOT_ANSWERABLE, Ask.OUT_OF_SCOPE}

_readers: WeakKeyDictionary[Vocabulary, Reader] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class _Context:
    """What came before a question: the facets and the kind that a follow-up may take."""

    facets: Mapping[str, tuple[str, ...]]
    ask: Ask = Ask.NONE
    compared: tuple[str, ...] = ()
    harm: tuple[str, ...] = ()


_NOTHING = _Context(_EMPTY)


def read_message(text: str, vocabulary: Vocabulary, *, earlier: Sequence[str] = ()) -> Reading:
    """The message as parts.

    Args:
        text: the message as it came.
        vocabulary: the concepts and their forms.
        earlier: the earlier messages of the thread, the oldest first.
    """
    reader = _reader(vocabulary)
    context = _NOTHING
    for message in earlier:
        for part in _read(message, reader, context).parts:
            context = _after(part, context)
    return _read(text, reader, context)


def _reader(vocabulary: Vocabulary) -> Reader:
    try:
        return (
            _readers.setdefault(vocabulary, Reader(vocabulary))
            if vocabulary not in _readers
            else _readers[vocabulary]
        )
    except TypeError:
        return Reader(vocabulary)


def _read(text: str, reader: Reader, context: _Context) -> Reading:
    masked = mask(text[:LONGEST_MESSAGE])
    body = clean(masked.text)
    return Reading(_parts(body, reader, context), masked.kinds, body)


def _parts(body: str, reader: Reader, context: _Context) -> tuple[Part, ...]:
    if is_small_talk(_PLACEHOLDER.sub(" ", body)):
        return (Part(shorten(body), Ask.NONE, _EMPTY),)
    if is_urgent(body):
        return (Part(shorten(body), Ask.URGENT, _EMPTY),)
    message = _whole(split(body))
    before = _background(message, reader, context)
    parts: list[Part] = []
    for question in message.questions[:MOST_PARTS]:
        part = _part(question, reader, before if not parts else _after(parts[-1], before))
        if message.narrative and is_advice(message.narrative):
            part = replace(part, advice=True)
        if parts and not message.numbered and _same(parts[-1], part, question):
            parts[-1] = replace(parts[-1], text=shorten(f"{parts[-1].text} {question}"))
        elif not is_small_talk(_PLACEHOLDER.sub(" ", question)):
            parts.append(part)
    return tuple(parts) or (Part(shorten(body), Ask.NONE, _EMPTY),)


def _whole(message: Message) -> Message:
    """The message with a short narrative as a part of its one question."""
    if (
        message.narrative
        and not message.numbered
        and len(message.questions) == 1
        and len(message.narrative) <= LONGEST_NARRATIVE
    ):
        return Message("", (f"{message.narrative} {message.questions[0]}",))
    return message


def _background(message: Message, reader: Reader, context: _Context) -> _Context:
    """What the narrative names of this channel, where it tells of a patient; else what came before."""
    if not message.narrative:
        return context
    found = reader.read(without_lookup(message.narrative))
    facets = found.facets()
    ours = tuple(one for one in facets["condition"] if one in reader.ours)
    return replace(
        context,
        facets={
            **context.facets,
            **{k: v for k, v in facets.items() if v and k in _FROM_NARRATIVE},
            "condition": ours,
        },
    )


def _part(question: str, reader: Reader, context: _Context) -> Part:
    found = reader.read(without_lookup(question))
    part = _alone(question, found, reader)
    if context is _NOTHING or not _leans(question, found, part):
        return part
    return _lean(part, question, found, context)


def _alone(question: str, found: Found, reader: Reader) -> Part:
    """The question read without anything before it."""
    part = Part(
        text=shorten(question),
        ask=Ask.EVIDENCE,
        facets=found.facets(),
        assumed=tuple(found.assumed),
        advice=is_advice(question),
        terms=found.terms,
        grade=tuple(found.grade),
    )
    if is_urgent(question):
        return replace(part, ask=Ask.URGENT)
    if is_not_answerable(question):
        return replace(part, ask=Ask.NOT_ANSWERABLE)
    lookup = find_lookup(question, _content(found))
    outside = outside_by_words(question, found, reader)
    if lookup and (lookup.pmid or lookup.doi or not outside):
        return replace(part, ask=Ask.PAPER, lookup=lookup, advice=False)
    about = about_corpus(question, found)
    if about and not outside:
        return replace(part, ask=Ask.ABOUT_CORPUS, about=about, advice=False)
    ask = kind(question, found, reader)
    part = replace(part, ask=ask)
    if ask in _ANSWERED:
        part = replace(
            part, compared=compared(found.text, found) if ask is Ask.COMPARISON else together(found)
        )
    return _with_harm(part, found) if ask in {Ask.HARM, Ask.COMPARISON} else part


def _with_harm(part: Part, found: Found) -> Part:
    """The harm asked about is no condition that is treated."""
    if part.ask is not Ask.HARM:
        return part
    harm = harm_named(found.text)
    condition = tuple(one for one in part.facets["condition"] if one not in harm)
    return replace(part, harm=harm, facets={**part.facets, "condition": condition})


def _content(found: Found) -> tuple[str, ...]:
    stop = words("words", "stop")
    said = re.findall(r"[^\W_]{4,}", _PLACEHOLDER.sub(" ", found.text).lower())
    return tuple(dict.fromkeys(word for word in said if word not in stop))


def _leans(question: str, found: Found, part: Part) -> bool:
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


def _lean(part: Part, question: str, found: Found, context: _Context) -> Part:
    if part.ask is Ask.OUT_OF_SCOPE and (
        cue("scope", "everyday").search(question)
        or (cue("scope", "other_fields").search(question) and not found.values["condition"])
    ):
        return part
    part = _with_harm(replace(part, ask=Ask.HARM), found) if _turns_to_harm(part, question) else part
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
    if ask is Ask.EVIDENCE and "intervention" in inherited and _keeps_kind(question, context):
        ask = context.ask
    return replace(
        part,
        ask=ask,
        facets=facets,
        inherited=tuple(inherited),
        compared=context.compared
        if facet_of(context.compared, context.facets) in inherited
        else part.compared,
        harm=context.harm if ask is Ask.HARM and not part.harm and context.ask is Ask.HARM else part.harm,
    )


def _turns_to_harm(part: Part, question: str) -> bool:
    return part.ask in {Ask.EVIDENCE, Ask.OUT_OF_SCOPE} and is_harm(question, patient=part.advice)


def _carries(facet: str, found: Found) -> bool:
    """Whether a follow-up takes this facet: a new product leaves the old preparation behind."""
    return not (facet == "preparation" and found.values["intervention"])


def _keeps_kind(question: str, context: _Context) -> bool:
    """Whether a follow-up only swaps or narrows something in a question of harm or a comparison."""
    swaps = cue("follow", "swaps").match(question.lstrip(" ,.-"))
    return context.ask in {Ask.HARM, Ask.COMPARISON} and bool(swaps) and len(question.split()) <= SHORT


def _same(before: Part, part: Part, question: str) -> bool:
    """Whether a question only asks the one before it again."""
    if part.ask in {Ask.ABOUT_CORPUS, Ask.PAPER, Ask.URGENT, Ask.NOT_ANSWERABLE}:
        return False
    own = {facet: values for facet, values in part.facets.items() if values and facet not in part.inherited}
    if not own and not part.harm and part.ask in {Ask.OUT_OF_SCOPE, Ask.NONE, before.ask, Ask.EVIDENCE}:
        return len(question.split()) <= SHORT and not cue("scope", "everyday").search(question)
    return part.ask is before.ask and part.facets == before.facets and part.harm == before.harm


def _after(part: Part, context: _Context) -> _Context:
    """The context that a question leaves to the next."""
    if part.ask not in _ANSWERED and part.ask is not Ask.ABOUT_CORPUS:
        return context
    if not any(part.facets.values()):
        return context
    ask = part.ask if part.ask in {Ask.HARM, Ask.COMPARISON} else Ask.EVIDENCE
    facets = (
        {facet: part.facets[facet] or context.facets.get(facet, ()) for facet in FACETS_ASKED}
        if context is not _NOTHING and part.inherited
        else part.facets
    )
    return _Context(facets, ask, part.compared, part.harm)
