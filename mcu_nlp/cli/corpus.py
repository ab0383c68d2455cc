"""``mcu-nlp corpus``: check the open corpus, build it from its sources, write the sources anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mcu_nlp.bundle import shipped_corpus
from mcu_nlp.corpus.check import Problem, check_corpus
from mcu_nlp.corpus.figures import CorpusFigures, corpus_figures
from mcu_nlp.corpus.rows import read_rows, write_rows
from mcu_nlp.corpus.sources import read_sources, write_sources
from mcu_nlp.taxonomy import shipped_taxonomy

app = typer.Typer(help="Открытый корпус: проверить, собрать, выгрузить для правки.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="Папка корпуса.")]
_DEFAULT = Path("corpus")
_ROWS = "appeals.jsonl"
_SOURCES = "sources"


@app.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="Папка корпуса; без неё corpus в текущей папке, иначе поставляемый.")
    ] = None,
    figures: Annotated[bool, typer.Option(help="Показать числа.")] = True,
) -> None:
    """Проверить корпус: метки, отрезки, повторы, доли; при ошибках код возврата 1."""
    path = _appeals() if folder is None else folder / _ROWS
    rows = read_rows(path)
    problems = check_corpus(rows, shipped_taxonomy())
    sources = path.parent / _SOURCES
    # An installed package brings the rows alone.
    if (folder is not None or sources.is_dir()) and rows != read_sources(sources):
        problems.append(
            Problem(_ROWS, "not what the sources say; run `mcu-nlp corpus build` or `mcu-nlp corpus export`")
        )
    if figures:
        _show(corpus_figures(rows))
    for problem in problems:
        typer.echo(str(problem))
    typer.echo(f"Обращений: {len(rows)}, ошибок: {len(problems)}.")
    if problems:
        raise typer.Exit(1)


@app.command()
def build(folder: Folder = _DEFAULT) -> None:
    """Собрать appeals.jsonl из sources/*.txt."""
    rows = read_sources(folder / _SOURCES)
    write_rows(folder / _ROWS, rows)
    typer.echo(f"{folder / _ROWS}: {len(rows)}")


@app.command()
def export(folder: Folder = _DEFAULT) -> None:
    """Записать sources/*.txt из appeals.jsonl, в едином виде."""
    rows = read_rows(folder / _ROWS)
    write_sources(folder / _SOURCES, rows)
    typer.echo(f"{folder / _SOURCES}: {len(rows)}")


def _appeals() -> Path:
    """The rows of the checkout where the command stands, otherwise those that came with the package."""
    here = _DEFAULT / _ROWS
    return here if here.is_file() else shipped_corpus()


def _show(figures: CorpusFigures) -> None:
    for name, value in figures.to_dict().items():
        shown = ", ".join(f"{key} {number}" for key, number in value.items()) if isinstance(value, dict) else value
        typer.echo(f"{name}: {shown}")
