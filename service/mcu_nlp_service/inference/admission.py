"""How many requests may be at work or wait: more are refused at once, so that those taken in stay fast."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mcu_nlp_service.problems import RefusalError

# An overload is over when nobody was refused for so long.
_CALM_SECONDS = 2.0


class Admission:
    """At most ``processes`` requests at work and ``waiting`` in line; the next one is ``busy`` (429).

    The line is for bursts and for callers that wait for their answers. Once it has overflowed, more comes
    in than can be answered, and only one request a process may wait: a longer line would serve no more
    requests and make every answer late (after controlled delay, Nichols and Jacobson, 2012).
    """

    def __init__(self, processes: int, waiting: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.processes, self.waiting = processes, waiting
        self.inside = 0
        self._clock = clock
        self._refused_at = float("-inf")

    @property
    def overloaded(self) -> bool:
        """Whether more comes in than can be answered."""
        return self._clock() - self._refused_at < _CALM_SECONDS

    @property
    def room(self) -> int:
        """How many requests may be inside now."""
        return self.processes + (min(self.waiting, self.processes) if self.overloaded else self.waiting)

    def check(self) -> None:
        """Raise ``RefusalError`` (``busy``) when there is no place, before anything is spent on the request."""
        if self.inside >= self.room:
            self._refused_at = self._clock()
            raise RefusalError("busy")

    @contextmanager
    def enter(self) -> Iterator[None]:
        """A place for the length of a request. Raises ``RefusalError``: ``busy``."""
        self.check()
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1
