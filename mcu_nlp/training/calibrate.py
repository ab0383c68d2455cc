"""Held-out scores -> how sure the model may be: calibrators, thresholds of review and of signals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from mcu_nlp.linear import Calibrator
from mcu_nlp.linear.calibrator import confidence_facts
from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.training.figures import Labels
from mcu_nlp.training.ridge import Doubles

# Temperatures tried for sharing out what the best answer leaves; joint scores are logarithms, the others margins.
_TEMPERATURES = (0.05, 0.1, 0.15, 0.25, 0.4, 0.6, 0.8, 1.0, 1.5)


def fit_calibrator(scores: Floats, truth: Labels, weight: Doubles) -> Calibrator:
    """A logistic regression of «the best answer was right» on the facts of confidence; texts count their ``weight``.

    The temperature is the one under which the true answers are likeliest, so that second
    and third candidates get what they deserve too.
    """
    right = scores.argmax(axis=1) == truth
    if len(scores) == 0 or right.all() or not right.any():
        # Nothing to learn from: the rate itself, smoothed (rule of succession).
        rate = (right.sum() + 1) / (len(right) + 2)
        return Calibrator((0.0, 0.0, 0.0), float(np.log(rate / (1 - rate))), 1.0)
    candidates = [_fit_at(temperature, scores, right, weight) for temperature in _TEMPERATURES]
    return min(candidates, key=lambda calibrator: _surprise(calibrator, scores, truth, weight))


def _fit_at(temperature: float, scores: Floats, right: npt.NDArray[np.bool_], weight: Doubles) -> Calibrator:
    fit = LogisticRegression(C=10.0, max_iter=1000).fit(confidence_facts(scores, temperature), right, weight)
    top, gap, log_top = (float(weight) for weight in fit.coef_[0])
    return Calibrator((top, gap, log_top), float(fit.intercept_[0]), temperature)


def _surprise(calibrator: Calibrator, scores: Floats, truth: Labels, weight: Doubles) -> float:
    """Mean negative log-likelihood of the true answers."""
    likely = calibrator.probabilities(scores)[np.arange(len(truth)), truth]
    return float(np.average(-np.log(np.maximum(likely, 1e-4)), weights=weight))


def even_sources(sources: npt.NDArray[Any]) -> Doubles:
    """Weights with mean 1 by which all sources count alike: confidence must hold in each, not in the largest alone."""
    _, place, counts = np.unique(sources, return_inverse=True, return_counts=True)
    return np.asarray(len(sources) / (len(counts) * counts[place]), np.float64)


def cross_calibrated(scores: Floats, truth: Labels, folds: npt.NDArray[Any], weight: Doubles) -> Floats:
    """Confidence of held-out texts, each from a calibrator that did not see its fold."""
    confidence = np.zeros(len(scores), np.float32)
    for fold in np.unique(folds):
        held = folds == fold
        confidence[held] = fit_calibrator(scores[~held], truth[~held], weight[~held]).confidence(scores[held])
    return confidence


def best_threshold(scores: Floats, present: npt.NDArray[np.bool_]) -> float:
    """The score from which on calling a text present gives the best F1; between two scores, so that it is stable."""
    if not present.any():
        return float(scores.max()) + 1.0 if len(scores) else 0.0
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(present[order])
    best = int(np.argmax(2 * found / (np.arange(1, len(order) + 1) + present.sum())))
    below = scores[order[best + 1]] if best + 1 < len(order) else scores[order[best]] - 1.0
    return float((scores[order[best]] + below) / 2)


def fit_signal(scores: Floats, present: npt.NDArray[np.bool_]) -> dict[str, float]:
    """Platt's sigmoid of a signal's score, and the probability from which its F1 is best."""
    if not present.any() or present.all():
        return {"slope": 1.0, "offset": 0.0, "threshold": 0.5}
    fit = LogisticRegression(C=10.0, max_iter=1000).fit(scores[:, None], present)
    slope, offset = float(fit.coef_[0, 0]), float(fit.intercept_[0])
    probability = 1 / (1 + np.exp(-(slope * scores + offset)))
    grid = np.unique(np.round(np.quantile(probability, np.linspace(0.5, 0.999, 200)), 3))
    called = probability >= grid[:, None]
    f1 = 2 * (called & present).sum(axis=1) / (called.sum(axis=1) + present.sum())
    return {"slope": slope, "offset": offset, "threshold": float(grid[int(np.argmax(f1))])}


def fit_scope(scores: Floats, outside: npt.NDArray[np.bool_], precision: float = 0.6) -> float:
    """The score above which a text is called out of scope: the most it can find at this precision."""
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(outside[order]) / np.arange(1, len(order) + 1)
    reached = np.flatnonzero(found >= precision)
    return float(scores[order[reached[-1]]]) - 1e-6 if len(reached) else float("inf")


def places_of(classes: Sequence[str], labels: Sequence[str | None]) -> tuple[npt.NDArray[np.intp], Labels]:
    """The rows whose label is one of the classes, and the labels' places."""
    by_name = {name: place for place, name in enumerate(classes)}
    found = [(row, by_name[label]) for row, label in enumerate(labels) if label in by_name]
    rows, truth = zip(*found, strict=True) if found else ((), ())
    return np.array(rows, np.intp), np.array(truth, np.intp)
