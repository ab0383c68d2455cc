"""One worker process, from its beginning to its end: it does one piece of work at a time."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from enum import Enum, auto
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from anyio import to_thread
from pebble import ProcessExpired, ProcessPool

from mcu_nlp_service.inference import worker

_T = TypeVar("_T")
# New processes come from a clean one that has read the code already: forking a process with threads is not safe.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["__main__", "mcu_nlp_service.inference.warm"])
_END_SECONDS = 10.0
# What a process said before it died is read before it counts as lost.
_LAST_WORDS_SECONDS = 0.3


class WorkerLostError(RuntimeError):
    """The process died or was ended; ``begun`` tells whether it had taken up the work."""

    def __init__(self, begun: bool = False) -> None:
        super().__init__("the process is lost")
        self.begun = begun


class TooSlowError(RuntimeError):
    """The work took longer than it may; its process is ended."""

    def __init__(self) -> None:
        super().__init__("the work took too long")


class State(Enum):
    """Where a lane stands. The last three are final: another lane takes its place."""

    LOADING = auto()
    READY = auto()
    FAULTY = auto()  # could not load the model
    LOST = auto()  # died or was given up
    CLOSED = auto()


@dataclass(frozen=True, slots=True)
class ModelSource:
    """What a worker loads."""

    folder: Path | None
    routing: Path | None
    max_text: int


class Lane:
    """A worker process and the way to it; made inside the event loop that it lives in.

    A pool of several processes breaks as a whole when an idle one is killed; a lane breaks alone.
    """

    def __init__(self, source: ModelSource, seconds: float) -> None:
        self.source, self.seconds = source, seconds
        self.state, self.begun = State.LOADING, time.monotonic()
        self._loop = asyncio.get_running_loop()
        self._told: asyncio.Future[tuple[str, str] | Exception] = self._loop.create_future()
        self._over: asyncio.Future[None] = self._loop.create_future()
        self._ear: Connection[int, Any] | None = None
        self._pool: ProcessPool | None = None
        self._ending: Thread | None = None

    async def load(self, seconds: float) -> tuple[str, str]:
        """Begin the process; name and version of the model that it has loaded.

        Raises what loading raises, ``WorkerLostError``, ``TimeoutError``, ``OSError``; the lane is faulty then.
        """
        try:
            async with asyncio.timeout(seconds):
                await to_thread.run_sync(self._begin, abandon_on_cancel=True)
                if self._ear is not None and not self._over.done():
                    self._loop.add_reader(self._ear.fileno(), self._hear)
                told = await self._told
            if isinstance(told, Exception):
                raise told
        except BaseException:
            self.end(State.FAULTY)
            raise
        return told

    async def run(self, work: Callable[..., _T], arguments: tuple[Any, ...]) -> _T:
        """The result of ``work``. Raises ``WorkerLostError``, ``TooSlowError``: the lane is lost then."""
        try:
            if self._pool is None:
                raise WorkerLostError
            taken = self._pool.schedule(work, args=arguments)
        except RuntimeError:
            self.end(State.LOST)
            raise WorkerLostError from None
        answer = asyncio.wrap_future(taken)
        # Work is taken up at once, so this is its time; pebble's own clock would begin later or never.
        await asyncio.wait((answer, self._over), timeout=self.seconds, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            fault = WorkerLostError(taken.running()) if self._over.done() else TooSlowError()
            answer.cancel()
            self.end(State.LOST)
            raise fault
        try:
            return answer.result()
        except (ProcessExpired, BrokenProcessPool) as death:
            self.end(State.LOST)
            raise WorkerLostError(begun=isinstance(death, ProcessExpired)) from None

    async def over(self) -> None:
        """Wait until the lane is faulty, lost or closed."""
        await asyncio.wait((self._over,))

    def end(self, state: State) -> None:
        """Take no more work and end the process, whatever runs in it; ``state`` tells why, the first time."""
        if self._over.done():
            return
        if self.state in (State.LOADING, State.READY):
            self.state = state
        self._over.set_result(None)
        if not self._told.done():
            self._told.set_result(WorkerLostError())
        self._stop_hearing()
        if self._pool is not None:
            self._ending = Thread(target=_end, args=(self._pool,), daemon=True)
            self._ending.start()

    async def close(self) -> None:
        """End the process and wait for that, but not for ever."""
        self.end(State.CLOSED)
        if self._ending is not None:
            await to_thread.run_sync(self._ending.join, _END_SECONDS)

    def _begin(self) -> None:
        self._ear, mouth = _CONTEXT.Pipe(duplex=False)
        self._pool = pool = ProcessPool(
            max_workers=1,
            initializer=worker.begin,
            initargs=(self.source.folder, self.source.routing, self.source.max_text, mouth),
            context=_CONTEXT,
        )
        try:
            # Asking whether it is active starts it. Whoever ends the lane meanwhile finds the pool or is seen here.
            if self.state is not State.LOADING or not pool.active:
                raise WorkerLostError
        finally:
            # The process alone holds this end now: its death is heard, and pebble cannot begin another one on it.
            mouth.close()

    def _hear(self) -> None:
        """The process has loaded the model, or cannot, or is dead."""
        if self._ear is None:
            return
        try:
            told = self._ear.recv()
        except Exception:  # the end of the process, or nothing that it should say
            self.state = State.FAULTY if self.state is State.LOADING else State.LOST
            self._stop_hearing()
            self._loop.call_later(_LAST_WORDS_SECONDS, self.end, self.state)
            return
        if self.state is State.LOADING and not isinstance(told, Exception):
            self.state = State.READY
        if not self._told.done():
            self._told.set_result(told)

    def _stop_hearing(self) -> None:
        if self._ear is not None and not self._ear.closed:
            self._loop.remove_reader(self._ear.fileno())
            self._ear.close()


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
