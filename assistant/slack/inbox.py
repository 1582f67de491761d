"""The inbox: every question of one workspace once, over retries, pairs of events, processes and restarts.

A question is stored before Slack is told that it arrived. One worker of one process takes it (`claims.py`). A question's text,
masked before it comes here, and its response_url are overwritten as soon as it is answered; what stays is a hash of its place in
Slack and when it was answered.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, Double, and_, bindparam, func, literal, select, update

from assistant.slack.claims import EDITABLE, KEPT, Claims
from assistant.slack.incoming import Asked, Way
from assistant.slack.questions import Question
from assistant.slack.schema import DIRECTS, QUESTIONS, SETTINGS

__all__ = ["EDITABLE", "FRESH", "KEPT", "Inbox"]

FRESH = 10 * 60  # seconds after which a question found waiting is no longer answered
Q = QUESTIONS.c
_THIS = and_(Q.workspace == bindparam("of"), Q.key == bindparam("this"))
_KNOWN = select(literal(1)).where(_THIS)
_FIND = select(Q.state, Q.received, Q.fingerprint, Q.edited).where(_THIS).with_for_update()
_EDIT = (
    update(QUESTIONS)
    .where(_THIS)
    .values(
        text=bindparam("words"),
        masked=bindparam("kinds"),
        edited=bindparam("edit"),
        fingerprint=bindparam("print"),
        state=bindparam("then"),
        tries=0,
    )
)
_PLACE = select(Q.channel, Q.answer_ts).where(_THIS).with_for_update()
_REMOVE = (
    update(QUESTIONS).where(_THIS).values(state="removed", text=None, response_url=None, fingerprint=None)
)
_IN_THREAD = and_(
    Q.workspace == bindparam("of"),
    Q.channel == bindparam("place"),
    Q.thread.is_not_distinct_from(bindparam("within")),
)
_THREAD = select(Q.key, Q.ts, Q.text).where(_IN_THREAD, Q.state != "removed")
_LATELY = select(func.count()).where(_IN_THREAD, Q.received >= bindparam("since", type_=Double))
_WAIT = select(func.count()).where(Q.state == "waiting", Q.workspace == bindparam("of"))
_LOOK = select(
    _KNOWN.exists().label("known"),
    _LATELY.scalar_subquery().label("lately"),
    _WAIT.scalar_subquery().label("waiting"),
)
_DIRECTS = (
    select(DIRECTS.c.channel)
    .where(DIRECTS.c.workspace == bindparam("of"), DIRECTS.c.seen >= bindparam("since"))
    .order_by(DIRECTS.c.seen.desc(), DIRECTS.c.channel)
)
_MENTIONED = (
    select(Q.channel)
    .where(
        Q.workspace == bindparam("of"),
        Q.way.in_((Way.MENTION.value, Way.REPLY.value)),
        Q.received >= bindparam("since", type_=Double),
    )
    .group_by(Q.channel)
    .order_by(func.max(Q.received).desc(), Q.channel)
)
_HEARD = select(Q.ts, Q.thread, Q.answer_ts).where(
    Q.workspace == bindparam("of"), Q.channel == bindparam("place"), Q.state != "removed"
)
_SETTING = select(SETTINGS.c.value).where(
    SETTINGS.c.workspace == bindparam("of"), SETTINGS.c.name == bindparam("this")
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a question finds when it comes in.

    Attributes:
        known: whether it is there already.
        lately: how many questions of its thread came in lately.
        waiting: how many of its workspace wait.
    """

    known: bool
    lately: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of a channel.

    Attributes:
        times: the ts of each question and of each answer.
        replies: how many of them stand in a thread, below its first message.
    """

    times: frozenset[str]
    replies: Counter[str]


class Inbox:
    """The questions of one workspace, shared by all processes that open the same database."""

    def __init__(self, claims: Claims, workspace: str) -> None:
        """Those of a workspace, taken as this process takes."""
        self.claims = claims
        self.workspace = workspace
        self.database = claims.database
        self.owner = claims.owner
        self.arrived = claims.arrived
        self._salt = self._setting("salt", secrets.token_hex(16)).encode("ascii")

    def put(self, asked: Asked, *, now: float) -> bool:
        """Store a question; False where it is there already, whoever stored it."""
        row = {
            "workspace": self.workspace,
            "key": asked.key,
            "team": asked.team,
            "channel": asked.channel,
            "ts": asked.ts,
            "thread": asked.thread,
            "user": asked.user,
            "way": asked.way.value,
            "text": asked.text,
            "masked": " ".join(asked.masked),
            "response_url": asked.response_url,
            "received": now,
            "edited": asked.edited,
            "fingerprint": self._fingerprint(asked.text),
            "state": "waiting",
        }
        stored = bool(self.database.change(self.database.insert(QUESTIONS), row))
        if stored:
            self.arrived.set()
        return stored

    def edit(self, asked: Asked, *, now: float) -> bool:
        """Let an edited question be answered anew, in the same message; False where nothing is to be done.

        Each edit counts once, and one that leaves the text as it was does not count.
        """
        fingerprint = self._fingerprint(asked.text)

        def deed(rows: Connection) -> bool:
            row = rows.execute(_FIND, self._of(asked.key)).one_or_none()
            if row is None or row.state == "removed" or now - row.received > EDITABLE:
                return False
            if row.fingerprint in (None, fingerprint) or float(row.edited or 0) >= float(asked.edited or 0):
                return False
            state = "waiting" if row.state in ("waiting", "done") else row.state
            new = {
                "words": asked.text,
                "kinds": " ".join(asked.masked),
                "edit": asked.edited,
                "print": fingerprint,
                "then": state,
            }
            rows.execute(_EDIT, {**self._of(asked.key), **new})
            return True

        edited = self.database.write(deed)
        if edited:
            self.arrived.set()
        return edited

    def look(self, asked: Asked, *, since: float) -> Seen:
        """What a question finds here."""
        place = {"place": asked.channel, "within": asked.thread, "since": since}
        (row,) = self.database.read(_LOOK, {**self._of(asked.key), **place})
        return Seen(bool(row.known), row.lately, row.waiting)

    def known(self, key: str) -> bool:
        """Whether the question is there already."""
        return bool(self.database.read(_KNOWN, self._of(key)))

    def remove(self, key: str) -> tuple[str, str] | None:
        """Forget a deleted question; channel and ts of its answer, None where there is none."""

        def deed(rows: Connection) -> tuple[str, str] | None:
            row = rows.execute(_PLACE, self._of(key)).one_or_none()
            rows.execute(_REMOVE, self._of(key))
            return (row.channel, row.answer_ts) if row and row.answer_ts else None

        return self.database.write(deed)

    def thread(self, channel: str, thread: str) -> tuple[tuple[str, str, str | None], ...]:
        """(key, ts, text where it is still there) of the thread's questions, oldest first."""
        place = {"of": self.workspace, "place": channel, "within": thread}
        rows = self.database.read(_THREAD, place)
        return tuple(sorted(((row.key, row.ts, row.text) for row in rows), key=lambda row: row[1]))

    def saw_direct(self, channel: str, *, now: float) -> None:
        """Remember a channel of direct messages, to look there for what was missed."""
        row = {"workspace": self.workspace, "channel": channel, "seen": now}
        self.database.change(self.database.insert(DIRECTS, changed=("seen",)), row)

    def directs(self, *, since: float) -> tuple[str, ...]:
        """The channels of direct messages seen since then, latest first."""
        rows = self.database.read(_DIRECTS, {"of": self.workspace, "since": since})
        return tuple(row.channel for row in rows)

    def mentioned_in(self, *, since: float) -> tuple[str, ...]:
        """The channels where it was asked among others since then, latest first."""
        rows = self.database.read(_MENTIONED, {"of": self.workspace, "since": since})
        return tuple(row.channel for row in rows)

    def heard_in(self, channel: str) -> Heard:
        """What is known of a channel."""
        rows = self.database.read(_HEARD, {"of": self.workspace, "place": channel})
        below = [(ts, row.thread) for row in rows for ts in (row.ts, row.answer_ts) if ts]
        replies = Counter(thread for ts, thread in below if thread and ts != thread)
        return Heard(frozenset(ts for ts, _ in below), replies)

    def take(self, *, now: float) -> Question | None:
        """The next question that waits, now this process's; None where none does."""
        return self.claims.take((self.workspace,), now=now)

    def let_go(self, question: Question) -> None:
        """Have it in no worker's hands any more; where it was not seen through, it waits again soon."""
        self.claims.let_go(question)

    def posting(self, question: Question) -> bool:
        """Note that the answer is about to be posted; False where it is this worker's no more, or was deleted or edited."""
        return self.claims.posting(question)

    def later(self, question: Question, not_before: float, *, was: str = "", counts: bool = True) -> None:
        """Let the question wait again, until then at least; `counts` where the try that failed is one of the few it has."""
        self.claims.later(question, not_before, was=was, counts=counts)

    def done(self, question: Question, answer_ts: str | None) -> bool:
        """Note that it is answered, and forget its text; False where it was deleted while the answer was posted."""
        return self.claims.done(question, answer_ts)

    def recover(self) -> int:
        """Let wait again what is in no living worker's hands, of any workspace; how many."""
        return self.claims.recover()

    def waiting(self) -> int:
        """How many questions wait."""
        return int(self.database.read(_WAIT, {"of": self.workspace})[0][0])

    def open(self) -> int:
        """How many questions wait or are in this process's hands."""
        return self.claims.open((self.workspace,))

    def tidy(self, *, now: float) -> None:
        """Forget what is no longer needed, in the database and in its log."""
        self.claims.tidy(now=now)

    def close(self) -> None:
        """Let go of what is not answered, and of the database."""
        self.claims.close()

    def _of(self, key: str) -> dict[str, str]:
        return {"of": self.workspace, "this": key}

    def _fingerprint(self, text: str) -> str:
        return hmac.new(self._salt, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def _setting(self, name: str, default: str) -> str:
        row = {"workspace": self.workspace, "name": name, "value": default}
        self.database.change(self.database.insert(SETTINGS), row)
        return str(self.database.read(_SETTING, self._of(name))[0].value)
