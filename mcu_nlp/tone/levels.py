"""Levels of tone: scores -> one of three, and which signals are shown with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.tone.lexicon import OBSCENE, SIGNALS, Rule

LEVELS = ("neutral", "tense", "conflict")
# Signals that can make a conflict (the definition of the level); without one there is none.
REASONS = ("insult", "accusation", "escalation", "reply_dispute", "sarcasm")
# Signals that all but always make one: their own scores speak for a conflict.
_SURE_REASONS = ("insult", "escalation")
# Signals that are never guessed without a rule's find: to say that a citizen insulted somebody needs the word.
_BY_RULE = ("insult",)
# An obscene word proves an insult whatever the learned weights say.
_PROVEN = 0.95
# Nine of ten labelled texts in which a grave rule hits are labelled with `risk`.
_GRAVE_SHARE = 0.9
# By how much the level «tense» of a suspected text stays above «neutral»: enough to decide, little to be sure of.
_NARROW = 0.02


@dataclass(frozen=True, slots=True)
class ConflictMix:
    """What the score of a conflict takes from its surest reasons and from how far the text is from calm."""

    reason: float = 0.0
    anger: float = 0.0


def conflict_scores(level: npt.NDArray[np.floating], signal: npt.NDArray[np.floating], mix: ConflictMix) -> Floats:
    """How much speaks for a conflict, from the scores of levels and signals: ``(texts,)``."""
    reason = signal[:, [SIGNALS.index(name) for name in _SURE_REASONS]].max(axis=1)
    return np.asarray(level[:, 2] + mix.reason * reason - mix.anger * level[:, 0], np.float32)


def level_scores(
    level: npt.NDArray[np.floating],
    conflict: npt.NDArray[np.floating],
    suspected: npt.NDArray[np.bool_],
    bias: npt.NDArray[np.floating],
) -> Floats:
    """One score a level, the largest decides: ``(texts, levels)`` -> the same.

    Not neutral and conflict are two decisions, each with its own threshold in ``bias``: a
    conflict is found whatever the first one says. To pass over a conflict costs more than a
    false alarm, so a text ``suspected`` by a rule is at least tense from a lower score of
    conflict on, the middle number of ``bias``.
    """
    calm, hard = level[:, 0] + bias[0], conflict + bias[2]
    calm = np.where(suspected & (conflict + bias[1] > 0), np.minimum(calm, -_NARROW), calm)
    return np.stack((np.zeros_like(calm), -calm, np.maximum(-calm, 0) + hard), axis=1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class ToneDecision:
    """The level and the signals that are shown, with the probabilities of all signals.

    ``proven`` is how sure the level is by a word that makes it whatever the weights say, else 0.
    """

    level: str
    shown: tuple[str, ...]
    likely: Mapping[str, float]
    proven: float = 0.0


def decide(
    level: str, likely: Mapping[str, float], thresholds: Mapping[str, float], found: Mapping[str, Rule]
) -> ToneDecision:
    """Make level and signals agree: no conflict without a reason shown, none of what makes one in a calm text.

    ``found`` are the rules of the lexicon that hit the text.
    """
    likely = dict(likely)
    if OBSCENE in found:
        likely["insult"], level = max(likely["insult"], _PROVEN), "conflict"
    if any(rule.grave for rule in found.values()):
        likely["risk"] = max(likely["risk"], _GRAVE_SHARE)  # danger to life must not be missed
    for signal in _BY_RULE:
        if not any(rule.signal == signal for rule in found.values()):
            likely[signal] = 0.0
    shown = [signal for signal in SIGNALS if likely[signal] >= thresholds[signal]]
    if level == "neutral" and any(rule.conflict and rule.signal in shown for rule in found.values()):
        level = "tense"  # what makes a conflict by definition, shown as a signal, is not calm
    if level == "conflict" and not any(signal in REASONS for signal in shown):
        # The likeliest reason, if half likely, else no conflict.
        strongest = max(REASONS, key=lambda signal: likely[signal] / thresholds[signal])
        if likely[strongest] >= thresholds[strongest] / 2:
            shown.append(strongest)
        else:
            level = "tense"
    proven = _PROVEN if OBSCENE in found else 0.0
    return ToneDecision(level, tuple(signal for signal in SIGNALS if signal in shown), likely, proven)
