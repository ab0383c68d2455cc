"""Secrets that the service makes for itself once and keeps in its database."""

from __future__ import annotations

import secrets

from sqlalchemy import delete

from mcu_nlp_service.storage.database import Database
from mcu_nlp_service.storage.tables import Setting

# Their names.
SESSIONS, NUMBERS = "session_secret", "analysis_numbers"

_BYTES = 32


def own_secret(database: Database, name: str) -> bytes:
    """The secret of this name, made when there is none; all processes of one database get the same."""
    with database.write() as session:
        fresh = {"name": name, "value": {"hex": secrets.token_hex(_BYTES)}}
        session.execute(database.insert(Setting).values(fresh).on_conflict_do_nothing())
        kept = session.get_one(Setting, name)
        return bytes.fromhex(kept.value["hex"])


def forget_secret(database: Database, name: str) -> None:
    """Let another one be made when it is needed next: what was signed with this one is worth nothing."""
    with database.write() as session:
        session.execute(delete(Setting).where(Setting.name == name))
