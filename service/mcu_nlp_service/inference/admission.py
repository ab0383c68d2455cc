"""How many requests may be at work or wait: more are refused at once, so that those taken in stay fast."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mcu_nlp_service.problems import RefusalError

# A line that has stood for so long is no burst but an overload; it is over when nobody was refused for a while.
_BURST_SECONDS, _CALM_SECONDS = 0.5, 2.0


class Admission:
    """At most ``processes`` requests at work and ``waiting`` in line; the next one is ``busy`` (429).

    The line is for bursts. In an overload only one request for every two processes may wait: a longer
    line would serve no more requests and make every answer late (after controlled delay, Nichols and
    Jacobson, 2012).
    """

    def __init__(self, processes: int, waiting: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.processes, self.waiting = processes, waiting
        self.inside = 0
        self._clock = clock
        self._line_since: float | None = None
        self._refused_at = float("-inf")

    @property
    def overloaded(self) -> bool:
        """Whether more comes in than can be answered."""
        now = self._clock()
        stands = self._line_since is not None and now - self._line_since > _BURST_SECONDS
        return stands or now - self._refused_at < _CALM_SECONDS

    @property
    def room(self) -> int:
        """How many requests may be inside now."""
        return self.processes + (min(self.waiting, self.processes // 2) if self.overloaded else self.waiting)

    @contextmanager
    def enter(self) -> Iterator[None]:
        """A place for the length of a request. Raises ``RefusalError``: ``busy``."""
        if self.inside >= self.room:
            self._refused_at = self._clock()
            raise RefusalError("busy")
        self.inside += 1
        self._look()
        try:
            yield
        finally:
            self.inside -= 1
            self._look()

    def _look(self) -> None:
        if self.inside <= self.processes:
            self._line_since = None
        elif self._line_since is None:
            self._line_since = self._clock()
