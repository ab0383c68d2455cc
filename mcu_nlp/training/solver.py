"""One head after another over the same texts: inner products are shared, and the solver chosen by one rule.

The rule: a head of at least ``recipe.dual_classes`` classes over at most ``recipe.dual_rows``
rows is solved exactly in the dual, any other by conjugate gradients.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import linalg

from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.training.encoding import Features
from mcu_nlp.training.recipe import Recipe
from mcu_nlp.training.ridge import Doubles, Reals, factorize, gram, held_out_scores, solve_primal

Rows = npt.NDArray[np.intp]
# Weights of n-grams, of dense features and of what was added to them, and intercepts.
Weights = tuple[Floats, Reals, Reals, Reals]


@dataclass(frozen=True, slots=True)
class Problem:
    """What a head is to learn: ``targets`` of ``rows``, ``(rows, columns)``, each row counting its ``weight``.

    ``alpha`` is the regularisation. ``read`` names the blocks of dense features that the head reads beside meaning;
    ``more`` are features of its own, ``(rows, features)``.
    """

    rows: Rows
    targets: Doubles
    weight: Doubles
    alpha: float
    read: tuple[str, ...]
    more: Floats | None = None

    def at(self, places: Rows) -> Problem:
        """The same of some of the rows, in the order of ``places``."""
        more = None if self.more is None else self.more[places]
        return replace(
            self, rows=self.rows[places], targets=self.targets[places], weight=self.weight[places], more=more
        )


class Solver:
    """Weighted ridge regressions over texts ``features``; ``blocks`` names the parts of their dense features.

    A head reads the n-grams and the dense blocks that its :class:`Problem` asks for.
    """

    def __init__(self, features: Features, blocks: dict[str, slice], recipe: Recipe) -> None:
        self.ngrams, self.dense, self.blocks, self.recipe = features.ngrams, features.dense, blocks, recipe
        self._squared: dict[tuple[str, ...], Floats] = {}

    def solve(self, problem: Problem) -> Weights:
        """Weights of a head, a column for each of its targets."""
        return self.solve_held_out(problem, np.empty(0, np.intp), np.empty(0))[0]

    def solve_held_out(self, problem: Problem, wanted: Rows, folds: npt.NDArray[np.generic]) -> tuple[Weights, Floats]:
        """The same, and scores of the ``wanted`` rows by solutions that did not see a row's fold.

        ``folds`` are those of all texts. In the dual, every fold is left out; otherwise there
        are two solutions, over the odd and over the even folds.
        """
        columns = problem.targets.shape[1]
        if len(problem.rows) <= self.recipe.dual_rows and columns >= self.recipe.dual_classes:
            return self._dual(problem, wanted, folds)
        whole = self._primal(problem)
        scores = np.zeros((len(wanted), columns), np.float32)
        for half in (0, 1) if len(wanted) else ():
            seen = np.flatnonzero(folds[problem.rows] % 2 != half)
            own = np.flatnonzero(folds[wanted] % 2 == half)
            fitted = self._primal(replace(problem.at(seen), more=None))
            scores[own] = self._scores(wanted[own], fitted)
        return whole, scores

    def _dual(self, problem: Problem, wanted: Rows, folds: npt.NDArray[np.generic]) -> tuple[Weights, Floats]:
        # What is held out stands last: there the inverse of the system is the inverse of the factor's last block.
        problem = problem.at(np.argsort(np.isin(problem.rows, wanted), kind="stable"))
        rows, targets, read, more = problem.rows, problem.targets, problem.read, problem.more
        products = self._products(rows, rows, read)
        if more is not None:
            products += more @ more.T
        root = np.sqrt(problem.weight).astype(np.float32)[:, None]
        factor = factorize(products, root, problem.alpha)
        solution = linalg.cho_solve(factor, (root * targets).astype(np.float32), check_finite=False)
        dual = root * solution
        scores = np.zeros((len(wanted), targets.shape[1]), np.float32)
        if len(wanted):
            held = np.isin(rows, wanted).sum()
            place = {row: number for number, row in enumerate(wanted.tolist())}
            fitted = rows[len(rows) - held :]
            if held:
                own = held_out_scores(factor[0], solution, targets, root, folds[fitted])
                scores[[place[row] for row in fitted.tolist()]] = own
            other = np.flatnonzero(~np.isin(wanted, rows))
            scores[other] = self._products(wanted[other], rows, read) @ dual
        dense = self._masked(self.dense[rows].T @ dual, read)
        extra = np.zeros((0, dual.shape[1])) if more is None else more.T @ dual
        return (np.asarray(self.ngrams[rows].T @ dual, np.float32), dense, extra, dual.sum(axis=0)), scores

    def _primal(self, problem: Problem) -> Weights:
        rows, columns = problem.rows, self._columns(problem.read)
        parts: list[Floats] = [self.dense[np.ix_(rows, columns)], np.ones((len(rows), 1), np.float32)]
        if problem.more is not None:
            parts.insert(1, problem.more)
        everything = len(rows) == self.ngrams.shape[0] and bool((rows == np.arange(len(rows))).all())
        found = solve_primal(
            self.ngrams if everything else self.ngrams[rows],
            np.concatenate(parts, axis=1),
            problem.targets,
            problem.weight,
            problem.alpha,
            self.recipe.tolerance,
            self.recipe.most_steps if problem.targets.shape[1] < self.recipe.dual_classes else self.recipe.early_steps,
        )
        first = self.ngrams.shape[1]
        dense = np.zeros((self.dense.shape[1], problem.targets.shape[1]), np.float32)
        dense[columns] = found[first : first + len(columns)]
        return found[:first], dense, found[first + len(columns) : -1], found[-1]

    def _scores(self, rows: Rows, weights: Weights) -> Floats:
        ngrams, dense, _, bias = weights
        return np.asarray(self.ngrams[rows] @ ngrams + self.dense[rows] @ dense + bias, np.float32)

    def _columns(self, read: tuple[str, ...]) -> Rows:
        places: Rows = np.arange(self.dense.shape[1])
        parts: list[Rows] = [places[self.blocks[name]] for name in ("meaning", *read)]
        return np.concatenate(parts)

    def _masked(self, dense: Reals, read: tuple[str, ...]) -> Reals:
        kept = np.zeros_like(dense)
        columns = self._columns(read)
        kept[columns] = dense[columns]
        return kept

    @cached_property
    def _text(self) -> Floats:
        return np.asarray(gram(self.ngrams), np.float32)

    def _products(self, rows: Rows, others: Rows, read: tuple[str, ...]) -> Floats:
        """Inner products between rows as a head sees them."""
        if self.ngrams.shape[0] > self.recipe.dual_rows:
            # Too many texts for the products of all: those of a head's few rows are made for it.
            columns = self._columns(read)
            own = self.ngrams[rows]
            text = gram(own) if rows is others else (own @ self.ngrams[others].T).toarray() + 1
            return np.asarray(text + self.dense[np.ix_(rows, columns)] @ self.dense[np.ix_(others, columns)].T)
        if read not in self._squared:
            part = self.dense[:, self._columns(read)]
            self._squared[read] = self._text + part @ part.T
        return np.asarray(self._squared[read][np.ix_(rows, others)])


def unlabelled(solver: Solver, columns: int) -> Weights:
    """The weights of a head that nothing can be learned for: its scores stay 0."""
    shapes = ((solver.ngrams.shape[1], columns), (solver.dense.shape[1], columns), (0, columns), (columns,))
    ngrams, dense, more, bias = (np.zeros(shape, np.float32) for shape in shapes)
    return ngrams, dense, more, bias
