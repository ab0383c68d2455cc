"""Jobs in the database. Whoever works on one holds its lease; a stale holder's writes hit no row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, and_, case, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mcu_nlp_service.access.roles import Caller
from mcu_nlp_service.problems import RefusalError
from mcu_nlp_service.storage import Database
from mcu_nlp_service.storage.tables import Job, JobChunk, now

FINISHED = ("done", "failed", "cancelled")
# A caller's jobs that may wait or run at the same time.
MAX_UNFINISHED = 100


class LeaseLostError(Exception):
    """Another process holds the job now, or it is gone."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write a job's results; a later holder has a greater token."""

    job_id: str
    token: int


class JobStore:
    """Creates, shows and ends jobs, and lends them to workers."""

    def __init__(self, database: Database, keep_days: float) -> None:
        self.database, self.keep = database, timedelta(days=keep_days)

    # What callers do

    def create(self, job: Job) -> tuple[Job, bool]:
        """Add a job; with a known ``Idempotency-Key`` the job of that key, and ``False``.

        Raises ``RefusalError``: ``idempotency_conflict``, ``too_many_jobs``.
        """
        try:
            with self.database.write() as session:
                earlier = self._earlier(session, job)
                if earlier is None:
                    self._check_room(session, job)
                    session.add(job)
                    return job, True
        except IntegrityError:  # the same key came in twice at the same moment
            with self.database.read() as session:
                earlier = self._earlier(session, job)

        if earlier is None or earlier.request_hash != job.request_hash:
            raise RefusalError("idempotency_conflict")
        return earlier, False

    def get(self, job_id: str, caller: Caller) -> Job:
        """A job that the caller may see. Raises ``RefusalError``: ``job_not_found``."""
        with self.database.read() as session:
            job = session.get(Job, job_id)

        if job is None or not may_see(caller, job):
            raise RefusalError("job_not_found")
        return job

    def list(self, caller: Caller, limit: int) -> Sequence[Job]:
        """The caller's jobs, for operators all, the newest first."""
        chosen = select(Job).order_by(Job.created.desc(), Job.id).limit(limit)
        if not caller.may("operator"):
            chosen = chosen.where(Job.key_id == owner_of(caller))
        with self.database.read() as session:
            return session.scalars(chosen).all()

    def cancel(self, job_id: str) -> None:
        """End a job that waits, ask the holder of one that runs; a finished one stays as it is."""
        with self.database.write() as session:
            session.execute(
                update(Job).where(Job.id == job_id, Job.state == "queued").values(self._ended("cancelled", None))
            )
            session.execute(update(Job).where(Job.id == job_id, Job.state == "running").values(cancel_asked=True))

    def delete(self, job_id: str) -> None:
        """Forget a job; its holder, if any, finds its lease lost."""
        with self.database.write() as session:
            session.execute(delete(Job).where(Job.id == job_id))

    # What the holder of a lease does

    def claim(self, owner: str, seconds: float) -> tuple[Job, Lease] | None:
        """Take the oldest job that nobody works on."""
        moment = now()
        free = _is_free()
        with self.database.read() as session:
            if session.scalar(select(Job.id).where(free).limit(1)) is None:
                return None
        with self.database.write() as session:
            job = session.scalars(select(Job).where(free).order_by(Job.created, Job.id).limit(1)).first()
            if job is None:
                return None
            lease = Lease(job.id, job.lease_token + 1)
            taken = _changed(
                session,
                update(Job)
                .where(Job.id == job.id, Job.lease_token == job.lease_token, free)
                .values(
                    state="running",
                    lease_owner=owner,
                    lease_token=lease.token,
                    lease_until=moment + timedelta(seconds=seconds),
                    started=func.coalesce(Job.started, moment),
                ),
            )
            session.refresh(job)
            session.expunge(job)
            return (job, lease) if taken else None

    def renew(self, lease: Lease, seconds: float) -> bool:
        """Hold on; tells whether somebody asked to cancel. Raises ``LeaseLostError``."""
        with self.database.write() as session:
            self._write(session, lease, lease_until=now() + timedelta(seconds=seconds))
            return bool(session.scalar(select(Job.cancel_asked).where(Job.id == lease.job_id)))

    def begin_try(self, lease: Lease) -> int:
        """Count one more try without progress, before it is made: a try that kills its holder counts too."""
        with self.database.write() as session:
            self._write(session, lease, attempts=Job.attempts + 1)
            return session.scalar(select(Job.attempts).where(Job.id == lease.job_id)) or 0

    def note(self, lease: Lease, **values: Any) -> None:
        """Write something of a job down. Raises ``LeaseLostError``."""
        with self.database.write() as session:
            self._write(session, lease, **values)

    def add_chunk(self, lease: Lease, number: int, part: str, rows: int, failed: int) -> None:
        """Publish a chunk: from now on it is done, once. Raises ``LeaseLostError``."""
        with self.database.write() as session:
            self._write(
                session,
                lease,
                attempts=1,  # the next one is being tried by now
                rows_done=Job.rows_done + rows,
                rows_failed=Job.rows_failed + failed,
            )
            session.add(JobChunk(job_id=lease.job_id, number=number, part=part, rows_done=rows, rows_failed=failed))

    def parts(self, job_id: str) -> dict[int, str]:
        """The chunks that are done, and the names of their files."""
        with self.database.read() as session:
            found = session.execute(select(JobChunk.number, JobChunk.part).where(JobChunk.job_id == job_id))
            return {row.number: row.part for row in found}

    def finish(self, lease: Lease, state: str, error: str | None = None) -> None:
        """End a job: ``done``, ``failed`` or ``cancelled``. Raises ``LeaseLostError``."""
        with self.database.write() as session:
            self._write(session, lease, **self._ended(state, error))
            session.execute(delete(JobChunk).where(JobChunk.job_id == lease.job_id))

    def release(self, lease: Lease) -> None:
        """Give a job back unfinished, as a service does that ends in order. Raises ``LeaseLostError``."""
        with self.database.write() as session:
            self._write(session, lease, lease_until=None, attempts=case((Job.attempts > 0, Job.attempts - 1), else_=0))

    # What keeps the house in order

    def expire(self) -> Sequence[str]:
        """Forget jobs whose time is over; returns their ids."""
        over = and_(Job.state.in_(FINISHED), Job.expires < now())
        with self.database.read() as session:
            ids = session.scalars(select(Job.id).where(over)).all()
        if ids:
            with self.database.write() as session:
                session.execute(delete(Job).where(Job.id.in_(ids)))
        return ids

    def known(self) -> dict[str, str]:
        """The state of every job by its id."""
        with self.database.read() as session:
            return {row.id: row.state for row in session.execute(select(Job.id, Job.state))}

    def _ended(self, state: str, error: str | None) -> dict[str, Any]:
        moment = now()
        return {
            "state": state,
            "error": error,
            "finished": moment,
            "expires": moment + self.keep,
            "lease_until": None,
        }

    def _write(self, session: Session, lease: Lease, **values: Any) -> None:
        held = update(Job).where(Job.id == lease.job_id, Job.lease_token == lease.token, Job.state == "running")
        if not _changed(session, held.values(values)):
            raise LeaseLostError(lease.job_id)

    def _earlier(self, session: Session, job: Job) -> Job | None:
        if job.idempotency_key is None:
            return None
        same = and_(Job.key_id == job.key_id, Job.idempotency_key == job.idempotency_key)
        return session.scalars(select(Job).where(same)).first()

    def _check_room(self, session: Session, job: Job) -> None:
        waiting = select(func.count()).where(Job.key_id == job.key_id, Job.state.not_in(FINISHED))
        if (session.scalar(waiting) or 0) >= MAX_UNFINISHED:
            raise RefusalError("too_many_jobs")


def owner_of(caller: Caller) -> str:
    """The caller as the owner of jobs; not null, so that idempotency keys stay unique without keys too."""
    return caller.key_id or ""


def may_see(caller: Caller, job: Job) -> bool:
    """A client sees its own jobs, an operator all."""
    return caller.may("operator") or job.key_id == owner_of(caller)


def _is_free() -> ColumnElement[bool]:
    silent = or_(Job.lease_until.is_(None), Job.lease_until < now())
    return or_(Job.state == "queued", and_(Job.state == "running", silent))


def _changed(session: Session, statement: Any) -> bool:
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount == 1
