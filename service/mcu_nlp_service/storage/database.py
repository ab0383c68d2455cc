"""One database, read and written in short transactions."""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from importlib.resources import files
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from mcu_nlp_service.storage.failures import reason
from mcu_nlp_service.storage.private import make_private
from mcu_nlp_service.storage.tables import Table
from mcu_nlp_service.storage.turns import Turns

logger = logging.getLogger("mcu_nlp_service")

# How long a writer waits for another one.
_WAIT_SECONDS = 60
_CONNECT_SECONDS = 5
_SILENT_SECONDS = 30
# No statement of ours takes so long, the wait for a lock included; those of a migration may.
_STATEMENT_SECONDS = 120
# Forgetting waits for readers, and writers wait for it.
_FORGET_SECONDS = 2


class Database:
    """Hands out sessions; each is one transaction, committed at its end and rolled back by an exception."""

    def __init__(self, url: str) -> None:
        self.url = _with_driver(make_url(url))
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = create_engine(
            self.url,
            pool_pre_ping=not self.is_sqlite,
            # What is told of an error must not quote an appeal.
            hide_parameters=True,
            json_serializer=lambda content: json.dumps(content, ensure_ascii=False),
            connect_args=_SQLITE if self.is_sqlite else _POSTGRESQL,
        )
        self._turns = Turns() if self.is_sqlite else None
        self._writing = self.engine.execution_options(writing=True)
        self._reading = self.engine.execution_options(postgresql_readonly=True)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare)
            event.listen(self.engine, "begin", _begin)

    @property
    def file(self) -> Path | None:
        """The file of an embedded database; ``None`` for one in memory or on a server."""
        name = self.url.database if self.is_sqlite else None
        return Path(name) if name and not name.startswith((":", "file:")) else None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that can only read: writers are not held up."""
        with Session(self._reading, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that writes; it waits for other writers at its beginning and not half-way."""
        # SQLite lets writers try again at random; within a process they queue, so that none is left waiting.
        turn = self._turns.take() if self._turns else nullcontext()
        with turn, Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    def insert(self, table: type[Table]) -> Any:
        """An INSERT that knows ``on_conflict_do_nothing``."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def migrate(self) -> None:
        """Bring the tables to the form that this version works with."""
        if self.file is not None:
            make_private(self.file)
        with self._writing.begin() as connection:
            self._take_turn(connection)
            command.upgrade(self._alembic(connection), "head")

    def forget(self) -> None:
        """Overwrite what deleted rows left in the journal of an embedded database.

        Readers in the way or a disk that refuses leave it to the next time: the rows themselves are deleted.
        """
        if not self.is_sqlite:
            return
        try:
            with closing(self.engine.raw_connection()) as connection:
                cursor = connection.cursor()
                cursor.execute(f"PRAGMA busy_timeout={_FORGET_SECONDS * 1000}")
                try:
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                finally:
                    cursor.execute(f"PRAGMA busy_timeout={_WAIT_SECONDS * 1000}")
        except (sqlite3.Error, SQLAlchemyError) as error:
            logger.error("the journal could not be overwritten: %s", reason(error))

    def check(self) -> None:
        """Raise what the driver raises when the database does not answer."""
        with self.read() as session:
            session.execute(text("SELECT 1"))

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()

    def _take_turn(self, connection: Connection) -> None:
        """Two processes that start together migrate one after the other."""
        if self.url.get_backend_name() == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(5956)"))

    def _alembic(self, connection: Connection) -> Config:
        config = Config()
        config.set_main_option("script_location", str(files("mcu_nlp_service.storage") / "migrations"))
        config.attributes["connection"] = connection
        return config


_SQLITE: dict[str, Any] = {"timeout": _WAIT_SECONDS}
_POSTGRESQL: dict[str, Any] = {
    "connect_timeout": _CONNECT_SECONDS,
    # A server that vanishes without a word is noticed: by a silent connection, and by one that waits for an answer.
    "keepalives_idle": _SILENT_SECONDS,
    "keepalives_interval": _SILENT_SECONDS // 3,
    "keepalives_count": 3,
    "tcp_user_timeout": _SILENT_SECONDS * 1000,
    "options": f"-c lock_timeout={_WAIT_SECONDS}s -c statement_timeout={_STATEMENT_SECONDS}s",
}


def _with_driver(url: URL) -> URL:
    """``postgresql://`` means the driver that comes with ``mcu-nlp[postgres]``."""
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url


def _prepare(connection: Any, _record: object) -> None:
    # The driver's own idea of transactions begins them too late to wait for a lock; ours begin in `_begin`.
    connection.isolation_level = None
    cursor = connection.cursor()
    _keep_journal(cursor)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # A deleted appeal is overwritten and not only left unlisted.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _keep_journal(cursor: Any) -> None:
    """Readers beside a writer (WAL); SQLite does not wait for others when the kind of journal changes, so this does."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
