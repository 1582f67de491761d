"""`explain`: all that led to an answer, as a maintainer reads it."""

from __future__ import annotations

from pathlib import Path

from answer_material import word_answerer
from bench_material import knee_joint, library, nbib

from assistant.commands.explain import explanation, lines

CELECOXIB = nbib(
    90000002,
    "Synthetic record: oral celecoxib for knee osteoarthritis",
    "Sixty patients with knee osteoarthritis were randomly assigned to oral celecoxib or placebo.",
    "PT  - Randomized Controlled Trial",
    "MH  - Humans",
)


def explained(folder: Path, question: str) -> list[str]:
    """The lines for a question that is asked of a trial of concentrate in the knee and one of celecoxib."""
    of = word_answerer(library(folder / "library", knee_joint(90000001), CELECOXIB), folder / "stores")
    return [one.strip() for one in lines(explanation(of.answer(question), of))]


def test_the_way_from_a_question_to_its_passages_is_told(tmp_path: Path) -> None:
    """The sense assumed, what each facet matches, the rungs, each label with where it is from and its words, and which facet failed."""
    told = explained(tmp_path, "IV BMC for knee OA")
    assert "sense: BMC = bone-marrow-concentrate, not bone-mineral-content, journal" in told
    assert "route matches any of: intravenous" in told
    assert "let go route: 1 studies" in told
    assert "route: does not match" in told
    assert "intervention: matches" in told
    assert any(one.startswith("design = rct (from publication-type") for one in told)
    assert any(one.startswith("route = intra-articular (from text-rule: “intra-articular") for one in told)


def test_why_a_drug_of_the_class_is_not_direct_is_told(tmp_path: Path) -> None:
    """What the question names within a concept stands there, and what the study names of it."""
    told = explained(tmp_path, "naproxen for knee OA")
    assert "named within nsaid: naproxen" in told
    assert "named, only matched: nsaid celecoxib, nsaid coxib" in told
    assert "intervention: does not match" in told
