"""The inbox: every question once, over retries, pairs of events, processes and restarts; one SQLite file.

A question is stored before Slack is told that it arrived. One worker of one process takes it; a process that died is known by
the lock it no longer holds, and what it had taken waits again. A question's text, masked before it comes here, and its
response_url are overwritten as soon as it is answered; what stays is a hash of its place in Slack and when it was answered.

    waiting → taken → posting → done        removed: deleted by its author before or after
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from pathlib import Path

from filelock import FileLock

from assistant.slack.database import Database
from assistant.slack.incoming import Asked
from assistant.slack.owners import Owner
from assistant.slack.questions import COLUMNS, Question, read_question
from assistant.slack.settings import FILE

EDITABLE = 15 * 60  # seconds in which an edit of a question changes its answer
FRESH = 10 * 60  # seconds after which a question found waiting is no longer answered
KEPT = 30 * 24 * 3600  # seconds for which a question's key is remembered
_SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS question (
    key TEXT PRIMARY KEY, team TEXT NOT NULL, channel TEXT NOT NULL, ts TEXT NOT NULL, thread TEXT, user TEXT NOT NULL,
    way TEXT NOT NULL, text TEXT, masked TEXT NOT NULL, response_url TEXT, state TEXT NOT NULL, was TEXT NOT NULL DEFAULT '',
    owner TEXT, not_before REAL NOT NULL DEFAULT 0, received REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
    answer_ts TEXT, edited TEXT, fingerprint TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS question_state ON question (state, not_before);
CREATE INDEX IF NOT EXISTS question_thread ON question (channel, thread);
CREATE TABLE IF NOT EXISTS direct (channel TEXT PRIMARY KEY, seen REAL NOT NULL) WITHOUT ROWID;
"""


