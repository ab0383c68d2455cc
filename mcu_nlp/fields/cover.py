"""Which parts of a text are taken already."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from mcu_nlp.records import Span


class Cover:
    """Spans put together, so that asking about a place takes logarithmic time.

    >>> cover = Cover([Span(4, 9, "Ленин"), Span(20, 22, "УК")])
    >>> cover.touches(8, 12), cover.touches(9, 20)
    (True, False)
    """

    def __init__(self, spans: Iterable[Span]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted((span.start, span.end) for span in spans):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def touches(self, start: int, end: int) -> bool:
        """Whether ``start:end`` shares a character with a span."""
        at = bisect_right(self._starts, end - 1) - 1
        return at >= 0 and self._ends[at] > start
