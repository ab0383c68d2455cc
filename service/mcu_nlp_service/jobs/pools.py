"""The processes that work on jobs: begun with the first job, so that on-demand answers keep their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from anyio import CancelScope

from mcu_nlp_service.inference import ModelFacts, ModelSource, Pool, TooSlowError, WorkerLostError
from mcu_nlp_service.jobs.faults import JobFaultError
from mcu_nlp_service.settings import Settings

_T = TypeVar("_T")
# A chunk holds so many more appeals than the piece that `analysis_seconds` is meant for.
_PIECES = 10


class JobPool:
    """One pool at a time, with the model and the rules that the job needs."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._pool: Pool | None = None
        self._facts: ModelFacts | None = None
        self._fingerprint: str | None = None

    async def open(self, source: ModelSource, fingerprint: str) -> ModelFacts:
        """Have processes with what has this fingerprint. Raises ``WorkerLostError``: it may work the next time."""
        if self._facts is not None and self._fingerprint == fingerprint:
            return self._facts
        await self.close()
        try:
            seconds = self.settings.analysis_seconds * _PIECES
            self._pool = Pool(source, self.settings.job_processes, seconds, tries=1)
            self._facts, self._fingerprint = await self._pool.start(), fingerprint
        except BaseException as error:
            with CancelScope(shield=True):
                await self.close(abandon=True)
            if isinstance(error, Exception):
                raise WorkerLostError(begun=False) from error
            raise
        return self._facts

    async def run(self, work: Callable[..., _T], *arguments: Any) -> _T:
        """Do a piece of work. Raises ``WorkerLostError``, ``JobFaultError``: ``job_too_slow``."""
        if self._pool is None:
            raise RuntimeError("the pool is not open")
        try:
            return await self._pool.run(work, *arguments)
        except TooSlowError:
            raise JobFaultError("job_too_slow") from None

    async def close(self, abandon: bool = False) -> None:
        """End the processes; with ``abandon`` without waiting for what runs in them."""
        pool, self._pool, self._facts = self._pool, None, None
        if pool is not None:
            await pool.close(abandon)
