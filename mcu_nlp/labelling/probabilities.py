"""What a model says of labels that it did not see: cross-validated probabilities, copies kept together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.model_selection import GroupKFold

from mcu_nlp.linear.calibrator import log_softmax
from mcu_nlp.training.recipe import Recipe
from mcu_nlp.training.ridge import BalancedRidge

Doubles = npt.NDArray[np.float64]
FOLDS = 5
# What a class scores that nobody showed to the model: as sure a «no» as the targets allow.
_UNSEEN = -1.0


@dataclass(frozen=True)
class LabelSpace:
    """Labels as numbers: ``places`` indexes ``classes``; ``parents`` are the categories of topics, if there are any.

    ``parent_of`` gives the parent of every class, ``own_parents`` that of every record.
    """

    classes: tuple[str, ...]
    places: npt.NDArray[np.intp]
    parents: tuple[str, ...] = ()
    parent_of: npt.NDArray[np.intp] | None = None
    own_parents: npt.NDArray[np.intp] | None = None

    @classmethod
    def of(cls, labels: Sequence[str], parents: Sequence[str | None] | None = None) -> LabelSpace:
        """Number the labels; parents are used where every record has one."""
        classes, places = np.unique(np.array(labels, object), return_inverse=True)
        if parents is None or not all(parents) or len(set(parents)) < 2:
            return cls(tuple(classes), places)
        names, own = np.unique(np.array(parents, object), return_inverse=True)
        # A class under several parents belongs to its commonest.
        of = [Counter(own[places == place].tolist()).most_common(1)[0][0] for place in range(len(classes))]
        return cls(tuple(classes), places, tuple(names), np.array(of, np.intp), own)


def held_out_probabilities(
    features: sparse.csr_matrix, groups: npt.NDArray[Any], space: LabelSpace, field: str, random_state: int = 0
) -> Doubles:
    """Probabilities ``(records, classes)``, each from a model that saw neither the record nor its copies."""
    folds = GroupKFold(min(FOLDS, len(np.unique(groups))), shuffle=True, random_state=random_state)
    found = np.zeros((len(groups), len(space.classes)))
    for seen, held in folds.split(features, groups=groups):
        found[held] = fit_and_ask(features, space, field, seen, features[held])
    return found


def fit_and_ask(
    features: sparse.csr_matrix, space: LabelSpace, field: str, seen: npt.NDArray[np.intp], asked: sparse.csr_matrix
) -> Doubles:
    """Probabilities of ``asked`` texts from heads fitted to the records ``seen``, joined as the analyzer joins them."""
    joint = Recipe().joint
    own = _scores(features[seen], space.places[seen], len(space.classes), field, asked)
    found = log_softmax(own * joint.topic_sharpness)
    if space.own_parents is not None and space.parent_of is not None:
        parents = _scores(features[seen], space.own_parents[seen], len(space.parents), "category", asked)
        found = found + joint.category_share * log_softmax(parents * joint.category_sharpness)[:, space.parent_of]
    return np.asarray(np.exp(log_softmax(found)), np.float64)


def _scores(
    features: sparse.csr_matrix, places: npt.NDArray[np.intp], classes: int, field: str, asked: sparse.csr_matrix
) -> npt.NDArray[Any]:
    scores = np.full((asked.shape[0], classes), _UNSEEN)
    present = np.unique(places)
    if len(present) < 2:
        scores[:, present] = 1.0
        return scores
    recipe = Recipe().heads[field]
    head = BalancedRidge(alpha=recipe.alpha, balance=recipe.balance).fit(features, places)
    found = head.decision_function(asked)
    scores[:, present] = np.stack([-found, found], axis=1) if found.ndim == 1 else found
    return scores
