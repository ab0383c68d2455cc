"""The linear classifier under every head: weighted ridge regression on targets of +1 and -1.

One solve serves all classes, which is as good here as a support vector machine a class
and many times quicker. Rare classes weigh more: (n / (k n_c)) ** balance. Few rows are
solved exactly in the dual, many by conjugate gradients, which only ever multiply by the
sparse features: memory and a step's time grow with the rows, not with their square.
"""

from __future__ import annotations

from typing import Any

import joblib
import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

Doubles = npt.NDArray[np.float64]
Reals = npt.NDArray[np.floating]
# Up to so many rows the dual is quicker for many classes: beyond, its memory would grow as their square.
DUAL_ROWS = 6000
# A column that stands in more than one row of so many is multiplied as a dense one.
_COMMON = 20
# So many classes are solved at a time: their weights stay in the processor's cache.
_BLOCK = 32
_THREADS = 4


class BalancedRidge(ClassifierMixin, BaseEstimator):
    """Ridge classifier with softened class weights.

    Parameters
    ----------
    alpha : float
        Strength of the regularisation.
    balance : float
        0 takes classes as they come, 1 gives every class the same say.
    tol : float
        More than 6,000 rows are solved by conjugate gradients, until no class's residual
        is larger than this share of the first; fewer rows are solved exactly.
    """

    def __init__(self, alpha: float = 2.0, balance: float = 0.5, tol: float = 1e-3) -> None:
        self.alpha = alpha
        self.balance = balance
        self.tol = tol

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> BalancedRidge:
        """Fit to dense or sparse ``X`` (texts, features) and labels ``y``."""
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=(np.float64, np.float32))
        check_classification_targets(y)
        weight = _check_sample_weight(sample_weight, X, ensure_non_negative=True)
        self.classes_, places = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"BalancedRidge needs at least 2 classes, got {len(self.classes_)} class")
        targets = one_against_rest(places, len(self.classes_))
        weight = np.asarray(weight * class_weights(places, weight, self.balance), np.float64)
        if X.shape[0] <= DUAL_ROWS:
            dual = solve_dual(gram(X), targets, weight, self.alpha)
            coefficients, intercept = np.asarray(X.T @ dual).T, dual.sum(axis=0)
        else:
            ones = np.ones((X.shape[0], 1), X.dtype)
            nothing = sparse.csr_matrix((X.shape[0], 0), dtype=X.dtype)
            ngrams, dense = (X, ones) if sparse.issparse(X) else (nothing, np.hstack([X, ones]))
            whole = solve_primal(ngrams, dense, targets, weight, self.alpha, self.tol)
            coefficients, intercept = whole[:-1].T.astype(np.float64), whole[-1].astype(np.float64)
        if len(self.classes_) == 2:
            coefficients, intercept = coefficients[1:], intercept[1:]
        self.coef_, self.intercept_ = coefficients, intercept
        return self

    def decision_function(self, X: Any) -> Doubles:
        """Scores: ``(texts, classes)``, or ``(texts,)`` for two classes."""
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", reset=False, dtype=(np.float64, np.float32))
        scores = np.asarray(X @ self.coef_.T) + self.intercept_
        return np.asarray(scores.ravel() if len(self.classes_) == 2 else scores, np.float64)

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The class with the largest score."""
        scores = self.decision_function(X)
        places = (scores > 0).astype(int) if scores.ndim == 1 else scores.argmax(axis=1)
        return np.asarray(self.classes_[places])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def gram(X: Any) -> Reals:
    """Inner products of all rows, with a constant feature of 1 for the intercept; as exact as ``X``."""
    if not sparse.issparse(X):
        return np.asarray(X @ X.T) + 1
    # Columns that most rows share would make the sparse product as slow as a dense one, without its speed.
    X = sparse.csr_matrix(X)
    common = X.getnnz(axis=0) > X.shape[0] / _COMMON
    shared = X[:, np.flatnonzero(common)].toarray()
    rare = X[:, np.flatnonzero(~common)]
    return np.asarray((rare @ rare.T).toarray() + shared @ shared.T) + 1


def class_weights(places: npt.NDArray[Any], weight: Doubles, balance: float) -> Doubles:
    """(n / (k n_c)) ** balance for the class of every row; a row counts as much as it weighs."""
    counts = np.bincount(places, weights=weight)
    present = int((counts > 0).sum())
    return np.asarray((weight.sum() / (present * np.maximum(counts[places], 1e-12))) ** balance, np.float64)


def bounded(weight: Doubles, noise: float) -> Doubles:
    """Weights that grow no further than ``1 / noise``: every label keeps a doubt that no weight takes from it.

    In the dual this adds the same to every text's own product, as a kernel does that knows
    a text to be like itself beyond what its features tell.

    >>> bounded(np.array([1.0, 99.0]), 1.0).tolist()
    [0.5, 0.99]
    """
    return np.asarray(weight / (1 + weight * noise), np.float64)


def solve_dual(products: Reals, targets: Reals, weight: Doubles, alpha: float) -> Reals:
    """Dual coefficients ``(rows, columns)`` of weighted ridge; ``X.T @ dual`` are the weights of the features."""
    root = np.sqrt(weight).astype(products.dtype)[:, None]
    return np.asarray(root * linalg.cho_solve(factorize(products, root, alpha), root * targets))


def factorize(products: Reals, root: Reals, alpha: float) -> tuple[Reals, bool]:
    """Cholesky's factor of the weighted products plus ``alpha`` on the diagonal; ``root`` is that of the weights."""
    system = products * root * root.T
    system[np.diag_indices_from(system)] += alpha
    factor, lower = linalg.cho_factor(system, lower=True, overwrite_a=True, check_finite=False)
    return factor, lower


