"""How well reviews agree with the labels of the pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mcu_nlp.records import Analysis
from mcu_nlp.reply.lexicon import POINTS
from mcu_nlp.reply.pairs import ReplyPair
from mcu_nlp.reply.records import ReplyReview
from mcu_nlp.reply.review import review_reply

Analyze = Callable[[str], Analysis]
_BEST = 2


@dataclass(frozen=True, slots=True)
class Agreement:
    """Macro-F1 of good against not good for every point, F1 of «отписка», and the mean over the points."""

    pairs: int
    points: dict[str, float]
    brush_off: float

    @property
    def mean(self) -> float:
        """The mean over the points."""
        return sum(self.points.values()) / len(self.points)


def review_pair(pair: ReplyPair, analyze: Analyze) -> ReplyReview:
    """The review of one pair."""
    return review_reply(
        analyze(pair.appeal),
        pair.reply,
        received=pair.received,
        answered=pair.answered,
        public=pair.channel == "social",
    )


def evaluate(pairs: Sequence[ReplyPair], analyze: Analyze = Analysis) -> Agreement:
    """Review pairs and compare. A point that does not apply counts as nothing to reproach."""
    reviews = [review_pair(pair, analyze) for pair in pairs]
    points = {}
    for place, id in enumerate(POINTS):
        rows = [
            (_good(pair.scores[place]), _good(review.points[place].score))
            for pair, review in zip(pairs, reviews, strict=True)
            if id != "on_time" or pair.scores[place] is not None
        ]
        points[id] = (f1(rows) + f1((not gold, not told) for gold, told in rows)) / 2
    verdicts = [(pair.brush_off, review.brush_off) for pair, review in zip(pairs, reviews, strict=True)]
    return Agreement(len(pairs), points, f1(verdicts))


def f1(rows: Iterable[tuple[bool, bool]]) -> float:
    """F1 of (gold, told) pairs; 1 when there is nothing to find and nothing was told.

    >>> round(f1([(True, True), (True, False), (False, False)]), 2)
    0.67
    """
    seen = list(rows)
    both = sum(gold and told for gold, told in seen)
    either = sum(gold + told for gold, told in seen)
    return 2 * both / either if either else 1.0


def _good(score: int | None) -> bool:
    return score is None or score == _BEST
