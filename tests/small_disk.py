"""A disk of a few bytes or one that cannot be written, mounted for a test; both need the right to mount."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PAGE = 4096
"""What such a disk gives a file at least."""


def _mount(*arguments: str) -> None:
    command = shutil.which("mount")
    if command is None:
        pytest.skip("needs the program mount, which is absent here")
    done = subprocess.run([command, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"needs the right to mount ({done.stderr.strip()})")


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A disk of so many bytes at the folder, which is made."""
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        command = shutil.which("umount") or "umount"
        subprocess.run([command, "-l", str(folder)], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A small disk that cannot be written meanwhile, by anybody."""
    _mount("-o", "remount,ro", str(folder))
    try:
        yield
    finally:
        _mount("-o", "remount,rw", str(folder))


def fill(folder: Path, free: int) -> Path:
    """Fill a disk until so many bytes are free; the file that takes up the rest."""
    file = folder / "filler"
    left = shutil.disk_usage(folder).free - free
    file.write_bytes(bytes(max(0, left)))
    return file
