"""Drift: how far what a model answers now lies from what it answered on its training data.

The population stability index (PSI) of a window of the latest answers against the reference of the
model folder: below 0.1 nothing has changed, above 0.25 something has.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from typing import Any

from mcu_nlp_service.inference.worker import Facts

DECISIONS = ("category", "topic")
WINDOW = 2_000
# Fewer answers than this say nothing yet.
ENOUGH = 100
# Rare answers are counted together: the index of many nearly empty classes is noise.
_RARE = 0.02
_OTHER = ""


class Drift:
    """The latest answers of one model, held against its reference; a model without one has no drift."""

    def __init__(self, reference: Mapping[str, Any] | None, window: int = WINDOW) -> None:
        self.reference = reference
        self._answers: dict[str, deque[str]] = {decision: deque(maxlen=window) for decision in DECISIONS}
        self._tenths: dict[str, deque[int]] = {decision: deque(maxlen=window) for decision in DECISIONS}

    def add(self, facts: Facts) -> None:
        """Take in one answer."""
        for decision, answer, sure in (
            ("category", facts.category, facts.category_confidence),
            ("topic", facts.topic, facts.topic_confidence),
        ):
            self._answers[decision].append(answer)
            self._tenths[decision].append(min(int(sure * 10), 9))

    def answers(self, decision: str) -> float:
        """The index of a decision's answers; ``nan`` while it cannot be told."""
        found = self._answers[decision]
        if self.reference is None or len(found) < ENOUGH:
            return math.nan
        return psi(_gathered(self.reference[decision]["shares"]), Counter(found), len(found))

    def confidence(self, decision: str) -> float:
        """The index of how sure the answers are, in tenths; ``nan`` while it cannot be told."""
        found = self._tenths[decision]
        if self.reference is None or len(found) < ENOUGH:
            return math.nan
        expected: Sequence[float] = self.reference[decision]["confidence"]
        counts = Counter({str(tenth): count for tenth, count in Counter(found).items()})
        return psi({str(tenth): share for tenth, share in enumerate(expected)}, counts, len(found))


def psi(expected: Mapping[str, float], counts: Counter[str], total: int) -> float:
    """The index of counts against expected shares; what is not expected counts as ``_OTHER``.

    >>> round(psi({"a": 0.5, "b": 0.5}, Counter(a=50, b=50), 100), 3)
    0.0
    >>> round(psi({"a": 0.5, "b": 0.5}, Counter(a=90, b=10), 100), 2)
    0.87
    """
    found = dict.fromkeys([*expected, _OTHER], 0)
    for name, count in counts.items():
        found[name if name in expected else _OTHER] += count
    # Half an answer in every class: an empty one would make the index infinite.
    size, whole = len(found), sum(expected.values()) or 1.0
    index = 0.0
    for name, count in found.items():
        now = (count + 0.5) / (total + 0.5 * size)
        then = (expected.get(name, 0.0) / whole * total + 0.5) / (total + 0.5 * size)
        index += (now - then) * math.log(now / then)
    return index


def _gathered(shares: Mapping[str, float]) -> dict[str, float]:
    common = {name: share for name, share in shares.items() if share >= _RARE}
    return {**common, _OTHER: max(0.0, sum(shares.values()) - sum(common.values()))}
