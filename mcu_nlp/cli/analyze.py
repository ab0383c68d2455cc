"""``mcu-nlp analyze``: a file of appeals in, analyses out, in order, none lost."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from joblib import Parallel, delayed
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import mcu_nlp
from mcu_nlp.cli.columns import Id, Text
from mcu_nlp.cli.main import app, console
from mcu_nlp.cli.safe_output import check_output
from mcu_nlp.cli.show import show_table
from mcu_nlp.errors import InputError
from mcu_nlp.records import Analysis, Message
from mcu_nlp.tables import BadRow, Row, open_writer, read_rows

_CHUNK = 256
_FAILED = 1

# Number of a row, and its analysis or what was wrong with it.
Outcome = tuple[int, Analysis | InputError]


@app.command()
def analyze(
    input: Annotated[str, typer.Argument(help="Файл .csv, .xlsx, .jsonl или «-» (JSONL со стандартного ввода).")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Файл .jsonl, .csv или .xlsx; без него JSONL на экран.")
    ] = None,
    model: Annotated[Path | None, typer.Option(help="Папка модели; по умолчанию поставляемая.")] = None,
    routing: Annotated[Path | None, typer.Option(help="Правила маршрутизации (TOML).")] = None,
    text: Text = None,
    id: Id = None,
    mask: Annotated[bool, typer.Option("--mask", help="Заменить персональные данные.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Показать слова, решившие дело.")] = False,
    jobs: Annotated[int, typer.Option(help="Сколько процессов занять.")] = 1,
    show: Annotated[bool, typer.Option("--show", help="Показать таблицу результатов.")] = False,
) -> None:
    """Разобрать файл обращений."""
    if jobs < 1:
        raise InputError("jobs_invalid", got=jobs)
    check_output(output, input)
    job = _Job(model, routing, mask, explain)
    shown: list[Analysis] = []
    failed = 0
    with open_writer(output) as writer, _progress() as progress:
        # Nothing is written before the input proves readable: an error leaves no empty file behind.
        rows = read_rows(input, {"text": text, "id": id})
        task = progress.add_task("Обращения", total=None)
        for number, result in _outcomes(job, rows, jobs):
            progress.advance(task)
            if isinstance(result, InputError):
                failed += 1
                progress.console.print(
                    f"Строка {number}: {result.russian}", markup=False, highlight=False, soft_wrap=True
                )
                continue
            writer.write(result)
            if show:
                shown.append(result)
    if show:
        show_table(shown, output)
    if failed:
        console.print(f"Пропущено строк: {failed}")
        sys.exit(_FAILED)


class _Job:
    """What a process needs to analyse chunks; the analyzer is loaded once a process."""

    def __init__(self, model: Path | None, routing: Path | None, mask: bool, explain: bool) -> None:
        self.model, self.routing, self.mask, self.explain = model, routing, mask, explain

    def __call__(self, rows: list[Row | BadRow]) -> list[Outcome]:
        analyzer = _loaded(self.model, self.routing)
        good: list[tuple[int, Message]] = []
        outcomes: dict[int, Analysis | InputError] = {}
        for row in rows:
            if isinstance(row, BadRow):
                outcomes[row.number] = row.error
                continue
            message = row.message
            try:
                analyzer.check(message.text)
            except InputError as error:
                outcomes[row.number] = error
            else:
                good.append((row.number, message))
        analyses = analyzer.map((message for _, message in good), mask=self.mask, explain=self.explain)
        outcomes.update(zip((number for number, _ in good), analyses, strict=True))
        return sorted(outcomes.items(), key=lambda outcome: outcome[0])


_analyzers: dict[tuple[Path | None, Path | None], mcu_nlp.Analyzer] = {}


def _loaded(model: Path | None, routing: Path | None) -> mcu_nlp.Analyzer:
    key = (model, routing)
    if key not in _analyzers:
        _analyzers[key] = mcu_nlp.load(model, routing=routing)
    return _analyzers[key]


def _outcomes(job: _Job, rows: Iterator[Row | BadRow], jobs: int) -> Iterator[Outcome]:
    chunks = _chunks(rows)
    if jobs == 1:
        for chunk in chunks:
            yield from job(chunk)
        return
    # A model that cannot be loaded is one clear error here, not one from each process.
    _loaded(job.model, job.routing)
    done: Iterable[list[Outcome]] = Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="2*n_jobs", batch_size=1)(
        delayed(job)(chunk) for chunk in chunks
    )
    for outcomes in done:
        yield from outcomes


def _chunks(rows: Iterator[Row | BadRow]) -> Iterator[list[Row | BadRow]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
