"""How often one key, or one address, may call."""

from __future__ import annotations

import math
import time

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from mcu_nlp_service.problems import RefusalError


class Rate:
    """Counts the calls of each caller in this process against ``limits`` such as ``600/minute;20/second``."""

    def __init__(self, limits: str) -> None:
        self._limits = parse_many(limits)
        self._counter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def check(self, caller: str) -> None:
        """Raise what :meth:`count` would raise, and count nothing."""
        for limit in self._limits:
            if not self._counter.test(limit, caller):
                raise self._refusal(limit, caller)

    def count(self, caller: str) -> None:
        """Count one call. Raises ``RefusalError``: ``rate_limited``, with the time to wait."""
        for limit in self._limits:
            if not self._counter.hit(limit, caller):
                raise self._refusal(limit, caller)

    def _refusal(self, limit: RateLimitItem, caller: str) -> RefusalError:
        reset = self._counter.get_window_stats(limit, caller).reset_time
        wait = max(1, math.ceil(reset - time.time()))
        return RefusalError("rate_limited", headers={"Retry-After": str(wait)})
