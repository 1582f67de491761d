"""Announcements: each stored once whoever finds it, taken by one process, and left to the next where one dies."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from state_material import announcements_of, inbox_in

from assistant.slack.announcements import STATUS, Announcement, Announcements, Served
from assistant.slack.cited import Place
from assistant.slack.given import KEPT

LIBRARY, CHANNEL = "Synthetic library", "C9"
PLACE = Place("C1", "1.1")
ONE = Announcement("one", STATUS, "C1", "1.1", {"statuses": {"pmid:00000001": "retracted"}})


@contextmanager
def processes(folder: Path, count: int = 2) -> Iterator[list[Announcements]]:
    """The announcements of one folder, as so many processes see them."""
    inboxes = [inbox_in(folder) for _ in range(count)]
    yield [announcements_of(inbox) for inbox in inboxes]
    for inbox in inboxes:
        inbox.close()


def served(of: Announcements, version: str, at: str = "2000-01-01") -> bool:
    """Whether a version is to be told of."""
    return of.served(Served(LIBRARY, version, at), channel=CHANNEL, still=lambda: True, now=1.0)


def at_once(deeds: list[Callable[[], bool]]) -> int:
    """How many of the deeds, done at the same time, gave back the truth."""
    found: list[bool] = []

    def do(deed: Callable[[], bool]) -> None:
        found.append(deed())

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(found)


def test_a_version_is_stored_once_whoever_finds_it(tmp_path: Path) -> None:
    """Of many processes' threads that find the same version one stores it; the first version of all is no news."""
    with processes(tmp_path) as both:
        assert at_once([partial(served, of, "a") for of in both * 8]) == 0
        assert at_once([partial(served, of, "b") for of in both * 8]) == 1
        taken = both[0].take(now=2.0)
        assert taken
        assert taken.about == {"before": "a", "after": "b", "again": False}
        assert both[1].take(now=2.0) is None


def test_a_process_that_is_behind_does_not_call_the_old_version_back(tmp_path: Path) -> None:
    """A process that still answers from the version before finds nothing to tell, since that is served no longer."""
    with processes(tmp_path) as (ahead, behind):
        for version in ("a", "b"):
            served(ahead, version)
        old = Served(LIBRARY, "a", "2000-01-01")
        assert not behind.served(old, channel=CHANNEL, still=lambda: False, now=1.0)
        assert behind.told_last(LIBRARY) == "b"


def test_a_version_that_comes_back_is_news_once_each_time(tmp_path: Path) -> None:
    """A version told before is told as one that is back, once for each time that it was published again."""
    with processes(tmp_path, 1) as (of,):
        for version in ("a", "b"):
            served(of, version)
        assert served(of, "a", "2000-01-02")
        assert not served(of, "a", "2000-01-02")
        assert served(of, "b", "2000-01-03")
        told = [of.take(now=2.0) for _ in range(3)]
        assert sorted(
            (one.about["before"], one.about["after"], one.about["again"]) for one in told if one
        ) == [
            ("a", "b", False),
            ("a", "b", True),
            ("b", "a", True),
        ]


def test_a_thread_is_to_be_told_of_a_status_once(tmp_path: Path) -> None:
    """Of many that find the same status of a cited paper one stores it; another paper beside it is stored alone."""
    statuses = {"pmid:00000001": "retracted"}
    with processes(tmp_path) as both:
        assert at_once([partial(of.tell, PLACE, statuses, version="a", now=1.0) for of in both * 8]) == 1
        assert both[0].tell(PLACE, {**statuses, "pmid:00000002": "concern"}, version="a", now=1.0)
        both[0].take(now=2.0)
        second = both[0].take(now=2.0)
        assert second
        assert len(second.about["statuses"]) == 1
        assert both[1].told_of(PLACE) == {("pmid:00000001", "retracted"), ("pmid:00000002", "concern")}


def test_what_a_dead_process_had_taken_is_taken_by_the_next(tmp_path: Path) -> None:
    """What a living process has taken stays its; where it died, the next takes it and knows that it was about to be posted."""
    dying = inbox_in(tmp_path)
    of = announcements_of(dying)
    of.add(ONE, now=1.0)
    taken = of.take(now=2.0)
    assert taken
    of.posting(taken, file="F1")
    with processes(tmp_path, 1) as (other,):
        other.recover()
        assert other.take(now=3.0) is None
        dying.owner.release()
        other.recover()
        again = other.take(now=3.0)
        assert again
        assert (again.was, again.file, again.tries) == ("posting", "F1", 2)
    dying.database.close()


def test_statuses_are_forgotten_with_the_answers_and_versions_are_not(tmp_path: Path) -> None:
    """After ninety days what a thread was told of is forgotten, and a version that was told still is not news."""
    with processes(tmp_path, 1) as (of,):
        for version in ("a", "b"):
            served(of, version)
        of.tell(PLACE, {"pmid:00000001": "retracted"}, version="a", now=1.0)
        while one := of.take(now=2.0):
            of.done(one)
        of.tidy(now=KEPT + 10.0)
        assert of.told_of(PLACE) == set()
        assert of.told_last(LIBRARY) == "b"
        assert not served(of, "b")
