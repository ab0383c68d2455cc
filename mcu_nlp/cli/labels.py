"""``mcu-nlp labels``: suspected label errors, what to label next, reviews applied, agreement of annotators."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

import mcu_nlp
from mcu_nlp.cli.columns import Category, Department, Id, Text, Topic
from mcu_nlp.cli.failed_rows import SOME_FAILED, tell_failed
from mcu_nlp.cli.main import console
from mcu_nlp.cli.safe_output import check_output
from mcu_nlp.errors import InputError
from mcu_nlp.russian_numbers import number, percent

if TYPE_CHECKING:
    from mcu_nlp.labelling import FieldAgreement, ReviewList

app = typer.Typer(help="Разметка: ошибки, что размечать дальше, проверка, согласие.", no_args_is_help=True)

# Among so large a part of the labels most errors are found; the rest is seldom worth a reviewer's time.
_SHARE = 0.15
_FIELDS = ("topic", "category", "department")

Data = Annotated[str, typer.Argument(help="Размеченные обращения: .csv, .xlsx или .jsonl.")]
Output = Annotated[Path, typer.Option("-o", "--output", help="Лист проверки (.xlsx).")]


@app.command()
def suspects(
    data: Data,
    output: Output,
    count: Annotated[
        int | None, typer.Option("-n", min=1, help="Сколько меток проверить; по умолчанию 15 %, самые подозрительные.")
    ] = None,
    field: Annotated[
        list[str] | None, typer.Option(help="Что проверить: topic, category, department; по умолчанию всё.")
    ] = None,
    text: Text = None,
    category: Category = None,
    topic: Topic = None,
    department: Department = None,
) -> None:
    """Найти вероятные ошибки разметки и записать лист проверки.

    Состояние завершения 1, если часть строк не прочитана.
    """
    from dataclasses import replace

    from mcu_nlp.labelling import find_suspects

    chosen = {"text": text, "category": category, "topic": topic, "department": department}
    _check_sheet(output, data)
    with console.status("Ищу ошибки разметки"):
        found = find_suspects(data, fields=_checked(field), chosen=chosen)
    kept = count or max(1, round(_SHARE * len(found.items)))
    _write(output, replace(found, items=found.items[:kept]), f"Меток: {len(found.items)}, на проверку:")


@app.command(name="next")
def choose(
    pool: Annotated[str, typer.Argument(help="Неразмеченные обращения: .csv, .xlsx или .jsonl.")],
    output: Output,
    model: Annotated[Path | None, typer.Option(help="Папка модели; по умолчанию поставляемая.")] = None,
    labelled: Annotated[str | None, typer.Option(help="Размеченные обращения; тогда модель не нужна.")] = None,
    first: Annotated[
        bool, typer.Option("--first", help="Первые метки: без модели, по одному тому, о чём обращения.")
    ] = False,
    count: Annotated[int, typer.Option("-n", min=1, help="Сколько обращений выбрать.")] = 100,
    field: Annotated[str, typer.Option(help="Что будут размечать: topic, category, department.")] = "topic",
    text: Text = None,
) -> None:
    """Выбрать обращения, разметка которых даст больше всего, и записать лист проверки.

    Состояние завершения 1, если часть строк не прочитана.
    """
    from mcu_nlp.labelling import choose_next

    _checked([field])
    _check_sheet(output, pool, labelled)
    analyzer = None if first or labelled is not None else mcu_nlp.load(model)
    with console.status("Выбираю обращения"):
        found = choose_next(
            pool, model=analyzer, labelled=labelled, field=field, count=count, chosen={"text": text} if text else None
        )
    _write(output, found, "Выбрано:", labelled)


@app.command()
def apply(
    data: Data,
    review: Annotated[Path, typer.Argument(help="Заполненный лист проверки (.xlsx).")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Исправленные обращения: .csv, .xlsx или .jsonl.")],
    text: Text = None,
    category: Category = None,
    topic: Topic = None,
    department: Department = None,
) -> None:
    """Применить решения проверки; состояние завершения 1, если часть решений применить нельзя."""
    from mcu_nlp.labelling import apply_review

    check_output(output, data, review)
    chosen = {"text": text, "category": category, "topic": topic, "department": department}
    done = apply_review(data, review, output, chosen=chosen)
    for error in done.errors:
        line = f"Строка {error.number}: {error.error.code}: {error.error.russian}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    counts = (
        ("обращений", done.rows),
        ("исправлено меток", done.changed),
        ("групп исправлено вслед за темой", done.followed),
        ("уже исправлены", done.unchanged),
        ("оставлено", done.kept),
        ("не знаю", done.unsure),
        ("без решения", done.undecided),
        ("ошибок", len(done.errors)),
    )
    console.print(", ".join(f"{name}: {value}" for name, value in counts), highlight=False)
    console.print(f"Записано: {output}", highlight=False, markup=False)
    if done.errors:
        raise typer.Exit(1)


@app.command()
def agree(
    first: Data,
    second: Annotated[str, typer.Argument(help="Те же обращения, размеченные другим человеком.")],
    more: Annotated[list[str] | None, typer.Argument(help="И ещё, если размечали больше двух.")] = None,
    text: Text = None,
    id: Id = None,
    category: Category = None,
    topic: Topic = None,
    department: Department = None,
) -> None:
    """Сравнить разметку одних обращений разными людьми: доля согласия, каппа, альфа, расхождения.

    Состояние завершения 1, если часть строк не прочитана.
    """
    from mcu_nlp.labelling import agreement
    from mcu_nlp.labelling.records import FIELD_TITLES

    files = (first, second, *(more or ()))
    chosen = {"text": text, "id": id, "category": category, "topic": topic, "department": department}
    found = agreement(*files, chosen=chosen)
    view = Table("Поле", "Обращений", "Совпало", "Каппа Коэна (95 %)", "Альфа Криппендорфа")
    for field in found.fields:
        view.add_row(
            FIELD_TITLES[field.field],
            str(field.n),
            percent(field.share, 1),
            _kappa(field),
            _figure(field.alpha),
        )
    screen = Console()
    screen.print(view)
    for field in found.fields:
        for pair in field.disagreements:
            line = f"  {FIELD_TITLES[field.field]}: «{pair.first}» и «{pair.second}» — {pair.count}"
            screen.print(line, markup=False, highlight=False, soft_wrap=True)
    screen.print(f"Без пары: {', '.join(map(str, found.unmatched))}", highlight=False)
    bad = zip(files, found.failed, strict=True)
    if tell_failed((row.number, row.error.russian, file) for file, rows in bad for row in rows):
        raise typer.Exit(SOME_FAILED)


def _checked(fields: list[str] | None) -> list[str] | None:
    for field in fields or ():
        if field not in _FIELDS:
            raise InputError("field_unknown", got=field, expected=", ".join(_FIELDS))
    return fields or None


def _check_sheet(output: Path, *inputs: str | None) -> None:
    """Cheap refusals come before minutes of work."""
    from mcu_nlp.labelling.review_sheet import check_sheet

    check_output(output, *inputs)
    check_sheet(output)


def _write(output: Path, found: ReviewList, told: str, labelled: str | None = None) -> None:
    from mcu_nlp.labelling import write_review

    write_review(output, found)
    console.print(f"{told} {len(found.items)}. Лист проверки: {output}", highlight=False, markup=False)
    bad = [(row.number, row.error.russian, "") for row in found.failed]
    bad += [(row.number, row.error.russian, labelled or "") for row in found.failed_labelled]
    if tell_failed(bad):
        raise typer.Exit(SOME_FAILED)


def _kappa(field: FieldAgreement) -> str:
    if field.kappa is None:
        return "—"
    return f"{_figure(field.kappa)} ({_figure(field.low)} … {_figure(field.high)})"


def _figure(value: float | None) -> str:
    return "—" if value is None else number(value, 3)
