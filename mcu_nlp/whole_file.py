"""Files on the disk that are whole or not there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


@contextmanager
def whole_file(target: Path, mode: int = 0o666) -> Iterator[Path]:
    """A draft beside ``target``, empty and nobody else's; written, it is put on the disk and takes the name.

    After an exception nothing of it is left, and what had the name before still has it. ``mode`` is that of a
    new file. Raises ``OSError`` when the disk refuses.
    """
    with whole_files([target], mode) as (draft,):
        yield draft


@contextmanager
def whole_files(targets: Sequence[Path], mode: int = 0o666) -> Iterator[list[Path]]:
    """The same of several files of one folder: none takes its name before all are on the disk, then one by one.

    A crash between two of them leaves the first new and the rest old: let the order make that known.
    """
    # The number of a process is no name: another machine on the same folder may have the same one.
    drafts = [target.with_name(f".{target.name[:100]}.{uuid4().hex[:12]}.part") for target in targets]
    try:
        for draft in drafts:
            os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
        yield drafts
        for draft in drafts:
            with draft.open("r+b") as stream:
                os.fsync(stream.fileno())
        for draft, target in zip(drafts, targets, strict=True):
            draft.replace(target)
        sync_folder(targets[0].parent)
    finally:
        for draft in drafts:
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
