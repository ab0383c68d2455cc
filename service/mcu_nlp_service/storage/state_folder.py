"""The folder that the service writes to, looked at before anything is begun in it."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryFile

from mcu_nlp import ConfigError


def check_writable(folder: Path, database: Path | None) -> None:
    """Make the folder and write to it; ``database`` is the file of an embedded one.

    Raises ``ConfigError``: ``state_unwritable``.
    """
    place = folder
    try:
        for place in {folder, database.parent if database else folder}:
            place.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=place):
                pass
    except OSError as error:
        raise ConfigError("state_unwritable", path=place, problem=error.strerror or type(error).__name__) from None
    if database is not None and database.exists() and not os.access(database, os.W_OK):
        raise ConfigError("state_unwritable", path=database, problem="read-only")
