"""The linear classifier under every head: weighted ridge regression on targets of +1 and -1.

One solve serves all classes, which is as good here as a support vector machine a class
and many times quicker. Rare classes weigh more: (n / (k n_c)) ** balance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.kernel_ridge import KernelRidge
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

Doubles = npt.NDArray[np.float64]


class BalancedRidge(ClassifierMixin, BaseEstimator):
    """Ridge classifier with softened class weights.

    Parameters
    ----------
    alpha : float
        Strength of the regularisation.
    balance : float
        0 takes classes as they come, 1 gives every class the same say.
    """

    def __init__(self, alpha: float = 2.0, balance: float = 0.5) -> None:
        self.alpha = alpha
        self.balance = balance

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> BalancedRidge:
        """Fit to dense or sparse ``X`` (texts, features) and labels ``y``."""
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=(np.float64, np.float32))
        check_classification_targets(y)
        weight = _check_sample_weight(sample_weight, X, ensure_non_negative=True)
        self.classes_, places = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"BalancedRidge needs at least 2 classes, got {len(self.classes_)} class")
        targets = one_against_rest(places, len(self.classes_))
        dual = solve_dual(gram(X), targets, weight * class_weights(places, weight, self.balance), self.alpha)
        coefficients = np.asarray(X.T @ dual).T
        intercept = dual.sum(axis=0)
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


def gram(X: Any) -> Doubles:
    """Inner products of all rows, with a constant feature of 1 for the intercept."""
    products = X @ X.T
    return np.asarray(products.toarray() if sparse.issparse(products) else products, np.float64) + 1.0


def class_weights(places: npt.NDArray[Any], weight: Doubles, balance: float) -> Doubles:
    """(n / (k n_c)) ** balance for the class of every row; a row counts as much as it weighs."""
    counts = np.bincount(places, weights=weight)
    present = int((counts > 0).sum())
    return np.asarray((weight.sum() / (present * np.maximum(counts[places], 1e-12))) ** balance, np.float64)


def solve_dual(products: Doubles, targets: Doubles, weight: Doubles, alpha: float) -> Doubles:
    """Dual coefficients ``(rows, columns)`` of weighted ridge; ``X.T @ dual`` are the weights of the features."""
    solver = KernelRidge(alpha=alpha, kernel="precomputed")
    solver.fit(products, targets, sample_weight=weight)
    return np.asarray(solver.dual_coef_, np.float64).reshape(targets.shape)


def one_against_rest(places: npt.NDArray[Any], classes: int) -> Doubles:
    """+1 in the column of a row's class, -1 elsewhere."""
    return np.where(places[:, None] == np.arange(classes)[None, :], 1.0, -1.0)
