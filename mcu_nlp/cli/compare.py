"""``mcu-nlp compare``: is the new model better than the one in use? The exit status tells scripts."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

import mcu_nlp
from mcu_nlp.cli.columns import Category, Department, Text, Topic
from mcu_nlp.cli.failed_rows import SOME_FAILED, tell_failed
from mcu_nlp.cli.main import app, console
from mcu_nlp.cli.progress import step_bar
from mcu_nlp.cli.safe_output import check_output
from mcu_nlp.russian_numbers import number, p_value

if TYPE_CHECKING:
    from mcu_nlp.quality import Comparison

# 2 is for unusable arguments, as everywhere.
STATUS = {"better": 0, "not_proven": 3, "worse": 4}


class Target(StrEnum):
    """By what the models are judged."""

    topic = "topic"
    category = "category"
    department = "department"


@app.command()
def compare(
    old: Annotated[Path, typer.Argument(help="Папка прежней модели.")],
    new: Annotated[Path, typer.Argument(help="Папка новой модели.")],
    data: Annotated[str, typer.Argument(help="Размеченные обращения, которых не видела ни одна.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Отчёт .html, .json или .xlsx.")] = None,
    target: Annotated[
        Target | None, typer.Option(help="Что решает; по умолчанию самое подробное из размеченного.")
    ] = None,
    taxonomy_map: Annotated[
        Path | None, typer.Option(help="Что стало с классами (TOML): rename, merge, split.")
    ] = None,
    alpha: Annotated[float, typer.Option(min=0.0001, max=0.5, help="Лучше, если p меньше.")] = 0.05,
    large: Annotated[int, typer.Option(min=1, help="Классы от стольких строк не должны стать хуже.")] = 30,
    max_loss: Annotated[float, typer.Option(min=0.0, max=1.0, help="Какую долю строк класса можно потерять.")] = 0.0,
    text: Text = None,
    category: Category = None,
    topic: Topic = None,
    department: Department = None,
) -> None:
    """Решить, лучше ли новая модель прежней.

    Код завершения: 0 новая лучше, 1 лучше, но часть строк не прочитана, 2 негодные
    параметры, 3 разница не доказана, 4 новая хуже.
    """
    from mcu_nlp.quality import VerdictRule, write_report
    from mcu_nlp.quality import compare as judge
    from mcu_nlp.quality.report.write import COMPARISON_SUFFIXES, check_suffix

    check_output(output, data, taxonomy_map)
    if output is not None:
        check_suffix(output, COMPARISON_SUFFIXES)
    models = mcu_nlp.load(old), mcu_nlp.load(new)
    with step_bar(console, "Сравнение") as tell:
        found = judge(
            *models,
            data,
            target=target.value if target else None,
            taxonomy_map=taxonomy_map,
            chosen={"text": text, "category": category, "topic": topic, "department": department},
            rule=VerdictRule(alpha, large, max_loss),
            tell=tell,
        )
    _show(found)
    if output is not None:
        write_report(found, output)
        console.print(f"Отчёт: {output}", highlight=False, markup=False)
    failed = tell_failed((row.number, row.problem, "") for row in found.failed)
    status = STATUS[found.verdict]
    raise typer.Exit(SOME_FAILED if failed and not status else status)


def _show(found: Comparison) -> None:
    from mcu_nlp.quality.report.comparison_page import reasons
    from mcu_nlp.quality.report.words import DECISIONS, VERDICTS

    table = Table("", "строк", "прежняя", "новая", "исправлено", "испорчено", "p")
    for name, paired in found.decisions.items():
        shares = [number(share, 3) for share in (paired.old_accuracy, paired.new_accuracy)]
        counts = [str(count) for count in (paired.wins, paired.losses)]
        table.add_row(DECISIONS[name], str(paired.n), *shares, *counts, p_value(paired.p_better).removeprefix("= "))
    shown = Console()
    shown.print(table)
    for line in (VERDICTS[found.verdict], *reasons(found)):
        shown.print(line, highlight=False, markup=False)
    if found.seen:
        console.print("Похоже, модель обучалась на этих обращениях: сравнение нечестно.", highlight=False)
