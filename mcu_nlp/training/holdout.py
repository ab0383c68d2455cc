"""Out-of-fold scores: every held-out text is scored by a model that never saw it or its copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mcu_nlp.dataset.examples import FOLDS, Example
from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.stages.identify_topic import TopicIdentifier
from mcu_nlp.stages.route_department import topic_features
from mcu_nlp.taxonomy import Taxonomy
from mcu_nlp.training.encoding import encode_readings
from mcu_nlp.training.fit import Fitted, fit_model
from mcu_nlp.training.parallel import in_processes
from mcu_nlp.training.progress import Step, Tell, silent
from mcu_nlp.training.reading import Readings, processes_for
from mcu_nlp.training.recipe import Recipe


@dataclass(frozen=True)
class HeldOut:
    """Scores by decision, ``(texts, classes)``, of the held-out examples, in their order.

    Among them ``rules``: 1 where a rule of the tone lexicon hit the text. ``folds`` is how many were held out.
    """

    examples: tuple[Example, ...]
    scores: dict[str, Floats]
    folds: int = FOLDS


def decision_scores(fitted: Fitted, readings: Readings, recipe: Recipe) -> dict[str, Floats]:
    """What every decision is taken from, with the arithmetic of the shipped inference."""
    encoded, heads = encode_readings(fitted.encoder, readings), fitted.heads
    raw = {}
    for head in heads.classes:
        own = heads.columns(head)
        spoken = encoded.ngrams @ heads.sparse[:, own].astype(np.float32)
        raw[head] = spoken * heads.scale[own] + encoded.dense @ heads.dense[:, own] + heads.bias[own]
    identify = TopicIdentifier(fitted.taxonomy, recipe.joint, {})
    joint = identify.joint_scores(raw["topic"], raw["category"])
    by_category = identify.category_scores(joint)
    found = {"topic": joint, "category": by_category, **{h: raw[h] for h in ("kind", "level", "signal", "scope")}}
    rules = encoded.dense[:, fitted.encoder.meaning.width :][:, : len(fitted.encoder.style.lexicon.rules)]
    found["rules"] = (rules > 0).astype(np.float32)
    if "department" in raw:
        found["department"] = raw["department"] + topic_features(joint, by_category) @ fitted.department_topics
    return found


def hold_out(
    examples: Sequence[Example], readings: Readings, taxonomy: Taxonomy, recipe: Recipe, tell: Tell = silent
) -> HeldOut:
    """Fit once a fold and score the texts of that fold; texts of fold -1 always train.

    Beyond ``recipe.cross_validated_rows`` texts only the first fold that has any is held out; its
    texts get folds of their own then, by which calibration is judged.
    """
    folds = np.array([example.fold for example in examples])
    numbers = [fold for fold in range(FOLDS) if (folds == fold).any()]
    whole = int((folds >= 0).sum()) <= recipe.cross_validated_rows
    numbers = numbers if whole else numbers[:1]
    parts: list[dict[str, Floats]] = []
    order: list[int] = []
    for fold in numbers:
        order += np.flatnonzero(folds == fold).tolist()
    tell(Step("folds", 0, len(numbers)))
    # Few texts are quickly sent to another process; of many there is one fold, which needs all the memory for itself.
    processes = min(processes_for(len(examples)), len(numbers))
    pieces = ((examples, readings, taxonomy, recipe, folds, fold) for fold in numbers)
    for part in in_processes(_score_fold, pieces, processes):
        parts.append(part)
        tell(Step("folds", len(parts), len(numbers), len(parts) / len(numbers)))
    by_place = np.argsort(order)
    scores = {name: np.concatenate([part[name] for part in parts])[by_place] for name in parts[0]}
    chosen = [examples[n] for n in sorted(order)]
    if not whole:
        chosen = [replace(example, fold=place % FOLDS) for place, example in enumerate(chosen)]
    return HeldOut(tuple(chosen), scores, len(numbers))


def _score_fold(
    examples: Sequence[Example],
    readings: Readings,
    taxonomy: Taxonomy,
    recipe: Recipe,
    folds: npt.NDArray[np.integer],
    fold: int,
) -> dict[str, Floats]:
    seen, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
    fitted = fit_model([examples[n] for n in seen.tolist()], readings.take(seen), taxonomy, recipe)
    return decision_scores(fitted, readings.take(held), recipe)
