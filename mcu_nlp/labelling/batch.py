"""Which texts, labelled together, would leave the least doubt in the pool.

The heads are ridge regressions, and of those it is known before any label is given by how
much a label shrinks the variance of the answer to every text (transductive experimental
design: Yu, Bi, Tresp, 2006). Texts are taken one by one so that the variance left in the
pool is least; a text counts there by how doubted it is and how needed its class. Labelled
texts have shrunk the variance before, so what is like them counts little.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

from mcu_nlp.labelling.neighbours import Floats
from mcu_nlp.labelling.probabilities import Doubles

# What a label errs by, in the scale of the inner products: no number of labels makes an answer certain.
NOISE = 1.0
_ROWS = 500


def pick_batch(weights: Doubles, unexplained: Floats, count: int, own: Doubles | None = None) -> list[int]:
    """The places of ``count`` texts that shrink the weighted variance most, best first.

    ``unexplained`` is the square table of :func:`unexplained_products`; ``own`` multiplies what a text itself is worth.

    >>> alike = np.array([[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]], np.float32)
    >>> pick_batch(np.array([0.9, 0.9, 0.7]), alike, 2)
    [0, 2]
    """
    weights = np.asarray(weights, np.float32)
    worth = np.ones(len(weights)) if own is None else np.asarray(own, np.float64)
    count = min(count, len(weights))
    gains = np.asarray(weights @ unexplained**2, np.float64)
    variance = np.diag(unexplained).astype(np.float64)
    # Of the table itself nothing is subtracted: what the texts taken explain is kept as one row a text.
    taken = np.zeros((count, len(weights)), np.float32)
    found: list[int] = []
    for step in range(count):
        value = worth * gains / (variance + NOISE)
        value[found] = -np.inf
        place = int(value.argmax())
        found.append(place)
        before = taken[:step]
        row = unexplained[place] - before[:, place] @ before
        total = float(row[place]) + NOISE
        weighted = weights * row
        along = weighted @ unexplained - (before @ weighted) @ before
        gains += -2 * row / total * along + (row / total) ** 2 * float(weighted @ row)
        variance = np.maximum(variance - row.astype(np.float64) ** 2 / total, 0)
        taken[step] = row / np.sqrt(total)
    return found


def unexplained_products(pool: sparse.csr_matrix, known: sparse.csr_matrix | None = None) -> Floats:
    """Inner products of the pool's texts ``(texts, texts)`` without what the labelled texts tell of them."""
    products = _products(pool, pool)
    if known is None or not known.shape[0]:
        return products
    return unexplained(products, _products(known, pool), _products(known, known))


def unexplained(products: Floats, between: Floats, known: Floats) -> Floats:
    """The same from products at hand: of the pool, of labelled texts with the pool, and of labelled texts."""
    system = known.copy()
    system[np.diag_indices_from(system)] += NOISE
    factor = linalg.cholesky(system, lower=True, overwrite_a=True, check_finite=False)
    told = linalg.solve_triangular(factor, between, lower=True, check_finite=False)
    return np.asarray(products - told.T @ told, np.float32)


def doubt_of(probabilities: Doubles) -> Doubles:
    """How likely the best answer is wrong."""
    return np.asarray(1 - probabilities.max(axis=1), np.float64)


def tie_of(probabilities: Doubles) -> Doubles:
    """1 where two answers are as likely, 0 where one is certain."""
    best = np.partition(probabilities, -2, axis=1)[:, -2:]
    return np.asarray(1 - (best[:, 1] - best[:, 0]), np.float64)


def need_of(probabilities: Doubles, counts: npt.NDArray[np.intp]) -> Doubles:
    """How much a label of the likely classes is missed; ``counts`` are the labels that every class has.

    >>> need_of(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([15, 0])).tolist()
    [0.5, 1.0]
    """
    return np.asarray(np.sqrt(probabilities @ (counts + 1.0) ** -0.5), np.float64)


def _products(first: sparse.csr_matrix, second: sparse.csr_matrix) -> Floats:
    """As the heads multiply: with a constant feature of 1."""
    first, turned = first.astype(np.float32), second.astype(np.float32).T.tocsr()
    parts = [(first[start : start + _ROWS] @ turned).toarray() for start in range(0, first.shape[0], _ROWS)]
    return np.asarray(np.concatenate(parts) + 1, np.float32)
