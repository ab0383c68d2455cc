"""Files that nobody but the service's own user can read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_UMASK = 0o077
FOLDER, FILE = 0o700, 0o600


@contextmanager
def private_files() -> Iterator[None]:
    """Inside, every file and folder that this process makes is its user's alone, whatever the shell has set."""
    before = os.umask(_UMASK)
    try:
        yield
    finally:
        os.umask(before)


def make_private(file: Path) -> None:
    """Make a file and the folders above it where they are missing; one that is there is closed to others.

    SQLite gives its journals the mode of the database.
    """
    file.parent.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    if not file.exists():
        file.touch(mode=FILE)
    elif file.stat().st_mode & _UMASK:
        with suppress(PermissionError):  # another user's, who has let us in
            file.chmod(FILE)
