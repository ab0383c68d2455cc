"""Worker processes with one model: bounded, timed, and missed when they die."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import TimeoutError as TooSlow
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any, TypeVar

from pebble import ProcessExpired

from mcu_nlp_service.inference import worker
from mcu_nlp_service.inference.lane import Lane, ModelSource
from mcu_nlp_service.problems import RefusalError

__all__ = ["ModelSource", "Pool"]  # whoever makes a pool names its source

_T = TypeVar("_T")
# A worker that died under a piece of work may have died of something else: it is tried once more.
_TRIES = 2
# Work that a dead process never took up is no danger to the next one.
_PATIENCE = 5
_LOOK_SECONDS = 0.2


class Pool:
    """``processes`` workers with one model. Start it, run work in it, close it; it lives in one event loop."""

    def __init__(self, source: ModelSource, processes: int, seconds: float, tries: int = _TRIES) -> None:
        self.source, self.processes, self.seconds, self.tries = source, processes, seconds, tries
        self.waiting = 0
        self._lanes = [Lane(source, seconds) for _ in range(processes)]
        self._free: asyncio.Queue[Lane] = asyncio.Queue()
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._keeper: asyncio.Task[None] | None = None

    async def start(self, seconds: float = 120) -> worker.ModelFacts:
        """Wait until every process works. Raises what loading the model raises, or ``TimeoutError``."""
        async with asyncio.timeout(seconds):
            await asyncio.gather(*(lane.begin() for lane in self._lanes))
            for lane in self._lanes:
                self._free.put_nowait(lane)
            self._keeper = asyncio.create_task(self._keep())
            facts = await self.run(worker.describe)
            while not self.is_ready():
                await asyncio.sleep(_LOOK_SECONDS / 4)
        return facts

    @property
    def alive(self) -> int:
        """How many processes live and have loaded the model."""
        return sum(lane.is_ready() for lane in self._lanes)

    @property
    def restarts(self) -> int:
        """How many processes were lost and begun anew."""
        return sum(lane.restarts for lane in self._lanes)

    def is_ready(self) -> bool:
        """Whether all processes live and have loaded the model."""
        return self._keeper is not None and self.alive == self.processes

    async def run(self, work: Callable[..., _T], *arguments: Any) -> _T:
        """The result of ``work``, a function of a module, done in a worker.

        Raises ``RefusalError``: ``analysis_timeout`` (the worker is replaced), ``worker_lost``.
        """
        self._running += 1
        self._idle.clear()
        # Whoever asked may go away: the work is then still ended, and its process not.
        piece = asyncio.create_task(self._run(work, arguments))
        piece.add_done_callback(self._done)
        return await asyncio.shield(piece)

    async def _run(self, work: Callable[..., _T], arguments: tuple[Any, ...]) -> _T:
        lost, never_begun = 0, 0
        while lost < self.tries and never_begun < _PATIENCE:
            self.waiting += 1
            lane = await self._free.get()
            self.waiting -= 1
            try:
                return await lane.run(work, arguments)
            except TooSlow:
                raise RefusalError("analysis_timeout") from None
            except ProcessExpired:
                lost += 1
            except BrokenProcessPool:
                never_begun += 1
            finally:
                self._free.put_nowait(lane)
        raise RefusalError("worker_lost")

    def _done(self, piece: asyncio.Task[Any]) -> None:
        if not piece.cancelled():
            piece.exception()
        self._running -= 1
        if not self._running:
            self._idle.set()

    async def _keep(self) -> None:
        """Replace processes that die while nobody asks for them."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            await asyncio.gather(*(lane.mend() for lane in self._lanes), return_exceptions=True)

    async def close(self) -> None:
        """End the processes when what runs in them is done."""
        if self._keeper is None:
            return
        await self._idle.wait()
        keeper, self._keeper = self._keeper, None
        keeper.cancel()
        with suppress(asyncio.CancelledError):
            await keeper
        await asyncio.gather(*(lane.close() for lane in self._lanes))
