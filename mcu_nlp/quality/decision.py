"""One decision in depth: figures, classes, confusions, calibration, coverage, the worst errors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

import numpy as np

from mcu_nlp.quality.answers import Answers, LabelledRow, example, judge
from mcu_nlp.quality.intervals import (
    BINS,
    Judged,
    bootstrap,
    class_figures,
    decision_figures,
    honest,
    share,
    suspect_seen,
)
from mcu_nlp.quality.names import ClassNames
from mcu_nlp.quality.records import (
    FIGURES,
    CalibrationBin,
    ClassFigures,
    Confusion,
    CoverageGoal,
    CoveragePoint,
    DecisionReport,
    ExampleText,
)
from mcu_nlp.training.figures import accepted_share

PRECISIONS = (0.9, 0.95, 0.98)
# Figures that are shares of rows, or means of such.
_SHARES = ("accuracy", "top3", "weighted_f1", "macro_f1")
_CONFUSIONS, _EXAMPLES, _ERRORS, _POINTS = 12, 2, 12, 60


def report_decision(
    decision: str,
    rows: Sequence[LabelledRow],
    answers: Sequence[Answers],
    names: ClassNames,
    *,
    known: Collection[str],
    target: float,
    resamples: int,
) -> DecisionReport:
    """Judge one decision over the rows that are labelled with it; ``known`` classes can be answered."""
    pairs = [(row, answer) for row, answer in zip(rows, answers, strict=True) if decision in row.labels]
    told, given = [row for row, _ in pairs], [answer for _, answer in pairs]
    judged, classes = judge(decision, told, given)
    n = len(told)
    figures = bootstrap(n, decision_figures(judged, target), resamples=resamples)
    figures |= {name: honest(figures[name], n) for name in _SHARES if name in figures}

    def show(place: int) -> ExampleText:
        return example(decision, told[place], given[place], names)

    wrong = np.flatnonzero(~judged.right)
    worst = wrong[np.argsort(-judged.confidence[wrong], kind="stable")][:_ERRORS]
    return DecisionReport(
        decision=decision,
        n=n,
        unknown=sum(row.labels[decision] not in known for row in told),
        seen=suspect_seen(judged),
        confidence=float(judged.confidence.mean()),
        figures={name: figures[name] for name in FIGURES if name in figures},
        classes=_classes(decision, judged, classes, names, resamples),
        confusions=tuple(
            Confusion(
                names.title(decision, classes[truth]),
                names.title(decision, classes[answer]),
                len(places),
                len(places) / int((judged.truth == truth).sum()),
                tuple(show(place) for place in places[:_EXAMPLES]),
            )
            for (truth, answer), places in _confused(judged)
        ),
        calibration=_calibration(judged),
        coverage=_coverage(judged),
        goals=tuple(_goal(judged, precision) for precision in sorted({*PRECISIONS, target})),
        errors=tuple(show(int(place)) for place in worst),
    )


def _classes(
    decision: str, judged: Judged, classes: Sequence[str], names: ClassNames, resamples: int
) -> tuple[ClassFigures, ...]:
    """Every class that is labelled or answered, the largest first."""
    f1 = bootstrap(len(judged.truth), class_figures(judged), resamples=resamples)
    n, answered = (np.bincount(side, minlength=judged.classes) for side in (judged.truth, judged.answer))
    hits = np.bincount(judged.truth[judged.right], minlength=judged.classes)
    order = sorted(range(len(classes)), key=lambda place: (-n[place], classes[place]))
    return tuple(
        ClassFigures(
            id=names.shown_id(decision, classes[place]),
            title=names.title(decision, classes[place]),
            n=int(n[place]),
            answered=int(answered[place]),
            precision=float(hits[place] / answered[place]) if answered[place] else 0.0,
            recall=share(int(hits[place]), int(n[place])),
            f1=honest(f1[str(place)], int(max(n[place], 1))),
        )
        for place in order
    )


def _confused(judged: Judged) -> list[tuple[tuple[int, int], list[int]]]:
    """Pairs of classes by how many rows went astray between them, the surest errors of each first."""
    pairs: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place in np.flatnonzero(~judged.right):
        pairs[int(judged.truth[place]), int(judged.answer[place])].append(int(place))
    for places in pairs.values():
        places.sort(key=lambda place: (-judged.confidence[place], place))
    return sorted(pairs.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:_CONFUSIONS]


def _calibration(judged: Judged) -> tuple[CalibrationBin, ...]:
    """Tenths of confidence that hold answers."""
    bins = np.clip(np.ceil(judged.confidence * BINS) - 1, 0, BINS - 1)
    found = []
    for number in range(BINS):
        inside = bins == number
        if n := int(inside.sum()):
            sure = float(judged.confidence[inside].mean())
            hits = int(judged.right[inside].sum())
            found.append(CalibrationBin(number / BINS, (number + 1) / BINS, n, sure, share(hits, n)))
    return tuple(found)


def _coverage(judged: Judged) -> tuple[CoveragePoint, ...]:
    """The way from the surest answers to all of them, in steps."""
    order = np.argsort(-judged.confidence, kind="stable")
    right = np.cumsum(judged.right[order])
    n = len(order)
    ends = sorted({max(1, round(n * step / _POINTS)) for step in range(1, _POINTS + 1)})
    return tuple(
        CoveragePoint(float(judged.confidence[order[end - 1]]), end / n, share(int(right[end - 1]), end))
        for end in ends
    )


def _goal(judged: Judged, precision: float) -> CoverageGoal:
    covered, threshold = accepted_share(judged.confidence, judged.right, precision)
    return CoverageGoal(precision, covered, threshold if covered else None)
