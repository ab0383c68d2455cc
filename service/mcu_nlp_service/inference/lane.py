"""One worker process with a model; when it dies or hangs another one is begun in its place."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import psutil
from anyio import to_thread
from pebble import ProcessExpired, ProcessPool

from mcu_nlp_service.inference import worker

_T = TypeVar("_T")
# New processes come from a clean one that has read the code already: forking a process with threads is not safe.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["__main__", "mcu_nlp_service.inference.warm"])
# A process that dies at once is not begun again and again without a breath.
_BREATH_SECONDS = 1.0
_END_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class ModelSource:
    """What a worker loads."""

    folder: Path | None
    routing: Path | None
    max_text: int


class Lane:
    """A worker process that does one piece of work at a time.

    A pool of several processes breaks as a whole when an idle one is killed; a lane breaks alone.
    """

    def __init__(self, source: ModelSource, seconds: float) -> None:
        self.source, self.seconds = source, seconds
        self.restarts = 0
        self._mending = asyncio.Lock()
        self._future: Future[Any] | None = None
        self._pid: int | None = None
        self._begun, self._spoilt, self._closed = 0.0, False, False

    async def begin(self) -> None:
        """Start the process; the model is loaded in it afterwards."""
        await to_thread.run_sync(self._begin)

    def is_ready(self) -> bool:
        """Whether the process lives and has loaded the model."""
        while self._told.poll():
            self._pid = self._told.recv()
        return not self._spoilt and self._pid is not None and _lives(self._pid)

    async def run(self, work: Callable[..., _T], arguments: tuple[Any, ...]) -> _T:
        """The result of ``work``; raises ``ProcessExpired`` or ``BrokenProcessPool`` when the process died."""
        await self.mend()
        try:
            self._future = self._pool.schedule(work, args=arguments, timeout=self.seconds)
        except RuntimeError:
            raise BrokenProcessPool("the process died while it was idle") from None
        try:
            return await asyncio.wrap_future(self._future)
        except ProcessExpired:
            # It may have died in the middle of a message: its pipes are not used again.
            self._spoilt = True
            raise

    async def mend(self) -> None:
        """Begin another process if this one is lost."""
        async with self._mending:
            if self._closed or (self._pool.active and not self._spoilt):
                return
            lost, waiting = self._pool, self._future
            Thread(target=_end, args=(lost,), daemon=True).start()
            if waiting is not None and not waiting.done():
                with suppress(InvalidStateError):
                    waiting.set_exception(BrokenProcessPool("the process died"))
            await asyncio.sleep(max(0.0, self._begun + _BREATH_SECONDS - time.monotonic()))
            self.restarts += 1
            await self.begin()

    async def close(self) -> None:
        """End the process."""
        async with self._mending:
            self._closed = True
            ending = Thread(target=_end, args=(self._pool,), daemon=True)
            ending.start()
            await to_thread.run_sync(ending.join, _END_SECONDS)
            self._told.close()
            self._tell.close()

    def _begin(self) -> None:
        self._pid, self._spoilt, self._begun = None, False, time.monotonic()
        self._told, self._tell = _CONTEXT.Pipe(duplex=False)
        source = self.source
        self._pool = ProcessPool(
            max_workers=1,
            initializer=worker.begin,
            initargs=(source.folder, source.routing, source.max_text, self._tell),
            context=_CONTEXT,
        )
        # Asking whether it is active starts it.
        if not self._pool.active:
            raise BrokenProcessPool("no process can be started")


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
