"""Which texts are like which, and what labels the likest ones bear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.preprocessing import normalize

Floats = npt.NDArray[np.float32]

NEIGHBOURS = 10
_ROWS = 500


@dataclass(frozen=True)
class Neighbours:
    """The likest texts of every text, the likest first, without its copies: places and cosines ``(texts, k)``."""

    places: npt.NDArray[np.intp]
    likeness: Floats

    def votes(self, labels: npt.NDArray[np.intp], classes: int) -> Floats:
        """The share of every class among a text's neighbours, weighted by the square of their likeness."""
        weights = self.likeness**2
        found = np.zeros((len(self.places), classes), np.float32)
        rows = np.broadcast_to(np.arange(len(self.places))[:, None], self.places.shape)
        np.add.at(found, (rows, labels[self.places]), weights)
        return np.asarray(found / np.maximum(found.sum(axis=1, keepdims=True), 1e-9), np.float32)


def likeness(first: sparse.csr_matrix, second: sparse.csr_matrix) -> Floats:
    """Cosines ``(first, second)``, never below 0."""
    products = normalize(first).astype(np.float32) @ normalize(second).astype(np.float32).T
    return np.asarray(np.maximum(products.toarray(), 0), np.float32)


def find_neighbours(features: sparse.csr_matrix, groups: npt.NDArray[Any], count: int = NEIGHBOURS) -> Neighbours:
    """The neighbours of every text; texts of one group are no neighbours of each other."""
    count = min(count, len(groups) - 1)
    places, values = [], []
    for begin in range(0, len(groups), _ROWS):
        rows = slice(begin, begin + _ROWS)
        found = likeness(features[rows], features)
        found[groups[rows, None] == groups[None, :]] = 0
        best = np.argsort(-found, axis=1, kind="stable")[:, :count]
        places.append(best)
        values.append(np.take_along_axis(found, best, axis=1))
    return Neighbours(np.concatenate(places), np.concatenate(values))
