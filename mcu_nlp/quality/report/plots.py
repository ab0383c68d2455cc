"""The drawings of the reports: each shows one table that stands beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mcu_nlp.quality.records import (
    CalibrationBin,
    ClassFigures,
    Confusion,
    CoveragePoint,
    LearningCurve,
    Shift,
)
from mcu_nlp.quality.report.svg import PALETTE, inline_svg, rows_size, set_rows, short
from mcu_nlp.russian_numbers import number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CLASSES = 20


def calibration_plot(name: str, bins: Sequence[CalibrationBin]) -> str:
    """How sure against how often right; on the diagonal confidence can be believed."""

    def draw(axes: Axes) -> None:
        sure = [one.confidence for one in bins]
        axes.plot([0, 1], [0, 1], color=PALETTE["soft"], linewidth=1, linestyle=(0, (4, 4)))
        biggest = max(one.n for one in bins)
        for one in bins:
            axes.plot([one.confidence] * 2, [one.accuracy.low, one.accuracy.high], color=PALETTE["accent"], alpha=0.45)
        axes.scatter(
            sure,
            [one.accuracy.value for one in bins],
            s=[20 + 90 * one.n / biggest for one in bins],
            color=PALETTE["accent"],
            zorder=3,
            clip_on=False,
        )
        axes.set(xlim=(0, 1), ylim=(-0.02, 1.02), xlabel="Уверенность модели", ylabel="Доля верных ответов")
        _percents(axes, "both")

    described = "; ".join(
        f"при {percent(one.confidence)} верны {percent(one.accuracy.value)} из {one.n}" for one in bins
    )
    return inline_svg(name, "Уверенность и доля верных ответов", described, draw, (4.6, 3.7))


def coverage_plot(name: str, points: Sequence[CoveragePoint], target: float) -> str:
    """How many answers may go without a person, and how often those are right."""
    last = points[-1]

    def draw(axes: Axes) -> None:
        share = [point.coverage for point in points]
        axes.fill_between(
            share,
            [point.precision.low for point in points],
            [point.precision.high for point in points],
            color=PALETTE["accent"],
            alpha=0.15,
            linewidth=0,
        )
        axes.plot(share, [point.precision.value for point in points], color=PALETTE["accent"])
        axes.axhline(target, color=PALETTE["alarm"], linewidth=1, linestyle=(0, (4, 4)))
        lowest = min(point.precision.value for point in points)
        floor = max(0.0, min(lowest, target) - 0.08)
        # The end of the curve lies on one side of the line, its name on the other.
        up = -3 if last.precision.value >= target else 3
        side = "top" if up < 0 else "bottom"
        where: dict[str, Any] = {"xytext": (0, up), "textcoords": "offset points", "va": side, "ha": "right"}
        axes.annotate(percent(target), (1, target), color=PALETTE["alarm"], **where)
        axes.set(xlim=(0, 1), ylim=(floor, 1.005), xlabel="Доля обращений без участия человека", ylabel="Из них верно")
        _percents(axes, "both")

    described = f"Если принимать все ответы, верны {percent(last.precision.value)}; чем меньше доля, тем она надёжнее."
    return inline_svg(name, "Сколько обращений можно не проверять", described, draw, (4.6, 3.7))


def classes_plot(name: str, classes: Sequence[ClassFigures]) -> str:
    """F1 of the largest classes with bounds, the best on top."""
    largest = sorted(classes, key=lambda one: -one.n)[:_CLASSES]
    order = sorted((one for one in largest if one.n), key=lambda one: one.f1.value)
    labels = [f"{short(one.title, lines=2)} · {one.n}" for one in order]
    lowest = min((one.f1.low for one in order), default=0.0)

    def draw(axes: Axes) -> None:
        for place, one in enumerate(order):
            bounds = [one.f1.low, one.f1.high]
            axes.plot(bounds, [place, place], color=PALETTE["accent"], alpha=0.35, linewidth=4, solid_capstyle="butt")
            axes.scatter([one.f1.value], [place], color=PALETTE["accent"], s=34, zorder=3)
        set_rows(axes, labels)
        axes.set(xlim=(math.floor(lowest * 10) / 10 - 0.012, 1.012), xlabel="F1")
        _percents(axes, "x")

    described = "; ".join(f"{short(one.title)}: {number(one.f1.value)}" for one in reversed(order))
    return inline_svg(name, "F1 крупнейших классов", described, draw, rows_size(labels))


def confusion_plot(name: str, confusions: Sequence[Confusion]) -> str:
    """How many rows went from which class to which, for the most confused pairs."""
    pairs = list(reversed(confusions))
    labels = [f"{short(pair.truth, 50)}\n→ {short(pair.answer, 50)}" for pair in pairs]

    def draw(axes: Axes) -> None:
        axes.barh(range(len(pairs)), [pair.count for pair in pairs], color=PALETTE["second"], alpha=0.8, height=0.62)
        most = max(pair.count for pair in pairs)
        for place, pair in enumerate(pairs):
            axes.text(pair.count + most * 0.012, place, f"{pair.count} ({percent(pair.share, 1)})", va="center")
        set_rows(axes, labels)
        axes.set(xlim=(0, most * 1.25), xlabel="Обращений (в скобках: доля класса)")
        axes.locator_params(axis="x", integer=True)

    described = "; ".join(f"{short(pair.truth)} приняты за {short(pair.answer)}: {pair.count}" for pair in confusions)
    return inline_svg(name, "Что с чем путается", described, draw, rows_size(labels))


def learning_plot(name: str, curve: LearningCurve) -> str:
    """Measured accuracy after growing numbers of labels, and where the law through it leads."""

    def draw(axes: Axes) -> None:
        law = [*curve.fitted, curve.foretold]
        axes.fill_between(
            [point.n for point in law],
            [point.accuracy.low for point in law],
            [point.accuracy.high for point in law],
            color=PALETTE["accent"],
            alpha=0.13,
            linewidth=0,
        )
        axes.plot([p.n for p in curve.fitted], [p.accuracy.value for p in curve.fitted], color=PALETTE["accent"])
        ahead = [curve.fitted[-1], curve.foretold]
        axes.plot(
            [p.n for p in ahead], [p.accuracy.value for p in ahead], color=PALETTE["accent"], linestyle=(0, (3, 3))
        )
        axes.scatter([p.n for p in curve.points], [p.accuracy.value for p in curve.points], color=PALETTE["ink"], s=22)
        end = curve.foretold
        axes.scatter(
            [end.n], [end.accuracy.value], facecolor=PALETTE["paper"], edgecolor=PALETTE["accent"], s=48, zorder=3
        )
        axes.annotate(
            f"+{curve.more}: {percent(end.accuracy.value, 1)}",
            (end.n, end.accuracy.value),
            xytext=(-4, 9),
            textcoords="offset points",
            ha="right",
            color=PALETTE["accent"],
        )
        axes.set(xlim=(0, None), xlabel="Размеченных обращений", ylabel="Точность")
        axes.margins(y=0.16)
        axes.locator_params(axis="x", nbins=5)
        _percents(axes, "y")

    described = "; ".join(f"{point.n} строк: {percent(point.accuracy.value, 1)}" for point in curve.points)
    return inline_svg(name, "Кривая обучения", described, draw, (4.6, 3.2))


def shifts_plot(name: str, shifts: Sequence[Shift]) -> str:
    """Shares of the classes that moved most: a line from before to after."""
    order = list(reversed(shifts))
    labels = [short(shift.title, lines=2) for shift in order]

    def draw(axes: Axes) -> None:
        for place, shift in enumerate(order):
            axes.plot([shift.before, shift.after], [place, place], color=PALETTE["edge"], linewidth=3, zorder=2)
        places = range(len(order))
        axes.scatter([s.before for s in order], places, color=PALETTE["soft"], s=36, zorder=3, label="раньше")
        axes.scatter([s.after for s in order], places, color=PALETTE["second"], s=36, zorder=3, label="теперь")
        set_rows(axes, labels)
        axes.set(xlim=(0, None), xlabel="Доля ответов")
        look: dict[str, Any] = {"handlelength": 1.0, "handletextpad": 0.4, "columnspacing": 1.4, "borderpad": 0}
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, labelcolor=PALETTE["soft"], **look)
        _percents(axes, "x")

    described = "; ".join(f"{short(s.title)}: было {percent(s.before, 1)}, стало {percent(s.after, 1)}" for s in shifts)
    return inline_svg(name, "Доли ответов раньше и теперь", described, draw, rows_size(labels))


def _percents(axes: Any, which: str) -> None:
    if which in ("x", "both"):
        axes.xaxis.set_major_formatter(lambda value, _: percent(value))
    if which in ("y", "both"):
        axes.yaxis.set_major_formatter(lambda value, _: percent(value))
