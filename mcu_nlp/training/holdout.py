"""Out-of-fold scores: every held-out text is scored by a model that never saw it or its copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mcu_nlp.dataset.examples import FOLDS, Example
from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.stages.identify_topic import TopicIdentifier
from mcu_nlp.stages.route_department import topic_features
from mcu_nlp.taxonomy import Taxonomy
from mcu_nlp.training.encoding import encode_readings
from mcu_nlp.training.fit import Fitted, fit_model, place_stems
from mcu_nlp.training.parallel import in_processes
from mcu_nlp.training.progress import Step, Tell, silent
from mcu_nlp.training.reading import Readings, Rows, processes_for
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
    return _fit(examples, readings, taxonomy, recipe, tell, whole=False)[0]


def fit_and_hold_out(
    examples: Sequence[Example], readings: Readings, taxonomy: Taxonomy, recipe: Recipe, tell: Tell = silent
) -> tuple[HeldOut, Fitted]:
    """What :func:`hold_out` returns, and the model of all examples, fitted beside the folds."""
    held_out, (fitted,) = _fit(examples, readings, taxonomy, recipe, tell, whole=True)
    return held_out, fitted


def _fit(
    examples: Sequence[Example], readings: Readings, taxonomy: Taxonomy, recipe: Recipe, tell: Tell, *, whole: bool
) -> tuple[HeldOut, list[Fitted]]:
    folds = np.array([example.fold for example in examples])
    numbers = [fold for fold in range(FOLDS) if (folds == fold).any()]
    every = int((folds >= 0).sum()) <= recipe.cross_validated_rows
    numbers = numbers if every else numbers[:1]
    left_out = [np.flatnonzero(folds == fold) for fold in numbers]
    # The longest run comes first, so that none is left alone at the end.
    runs = [np.empty(0, np.intp)] * whole + left_out
    # Few texts are quickly sent to another process; of many there is one fold, which needs all the memory for itself.
    processes = min(processes_for(len(examples)), len(runs)) if every else 1
    if processes > 1:
        readings.texts.kinds.table(place_stems(taxonomy.departments)).complete()
    parts: list[dict[str, Floats]] = []
    fitted: list[Fitted] = []
    tell(Step("folds", 0, len(numbers)))
    for run in in_processes(_fit_without, ((examples, readings, taxonomy, recipe, rows) for rows in runs), processes):
        if isinstance(run, Fitted):
            fitted.append(run)
            continue
        parts.append(run)
        tell(Step("folds", len(parts), len(numbers), len(parts) / len(runs)))
    order = np.concatenate(left_out)
    by_place = np.argsort(order)
    scores = {name: np.concatenate([part[name] for part in parts])[by_place] for name in parts[0]}
    chosen = [examples[n] for n in order[by_place].tolist()]
    if not every:
        chosen = [replace(example, fold=place % FOLDS) for place, example in enumerate(chosen)]
    return HeldOut(tuple(chosen), scores, len(numbers)), fitted


def _fit_without(
    examples: Sequence[Example], readings: Readings, taxonomy: Taxonomy, recipe: Recipe, held: Rows
) -> dict[str, Floats] | Fitted:
    """The scores of the held-out texts by a model that was fitted to the others; the model where none is held out."""
    seen = np.setdiff1d(np.arange(len(examples)), held)
    fitted = fit_model([examples[n] for n in seen.tolist()], readings.take(seen), taxonomy, recipe)
    return decision_scores(fitted, readings.take(held), recipe) if len(held) else fitted
