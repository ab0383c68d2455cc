"""``mcu-nlp evaluate``: how a model does on labelled appeals."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

import mcu_nlp
from mcu_nlp.cli.main import app, console
from mcu_nlp.errors import InputError

_TITLES = {
    "n": "обращений",
    "accuracy": "точность",
    "top3": "среди трёх",
    "weighted_f1": "F1 взвешенная",
    "macro_f1": "F1 по классам",
    "ece": "ошибка уверенности",
    "coverage": "доля при точности 0,95",
}
_DECISIONS = {"category": "Группа тем", "topic": "Тема", "department": "Исполнитель"}
SUFFIXES = (".html", ".json")


@app.command()
def evaluate(
    data: Annotated[str, typer.Argument(help="Размеченные обращения: .csv, .xlsx, .jsonl или «-».")],
    model: Annotated[Path | None, typer.Option(help="Папка модели; по умолчанию поставляемая.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Отчёт .html или .json.")] = None,
    text: Annotated[str | None, typer.Option(help="Заголовок столбца с текстом.")] = None,
    category: Annotated[str | None, typer.Option(help="Заголовок столбца с группой тем.")] = None,
    topic: Annotated[str | None, typer.Option(help="Заголовок столбца с темой.")] = None,
    department: Annotated[str | None, typer.Option(help="Заголовок столбца с исполнителем.")] = None,
) -> None:
    """Сравнить ответы модели с разметкой."""
    from mcu_nlp.training.evaluate import evaluate_table

    if output is not None and output.suffix.lower() not in SUFFIXES:
        raise InputError("output_type", path=output, got=output.suffix, expected=", ".join(SUFFIXES))
    analyzer = mcu_nlp.load(model)
    chosen = {"text": text, "category": category, "topic": topic, "department": department}
    report = evaluate_table(analyzer, data, chosen)
    if output is None or output.suffix.lower() == ".html":
        _show(report)
    if output is not None:
        content = json.dumps(report, ensure_ascii=False, indent=1)
        output.write_text(_page(report) if output.suffix.lower() == ".html" else content, "utf-8")
        console.print(f"Отчёт: {output}", highlight=False)


def _cell(value: float | int) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _show(report: dict[str, Any]) -> None:
    table = Table("", *_TITLES.values(), title=f"Модель {report['model']['name']} {report['model']['version']}")
    for decision, title in _DECISIONS.items():
        if decision in report:
            table.add_row(title, *(_cell(report[decision][name]) for name in _TITLES))
    Console().print(table)


def _page(report: dict[str, Any]) -> str:
    """One self-contained page; every text is escaped."""
    head = "".join(f"<th>{html.escape(title)}</th>" for title in ("", *_TITLES.values()))
    rows = "".join(
        f"<tr><th>{html.escape(title)}</th>"
        + "".join(f"<td>{_cell(report[decision][name])}</td>" for name in _TITLES)
        + "</tr>"
        for decision, title in _DECISIONS.items()
        if decision in report
    )
    model = html.escape(f"{report['model']['name']} {report['model']['version']}")
    style = "body{font:16px/1.5 sans-serif;margin:2rem} td,th{padding:.3rem .8rem;text-align:right}"
    return (
        f'<!doctype html><html lang="ru"><meta charset="utf-8"><title>Качество модели</title><style>{style}</style>'
        f"<h1>Качество модели {model}</h1><table><tr>{head}</tr>{rows}</table></html>\n"
    )
