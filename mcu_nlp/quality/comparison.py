"""What a comparison of two models tells: frozen records that become JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mcu_nlp.quality.records import Estimate, FailedRow, Record

BETTER, NOT_PROVEN, WORSE = "better", "not_proven", "worse"


@dataclass(frozen=True, slots=True)
class VerdictRule(Record):
    """When a new model is better.

    It is right more often on the target (one-sided exact McNemar test, p below ``alpha``),
    and no class of at least ``large`` rows loses more than ``max_loss`` of its rows for
    sure (the lower bound of the net loss; the bounds of all large classes hold together
    with a probability of 1 - ``alpha``).
    """

    alpha: float = 0.05
    large: int = 30
    max_loss: float = 0.0


@dataclass(frozen=True, slots=True)
class Paired(Record):
    """Two models on the same ``n`` rows: where only one is right, and what that proves.

    ``gains`` are new minus old: ``accuracy``, ``weighted_f1``, ``macro_f1``, by paired
    bootstrap. ``p_better`` and ``p_worse`` are one-sided, ``p`` is two-sided.
    """

    n: int
    both_right: int
    wins: int
    losses: int
    both_wrong: int
    old_accuracy: float
    new_accuracy: float
    gains: Mapping[str, Estimate]
    p_better: float
    p_worse: float
    p: float


@dataclass(frozen=True, slots=True)
class ClassChange(Record):
    """One class of the target: rows that only the new model gets right, and only the old one.

    ``loss`` is the net loss as a share of its rows, ``loss_low`` its lower bound;
    ``worse`` is true where that breaks the rule.
    """

    id: str
    title: str
    n: int
    wins: int
    losses: int
    loss: float
    loss_low: float
    large: bool
    worse: bool


@dataclass(frozen=True, slots=True)
class ChangedDecision(Record):
    """A row that the models answer differently; the text is masked and may be left out (``None``)."""

    number: int
    id: str
    old: str
    new: str
    truth: str | None
    outcome: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Comparison(Record):
    """Two models on labelled appeals: what :func:`mcu_nlp.quality.compare` returns.

    ``verdict`` is ``better``, ``not_proven`` or ``worse``; ``reasons`` are
    ``target_better``, ``target_not_proven``, ``target_worse`` and ``class_worse``.
    ``seen`` names the models that have probably been trained on these very rows.
    """

    old: Mapping[str, str]
    new: Mapping[str, str]
    data: str
    rows: int
    skipped: int
    target: str
    verdict: str
    reasons: tuple[str, ...]
    rule: VerdictRule
    decisions: Mapping[str, Paired]
    classes: tuple[ClassChange, ...]
    changed: tuple[ChangedDecision, ...]
    unknown: Mapping[str, int]
    seen: tuple[str, ...] = ()
    failed: tuple[FailedRow, ...] = ()
