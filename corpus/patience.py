"""Patience: a request that failed for the moment is made again, after the pause that the server asks for."""

from __future__ import annotations

import email.utils
import math
import time
from collections.abc import Callable
from typing import TypeVar

from corpus.errors import FetchError

_LONGEST_WAIT = 300.0
_T = TypeVar("_T")


def seconds_asked(header: str | None, *, now: float) -> float | None:
    """The seconds that a Retry-After header asks for; None where it asks for nothing that can be read."""
    if not header:
        return None
    try:
        wait = float(header)
    except ValueError:
        try:
            wait = email.utils.parsedate_to_datetime(header).timestamp() - now
        except (ValueError, OverflowError, OSError):
            return None
    if math.isnan(wait):
        return None
    return min(max(wait, 0.0), _LONGEST_WAIT)


def persist(attempt: Callable[[], _T], *, tries: int, sleep: Callable[[float], None] = time.sleep) -> _T:
    """What the attempt gives; it is made again after a pause while its failure is temporary.

    The pause doubles from one second, or is what the server asks for.

    Raises:
        FetchError: the last failure, with how often it was tried.
    """
    for number in range(1, tries + 1):
        try:
            return attempt()
        except FetchError as error:
            if not error.temporary:
                raise
            if number == tries:
                reason = f"{error.reason} ({tries} times)"
                raise FetchError(reason, error.cure, temporary=True, wait=error.wait) from error
            sleep(2.0 ** (number - 1) if error.wait is None else error.wait)
    msg = "tries must be at least 1"
    raise ValueError(msg)
