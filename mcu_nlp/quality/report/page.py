"""Reports as one self-contained HTML page: no script, no outer address, every text inert."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from mcu_nlp.errors import MissingExtraError
from mcu_nlp.quality.records import Drift, Evaluation
from mcu_nlp.quality.report import words
from mcu_nlp.quality.report.plots import (
    calibration_plot,
    classes_plot,
    confusion_plot,
    coverage_plot,
    learning_plot,
    shifts_plot,
)
from mcu_nlp.russian_numbers import number, p_value, percent, points

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = files("mcu_nlp.quality.report") / "templates"


def environment() -> Environment:
    """The templates, with everything escaped that is not markup of ours. Raises ``MissingExtraError``."""
    try:
        from jinja2 import Environment, FunctionLoader, StrictUndefined
    except ModuleNotFoundError as missing:
        raise MissingExtraError("extra_missing", what="report.html", extra="analysis") from missing
    found = Environment(
        loader=FunctionLoader(lambda name: (_TEMPLATES / name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "share": number,
        "percent": percent,
        "percent1": lambda value: percent(value, 1),
        "hundredths": lambda value: number(value * 100, 1),
        "points": points,
        "p": p_value,
    }
    return found


def render(template: str, **content: Any) -> str:
    """A page of a template; the style is ours and goes in as it is."""
    from markupsafe import Markup

    style = Markup((_TEMPLATES / "style.css").read_text("utf-8"))  # noqa: S704
    return environment().get_template(template).render(style=style, **content)


def drawn(svg: str) -> Any:
    """A drawing of :mod:`plots` as markup: its texts are escaped where they are drawn."""
    from markupsafe import Markup

    return Markup(svg)  # noqa: S704


def evaluation_page(evaluation: Evaluation) -> str:
    """The report on one model. Raises ``MissingExtraError`` without the extra ``analysis``."""
    environment()
    target = evaluation.target
    decisions = [
        {
            "id": name,
            "title": words.DECISIONS[name],
            "report": report,
            "calibration": drawn(calibration_plot(f"{name}-calibration", report.calibration)),
            "coverage": drawn(coverage_plot(f"{name}-coverage", report.coverage, target)),
            "classes": drawn(classes_plot(f"{name}-classes", report.classes)),
            "confusions": drawn(confusion_plot(f"{name}-confusion", report.confusions)) if report.confusions else "",
        }
        for name, report in evaluation.decisions.items()
    ]
    learning = [
        {
            "title": words.DECISIONS[curve.decision],
            "curve": curve,
            "plot": drawn(learning_plot(f"{curve.decision}-learning", curve)),
        }
        for curve in evaluation.learning
    ]
    return render(
        "evaluation.html.j2",
        evaluation=evaluation,
        decisions=decisions,
        learning=learning,
        drift=_drift(evaluation.drift) if evaluation.drift else None,
        seen=[words.DECISIONS[name].lower() for name, report in evaluation.decisions.items() if report.seen],
        figure_titles=words.FIGURES,
        figure_notes={name: note.format(target=percent(target)) for name, note in words.FIGURE_NOTES.items()},
    )


def _drift(drift: Drift) -> dict[str, Any]:
    titles = words.DECISIONS
    decisions: Sequence[str] = tuple(dict.fromkeys(shift.decision for shift in drift.shifts))
    rows = {decision: [shift for shift in drift.shifts if shift.decision == decision] for decision in decisions}
    return {
        "before": drift.before,
        "after": drift.after,
        "n_before": drift.n_before,
        "n_after": drift.n_after,
        "indices": [
            {
                "title": f"{titles[index.decision]}: {words.DRIFT[index.what]}",
                "psi": index.psi,
                "noise": index.noise,
                "verdict": words.DRIFT_LEVELS[index.level],
            }
            for index in drift.indices
        ],
        "accuracy": [(titles[decision], then, now) for decision, (then, now) in drift.accuracy.items()],
        "shifts": [
            {
                "title": titles[decision],
                "rows": rows[decision],
                "plot": drawn(shifts_plot(f"{decision}-shifts", rows[decision])),
            }
            for decision in decisions
        ],
    }
