"""What was read and found in labelled data, as tables of the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mcu_nlp.cli.main import console
from mcu_nlp.labels import column_titles, rare_titles
from mcu_nlp.tables import column_option

if TYPE_CHECKING:
    from mcu_nlp.dataset import DataCheck, LabelledTable

_STYLES = {"error": "red bold", "warning": "yellow", "note": "dim"}
_SEVERITIES = {"error": "ошибка", "warning": "предупреждение", "note": "заметка"}
_WIDE = 140
_SHOWN = 5
_RARE_SHOWN = 12


def _wide() -> Console:
    """The console, or one as wide as the tables where nobody looks."""
    return console if console.is_terminal else Console(stderr=True, width=_WIDE, no_color=True)


def show_columns(table: LabelledTable) -> None:
    """Which header was taken for what, and how to name what was not found."""
    titles = column_titles()
    grid = Table(title=f"Столбцы: строк {len(table.rows)}", header_style="bold")
    for header in ("Что", "Заголовок в файле", "Указать самому"):
        grid.add_column(header)
    for column, title in titles.items():
        headers = table.columns.taken.get(column)
        found = Text(", ".join(headers)) if headers else Text("нет", style="dim")
        grid.add_row(title, found, column_option(column))
    screen = _wide()
    screen.print(grid)
    if table.columns.ignored:
        screen.print(Text(f"Не используются: {', '.join(table.columns.ignored)}"))
    if table.corrections is not None:
        own = table.corrections
        screen.print(
            f"Исправлений {own.read}: заменили метки строк {own.merged}, добавили строк {own.added}, "
            f"уступили более поздним {own.superseded}, не прочитано {own.unreadable}"
        )


def show_check(check: DataCheck) -> None:
    """Every finding with its rows and remedy."""
    screen = _wide()
    if not check.findings:
        screen.print(f"Проверка данных: строк {check.rows}, замечаний нет")
        return
    grid = Table(title=f"Проверка данных: строк {check.rows}", header_style="bold", show_lines=True)
    for header, ratio in (("Находка", 4), ("Строк", 1), ("Какие строки", 3), ("Что делать", 6)):
        grid.add_column(header, ratio=ratio)
    for finding in check.findings:
        style = _STYLES[finding.severity]
        title = Text(f"{finding.title}\n{finding.code}, {_SEVERITIES[finding.severity]}", style=style)
        rows = ", ".join(map(str, finding.rows[:_SHOWN])) + (" …" if len(finding.rows) > _SHOWN else "")
        grid.add_row(title, str(len(finding.rows)), rows, finding.remedy)
    screen.print(grid)


def show_rare(rare: Sequence[dict[str, Any]]) -> None:
    """Classes too small to be judged, by what was done with them."""
    screen = _wide()
    titles, columns = rare_titles(), column_titles()
    for rule, title in titles.items():
        for decision in ("category", "topic", "department"):
            own = [one for one in rare if one["rule"] == rule and one["decision"] == decision]
            # What a base or a taxonomy knows beside the table is no news of the table.
            if own and rule != "base_only":
                shown = ", ".join(f"«{one['title']}» ({one['rows']})" for one in own[:_RARE_SHOWN])
                rest = f" и ещё {len(own) - _RARE_SHOWN}" if len(own) > _RARE_SHOWN else ""
                line = f"{columns[decision]}, редкие ({len(own)}), {title}: {shown}{rest}"
                screen.print(Text(line), soft_wrap=True)
