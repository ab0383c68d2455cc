"""Sessions of the pages: a signed cookie names the key that was shown at the login, until it expires or is ended."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import delete, select

from mcu_nlp_service.storage import Database
from mcu_nlp_service.storage.tables import EndedSession, now

COOKIE = "mcu_session"
SECONDS = 12 * 3600
# A session that was ended works so long at most, in every other process.
FRESH_SECONDS = 2.0
_ID_BYTES = 12
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Session:
    """What a cookie tells: ``until`` in seconds since 1970."""

    key_id: str
    id: str
    until: int


class Sessions:
    """Makes and reads the cookie's value, ``<key id>.<session id>.<end>.<signature>``; nothing is stored.

    >>> sessions = Sessions(b"secret", clock=lambda: 0)
    >>> value = sessions.begin("0a1b2c3d4e5f")
    >>> sessions.read(value).key_id
    '0a1b2c3d4e5f'
    >>> sessions.read("f" + value[1:]) is None
    True
    """

    def __init__(self, secret: bytes, clock: Callable[[], float] = time.time) -> None:
        self._secret, self._clock = secret, clock

    def begin(self, key_id: str) -> str:
        """The cookie's value for a key that was checked."""
        content = f"{key_id}.{secrets.token_hex(_ID_BYTES)}.{int(self._clock()) + SECONDS}"
        return f"{content}.{self._sign(content)}"

    def read(self, value: str) -> Session | None:
        """The session of a cookie that was signed here and has not expired."""
        content, _, signature = value[:_LONGEST].rpartition(".")
        if not hmac.compare_digest(self._sign(content).encode(), signature.encode("utf-8", "replace")):
            return None
        key_id, session_id, end = content.split(".")
        return Session(key_id, session_id, int(end)) if self._clock() < int(end) else None

    def _sign(self, content: str) -> str:
        return hmac.new(self._secret, content.encode("utf-8", "replace"), sha256).hexdigest()


class Ended:
    """Sessions that were ended before their time: a copy of such a cookie opens nothing."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._ids: frozenset[str] = frozenset()
        self._fresh_until = 0.0

    def add(self, session: Session) -> None:
        """End a session; those that would be over by now are forgotten."""
        row = {"id": session.id, "until": datetime.fromtimestamp(session.until, UTC)}
        with self.database.write() as transaction:
            transaction.execute(delete(EndedSession).where(EndedSession.until <= now()))
            transaction.execute(self.database.insert(EndedSession).values(row).on_conflict_do_nothing())
        self._ids |= {session.id}

    def is_fresh(self) -> bool:
        """Whether :meth:`has` needs no look into the database."""
        return time.monotonic() < self._fresh_until

    def has(self, session: Session) -> bool:
        """Whether the session was ended. May read the database."""
        if not self.is_fresh():
            until = time.monotonic() + FRESH_SECONDS
            with self.database.read() as transaction:
                self._ids = frozenset(transaction.scalars(select(EndedSession.id)))
            self._fresh_until = until
        return session.id in self._ids
