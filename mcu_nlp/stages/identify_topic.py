"""Scores -> category and topic in one answer: the topic always lies inside the category.

Both heads vote on every topic: its own log-probability and a share of its category's.
The best topic decides the category, so the two can never contradict each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mcu_nlp.linear import Calibrator
from mcu_nlp.linear.calibrator import log_softmax
from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.records import Choice
from mcu_nlp.taxonomy import Label, Taxonomy

CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class JointWeights:
    """How the two heads vote: sharpness of each, and the category's share."""

    topic_sharpness: float
    category_sharpness: float
    category_share: float


@dataclass(frozen=True)
class TopicAnswers:
    """Candidates of each text, best first, and the joint scores that other stages build on."""

    categories: list[tuple[Choice, ...]]
    topics: list[tuple[Choice, ...]]
    joint: Floats
    by_category: Floats


class TopicIdentifier:
    """Turns the scores of the heads ``topic`` and ``category`` into one consistent answer."""

    def __init__(self, taxonomy: Taxonomy, weights: JointWeights, calibrators: Mapping[str, Calibrator]) -> None:
        self.taxonomy, self.weights, self.calibrators = taxonomy, weights, calibrators
        places = {category.id: place for place, category in enumerate(taxonomy.categories)}
        self.category_of = np.array([places[topic.category] for topic in taxonomy.topics])
        self.topics_of = [np.flatnonzero(self.category_of == place) for place in places.values()]

    def joint_scores(self, topic: Floats, category: Floats) -> Floats:
        """Log-scores of all topics: ``(texts, topics)``, ``(texts, categories)`` -> ``(texts, topics)``."""
        w = self.weights
        own = log_softmax(topic * w.topic_sharpness)
        shared = log_softmax(category * w.category_sharpness)[:, self.category_of]
        return np.asarray(own + np.float32(w.category_share) * shared, np.float32)

    def category_scores(self, joint: Floats) -> Floats:
        """A category is worth its best topic: ``(texts, topics)`` -> ``(texts, categories)``."""
        best = np.full((len(joint), len(self.taxonomy.categories)), -1e9, np.float32)
        for place, inside in enumerate(self.topics_of):
            if len(inside):
                best[:, place] = joint[:, inside].max(axis=1)
        return best

    def __call__(self, topic: Floats, category: Floats) -> TopicAnswers:
        """The answers for several texts from the scores of the two heads, ``(texts, classes)`` each."""
        joint = self.joint_scores(topic, category)
        by_category = self.category_scores(joint)
        return TopicAnswers(
            candidates(self.calibrators["category"].probabilities(by_category), self.taxonomy.categories),
            candidates(self.calibrators["topic"].probabilities(joint), self.taxonomy.topics),
            joint,
            by_category,
        )


def candidates(probabilities: Floats, labels: Sequence[Label]) -> list[tuple[Choice, ...]]:
    """The three likeliest labels of each text, best first; equal ones in the order of the labels."""
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :CANDIDATES]
    likely = np.take_along_axis(probabilities, order, axis=1)
    return [
        tuple(Choice(labels[place].id, labels[place].title, sure) for place, sure in zip(places, sures, strict=True))
        for places, sures in zip(order.tolist(), likely.tolist(), strict=True)
    ]
