"""How far a training run has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """Where a run is: ``name`` is that of a part, such as ``reading``, ``folds``, ``judging`` or ``done``.

    ``number`` of ``total`` texts were read, or folds held out; ``share`` of the whole run is done, 0 to 1.

    >>> str(Step("folds", 2, 5, 0.3)), str(Step("fitting", share=0.8))
    ('folds 2 of 5', 'fitting')
    """

    name: str
    number: int = 0
    total: int = 0
    share: float = 0.0

    def __str__(self) -> str:
        return f"{self.name} {self.number} of {self.total}" if self.total else self.name


Tell = Callable[[Step], None]


def silent(step: Step) -> None:
    """Tell nobody."""
