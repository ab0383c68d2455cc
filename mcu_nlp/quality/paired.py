"""Two models on the same rows: McNemar's exact test, paired bootstrap, net loss of a class."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import stats

from mcu_nlp.quality.comparison import BETTER, NOT_PROVEN, WORSE, ClassChange, Paired, VerdictRule
from mcu_nlp.quality.intervals import RESAMPLES, Doubles, Judged, bootstrap, decision_figures

_GAINS = ("accuracy", "weighted_f1", "macro_f1")


def mcnemar(wins: int, losses: int) -> tuple[float, float, float]:
    """Exact p-values of McNemar's test: the new one is better, is worse, is different.

    >>> [round(p, 4) for p in mcnemar(9, 1)]
    [0.0107, 0.999, 0.0215]
    >>> mcnemar(0, 0)
    (1.0, 1.0, 1.0)
    """
    if not wins + losses:
        return 1.0, 1.0, 1.0
    better, worse, different = (
        float(stats.binomtest(wins, wins + losses, 0.5, side).pvalue) for side in ("greater", "less", "two-sided")
    )
    return better, worse, different


def pair(old: Judged, new: Judged, *, resamples: int = RESAMPLES) -> Paired:
    """Both models' answers to one decision over the same rows."""
    wins, losses = int((new.right & ~old.right).sum()), int((old.right & ~new.right).sum())
    statistics = [decision_figures(judged, 1.0) for judged in (old, new)]

    def gains(weights: Doubles) -> Mapping[str, Doubles]:
        before, after = (statistic(weights) for statistic in statistics)
        return {name: after[name] - before[name] for name in _GAINS if name in after}

    n = len(old.truth)
    better, worse, different = mcnemar(wins, losses)
    return Paired(
        n=n,
        both_right=int((old.right & new.right).sum()),
        wins=wins,
        losses=losses,
        both_wrong=int((~old.right & ~new.right).sum()),
        old_accuracy=float(old.right.mean()),
        new_accuracy=float(new.right.mean()),
        gains=bootstrap(n, gains, resamples=resamples),
        p_better=better,
        p_worse=worse,
        p=different,
    )


def class_changes(old: Judged, new: Judged, shown: list[tuple[str, str]], rule: VerdictRule) -> tuple[ClassChange, ...]:
    """Wins and losses of every labelled class, the largest first; ``shown`` are ids and titles by place."""
    n = np.bincount(old.truth, minlength=old.classes)
    wins = np.bincount(old.truth[new.right & ~old.right], minlength=old.classes)
    losses = np.bincount(old.truth[old.right & ~new.right], minlength=old.classes)
    # Among many classes some lose by chance: their bounds hold together (Bonferroni).
    level = 1 - rule.alpha / max(1, int((n >= rule.large).sum()))
    found = []
    for place in sorted(np.flatnonzero(n), key=lambda place: (-n[place], shown[place])):
        low = loss_bound(int(wins[place]), int(losses[place]), int(n[place]), level)
        large = bool(n[place] >= rule.large)
        found.append(
            ClassChange(
                *shown[place],
                n=int(n[place]),
                wins=int(wins[place]),
                losses=int(losses[place]),
                loss=float((losses[place] - wins[place]) / n[place]),
                loss_low=low,
                large=large,
                worse=large and low > rule.max_loss,
            )
        )
    return tuple(found)


def loss_bound(wins: int, losses: int, n: int, level: float) -> float:
    """The net loss, as a share of ``n`` rows, that is exceeded with a probability of ``level``.

    Clopper and Pearson's bound of the share of losses among the rows that changed sides.

    >>> round(loss_bound(0, 10, 40, 0.95), 3)
    0.121
    >>> loss_bound(0, 0, 40, 0.95)
    0.0
    """
    changed = wins + losses
    if not changed:
        return 0.0
    bounds = stats.binomtest(losses, changed, alternative="greater").proportion_ci(level, method="exact")
    return (2 * float(bounds.low) - 1) * changed / n


def decide(target: Paired, classes: tuple[ClassChange, ...], rule: VerdictRule) -> tuple[str, tuple[str, ...]]:
    """The verdict and its reasons, as :class:`VerdictRule` says; a worse large class forbids whatever was won."""
    proven = "target_better" if target.p_better < rule.alpha else "target_not_proven"
    if target.p_worse < rule.alpha:
        proven = "target_worse"
    harmed = any(change.worse for change in classes)
    reasons = (proven, "class_worse") if harmed else (proven,)
    if harmed or proven == "target_worse":
        return WORSE, reasons
    return (BETTER if proven == "target_better" else NOT_PROVEN), reasons
