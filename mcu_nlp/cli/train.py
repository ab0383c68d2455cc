"""``mcu-nlp train``: a model of the district's own appeals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mcu_nlp.cli.main import app, console
from mcu_nlp.cli.progress import training_bar


@app.command()
def train(
    data: Annotated[str, typer.Argument(help="Размеченные обращения: .csv, .xlsx, .jsonl или «-».")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Папка новой модели.")],
    text: Annotated[str | None, typer.Option(help="Заголовок столбца с текстом.")] = None,
    category: Annotated[str | None, typer.Option(help="Заголовок столбца с группой тем.")] = None,
    topic: Annotated[str | None, typer.Option(help="Заголовок столбца с темой.")] = None,
    department: Annotated[str | None, typer.Option(help="Заголовок столбца с исполнителем.")] = None,
    name: Annotated[str | None, typer.Option(help="Имя модели; по умолчанию имя папки.")] = None,
) -> None:
    """Обучить модель на своих обращениях; тон и вид доучиваются на открытом корпусе."""
    # Training is scikit-learn and takes its time to import; nothing else needs it.
    from mcu_nlp.training.run import train_table

    chosen = {"text": text, "category": category, "topic": topic, "department": department}
    with training_bar(console) as tell:
        report, skipped = train_table(
            data,
            output,
            name=name or output.resolve().name,
            chosen=chosen,
            tell=tell,
        )
    for row in skipped:
        console.print(f"Строка {row.number}: {row.error.russian}", markup=False, highlight=False, soft_wrap=True)
    for decision, figures in report["figures"]["portal"].items():
        if "accuracy" in figures:
            line = (
                f"{decision}: точность {figures['accuracy']:.3f}, среди трёх {figures['top3']:.3f}, n = {figures['n']}"
            )
            console.print(line, highlight=False)
    console.print(f"Модель: {output}", highlight=False)
