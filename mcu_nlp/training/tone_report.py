"""Held-out scores of tone -> its thresholds, and what the decisions made with them are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import confusion_matrix, f1_score

from mcu_nlp.dataset.examples import Example
from mcu_nlp.dataset.split import judging_folds
from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.stages.score_tone import SignalSettings
from mcu_nlp.tone.levels import LEVELS, ConflictMix, ToneDecision, conflict_scores, decide, level_scores
from mcu_nlp.tone.lexicon import SIGNALS, shipped_lexicon
from mcu_nlp.training.calibrate import best_threshold, fit_signal
from mcu_nlp.training.figures import Labels
from mcu_nlp.training.recipe import Recipe

# Precisions that somebody may want; the report tells what each costs.
_WANTED = (0.6, 0.7, 0.8, 0.9)
_NEUTRAL, _TENSE, _CONFLICT = range(len(LEVELS))
_UNLABELLED = -1
# The threshold of suspicion lies so much below the last conflict that it must find: others will be a little milder.
_MARGIN = 0.05


@dataclass(frozen=True)
class ToneScores:
    """Held-out texts with their scores, ``(texts, classes)``, and which rules hit each, ``(texts, rules)``."""

    examples: Sequence[Example]
    level: Floats
    signal: Floats
    rules: npt.NDArray[np.bool_]

    def part(self, rows: npt.NDArray[np.intp]) -> ToneScores:
        """Some of the texts."""
        chosen = [self.examples[row] for row in rows]
        return ToneScores(chosen, self.level[rows], self.signal[rows], self.rules[rows])

    @property
    def levels(self) -> Labels:
        """The labelled levels' places, -1 where there is no label."""
        return np.array([LEVELS.index(e.tone) if e.tone in LEVELS else _UNLABELLED for e in self.examples], np.intp)

    @property
    def suspected(self) -> npt.NDArray[np.bool_]:
        """Whether a rule hit that makes a conflict."""
        makes = np.array([rule.conflict for rule in shipped_lexicon().rules.values()], bool)
        return np.asarray(self.rules[:, makes].any(axis=1))

    def present(self, signal: str) -> npt.NDArray[np.bool_]:
        """The texts that show a signal by their labels."""
        return np.array([signal in (example.signals or ()) for example in self.examples], bool)

    @property
    def of_level(self) -> npt.NDArray[np.bool_]:
        """The texts that the levels are judged by."""
        return self._real(self.levels != _UNLABELLED)

    @property
    def of_signals(self) -> npt.NDArray[np.bool_]:
        """The texts that the signals are judged by."""
        return self._real(np.array([example.signals is not None for example in self.examples], bool))

    def _real(self, labelled: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Without invented texts, where others are labelled: certainty is measured on life."""
        real = labelled & np.array([example.source != "corpus" for example in self.examples], bool)
        return real if real.any() else labelled


@dataclass(frozen=True)
class ToneThresholds:
    """What was fitted: the three numbers of :func:`level_scores`, and a sigmoid with a threshold a signal."""

    level_bias: list[float]
    signals: Mapping[str, dict[str, float]]

    def scores(self, held: ToneScores, mix: ConflictMix) -> Floats:
        """One score a level: ``(texts, levels)``."""
        conflict = conflict_scores(held.level, held.signal, mix)
        return level_scores(held.level, conflict, held.suspected, np.array(self.level_bias, np.float32))

    def decide(self, held: ToneScores, mix: ConflictMix) -> list[ToneDecision]:
        """The tone of every text as the model would tell it."""
        settings = {signal: SignalSettings(**fitted) for signal, fitted in self.signals.items()}
        thresholds = {signal: own.threshold for signal, own in settings.items()}
        rules = list(shipped_lexicon().rules.items())
        decisions = []
        for levels, row, hit in zip(self.scores(held, mix), held.signal.tolist(), held.rules, strict=True):
            likely = {s: settings[s].probability(score) for s, score in zip(SIGNALS, row, strict=True)}
            found = dict(rules[place] for place in np.flatnonzero(hit))
            decisions.append(decide(LEVELS[int(levels.argmax())], likely, thresholds, found))
        return decisions


def fit_tone(held: ToneScores, recipe: Recipe) -> ToneThresholds:
    """Thresholds at which the F1 of each decision is best, and hardly a conflict passes for calm."""
    told = held.part(np.flatnonzero(held.of_signals))
    signals = {s: fit_signal(told.signal[:, place], told.present(s)) for place, s in enumerate(SIGNALS)}
    levels = held.part(np.flatnonzero(held.of_level))
    return ToneThresholds(fit_level_bias(levels, recipe), signals)


def fit_level_bias(held: ToneScores, recipe: Recipe) -> list[float]:
    """The three numbers of :func:`level_scores`: not neutral, suspected, conflict."""
    truth = held.levels
    if not len(truth):
        return [0.0, 0.0, 0.0]
    conflict = conflict_scores(held.level, held.signal, recipe.conflict_mix)
    calm = best_threshold(-held.level[:, _NEUTRAL], truth > _NEUTRAL)
    hard = best_threshold(conflict, truth == _CONFLICT)
    missed = (truth == _CONFLICT) & (-held.level[:, _NEUTRAL] < calm) & (conflict < hard)
    spared = int(missed.sum() - (1 - recipe.conflict_recall) * (truth == _CONFLICT).sum() + 1)
    suspects = np.sort(conflict[missed & held.suspected])[::-1][: max(0, spared)]
    suspicion = min(hard, float(suspects[-1]) - _MARGIN) if len(suspects) else hard
    return [round(calm, 4), round(-suspicion, 4), round(-hard, 4)]


def judge_tone(held: ToneScores, recipe: Recipe) -> tuple[ToneThresholds, dict[str, Any]]:
    """Fit thresholds, and report on decisions made with thresholds that other folds chose, source by source."""
    held = held.part(np.flatnonzero(held.of_level | held.of_signals))
    folds = judging_folds(held.examples)
    decisions: dict[int, ToneDecision] = {}
    for fold in np.unique(folds):
        fitted = fit_tone(held.part(np.flatnonzero(folds != fold)), recipe)
        own = np.flatnonzero(folds == fold)
        decisions |= dict(zip(own.tolist(), fitted.decide(held.part(own), recipe.conflict_mix), strict=True))
    sources = np.array([example.source for example in held.examples])
    report: dict[str, Any] = {"tone": {}, "signals": {}, "precision": {}}
    for name, judged_by, judge_part, ask in (
        ("tone", held.of_level, _judge_levels, _ask_levels),
        ("signals", held.of_signals, _judge_signals, _ask_signals),
    ):
        for source in sorted(set(sources[judged_by])):
            rows = np.flatnonzero(judged_by & (sources == source))
            part = held.part(rows)
            report[name][source] = judge_part(part, [decisions[row] for row in rows.tolist()])
            report["precision"].setdefault(source, {}).update(_recalls(ask(part, recipe.conflict_mix)))
    return fit_tone(held, recipe), report


def _judge_levels(held: ToneScores, decided: Sequence[ToneDecision]) -> dict[str, Any]:
    truth, guess = held.levels, np.array([LEVELS.index(one.level) for one in decided])
    hard = truth == _CONFLICT
    return {
        "not_neutral_f1": round(float(f1_score(truth > _NEUTRAL, guess > _NEUTRAL, zero_division=0)), 4),
        "conflict_f1": round(float(f1_score(hard, guess == _CONFLICT, zero_division=0)), 4),
        "conflict_seen_as_neutral": round(float((guess[hard] == _NEUTRAL).mean()), 4) if hard.any() else 0.0,
        # Rows are labels, columns answers, in the order of the levels.
        "confusion": confusion_matrix(truth, guess, labels=range(len(LEVELS))).tolist(),
    }


def _judge_signals(held: ToneScores, decided: Sequence[ToneDecision]) -> dict[str, Any]:
    report = {}
    for signal in SIGNALS:
        shown = np.array([signal in one.shown for one in decided])
        report[signal] = round(float(f1_score(held.present(signal), shown, zero_division=0)), 4)
    return report


# What is looked for -> the scores by which it is found, and where it is.
_Asked = dict[str, tuple[Floats, npt.NDArray[np.bool_]]]


def _ask_levels(held: ToneScores, mix: ConflictMix) -> _Asked:
    truth, conflict = held.levels, conflict_scores(held.level, held.signal, mix)
    return {"not_neutral": (-held.level[:, _NEUTRAL], truth > _NEUTRAL), "conflict": (conflict, truth == _CONFLICT)}


def _ask_signals(held: ToneScores, _mix: ConflictMix) -> _Asked:
    return {s: (held.signal[:, place], held.present(s)) for place, s in enumerate(SIGNALS)}


def _recalls(asked: _Asked) -> dict[str, dict[str, float]]:
    """How much of each is found at a wanted precision, by the held-out scores alone."""
    return {
        name: {"n": int(present.sum()), **{str(p): round(recall_at(scores, present, p), 4) for p in _WANTED}}
        for name, (scores, present) in asked.items()
    }


def recall_at(scores: Floats, present: npt.NDArray[np.bool_], precision: float) -> float:
    """The most that can be found when so much of what is found must be right; 0 when nothing can."""
    if not present.any():
        return 0.0
    found = np.cumsum(present[np.argsort(-scores, kind="stable")])
    reached = np.flatnonzero(found / np.arange(1, len(found) + 1) >= precision)
    return float(found[reached[-1]] / present.sum()) if len(reached) else 0.0
