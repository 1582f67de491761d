"""Hostile messages and vocabularies: parts, labels or a named refusal, in time.

FIRSTPASS_FUZZ sets how many cases the slow proofs of files read (50,000); a tenth as many messages and a hundredth as many vocabularies are read here.
"""

from __future__ import annotations

import json
from pathlib import Path

import fuzz_words
import pytest
from fuzz import limited
from fuzz_words import VALUES, VOCABULARY, question, read_with
from test_fuzz import CASES

from assistant import contract, terminal
from assistant.answering import Answerer
from assistant.question import MOST_PARTS, read_message
from corpus.errors import VocabularyError
from corpus.tagging import label_text
from corpus.vocabulary import Vocabulary, load_vocabulary


@pytest.fixture(scope="module")
def shipped() -> Vocabulary:
    """The vocabulary that ships."""
    return load_vocabulary()


def read_messages(numbers: range, vocabulary: Vocabulary) -> None:
    """Read and label these messages in time; a failure comes through with its number."""
    for number in numbers:
        try:
            text = question(number)
            with limited():
                reading = read_message(
                    text, vocabulary, earlier=(question(number + 1),) if number % 3 == 0 else ()
                )
                label_text("x", "Synthetic", text[:1500], vocabulary)
            assert 1 <= len(reading.parts) <= MOST_PARTS
        except BaseException as error:
            error.add_note(f"fuzz question {number}")
            raise


def read_vocabularies(numbers: range, folder: Path) -> int:
    """How many of these vocabularies were taken, and a text and a question read with each in time."""
    taken = 0
    for number in numbers:
        path = folder / f"{number}.toml"
        path.write_bytes(fuzz_words.vocabulary(number))
        try:
            with limited():
                taken += read_with(path)
        except BaseException as error:
            error.add_note(f"fuzz vocabulary {number}")
            raise
        path.unlink()
    return taken


def test_changed_messages_are_read(shipped: Vocabulary) -> None:
    """Messages cut, joined, repeated, wrapped and of odd signs give one to eight parts, in time, in a thread or alone."""
    read_messages(range(70), shipped)


@pytest.mark.slow
def test_thousands_of_changed_messages_are_read(shipped: Vocabulary) -> None:
    """The same for a tenth as many cases as there are of files."""
    read_messages(range(1000, 1000 + CASES // 10), shipped)


@pytest.mark.slow
def test_hundreds_of_changed_messages_are_answered_and_shown(starter: Answerer) -> None:
    """Each answer can be printed and written in UTF-8, with no control character and no lone surrogate."""
    for number in range(1000, 1000 + CASES // 100):
        text = question(number)
        with limited(20):
            answer = starter.answer(text)
            shown = terminal.render(answer, starter.vocabulary, terminal.Page())
            json.dumps(contract.answer_object(answer), ensure_ascii=False).encode("utf-8")
        shown.encode("utf-8")
        assert not [sign for sign in shown if sign != "\n" and ord(sign) < 32], number


@pytest.mark.slow
def test_a_changed_vocabulary_is_taken_or_refused(tmp_path: Path) -> None:
    """A library's vocabulary with other bytes, types and forms: taken, and read with in time, or an error that names the file."""
    assert 2 < read_vocabularies(range(36), tmp_path) < 36


@pytest.mark.slow
def test_hundreds_of_changed_vocabularies_are_taken_or_refused(tmp_path: Path) -> None:
    """The same for a hundredth as many cases as there are of files."""
    assert read_vocabularies(range(1000, 1000 + CASES // 100), tmp_path) > CASES // 2000


@pytest.mark.parametrize("value", [one for one in VALUES if len(one) > 60])
@pytest.mark.parametrize("line", ['what = "(cell|product)"', 'loose = ["zorb"]', 'forms = ["zorb journal"]'])
def test_a_form_that_stands_for_too_much_is_refused_in_time(tmp_path: Path, line: str, value: str) -> None:
    """Alternatives, joints, brackets and names that multiply are refused before they fill the memory, wherever they stand."""
    path = tmp_path / "vocabulary.toml"
    path.write_text(VOCABULARY.replace(line, f"{line.partition(' = ')[0]} = {value}"))
    with limited(5), pytest.raises(VocabularyError, match=r"vocabulary\.toml"):
        load_vocabulary(path)


def test_forms_that_together_stand_for_too_much_are_refused(tmp_path: Path) -> None:
    """Each form within bounds, all of them together not."""
    forms = ", ".join(f'"w{number} {"(a|b)" * 14}"' for number in range(40))
    path = tmp_path / "vocabulary.toml"
    path.write_text(f'[[concept]]\nid = "synthetic-product"\nfacet = "intervention"\nforms = [{forms}]\n')
    with limited(), pytest.raises(VocabularyError, match="altogether"):
        load_vocabulary(path)


@pytest.mark.parametrize("short", ["IV", "HA", "OA"])
def test_a_short_form_said_a_thousand_times_is_read_in_time(shipped: Vocabulary, short: str) -> None:
    """What decides the sense of a short form is looked for once in a text, not once for each time it stands there."""
    text = f"{short} " * 2600
    with limited(5):
        assert read_message(text, shipped).parts
        assert label_text("x", "Synthetic", text, shipped)
