"""A training run on a model in use: held-out figures, the grown model, its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mcu_nlp.bundle import Bundle
from mcu_nlp.dataset.examples import Example
from mcu_nlp.errors import InputError
from mcu_nlp.taxonomy import Taxonomy
from mcu_nlp.training.encoding import encode_readings
from mcu_nlp.training.grow import Grower, grown_taxonomy
from mcu_nlp.training.holdout import HeldOut, decision_scores
from mcu_nlp.training.pack import claim_folder, pack_model
from mcu_nlp.training.progress import Step, Tell, silent
from mcu_nlp.training.reading import Readings, read_documents
from mcu_nlp.training.recipe import Recipe
from mcu_nlp.training.report import Certainty, judge, training_report
from mcu_nlp.training.tone_report import ToneThresholds

# More rows than these do not need a base, and their inner products would fill the memory.
MOST_ROWS = 10_000
# About what holding out takes of a run.
_HELD_OUT = 0.85


def train_on_base(
    base: Bundle,
    examples: Sequence[Example],
    taxonomy: Taxonomy,
    folder: Path,
    *,
    name: str,
    recipe: Recipe | None = None,
    about: Mapping[str, Any] | None = None,
    tell: Tell = silent,
) -> dict[str, Any]:
    """Grow a base by examples and return the report of the new model; kind, tone and scope are the base's own.

    The figures are of the examples alone, each judged by a model that had not seen it; they flatter if the base
    was trained on the same texts. Raises ``InputError`` (``base_rows``) for more than :data:`MOST_ROWS` examples.
    """
    if len(examples) > MOST_ROWS:
        raise InputError("base_rows", rows=len(examples), limit=MOST_ROWS)
    claim_folder(folder)
    recipe = recipe or Recipe()
    recipe = replace(recipe, joint=base.joint, conflict_mix=base.conflict_mix)
    titles = sorted({example.department for example in examples if example.department})
    taxonomy, ids = grown_taxonomy(base.taxonomy, taxonomy, titles)
    examples = [replace(e, department=ids[e.department]) if e.department else e for e in examples]
    tell(Step("reading", 0, len(examples)))
    readings = read_documents(examples)
    grower = Grower(base, taxonomy, recipe, examples, encode_readings(base.encoder, readings))
    held_out = _hold_out(grower, readings, tell)
    certainty, judged = judge(held_out, taxonomy, recipe, base.calibrators)
    tell(Step("fitting", share=_HELD_OUT))
    report = training_report(examples, held_out, judged, about)
    fitted = grower.fit(range(len(examples)))
    pack_model(folder, name, fitted, _of_base(certainty, base), recipe, examples, report)
    return report


def _hold_out(grower: Grower, readings: Readings, tell: Tell) -> HeldOut:
    """Scores of every held-out example from a model that grew without its fold."""
    folds = np.array([example.fold for example in grower.examples])
    names = sorted(set(folds[folds >= 0].tolist()))
    scores: dict[str, Any] = {}
    for number, fold in enumerate(names, 1):
        tell(Step("folds", number, len(names), _HELD_OUT * number / len(names)))
        held = np.flatnonzero(folds == fold).tolist()
        fitted = grower.fit(np.flatnonzero(folds != fold).tolist())
        for head, part in decision_scores(fitted, readings.take(held), grower.recipe).items():
            scores.setdefault(head, np.zeros((len(folds), part.shape[1]), part.dtype))[held] = part
    rows = np.flatnonzero(folds >= 0).tolist()
    kept = {head: part[rows] for head, part in scores.items()}
    return HeldOut(tuple(grower.examples[row] for row in rows), kept, len(names))


def _of_base(certainty: Certainty, base: Bundle) -> Certainty:
    """What was grown is as sure as was measured; kind, tone and scope are as sure as they were."""
    kept = {name: base.calibrators[name] for name in ("kind", "level")}
    signals = {
        name: {"slope": own.slope, "offset": own.offset, "threshold": own.threshold}
        for name, own in base.signals.items()
    }
    return Certainty(
        {**certainty.calibrators, **kept},
        {**base.review.thresholds, **certainty.thresholds},
        ToneThresholds(list(base.level_bias), signals),
        base.scope_threshold,
    )
