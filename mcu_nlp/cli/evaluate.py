"""``mcu-nlp evaluate``: how a model does on labelled appeals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import mcu_nlp
from mcu_nlp.cli.columns import Category, Department, Text, Topic
from mcu_nlp.cli.failed_rows import SOME_FAILED, tell_failed
from mcu_nlp.cli.main import app, console
from mcu_nlp.cli.progress import step_bar
from mcu_nlp.cli.safe_output import check_output
from mcu_nlp.russian_numbers import number, points

if TYPE_CHECKING:
    from mcu_nlp.quality import Evaluation


@app.command()
def evaluate(
    data: Annotated[str, typer.Argument(help="Размеченные обращения: .csv, .xlsx, .jsonl или «-».")],
    model: Annotated[Path | None, typer.Option(help="Папка модели; по умолчанию поставляемая.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Отчёт .html или .json.")] = None,
    text: Text = None,
    category: Category = None,
    topic: Topic = None,
    department: Department = None,
    against: Annotated[Path | None, typer.Option(help="Обращения прежнего периода: с ними сравнить сдвиг.")] = None,
    by_date: Annotated[bool, typer.Option("--by-date", help="Сдвиг поздних обращений от ранних по дате.")] = False,
    learning_curve: Annotated[
        bool, typer.Option("--learning-curve", help="Что даст ещё 1000 размеченных обращений (до двух минут).")
    ] = False,
    precision: Annotated[float, typer.Option(min=0.5, max=1.0, help="Точность, с которой можно не проверять.")] = 0.95,
) -> None:
    """Сравнить ответы модели с разметкой; состояние завершения 1, если часть строк не прочитана."""
    from mcu_nlp.quality import evaluate as judge
    from mcu_nlp.quality import write_report
    from mcu_nlp.quality.report.write import EVALUATION_SUFFIXES, check_suffix

    check_output(output, data, against)
    if output is not None:
        check_suffix(output, EVALUATION_SUFFIXES)
    analyzer = mcu_nlp.load(model)
    with step_bar(console, "Оценка") as tell:
        found = judge(
            analyzer,
            data,
            chosen={"text": text, "category": category, "topic": topic, "department": department},
            against=against,
            by_date=by_date,
            learning=learning_curve,
            target=precision,
            tell=tell,
        )
    if output is None or output.suffix.lower() == ".html":
        _show(found)
    if output is not None:
        write_report(found, output)
        console.print(f"Отчёт: {output}", highlight=False, markup=False)
    if tell_failed((row.number, row.problem, row.data if row.data != found.data else "") for row in found.failed):
        raise typer.Exit(SOME_FAILED)


def _show(found: Evaluation) -> None:
    from mcu_nlp.quality.report.words import DECISIONS, FIGURES

    model = found.model
    titles = [DECISIONS[decision] for decision in found.decisions]
    table = Table("", *titles, title=escape(f"Модель {model['name']} {model['version']}"))
    table.add_row("Обращений", *(str(report.n) for report in found.decisions.values()))
    for name, title in FIGURES.items():
        figures = [report.figures.get(name) for report in found.decisions.values()]
        table.add_row(title, *(number(figure.value, 3) if figure else "" for figure in figures))
    Console().print(table)
    if any(report.seen for report in found.decisions.values()):
        console.print("Похоже, модель обучалась на этих обращениях: числа завышены.", highlight=False)
    for curve in found.learning:
        line = f"{DECISIONS[curve.decision]}: ещё {curve.more} размеченных дадут около {points(curve.gain)}"
        console.print(line, highlight=False)
