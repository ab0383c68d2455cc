"""Analyses run in threads, a few at a time: the event loop stays free to answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from mcu_nlp_service.problems import RefusalError

_T = TypeVar("_T")


class Workers:
    """At most ``threads`` pieces of work run and ``max_waiting`` wait; more is refused as ``busy``."""

    def __init__(self, threads: int, max_waiting: int) -> None:
        self.limiter, self.room = CapacityLimiter(threads), threads + max_waiting

    async def run(self, work: Callable[[], _T]) -> _T:
        """The result of ``work``, done in a thread. Raises ``RefusalError`` when the queue is full."""
        if not self.room:
            raise RefusalError("busy")
        self.room -= 1
        try:
            return await to_thread.run_sync(work, limiter=self.limiter)
        finally:
            self.room += 1
