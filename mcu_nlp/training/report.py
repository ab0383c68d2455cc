"""Held-out scores -> the figures of a model: calibration for the bundle, and the report beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from mcu_nlp.dataset.examples import Example, data_hash
from mcu_nlp.dataset.split import judging_folds
from mcu_nlp.linear import Calibrator
from mcu_nlp.review import DECISIONS
from mcu_nlp.stages.identify_kind import KINDS
from mcu_nlp.taxonomy import Taxonomy
from mcu_nlp.tone.levels import LEVELS
from mcu_nlp.training.calibrate import cross_calibrated, even_sources, fit_calibrator, fit_scope, places_of
from mcu_nlp.training.figures import Labels, accepted_share, figures
from mcu_nlp.training.holdout import HeldOut
from mcu_nlp.training.recipe import Recipe
from mcu_nlp.training.reference import reference
from mcu_nlp.training.tone_report import ToneScores, ToneThresholds, judge_tone

_CONFUSIONS = 25
# As likely right as wrong: what is said of a decision that was never seen to be either.
_UNSURE = Calibrator((0.0, 0.0, 0.0), 0.0, 1.0)


@dataclass(frozen=True)
class Certainty:
    """What calibration adds to a fitted model."""

    calibrators: Mapping[str, Calibrator]
    thresholds: Mapping[str, float]
    tone: ToneThresholds
    scope_threshold: float


def judge(
    held_out: HeldOut, taxonomy: Taxonomy, recipe: Recipe, known: Mapping[str, Calibrator] = MappingProxyType({})
) -> tuple[Certainty, dict[str, Any]]:
    """Calibrate on held-out scores and report on them; every confidence in the report is cross-fitted.

    A decision that no held-out row tells of keeps its ``known`` calibrator, and has no threshold and no figures.
    """
    examples, scores = held_out.examples, dict(held_out.scores)
    sources = np.array([example.source for example in examples])
    tone = ToneScores(examples, scores["level"], scores["signal"], scores["rules"] > 0)
    tone_thresholds, tone_report = judge_tone(tone, recipe)
    scores["level"] = tone_thresholds.scores(tone, recipe.conflict_mix)
    classes = {
        "category": [label.id for label in taxonomy.categories],
        "topic": [label.id for label in taxonomy.topics],
        "department": [label.id for label in taxonomy.departments],
        "kind": list(KINDS),
        "level": list(LEVELS),
    }
    calibrators = {decision: known.get(decision, _UNSURE) for decision in classes}
    thresholds: dict[str, float] = {}
    report: dict[str, Any] = {}
    folds = judging_folds(examples)
    for decision, names in classes.items():
        if decision not in scores:
            continue
        field = "tone" if decision == "level" else decision
        rows, truth = _real_rows(*places_of(names, [getattr(example, field) for example in examples]), sources)
        if not len(rows):
            continue
        held = scores[decision][rows]
        weight = even_sources(sources[rows])
        calibrators[decision] = fit_calibrator(held, truth, weight)
        confidence = cross_calibrated(held, truth, folds[rows], weight)
        for source in sorted(set(sources[rows])):
            inside = sources[rows] == source
            found = figures(truth[inside], held[inside], confidence[inside], recipe.target_precision)
            report.setdefault(source, {})[decision] = found.to_dict()
        if decision in DECISIONS:
            right = held.argmax(axis=1) == truth
            thresholds[decision] = accepted_share(confidence, right, recipe.target_precision)[1]
    real, _ = _real_rows(np.arange(len(examples)), np.arange(len(examples)), sources)
    report["reference"] = {
        decision: reference(scores[decision][real], classes[decision], calibrators[decision])
        for decision in ("category", "topic")
    }
    report["confusions"] = _confusions(held_out, classes["topic"])
    for source, values in tone_report["signals"].items():
        report.setdefault(source, {})["signals"] = values
    outside = np.array([not example.in_scope for example in examples])
    scope_scores = scores["scope"][:, 0]
    report["out_of_scope"] = (
        {"n": int(outside.sum()), "auc": round(float(roc_auc_score(outside, scope_scores)), 4)} if outside.any() else {}
    )
    report["tone"], report["tone_precision"] = tone_report["tone"], tone_report["precision"]
    certainty = Certainty(calibrators, thresholds, tone_thresholds, fit_scope(scope_scores, outside))
    return certainty, report


def training_report(
    examples: Sequence[Example], held_out: HeldOut, judged: Mapping[str, Any], about: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The report of a model: what :func:`judge` said, of which rows, and ``about`` beside it."""
    return {
        "rows": len(examples),
        "data_sha256": data_hash(examples),
        "held_out": {"folds": held_out.folds, "rows": len(held_out.examples)},
        "figures": {name: part for name, part in judged.items() if name != "reference"},
        "reference": judged["reference"],
        **(about or {}),
    }


def _real_rows(rows: Labels, truth: Labels, sources: npt.NDArray[Any]) -> tuple[Labels, Labels]:
    """The rows that are not invented, where there are any: certainty is measured on life."""
    real = sources[rows] != "corpus"
    return (rows[real], truth[real]) if real.any() else (rows, truth)


def _confusions(held_out: HeldOut, topics: list[str]) -> list[dict[str, Any]]:
    """The pairs of topics that stand for each other most often, either way round."""
    sources = np.array([example.source for example in held_out.examples])
    rows, truth = _real_rows(*places_of(topics, [example.topic for example in held_out.examples]), sources)
    guess = held_out.scores["topic"][rows].argmax(axis=1)
    wrong = Counter(
        tuple(sorted((topics[t], topics[g]))) for t, g in zip(truth.tolist(), guess.tolist(), strict=True) if t != g
    )
    return [{"topics": list(pair), "n": n} for pair, n in wrong.most_common(_CONFUSIONS)]
