"""Claims: which questions this process has taken, of all workspaces; each is taken by one worker of one process at a time.

    waiting → taken → posting → done        removed: deleted by its author before or after

A worker that lost its question to another, since its process was taken for dead, changes nothing in it any more: each taking is
a turn of its own. What was taken and is in no worker's hands, since the database broke off in between, waits again too.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Text, and_, bindparam, case, delete, func, or_, select, update

from assistant.errors import StateError
from assistant.slack.arrivals import Arrivals
from assistant.slack.database import Database
from assistant.slack.owners import Owner
from assistant.slack.questions import COLUMNS, Question, read_question
from assistant.slack.schema import DIRECTS, QUESTIONS

Q = QUESTIONS.c
EDITABLE = 15 * 60  # seconds in which an edit of a question changes its answer
KEPT = 30 * 24 * 3600  # seconds for which a question's key is remembered
HELD = or_(Q.state == "taken", Q.state == "posting")
_THIS = and_(Q.workspace == bindparam("of"), Q.key == bindparam("this"))
_MINE = and_(_THIS, Q.turn == bindparam("at"), HELD)
_NEXT = (
    select(*COLUMNS)
    .where(Q.state == "waiting", Q.not_before <= bindparam("now"))
    .order_by(Q.received, Q.key)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_THEIRS = Q.workspace.in_(bindparam("of", expanding=True))
_NEXT_OF_ONE, _NEXT_OF_MANY = _NEXT.where(Q.workspace == bindparam("of")), _NEXT.where(_THEIRS)
_TAKE = (
    update(QUESTIONS)
    .where(_THIS)
    .values(state="taken", owner=bindparam("by"), tries=bindparam("try"), turn=bindparam("at"))
)
_POSTING = (
    update(QUESTIONS)
    .where(_MINE, Q.edited.is_not_distinct_from(bindparam("edit")))
    .values(state="posting", owner=bindparam("by"))
)
_LATER = (
    update(QUESTIONS)
    .where(_MINE)
    .values(
        state="waiting",
        owner=None,
        was=bindparam("said"),
        not_before=bindparam("until"),
        tries=Q.tries - bindparam("fewer"),
    )
)
_FIND = select(Q.state, Q.edited, Q.turn).where(_THIS).with_for_update()
_POSTED = func.coalesce(bindparam("answer", type_=Text), Q.answer_ts)
_NOTE = update(QUESTIONS).where(_THIS).values(answer_ts=_POSTED)
_DONE = _NOTE.values(state="done", text=None, response_url=None, was="", owner=None)
_AGAIN = _NOTE.values(state="waiting", was="", owner=None)
_HELD = select(Q.workspace, Q.key, Q.owner, Q.turn).where(HELD)
_RELEASE = (
    update(QUESTIONS)
    .where(_MINE)
    .values(was=case((Q.state == "posting", Q.state), else_=Q.was), state="waiting", owner=None)
)
_RELEASE_ALL = (
    update(QUESTIONS)
    .where(Q.owner == bindparam("by"), Q.state == "taken")
    .values(state="waiting", owner=None)
)

_WAITING = select(func.count()).where(Q.state == "waiting", _THEIRS)
_OPEN = select(func.count()).where(
    or_(and_(Q.state == "waiting", _THEIRS), and_(HELD, Q.owner == bindparam("by")))
)
_FADE = (
    update(QUESTIONS)
    .where(Q.fingerprint.is_not(None), Q.received < bindparam("now"))
    .values(fingerprint=None)
)
_OLD = (
    delete(QUESTIONS).where(Q.received < bindparam("now")),
    delete(DIRECTS).where(DIRECTS.c.seen < bindparam("now")),
)


class Claims:
    """What this process has taken, and lets go."""

    def __init__(self, database: Database, owner: Owner) -> None:
        """Take as this process."""
        self.database = database
        self.owner = owner
        self.arrived = Arrivals()
        self._held: dict[tuple[str, str], int] = {}
        self._guard = threading.Lock()

    def take(self, workspaces: Collection[str], *, now: float) -> Question | None:
        """The next question of these workspaces that waits, now this process's; None where none does."""
        of = list(workspaces)
        statement = _NEXT_OF_ONE if len(of) == 1 else _NEXT_OF_MANY
        values = {"now": now, "of": of[0] if len(of) == 1 else of}

        def deed(rows: Connection) -> Question | None:
            found = rows.execute(statement, values).one_or_none()
            if found is None:
                return None
            row = found._asdict() | {"tries": found.tries + 1, "turn": found.turn + 1}
            changed = {"by": self.owner.name, "try": row["tries"], "at": row["turn"]}
            rows.execute(_TAKE, {"of": found.workspace, "this": found.key, **changed})
            return read_question(row)

        with self._guard:  # or what was taken just now would look as if it were in nobody's hands
            question = self.database.write(deed)
            if question:
                self._held[question.workspace, question.key] = question.turn
        return question

    def let_go(self, question: Question) -> None:
        """Have it in no worker's hands any more; where it was not seen through, it waits again soon."""
        place = (question.workspace, question.key)
        with self._guard:
            if self._held.get(place) == question.turn:
                del self._held[place]

    def posting(self, question: Question) -> bool:
        """Note that the answer is about to be posted; False where it is this worker's no more, or was deleted or edited."""
        values = {**_of(question), "edit": question.edited, "by": self.owner.name}
        return bool(self.database.change(_POSTING, values))

    def later(self, question: Question, not_before: float, *, was: str = "", counts: bool = True) -> None:
        """Let the question wait again, until then at least; `counts` where the try that failed is one of the few it has."""
        values = {**_of(question), "until": not_before, "said": was, "fewer": 0 if counts else 1}
        self.database.change(_LATER, values)

    def done(self, question: Question, answer_ts: str | None) -> bool:
        """Note that it is answered, and forget its text; False where it was deleted while the answer was posted.

        A question edited while it was answered waits again.
        """
        place = {"of": question.workspace, "this": question.key}

        def deed(rows: Connection) -> str:
            found = rows.execute(_FIND, place).one_or_none()
            if found is None or found.state == "removed":
                return "removed"
            if found.edited == question.edited:
                then, statement = "done", _DONE
            elif found.turn == question.turn:
                then, statement = "waiting", _AGAIN
            else:
                then, statement = found.state, _NOTE
            rows.execute(statement, {**place, "answer": answer_ts})
            return then

        then = self.database.write(deed)
        if then == "waiting":
            self.arrived.set()
        return then != "removed"

    def recover(self) -> int:
        """Let wait again what processes that died had taken, and what is in nobody's hands here; how many."""
        self.owner.beat()
        with self._guard:
            rows = self.database.read(_HELD)
            lost = [
                row
                for row in rows
                if row.owner == self.owner.name and self._held.get((row.workspace, row.key)) != row.turn
            ]
        others = sorted({row.owner for row in rows if row.owner} - {self.owner.name})
        dead = {name for name in others if self.owner.is_dead(name)}
        lost += [row for row in rows if row.owner in dead or not row.owner]
        found = sum(
            self.database.change(_RELEASE, {"of": row.workspace, "this": row.key, "at": row.turn})
            for row in lost
        )
        for name in sorted(dead):
            self.owner.forget(name)
        if found:
            self.arrived.set()
        return found

    def close(self) -> None:
        """Let go of what is not answered, for another process or the next start, and of the database; whatever state that is in."""
        with suppress(StateError):
            self.database.change(_RELEASE_ALL, {"by": self.owner.name})
            self.database.truncate(QUESTIONS)
        self.owner.release()
        self.database.close()

    def waiting(self, workspaces: Collection[str]) -> int:
        """How many questions of these workspaces wait."""
        return int(self.database.read(_WAITING, {"of": list(workspaces)})[0][0])

    def open(self, workspaces: Collection[str]) -> int:
        """How many questions of these workspaces wait, and how many are in this process's hands."""
        return int(self.database.read(_OPEN, {"of": list(workspaces), "by": self.owner.name})[0][0])

    def tidy(self, *, now: float) -> None:
        """Forget what is no longer needed of any workspace, in the file and in its log."""

        def deed(rows: Connection) -> None:
            rows.execute(_FADE, {"now": now - EDITABLE})
            for statement in _OLD:
                rows.execute(statement, {"now": now - KEPT})

        self.database.write(deed)
        self.owner.tidy(now=now)
        self.database.truncate(QUESTIONS)


def _of(question: Question) -> dict[str, Any]:
    """Which row it is, and which turn."""
    return {"of": question.workspace, "this": question.key, "at": question.turn}
