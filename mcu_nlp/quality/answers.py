"""Labelled rows and what a model answers to them, through the very path that users call."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from mcu_nlp.analyzer import Analyzer
from mcu_nlp.errors import InputError
from mcu_nlp.labels import level_titles
from mcu_nlp.masking import mask_text
from mcu_nlp.quality.course import Count
from mcu_nlp.quality.intervals import Judged
from mcu_nlp.quality.names import DECISIONS, ClassNames
from mcu_nlp.quality.records import ExampleText, FailedRow
from mcu_nlp.records import Analysis, Choice, Message
from mcu_nlp.tables import Row, read_rows

_LONGEST = 260
# Decisions -> parts of the analysis that answer them; drift always looks at category and topic.
_FIELDS = {"category": "topic", "topic": "topic", "department": "department", "kind": "kind", "tone": "tone"}
_WITH_CANDIDATES = ("category", "topic", "department")

Answers = Mapping[str, tuple[Choice, ...]]


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """A row of the data with the ids of its labels; ``received`` where the file tells a day."""

    number: int
    message: Message
    labels: Mapping[str, str]

    @property
    def received(self) -> date | None:
        """The day of receipt."""
        return self.message.received


@dataclass(frozen=True)
class LabelledRows:
    """The rows of a file that can be analysed, and those that cannot."""

    rows: tuple[LabelledRow, ...]
    failed: tuple[FailedRow, ...]
    name: str

    @property
    def labelled(self) -> tuple[str, ...]:
        """The decisions that at least one row is labelled with."""
        return tuple(decision for decision in DECISIONS if any(decision in row.labels for row in self.rows))


def read_labelled(
    analyzer: Analyzer, path: str | Path, names: ClassNames, chosen: Mapping[str, str | None] | None = None
) -> LabelledRows:
    """Read a file of labelled appeals.

    Raises what :func:`mcu_nlp.read_rows` raises, and ``InputError`` (``rows_missing``) when no row can be analysed.
    """
    rows: list[LabelledRow] = []
    failed: list[FailedRow] = []
    name = mask_text(Path(path).name).text
    for row in read_rows(path, chosen):
        problem = _problem(analyzer, row) if isinstance(row, Row) else row.error
        if problem is not None:
            failed.append(FailedRow(name, row.number, problem.code, mask_text(problem.russian).text))
        elif isinstance(row, Row):
            rows.append(LabelledRow(row.number, row.message, names.labels(row.values)))
    if not rows:
        raise InputError("rows_missing", path=path, failed=len(failed))
    return LabelledRows(tuple(rows), tuple(failed), name)


def answer_rows(
    analyzer: Analyzer, rows: Sequence[LabelledRow], decisions: Collection[str], count: Count
) -> list[Answers]:
    """The candidates of every decision for every row, best first; confidences are calibrated."""
    fields = {_FIELDS[decision] for decision in decisions} | {"topic"}
    analyses = analyzer.map((row.message for row in rows), fields=sorted(fields))
    found = []
    for number, analysis in enumerate(analyses, 1):
        found.append(_answers(analysis))
        count(number, len(rows))
    return found


def judge(decision: str, rows: Sequence[LabelledRow], answers: Sequence[Answers]) -> tuple[Judged, list[str]]:
    """Truth against answers as places in the list of class ids that is returned beside; all rows are labelled."""
    truth = [row.labels[decision] for row in rows]
    told = [tuple(choice.id for choice in answer[decision]) or ("",) for answer in answers]
    classes = sorted({*truth, *(ids[0] for ids in told)})
    place = {id: number for number, id in enumerate(classes)}
    in3 = [label in ids for label, ids in zip(truth, told, strict=True)]
    sure = [answer[decision][0].confidence if answer[decision] else 0.0 for answer in answers]
    judged = Judged(
        np.array([place[id] for id in truth], np.intp),
        np.array([place[ids[0]] for ids in told], np.intp),
        np.array(sure, np.float64),
        len(classes),
        np.array(in3, np.bool_) if decision in _WITH_CANDIDATES else None,
    )
    return judged, classes


def example(decision: str, row: LabelledRow, answer: Answers, names: ClassNames) -> ExampleText:
    """A row to show; nothing personal is left in it."""
    choices = answer[decision]
    return ExampleText(
        number=row.number,
        id=mask_text(str(row.message.id or row.number)).text,
        text=shown_text(row.message.text),
        truth=names.title(decision, row.labels[decision]) if decision in row.labels else "",
        answer=names.title(decision, choices[0].id) if choices else "",
        confidence=choices[0].confidence if choices else 0.0,
    )


def shown_text(text: str, longest: int = _LONGEST) -> str:
    """A text masked and then shortened at a word; a placeholder is never cut.

    >>> shown_text("Зоя Лунина, тел. 8 944 123-45-60: " + "нет воды " * 3, 30)
    '[ФИО], тел. [ТЕЛЕФОН]: нет…'
    """
    masked = mask_text(text).text
    if len(masked) <= longest:
        return masked
    cut = masked[:longest]
    opened = cut.rfind("[")
    if opened > cut.rfind("]"):
        cut = cut[:opened]
    return f"{cut.rpartition(' ')[0] or cut}…"


def _problem(analyzer: Analyzer, row: Row) -> InputError | None:
    try:
        analyzer.check(row.values["text"])
    except InputError as problem:
        return problem
    return None


def _answers(analysis: Analysis) -> Answers:
    tone = analysis.tone
    return {
        "category": analysis.category_candidates,
        "topic": analysis.topic_candidates,
        "department": analysis.department_candidates,
        "kind": (analysis.kind,) if analysis.kind else (),
        "tone": (Choice(tone.level, level_titles()[tone.level], tone.confidence),) if tone else (),
    }
