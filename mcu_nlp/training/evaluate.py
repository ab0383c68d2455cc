"""A model's answers against labels, through the very path that users call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from mcu_nlp.analyzer import Analyzer
from mcu_nlp.dataset.examples import fold_title
from mcu_nlp.errors import InputError
from mcu_nlp.records import Analysis, Choice, Message
from mcu_nlp.tables import Row, read_rows
from mcu_nlp.training.figures import figures

_DECISIONS = ("category", "topic", "department")


def evaluate_table(analyzer: Analyzer, path: str | Path, chosen: Mapping[str, str | None]) -> dict[str, Any]:
    """Figures for every label column of a file; rows without a label do not count for it.

    Labels are compared with ids and with titles. Raises what :func:`mcu_nlp.read_rows`
    raises, and ``InputError`` (``labels_missing``) when the file holds no label.
    """
    rows = [row for row in read_rows(path, chosen) if isinstance(row, Row) and _readable(analyzer, row)]
    labelled = [decision for decision in _DECISIONS if any(row.values.get(decision) for row in rows)]
    if not labelled:
        raise InputError("labels_missing", path=path)
    fields = ("topic", "department")
    analyses = list(analyzer.map((Message(row.values["text"], id=row.id) for row in rows), fields=fields))
    report: dict[str, Any] = {"model": asdict(analyzer.model), "rows": len(rows)}
    for decision in labelled:
        truth = [fold_title(row.values.get(decision)) for row in rows]
        report[decision] = _judge(decision, truth, analyses)
    return report


def _readable(analyzer: Analyzer, row: Row) -> bool:
    try:
        analyzer.check(row.values["text"])
    except InputError:
        return False
    return True


def _judge(decision: str, truth: Sequence[str | None], analyses: Sequence[Analysis]) -> dict[str, float]:
    """Answers as scores: the candidates' confidences, everything else at zero."""
    pairs = [(label, _candidates(analysis, decision)) for label, analysis in zip(truth, analyses, strict=True) if label]
    names: dict[str, int] = {}
    for label, candidates in pairs:
        for choice in candidates:
            # A label may be written as an id or as a title: both lead to one class.
            names.setdefault(choice.title, names.setdefault(choice.id, len(names)))
        names.setdefault(label, len(names))
    scores = np.zeros((len(pairs), max(names.values()) + 1))
    for number, (_, candidates) in enumerate(pairs):
        for rank, choice in enumerate(candidates):
            scores[number, names[choice.title]] = 2.0 - rank
    confidence = np.array([candidates[0].confidence if candidates else 0.0 for _, candidates in pairs])
    return figures(np.array([names[label] for label, _ in pairs]), scores, confidence, 0.95).to_dict()


def _candidates(analysis: Analysis, decision: str) -> tuple[Choice, ...]:
    if decision == "category":
        return analysis.category_candidates
    return analysis.topic_candidates if decision == "topic" else analysis.department_candidates
