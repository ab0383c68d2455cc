"""Targets that allow for near topics, weights with a bound, landmarks that are no texts."""

from __future__ import annotations

import numpy as np
import pytest

from mcu_nlp.training.features import AppealVectorizer
from mcu_nlp.training.near import nearness, soften
from mcu_nlp.training.ridge import bounded, one_against_rest


def test_nearness_is_of_the_texts_of_a_class_and_leaves_the_class_itself_out() -> None:
    scores = np.array([[2.0, 1.0, -3.0], [1.0, 2.0, -3.0], [-3.0, -3.0, 2.0]])
    near = nearness(scores, np.array([0, 1, 2]), 1.0)
    assert near.shape == (3, 3)
    assert not np.diag(near).any()
    assert near[0, 1] == pytest.approx(near[1, 0])
    assert near[0, 1] > 10 * near[0, 2]
    assert (near.sum(axis=1) < 1).all()


def test_a_class_without_texts_is_near_to_none() -> None:
    near = nearness(np.zeros((2, 3)), np.array([0, 0]), 1.0)
    assert not near[1:].any()
    assert near[0].tolist() == pytest.approx([0.0, 1 / 3, 1 / 3])


def test_soft_targets_keep_the_label_and_lie_below_it() -> None:
    labels = np.array([0, 1, 0])
    near = np.array([[0.0, 0.6], [0.2, 0.0]])
    soft = soften(one_against_rest(labels, 2), labels, near, 0.7)
    assert soft[np.arange(3), labels].tolist() == [1.0, 1.0, 1.0]
    assert soft[0, 1] == pytest.approx(-1 + 0.7 * 0.6)
    assert soft[1, 0] == pytest.approx(-1 + 0.7 * 0.2)


def test_without_noise_weights_stay_and_with_it_none_passes_the_bound() -> None:
    weight = np.array([0.1, 1.0, 50.0, 1e6])
    assert bounded(weight, 0.0).tolist() == weight.tolist()
    held = bounded(weight, 0.5)
    assert (np.diff(held) > 0).all()
    assert held.max() <= 2.0


def test_there_are_fewer_landmarks_than_texts() -> None:
    texts = [f"{what} {where}" for what in ("яма", "мусор", "снег", "фонарь") for where in ("двор", "дорога", "парк")]
    encoder = AppealVectorizer(min_df=1, width=64).fit(texts).encoder_
    assert 1 <= encoder.meaning.width <= 3
