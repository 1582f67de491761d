"""Privacy: patient identifiers taken out of a message before anything else reads it.

The eighteen kinds of 45 CFR 164.514(b)(2), which a text can hold: each is replaced by its kind in brackets.
What is masked here is seen by no other part of firstpass; nothing is kept of it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html import unescape
from importlib import resources
from typing import Any

from assistant.names import find_names

Span = tuple[int, int]

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
_MENTION = re.compile(r"<[@#!][^<>\n]{0,200}>")
_ENDLESS = re.compile(r"([!-~]{240})[!-~]+")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_ALIKE = str.maketrans(
    dict.fromkeys(map(chr, (*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D)), "-")
    | {
        "\u2019": "'",
        "\u2018": "'",
        "\u02bc": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2032": "'",
    }
)
_PUBMED_NUMBER = re.compile(r"(?<![\w.,\-/#:+])\d{7,8}(?![\w.]?\d|\w)")
_LITERATURE = re.compile(
    r"\b(?:paper|papers|pmid|pubmed|article|abstract|retract\w*|study|publication|cite|citation|lookup|look up|show)\b",
    re.IGNORECASE,
)
_UNITS = re.compile(
    r"\s*(?:%|[x\u00d7]|mg|ml|iu|units?|cells?|mscs?|platelets?|stem|/|per\b|patients?)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without identifiers.

    Attributes:
        kinds: which kinds were masked, sorted, each once.
    """

    text: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Rules:
    identifiers: tuple[tuple[str, re.Pattern[str]], ...]
    protected: tuple[re.Pattern[str], ...]
    town: re.Pattern[str]
    lives: re.Pattern[str]
    county: re.Pattern[str]
    known: re.Pattern[str]
    papers_before: re.Pattern[str]


def plain(text: str) -> str:
    """The text without invisible characters and Slack's mentions, with one form for every dash, quote and digit.

    Without this an identifier could hide behind a zero-width space, an HTML entity or full-width digits. What
    runs on for hundreds of letters without a space is cut: no word, number or address of a question is so long.
    """
    text = unescape(unescape(text)).encode("utf-8", "replace").decode("utf-8")
    text = _CONTROLS.sub(" ", _LINE_ENDS.sub("\n", _INVISIBLE.sub("", text)))
    text = _MENTION.sub(" ", unicodedata.normalize("NFKC", text).translate(_ALIKE))
    return _ENDLESS.sub(r"\1 ", text)


def mask(text: str) -> Masked:
    """The text with every identifier replaced by its kind in brackets, e.g. "[name]"."""
    text = plain(text)
    kept = _protected(text)
    found: list[tuple[int, int, str]] = []
    for start, end, kind in _candidates(text):
        inside = [span for span in kept if kind != "url" or span[0] <= start]
        if start < end and not _overlaps((start, end), inside):
            found.append((start, end, kind))
    return _replace(text, found)


def _candidates(text: str) -> Iterator[tuple[int, int, str]]:
    rules = _rules()
    for kind, pattern in rules.identifiers:
        for match in pattern.finditer(text):
            name = next((group for group in ("id", "id2") if match.groupdict().get(group)), None)
            start, end = match.span(name) if name else match.span()
            yield start, end, kind
    yield from ((*span, "place") for span in _places(text, rules))
    yield from ((*span, "name") for span in find_names(text, _lists()["names"]))
    if not _LITERATURE.search(text) and text.strip("?. \n").isdigit() is False:
        for match in _PUBMED_NUMBER.finditer(text):
            if not match.group().endswith("000") and not _UNITS.match(text, match.end()):
                yield *match.span(), "other-id"


def _protected(text: str) -> list[Span]:
    return [match.span() for pattern in _rules().protected for match in pattern.finditer(text)]


def _places(text: str, rules: _Rules) -> Iterator[Span]:
    for pattern in (rules.town, rules.lives, rules.county):
        yield from (match.span("id") for match in pattern.finditer(text))
    for match in rules.known.finditer(text):
        if not rules.papers_before.search(text, 0, match.start()):
            yield match.span("id")


def _overlaps(span: Span, others: list[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _replace(text: str, found: list[tuple[int, int, str]]) -> Masked:
    """Where identifiers overlap, the first that begins gives the kind, and the whole stretch goes."""
    pieces: list[str] = []
    kinds: set[str] = set()
    at = 0
    for start, end, kind in sorted(found, key=lambda one: (one[0], -one[1])):
        if start < at:
            at = max(at, end)
            continue
        pieces += [text[at:start], f"[{kind}]"]
        kinds.add(kind)
        at = end
    return Masked("".join([*pieces, text[at:]]), tuple(sorted(kinds)))


@cache
def _lists() -> Mapping[str, Any]:
    return tomllib.loads((resources.files("assistant") / "privacy.toml").read_text("utf-8"))


@cache
def _rules() -> _Rules:
    lists = _lists()
    places = lists["places"]
    states = "|".join(
        re.escape(" ".join(one.split())).replace(r"\ ", r"\s") for one in places["state"].split(",")
    )
    cities = "|".join(
        re.escape(" ".join(one.split())).replace(r"\ ", r"\s") for one in places["city"].split(",")
    )
    pieces = {
        **lists["pieces"],
        "LITERATURE": "|".join(re.escape(one) for one in lists["protected"]["literature"]),
        "CITY": cities,
    }
    word = r"(?:St\.\s)?[A-Z][\w'\-]+(?:\s[A-Z][\w'\-]+){0,2}"
    before = "|".join(places["literature_before"])
    return _Rules(
        tuple(
            (one["kind"], _compile(pattern, pieces))
            for one in lists["identifier"]
            for pattern in one["patterns"]
        ),
        tuple(_compile(pattern, pieces) for pattern in lists["protected"]["patterns"]),
        re.compile(
            rf"(?P<id>{word}),?\s*,\s*(?:{states}|{pieces['STATE']}(?=\s+\d{{5}})|[A-Z]{{2}}\s+\d{{5}})\b"
        ),
        re.compile(
            rf"\b(?i:liv(?:es|ed|ing)|resid(?:es|ed|ing)|moved|drives|travel(?:s|ing|led)|flew|hails|based|born|from|located)\s(?:(?i:here|out|over|up|down)\s)?(?i:in|from|to|near|outside|at)\s(?P<id>{word})(?!\w)(?!\s(?:{states}))"
        ),
        re.compile(r"\b(?P<id>(?:[A-Z][\w'\-]+\s){1,2}(?:County|Township|Parish|Borough|Precinct|Shire))\b"),
        re.compile(
            rf"(?i:\b(?:in|from|near|at|to|of|around|outside|downtown)\s|(?=\S[^,\n]{{2,20}},\s?(?:{states}|{pieces['STATE']})\b))(?P<id>(?i:{cities}))(?!\w)(?!\s(?i:classification|score|scale|questionnaire|knee|hip|shoulder|criteria|group|trial|study))"
        ),
        re.compile(
            rf"\b(?:{before})\s(?:\w+\s)?(?:\w+\s)?(?:in|from|at|of|to)\s$|\b(?:{before})\s(?:in|from|at|of)\s(?=\S*$)",
            re.IGNORECASE,
        ),
    )


def _compile(pattern: str, pieces: Mapping[str, str]) -> re.Pattern[str]:
    """The pattern with its capital words filled in; white space in it does not count."""
    for name, piece in pieces.items():
        if name in pattern:
            pattern = re.sub(rf"(?<![A-Za-z\\]){name}(?![A-Za-z])", piece.replace("\\", r"\\"), pattern)
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE)
