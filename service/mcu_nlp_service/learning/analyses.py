"""Appeals that are kept with their analyses, the queue of those to be reviewed, and what people said of them."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from anyio import to_thread
from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from mcu_nlp import Message
from mcu_nlp_service.inference.worker import Answer, Facts
from mcu_nlp_service.problems import RefusalError
from mcu_nlp_service.seeing.audit import record
from mcu_nlp_service.settings import Settings
from mcu_nlp_service.storage import Database
from mcu_nlp_service.storage.failures import reason
from mcu_nlp_service.storage.secrets import NUMBERS, own_secret
from mcu_nlp_service.storage.tables import Correction, StoredAnalysis, now

logger = logging.getLogger("mcu_nlp_service")

# What a page of the queue is told by, that the next one begins after.
CURSOR = "^[0-9.e-]{1,30}_[0-9a-f]{32}$"
_DIGITS = 32
_EXPIRE_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Kept:
    """An appeal as received with its answer and the model's name and version: what can be stored.

    Of one that was analysed with ``mask`` the masked text is stored, though it is numbered by the text as received.
    """

    message: Message
    answer: Answer
    model: tuple[str, str]
    job_id: str | None = None
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of an analysis; ``fields`` are checked already."""

    fields: dict[str, Any]
    comment: str | None = None
    who: str | None = None
    key_id: str | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue: its rows, how many wait in all, and where the next page begins."""

    rows: Sequence[StoredAnalysis]
    waiting: int
    next: str | None = None


@dataclass
class Analyses:
    """Numbers analyses and keeps those that the setting ``store`` names, for ``store_days``."""

    database: Database
    settings: Settings
    _secret: bytes = field(default=b"", repr=False)

    def open(self) -> None:
        """Read the secret of the numbers; it is made at the first start."""
        self._secret = own_secret(self.database, NUMBERS)

    async def run(self) -> None:
        """Delete what has expired, now and every hour, until cancelled."""
        while True:
            try:
                gone = await to_thread.run_sync(self.expire)
                if gone:
                    logger.info("%d kept appeals have expired", gone)
            except Exception as error:  # what is wrong now, the database for one, may be right at the next turn
                logger.error("expired appeals could not be deleted: %s", reason(error))
            await asyncio.sleep(_EXPIRE_SECONDS)

    def number(self, text: str, caller_id: str | None, model: tuple[str, str]) -> str:
        """The number of an analysis: the same appeal and model give the same one, and nobody can guess it."""
        told = json.dumps([text, caller_id, *model]).encode()
        return hmac.digest(self._secret, told, "sha256").hex()[:_DIGITS]

    def wants(self, facts: Facts) -> bool:
        """Whether an analysis with these facts is kept before anybody corrected it."""
        return self.settings.store == "all" or (self.settings.store == "review" and facts.review_required)

    def keep(self, kept: Iterable[Kept]) -> None:
        """Store appeals in one transaction; one that is there already stays as it is."""
        rows = [self._row(one) for one in kept]
        if rows:
            with self.database.write() as session:
                session.execute(self.database.insert(StoredAnalysis).on_conflict_do_nothing(), rows)

    async def keep_wanted(self, kept: Sequence[Kept]) -> None:
        """Store those that the setting names; an answer is not withheld because it could not be stored."""
        wanted = [one for one in kept if self.wants(one.answer.facts)]
        if wanted:
            try:
                await to_thread.run_sync(self.keep, wanted)
            except SQLAlchemyError as error:
                logger.error("%d appeals could not be stored: %s", len(wanted), reason(error))

    def find(self, id: str) -> StoredAnalysis | None:
        """The stored analysis, or ``None``."""
        with self.database.read() as session:
            return session.get(StoredAnalysis, id)

    def get(self, id: str) -> tuple[StoredAnalysis, Sequence[Correction]]:
        """A stored analysis and its corrections in order. Raises ``RefusalError``: ``analysis_unknown``."""
        with self.database.read() as session:
            return _stored(session, id), _corrections(session, id)

    def correct(self, id: str, said: Said, kept: Kept | None = None) -> Correction:
        """Store what was said, and with it the appeal when it is not stored yet; it leaves the queue.

        Raises ``RefusalError``: ``analysis_unknown`` when it is neither stored nor given.
        """
        with self.database.write() as session:
            if kept is not None:
                session.execute(self.database.insert(StoredAnalysis).on_conflict_do_nothing(), [self._row(kept)])
            stored = _stored(session, id, lock=True)
            stored.reviewed, stored.expires = True, max(stored.expires, self._expiry())
            correction = Correction(
                analysis_id=id,
                fields=said.fields,
                comment=_plain(said.comment),
                who=_plain(said.who),
                key_id=said.key_id,
                model=stored.model,
                model_version=stored.model_version,
            )
            session.add(correction)
            session.flush()
            record(session, said.key_id, "analysis.correct", id, correction=correction.id, fields=sorted(said.fields))
            return correction

    def reviewed(self, id: str, key_id: str | None) -> None:
        """Take an analysis out of the queue: a person found nothing to correct. Raises as :meth:`get`."""
        with self.database.write() as session:
            _stored(session, id, lock=True).reviewed = True
            record(session, key_id, "analysis.review", id)

    def delete(self, id: str, key_id: str | None) -> None:
        """Delete an appeal, its analysis and its corrections. Raises as :meth:`get`."""
        with self.database.write() as session:
            _stored(session, id, lock=True)
            session.execute(delete(StoredAnalysis).where(StoredAnalysis.id == id))
            record(session, key_id, "analysis.delete", id)
        self.database.forget()

    def expire(self) -> int:
        """Delete what was kept long enough, with its corrections; tells how many appeals."""
        with self.database.write() as session:
            expired = delete(StoredAnalysis).where(StoredAnalysis.expires <= now()).returning(StoredAnalysis.id)
            gone = len(session.execute(expired).all())
        if gone:
            self.database.forget()
        return gone

    def queue(self, limit: int, after: str | None = None) -> Queue:
        """Stored analyses that a person must look at and nobody has yet, the least certain first.

        ``after`` is what the page before named ``next``. Raises ``RefusalError``: ``request_invalid``.
        """
        waits = and_(StoredAnalysis.review_required, ~StoredAnalysis.reviewed)
        turn = select(StoredAnalysis).where(waits).order_by(StoredAnalysis.confidence, StoredAnalysis.id)
        if after is not None:
            confidence, id = _cursor(after)
            same = and_(StoredAnalysis.confidence == confidence, StoredAnalysis.id > id)
            turn = turn.where(or_(StoredAnalysis.confidence > confidence, same))
        with self.database.read() as session:
            waiting = session.scalar(select(func.count()).select_from(StoredAnalysis).where(waits)) or 0
            rows = session.scalars(turn.limit(limit + 1)).all()
        more = len(rows) > limit
        rows = rows[:limit]
        return Queue(rows, waiting, f"{rows[-1].confidence!r}_{rows[-1].id}" if more else None)

    def corrected(self, after: str, limit: int) -> list[tuple[StoredAnalysis, Sequence[Correction]]]:
        """Analyses with corrections, by number, those after ``after``: a page of the export."""
        has_one = select(Correction.id).where(Correction.analysis_id == StoredAnalysis.id).exists()
        page = select(StoredAnalysis).where(StoredAnalysis.id > after, has_one).order_by(StoredAnalysis.id)
        with self.database.read() as session:
            return [(row, _corrections(session, row.id)) for row in session.scalars(page.limit(limit))]

    def _row(self, kept: Kept) -> dict[str, Any]:
        message, facts = kept.message, kept.answer.facts
        analysis = json.loads(kept.answer.json)
        return {
            "id": self.number(message.text, message.id, kept.model),
            "caller_id": _plain(message.id),
            "text": _plain(analysis["text"] if kept.masked else message.text),
            "channel": _plain(message.channel),
            "received": message.received.isoformat() if message.received else None,
            "analysis": analysis,
            "model": kept.model[0],
            "model_version": kept.model[1],
            "review_required": facts.review_required,
            "reviewed": False,
            "confidence": facts.topic_confidence,
            "job_id": kept.job_id,
            "created": now(),
            "expires": self._expiry(),
        }

    def _expiry(self) -> datetime:
        return now() + timedelta(days=self.settings.store_days)


def _stored(session: Session, id: str, lock: bool = False) -> StoredAnalysis:
    stored = session.get(StoredAnalysis, id, with_for_update=lock)
    if stored is None:
        raise RefusalError("analysis_unknown")
    return stored


def _corrections(session: Session, id: str) -> Sequence[Correction]:
    return session.scalars(select(Correction).where(Correction.analysis_id == id).order_by(Correction.id)).all()


def _cursor(after: str) -> tuple[float, str]:
    confidence, _, id = after.partition("_")
    try:
        return float(confidence), id
    except ValueError:
        raise RefusalError("request_invalid", "Параметр after — это значение next предыдущей страницы.") from None


def _plain(written: str | None) -> str | None:
    """PostgreSQL holds no NUL."""
    return written if written is None else written.replace("\0", "")
