"""Keys of callers: made, listed, revoked and checked; a secret is shown once and never kept."""

from __future__ import annotations

import hmac
import re
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select

from mcu_nlp_service.access.roles import ROLES, Caller
from mcu_nlp_service.seeing.audit import record
from mcu_nlp_service.storage import Database
from mcu_nlp_service.storage.tables import ApiKey, now

_PREFIX = "mcu"
_ID_BYTES, _SECRET_BYTES = 6, 24
_ID = re.compile(rf"[0-9a-f]{{{2 * _ID_BYTES}}}")
_LONGEST = 200
# A revoked key works so long at most, in every process; and the database is asked so seldom.
FRESH_SECONDS = 2.0
# What a secret of an unknown key is compared with: the answer takes as long as for a known one.
_NO_HASH = sha256(b"").digest()
_COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What may be told of a key."""

    id: str
    name: str
    role: str
    created: datetime
    revoked: datetime | None


@dataclass(frozen=True, slots=True)
class _Known:
    caller: Caller
    secret_hash: bytes
    until: float


class Keys:
    """The keys in the database, each remembered for ``FRESH_SECONDS``."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._known: dict[str, _Known] = {}

    def create(self, name: str, role: str, who: str | None = _COMMAND_LINE) -> str:
        """Make a key and return it whole: nobody can read it again. Raises ``ValueError``: name or role."""
        name = name.strip()
        if role not in ROLES or not 0 < len(name) <= _LONGEST or not name.isprintable():
            raise ValueError("a key needs a printable name and a known role")
        key_id, secret = secrets.token_hex(_ID_BYTES), secrets.token_hex(_SECRET_BYTES)
        with self.database.write() as session:
            session.add(ApiKey(id=key_id, secret_hash=_hash(secret), name=name, role=role))
            record(session, who, "key_created", key_id, name=name, role=role)
        return f"{_PREFIX}_{key_id}_{secret}"

    def list(self) -> list[KeyFacts]:
        """All keys, the revoked ones too, oldest first."""
        with self.database.read() as session:
            rows = session.scalars(select(ApiKey).order_by(ApiKey.created, ApiKey.id))
            return [KeyFacts(row.id, row.name, row.role, row.created, row.revoked) for row in rows]

    def revoke(self, key_id: str, who: str | None = _COMMAND_LINE) -> bool:
        """End a key for ever; ``False`` when there is none of this id, or it was revoked before."""
        with self.database.write() as session:
            row = session.get(ApiKey, key_id)
            if row is None or row.revoked:
                return False
            row.revoked = now()
            record(session, who, "key_revoked", key_id, name=row.name, role=row.role)
        self._known.pop(key_id, None)
        return True

    def any(self) -> bool:
        """Whether there is a key that works."""
        with self.database.read() as session:
            return session.scalar(select(ApiKey.id).where(ApiKey.revoked.is_(None)).limit(1)) is not None

    def knows(self, key_id: str) -> bool:
        """Whether a key of this id has been seen to work here, some time ago perhaps."""
        return key_id in self._known

    def is_fresh(self, key_id: str) -> bool:
        """Whether an answer about this key needs no look into the database."""
        known = self._known.get(key_id)
        return known is not None and time.monotonic() < known.until

    def check(self, key: str) -> Caller | None:
        """Who shows this key; ``None`` when it is not one, unknown or revoked. May read the database."""
        key_id, secret = split(key)
        known = self._find(key_id) if key_id else None
        is_right = hmac.compare_digest(_hash(secret), known.secret_hash if known else _NO_HASH)
        return known.caller if known and is_right else None

    def holder(self, key_id: str) -> Caller | None:
        """Whose key has this id, if it still works. May read the database."""
        known = self._find(key_id)
        return known.caller if known else None

    def _find(self, key_id: str) -> _Known | None:
        if self.is_fresh(key_id):
            return self._known.get(key_id)
        with self.database.read() as session:
            row = session.get(ApiKey, key_id)
            if row is None or row.revoked:
                self._known.pop(key_id, None)
                return None
            known = _Known(Caller(row.id, row.name, row.role), row.secret_hash, time.monotonic() + FRESH_SECONDS)
        self._known[key_id] = known
        return known


def split(key: str) -> tuple[str, str]:
    """A key's id and secret, two empty strings when it is not a key.

    >>> split("mcu_0a1b2c3d4e5f_5ec")
    ('0a1b2c3d4e5f', '5ec')
    >>> split("letmein")
    ('', '')
    """
    prefix, _, rest = key.partition("_")
    key_id, _, secret = rest.partition("_")
    is_key = prefix == _PREFIX and _ID.fullmatch(key_id) and len(key) <= _LONGEST and key.isascii()
    return (key_id, secret) if is_key else ("", "")


def _hash(secret: str) -> bytes:
    # A secret of 192 random bits needs no slow hash: there is nothing to guess.
    return sha256(secret.encode()).digest()
