"""What changed between two stores, told three ways: as plain values, on a terminal, and as a note for a channel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from assistant.diffing import Answers, LabelChange, StatusChange, StoreDiff
from assistant.judging import Verdict
from assistant.replay import AnswerChange
from assistant.wording import STATUS_NAMES, Names, name, say
from corpus.label import Label

LISTED = 20
"""Lines of one sort shown on a terminal; --json has all."""
NOTED = 5
"""Lines of one sort in a channel's note."""


def diff_object(diff: StoreDiff) -> dict[str, Any]:
    """Everything that differs, for --json."""
    return {
        "from": diff.before,
        "to": diff.after,
        "built_with": list(diff.built_with),
        "documents": {
            "added": msgspec.to_builtins(diff.added),
            "removed": msgspec.to_builtins(diff.removed),
            "changed": msgspec.to_builtins(diff.changed),
            "rechecked": diff.rechecked,
        },
        "labels": [_label_change(change) for change in diff.labels],
        "statuses": [
            {"id": one.id, "citation": one.citation, "from": one.before, "to": one.after}
            for one in diff.statuses
        ],
        "studies": {"from": diff.studies[0], "to": diff.studies[1]},
        "counts": [
            {"species": one.species, "design": one.design, "from": one.before, "to": one.after}
            for one in diff.counts
        ],
        "answers": _answers(diff.answers),
    }


def _label_change(change: LabelChange) -> dict[str, Any]:
    return {
        "id": change.id,
        "facet": change.facet,
        "from": _label(change.before),
        "to": _label(change.after),
    }


def _label(label: Label) -> dict[str, Any]:
    return {"values": list(label.values), "from": label.origin.value}


def _answers(answers: Answers) -> dict[str, Any]:
    return {
        "asked": answers.asked,
        "reason": answers.reason or None,
        "changed": [
            {
                "question": one.question,
                "follow": list(one.follow),
                "aspects": list(one.aspects),
                "from": list(one.before),
                "to": list(one.after),
            }
            for one in answers.changes
        ],
        "replay": [
            {
                "question": old.judged.question,
                "follow": list(old.judged.follow),
                "from": _verdict(old),
                "to": _verdict(new),
            }
            for old, new in answers.sides
        ],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "outcome": verdict.outcome,
        "right": verdict.right,
        "wrongly_direct": list(verdict.wrongly_direct),
        "missed": list(verdict.missed),
    }


def replay_lines(answers: Answers) -> Iterator[str]:
    """Every judged question with what the two stores make of it, side by side."""
    for old, new in answers.sides:
        both = " → ".join(f"{'right' if one.right else 'WRONG'} {one.outcome}" for one in (old, new))
        yield f"  {both:42}  {old.judged.question}"


def diff_lines(diff: StoreDiff) -> Iterator[str]:
    """Everything that differs, for a terminal; long lists cut, with the number left out."""
    yield f"store {diff.before} → {diff.after}"
    if diff.built_with:
        yield f"built with another {' and '.join(diff.built_with)}"
    yield (
        f"documents: {len(diff.added)} added, {len(diff.removed)} removed, {len(diff.changed)} changed"
        + (f", {diff.rechecked} only checked again for retractions" if diff.rechecked else "")
    )
    yield from _cut([f"  + {one.id}  {one.title}" for one in diff.added])
    yield from _cut([f"  - {one.id}  {one.title}" for one in diff.removed])
    yield from _cut([f"  ~ {one.id}  ({', '.join(one.fields)})  {one.title}" for one in diff.changed])
    yield f"labels changed: {len(diff.labels)}"
    yield from _cut(
        [f"  {one.id} {one.facet}: {_said(one.before)} → {_said(one.after)}" for one in diff.labels]
    )
    yield f"statuses changed: {len(diff.statuses)}"
    yield from _cut([f"  {one.id}: {one.before or 'not there'} → {one.after}" for one in diff.statuses])
    yield f"studies: {diff.studies[0]} → {diff.studies[1]}"
    yield from _cut([f"  {one.species} · {one.design}: {one.before} → {one.after}" for one in diff.counts])
    yield from _answer_lines(diff.answers)


def _said(label: Label) -> str:
    return f"{', '.join(label.values)} ({label.origin.value})"


