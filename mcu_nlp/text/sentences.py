"""Sentences: razdel's, cut further where the message itself had a line end."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from razdel import sentenize

# «вх. № 64»: razdel ends a sentence before the number.
_PAPER = re.compile(r"(?:вх|исх|рег|зарег|пор)\.\Z", re.IGNORECASE)


def split_sentences(text: str, breaks: Sequence[int] = ()) -> Iterator[tuple[int, int]]:
    """Yield ``(start, end)`` of each sentence without blanks at its edges.

    ``breaks`` are places of blanks that were line ends, ascending.

    >>> list(split_sentences("Нет света. Ул. Мира, д. 5 Анна", [25]))
    [(0, 10), (11, 25), (26, 30)]
    """
    for start, stop in _whole(text):
        begin = start
        for cut in breaks[bisect_left(breaks, start) : bisect_left(breaks, stop)]:
            yield from _trimmed(text, begin, cut)
            begin = cut
        yield from _trimmed(text, begin, stop)


def _whole(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of razdel, those cut within «вх. № 64» put together again."""
    start = stop = 0
    for sentence in sentenize(text):
        torn = sentence.text.startswith("№") and _PAPER.search(text, max(start, stop - 6), stop)
        if not torn:
            if stop > start:
                yield start, stop
            start = sentence.start
        stop = sentence.stop
    if stop > start:
        yield start, stop


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