class Inbox:
    """The questions of one workspace, shared by all processes that open the same file."""

    def __init__(self, folder: Path) -> None:
        """Open the inbox in a folder, as a process of its own."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(
            folder / "open.lock"
        ):  # two processes that make the file at the same time would refuse each other
            self.database = Database(folder / FILE)
            self.database.connection.executescript(_SCHEMA)
        self.owner = Owner(folder / "owners")
        self._salt = self._setting("salt", secrets.token_hex(16)).encode("ascii")
        self.arrived = threading.Event()

    def close(self) -> None:
        """Let go of what is not answered, for another process or the next start."""
        with self.database.writing() as rows:
            rows.execute(
                "UPDATE question SET state = 'waiting', owner = NULL WHERE owner = ? AND state = 'taken'",
                (self.owner.name,),
            )
        self.database.truncate()
        self.database.close()
        self.owner.release()

    def put(self, asked: Asked, *, now: float) -> bool:
        """Store a question; False where it is there already, whoever stored it."""
        values = (
            *(
                asked.key,
                asked.team,
                asked.channel,
                asked.ts,
                asked.thread,
                asked.user,
                asked.way.value,
                asked.text,
            ),
            *(" ".join(asked.masked), asked.response_url, now, asked.edited, self._fingerprint(asked.text)),
        )
        with self.database.writing() as rows:
            done = rows.execute(
                "INSERT OR IGNORE INTO question (key, team, channel, ts, thread, user, way, text, masked, response_url,"
                " received, edited, fingerprint, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting')",
                values,
            )
        if done.rowcount:
            self.arrived.set()
        return bool(done.rowcount)

    def edit(self, asked: Asked, *, now: float) -> bool:
        """Let an edited question be answered anew, in the same message; False where nothing is to be done.

        Each edit counts once, and one that leaves the text as it was does not count.
        """
        fingerprint = self._fingerprint(asked.text)
        with self.database.writing() as rows:
            row = rows.execute("SELECT * FROM question WHERE key = ?", (asked.key,)).fetchone()
            if row is None or row["state"] == "removed" or now - row["received"] > EDITABLE:
                return False
            if row["fingerprint"] in (None, fingerprint) or float(row["edited"] or 0) >= float(
                asked.edited or 0
            ):
                return False
            state = "waiting" if row["state"] in ("waiting", "done") else row["state"]
            rows.execute(
                "UPDATE question SET text = ?, masked = ?, edited = ?, fingerprint = ?, state = ?, tries = 0 WHERE key = ?",
                (asked.text, " ".join(asked.masked), asked.edited, fingerprint, state, asked.key),
            )
        self.arrived.set()
        return True

    def known(self, key: str) -> bool:
        """Whether the question is there already."""
        found = self.database.connection.execute("SELECT 1 FROM question WHERE key = ?", (key,))
        return found.fetchone() is not None

    def take(self, *, now: float) -> Question | None:
        """The next question that waits, now this process's; None where none does."""
        with self.database.writing() as rows:
            row = rows.execute(
                f"UPDATE question SET state = 'taken', owner = ?, tries = tries + 1 WHERE key = (SELECT key FROM question"  # noqa: S608 - the columns are a constant
                f" WHERE state = 'waiting' AND not_before <= ? ORDER BY received, key LIMIT 1) RETURNING {COLUMNS}",
                (self.owner.name, now),
            ).fetchone()
        return read_question(row) if row else None

    def posting(self, question: Question) -> bool:
        """Note that the answer is about to be posted; False where the question was meanwhile deleted or edited."""
        with self.database.writing() as rows:
            done = rows.execute(
                "UPDATE question SET state = 'posting' WHERE key = ? AND state = 'taken' AND edited IS ?",
                (question.key, question.edited),
            )
        return bool(done.rowcount)

    def later(self, question: Question, not_before: float, *, was: str = "", counts: bool = True) -> None:
        """Let the question wait again, until then at least; `counts` where the try that failed is one of the few it has."""
        with self.database.writing() as rows:
            rows.execute(
                "UPDATE question SET state = 'waiting', was = ?, owner = NULL, not_before = ?, tries = tries - ?"
                " WHERE key = ? AND state != 'removed'",
                (was, not_before, 0 if counts else 1, question.key),
            )

    def done(self, question: Question, answer_ts: str | None) -> bool:
        """Note that it is answered, and forget its text; False where it was deleted while the answer was posted.

        A question edited while it was answered waits again.
        """
        with self.database.writing() as rows:
            rows.execute(
                "UPDATE question SET answer_ts = coalesce(?, answer_ts), was = '', owner = NULL WHERE key = ?",
                (answer_ts, question.key),
            )
            done = rows.execute(
                "UPDATE question SET state = 'done', text = NULL, response_url = NULL"
                " WHERE key = ? AND state IN ('taken', 'posting') AND edited IS ?",
                (question.key, question.edited),
            )
            rows.execute(
                "UPDATE question SET state = 'waiting' WHERE key = ? AND state IN ('taken', 'posting')",
                (question.key,),
            )
            state = rows.execute("SELECT state FROM question WHERE key = ?", (question.key,)).fetchone()
        if not done.rowcount:
            self.arrived.set()
        return bool(state) and state[0] != "removed"

    def remove(self, key: str) -> tuple[str, str] | None:
        """Forget a deleted question; channel and ts of its answer, None where there is none."""
        with self.database.writing() as rows:
            row = rows.execute("SELECT channel, answer_ts FROM question WHERE key = ?", (key,)).fetchone()
            rows.execute(
                "UPDATE question SET state = 'removed', text = NULL, response_url = NULL, fingerprint = NULL WHERE key = ?",
                (key,),
            )
        return (row["channel"], row["answer_ts"]) if row and row["answer_ts"] else None

    def recover(self) -> int:
        """Let wait again what processes that died had taken; how many."""
        rows = self.database.connection.execute(
            "SELECT DISTINCT owner FROM question WHERE state IN ('taken', 'posting') AND owner IS NOT NULL AND owner != ?",
            (self.owner.name,),
        ).fetchall()
        dead = [row["owner"] for row in rows if self.owner.is_dead(row["owner"])]
        found = 0
        for owner in dead:
            with self.database.writing() as writing:
                done = writing.execute(
                    "UPDATE question SET was = CASE state WHEN 'posting' THEN state ELSE was END, state = 'waiting',"
                    " owner = NULL WHERE owner = ? AND state IN ('taken', 'posting')",
                    (owner,),
                )
                found += done.rowcount
            self.owner.forget(owner)
        if found:
            self.arrived.set()
        return found

    def waiting(self) -> int:
        """How many questions wait."""
        row = self.database.connection.execute(
            "SELECT count(*) FROM question WHERE state = 'waiting'"
        ).fetchone()
        return int(row[0])

    def open(self) -> int:
        """How many questions wait or are in this process's hands."""
        row = self.database.connection.execute(
            "SELECT count(*) FROM question WHERE state = 'waiting' OR (state IN ('taken', 'posting') AND owner = ?)",
            (self.owner.name,),
        ).fetchone()
        return int(row[0])

    def thread(self, channel: str, thread: str) -> tuple[tuple[str, str, str | None], ...]:
        """(key, ts, text where it is still there) of the thread's questions, oldest first."""
        rows = self.database.connection.execute(
            "SELECT key, ts, text FROM question WHERE channel = ? AND thread = ? AND state != 'removed'",
            (channel, thread),
        ).fetchall()
        return tuple(sorted(((row["key"], row["ts"], row["text"]) for row in rows), key=lambda row: row[1]))

    def lately(self, channel: str, thread: str | None, since: float) -> int:
        """How many questions of a thread came in since then."""
        row = self.database.connection.execute(
            "SELECT count(*) FROM question WHERE channel = ? AND thread IS ? AND received >= ?",
            (channel, thread, since),
        ).fetchone()
        return int(row[0])

    def saw_direct(self, channel: str, *, now: float) -> None:
        """Remember a channel of direct messages, to look there for what was missed."""
        with self.database.writing() as rows:
            rows.execute(
                "INSERT INTO direct VALUES (?, ?) ON CONFLICT DO UPDATE SET seen = excluded.seen",
                (channel, now),
            )

    def directs(self, *, since: float) -> tuple[str, ...]:
        """The channels of direct messages seen since then, latest first."""
        rows = self.database.connection.execute(
            "SELECT channel FROM direct WHERE seen >= ? ORDER BY seen DESC, channel", (since,)
        )
        return tuple(row["channel"] for row in rows)

    def tidy(self, *, now: float) -> None:
        """Forget what is no longer needed, in the file and in its log."""
        with self.database.writing() as rows:
            rows.execute(
                "UPDATE question SET fingerprint = NULL WHERE fingerprint IS NOT NULL AND received < ?",
                (now - EDITABLE,),
            )
            rows.execute("DELETE FROM question WHERE received < ?", (now - KEPT,))
            rows.execute("DELETE FROM direct WHERE seen < ?", (now - KEPT,))
        self.owner.tidy(now=now)
        self.database.truncate()

    def _fingerprint(self, text: str) -> str:
        return hmac.new(self._salt, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def _setting(self, name: str, default: str) -> str:
        with self.database.writing() as rows:
            rows.execute("INSERT OR IGNORE INTO setting VALUES (?, ?)", (name, default))
        row = self.database.connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return str(row["value"])