def _cut(lines: list[str]) -> Iterator[str]:
    yield from lines[:LISTED]
    if len(lines) > LISTED:
        yield f"  … and {len(lines) - LISTED} more (--json lists all)"


def _answer_lines(answers: Answers) -> Iterator[str]:
    if answers.reason:
        yield f"answers were not compared: {answers.reason}"
        return
    yield f"judged answers changed: {len(answers.changes)} of {answers.asked}"
    for change in answers.changes:
        yield f"  {change.question}"
        for line in _answer_change(change):
            yield f"      {line}"


def _answer_change(change: AnswerChange) -> Iterator[str]:
    """One line for each aspect of each part that differs."""
    if change.aspects == ("parts",):
        yield f"parts: {len(change.before)} → {len(change.after)}"
        return
    for number, (old, new) in enumerate(zip(change.before, change.after, strict=True), start=1):
        part = f"part {number}, " if len(change.before) > 1 else ""
        for aspect in old:
            yield f"{part}{_ASPECTS.get(aspect, _plain)(aspect, old[aspect], new[aspect])}"


def _plain(aspect: str, old: Any, new: Any) -> str:
    return f"{aspect}: {old} → {new}" if isinstance(old, str) else f"{aspect} changed"


def _direct(aspect: str, old: Any, new: Any) -> str:
    before, after = (set(one["documents"]) if one else set() for one in (old, new))
    studies = " → ".join(str(one["studies"] if one else 0) for one in (old, new))
    return f"{aspect}: {studies} studies{_moved(before, after)}"


def _ids(aspect: str, old: Any, new: Any) -> str:
    return f"{aspect}{_moved(set(old), set(new))}"


def _passages(aspect: str, old: Any, new: Any) -> str:
    before, after = ({one["document"] for one in shown} for shown in (old, new))
    return (
        f"{aspect}{_moved(before, after)}" if before != after else f"{aspect}: other words, order or labels"
    )


def _rungs(aspect: str, old: Any, new: Any) -> str:
    before, after = ({one["dropped"]: one["studies"] for one in rungs} for rungs in (old, new))
    moved = [
        f"{dropped} {before.get(dropped, 0)} → {after.get(dropped, 0)}"
        for dropped in dict.fromkeys((*before, *after))
        if before.get(dropped, 0) != after.get(dropped, 0)
    ]
    return f"{aspect}: {', '.join(moved) or 'other studies, as many'}"


def _moved(before: set[str], after: set[str]) -> str:
    moved = [f"+{one}" for one in sorted(after - before)] + [f"-{one}" for one in sorted(before - after)]
    return f" ({', '.join(moved)})" if moved else ""


_ASPECTS = {"direct": _direct, "passages": _passages, "ladder": _rungs, "apart": _ids, "retracted": _ids}


def change_note(diff: StoreDiff, library: str, names: Names) -> tuple[str, ...]:
    """What changed, in sentences that a channel may be told: statuses first, for they bear on what was read before.

    No question stands in it: not even a judged one, which the maintainer wrote for the gate.
    """
    lines = [say("change-store", library=library, after=diff.after, before=diff.before)]
    lines += _noted([status_line(one) for one in diff.statuses])
    return (*lines, *change_facts(diff, names))


def status_line(change: StatusChange) -> str:
    """A document's new status, with its citation."""
    return say("change-status", status=STATUS_NAMES[change.after], citation=change.citation)


def change_facts(diff: StoreDiff, names: Names) -> tuple[str, ...]:
    """How many documents, studies and judged answers changed, in sentences."""
    if diff.empty:
        return (say("change-none"),)
    counts = [
        say(
            "change-count",
            species=name(one.species, names),
            design=name(one.design, names),
            before=one.before,
            after=one.after,
        )
        for one in diff.counts
    ]
    documents = {"added": len(diff.added), "removed": len(diff.removed), "changed": len(diff.changed)}
    lines = [
        say("change-documents", **documents),
        say("change-studies", before=diff.studies[0], after=diff.studies[1]),
        *_noted(counts),
    ]
    if changed := len(diff.answers.changes):
        lines.append(say("change-answers", count=changed, asked=diff.answers.asked))
    return tuple(lines)


def _noted(lines: list[str]) -> list[str]:
    left = len(lines) - NOTED
    return lines if left <= 0 else [*lines[:NOTED], say("change-more", count=left)]
