"""A model on labelled appeals: every figure a district needs before it trusts the model."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from mcu_nlp.analyzer import Analyzer
from mcu_nlp.errors import InputError
from mcu_nlp.quality.answers import Answers, LabelledRow, LabelledRows, answer_rows, read_labelled
from mcu_nlp.quality.course import Count, Course
from mcu_nlp.quality.decision import report_decision
from mcu_nlp.quality.drift import DECISIONS, Period, against_period, against_training
from mcu_nlp.quality.intervals import RESAMPLES
from mcu_nlp.quality.learning import MORE, MOST_ROWS, learning_curve
from mcu_nlp.quality.names import ClassNames
from mcu_nlp.quality.records import Drift, Evaluation, LearningCurve
from mcu_nlp.training.progress import Step, Tell, silent

TARGET = 0.95
_LEARNT = ("category", "topic", "department")
_TRAINING = "обучение модели"
# What the figures of a decision and its learning curve cost a row, in answers to an appeal; measured on 2,000 rows.
_FIGURES_COST, _CURVE_COST = 0.1, 2.0


def evaluate(
    analyzer: Analyzer,
    data: str | Path,
    *,
    chosen: Mapping[str, str | None] | None = None,
    against: str | Path | None = None,
    by_date: bool = False,
    learning: bool = False,
    more: int = MORE,
    target: float = TARGET,
    resamples: int = RESAMPLES,
    tell: Tell = silent,
) -> Evaluation:
    """Judge a model by every label column of a file: category, topic, department, kind, tone.

    Labels are compared by id or title; a row without a label does not count for it.
    ``coverage`` in the figures is the largest share of answers that may go without a
    person at a precision of ``target``. Drift is told against the file ``against``; with
    ``by_date``, of the later half of the rows against the earlier; else against what the
    model answered in training, where its folder tells. ``learning`` adds learning curves
    (a minute or two). ``tell`` is told how far the work has come. Nothing in the result
    holds personal data that masking finds.

    Raises what :func:`mcu_nlp.read_rows` raises, and ``InputError``: ``rows_missing`` when
    no row of a file can be analysed, ``labels_missing`` when none has a label,
    ``periods_two`` when both ``against`` and ``by_date`` are asked for, ``dates_missing``
    when ``by_date`` finds too few dates, ``learning_too_few`` when there is too little for a curve.
    """
    if by_date and against is not None:
        raise InputError("periods_two")
    tell(Step("reading"))
    names = ClassNames(analyzer.bundle.taxonomy)
    table = read_labelled(analyzer, data, names, chosen)
    if not table.labelled:
        raise InputError("labels_missing", path=data)
    # Cheap refusals come before the long work.
    halves = _halves(table, data) if by_date else None
    other = read_labelled(analyzer, against, names, chosen) if against is not None else None
    curves = [decision for decision in _LEARNT if learning and decision in table.labelled]
    course = _course(tell, table, other, len(curves))
    answers = answer_rows(analyzer, table.rows, table.labelled, course.part("answers"))
    decisions = {}
    for number, decision in enumerate(table.labelled, 1):
        known = _known(analyzer, decision)
        decisions[decision] = report_decision(
            decision, table.rows, answers, names, known=known, target=target, resamples=resamples
        )
        course.part("figures")(number, len(table.labelled))
    drift: Drift | None = None
    whole = Period(table.name, table.rows, answers)
    if other is not None:
        before = Period(other.name, other.rows, answer_rows(analyzer, other.rows, DECISIONS, course.part("before")))
        drift = against_period(before, whole, names)
    elif halves is not None:
        earlier, later = (_part(table.rows, answers, half) for half in halves)
        drift = against_period(earlier, later, names)
    elif analyzer.bundle.reference is not None:
        drift = against_training(analyzer.bundle.reference, whole, names, _TRAINING)
    return Evaluation(
        model=asdict(analyzer.model),
        data=table.name,
        rows=len(table.rows),
        skipped=len(table.failed),
        target=target,
        decisions=decisions,
        learning=_curves(table, curves, more, course.part("learning")),
        drift=drift,
        failed=table.failed + (other.failed if other is not None else ()),
    )


def _known(analyzer: Analyzer, decision: str) -> Collection[str]:
    """The ids that the model can answer."""
    taxonomy, heads = analyzer.bundle.taxonomy, analyzer.bundle.heads.classes
    if decision == "tone":
        return ("neutral", "tense", "conflict")
    if decision == "kind":
        return heads["kind"]
    labels = {"category": taxonomy.categories, "topic": taxonomy.topics, "department": taxonomy.departments}[decision]
    return {label.id for label in labels}


def _course(tell: Tell, table: LabelledRows, other: LabelledRows | None, curves: int) -> Course:
    """What the parts cost, measured in answers to an appeal."""
    rows = len(table.rows)
    costs = {"answers": rows, "figures": rows * len(table.labelled) * _FIGURES_COST}
    if other is not None:
        costs["before"] = len(other.rows)
    if curves:
        costs["learning"] = min(rows, MOST_ROWS) * curves * _CURVE_COST
    return Course(tell, costs)


def _curves(table: LabelledRows, decisions: Sequence[str], more: int, count: Count) -> tuple[LearningCurve, ...]:
    found = []
    for number, decision in enumerate(decisions, 1):
        found.append(learning_curve(table.rows, decision, more=more))
        count(number, len(decisions))
    return tuple(found)


def _halves(table: LabelledRows, path: object) -> tuple[list[int], list[int]]:
    """Places of the earlier and the later half of the rows that tell their day; a day is never split."""
    dated = sorted((row.received, place) for place, row in enumerate(table.rows) if row.received is not None)
    middle = dated[len(dated) // 2][0] if dated else None
    earlier = [place for day, place in dated if middle and day < middle]
    later = [place for day, place in dated if middle and day >= middle]
    if not earlier or not later:
        raise InputError("dates_missing", path=path, rows=len(dated))
    return earlier, later


def _part(rows: Sequence[LabelledRow], answers: Sequence[Answers], places: Sequence[int]) -> Period:
    days = [day for place in places if (day := rows[place].received)]
    title = f"{min(days):%d.%m.%Y} - {max(days):%d.%m.%Y}"
    return Period(title, [rows[place] for place in places], [answers[place] for place in places])
