"""The log: what happened and where, never what was said. Lines of other libraries are cut down to their place and kind of error."""

from __future__ import annotations

import faulthandler
import logging
import re
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

OURS = "firstpass"
PLACES = 4  # frames of a traceback that are named
CODE = re.compile("[a-z_]{1,60}")  # what Slack's codes look like
log = logging.getLogger(f"{OURS}.slack")


class PlaceOnly(logging.Formatter):
    """Our own lines as they are, which name keys and codes only; of every other library's line the place, not the words.

    Bolt and the SDK log whole requests when something goes wrong, and those hold what people wrote.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        begin = f"{self.formatTime(record)} {record.levelname}"
        error = _where(record.exc_info[1]) if record.exc_info and record.exc_info[1] else ""
        if record.name.split(".")[0] == OURS:
            return " ".join(one for one in (begin, record.getMessage(), error) if one)
        place = f"{record.module}.{record.funcName}:{record.lineno}"
        return " ".join(one for one in (begin, record.name, place, error) if one)


def _where(error: BaseException) -> str:
    """The class of an error and the last places of code that it passed, from the outer to the inner; never its text."""
    frames = traceback.extract_tb(error.__traceback__)[-PLACES:]
    places = " > ".join(f"{Path(one.filename).stem}.{one.name}:{one.lineno}" for one in frames)
    return f"{type(error).__name__} at {places}" if places else type(error).__name__


def start_logging(*, level: int = logging.INFO) -> None:
    """Log to standard error: our own lines from `level` on, the libraries' warnings, and where the system ended the process.

    A disk that takes a mapped file away does that (SIGBUS): better than to answer from what is left.
    """
    if not faulthandler.is_enabled():
        with suppress(OSError, ValueError, AttributeError):  # no file stands behind standard error
            faulthandler.enable()
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(PlaceOnly())
    logging.basicConfig(level=logging.WARNING, handlers=[stream], force=True)
    logging.getLogger(OURS).setLevel(level)
    logging.captureWarnings(capture=True)


def kind_of(error: BaseException) -> str:
    """What may be logged of an error: its class, and Slack's own code where it has one."""
    response: Any = getattr(error, "response", None)
    code = response.get("error") if hasattr(response, "get") else None
    known = isinstance(code, str) and CODE.fullmatch(code)
    return f"{type(error).__name__}: {code}" if known else type(error).__name__
