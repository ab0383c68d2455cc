"""Analyses as a table that a person reads in the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mcu_nlp.labels import level_titles, reason_titles
from mcu_nlp.records import Analysis
from mcu_nlp.russian_numbers import percent

_TONE_STYLES = {"neutral": "green", "tense": "yellow", "conflict": "red bold"}
_WIDE = 140


def show_table(analyses: Sequence[Analysis], output: Path | None) -> None:
    """Print one line an appeal and the totals; plain text where the output is no terminal."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDE, no_color=True)
    table = Table(title="Разбор обращений", show_lines=True, header_style="bold")
    table.add_column("№", justify="right")
    table.add_column("Суть", ratio=4)
    table.add_column("Тема", ratio=4)
    table.add_column("Исполнитель", ratio=3)
    table.add_column("Тон", ratio=2)
    table.add_column("Нужен человек", ratio=3)
    for analysis in analyses:
        table.add_row(*_cells(analysis))
    console.print(table)
    reviews = sum(bool(a.review and a.review.required) for a in analyses)
    levels = Counter(a.tone.level for a in analyses if a.tone)
    tones = ", ".join(f"{title}: {levels[level]}" for level, title in level_titles().items())
    console.print(f"Всего {len(analyses)}; нужен человек: {reviews}; тон: {tones}")
    if output is not None:
        console.print(f"Полный разбор: {output}", highlight=False)


def _cells(analysis: Analysis) -> tuple[Text | str, ...]:
    topic, department, tone, review = analysis.topic, analysis.department, analysis.tone, analysis.review
    summary = (analysis.card.summary if analysis.card else None) or analysis.text[:160]
    tone_cell = Text("")
    if tone:
        tone_cell = Text(level_titles()[tone.level], style=_TONE_STYLES[tone.level])
        if tone.signals:
            tone_cell.append("\n" + ", ".join(signal.id for signal in tone.signals), style="dim")
    why = ""
    if review and review.reasons:
        why = ("! " if review.required else "") + ", ".join(reason_titles()[reason] for reason in review.reasons)
    return (
        analysis.id or "",
        Text(summary),
        Text(f"{topic.title} ({percent(topic.confidence)})") if topic else "",
        Text(f"{department.title} ({department.source})") if department else "",
        tone_cell,
        Text(why, style="red" if review and review.required else "dim"),
    )
