"""How far a training run has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """A step that begins: ``name`` is ``reading``, ``fold``, ``judging`` or ``fitting``, ``share`` what is done, 0 to 1.

    ``number`` of ``total`` counts texts while reading, and folds.

    >>> str(Step("fold", 2, 5, 0.3)), str(Step("fitting", share=0.8))
    ('fold 2 of 5', 'fitting')
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
