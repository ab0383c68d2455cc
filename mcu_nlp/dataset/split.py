"""Who judges whom: folds in which near copies never part, by class or by date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedGroupKFold

from mcu_nlp.dataset.copies import Groups
from mcu_nlp.dataset.examples import FOLDS, Example
from mcu_nlp.dataset.table import LabelledTable
from mcu_nlp.errors import InputError

SPLITS = ("stratified", "date")
# The latest part of a dated file is what it is judged by.
_LATEST = 0.2


@dataclass(frozen=True, slots=True)
class Split:
    """Examples with their ``fold`` and ``group``, and the figures of the split for the report."""

    examples: tuple[Example, ...]
    figures: dict[str, Any]


def split_table(table: LabelledTable, by: str = "stratified") -> Split:
    """Give every example its fold; near copies share it, and the order of the rows does not matter.

    ``stratified``: as many folds as :data:`FOLDS`, each with its share of every topic (of every department, kind or
    tone, the first that there is, in a table without topics). ``date``: the latest fifth
    is held out as fold 0 and the rest always trains; a near copy of an older text trains with it, and so does a
    row without a date. Raises ``InputError``: ``split_unknown``, and ``split_undated`` when there are no two days.
    """
    groups = table.copies.near
    if by == "stratified":
        folds = stratified_folds(_strata(table.examples), groups)
        figures: dict[str, Any] = {"folds": FOLDS, "sizes": np.bincount(folds, minlength=FOLDS).tolist()}
    elif by == "date":
        folds, figures = _by_date([row.day for row in table.rows], groups)
    else:
        raise InputError("split_unknown", got=by, expected=", ".join(SPLITS))
    sizes = Counter(groups.tolist())
    figures |= {"groups": len(sizes), "in_groups_of_copies": sum(size for size in sizes.values() if size > 1)}
    examples = tuple(
        replace(example, fold=int(fold), group=int(group))
        for example, fold, group in zip(table.examples, folds, groups, strict=True)
    )
    return Split(examples, {"by": by, **figures})


def _strata(examples: Sequence[Example]) -> list[str]:
    """The labels that are shared out: of the first decision that the examples tell of."""
    told = ((e.topic or e.category, e.department, e.kind, e.tone) for e in examples)
    labels = [[label or "" for label in decision] for decision in zip(*told, strict=True)]
    return next(filter(any, labels), labels[0])


def stratified_folds(labels: Sequence[str], groups: Groups) -> npt.NDArray[np.intp]:
    """A fold for every row: groups stay whole, every label is spread over the folds as evenly as that allows.

    Labels with fewer rows than folds are spread together: there is nothing to spread of one alone.
    """
    counts = Counter(labels)
    strata = np.array([label if counts[label] >= FOLDS else "" for label in labels])
    if (strata == "").sum() < FOLDS:
        strata[strata == ""] = counts.most_common(1)[0][0]
    folds = np.zeros(len(labels), np.intp)
    # Sorted by group, rows come to the splitter in an order that the file's has no part in.
    order = np.lexsort((strata, groups))
    if len(set(groups.tolist())) < FOLDS:
        # So few different texts that folds cannot be filled: each is its own.
        return np.asarray(np.unique(groups, return_inverse=True)[1], np.intp)
    splitter = StratifiedGroupKFold(FOLDS)
    for fold, (_, held) in enumerate(splitter.split(order, strata[order], groups[order])):
        folds[order[held]] = fold
    return folds


def judging_folds(examples: Sequence[Example]) -> npt.NDArray[np.intp]:
    """Parts of held-out examples by which certainty is cross-fitted: their folds, or, held out all at once, groups."""
    folds = np.array([example.fold for example in examples], np.intp)
    if len(np.unique(folds)) > 1:
        return folds
    groups = np.array([e.group if e.group >= 0 else number for number, e in enumerate(examples)], np.intp)
    return np.asarray(np.unique(groups, return_inverse=True)[1] % FOLDS, np.intp)


def _by_date(days: Sequence[date | None], groups: Groups) -> tuple[npt.NDArray[np.intp], dict[str, Any]]:
    known = sorted(day for day in days if day is not None)
    if not known or known[0] == known[-1]:
        raise InputError("split_undated", rows=len(known), days=len(set(known)))
    earliest = known[int(len(known) * (1 - _LATEST))]
    if earliest == known[0]:
        earliest = next(day for day in known if day > earliest)
    first: dict[int, date] = {}
    for day, group in zip(days, groups.tolist(), strict=True):
        # An undated copy may be older than anything.
        own = day or date.min
        first[group] = min(first.get(group, own), own)
    folds = np.array([0 if first[group] >= earliest else -1 for group in groups.tolist()], np.intp)
    held = int((folds == 0).sum())
    if held == 0:
        raise InputError("split_undated", rows=len(known), days=len(set(known)))
    late = sum(day is not None and day >= earliest for day in days)
    figures = {
        "from": earliest.isoformat(),
        "held_out": held,
        "trained": len(days) - held,
        "undated": sum(day is None for day in days),
        # Late rows that train because they repeat an earlier text.
        "late_copies": late - held,
    }
    return folds, figures
