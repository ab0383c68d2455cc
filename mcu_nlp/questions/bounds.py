"""Signs -> where another question begins, by weights learned from the open corpus (data/questions.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.questions.signs import SIGNS, boundary_signs, compare_topics, is_same_matter
from mcu_nlp.records import Span


@dataclass(frozen=True, slots=True)
class BoundaryWeights:
    """A logistic regression over the signs, and the probability from which a boundary counts."""

    weights: Mapping[str, float]
    bias: float
    threshold: float

    def probability(self, signs: Mapping[str, float]) -> float:
        """How likely another question begins here."""
        total = self.bias + sum(weight * signs[name] for name, weight in self.weights.items())
        return float(1 / (1 + np.exp(-np.clip(total, -30.0, 30.0))))


@cache
def shipped_weights() -> BoundaryWeights:
    """The weights that come with the package; ``ValueError`` when they are not of the known signs.

    >>> shipped_weights().threshold < 1
    True
    """
    content = tomllib.loads((files("mcu_nlp") / "data" / "questions.toml").read_text("utf-8"))
    if set(content["weights"]) != set(SIGNS):
        raise ValueError(
            "questions.toml: [weights] must name every sign once; make it anew with benchmarks/questions.py"
        )
    return BoundaryWeights(
        {str(name): float(weight) for name, weight in content["weights"].items()},
        float(content["bias"]),
        float(content["threshold"]),
    )


def boundary_probabilities(
    units: Sequence[Span], topics: Floats, kin: Floats, categories: Floats, weights: BoundaryWeights
) -> list[float]:
    """For every sentence but the first, how likely another question begins there."""
    matters = compare_topics(topics, kin, categories)
    if all(is_same_matter(matters, n) for n in range(1, len(units))):
        return [0.0] * (len(units) - 1)  # most messages: nothing more need be read
    return [
        0.0 if is_same_matter(matters, n) else weights.probability(signs)
        for n, signs in enumerate(boundary_signs(units, matters), 1)
    ]
