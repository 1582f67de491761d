"""What is answered and what is not, end to end: off-topic questions show no passage, messy ones in scope are not turned away."""

from __future__ import annotations

import scope_questions

from assistant.answering import Answerer
from assistant.judging import ANSWERED

OFF_TOPIC = [*scope_questions.EVERYDAY.split("\n"), *scope_questions.OTHER_MEDICINE.split("\n")]
IN_SCOPE = scope_questions.IN_SCOPE.split("\n")


def answered(answerer: Answerer, question: str) -> bool:
    """Whether any part of the answer shows something of the corpus."""
    return any(part.outcome in ANSWERED for part in answerer.answer(question).parts)


def test_false_answers_are_at_most_one_in_a_hundred(starter: Answerer) -> None:
    """Of some 200 off-topic questions at most 1 % are answered; none of the others shows a passage."""
    wrong = [question for question in OFF_TOPIC if answered(starter, question)]
    assert len(OFF_TOPIC) >= 200
    assert len(wrong) <= len(OFF_TOPIC) / 100, wrong


def test_false_abstentions_are_at_most_one_in_twenty(starter: Answerer) -> None:
    """Of the questions in scope, however typed, at most 5 % are turned away."""
    turned_away = [question for question in IN_SCOPE if not answered(starter, question)]
    assert len(IN_SCOPE) >= 60
    assert len(turned_away) <= len(IN_SCOPE) / 20, turned_away
