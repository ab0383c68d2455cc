"""Figures of quality with their bounds: every figure is a function of the weights that rows have.

A row of ones gives the figure itself, rows of random counts give its bootstrap distribution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse, stats

from mcu_nlp.quality.records import Estimate

Doubles = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

RESAMPLES = 1000
LEVEL = 0.95
BINS = 10
# Classes with fewer rows say nothing about their own F1.
COMMON = 5
# A model that is right so much more often than it is sure has seen the rows.
_SEEN = 0.1
# How many weights are held at once: 32 MB.
_HELD = 4_000_000


@dataclass(frozen=True)
class Judged:
    """Answers to one decision: places of classes, ``in3`` only where there are candidates."""

    truth: Places
    answer: Places
    confidence: Doubles
    classes: int
    in3: Bools | None = None

    @property
    def right(self) -> Bools:
        """Which answers are right."""
        return np.asarray(self.truth == self.answer)


Statistic = Callable[[Doubles], Mapping[str, Doubles]]


def bootstrap(n: int, statistic: Statistic, *, resamples: int = RESAMPLES, seed: int = 0) -> dict[str, Estimate]:
    """Every figure of ``statistic`` with bias-corrected percentile bounds (Efron, 1987).

    ``statistic`` takes weights ``(resamples, n)`` and gives ``(resamples,)`` by name.
    """
    values = statistic(np.ones((1, n)))
    drawn: dict[str, list[Doubles]] = {name: [] for name in values}
    for weights in row_weights(n, resamples, seed):
        for name, found in statistic(weights).items():
            drawn[name].append(found)
    return {name: _bounded(float(values[name][0]), np.concatenate(drawn[name])) for name in values}


def row_weights(n: int, resamples: int, seed: int) -> Iterator[Doubles]:
    """How often each row is drawn in each resample, in pieces ``(some resamples, n)`` that fit into memory."""
    generator = np.random.default_rng(seed)
    left, chunk = resamples, max(1, _HELD // max(1, n))
    while left > 0:
        size = min(left, chunk)
        picked = generator.integers(0, n, (size, n))
        yield np.stack([np.bincount(row, minlength=n) for row in picked]).astype(np.float64)
        left -= size


def _bounded(value: float, drawn: Doubles) -> Estimate:
    """A figure that resampling pushes to one side, such as a calibration error, is pushed back."""
    below = float((drawn < value).mean() + (drawn == value).mean() / 2)
    shift = stats.norm.ppf(min(max(below, 1 / len(drawn)), 1 - 1 / len(drawn)))
    tail = stats.norm.ppf((1 - LEVEL) / 2)
    low, high = np.quantile(drawn, stats.norm.cdf([2 * shift + tail, 2 * shift - tail]))
    return Estimate(value, min(float(low), value), max(float(high), value))


def share(hits: int, n: int) -> Estimate:
    """A share with Wilson's bounds, honest for a handful of rows too.

    >>> share(3, 3)
    Estimate(value=1.0, low=0.43..., high=1.0)
    """
    if not n:
        return Estimate(0.0, 0.0, 1.0)
    bounds = stats.binomtest(hits, n).proportion_ci(LEVEL, method="wilson")
    return Estimate(hits / n, float(bounds.low), float(bounds.high))


def honest(figure: Estimate, n: int) -> Estimate:
    """A figure of ``n`` rows that are all right, or all wrong, with the bounds of a share: resampling shows none.

    >>> honest(Estimate(1.0, 1.0, 1.0), 3)
    Estimate(value=1.0, low=0.43..., high=1.0)
    """
    sure = figure.low == figure.high == figure.value and figure.value in (0.0, 1.0)
    return share(round(figure.value * n), n) if sure else figure


def suspect_seen(judged: Judged) -> bool:
    """Whether the answers are far better than a calibrated model is sure of them, beyond chance.

    Such a model has probably been trained on these very rows.
    """
    right, sure = share(int(judged.right.sum()), len(judged.right)), float(judged.confidence.mean())
    return right.value > sure + _SEEN and right.low > sure


def decision_figures(judged: Judged, target: float) -> Statistic:
    """The statistic of a decision's figures, as :mod:`mcu_nlp.training.figures` defines them."""
    bins = np.clip(np.ceil(judged.confidence * BINS) - 1, 0, BINS - 1).astype(np.intp)
    gaps = _by_group(bins, BINS, judged.confidence - judged.right)
    order = np.argsort(-judged.confidence, kind="stable")
    right = judged.right.astype(np.float64)
    common = np.bincount(judged.truth, minlength=judged.classes) >= COMMON

    def statistic(weights: Doubles) -> Mapping[str, Doubles]:
        whole = weights.sum(axis=1)
        f1, support = _class_f1(judged, weights)
        accepted = np.cumsum(weights[:, order], axis=1)
        reached = np.cumsum(weights[:, order] * right[order], axis=1) >= target * accepted - 1e-9
        figures = {
            "accuracy": weights @ right / whole,
            "weighted_f1": (f1 * support).sum(axis=1) / whole,
            "ece": np.abs(weights @ gaps).sum(axis=1) / whole,
            "coverage": np.where(reached, accepted, 0.0).max(axis=1) / whole,
        }
        if common.any():
            figures["macro_f1"] = f1[:, common].mean(axis=1)
        if judged.in3 is not None:
            figures["top3"] = weights @ judged.in3.astype(np.float64) / whole
        return figures

    return statistic


def class_figures(judged: Judged) -> Statistic:
    """The statistic of every class's F1, named by the place of the class."""

    def statistic(weights: Doubles) -> Mapping[str, Doubles]:
        f1, _ = _class_f1(judged, weights)
        return {str(place): f1[:, place] for place in range(judged.classes)}

    return statistic


def _class_f1(judged: Judged, weights: Doubles) -> tuple[Doubles, Doubles]:
    """F1 and support, both ``(resamples, classes)``; a class nobody labelled or answered has an F1 of 0."""
    support = weights @ _by_group(judged.truth, judged.classes)
    answered = weights @ _by_group(judged.answer, judged.classes)
    hits = weights @ _by_group(judged.truth, judged.classes, judged.right.astype(np.float64))
    return np.asarray(2 * hits / np.maximum(support + answered, 1e-12)), np.asarray(support)


def _by_group(groups: Places, size: int, values: Doubles | None = None) -> sparse.csr_matrix:
    n = len(groups)
    return sparse.csr_matrix((np.ones(n) if values is None else values, (np.arange(n), groups)), shape=(n, size))
