"""The processes that work on jobs: begun with the first job, so that on-demand answers keep their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from mcu_nlp import McuNlpError
from mcu_nlp_service.inference import ModelFacts, ModelSource, Pool, TooSlowError, WorkerLostError
from mcu_nlp_service.jobs.faults import JobFaultError
from mcu_nlp_service.settings import Settings

_T = TypeVar("_T")
# A chunk holds so many more appeals than the piece that `analysis_seconds` is meant for.
_PIECES = 10


class JobPool:
    """One pool at a time, with the model that the job needs."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._pool: Pool | None = None
        self._facts: ModelFacts | None = None

    async def open(self, source: ModelSource) -> ModelFacts:
        """Have processes with this model. Raises ``JobFaultError``: ``model_unusable``."""
        if self._pool is not None and self._facts is not None and self._pool.source == source:
            return self._facts
        await self.close()
        seconds = self.settings.analysis_seconds * _PIECES
        self._pool = Pool(source, self.settings.job_processes, seconds, tries=1)
        try:
            self._facts = await self._pool.start()
        except (McuNlpError, WorkerLostError, TimeoutError):
            await self.close()
            raise JobFaultError("model_unusable") from None
        except BaseException:
            await self.close()
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
