"""The library's own files: read only where they lie in the library, are files, and are of a size that a person writes."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

LARGEST = 64 * 1024 * 1024
"""More than any word of a curator's; a device or a data file under such a name is not read into the memory."""
_NOWHERE = "it is a link that leads nowhere"
_OUTSIDE = "it is a link that leads out of the library: put the file itself there"
_NO_FILE = "it is no file"


def own_bytes(path: Path, *, within: Path | None = None, largest: int | None = None) -> bytes:
    """The file's bytes; it must lie in the folder that it is named in, or anywhere below `within`, links followed.

    Args:
        path: of the file.
        within: where a link may lead.
        largest: the most bytes that are read; None for LARGEST.

    Raises:
        FileNotFoundError: there is no such file.
        OSError: it cannot be read, leads out of the folder, leads nowhere, is no file, or is too large.
    """
    largest = LARGEST if largest is None else largest
    if path.is_symlink():
        folder = (within or path.parent).resolve()
        try:
            target = path.resolve(strict=True)
        except (FileNotFoundError, RuntimeError):
            raise OSError(errno.EINVAL, _NOWHERE) from None
        if not target.is_relative_to(folder):
            raise OSError(errno.EINVAL, _OUTSIDE)
    # Without O_NONBLOCK the opening of a pipe would wait for a writer, for ever.
    with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, _NO_FILE)
        size = os.fstat(file.fileno()).st_size
        content = file.read(min(size, largest) + 1)
        if len(content) > size:  # it has grown since
            content += file.read(max(largest + 1 - len(content), 0))
    if len(content) > largest:
        raise OSError(errno.EFBIG, f"it has more than the {largest:,} bytes that are read")
    return content
