"""Drift: how far the answers to one period lie from those to another.

The population stability index (PSI): below 0.1 nothing has changed, above 0.25 something
has. It is counted as the running service counts it, so that both tell one number.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mcu_nlp.quality.answers import Answers, LabelledRow
from mcu_nlp.quality.intervals import share
from mcu_nlp.quality.names import ClassNames
from mcu_nlp.quality.records import Drift, DriftIndex, Estimate, Shift

DECISIONS = ("category", "topic")
SLIGHT, STRONG = 0.1, 0.25
_RARE = 0.02
_OTHER = ""
_SHIFTS = 8
_BINS = 10


@dataclass(frozen=True)
class Distribution:
    """Shares of the answers and of the tenths of confidence; ``n`` is ``None`` where only shares are known."""

    answers: Mapping[str, float]
    tenths: Mapping[str, float]
    n: int | None


@dataclass(frozen=True)
class Period:
    """The rows of a period with their answers."""

    title: str
    rows: Sequence[LabelledRow]
    answers: Sequence[Answers]

    def distribution(self, decision: str) -> Distribution:
        """What was answered to the period."""
        best = [answer[decision][0] for answer in self.answers if answer[decision]]
        n = max(1, len(best))
        tenths = Counter(str(min(int(choice.confidence * _BINS), _BINS - 1)) for choice in best)
        answers = Counter(choice.id for choice in best)
        return Distribution(_shares(answers, n), _shares(tenths, n), len(best))

    def accuracy(self, decision: str) -> Estimate | None:
        """How often the labelled rows of the period are answered right; ``None`` where none is labelled."""
        right = [
            bool(answer[decision]) and answer[decision][0].id == row.labels[decision]
            for row, answer in zip(self.rows, self.answers, strict=True)
            if decision in row.labels
        ]
        return share(sum(right), len(right)) if right else None


def against_period(before: Period, after: Period, names: ClassNames) -> Drift:
    """One period of rows against another."""
    distributions = {decision: before.distribution(decision) for decision in DECISIONS}
    pairs = {decision: (before.accuracy(decision), after.accuracy(decision)) for decision in DECISIONS}
    accuracy = {decision: (then, now) for decision, (then, now) in pairs.items() if then and now}
    return _drift(before.title, len(before.rows), distributions, after, names, accuracy)


def against_training(reference: Mapping[str, Any], after: Period, names: ClassNames, title: str) -> Drift:
    """Rows against what the model answered on its training data."""
    distributions = {
        decision: Distribution(
            dict(reference[decision]["shares"]),
            {str(tenth): one for tenth, one in enumerate(reference[decision]["confidence"])},
            None,
        )
        for decision in DECISIONS
    }
    return _drift(title, None, distributions, after, names, {})


def _drift(
    title: str,
    n_before: int | None,
    before: Mapping[str, Distribution],
    after: Period,
    names: ClassNames,
    accuracy: Mapping[str, tuple[Estimate, Estimate]],
) -> Drift:
    indices: list[DriftIndex] = []
    shifts: list[Shift] = []
    for decision in DECISIONS:
        then, now = before[decision], after.distribution(decision)
        for what, expected, found in (
            ("answers", gathered(then.answers), now.answers),
            ("confidence", then.tenths, now.tenths),
        ):
            n = now.n or 0
            counts = Counter({name: round(one * n) for name, one in found.items()})
            index = psi(expected, counts, n)
            classes = sum(1 for one in expected.values() if one > 0)
            noise = max(0, classes - 1) * (1 / max(1, n) + (1 / then.n if then.n else 0.0))
            indices.append(DriftIndex(decision, what, index, noise, _level(index, noise)))
        moved = {id: (then.answers.get(id, 0.0), now.answers.get(id, 0.0)) for id in {*then.answers, *now.answers}}
        order = sorted(moved, key=lambda name: (-abs(moved[name][1] - moved[name][0]), name))[:_SHIFTS]
        shifts += [Shift(decision, names.title(decision, id), *moved[id]) for id in order]
    return Drift(title, after.title, n_before, len(after.rows), tuple(indices), tuple(shifts), accuracy)


def psi(expected: Mapping[str, float], counts: Counter[str], total: int) -> float:
    """The index of counts against expected shares; what is not expected is counted together.

    >>> round(psi({"a": 0.5, "b": 0.5}, Counter(a=90, b=10), 100), 2)
    0.85
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


def gathered(shares: Mapping[str, float]) -> dict[str, float]:
    """Rare answers counted together: the index of many nearly empty classes is noise.

    >>> gathered({"a": 0.99, "b": 0.01})
    {'a': 0.99, '': 0.01...}
    """
    common = {name: one for name, one in shares.items() if one >= _RARE}
    return {**common, _OTHER: max(0.0, sum(shares.values()) - sum(common.values()))}


def _level(index: float, noise: float) -> str:
    """``none``, ``slight`` or ``strong``; what chance alone explains is ``none``."""
    if index < SLIGHT or index < 2 * noise:
        return "none"
    return "slight" if index < STRONG else "strong"


def _shares(counts: Counter[str], n: int) -> dict[str, float]:
    return {name: count / n for name, count in counts.items()}