def held_out_scores(factor: Reals, solution: Reals, targets: Reals, root: Reals, folds: npt.NDArray[Any]) -> Reals:
    """Scores of the last ``len(folds)`` rows, each as if its fold had not been fitted, class weights aside.

    What a ridge regression errs by on rows that it does not fit is known from the inverse
    of its system: e = (inverse of the fold's block of the inverse) @ solution. ``solution``
    is ``cho_solve(factor, root * targets)``, all of the same rows.
    """
    rows = len(folds)
    last = factor[-rows:, -rows:]
    inverse = linalg.cho_solve((last, True), np.eye(rows, dtype=factor.dtype), check_finite=False)
    scores = np.asarray(targets[-rows:], factor.dtype).copy()
    for fold in np.unique(folds):
        own = np.flatnonzero(folds == fold)
        error = linalg.solve(inverse[np.ix_(own, own)], solution[-rows:][own], assume_a="pos", check_finite=False)
        scores[own] -= error / root[-rows:][own]
    return scores


def solve_primal(
    ngrams: sparse.csr_matrix,
    dense: Reals,
    targets: Reals,
    weight: Doubles,
    alpha: float,
    tolerance: float = 1e-3,
    steps: int = 60,
) -> npt.NDArray[np.float32]:
    """Weights ``(ngrams + dense columns, targets)`` of weighted ridge by conjugate gradients, block by block.

    Every block of classes is solved by itself, so the answer does not depend on how many threads there are.
    """
    ngrams, dense = sparse.csr_matrix(ngrams, dtype=np.float32), np.asarray(dense, np.float32)
    turned = ngrams.T.tocsr()
    columns = range(0, targets.shape[1], _BLOCK)
    run = joblib.Parallel(n_jobs=min(_THREADS, joblib.cpu_count(), max(1, len(columns))), prefer="threads")
    parts = run(
        joblib.delayed(_descend)(
            ngrams, turned, dense, targets[:, start : start + _BLOCK], weight, alpha, tolerance, steps
        )
        for start in columns
    )
    return np.concatenate(parts, axis=1)


def _descend(
    ngrams: sparse.csr_matrix,
    turned: sparse.csr_matrix,
    dense: npt.NDArray[np.float32],
    targets: Reals,
    weight: Doubles,
    alpha: float,
    tolerance: float,
    steps: int,
) -> npt.NDArray[np.float32]:
    split, rows = ngrams.shape[1], weight.astype(np.float32)[:, None]

    def back(errors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        return np.concatenate((turned @ errors, dense.T @ errors))

    rest = back(np.ascontiguousarray(rows * targets, np.float32))
    found, way = np.zeros_like(rest), rest.copy()
    left = first = _squares(rest)
    for _ in range(steps):
        if (left <= tolerance**2 * np.maximum(first, 1e-30)).all():
            break
        seen = ngrams @ way[:split]
        seen += dense @ way[split:]
        seen *= rows
        turn = back(seen)
        turn += np.float32(alpha) * way
        step = left / np.maximum(np.einsum("ij,ij->j", way, turn), 1e-30)
        found += step * way
        rest -= step * turn
        now = _squares(rest)
        way *= now / np.maximum(left, 1e-30)
        way += rest
        left = now
    return found


def _squares(columns: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.asarray(np.einsum("ij,ij->j", columns, columns), np.float32)


def one_against_rest(places: npt.NDArray[Any], classes: int) -> Doubles:
    """+1 in the column of a row's class, -1 elsewhere."""
    return np.where(places[:, None] == np.arange(classes)[None, :], 1.0, -1.0)
