"""Forms: how a form of the vocabulary is written, and how words of a text are folded to meet it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from itertools import chain, islice, product
from math import prod

TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?|[^\W_]+")
"""A word of a text: letters and digits, or letters with full stops between them ("i.v.")."""

_GROUP = re.compile(r"\(([^()]*)\)")
_NAME = re.compile(r"\{(\w+)\}")
_SPELLING = (
    ("aem", "em"),
    ("oed", "ed"),
    ("aesth", "esth"),
    ("oest", "est"),
    ("isation", "ization"),
    ("ised", "ized"),
    ("ising", "izing"),
    ("lysed", "lyzed"),
    ("tumour", "tumor"),
    ("fibre", "fiber"),
    ("leuco", "leuko"),
    ("disk", "disc"),
    ("oematous", "ematous"),
    ("sulph", "sulf"),
    ("centre", "center"),
    ("grey", "gray"),
    ("paed", "ped"),
    ("gynaec", "gynec"),
    ("dilatation", "dilation"),
    ("signalling", "signaling"),
    ("programme", "program"),
)
MOST_FORMS = 20_000
LONGEST_FORM = 100_000
_SHORTEST_PLURAL = 3


@lru_cache(maxsize=50_000)
def key(word: str) -> str:
    """A word folded: small letters, American spelling, no plural ending."""
    word = word.lower()
    for british, american in _SPELLING:
        if british in word:
            word = word.replace(british, american)
    if len(word) > _SHORTEST_PLURAL and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        if word.endswith("ies") and len(word) > _SHORTEST_PLURAL + 1:
            return word[:-3] + "y"
        return word[:-2] if word.endswith(("sses", "ches", "shes", "xes")) else word[:-1]
    return word


def pieces(form: str, *, exact: bool) -> tuple[str, ...]:
    """The words of an expanded form: folded, or in their own letters."""
    read = _as_written if exact else _folded
    return tuple(chain.from_iterable(map(read, form.split())))


@cache
def _as_written(word: str) -> tuple[str, ...]:
    return tuple(TOKEN.findall(word))


@cache
def _folded(word: str) -> tuple[str, ...]:
    return tuple(key(one) for one in TOKEN.findall(word))


def expand(form: str, words: Mapping[str, str]) -> tuple[str, ...]:
    """The plain forms that a written form stands for, in order.

    Raises:
        ValueError: a bracket is open, a name is unknown, or it stands for too many.
    """
    named = form
    for _ in range(4):
        longer = sum(len(words.get(found[1], found[0])) for found in _NAME.finditer(named))
        if longer > LONGEST_FORM:
            msg = (
                f'the form "{form[:80]}" is longer than {LONGEST_FORM} letters when its names are written out'
            )
            raise ValueError(msg)
        named = _NAME.sub(lambda found: words.get(found[1], found[0]), named)
    if _NAME.search(named):
        msg = f'the form "{form}" uses a name that is not under [words]'
        raise ValueError(msg)
    return _expanded(named, form)


@lru_cache(maxsize=20_000)
def _expanded(named: str, form: str) -> tuple[str, ...]:
    found = [named]
    while any("(" in one for one in found):
        found = list(islice((done for one in found for done in _open(one, form)), MOST_FORMS + 1))
        if len(found) > MOST_FORMS:
            raise ValueError(_too_many(form))
    if sum(1 << one.count("~") for one in found) > MOST_FORMS:
        raise ValueError(_too_many(form))
    if "~" in named:
        found = [joined for one in found for joined in _joined(one)]
    return tuple(dict.fromkeys(" ".join(one.split()) for one in found))


def _open(one: str, form: str) -> list[str]:
    """Every choice of every bracket; where brackets stand in brackets, of the first of the innermost."""
    parts = _GROUP.split(one)
    outside = "".join(parts[::2])
    nested = "(" in outside or ")" in outside
    if len(parts) == 1:
        if nested:
            msg = f'the form "{form}" has a bracket that is not closed'
            raise ValueError(msg)
        return [one]
    if nested:
        first = len(parts[0]) + len(parts[1]) + 2
        parts = [parts[0], parts[1], one[first:]]
    choices = [part.split("|") if at % 2 else [part] for at, part in enumerate(parts)]
    if prod(map(len, choices)) > MOST_FORMS:
        raise ValueError(_too_many(form))
    return ["".join(chosen) for chosen in product(*choices)]


def _too_many(form: str) -> str:
    return f'the form "{form[:80]}" stands for more than {MOST_FORMS} forms'


def _joined(one: str) -> list[str]:
    parts = one.split("~")
    return [
        "".join(left + right for left, right in zip(parts, (*ends, ""), strict=True))
        for ends in product(("", " "), repeat=len(parts) - 1)
    ]
