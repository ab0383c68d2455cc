"""``mcu-nlp train``: a model of the district's own appeals, after a look at the data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from mcu_nlp.cli.check_table import show_check, show_columns, show_rare
from mcu_nlp.cli.columns import Category, Department, Id, Kind, Received, Text, Tone, Topic
from mcu_nlp.cli.main import app, console
from mcu_nlp.cli.progress import step_bar
from mcu_nlp.cli.safe_output import check_output
from mcu_nlp.errors import InputError
from mcu_nlp.russian_numbers import number

# As the report names them and as the options do.
_DECISIONS = {"category": "category", "topic": "topic", "department": "department", "kind": "kind", "level": "tone"}


@app.command()
def train(
    data: Annotated[str, typer.Argument(help="Размеченные обращения: .csv, .xlsx, .jsonl или «-».")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Папка новой модели.")] = None,
    text: Text = None,
    category: Category = None,
    topic: Topic = None,
    department: Department = None,
    kind: Kind = None,
    tone: Tone = None,
    date: Received = None,
    id: Id = None,
    name: Annotated[str | None, typer.Option(help="Имя модели; по умолчанию имя папки.")] = None,
    base: Annotated[
        str, typer.Option(help="На чём строить: corpus (открытый корпус), none (ни на чём) или папка модели.")
    ] = "corpus",
    taxonomy: Annotated[
        Path | None, typer.Option(help="Справочник групп и тем: .toml или .csv с id, title, parent.")
    ] = None,
    corrections: Annotated[
        Path | None, typer.Option(help="Исправления, выгруженные сервисом (/v1/corrections): .jsonl или .csv.")
    ] = None,
    split: Annotated[
        str, typer.Option(help="Чем проверять: stratified (пять частей) или date (последняя пятая часть по дате).")
    ] = "stratified",
    check_only: Annotated[bool, typer.Option("--check-only", help="Только проверить данные, не обучать.")] = False,
    check_table: Annotated[
        Path | None, typer.Option(help="Записать находки по строкам: .xlsx, .csv или .jsonl.")
    ] = None,
) -> None:
    """Проверить свои обращения и обучить на них модель; чего в файле нет, тому учит открытый корпус."""
    if output is None and not check_only:
        raise typer.BadParameter("нужна папка новой модели (-o) или --check-only")
    check_output(check_table, data, taxonomy, corrections)
    # Training is scikit-learn and takes its time to import; nothing else needs it.
    from mcu_nlp.dataset import check_data, read_table

    chosen = {
        "text": text, "category": category, "topic": topic, "department": department, "kind": kind, "tone": tone,
        "received": date, "id": id,
    }  # fmt: skip
    table = read_table(data, chosen, taxonomy=taxonomy, corrections=corrections, base=base)
    check = check_data(table)
    show_columns(table)
    show_check(check)
    for row in table.skipped:
        console.print(f"Строка {row.number}: {row.error.russian}", markup=False, highlight=False, soft_wrap=True)
    if check_table is not None:
        check.write(check_table)
        console.print(f"Находки по строкам: {check_table}", markup=False, highlight=False, soft_wrap=True)
    if check.errors:
        raise InputError("data_check_failed", path=data, codes=", ".join(finding.code for finding in check.errors))
    if output is None or check_only:
        return
    from mcu_nlp.training import train_table

    with step_bar(console, "Обучение") as tell:
        report = train_table(table, output, name=name, split=split, check=check, tell=tell)
    show_rare(report["rare"])
    _show_figures(report["figures"])
    console.print(f"Модель: {output}", markup=False, highlight=False, soft_wrap=True)


def _show_figures(figures: dict[str, Any]) -> None:
    """What the table's own rows tell, and what only the corpus could."""
    for decision, option in _DECISIONS.items():
        for source, whose in (("portal", ""), ("corpus", ", по открытому корпусу")):
            own = figures.get(source, {}).get(decision)
            if own:
                # There are three levels of tone.
                top3 = "" if decision == "level" else f", среди трёх {number(own['top3'], 3)}"
                line = f"{option}: точность {number(own['accuracy'], 3)}{top3}, n = {own['n']}{whose}"
                console.print(line, highlight=False)
