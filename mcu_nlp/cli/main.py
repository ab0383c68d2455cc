"""The commands, and what every one of them does with an error."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

import mcu_nlp
from mcu_nlp.errors import InputError, McuNlpError, MissingExtraError

app = typer.Typer(
    name="mcu-nlp",
    help="Разбор обращений граждан: карточка, тема, исполнитель, тон.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# Messages go to standard error: standard output may be the result.
console = Console(stderr=True)

USAGE = 2


def run() -> None:
    """Run the command line; errors are one line in Russian with their code, and status 2."""
    from mcu_nlp_service import cli as service

    from mcu_nlp.cli import analyze, compare, corpus, evaluate, labels, routing, split, train  # noqa: F401

    app.add_typer(corpus.app, name="corpus")
    app.add_typer(labels.app, name="labels")
    app.add_typer(routing.app, name="routing")
    service.add_commands(app)
    try:
        app()
    except McuNlpError as error:
        _refuse(error)
    except OSError as error:
        _refuse(InputError("file_refused", path=error.filename, problem=error.strerror))


def _refuse(error: McuNlpError) -> NoReturn:
    console.print(f"[red]Ошибка[/red] {error.code}: ", end="")
    console.print(error.russian, markup=False, highlight=False, soft_wrap=True)
    sys.exit(USAGE)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(mcu_nlp.__version__)
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Показать версию.")
    ] = False,
) -> None:
    """Options of all commands."""


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Адрес, на котором слушать.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Порт.")] = 8000,
    model: Annotated[Path | None, typer.Option(help="Папка модели; по умолчанию поставляемая.")] = None,
    routing: Annotated[Path | None, typer.Option(help="Правила маршрутизации (TOML).")] = None,
) -> None:
    """Запустить HTTP-сервис."""
    try:
        from mcu_nlp_service import Settings
        from mcu_nlp_service import serve as answer
        from pydantic import ValidationError
    except ModuleNotFoundError as missing:
        raise MissingExtraError("extra_missing", what="serve", extra="service") from missing
    given: dict[str, Any] = {
        name: value for name, value in (("model", model), ("routing", routing)) if value is not None
    }
    try:
        settings = Settings(**given)
    except ValidationError as error:
        fault = error.errors()[0]
        name = "_".join(["MCU_NLP", *map(str, fault["loc"])]).upper()
        raise typer.BadParameter(f"{name}: {fault['msg']}") from error
    answer(settings, host, port)
