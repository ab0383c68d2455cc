"""A file on the disk that is whole or not there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


@contextmanager
def whole_file(target: Path, mode: int = 0o666) -> Iterator[Path]:
    """A draft beside ``target``, empty and nobody else's; written, it is put on the disk and takes the name.

    After an exception nothing of it is left, and what had the name before still has it. ``mode`` is that of a
    new file. Raises ``OSError`` when the disk refuses.
    """
    # The number of a process is no name: another machine on the same folder may have the same one.
    draft = target.with_name(f".{target.name[:100]}.{uuid4().hex[:12]}.part")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
    try:
        yield draft
        with draft.open("r+b") as stream:
            os.fsync(stream.fileno())
        draft.replace(target)
        sync_folder(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system knows such a thing."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
