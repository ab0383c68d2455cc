"""Figures of quality: how often right, how well calibrated, how much can be left to the machine."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import accuracy_score, f1_score

Labels = npt.NDArray[np.intp]
_BINS = 10
# Classes with fewer examples say nothing about their own F1.
_COMMON = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one decision over ``n`` texts; all but ``n`` are from 0 to 1."""

    n: int
    accuracy: float
    top3: float
    weighted_f1: float
    macro_f1: float
    ece: float
    coverage: float

    def to_dict(self) -> dict[str, float]:
        """Rounded, for reports."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


def figures(
    truth: Labels, scores: npt.NDArray[np.floating], confidence: npt.NDArray[np.floating], target: float
) -> Figures:
    """Judge scores ``(texts, classes)`` and the confidence of the best class.

    ``macro_f1`` is over classes with at least 5 texts; ``coverage`` is the largest share
    that can be accepted at a precision of ``target``.
    """
    order = np.argsort(-scores, axis=1, kind="stable")
    best = order[:, 0]
    common = [c for c, n in zip(*np.unique(truth, return_counts=True), strict=True) if n >= _COMMON]
    return Figures(
        n=len(truth),
        accuracy=float(accuracy_score(truth, best)),
        top3=float((order[:, :3] == truth[:, None]).any(axis=1).mean()),
        weighted_f1=float(f1_score(truth, best, average="weighted", zero_division=0)),
        macro_f1=float(f1_score(truth, best, labels=common, average="macro", zero_division=0)),
        ece=calibration_error(confidence, best == truth),
        coverage=accepted_share(confidence, best == truth, target)[0],
    )


def calibration_error(confidence: npt.NDArray[np.floating], right: npt.NDArray[np.bool_]) -> float:
    """Expected calibration error over ten bins of equal width (Guo et al., 2017)."""
    bins = np.clip(np.ceil(confidence * _BINS) - 1, 0, _BINS - 1)
    error = 0.0
    for number in range(_BINS):
        inside = bins == number
        if inside.any():
            error += float(inside.mean()) * abs(float(right[inside].mean()) - float(confidence[inside].mean()))
    return error


def accepted_share(
    confidence: npt.NDArray[np.floating], right: npt.NDArray[np.bool_], target: float
) -> tuple[float, float]:
    """The largest share whose precision reaches ``target``, and the confidence from which it begins.

    The threshold is 1.01, more than any confidence, when no share is good enough.
    """
    order = np.argsort(-confidence, kind="stable")
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    reached = np.flatnonzero(precision >= target)
    if not len(reached):
        return 0.0, 1.01
    last = int(reached[-1])
    return (last + 1) / len(order), float(confidence[order[last]])
