"""What more labels would give: a light classifier on growing parts of the data, and a power law through it.

The law of learning curves, error = a + b n^-c, is that of Hestness et al. (2017). The
classifier is a single head on the model's own features: the level may differ from the
model's, the slope is what is asked for.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import curve_fit
from sklearn.metrics import accuracy_score

from mcu_nlp.dataset.examples import text_fold
from mcu_nlp.errors import InputError
from mcu_nlp.quality.answers import LabelledRow
from mcu_nlp.quality.intervals import Bools, Doubles, Places, row_weights
from mcu_nlp.quality.records import Estimate, LearningCurve, LearningPoint
from mcu_nlp.training.features import AppealVectorizer
from mcu_nlp.training.ridge import BalancedRidge

# Rows beyond this are left out: a minute or two on one core, however large the file.
MOST_ROWS = 4000
FEWEST_ROWS = 200
MORE = 1000
Labels = npt.NDArray[np.str_]

_HELD_OUT = (0, 1, 2)
_STEPS = 6
_SMALLEST = 50
_CURVE = 24
_RESAMPLES = 200


def learning_curve(
    rows: Sequence[LabelledRow], decision: str, *, more: int = MORE, most_rows: int = MOST_ROWS, seed: int = 0
) -> LearningCurve:
    """Cross-validated accuracy after growing numbers of rows, and what ``more`` rows would add.

    Copies of a text are never on both sides. Bounds come from resampling the judged rows.
    Raises ``InputError`` (``learning_too_few``) below 200 labelled rows or two classes.
    """
    labelled = [row for row in rows if decision in row.labels]
    order = np.random.default_rng(seed).permutation(len(labelled))[:most_rows]
    texts = [labelled[place].message.text for place in order]
    truth = np.array([labelled[place].labels[decision] for place in order])
    if len(texts) < FEWEST_ROWS or len(set(truth)) < 2:
        raise InputError("learning_too_few", decision=decision, rows=len(texts), fewest=FEWEST_ROWS)
    folds = np.array([text_fold(text) for text in texts])
    whole = min(int((folds != fold).sum()) for fold in _HELD_OUT)
    sizes = np.unique(np.geomspace(max(_SMALLEST, whole // 16), whole, _STEPS).astype(int))
    with warnings.catch_warnings():
        # Few rows of many classes, and many alike, are what the beginning of the curve is about.
        warnings.simplefilter("ignore", UserWarning)
        right = np.vstack([_learn(texts, truth, folds == fold, sizes) for fold in _HELD_OUT])
    return _extrapolated(decision, sizes.astype(np.float64), right, more, seed)


def _learn(texts: Sequence[str], truth: Labels, held_out: Bools, sizes: Places) -> Bools:
    """Which held-out rows are answered right after each number of rows: ``(rows, sizes)``."""
    places = np.flatnonzero(~held_out)
    vectorizer = AppealVectorizer().fit([texts[int(place)] for place in places])
    features = vectorizer.transform(texts)
    right = np.zeros((int(held_out.sum()), len(sizes)), np.bool_)
    for number, size in enumerate(sizes):
        part = places[:size]
        if len(set(truth[part])) < 2:
            answers = np.repeat(truth[part][:1], len(right))
        else:
            answers = BalancedRidge().fit(features[part], truth[part]).predict(features[held_out])
        right[:, number] = answers == truth[held_out]
    return right


def _extrapolated(decision: str, sizes: Doubles, right: Bools, more: int, seed: int) -> LearningCurve:
    accuracy = np.array([accuracy_score(np.ones(len(right)), column) for column in right.T])
    ends = np.unique(np.round(np.geomspace(sizes[0], sizes[-1], _CURVE)))
    asked = np.append(ends, sizes[-1] + more)
    drawn = [weights @ right / len(right) for weights in row_weights(len(right), _RESAMPLES, seed)]
    measured = np.vstack(drawn)
    told = 1 - _fit(sizes, 1 - accuracy, asked)
    spread = 1 - np.array([_fit(sizes, 1 - one, asked) for one in measured])
    points = _points(sizes, accuracy, measured)
    fitted = _points(asked, told, spread)
    return LearningCurve(decision, points, fitted[:-1], fitted[-1], more)


def _fit(sizes: Doubles, errors: Doubles, asked: Doubles) -> Doubles:
    """The errors that the power law through the measured ones has at ``asked`` sizes."""
    scale = sizes[0]
    start = (errors[-1] / 2, max(errors[0] - errors[-1] / 2, 1e-3), 0.4)
    bounds = ([0.0, 0.0, 0.05], [1.0, 2.0, 2.0])
    # Larger parts say more about what comes next.
    try:
        law, _ = curve_fit(_law, sizes / scale, errors, p0=start, bounds=bounds, sigma=1 / np.sqrt(sizes))
    except RuntimeError:  # no convergence: the curve is flat as far as can be seen
        return np.full(len(asked), errors[-1])
    return np.asarray(_law(asked / scale, *law), np.float64)


def _law(size: Doubles, floor: float, height: float, slope: float) -> Doubles:
    return np.asarray(floor + height * size**-slope)


def _points(sizes: Doubles, values: Doubles, drawn: Doubles) -> tuple[LearningPoint, ...]:
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    return tuple(
        LearningPoint(int(size), Estimate(float(value), float(min(below, value)), float(max(above, value))))
        for size, value, below, above in zip(sizes, values, low, high, strict=True)
    )
