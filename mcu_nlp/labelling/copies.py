"""Near copies of a text: what must not be learned from and judged by at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.neighbors import NearestNeighbors

# From this cosine of character n-grams on, two texts are one appeal sent twice.
_NEAR = 0.8


def copy_groups(texts: Sequence[str]) -> npt.NDArray[np.intp]:
    """The number of the group of every text; a text without copies is a group of its own.

    >>> copy_groups(["Яма во дворе дома 7", "яма во дворе дома 7!", "Нет света"]).tolist()
    [0, 0, 1]
    """
    vectors = HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5), alternate_sign=False).transform(texts)
    near = NearestNeighbors(radius=1 - _NEAR, metric="cosine", algorithm="brute").fit(vectors)
    return np.asarray(connected_components(near.radius_neighbors_graph(vectors), directed=False)[1], np.intp)
