"""The announcements' statements: what `announcements.py` asks of the database, and tells it."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, case, delete, literal, or_, select, text, update

from assistant.slack.schema import ANNOUNCEMENTS, SERVED, TOLD

A = ANNOUNCEMENTS.c
COLUMNS = ("key", "kind", "channel", "thread", "about", "was", "file", "made", "tries", "turn")
_THIS = and_(A.workspace == bindparam("of"), A.key == bindparam("this"))
_HELD_NOW = or_(A.state == "taken", A.state == "posting")
_MINE = and_(_THIS, A.turn == bindparam("at"), _HELD_NOW)
_WAITS = and_(A.workspace == bindparam("of"), A.state == "waiting", A.not_before <= bindparam("now"))
ANY = select(literal(1)).where(_WAITS).limit(1)
NEXT = (
    select(*(A[name] for name in COLUMNS))
    .where(_WAITS)
    .order_by(A.made, A.key)
    .limit(1)
    .with_for_update(skip_locked=True)
)
TAKE = (
    update(ANNOUNCEMENTS)
    .where(_THIS)
    .values(state="taken", owner=bindparam("by"), tries=bindparam("try"), turn=bindparam("at"))
)
POSTING = update(ANNOUNCEMENTS).where(_MINE).values(state="posting", file=bindparam("shared"))
DONE = update(ANNOUNCEMENTS).where(_THIS).values(state="done", owner=None, was="")
LATER = (
    update(ANNOUNCEMENTS)
    .where(_MINE)
    .values(
        state="waiting",
        owner=None,
        not_before=bindparam("until"),
        was=bindparam("said"),
        tries=A.tries - bindparam("fewer"),
    )
)
RELEASE = (
    update(ANNOUNCEMENTS)
    .where(_MINE)
    .values(
        was=case((A.state == "posting", A.state), else_=A.was),
        state="waiting",
        owner=None,
        not_before=bindparam("until"),
    )
)
HELD = select(A.key, A.owner, A.turn).where(A.workspace == bindparam("of"), _HELD_NOW)
PAUSE = (
    update(ANNOUNCEMENTS)
    .where(
        A.workspace == bindparam("of"),
        A.channel == bindparam("place"),
        A.state == "waiting",
        A.not_before < bindparam("until"),
    )
    .values(not_before=bindparam("until"))
)
REMOVE = delete(ANNOUNCEMENTS).where(_THIS)
KNOWN = select(literal(1)).where(_THIS)
LAST = select(SERVED.c.version).where(
    SERVED.c.workspace == bindparam("of"), SERVED.c.library == bindparam("library")
)
WAS_TOLD = select(TOLD.c.document, TOLD.c.status).where(
    TOLD.c.workspace == bindparam("of"),
    TOLD.c.channel == bindparam("place"),
    TOLD.c.thread == bindparam("within"),
)
UNTELL = delete(TOLD).where(
    TOLD.c.workspace == bindparam("of"),
    TOLD.c.channel == bindparam("place"),
    TOLD.c.thread == bindparam("within"),
    TOLD.c.document == bindparam("paper"),
    TOLD.c.status == bindparam("then"),
)
OLD = (
    delete(ANNOUNCEMENTS).where(
        A.workspace == bindparam("of"),
        A.state == "done",
        A.kind != bindparam("kept"),
        A.made < bindparam("now"),
    ),
    delete(TOLD).where(TOLD.c.workspace == bindparam("of"), TOLD.c.made < bindparam("now")),
)
ALONE = text("LOCK TABLE told_versions IN SHARE ROW EXCLUSIVE MODE")
"""PostgreSQL's word for what SQLite does with every transaction that writes."""
