"""Near topics: what a text of one topic is likely to be told as, and targets that allow for it.

Registers put near-identical appeals under different topics. A text that must be -1 for the
topic of its twin teaches the head noise; so the target of another topic is raised by how
often texts of this one are taken for it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mcu_nlp.linear.calibrator import log_softmax

Doubles = npt.NDArray[np.float64]


def nearness(scores: npt.NDArray[np.floating], labels: npt.NDArray[np.intp], sharpness: float) -> Doubles:
    """How the probability of each class's texts is shared out among the other classes: ``(classes, classes)``.

    ``scores`` (texts, classes) must come from a head that did not see the texts. A class
    without texts is near to none.

    >>> nearness(np.array([[1.0, 1.0], [0.0, 9.0]]), np.array([0, 1]), 1.0).round(2).tolist()
    [[0.0, 0.5], [0.0, 0.0]]
    """
    classes = scores.shape[1]
    likely = np.exp(log_softmax(scores * sharpness).astype(np.float64))
    shared = np.zeros((classes, classes))
    np.add.at(shared, labels, likely)
    shared /= np.maximum(shared.sum(axis=1, keepdims=True), 1e-12)
    np.fill_diagonal(shared, 0.0)
    return shared


def soften(targets: Doubles, labels: npt.NDArray[np.intp], near: Doubles, share: float) -> Doubles:
    """Targets of +1 and -1, the -1 of near classes raised by ``share`` times their nearness.

    >>> soften(np.array([[1.0, -1.0]]), np.array([0]), np.array([[0.0, 0.5], [0.0, 0.0]]), 0.8).round(2).tolist()
    [[1.0, -0.6]]
    """
    return np.asarray(targets + share * near[labels], np.float64)
