"""What an evaluation tells: frozen records that become JSON. Texts and titles in them are masked already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

FIGURES = ("accuracy", "top3", "weighted_f1", "macro_f1", "ece", "coverage")
_DIGITS = 4


class Record:
    """A record with a JSON form."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionaries, lists, texts and numbers rounded to four digits."""
        found: dict[str, Any] = plain(asdict(self))  # type: ignore[call-overload]
        return found


def plain(value: Any) -> Any:
    """A value as JSON has it: tuples become lists, floats are rounded.

    >>> plain({"a": (0.123456, 1)})
    {'a': [0.1235, 1]}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return round(value, _DIGITS) if isinstance(value, float) else value


@dataclass(frozen=True, slots=True)
class Estimate(Record):
    """A figure and the bounds between which it lies with a probability of 95 %."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ExampleText(Record):
    """A row of the data shown as an example: its number, its id and its text, masked and shortened."""

    number: int
    id: str
    text: str
    truth: str
    answer: str
    confidence: float


@dataclass(frozen=True, slots=True)
class FailedRow(Record):
    """A row of the file ``data`` that was not judged: its number, the stable code and the Russian words for why."""

    data: str
    number: int
    code: str
    problem: str


@dataclass(frozen=True, slots=True)
class ClassFigures(Record):
    """One class: ``n`` rows are labelled with it, ``answered`` rows were put into it."""

    id: str
    title: str
    n: int
    answered: int
    precision: float
    recall: Estimate
    f1: Estimate


@dataclass(frozen=True, slots=True)
class Confusion(Record):
    """Rows of one class that were answered as another; ``share`` is of the rows of the true class."""

    truth: str
    answer: str
    count: int
    share: float
    examples: tuple[ExampleText, ...]


@dataclass(frozen=True, slots=True)
class CalibrationBin(Record):
    """Answers whose confidence lies in one tenth: how sure they were, and how often they were right."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: Estimate


@dataclass(frozen=True, slots=True)
class CoveragePoint(Record):
    """If answers from ``threshold`` on go without a person: their share and how often they are right."""

    threshold: float
    coverage: float
    precision: Estimate


@dataclass(frozen=True, slots=True)
class CoverageGoal(Record):
    """The largest share that may go without a person at a wanted precision, and from which confidence on."""

    precision: float
    coverage: float
    threshold: float | None


@dataclass(frozen=True, slots=True)
class DecisionReport(Record):
    """Everything about one decision.

    ``figures`` holds the names of ``FIGURES`` that make sense for it (``top3`` only where
    there are candidates). ``unknown`` rows have a label that the model cannot answer; they
    count as errors. ``seen`` is true where the answers are far better than a calibrated model
    is sure of them: it has probably been trained on these very rows.
    """

    decision: str
    n: int
    unknown: int
    seen: bool
    confidence: float
    figures: Mapping[str, Estimate]
    classes: tuple[ClassFigures, ...]
    confusions: tuple[Confusion, ...]
    calibration: tuple[CalibrationBin, ...]
    coverage: tuple[CoveragePoint, ...]
    goals: tuple[CoverageGoal, ...]
    errors: tuple[ExampleText, ...]

    def to_dict(self) -> dict[str, Any]:
        """The figures by name, their bounds under ``intervals``, and the rest by name."""
        rest = {name: value for name, value in plain(asdict(self)).items() if name not in ("figures", "coverage")}
        return {
            **rest,
            **{name: round(figure.value, _DIGITS) for name, figure in self.figures.items()},
            "intervals": {name: plain([figure.low, figure.high]) for name, figure in self.figures.items()},
            "coverage_curve": plain([asdict(point) for point in self.coverage]),
        }


@dataclass(frozen=True, slots=True)
class LearningPoint(Record):
    """Accuracy after learning from ``n`` rows."""

    n: int
    accuracy: Estimate


@dataclass(frozen=True, slots=True)
class LearningCurve(Record):
    """Measured points, and what the power law through them foretells for more rows."""

    decision: str
    points: tuple[LearningPoint, ...]
    fitted: tuple[LearningPoint, ...]
    foretold: LearningPoint
    more: int

    @property
    def gain(self) -> float:
        """How much accuracy ``more`` rows would add over the last point of the fitted law."""
        return self.foretold.accuracy.value - self.fitted[-1].accuracy.value


@dataclass(frozen=True, slots=True)
class DriftIndex(Record):
    """A population stability index; ``noise`` is what chance alone would give, ``level`` what to make of it."""

    decision: str
    what: str
    psi: float
    noise: float
    level: str


@dataclass(frozen=True, slots=True)
class Shift(Record):
    """A class whose share of the answers changed."""

    decision: str
    title: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Drift(Record):
    """One period against another. ``n_before`` is ``None`` where only shares are known."""

    before: str
    after: str
    n_before: int | None
    n_after: int
    indices: tuple[DriftIndex, ...]
    shifts: tuple[Shift, ...]
    accuracy: Mapping[str, tuple[Estimate, Estimate]]


@dataclass(frozen=True, slots=True)
class Evaluation(Record):
    """A model on labelled appeals: what :func:`mcu_nlp.quality.evaluate` returns.

    ``skipped`` rows of the data could not be judged; ``failed`` names them, and those of the other period.
    """

    model: Mapping[str, str]
    data: str
    rows: int
    skipped: int
    target: float
    decisions: Mapping[str, DecisionReport]
    learning: tuple[LearningCurve, ...] = ()
    drift: Drift | None = None
    failed: tuple[FailedRow, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Model, rows, one entry a decision, and learning curve and drift where they were asked for."""
        return {
            "model": dict(self.model),
            "data": self.data,
            "rows": self.rows,
            "skipped": self.skipped,
            "failed": [row.to_dict() for row in self.failed],
            "target": self.target,
            **{name: report.to_dict() for name, report in self.decisions.items()},
            "learning": [{**curve.to_dict(), "gain": round(curve.gain, _DIGITS)} for curve in self.learning],
            "drift": self.drift.to_dict() if self.drift else None,
        }
