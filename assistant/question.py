"""Question: a message read into parts, each with its kind, its facets and the senses that were assumed.

The way is always the same: identifiers masked, the sender's own words kept, questions told apart, typing
errors mended, facets read, kind told, and what a follow-up leaves out taken from before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

from assistant.asked import FACETS_ASKED, Ask, Assumption, Lookup, Part, Reading
from assistant.cues import cue, words
from assistant.facets import Reader
from assistant.follow_up import ANSWERED, EMPTY, NOTHING, SHORT, Context, after, lean, leans, with_harm
from assistant.found import Found
from assistant.kinds import (
    about_corpus,
    compared,
    is_advice,
    is_not_answerable,
    is_small_talk,
    is_urgent,
    kind,
    outside_by_words,
    together,
)
from assistant.lookup import find_lookup, without_lookup
from assistant.message import LONGEST_MESSAGE, Message, clean, shorten, split
from assistant.named import named
from assistant.privacy import mask
from corpus.vocabulary import Vocabulary

__all__ = ["FACETS_ASKED", "Ask", "Assumption", "Lookup", "Part", "Reading", "read_message"]

MOST_PARTS = 8
LONGEST_NARRATIVE = 240  # characters before a question that are read as a part of it
_FROM_NARRATIVE = ("intervention", "route")
_PLACEHOLDER = re.compile(r"\[[a-z\-]+\]")

_readers: WeakKeyDictionary[Vocabulary, Reader] = WeakKeyDictionary()


def read_message(text: str, vocabulary: Vocabulary, *, earlier: Sequence[str] = ()) -> Reading:
    """The message as parts.

    Args:
        text: the message as it came.
        vocabulary: the concepts and their forms.
        earlier: the earlier messages of the thread, the oldest first.
    """
    reader = _reader(vocabulary)
    context = NOTHING
    for message in earlier:
        for part in _read(message, reader, context).parts:
            context = after(part, context)
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


def _read(text: str, reader: Reader, context: Context) -> Reading:
    masked = mask(text[:LONGEST_MESSAGE])
    body = clean(masked.text)
    return Reading(_parts(body, reader, context), masked.kinds, body)


def _parts(body: str, reader: Reader, context: Context) -> tuple[Part, ...]:
    if is_small_talk(_PLACEHOLDER.sub(" ", body)):
        return (Part(shorten(body), Ask.NONE, EMPTY),)
    if is_urgent(body):
        return (Part(shorten(body), Ask.URGENT, EMPTY),)
    message = _whole(split(body))
    before = _background(message, reader, context)
    parts: list[Part] = []
    for question in message.questions[:MOST_PARTS]:
        part = _part(question, reader, before if not parts else after(parts[-1], before))
        if message.narrative and is_advice(message.narrative):
            part = replace(part, advice=True)
        if parts and not message.numbered and _same(parts[-1], part, question):
            parts[-1] = replace(parts[-1], text=shorten(f"{parts[-1].text} {question}"))
        elif not is_small_talk(_PLACEHOLDER.sub(" ", question)):
            parts.append(part)
    return tuple(parts) or (Part(shorten(body), Ask.NONE, EMPTY),)


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


def _background(message: Message, reader: Reader, context: Context) -> Context:
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


def _part(question: str, reader: Reader, context: Context) -> Part:
    found = reader.read(without_lookup(question))
    part = _alone(question, found, reader)
    if context is NOTHING or not leans(question, found, part):
        return part
    return lean(part, question, found, context)


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
        named=named(found, reader.vocabulary),
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
    if ask in ANSWERED:
        part = replace(
            part, compared=compared(found.text, found) if ask is Ask.COMPARISON else together(found)
        )
    return with_harm(part, found) if ask in {Ask.HARM, Ask.COMPARISON} else part


def _content(found: Found) -> tuple[str, ...]:
    stop = words("words", "stop")
    said = re.findall(r"[^\W_]{4,}", _PLACEHOLDER.sub(" ", found.text).lower())
    return tuple(dict.fromkeys(word for word in said if word not in stop))


def _same(before: Part, part: Part, question: str) -> bool:
    """Whether a question only asks the one before it again."""
    if part.ask in {Ask.ABOUT_CORPUS, Ask.PAPER, Ask.URGENT, Ask.NOT_ANSWERABLE}:
        return False
    own = {facet: values for facet, values in part.facets.items() if values and facet not in part.inherited}
    if not own and not part.harm and part.ask in {Ask.OUT_OF_SCOPE, Ask.NONE, before.ask, Ask.EVIDENCE}:
        return len(question.split()) <= SHORT and not cue("scope", "everyday").search(question)
    return (
        part.ask is before.ask
        and part.facets == before.facets
        and part.harm == before.harm
        and part.named == before.named
    )
