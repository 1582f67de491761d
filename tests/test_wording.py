"""The bot's own words: a closed list, without a verdict, whatever is asked."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import citation, wording
from assistant.answer import Answer
from assistant.answering import Answerer
from assistant.asked import FACETS_ASKED, Ask, Part
from assistant.terminal import Page, render
from corpus.label import FACETS

ROOT = Path(__file__).resolve().parents[1]
FORBIDDEN = re.compile(
    r"\b(no evidence|there is no evidence|not effective|effective|ineffective|safe|unsafe|proven|unproven|works|recommend\w*|should|must)\b",
    re.IGNORECASE,
)
PRODUCTS = (
    "BMC",
    "prp",
    "svf",
    "stem cells",
    "MSC",
    "hyaluronic acid",
    "exosomes",
    "prolotherapy",
    "amniotic fluid",
    "cortisone",
)
ROUTES = ("IV", "intra-articular", "intradiscal", "")
CONDITIONS = ("knee OA", "hip arthritis", "RCT", "tennis elbow", "back pain", "osteonecrosis", "")
SHAPES = (
    "is {p} {r} for {c} real?",
    "{p} {r} {c}",
    "can {p} {r} cause infection in {c}",
    "my pt John Smith wants {p} {r} for {c}, ok?",
    "{p} vs cortisone {r} {c}",
    "how many papers on {p} {r} {c}",
    "is {p} {r} proven safe and effective for {c}? there is no evidence, right?",
    "1) {p} {r} in {c}? 2) and in rats?",
)
EDGES = (
    "",
    "?",
    "thanks",
    "pizza",
    "pt septic NOW what abx",
    "paper by Fischer 2009",
    "when updated?",
    "what got retracted?",
    "👍" * 500,
)


def questions(count: int) -> Iterator[str]:
    """The edge cases, then shapes filled at random, the same every time."""
    yield from EDGES
    chance = random.Random(7)  # noqa: S311 - the same questions every time, nothing secret
    for _ in range(count - len(EDGES)):
        yield chance.choice(SHAPES).format(
            p=chance.choice(PRODUCTS), r=chance.choice(ROUTES), c=chance.choice(CONDITIONS)
        )


def patterns() -> list[re.Pattern[str]]:
    """Each sentence of the closed list, its places open."""
    return [
        re.compile(re.sub(r"\\\{\w+\\\}", ".*", re.escape(sentence)))
        for sentence in wording.SENTENCES.values()
    ]


def ours(answer: Answer, answerer: Answerer) -> list[str]:
    """The lines of a rendered answer that are neither a quote, a citation, the question itself nor a row of figures."""
    foreign = {quote.text for part in answer.parts for quote in part.quotes}
    foreign_lines = {line.strip().strip("“”") for text in foreign for line in text.split("\n")}
    cited = {citation.line(quote.document) for part in answer.parts for quote in part.quotes}
    cited |= {citation.line(document) for part in answer.parts for document in part.listed}
    asked = {part.part.text for part in answer.parts}
    lines = []
    for line in render(answer, answerer.vocabulary, Page(width=1_000_000)).split("\n"):
        plain = line.strip()
        unnumbered = re.sub(r"^\d+  ", "", plain)
        quoted = plain.strip("“”").strip() in foreign_lines
        if (
            plain
            and not quoted
            and plain not in cited
            and " ".join(unnumbered.split()) not in {" ".join(one.split()) for one in asked}
        ):
            lines.append(unnumbered)
    return lines


def check(answerer: Answerer, count: int) -> int:
    """Render so many answers and hold each line of ours; the number of lines held."""
    known = patterns()
    held = 0
    for question in questions(count):
        answer = answerer.answer(question)
        for line in ours(answer, answerer):
            own = re.sub(r"authors state: “.*?”", "", line, flags=re.DOTALL)
            assert not FORBIDDEN.search(own), (question, line)
            headline = " · " in line  # labels of a passage, checked by their pieces
            figures = re.match(r"[├└]|.*  human\b|\S.*  +\d+ +\d+ +\d+$", line)
            whole = any(pattern.fullmatch(line) for pattern in known)
            assert whole or figures or headline or is_label(line, answerer), (question, line)
            held += 1
    return held


def is_label(line: str, answerer: Answerer) -> bool:
    """Whether a line is the names of concepts alone."""
    values = {value for facet in FACETS for value in answerer.sources.store.table.values(facet)}
    names = {wording.name(value, answerer.vocabulary) for value in values}
    return all(piece in names for piece in line.split(", "))


def test_every_line_of_ours_is_in_the_closed_list(starter: Answerer) -> None:
    """In 120 answers, all that is not quoted, cited or counted is a sentence of the list, and none judges."""
    assert check(starter, 120) > 500


@pytest.mark.slow
def test_thousands_of_answers_hold_to_the_closed_list(starter: Answerer) -> None:
    """The same over 2,500 answers."""
    assert check(starter, 2500) > 10_000


def test_the_list_itself_judges_nothing() -> None:
    """No sentence, facet name or status of the list has a word of verdict."""
    sentences = [*wording.SENTENCES.values(), *wording.FACET_NAMES.values(), *wording.STATUS_NAMES.values()]
    assert [sentence for sentence in sentences if FORBIDDEN.search(sentence)] == []


@pytest.mark.parametrize(
    "face", ["assistant/terminal.py", "assistant/answer.py", "assistant/quotes.py", "assistant/about.py"]
)
def test_no_face_has_words_of_its_own(face: str) -> None:
    """Outside docstrings and errors, the modules that show an answer hold no string of two words or more."""
    tree = ast.parse((ROOT / face).read_text("utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and isinstance(node.body[0], ast.Expr)
    }
    wordy = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
        and re.search(r"[a-z]{2,} [a-z]{2,}", node.value)
    ]
    assert wordy == []


def test_zero_is_said_of_this_corpus_only(starter: Answerer) -> None:
    """A question without a direct study says how many were searched, in which library, and that others may exist."""
    page = render(starter.answer("is IV BMC for knee OA real?"), starter.vocabulary, Page(width=1000))
    first, second = page.split("\n")[:2]
    assert first == "0 of 57 studies match bone marrow concentrate · intravenous · knee osteoarthritis."
    assert second.startswith("Searched: starter library, built ")
    assert second.endswith("90 documents. Says nothing of papers outside it.")


def test_a_rung_says_that_one_arm_alone_stands_on_it() -> None:
    """Where two products are compared, "another product" would deny the studies of one of them."""
    facets = {**dict.fromkeys(FACETS_ASKED, ()), "intervention": ("a", "b"), "condition": ("c",)}
    asked = Part("question", Ask.COMPARISON, facets, compared=("a", "b"))
    assert wording.rung(("intervention",), asked) == "one arm or another product"
    assert (
        wording.rung(("intervention", "condition"), asked)
        == "one arm or another product and another condition"
    )
    assert wording.rung(("intervention",), replace(asked, ask=Ask.EVIDENCE, compared=())) == "another product"
