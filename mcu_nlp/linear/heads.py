"""Linear heads over the features of a text: one product gives the scores of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mcu_nlp.linear.ngrams import Floats, SparseRow

# Head name -> its scores, float32 of shape (texts, classes).
Scores = Mapping[str, Floats]


@dataclass(frozen=True)
class Heads:
    """Named groups of classes with one weight a feature and class.

    ``sparse`` int8 (features, columns) times ``scale`` (columns) are the weights of the
    n-grams, ``dense`` float32 (width, columns) those of the dense features, ``bias``
    (columns) is added. ``classes`` names each head's columns, in order.
    """

    classes: Mapping[str, tuple[str, ...]]
    sparse: npt.NDArray[np.int8]
    scale: Floats
    dense: Floats
    bias: Floats

    def columns(self, head: str) -> slice:
        """Where a head's classes stand among all columns."""
        begin = 0
        for name, classes in self.classes.items():
            if name == head:
                return slice(begin, begin + len(classes))
            begin += len(classes)
        raise KeyError(head)

    def score(self, rows: Sequence[SparseRow], dense: Floats) -> Scores:
        """Scores of several texts; ``dense`` has shape ``(texts, width)``."""
        whole = dense @ self.dense + self.bias
        for number, row in enumerate(rows):
            whole[number] += (row.values @ self.sparse[row.indices].astype(np.float32)) * self.scale
        return {head: whole[:, self.columns(head)] for head in self.classes}

    def weights(self, indices: npt.NDArray[np.int32], column: int) -> Floats:
        """The weights of some n-gram features for one column."""
        return np.asarray(self.sparse[indices, column].astype(np.float32) * self.scale[column], np.float32)
