"""How far a judgement has come: its parts one after another, each of which takes its share of the time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from mcu_nlp.training.progress import Step, Tell

# Tells how many of how many are done.
Count = Callable[[int, int], None]


class Course:
    """Tells the steps of a job whose parts, in order, cost what ``costs`` says, in any unit.

    >>> course = Course(lambda step: print(step, step.share), {"answers": 3.0, "figures": 1.0})
    >>> course.part("answers")(1, 2)
    answers 1 of 2 0.375
    >>> course.part("figures")(1, 1)
    figures 1 of 1 1.0
    """

    def __init__(self, tell: Tell, costs: Mapping[str, float]) -> None:
        self._tell, self._costs = tell, costs

    def part(self, name: str) -> Count:
        """What a part tells its counts to."""
        return partial(self._count, name)

    def _count(self, name: str, number: int, total: int) -> None:
        names = list(self._costs)
        before = sum(self._costs[other] for other in names[: names.index(name)])
        share = (before + self._costs[name] * number / total) / sum(self._costs.values())
        self._tell(Step(name, number, total, share))
