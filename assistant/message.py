"""Message: what was typed, without what a mail program or Slack put around it, split into its questions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_MESSAGE = 8_000  # characters that are read; a longer paste is cut before anything else
LONGEST_QUESTION = 600  # characters of one question that go on to the search

_LINK = re.compile(r"<(?P<target>[^<>|\n]*)\|(?P<label>[^<>\n]*)>")
_BARE_LINK = re.compile(r"<(?P<target>(?:https?://|mailto:|tel:|\[)[^<>\n]*)>")
_CALL = re.compile(r"(?<!\w)@(?:channel|here|everyone)\b", re.IGNORECASE)
_EMOJI_NAME = re.compile(r"(?<!\w):[a-z0-9_+\-]*[a-z_+\-][a-z0-9_+\-]*:(?!\w)")
_EMPHASIS = re.compile(r"(?<![\w*_~`])([*_~`]{1,3})(?=\S)(.+?)(?<=\S)\1(?![\w*_~`])", re.DOTALL)
_STRAY = re.compile(r"(?<!\S)[*_~`|]+(?!\S)")
_FENCE = re.compile(r"```|(?<!\w)`|`(?!\w)")

_HEADER = re.compile(
    r"^\s*\**(?:from|sent|date|to|cc|bcc|subject|reply-to|von|an|betreff|gesendet)\**\s*:\s?.*$",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"^\s*(?:-{2,}\s*|begin\s+)?(?:forwarded\s+(?:message|by)|weitergeleitete\s+nachricht).*$", re.IGNORECASE
)
_ORIGINAL = re.compile(r"^\s*-{2,}\s*original\s+message\s*-*\s*$|^\s*_{8,}\s*$", re.IGNORECASE)
_WROTE = re.compile(
    r"^\s*(?:on\b.{0,200}\bwrote|am\b.{0,200}\bschrieb\b.{0,80}|le\b.{0,200}\ba\s+écrit)\s*:\s*$",
    re.IGNORECASE,
)
_SUBJECT_MARK = re.compile(r"^\s*(?:(?:fwd?|re|aw|wg)\s*:\s*)+", re.IGNORECASE)
_FORWARDED = re.compile(r"\b(?:fwd?|wg)\s*:", re.IGNORECASE)
_QUOTED = re.compile(r"^\s*>+\s?")

_SIGNATURE = re.compile(
    r"^\s*(?:--\s*$|sent\s+(?:from|via)\s+my\b.*|get\s+outlook\s+for\b.*|confidential(?:ity)?\b.{0,20}(?:notice|:).*"
    r"|(?:this|the\s+information\s+in\s+this)\s+(?:e-?mail|message)\b.{0,60}\b(?:confidential|privileged|intended)\b.*)",
    re.IGNORECASE,
)
_SIGN_OFF = re.compile(
    r"^\s*(?:(?:many\s+)?thanks(?:\s+(?:so\s+much|again|in\s+advance|a\s+lot))?|thank\s+you(?:\s+(?:so\s+much|again|in\s+advance))?|thx|cheers"
    r"|(?:(?:best|kind|kindest|warm|warmest)\s+)?(?:regards|wishes)|best|sincerely(?:\s+yours)?|yours(?:\s+\w+)?|respectfully|br)\s*[,.!\-]*\s*(?:\[name\]\.?)?\s*$",
    re.IGNORECASE,
)
LONGEST_SIGNATURE = 10  # lines

_STAGE = r"(?:level|grade|grades|stage|phase|type|class|kl|tier|kellgren|lawrence|visit|week|day|month|year|step|group|arm|part|no|number|figure|fig|table|ref)"
_MARKERS = {
    "digit": re.compile(
        r"(?:^|(?<=[\s(]))(?:\(?(?P<n>\d{1,2})\s?(?:[.)]|\.\))(?=\s|[A-Za-z(\"'])|[Qq](?:uestion)?\s?(?P<q>\d{1,2})\s?[.:)]?(?=\s)|\#(?P<h>\d)\s)",
        re.MULTILINE,
    ),
    "bare": re.compile(
        r"(?:^\s*|(?<=[.?!]\s)|(?<=[.?!]\s\s))\(?(?P<n>\d{1,2})\s?[.):]?\s+(?=[A-Z\"']|is\b|if\b|are\b|does\b|do\b|what\b|can\b|how\b|any\b|which\b|was\b|has\b)",
        re.MULTILINE,
    ),
    "letter": re.compile(r"(?:^|(?<=[\s]))\(?(?P<n>[a-hA-H])\s?[.)]\s+(?=\S)", re.MULTILINE),
    "roman": re.compile(r"(?:^|(?<=[\s]))\(?(?P<n>iv|i{1,3}|v|vi{1,3})\s?[.)]\s+(?=\S)", re.MULTILINE),
}
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii")
_STAGED = re.compile(rf"\b{_STAGE}\.?\s*$", re.IGNORECASE)
_BULLET = re.compile(r"^\s*[•*\-‣◦]\s+(?=\S)")
_SENTENCE_END = re.compile(r"\?+[!?]*[)\"']*\s*|(?<=[a-z0-9)\]]{2}[.!])\s+(?=[A-Z0-9\"(\[])|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|prof|vs|pt|no|fig|et al|approx|e\.g|i\.e|st|jr|sr|ca|cf|incl|inj)\.)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Message:
    """A cleaned message in pieces.

    Attributes:
        narrative: what stands before the questions; empty where the message is only questions.
        questions: the questions in order, without their numbers; one at least, unless the message is empty.
        numbered: whether the sender numbered them.
    """

    narrative: str
    questions: tuple[str, ...]
    numbered: bool = False


def clean(text: str) -> str:
    """The sender's own words: no markup, quoted reply, mail header, signature or emoji.

    Of a message that only forwards another, the forwarded body is the message.
    """
    text = _markup(text)
    lines = [line.rstrip() for line in text.split("\n")]
    lines = _own_lines(lines)
    lines = _without_signature(lines)
    lines = [_tidy(line) for line in lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def split(text: str) -> Message:
    """A cleaned message as narrative and questions."""
    items = _numbered(text)
    if items:
        first, last = items[0][0], len(text)
        ends = [start for start, _ in items[1:]] + [last]
        questions = [text[begin:end].strip(" \n\t;,") for (_, begin), end in zip(items, ends, strict=True)]
        return Message(text[:first].strip(), tuple(" ".join(one.split()) for one in questions), numbered=True)
    sentences = list(_sentences(text))
    asked = [at for at, sentence in enumerate(sentences) if sentence.rstrip(")\"' ").endswith("?")]
    if not asked:
        whole = " ".join(text.split())
        return Message("", (whole,) if whole else ())
    narrative = " ".join(sentences[: asked[0]])
    questions = []
    for place, at in enumerate(asked):
        until = asked[place + 1] if place + 1 < len(asked) else len(sentences)
        before = sentences[asked[place - 1] + 1 : at] if place else []
        after = sentences[at + 1 : until] if place + 1 == len(asked) else []
        questions.append(" ".join([*before, sentences[at], *after]))
    return Message(narrative, tuple(questions))


def shorten(text: str) -> str:
    """The text cut to what one question may hold, at a word."""
    if len(text) <= LONGEST_QUESTION:
        return text
    return text[:LONGEST_QUESTION].rsplit(" ", 1)[0]


def _markup(text: str) -> str:
    text = _LINK.sub(lambda match: match["label"] or match["target"], text)
    text = _BARE_LINK.sub(lambda match: f" {match['target']} ", text)
    text = _CALL.sub(" ", text)
    text = _EMOJI_NAME.sub(" ", text)
    for _ in range(2):
        text = _EMPHASIS.sub(r"\2", text)
    text = _STRAY.sub(" ", _FENCE.sub(" ", text))
    return "".join(" " if _is_emoji(letter) else letter for letter in text)


def _is_emoji(letter: str) -> bool:
    if letter < "\u203c":
        return letter in "©®"
    return unicodedata.category(letter) in {"So", "Sk", "Cn", "Co"} or "\U0001f3fb" <= letter <= "\U0001f3ff"


def _own_lines(lines: list[str]) -> list[str]:
    forward = any(_FORWARD.match(line) for line in lines)
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if _FORWARD.match(line):
            at = _after_headers(lines, at + 1)
            continue
        if _WROTE.match(line) or _wrote_over_two(lines, at):
            if _words(kept):
                break
            at += 1 if _WROTE.match(line) else 2
            continue
        original = bool(_ORIGINAL.match(line))
        if original or _header_block(lines, at):
            after = _after_headers(lines, at + 1 if original else at)
            forward = forward or any(_FORWARDED.search(one) for one in lines[at:after])
            if _words(kept) and not forward:
                break
            at = max(after, at + 1)
            continue
        kept.append(line)
        at += 1
    own = [line for line in kept if not _QUOTED.match(line)]
    kept = own if _words(own) else [_QUOTED.sub("", line) for line in kept]
    return [_SUBJECT_MARK.sub("", line) for line in kept]


def _words(lines: list[str]) -> bool:
    return any(re.search(r"\w", line) for line in lines if not _QUOTED.match(line))


def _wrote_over_two(lines: list[str], at: int) -> bool:
    return (
        at + 1 < len(lines)
        and bool(re.match(r"\s*On\b", lines[at]))
        and bool(_WROTE.match(f"{lines[at]} {lines[at + 1]}"))
    )


def _header_block(lines: list[str], at: int) -> bool:
    """Whether a mail header begins here: "From:" with another header line right after it."""
    if not _HEADER.match(lines[at]):
        return False
    following = [line for line in lines[at + 1 : at + 4] if line.strip()]
    return bool(following) and bool(_HEADER.match(following[0]))


def _after_headers(lines: list[str], at: int) -> int:
    while at < len(lines) and (not lines[at].strip() or _HEADER.match(lines[at])):
        at += 1
    return at


def _without_signature(lines: list[str]) -> list[str]:
    first = next((at for at, line in enumerate(lines) if re.search(r"\w", line)), len(lines))
    for at, line in enumerate(lines):
        before = at > first
        rest = lines[at + 1 :]
        if before and _SIGNATURE.match(line):
            return lines[:at]
        short = len(rest) <= LONGEST_SIGNATURE and not any("?" in one for one in rest)
        if before and short and _SIGN_OFF.match(line):
            return lines[:at]
    return lines


def _tidy(line: str) -> str:
    return " ".join(_BULLET.sub("", line).split())


def _sentences(text: str) -> Iterator[str]:
    at = 0
    for match in _SENTENCE_END.finditer(text):
        sentence = text[at : match.end()]
        if _ABBREVIATION.search(sentence) and "\n" not in match.group():
            continue
        if re.search(r"\w", sentence):
            yield " ".join(sentence.split())
        at = match.end()
    if re.search(r"\w", text[at:]):
        yield " ".join(text[at:].split())


def _numbered(text: str) -> list[tuple[int, int]]:
    """Where each numbered question's mark begins and ends; empty unless they run 1, 2, … in one style."""
    best: list[tuple[int, int]] = []
    for style, pattern in _MARKERS.items():
        marks = [
            (match.start(), match.end(), _value(match, style))
            for match in pattern.finditer(text)
            if not _STAGED.search(text[: match.start()])
        ]
        run = _run(text, marks)
        if len(run) > len(best):
            best = run
    return best if len(best) > 1 else []


def _value(match: re.Match[str], style: str) -> int:
    word = next(group for group in match.groups() if group)
    if style == "letter":
        return ord(word.lower()) - ord("a") + 1
    return _ROMAN.index(word) + 1 if style == "roman" else int(word)


def _run(text: str, marks: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
    run: list[tuple[int, int]] = []
    for start, end, value in marks:
        if value == len(run) + 1 and (not run or re.search(r"\w\w", text[run[-1][1] : start])):
            run.append((start, end))
    return run
