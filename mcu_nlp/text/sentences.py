"""Sentences: razdel's, cut further where the message itself had a line end."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from razdel import sentenize


def split_sentences(text: str, breaks: Sequence[int] = ()) -> Iterator[tuple[int, int]]:
    """Yield ``(start, end)`` of each sentence without blanks at its edges.

    ``breaks`` are places of blanks that were line ends, ascending.

    >>> list(split_sentences("Нет света. Ул. Мира, д. 5 Анна", [25]))
    [(0, 10), (11, 25), (26, 30)]
    """
    for sentence in sentenize(text):
        start = sentence.start
        for cut in breaks[bisect_left(breaks, sentence.start) : bisect_left(breaks, sentence.stop)]:
            yield from _trimmed(text, start, cut)
            start = cut
        yield from _trimmed(text, start, sentence.stop)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
