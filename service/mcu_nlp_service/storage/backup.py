"""Backup and restore: the embedded database and the files of jobs in one archive, taken while the service runs."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from alembic.util.exc import CommandError
from sqlalchemy.exc import DatabaseError

from mcu_nlp import InputError, sync_folder, whole_file
from mcu_nlp_service.settings import Settings
from mcu_nlp_service.storage.database import Database
from mcu_nlp_service.storage.private import FILE, FOLDER, private_files
from mcu_nlp_service.storage.secrets import SESSIONS, forget_secret
from mcu_nlp_service.storage.tables import now

_FORMAT = 1
_MANIFEST, _DATABASE, _JOBS = "manifest.json", "mcu-nlp.db", "jobs"
# What a database that is gone may have left: SQLite would read it into the next one.
_JOURNALS = ("-wal", "-shm", "-journal")


def save(settings: Settings, target: Path) -> None:
    """Write the state into ``target``, a ``.tar.gz`` that appears only when it is whole.

    Writers wait while the database is copied, so that it and the files fit together. Raises ``InputError``:
    ``backup_not_embedded``, ``file_missing``, ``folder_missing``; ``OSError`` when the disk refuses.
    """
    file = _file(settings)
    if not file.is_file():
        raise InputError("file_missing", path=file)
    if not target.parent.is_dir():
        raise InputError("folder_missing", path=target.parent)
    with TemporaryDirectory(prefix=".backup-", dir=settings.state) as copied, closing(_opened(file)) as database:
        copy = Path(copied)
        with database.write():
            _link(settings.state / _JOBS, copy / _JOBS)
            with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy / _DATABASE)) as into:
                source.backup(into)
        with whole_file(target, 0o600) as draft, tarfile.open(draft, "w:gz") as archive:
            manifest = json.dumps({"format": _FORMAT, "created": now().isoformat()}).encode()
            entry = tarfile.TarInfo(_MANIFEST)
            entry.size = len(manifest)
            archive.addfile(entry, io.BytesIO(manifest))
            archive.add(copy / _DATABASE, _DATABASE)
            archive.add(copy / _JOBS, _JOBS)


def bring_back(settings: Settings, source: Path, force: bool = False) -> None:
    """Put the state of a backup in place of the present one; the service must not run.

    Nothing is changed unless the whole backup is sound. Raises ``InputError``: ``backup_not_embedded``,
    ``backup_unreadable``, ``state_not_empty`` (without ``force``), ``state_in_use``; ``OSError``.
    """
    file, jobs = _file(settings), settings.state / _JOBS
    if not source.is_file():
        raise InputError("file_missing", path=source)
    if not force and (file.exists() or (jobs.is_dir() and any(jobs.iterdir()))):
        raise InputError("state_not_empty", path=settings.state)
    for folder in (settings.state, file.parent):
        folder.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    # Both are unpacked beside what they replace: a rename works only within one file system.
    with (
        private_files(),
        TemporaryDirectory(prefix=".restore-", dir=settings.state) as for_jobs,
        TemporaryDirectory(prefix=".restore-", dir=file.parent) as for_file,
    ):
        _unpack(source, Path(for_jobs), Path(for_file))
        if file.exists():
            _leave_journal(file)
        with _set_aside(*(file.with_name(file.name + end) for end in _JOURNALS), file, jobs):
            (Path(for_jobs) / _JOBS).replace(jobs)
            (Path(for_file) / _DATABASE).replace(file)
            for folder in {settings.state, file.parent}:
                sync_folder(folder)


@contextmanager
def _set_aside(*places: Path) -> Iterator[None]:
    """What is at these places gets names beside its own: given back when anything fails, else deleted at the end."""
    ending = f".before-{uuid4().hex[:8]}"
    aside = {place: place.with_name(place.name + ending) for place in places if place.exists()}
    try:
        for place, old in aside.items():
            place.rename(old)
        yield
    except BaseException:
        for place in places:
            # What stands there now came later, unless it could not even be set aside.
            if place not in aside or aside[place].exists():
                _delete(place)
            if place in aside and aside[place].exists():
                aside[place].rename(place)
        raise
    for old in aside.values():
        _delete(old)


def _delete(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _unpack(source: Path, for_jobs: Path, for_file: Path) -> None:
    (for_jobs / _JOBS).mkdir()
    try:
        with tarfile.open(source) as archive:
            manifest = archive.extractfile(_MANIFEST)
            if manifest is None or json.load(manifest)["format"] != _FORMAT:
                raise InputError("backup_unreadable", path=source, problem="format")
            for member in archive:
                if member.name == _DATABASE:
                    archive.extract(member, for_file, filter=_private)
                elif member.name.startswith(f"{_JOBS}/"):
                    archive.extract(member, for_jobs, filter=_private)
        _check(for_file / _DATABASE)
    except (tarfile.TarError, EOFError, KeyError, TypeError, ValueError, DatabaseError, CommandError) as problem:
        raise InputError("backup_unreadable", path=source, problem=type(problem).__name__) from None


def _private(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo:
    """Nothing that leads out of the folder, and nothing that others may read."""
    return tarfile.data_filter(member, folder).replace(mode=FOLDER if member.isdir() else FILE)


def _check(file: Path) -> None:
    """The database is whole, and this version can bring it to its own form."""
    if not file.is_file():
        raise KeyError(_DATABASE)
    with closing(_opened(file)) as database:
        with database.read() as session:
            if session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
                raise ValueError(_DATABASE)
        database.migrate()
        # Who was logged in when the copy was made, or has ended a session since then, logs in again.
        forget_secret(database, SESSIONS)


def _leave_journal(file: Path) -> None:
    """Fold the journal into the file. It is refused while anybody has the database open, and so are we."""
    with closing(sqlite3.connect(file, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError:
            raise InputError("state_in_use", path=file) from None


def _link(folder: Path, into: Path) -> None:
    """The files of a folder as they are now; finished ones are never written again, so a second name is enough."""
    into.mkdir()
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        place = into / path.relative_to(folder)
        try:
            if path.is_dir():
                place.mkdir()
            elif path.is_file():
                os.link(path, place)
        except FileNotFoundError:  # a draft that was there a moment ago
            continue
        except OSError:  # a file system without second names
            shutil.copy2(path, place)


def _opened(file: Path) -> Database:
    return Database(f"sqlite:///{file}")


def _file(settings: Settings) -> Path:
    file = Database(settings.database_url).file
    if file is None:
        raise InputError("backup_not_embedded")
    return file
