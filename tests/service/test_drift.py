"""Drift: answers like those of the training report have none, others do."""

from __future__ import annotations

import math
import random

import pytest
from mcu_nlp_service.inference import Facts
from mcu_nlp_service.seeing.drift import ENOUGH, Drift

REFERENCE = {
    "category": {"shares": {"roads": 0.5, "housing": 0.3, "health": 0.2}, "confidence": [0.0] * 5 + [0.2] * 5},
    "topic": {"shares": {f"t{n}": 0.01 for n in range(100)}, "confidence": [0.1] * 10},
}


def facts(category: str, topic: str, sure: float) -> Facts:
    return Facts(category, topic, "d", "model", "statement", "neutral", (), sure, sure, 0.5, False, (), 100)


def fed(shares: dict[str, float], low: float, rows: int = 1000, reference: object = REFERENCE) -> Drift:
    chance, drift = random.Random(5), Drift(reference)  # noqa: S311
    for _ in range(rows):
        (category,) = chance.choices(list(shares), list(shares.values()))
        drift.add(facts(category, f"t{chance.randrange(100)}", chance.uniform(low, 1.0)))
    return drift


def test_the_same_mixture_has_not_drifted():
    drift = fed(REFERENCE["category"]["shares"], 0.5)
    assert drift.answers("category") < 0.02
    assert drift.confidence("category") < 0.05
    # A hundred rare topics are not a hundred empty classes.
    assert drift.answers("topic") < 0.05


def test_another_mixture_has():
    drift = fed({"roads": 0.1, "housing": 0.3, "fire": 0.6}, 0.0)
    assert drift.answers("category") > 0.25
    assert drift.confidence("category") > 0.25


@pytest.mark.parametrize(("rows", "reference"), [(ENOUGH - 1, REFERENCE), (1000, None)])
def test_nothing_is_told_of_few_answers_or_without_a_reference(rows, reference):
    drift = fed({"roads": 1.0}, 0.5, rows, reference)
    assert math.isnan(drift.answers("category"))
    assert math.isnan(drift.confidence("topic"))


def test_only_the_latest_count():
    drift = Drift(REFERENCE, window=200)
    for category in ["fire"] * 500 + ["roads"] * 100 + ["housing"] * 60 + ["health"] * 40:
        drift.add(facts(category, "t1", 0.9))
    assert drift.answers("category") < 0.02


def test_a_model_brings_its_reference(analyzer):
    reference = analyzer.bundle.reference
    for decision in ("category", "topic"):
        assert sum(reference[decision]["shares"].values()) == pytest.approx(1, abs=1e-3)
        assert sum(reference[decision]["confidence"]) == pytest.approx(1, abs=1e-3)
    assert set(reference["category"]["shares"]) <= {c.id for c in analyzer.bundle.taxonomy.categories}
