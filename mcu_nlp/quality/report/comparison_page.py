"""The report on two models: verdict, classes won and lost, decisions that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mcu_nlp.quality.comparison import BETTER, NOT_PROVEN, WORSE, ClassChange, Comparison
from mcu_nlp.quality.report import words
from mcu_nlp.quality.report.page import drawn, environment, render
from mcu_nlp.quality.report.svg import PALETTE, inline_svg, rows_size, set_rows, short
from mcu_nlp.russian_numbers import p_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TONES = {BETTER: "good", NOT_PROVEN: "warn", WORSE: "alarm"}
_SIDES = {"old": "Прежняя", "new": "Новая"}
_SHOWN, _CLASSES = 300, 20


def comparison_page(comparison: Comparison) -> str:
    """A self-contained page. Raises ``MissingExtraError`` without the extra ``analysis``."""
    environment()
    # What was spoilt is read first; what is left of the room goes to the rest.
    order = sorted(comparison.changed, key=lambda one: list(words.OUTCOMES).index(one.outcome) != 1)[:_SHOWN]
    changed = [one for one in comparison.changed if one in order]
    moved = [one for one in comparison.classes if one.wins or one.losses]
    return render(
        "comparison.html.j2",
        comparison=comparison,
        tone=_TONES[comparison.verdict],
        verdict=words.VERDICTS[comparison.verdict],
        reasons=reasons(comparison),
        seen=[_SIDES[side] for side in comparison.seen],
        decisions=[(words.DECISIONS[name], paired) for name, paired in comparison.decisions.items()],
        target=words.DECISIONS[comparison.target],
        chart=drawn(changes_plot("changes", moved)) if moved else "",
        changed=changed,
        groups=[
            (title.capitalize(), [one for one in changed if one.outcome == outcome])
            for outcome, title in sorted(words.OUTCOMES.items(), key=lambda pair: pair[0] != "loss")
        ],
    )


def reasons(comparison: Comparison) -> list[str]:
    """Why the verdict is what it is, in Russian sentences."""
    paired = comparison.decisions[comparison.target]
    chance = paired.p_worse if "target_worse" in comparison.reasons else paired.p_better
    counts = f"исправлено {paired.wins}, испорчено {paired.losses}, p {p_value(chance)}"
    target = words.DECISIONS[comparison.target]
    told = {
        "target_better": f"«{target}»: новая верна чаще ({counts}).",
        "target_not_proven": f"«{target}»: перевес не доказан ({counts}).",
        "target_worse": f"«{target}»: новая верна реже ({counts}).",
        "class_worse": "Крупные классы, на которых новая хуже (испорчено / исправлено): "
        + ", ".join(f"«{one.title}» {one.losses} / {one.wins}" for one in comparison.classes if one.worse)
        + ".",
    }
    return [told[reason] for reason in comparison.reasons]


def changes_plot(name: str, changes: list[ClassChange]) -> str:
    """Rows won to the right, rows lost to the left, for the classes that changed most."""
    most = sorted(changes, key=lambda one: -(one.wins + one.losses))[:_CLASSES]
    order = sorted(most, key=lambda one: (one.wins - one.losses, one.wins))
    labels = [f"{short(one.title, lines=2)} · {one.n}" for one in order]

    def draw(axes: Axes) -> None:
        places = range(len(order))
        axes.barh(places, [one.wins for one in order], color=PALETTE["accent"], alpha=0.85, height=0.6)
        axes.barh(places, [-one.losses for one in order], color=PALETTE["second"], alpha=0.85, height=0.6)
        axes.axvline(0, color=PALETTE["soft"], linewidth=0.8)
        set_rows(axes, labels)
        axes.locator_params(axis="x", integer=True)
        axes.xaxis.set_major_formatter(lambda value, _: f"{abs(value):.0f}")
        # Both sides are seen even where one is empty.
        left, right = max(one.losses for one in order), max(one.wins for one in order)
        room = 0.15 * max(left, right)
        axes.set(xlim=(-max(left, room) * 1.04, max(right, room) * 1.04))
        axes.set(xlabel="← испорчено \u00b7 обращений \u00b7 исправлено →")

    described = "; ".join(f"{short(one.title)}: исправлено {one.wins}, испорчено {one.losses}" for one in order)
    return inline_svg(name, "Исправленное и испорченное по классам", described, draw, rows_size(labels))
