"""Worker processes with one model: bounded, timed, and missed when they die."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from anyio import CancelScope, to_thread

from mcu_nlp import McuNlpError
from mcu_nlp_service.inference import worker
from mcu_nlp_service.inference.lane import Lane, ModelSource, State, TooSlowError, WorkerLostError
from mcu_nlp_service.inference.snapshot import Snapshot

__all__ = ["ModelSource", "Pool", "TooSlowError", "WorkerLostError"]  # what whoever makes a pool needs beside it

logger = logging.getLogger("mcu_nlp_service")

_T = TypeVar("_T")
# A worker that died under a piece of work may have died of something else: it is tried once more.
_TRIES = 2
# Work that a dead process never took up is no danger to the next one.
_PATIENCE = 5
_LOAD_SECONDS = 120.0
# A process that dies or fails at once is not begun again and again without a breath; each failure makes it longer.
_BREATH_SECONDS, _LONGEST_BREATH_SECONDS = 1.0, 60.0


class Pool:
    """``processes`` workers with one model. Start it, run work in it, close it; it lives in one event loop.

    The model and the routing rules are copied at the start: a process that replaces a lost one loads the same.
    """

    def __init__(self, source: ModelSource, processes: int, seconds: float, tries: int = _TRIES) -> None:
        self.source, self.processes, self.seconds, self.tries = source, processes, seconds, tries
        self.waiting = self.restarts = 0
        self.facts: worker.ModelFacts | None = None
        self._snapshot: Snapshot | None = None
        self._lanes: list[Lane] = []
        self._keepers: list[asyncio.Task[None]] = []
        # Lanes at rest; one that has died meanwhile is dropped by whoever takes it.
        self._free: asyncio.Queue[Lane] = asyncio.Queue()
        self._inside = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def start(self, seconds: float = _LOAD_SECONDS) -> worker.ModelFacts:
        """Wait until every process works.

        Raises what loading the model raises, ``WorkerLostError``, ``TimeoutError``, ``OSError``; nothing is left then.
        """
        try:
            self._snapshot = await to_thread.run_sync(Snapshot, self.source)
            self._lanes = [Lane(self._snapshot.source, self.seconds) for _ in range(self.processes)]
            async with asyncio.timeout(seconds):
                named = await asyncio.gather(*(lane.load(seconds) for lane in self._lanes))
                _check_same(set(named))
                for lane in self._lanes:
                    self._free.put_nowait(lane)
                self.facts = await self.run(worker.describe)
        except BaseException as error:
            snapshot = self._snapshot
            await self.close(abandon=True)
            if isinstance(error, McuNlpError) and snapshot is not None:
                raise snapshot.named(error) from None
            raise
        self._keepers = [asyncio.create_task(self._keep(place, self.facts)) for place in range(self.processes)]
        return self.facts

    @property
    def alive(self) -> int:
        """How many processes live and have loaded the model."""
        return sum(lane.state is State.READY for lane in self._lanes)

    def is_ready(self) -> bool:
        """Whether all processes live and have loaded the model."""
        return self.facts is not None and self.alive == self.processes

    async def run(self, work: Callable[..., _T], *arguments: Any) -> _T:
        """The result of ``work``, a function of a module, done in a worker.

        Who goes away while waiting leaves nothing behind; work that is begun is ended first.
        Raises ``TooSlowError`` (the worker is replaced), ``WorkerLostError``.
        """
        lost, never_begun = 0, 0
        with self._counted():
            while lost < self.tries and never_begun < _PATIENCE:
                lane = await self._take()
                begun = asyncio.create_task(self._run(lane, work, arguments))
                begun.add_done_callback(_look)
                try:
                    return await asyncio.shield(begun)
                except WorkerLostError as death:
                    lost, never_begun = lost + death.begun, never_begun + (not death.begun)
        raise WorkerLostError(begun=lost > 0)

    async def close(self, abandon: bool = False) -> None:
        """End the processes when what runs in them is done; with ``abandon`` at once, and that work is lost."""
        if not abandon:
            await self._idle.wait()
        with CancelScope(shield=True):
            for keeper in self._keepers:
                keeper.cancel()
            await asyncio.gather(*self._keepers, return_exceptions=True)
            await asyncio.gather(*(lane.close() for lane in self._lanes))
            self._send_away()
            snapshot, self._snapshot = self._snapshot, None
            if snapshot is not None:
                await to_thread.run_sync(snapshot.remove)

    async def _run(self, lane: Lane, work: Callable[..., _T], arguments: tuple[Any, ...]) -> _T:
        with self._counted():
            try:
                return await lane.run(work, arguments)
            finally:
                self._free.put_nowait(lane)

    async def _take(self) -> Lane:
        while not self._is_hopeless:
            self.waiting += 1
            try:
                lane = await self._free.get()
            finally:
                self.waiting -= 1
            if lane.state is State.READY:
                return lane
        raise WorkerLostError

    @property
    def _is_hopeless(self) -> bool:
        """Whether no process works or is about to."""
        return all(lane.state in (State.FAULTY, State.CLOSED) for lane in self._lanes)

    def _send_away(self) -> None:
        """Wake those who wait in vain: a lane that is over has them look again."""
        if self._lanes and self._is_hopeless:
            for _ in range(self.waiting):
                self._free.put_nowait(self._lanes[0])

    async def _keep(self, place: int, facts: worker.ModelFacts) -> None:
        """Have another process begun whenever this one is lost; while that fails, ever more seldom."""
        breath = _BREATH_SECONDS
        while True:
            lost = self._lanes[place]
            await lost.over()
            await asyncio.sleep(max(0.0, lost.begun + breath - time.monotonic()))
            self.restarts += 1
            lane = self._lanes[place] = Lane(lost.source, self.seconds)
            try:
                named = await lane.load(_LOAD_SECONDS)
                _check_same({named, facts.named})
            except Exception as error:
                lane.end(State.FAULTY)
                breath = min(breath * 2, _LONGEST_BREATH_SECONDS)
                logger.error("a process cannot load its model: %s", getattr(error, "code", type(error).__name__))
                self._send_away()
                continue
            breath = _BREATH_SECONDS
            self._free.put_nowait(lane)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._inside += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._inside -= 1
            if not self._inside:
                self._idle.set()


def _look(begun: asyncio.Task[Any]) -> None:
    """Work whose caller has gone may fail without a complaint."""
    if not begun.cancelled():
        begun.exception()


def _check_same(named: set[tuple[str, str]]) -> None:
    """Answers of one pool name one version: the model that comes with the package is read where it lies."""
    if len(named) > 1:
        raise RuntimeError("processes have loaded different models")
