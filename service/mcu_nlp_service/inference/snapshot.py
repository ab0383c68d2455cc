"""A private copy of a model and its rules: whatever becomes of the originals, all workers of a pool load the same."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir, mkdtemp

from mcu_nlp import McuNlpError
from mcu_nlp_service.inference.lane import ModelSource

_PREFIX = "mcu-nlp-model-"
# A copy younger than this may be one that its maker has not locked yet.
_YOUNG_SECONDS = 60


class Snapshot:
    """Files are copied when it is made; ``source`` is the copy. Raises ``OSError`` when that fails.

    Its lock tells others that it is in use: cleaners of temporary files and services that start later.
    The model that comes with the package is not copied: it changes with the code, and the code with it.
    """

    def __init__(self, original: ModelSource) -> None:
        self.original, self.source = original, original
        self._folder = Path(mkdtemp(prefix=_PREFIX))
        self._lock = os.open(self._folder, os.O_RDONLY)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            self._copy()
        except BaseException:
            self.remove()
            raise

    def _copy(self) -> None:
        original = self.original
        # What is not there is not copied: the worker that misses it tells so.
        if original.folder is not None:
            model = self._folder / "model"
            self.source = replace(self.source, folder=model)
            if original.folder.is_dir():
                model.mkdir()
                for file in original.folder.iterdir():
                    if file.is_file():
                        shutil.copyfile(file, model / file.name)
        if original.routing is not None:
            rules = self._folder / "routing.toml"
            self.source = replace(self.source, routing=rules)
            if original.routing.is_file():
                shutil.copyfile(original.routing, rules)

    def named(self, error: McuNlpError) -> McuNlpError:
        """The error with the names of the originals, which the operator knows."""
        details = dict(error.details)
        for copy, original in (
            (self.source.folder, self.original.folder),
            (self.source.routing, self.original.routing),
        ):
            for name, value in details.items():
                if copy is not None and isinstance(value, str):
                    details[name] = value.replace(str(copy), str(original))
        return type(error)(error.code, **details)

    def remove(self) -> None:
        """Delete the copy."""
        shutil.rmtree(self._folder, ignore_errors=True)
        os.close(self._lock)


def sweep() -> None:
    """Delete copies whose service was killed."""
    for folder in Path(gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            found = folder.lstat()
            if found.st_uid != os.getuid() or time.time() - found.st_mtime < _YOUNG_SECONDS:
                continue
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
            finally:
                os.close(lock)
