"""A model in use as the base of a new one: what it learned stays, a district's own rows only correct it.

The heads are ridge regressions whose weights are drawn not to zero but to those of the base (a Gaussian prior with
its mean there): few rows change little, many change all. The base's encoder is kept, so that its weights mean the
same; kind and tone are the base's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mcu_nlp.bundle import Bundle
from mcu_nlp.dataset.examples import Example
from mcu_nlp.dataset.slugs import slugs
from mcu_nlp.linear import Heads
from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.stages.identify_topic import TopicIdentifier
from mcu_nlp.stages.route_department import topic_features
from mcu_nlp.taxonomy import Label, Taxonomy
from mcu_nlp.training.encoding import Features
from mcu_nlp.training.features import half
from mcu_nlp.training.fit import Fitted
from mcu_nlp.training.recipe import Recipe
from mcu_nlp.training.ridge import Doubles, class_weights, gram, one_against_rest, solve_dual

_GROWN = ("category", "topic", "department")
# A class that the base does not know scores as «not this one» until rows say otherwise.
_UNKNOWN = -1.0
# How much firmer the weights are held to the base's than others are to zero; 2 won on rows of another part.
_FIRMNESS = 2.0


def grown_taxonomy(base: Taxonomy, own: Taxonomy, departments: Sequence[str]) -> tuple[Taxonomy, dict[str, str]]:
    """Base and own labels together, and the ids of the departments that the file names by title.

    Departments of the base stay where the file names one of them or none: another district's are no use.
    """
    categories = {label.id: label for label in (*own.categories, *base.categories)}
    # A topic that both know lies where the base has it.
    topics = {label.id: label for label in (*own.topics, *base.topics)}
    shared = {label.title: label.id for label in base.departments}
    if departments and not shared.keys() & set(departments):
        shared = {}
    ids = shared | slugs((title for title in departments if title not in shared), taken=shared.values())
    labels = tuple(Label(id, title) for title, id in ids.items())
    return Taxonomy(tuple(categories.values()), tuple(topics.values()), labels), ids


# Weights of n-grams and of dense features, and intercepts, a column a class.
Weights = tuple[Doubles, Doubles, Doubles]


class Grower:
    """Fits examples on a base; their texts are encoded once for all folds."""

    def __init__(
        self, base: Bundle, taxonomy: Taxonomy, recipe: Recipe, examples: Sequence[Example], features: Features
    ) -> None:
        self.base, self.taxonomy, self.recipe, self.examples = base, taxonomy, recipe, examples
        self.ids = {
            "category": tuple(label.id for label in taxonomy.categories),
            "topic": tuple(label.id for label in taxonomy.topics),
            "department": tuple(label.id for label in taxonomy.departments),
        }
        self.weights = {head: self._base_weights(head) for head in _GROWN}
        self.department_topics = self._base_department_topics()
        self.sparse = features.ngrams.astype(np.float64)
        self.meanings = features.dense[:, : base.encoder.meaning.width].astype(np.float64)
        self.prior = {
            head: np.asarray(self.sparse @ weights + features.dense @ dense + bias)
            for head, (weights, dense, bias) in self.weights.items()
        }
        self.prior["department"] += self._topic_part(self.prior) @ self.department_topics

    def fit(self, seen: Sequence[int]) -> Fitted:
        """A model of the base and the examples at ``seen``."""
        parts = {head: self._fit_head(head, seen) for head in _GROWN}
        encoder = self.base.encoder
        return Fitted(self.taxonomy, encoder, self._heads(parts), half(self.department_topics))

    def _fit_head(self, head: str, seen: Sequence[int]) -> Weights:
        places = {id: place for place, id in enumerate(self.ids[head])}
        labelled = [(row, places[label]) for row in seen if (label := getattr(self.examples[row], head)) in places]
        weights, dense, bias = self.weights[head]
        if not labelled:
            return weights, dense, bias
        known, labels = (np.array(part, np.intp) for part in zip(*labelled, strict=True))
        recipe = self.recipe.heads[head]
        weight = class_weights(labels, np.ones(len(known)), recipe.balance)
        products = gram(self.sparse[known]) + self.meanings[known] @ self.meanings[known].T
        missing = one_against_rest(labels, len(places)) - self.prior[head][known]
        dual = solve_dual(products, missing, weight, _FIRMNESS * recipe.alpha)
        dense = dense.copy()
        dense[: self.meanings.shape[1]] += self.meanings[known].T @ dual
        return weights + np.asarray(self.sparse[known].T @ dual), dense, bias + dual.sum(axis=0)

    def _topic_part(self, scores: dict[str, Doubles]) -> Floats:
        identify = TopicIdentifier(self.taxonomy, self.recipe.joint, {})
        joint = identify.joint_scores(scores["topic"].astype(np.float32), scores["category"].astype(np.float32))
        return topic_features(joint, identify.category_scores(joint))

    def _base_weights(self, head: str) -> Weights:
        """The base's weights in the places of the classes."""
        old = self.base.heads
        places = {id: place for place, id in enumerate(self.ids[head])}
        weights = np.zeros((len(self.base.encoder.ngrams), len(places)))
        dense, bias = np.zeros((self.base.encoder.width, len(places))), np.full(len(places), _UNKNOWN)
        begin = old.columns(head).start if head in old.classes else 0
        for column, id in enumerate(old.classes.get(head, ()), begin):
            if id in places:
                weights[:, places[id]] = old.sparse[:, column].astype(np.float64) * old.scale[column]
                dense[:, places[id]], bias[places[id]] = old.dense[:, column], old.bias[column]
        return weights, dense, bias

    def _base_department_topics(self) -> Doubles:
        old, new = self.base.taxonomy, self.taxonomy
        rows = [label.id for label in old.topics], [label.id for label in old.categories]
        found = np.zeros((len(new.topics) + len(new.categories), len(new.departments)))
        topics, categories = ({id: n for n, id in enumerate(self.ids[head])} for head in ("topic", "category"))
        target = [topics[id] for id in rows[0]] + [len(topics) + categories[id] for id in rows[1]]
        departments = {id: n for n, id in enumerate(self.ids["department"])}
        for column, label in enumerate(old.departments):
            if label.id in departments:
                found[target, departments[label.id]] = self.base.department_topics[:, column]
        return found

    def _heads(self, parts: dict[str, Weights]) -> Heads:
        """The grown heads in their new weights, all others as the base has them, in the base's order."""
        old = self.base.heads
        classes: dict[str, tuple[str, ...]] = {}
        columns: list[tuple[npt.NDArray[Any], ...]] = []
        for head in dict.fromkeys((*old.classes, *_GROWN)):
            if head not in parts:
                place = old.columns(head)
                classes[head] = old.classes[head]
                columns.append((old.sparse[:, place], old.scale[place], old.dense[:, place], old.bias[place]))
            elif self.ids[head]:
                weights, dense, bias = parts[head]
                scale = np.maximum(np.abs(weights).max(axis=0), 1e-12) / 127
                classes[head] = self.ids[head]
                columns.append((np.round(weights / scale).astype(np.int8), scale, half(dense), bias))
        sparse, scale, dense, bias = (np.concatenate(part, axis=-1) for part in zip(*columns, strict=True))
        return Heads(classes, sparse, scale.astype(np.float32), dense.astype(np.float32), bias.astype(np.float32))
