"""Scales: the direction note stands beside the scale's name, and only there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.scales import notes, scales

WORSE, BETTER = "higher = worse", "higher = better"


@pytest.mark.parametrize(
    ("text", "name", "direction"),
    [
        ("The WOMAC fell.", "WOMAC", WORSE),
        ("VAS pain was 4.", "VAS pain", WORSE),
        ("KOOS rose.", "KOOS", BETTER),
        ("The IKDC score rose.", "IKDC subjective", BETTER),
        ("Lysholm scores rose.", "Lysholm", BETTER),
        ("The Constant-Murley score rose.", "Constant score", BETTER),
        ("QuickDASH fell.", "DASH / QuickDASH", WORSE),
        ("MOCART was 70.", "MOCART", BETTER),
        ("WORMS was 30.", "WORMS", WORSE),
        ("SF-36 rose.", "SF-36 / SF-12", BETTER),
        ("VISA-A rose.", "VISA", BETTER),
    ],
)
def test_each_scale_has_its_direction(text: str, name: str, direction: str) -> None:
    """A named scale gives one note with its direction, at the words that name it."""
    (note,) = notes(text)
    assert (note.name, note.direction) == (name, direction)
    assert text[note.start : note.end] in text


def test_the_oxford_scores_depend_on_their_version() -> None:
    """The two versions of the Oxford scores run in opposite directions, and the note says so."""
    (note,) = notes("The Oxford Knee Score rose.")
    assert BETTER in note.direction
    assert WORSE in note.direction


@pytest.mark.parametrize(
    "text",
    [
        "The DASH diet lowered blood pressure.",
        "The vas deferens was cut.",
        "Concentrations were constant and scores stayed.",
        "The visa was granted.",
        "Patients were seen at UCLA.",
        "The KSS measured sleepiness.",
        "Worms were counted.",
        "Pain was better.",
    ],
)
def test_other_senses_give_no_note(text: str) -> None:
    """Diets, anatomy, universities and plain words are no outcome scales."""
    assert notes(text) == ()


def test_every_scale_is_noted_once_in_the_order_of_the_text() -> None:
    """Two mentions of a scale give one note, at the first; notes follow the text."""
    text = "KOOS and WOMAC and KOOS."
    assert [(note.name, note.start) for note in notes(text)] == [("KOOS", 0), ("WOMAC", 9)]


def test_the_scales_are_sound() -> None:
    """No scale is listed twice and every direction says which way is better or worse."""
    names = [scale.name for scale in scales()]
    assert len(names) == len(set(names))
    assert all(WORSE in scale.direction or BETTER in scale.direction for scale in scales())


@given(st.text(max_size=400))
def test_notes_lie_inside_any_text(text: str) -> None:
    """Whatever the text, every note's span lies inside it, in order."""
    found = notes(text)
    assert all(0 <= note.start < note.end <= len(text) for note in found)
    assert list(found) == sorted(found, key=lambda note: (note.start, note.name))
