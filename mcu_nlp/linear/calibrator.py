"""Scores -> the probability that the best answer is right.

A logistic regression on three facts about the scores (top margin, gap to the second,
log-softmax of the top) fitted on out-of-fold scores (after Platt, 1999); the raw softmax
and a sigmoid a class are far off when a topic has five examples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mcu_nlp.linear.ngrams import Floats

# Beyond this a sigmoid is 0 or 1 in single precision.
_FARTHEST = 30.0


def log_softmax(scores: npt.NDArray[np.floating], temperature: float = 1.0) -> Floats:
    """Logarithms of the softmax along the last axis, safe from overflow."""
    scaled = np.asarray(scores, np.float64) / temperature
    shifted = scaled - scaled.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), np.float32)


def confidence_facts(scores: npt.NDArray[np.floating], temperature: float) -> Floats:
    """What confidence is read from: ``(texts, classes)`` -> ``(texts, 3)``."""
    if scores.shape[1] == 1:
        return np.column_stack([scores[:, 0], np.zeros(len(scores)), np.zeros(len(scores))]).astype(np.float32)
    top = np.partition(scores, -2, axis=1)[:, -2:]
    log_top = log_softmax(scores, temperature).max(axis=1)
    return np.column_stack([top[:, 1], top[:, 1] - top[:, 0], log_top]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Calibrator:
    """Calibrated confidence of the best class, and probabilities for the rest.

    ``weights`` and ``bias`` belong to the three facts; ``temperature`` shares out among
    the other classes what the best one leaves.
    """

    weights: tuple[float, float, float]
    bias: float
    temperature: float

    def confidence(self, scores: npt.NDArray[np.floating]) -> Floats:
        """The probability that the largest score is right: ``(texts, classes)`` -> ``(texts,)``."""
        logit = confidence_facts(scores, self.temperature) @ np.asarray(self.weights, np.float32) + self.bias
        return np.asarray(1 / (1 + np.exp(-np.clip(logit, -_FARTHEST, _FARTHEST))), np.float32)

    def probabilities(self, scores: npt.NDArray[np.floating]) -> Floats:
        """Probabilities of all classes: ``(texts, classes)`` -> the same; the best has the calibrated one.

        The others share the rest in the proportion of their softmax and stay below the best.
        """
        if scores.shape[1] == 1:
            return np.ones_like(scores, np.float32)
        rows = np.arange(len(scores))
        best = scores.argmax(axis=1)
        top = self.confidence(scores)
        others = np.exp(log_softmax(scores, self.temperature), dtype=np.float64)
        others[rows, best] = 0.0
        rest = others.sum(axis=1)
        factor = np.where(rest > 1e-12, (1 - top) / np.maximum(rest, 1e-12), 0.0)
        probabilities = np.minimum(others * factor[:, None], np.nextafter(top, np.float32(0))[:, None])
        probabilities[rows, best] = top
        return np.asarray(probabilities, np.float32)
