"""Runs of characters that the corpus shares with texts that must not get into it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

RUN = 40
# A run of 40 characters holds a whole block of 20 wherever it begins, so only blocks are indexed.
_BLOCK = RUN // 2
_TAG = re.compile(r"<[^<>]*>")
_BLANKS = re.compile(r"\s+")


class Borrowing(NamedTuple):
    """A common run: the place of the text in the corpus, where the run begins there, and how long it is."""

    text: int
    start: int
    length: int


def fold(text: str) -> str:
    """A text without tags, entities, capitals and runs of white space.

    >>> fold("<p>Яма&nbsp;у  ДОМА</p>")
    'яма у дома'
    """
    return _BLANKS.sub(" ", _TAG.sub(" ", html.unescape(text))).lower().strip()


class BorrowingFinder:
    """Finds runs of ``RUN`` characters that other texts share with these.

    >>> finder = BorrowingFinder(["На улице Мира третий день не горит ни один фонарь, прошу помочь"])
    >>> finder.find(["Пишу: на улице мира третий день не горит ни один фонарь!"])
    [Borrowing(text=0, start=0, length=49)]
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts: Sequence[str] = [fold(text) for text in texts]
        self._blocks: dict[str, list[tuple[int, int]]] = {}
        for number, text in enumerate(self.texts):
            for start in range(0, len(text) - _BLOCK + 1, _BLOCK):
                self._blocks.setdefault(text[start : start + _BLOCK], []).append((number, start))

    def find(self, others: Iterable[str]) -> list[Borrowing]:
        """The common runs, each once, in order."""
        found: set[Borrowing] = set()
        for other in map(fold, others):
            for place in range(len(other) - _BLOCK + 1):
                for number, start in self._blocks.get(other[place : place + _BLOCK], ()):
                    run = self._widen(number, start, other, place)
                    if run.length >= RUN:
                        found.add(run)
        return sorted(found)

    def _widen(self, number: int, start: int, other: str, place: int) -> Borrowing:
        text = self.texts[number]
        before = 0
        while before < min(start, place) and text[start - before - 1] == other[place - before - 1]:
            before += 1
        after = _BLOCK
        while start + after < len(text) and place + after < len(other) and text[start + after] == other[place + after]:
            after += 1
        return Borrowing(number, start - before, before + after)
