"""The gate: a store is published only where no judged question is answered worse than by the store served now.

The library's own questions (`questions.toml`) are asked of the store that was prepared and of the one that is served.
What each store was found to answer is kept beside the stores, so that a store built with another model or vocabulary,
which can no longer be asked, still has a say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from assistant.errors import AssistantError, GateClosedError
from assistant.judging import Judged, Verdict, read_questions
from assistant.replay import Replayed, asking, replay
from corpus.own_file import own_bytes
from index.errors import StoreError
from index.publish import available, writing
from index.root import current_version
from index.sealed import read_sealed, write_sealed

if TYPE_CHECKING:
    from assistant.answering import Bench
    from index.build import BuildReport, Prepared
    from index.questions import Asking

QUESTIONS = "questions.toml"


@dataclass(frozen=True, slots=True)
class Worse:
    """A question that keeps the gate closed, and how it got worse.

    Attributes:
        before: the outcome of the store served; None where none could answer it.
        how: what is worse, one sentence each.
    """

    question: str
    before: str | None
    after: str
    how: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """What the judged questions said of a prepared store.

    Attributes:
        asked: how many questions.
        wrong: questions that the prepared store answers wrongly, worse than before or not.
        against: the version compared with; None where no store is served that has a say.
        replayed: each question as the prepared store answers it.
    """

    asked: int = 0
    worse: tuple[Worse, ...] = ()
    wrong: tuple[str, ...] = ()
    against: str | None = None
    replayed: tuple[Replayed, ...] = ()

    @property
    def open(self) -> bool:
        """Whether the store may be published without a reason."""
        return not self.worse


def judged_questions(folder: Path) -> tuple[Judged, ...]:
    """The library's own judged questions; none where there is no such file.

    Raises:
        AssistantError: the file cannot be read.
    """
    path = folder / QUESTIONS
    try:
        own_bytes(path)
    except FileNotFoundError:
        return ()
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror or error}), so no question was asked; mend it, or remove it"
        raise AssistantError(msg) from error
    return read_questions(path)


def ask_gate(bench: Bench, prepared: Prepared, encoders: Asking, judged: Sequence[Judged]) -> Gate:
    """What the judged questions say of a prepared store, against the one that is served."""
    if not judged:
        return Gate()
    with prepared.open() as store:
        after = replay(judged, asking(bench, store, encoders))
    version, before = _served(bench, encoders, judged)
    found = (_worse(one.verdict, before.get(_key(one.judged))) for one in after)
    return Gate(
        asked=len(after),
        worse=tuple(one for one in found if one is not None),
        wrong=tuple(one.judged.question for one in after if not one.verdict.right),
        against=version,
        replayed=after,
    )


def publish_gated(bench: Bench, prepared: Prepared, gate: Gate, *, accept: str | None = None) -> BuildReport:
    """Publish a prepared store through the gate, and keep what it was found to answer.

    Args:
        bench: whose store it is.
        prepared: the store; it is discarded where the gate stays closed.
        gate: what the judged questions said of it.
        accept: the maintainer's reason to publish it all the same; it goes into the history.

    Raises:
        GateClosedError: a question is answered worse and no reason was given; what is served stays.
    """
    if not gate.open and accept is None:
        prepared.discard()
        raise GateClosedError(_refusal(gate))
    version = prepared.report.version
    try:
        _keep(bench.root, version, gate)
    except BaseException:
        prepared.discard()
        raise
    report = bench.publish(prepared, reason=accept or "")
    _forget(bench.root)
    return report


def _refusal(gate: Gate) -> str:
    said = "; ".join(f'"{one.question}": {", ".join(one.how)}' for one in gate.worse)
    against = f"than by store {gate.against}, which stays served" if gate.against else "than they must be"
    return (
        f"{len(gate.worse)} of {gate.asked} judged questions are answered worse {against} ({said}); nothing was published; "
        'mend the library, correct questions.toml, or publish it all the same: firstpass index --accept "REASON"'
    )


def _served(
    bench: Bench, encoders: Asking, judged: Sequence[Judged]
) -> tuple[str | None, Mapping[str, Verdict]]:
    """What the store that is served says: asked now, or, where it cannot be, as kept when it was published."""
    try:
        with bench.open() as store:
            answered = replay(judged, asking(bench, store, encoders))
            return store.version, {_key(one.judged): one.verdict for one in answered}
    except StoreError:
        pass  # nothing is served yet, or it was built with something else than is in use now
    try:
        version = current_version(bench.root)
    except StoreError:
        return None, {}
    kept = kept_verdicts(bench.root, version) if version else ()
    same = {_key(one) for one in judged}
    found = {_key(one.judged): one for one in kept if _key(one.judged) in same}
    return (version if found else None), found


def _key(judged: Judged) -> str:
    """What makes two judged questions the same: all that is asked and expected."""
    return msgspec.json.encode([judged.question, judged.follow, judged.outcomes, judged.direct]).decode()


def _worse(after: Verdict, before: Verdict | None) -> Worse | None:
    """How a verdict is worse than the one before; None where it is not."""
    how = tuple(_first(after) if before is None else _against(before, after))
    if not how:
        return None
    return Worse(after.judged.question, before.outcome if before else None, after.outcome, how)


def _first(after: Verdict) -> list[str]:
    """Where nothing is served that answered it, only a question that must be right keeps the gate closed."""
    if after.right or not after.judged.must:
        return []
    return [f"must be right and is not ({_faults(after)})"]


def _against(before: Verdict, after: Verdict) -> list[str]:
    if after.right:
        return []
    how = []
    wanted = " or ".join(after.judged.outcomes)
    if after.judged.outcomes and after.outcome not in after.judged.outcomes:
        fell = before.outcome in before.judged.outcomes
        if fell or _rank(after) > _rank(before):
            how.append(f"{before.outcome} became {after.outcome} (expected {wanted})")
    for name, old, new in (
        ("wrongly direct", before.wrongly_direct, after.wrongly_direct),
        ("missed", before.missed, after.missed),
    ):
        if fresh := sorted(set(new) - set(old)):
            how.append(f"{name}: {', '.join(fresh)}")
    return how


def _rank(verdict: Verdict) -> int:
    """How bad an outcome is: an answer that should not have been is worse than none, and both than a near miss."""
    return 2 if verdict.false_answer else 1 if verdict.false_abstention else 0


def _faults(verdict: Verdict) -> str:
    said = [f"{verdict.outcome}, expected {' or '.join(verdict.judged.outcomes) or 'any outcome'}"]
    said += [f"wrongly direct: {', '.join(verdict.wrongly_direct)}"] if verdict.wrongly_direct else []
    said += [f"missed: {', '.join(verdict.missed)}"] if verdict.missed else []
    return "; ".join(said)


def _keep(root: Path, version: str, gate: Gate) -> None:
    if not gate.replayed:
        return
    path = _file(root, version)
    with writing(root):
        path.parent.mkdir(exist_ok=True)
        write_sealed(path, [one.verdict for one in gate.replayed])


def _forget(root: Path) -> None:
    """Remove the verdicts on stores that are no longer kept."""
    kept = {_file(root, version).name for version in available(root)}
    for path in sorted((root / "verdicts").glob("*.json")):
        if path.name not in kept:
            path.unlink(missing_ok=True)


def kept_verdicts(root: Path, version: str) -> tuple[Verdict, ...]:
    """The verdicts on a store as kept when it was published; none where it was asked nothing."""
    return read_sealed(_file(root, version), tuple[Verdict, ...]) or ()


def _file(root: Path, version: str) -> Path:
    return root / "verdicts" / f"{version}.json"
