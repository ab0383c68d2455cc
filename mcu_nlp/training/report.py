"""Held-out scores -> the figures of a model: calibration for the bundle, and the report beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import f1_score, roc_auc_score

from mcu_nlp.linear import Calibrator
from mcu_nlp.review import DECISIONS
from mcu_nlp.stages.identify_kind import KINDS
from mcu_nlp.stages.score_tone import LEVELS, level_scores
from mcu_nlp.taxonomy import Taxonomy
from mcu_nlp.tone.lexicon import SIGNALS
from mcu_nlp.training.calibrate import (
    cross_calibrated,
    fit_calibrator,
    fit_level_bias,
    fit_scope,
    fit_signal,
    places_of,
)
from mcu_nlp.training.figures import Labels, accepted_share, figures
from mcu_nlp.training.holdout import HeldOut
from mcu_nlp.training.recipe import Recipe

_CONFUSIONS = 25


@dataclass(frozen=True)
class Certainty:
    """What calibration adds to a fitted model."""

    calibrators: Mapping[str, Calibrator]
    thresholds: Mapping[str, float]
    level_bias: list[float]
    signals: Mapping[str, dict[str, float]]
    scope_threshold: float


def judge(held_out: HeldOut, taxonomy: Taxonomy, recipe: Recipe) -> tuple[Certainty, dict[str, Any]]:
    """Calibrate on held-out scores and report on them; every confidence in the report is cross-fitted."""
    examples, scores = held_out.examples, dict(held_out.scores)
    sources = np.array([example.source for example in examples])
    bias_rows, bias_truth = _real_rows(*places_of(LEVELS, [example.tone for example in examples]), sources)
    level_bias = fit_level_bias(scores["level"][bias_rows], bias_truth)
    scores["level"] = level_scores(scores["level"], np.array(level_bias, np.float32))
    classes = {
        "category": [label.id for label in taxonomy.categories],
        "topic": [label.id for label in taxonomy.topics],
        "department": [label.id for label in taxonomy.departments],
        "kind": list(KINDS),
        "level": list(LEVELS),
    }
    calibrators: dict[str, Calibrator] = {}
    thresholds: dict[str, float] = {}
    report: dict[str, Any] = {}
    folds = np.array([example.fold for example in examples])
    for decision, names in classes.items():
        if decision not in scores:
            calibrators[decision] = Calibrator((0.0, 0.0, 0.0), 0.0, 1.0)
            continue
        field = "tone" if decision == "level" else decision
        rows, truth = _real_rows(*places_of(names, [getattr(example, field) for example in examples]), sources)
        if not len(rows):
            calibrators[decision] = Calibrator((0.0, 0.0, 0.0), 0.0, 1.0)
            continue
        held = scores[decision][rows]
        calibrators[decision] = fit_calibrator(held, truth)
        confidence = cross_calibrated(held, truth, folds[rows])
        for source in sorted(set(sources[rows])):
            inside = sources[rows] == source
            found = figures(truth[inside], held[inside], confidence[inside], recipe.target_precision)
            report.setdefault(source, {})[decision] = found.to_dict()
        if decision in DECISIONS:
            right = held.argmax(axis=1) == truth
            thresholds[decision] = accepted_share(confidence, right, recipe.target_precision)[1]
    report["confusions"] = _confusions(held_out, classes["topic"])
    signals, signal_report = _judge_signals(held_out, sources)
    for source, values in signal_report.items():
        report.setdefault(source, {})["signals"] = values
    outside = np.array([not example.in_scope for example in examples])
    scope_scores = scores["scope"][:, 0]
    report["out_of_scope"] = (
        {"n": int(outside.sum()), "auc": round(float(roc_auc_score(outside, scope_scores)), 4)} if outside.any() else {}
    )
    report["tone"] = _judge_levels(held_out, scores["level"], sources)
    certainty = Certainty(calibrators, thresholds, level_bias, signals, fit_scope(scope_scores, outside))
    return certainty, report


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


def _judge_signals(held_out: HeldOut, sources: Any) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    labelled = [n for n, example in enumerate(held_out.examples) if example.signals is not None]
    rows = np.array(labelled, np.intp)
    rows, _ = _real_rows(rows, rows, sources)
    settings: dict[str, dict[str, float]] = {}
    report: dict[str, dict[str, float]] = {}
    for column, signal in enumerate(SIGNALS):
        present = np.array([signal in (held_out.examples[row].signals or ()) for row in rows])
        held = held_out.scores["signal"][rows, column]
        fitted = settings[signal] = fit_signal(held, present)
        probability = 1 / (1 + np.exp(-(fitted["slope"] * held + fitted["offset"])))
        for source in sorted(set(sources[rows])):
            inside = sources[rows] == source
            value = f1_score(present[inside], probability[inside] >= fitted["threshold"], zero_division=0)
            report.setdefault(source, {})[signal] = round(float(value), 4)
    return settings, report


def _judge_levels(held_out: HeldOut, scores: Any, sources: Any) -> dict[str, dict[str, float]]:
    report = {}
    rows, truth = _real_rows(*places_of(LEVELS, [example.tone for example in held_out.examples]), sources)
    guess = scores[rows].argmax(axis=1)
    for source in sorted(set(sources[rows])):
        inside = sources[rows] == source
        hard = inside & (truth == LEVELS.index("conflict"))
        report[source] = {
            "not_neutral_f1": round(float(f1_score(truth[inside] > 0, guess[inside] > 0, zero_division=0)), 4),
            "conflict_f1": round(float(f1_score(truth[inside] == 2, guess[inside] == 2, zero_division=0)), 4),
            "conflict_seen_as_neutral": round(float((guess[hard] == 0).mean()), 4) if hard.any() else 0.0,
        }
    return report
