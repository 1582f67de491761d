"""Hostile words: messages as they may be typed or pasted and a library's own vocabulary, each case made from its number."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from fuzz import WEIRD, case

from assistant.question import read_message
from corpus.errors import VocabularyError
from corpus.tagging import label_text
from corpus.vocabulary import load_vocabulary

QUESTIONS = (
    "is IV BMC for knee OA real?",
    "PRP vs HA for hip osteoarthritis in humans, n > 20? and is it safe?",
    "what about hip?",
    "1. MSC dose in rats\n2. intradiscal BMAC, infection risk\n3) thanks!",
    "Synthetic A, Synth J 2001;1:1-9 doi:10.1234/synthetic.1 PMID: 1 anything newer?",
    "> quoted by <@U0000001|synthetic>\nwe had a 54 yo pt, MRN 0000001, knee pain. does PRP help? <https://synthetic.invalid/1|link>",
    "*bold* _it_ `code` ```block``` &lt;b&gt; :knee: what do you have on discs?",
    "ist PRP bei Gonarthrose besser als Cortison?",
    "same-day not culture-expanded, no placebo, without animals: rotator cuff tears",
    "when was this last updated? anything retracted? chest pain now",
)
VOCABULARY = """[words]
syn = "(synthetic|made up) {what}"
what = "(cell|product)"
[[concept]]
id = "synthetic-product"
facet = "intervention"
name = "a synthetic product"
broader = "stem-cells"
preparation = "same-day"
forms = ["{syn}", "zor~bium (gel|paste|)", "syn-one"]
abbreviations = ["(h|r|)ZBM"]
loose = ["zorb"]
[[concept]]
id = "synthetic-joint"
facet = "condition"
sited = true
forms = ["zorb (pain|ache)"]
remove = ["zorb ache"]
[[ambiguous]]
form = "ZB"
default = "synthetic-product"
lower = true
window = 8
[ambiguous.senses.synthetic-product]
near = ["gel", "inject*"]
[ambiguous.senses.synthetic-joint]
before = ["grade"]
after = ["pain"]
earlier = ["level of zorb"]
[[never]]
forms = ["zorb journal"]
[dotted]
"z.b" = "synthetic-product"
[sites]
zorbs = "synthetic-joint"
"""


def _letters(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text))
    return (
        text[:at]
        + chr(rng.choice((rng.randrange(32, 127), rng.randrange(0x2FFF), rng.randrange(0x110000))))
        + text[at + 1 :]
    )


def _cut(text: str, rng: random.Random) -> str:
    return text[rng.randrange(len(text)) :] if rng.random() < 1 / 2 else text[: rng.randrange(len(text)) + 1]


def _shuffled(text: str, rng: random.Random) -> str:
    words = text.split(" ")
    rng.shuffle(words)
    return " ".join(words)


def _joined(text: str, rng: random.Random) -> str:
    return rng.choice(("", "-", "/", ",", "\n", ". ", "?")).join(text.split(" "))


def _often(text: str, rng: random.Random) -> str:
    words = text.split(" ")
    at = rng.randrange(len(words))
    times = rng.choice((3, 100, 5000))
    return " ".join([*words[:at], *[words[at]] * times, *words[at:]])


def _weird(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text))
    return text[:at] + rng.choice(WEIRD) + text[at:]


def _wrapped(text: str, rng: random.Random) -> str:
    opening, closing = rng.choice(
        (("(", ")"), ("[", "]"), ("<", ">"), ("*", "*"), ("> ", ""), ("```", "```"), ("&lt;", "&gt;"))
    )
    deep = rng.choice((1, 40, 3000))
    return opening * deep + text + closing * deep


def _with_another(text: str, rng: random.Random) -> str:
    return text + rng.choice(("\n", " ", "?", "\n\n")) + rng.choice(QUESTIONS)


CHANGES: tuple[Callable[[str, random.Random], str], ...] = (
    _letters,
    _letters,
    _cut,
    _shuffled,
    _joined,
    _often,
    _weird,
    _wrapped,
    _with_another,
    lambda text, _: text.upper(),
    lambda text, _: text[::-1],
)


def question(number: int) -> str:
    """One message: a plausible one changed one to four times; one in ten is bytes of another kind read as text."""
    rng = random.Random(number)  # noqa: S311 - cases, no secret
    if rng.random() < 1 / 10:
        seeds = [("question.txt", one.encode()) for one in QUESTIONS]
        return case(number, seeds)[1].decode("utf-8", rng.choice(("replace", "surrogateescape")))
    text = QUESTIONS[number % len(QUESTIONS)]
    for _ in range(rng.choice((1, 2, 3, 4))):
        text = rng.choice(CHANGES)(text, rng) or " "
    return text


def vocabulary(number: int) -> bytes:
    """One vocabulary.toml: the synthetic one with its bytes changed, or one of its values put in the place of another."""
    rng = random.Random(number)  # noqa: S311 - cases, no secret
    if rng.random() < 1 / 2:
        return case(number, [("vocabulary.toml", VOCABULARY.encode())])[1]
    lines = VOCABULARY.splitlines()
    for _ in range(rng.choice((1, 1, 2))):
        at = rng.choice([at for at, line in enumerate(lines) if " = " in line])
        lines[at] = f"{lines[at].partition(' = ')[0]} = {rng.choice(VALUES)}"
    return "\n".join(lines).encode()


VALUES = (
    *(
        "1",
        "-1.5",
        "true",
        "2001-02-03",
        '""',
        '"*"',
        '"synthetic-product"',
        '"nowhere"',
        "[]",
        "[[]]",
        '[""]',
        "[1]",
        "{}",
        "{a = 1}",
    ),
    *(
        '["*", "(", ")"]',
        '["a(b|(c|))~{what}"]',
        '["{syn}{syn}{syn}"]',
        '["~"]',
        '["|"]',
        '"{what}{syn}"',
        '["' + "(a|b)" * 40 + '"]',
    ),
    *(
        '["' + "a~" * 40 + '"]',
        '["' + "(" * 3000 + '"]',
        '["((' + "a|" * 9000 + "a)|b)(" + "c|" * 9000 + 'c)"]',
        '"' + "{syn}" * 9000 + '"',
    ),
)
"""What a value may be changed to: of another type, empty, in a circle, or standing for more than all memory."""
TEXT = "Zorbium gel, a made-up product (ZB), was injected for zorb pain. ZBM level of zorb ZB zorb journal z.b. hip PRP in 12 rats."


def read_with(path: Path) -> bool:
    """Whether the vocabulary is taken; then all that is done with one is done."""
    try:
        vocabulary = load_vocabulary(path)
    except VocabularyError as error:
        assert path.name in str(error)  # noqa: PT017 - one of two outcomes
        return False
    label_text("x", "Synthetic", TEXT, vocabulary)
    assert read_message("zorbium for zorb pain, ZB or PRP?", vocabulary).parts
    vocabulary.contradictions()
    return True
