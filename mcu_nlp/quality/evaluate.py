"""A model on labelled appeals: every figure a district needs before it trusts the model."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from mcu_nlp.analyzer import Analyzer
from mcu_nlp.errors import InputError
from mcu_nlp.quality.answers import Answers, LabelledRow, LabelledRows, answer_rows, read_labelled
from mcu_nlp.quality.decision import report_decision
from mcu_nlp.quality.drift import Period, against_period, against_training
from mcu_nlp.quality.intervals import RESAMPLES
from mcu_nlp.quality.learning import MORE, learning_curve
from mcu_nlp.quality.names import ClassNames
from mcu_nlp.quality.records import Drift, Evaluation, LearningCurve

TARGET = 0.95
_LEARNT = ("category", "topic", "department")
_TRAINING = "обучение модели"


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
) -> Evaluation:
    """Judge a model by every label column of a file: category, topic, department, kind, tone.

    Labels are compared by id or title; a row without a label does not count for it.
    ``coverage`` in the figures is the largest share of answers that may go without a
    person at a precision of ``target``. Drift is told against the file ``against``; with
    ``by_date``, of the later half of the rows against the earlier; else against what the
    model answered in training, where its folder tells. ``learning`` adds learning curves
    (a minute or two). Nothing in the result holds personal data that masking finds.

    Raises what :func:`mcu_nlp.read_rows` raises, and ``InputError``: ``rows_missing`` when
    no row of a file can be analysed, ``labels_missing`` when none has a label,
    ``dates_missing`` when ``by_date`` finds too few dates, ``learning_too_few`` when there is too little for a curve.
    """
    names = ClassNames(analyzer.bundle.taxonomy)
    table = read_labelled(analyzer, data, names, chosen)
    if not table.labelled:
        raise InputError("labels_missing", path=data)
    # Cheap refusals come before the long work.
    halves = _halves(table, data) if by_date and against is None else None
    other = read_labelled(analyzer, against, names, chosen) if against is not None else None
    answers = answer_rows(analyzer, table.rows, table.labelled)
    decisions = {
        decision: report_decision(
            decision,
            table.rows,
            answers,
            names,
            known=_known(analyzer, decision),
            target=target,
            resamples=resamples,
        )
        for decision in table.labelled
    }
    drift: Drift | None = None
    whole = Period(table.name, table.rows, answers)
    if other is not None:
        before = Period(other.name, other.rows, answer_rows(analyzer, other.rows, ("category", "topic")))
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
        learning=_curves(table, more) if learning else (),
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


def _curves(table: LabelledRows, more: int) -> tuple[LearningCurve, ...]:
    return tuple(learning_curve(table.rows, decision, more=more) for decision in _LEARNT if decision in table.labelled)


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
