"""``mcu-nlp split``: one file of labelled appeals into what to learn from and what to be judged by."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mcu_nlp.cli.columns import Category, Department, Kind, Received, Text, Tone, Topic
from mcu_nlp.cli.main import app, console
from mcu_nlp.cli.safe_output import check_output


@app.command()
def split(
    data: Annotated[str, typer.Argument(help="Размеченные обращения: .csv, .xlsx или .jsonl.")],
    learn: Annotated[Path, typer.Option(help="Куда записать то, на чём учить.")],
    test: Annotated[Path, typer.Option(help="Куда записать пятую часть, по которой судить.")],
    by: Annotated[
        str, typer.Option(help="Как делить: stratified (каждая тема в обеих частях) или date (последняя пятая часть).")
    ] = "stratified",
    text: Text = None,
    category: Category = None,
    topic: Topic = None,
    department: Department = None,
    kind: Kind = None,
    tone: Tone = None,
    date: Received = None,
) -> None:
    """Отложить пятую часть обращений, чтобы судить по ней: все столбцы остаются, копии не расходятся по частям."""
    for output in (learn, test):
        check_output(output, data)
    # What splits is scikit-learn and takes its time to import; nothing else needs it.
    from mcu_nlp.dataset import split_file

    chosen = {
        "text": text, "category": category, "topic": topic, "department": department, "kind": kind, "tone": tone,
        "received": date,
    }  # fmt: skip
    parts = split_file(data, learn, test, by=by, chosen=chosen)
    console.print(f"Учить: {learn}, строк {parts.learn}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"Судить: {test}, строк {parts.test}", markup=False, highlight=False, soft_wrap=True)
