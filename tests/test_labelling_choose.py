"""What to label next: the arithmetic of a batch, and the first labels of all."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from test_labelling import labelled_rows

from mcu_nlp.labelling import choose_next
from mcu_nlp.labelling.batch import NOISE, need_of, pick_batch, tie_of, unexplained_products
from mcu_nlp.tables import Row


def texts(count: int, seed: int = 0) -> sparse.csr_matrix:
    random = np.random.default_rng(seed)
    return sparse.csr_matrix(random.normal(size=(count, 6)) * (random.random((count, 6)) < 0.6))


def variance_left(pool: sparse.csr_matrix, known: sparse.csr_matrix, weights: np.ndarray) -> float:
    """Of ridge regression with an intercept, the weighted variance of its answers to the pool."""
    wide = [np.hstack([part.toarray(), np.ones((part.shape[0], 1))]) for part in (pool, known)]
    inverse = np.linalg.inv(wide[1].T @ wide[1] / NOISE + np.eye(7))
    return float(((wide[0] @ inverse @ wide[0].T) ** 2).sum(axis=0) @ weights)


def test_what_labelled_texts_tell_is_what_ridge_regression_learns() -> None:
    pool, known = texts(12), texts(5, seed=1)
    wide = [np.hstack([part.toarray(), np.ones((part.shape[0], 1))]) for part in (pool, known)]
    left = wide[0] @ np.linalg.inv(wide[1].T @ wide[1] / NOISE + np.eye(7)) @ wide[0].T
    np.testing.assert_allclose(unexplained_products(pool, known), left, atol=1e-5)


def test_every_text_of_a_batch_shrinks_the_variance_most() -> None:
    pool, known = texts(12), texts(5, seed=1)
    weights, own = np.linspace(0.2, 1, 12), np.linspace(1, 0.5, 12)
    found = pick_batch(weights, unexplained_products(pool, known), 6, own)
    for step, place in enumerate(found):
        left = unexplained_products(pool, sparse.vstack([known, pool[found[:step]]]).tocsr())
        gains = own * (weights @ left**2) / (np.diag(left) + NOISE)
        gains[found[:step]] = -1
        assert place == int(gains.argmax())


def test_a_batch_is_no_larger_than_the_pool_and_takes_a_text_once() -> None:
    alike = np.ones((4, 4), np.float32)
    assert sorted(pick_batch(np.ones(4), alike, 9)) == [0, 1, 2, 3]


def test_ties_and_classes_of_few_labels_weigh_more() -> None:
    assert tie_of(np.array([[0.5, 0.5, 0], [1, 0, 0]])).tolist() == [1, 0]
    rare, common = need_of(np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([99, 2]))
    assert rare > common


def test_the_first_labels_are_of_many_topics() -> None:
    rows = labelled_rows()
    truth = {row.number: row.values["topic"] for row in rows}
    pool = [Row(row.number, {"text": row.values["text"]}) for row in rows]
    found = choose_next(pool, count=8)
    assert len(found.items) == 8
    assert len({truth[item.number] for item in found.items}) > 3
    assert all(item.proposed is None and item.label is None for item in found.items)
    assert found.choices["topic"], "the labels of the shipped list can be chosen"
    assert found == choose_next(pool, count=8)


@pytest.mark.parametrize("labels", [3, 25])
def test_labels_of_the_pool_itself_are_used(labels: int) -> None:
    rows = labelled_rows()[::3]
    pool = [*rows[:labels], *(Row(row.number, {"text": row.values["text"]}) for row in rows[labels:])]
    found = choose_next(pool, count=4)
    assert not {item.number for item in found.items} & {row.number for row in rows[:labels]}
    assert all((item.proposed is None) == (labels < 20) for item in found.items)
