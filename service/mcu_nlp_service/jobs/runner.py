"""Takes jobs one after the other and sees each to its end, in this process or in the one that takes over."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

from anyio import CancelScope, create_task_group, to_thread
from sqlalchemy.exc import SQLAlchemyError

from mcu_nlp_service.inference.models import Models
from mcu_nlp_service.jobs.faults import JobFaultError, storage_fault
from mcu_nlp_service.jobs.files import JobFiles
from mcu_nlp_service.jobs.pools import JobPool
from mcu_nlp_service.jobs.progress import Progress
from mcu_nlp_service.jobs.store import FINISHED, JobStore, Lease, LeaseLostError
from mcu_nlp_service.learning.analyses import Analyses
from mcu_nlp_service.seeing.metrics import Metrics
from mcu_nlp_service.settings import Settings
from mcu_nlp_service.storage.failures import is_our_mistake, reason
from mcu_nlp_service.storage.tables import Job

logger = logging.getLogger("mcu_nlp_service")

_T = TypeVar("_T")
_BEATS = 3  # in the length of a lease
_SWEEP_SECONDS = 60


class JobRunner:
    """Runs as one task beside the app; ``wake`` spares a new job the wait for the next beat."""

    def __init__(
        self,
        settings: Settings,
        store: JobStore,
        files: JobFiles,
        models: Models,
        metrics: Metrics,
        analyses: Analyses,
    ) -> None:
        self.settings, self.store, self.files, self.models = settings, store, files, models
        self.metrics, self.analyses = metrics, analyses
        self.owner = f"{socket.gethostname()[:24]}-{os.getpid()}-{uuid4().hex[:8]}"
        self.pool = JobPool(settings)
        self._beat_seconds = settings.lease_seconds / _BEATS
        self._woken = asyncio.Event()
        self._swept = -float(_SWEEP_SECONDS)

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled; what is begun then is given back."""
        try:
            while True:
                if not await self._one_round():
                    await self._rest()
        finally:
            with CancelScope(shield=True):
                await self.pool.close(abandon=True)

    async def _one_round(self) -> bool:
        """Work on one job; ``False`` when there is none, or the database or the disk refuses."""
        try:
            if time.monotonic() - self._swept >= _SWEEP_SECONDS:
                self._swept = time.monotonic()
                await to_thread.run_sync(self._sweep)
            if not self.models.is_ready():
                return False
            claimed = await to_thread.run_sync(self.store.claim, self.owner, self.settings.lease_seconds)
            if claimed is None:
                return False
            await self._hold(*claimed)
        except LeaseLostError:
            logger.info("a job was taken over or deleted")
        except Exception as error:  # the next round may fare better; jobs must not end the service
            logger.error("jobs rest for a while: %s", type(error).__name__)
            return False
        return True

    async def _hold(self, job: Job, lease: Lease) -> None:
        """Work on a job while its lease is renewed beside."""
        progress = Progress(self, job, lease)
        try:
            async with create_task_group() as group:
                group.start_soon(self._keep_lease, progress, group.cancel_scope)
                await self._work(progress)
                group.cancel_scope.cancel()
        except asyncio.CancelledError:
            with CancelScope(shield=True):
                await _quietly(self.store.release, lease)
            raise
        if progress.lost or progress.cancelled:
            await self.pool.close(abandon=True)  # what still runs there is nobody's
        if progress.lost:
            raise LeaseLostError(job.id)
        await to_thread.run_sync(self._end, progress)

    async def _work(self, progress: Progress) -> None:
        try:
            await progress.work()
        except LeaseLostError:
            progress.lost = True
        except JobFaultError as fault:
            progress.fault = fault.code
        except OSError as error:
            progress.fault = storage_fault(error)
        except SQLAlchemyError as error:
            logger.error("job %s: %s", progress.job.id, reason(error))
            if is_our_mistake(error):
                progress.fault = "internal_error"
            else:
                progress.lost = True  # nothing can be written down now: whoever holds the job next goes on
        except Exception as error:
            logger.error("job %s failed: %s", progress.job.id, type(error).__name__)
            progress.fault = "internal_error"

    async def _keep_lease(self, progress: Progress, work: CancelScope) -> None:
        held_until = time.monotonic() + self.settings.lease_seconds
        while not (progress.lost or progress.cancelled):
            await asyncio.sleep(self._beat_seconds)
            try:
                progress.cancelled = await self.in_thread(self.store.renew, progress.lease, self.settings.lease_seconds)
                held_until = time.monotonic() + self.settings.lease_seconds
            except LeaseLostError:
                progress.lost = True
            except SQLAlchemyError:
                progress.lost = time.monotonic() > held_until
        work.cancel()

    def _end(self, progress: Progress) -> None:
        job_id = progress.job.id
        if progress.cancelled:
            self.store.finish(progress.lease, "cancelled")
        elif progress.fault:
            self.store.finish(progress.lease, "failed", progress.fault)
        else:
            self.store.finish(progress.lease, "done")
        self.files.tidy(job_id)
        logger.info("job %s ended: %s", job_id, progress.fault or ("cancelled" if progress.cancelled else "done"))

    def _sweep(self) -> None:
        for job_id in self.store.expire():
            self.files.remove(job_id)
        states = self.store.known()
        self.files.sweep(states, {job_id for job_id, state in states.items() if state in FINISHED})

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._beat_seconds):
                await self._woken.wait()
        except TimeoutError:
            pass
        self._woken.clear()

    async def in_thread(self, work: Callable[..., _T], *arguments: Any, **named: Any) -> _T:
        """Do what waits for the database or the disk beside the event loop."""
        return await to_thread.run_sync(partial(work, *arguments, **named))


async def _quietly(work: Callable[[Lease], None], lease: Lease) -> None:
    with suppress(LeaseLostError, SQLAlchemyError):  # the lease runs out by itself
        await to_thread.run_sync(work, lease)
