"""Commands of the service's operator: keys, backup, restore."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from mcu_nlp import InputError, MissingExtraError

if TYPE_CHECKING:
    from mcu_nlp_service.access.keys import Keys

keys = typer.Typer(help="Ключи доступа к сервису: создать, показать, отозвать.", no_args_is_help=True)


class Role(StrEnum):
    """Roles as the command line offers them."""

    CLIENT = "client"
    OPERATOR = "operator"
    ADMIN = "admin"


def add_commands(app: typer.Typer) -> None:
    """Add the service's commands to the library's."""
    app.add_typer(keys, name="keys")
    app.command()(backup)
    app.command()(restore)


def backup(file: Annotated[Path, typer.Argument(help="Куда записать копию, например copy.tar.gz.")]) -> None:
    """Снять копию базы и файлов заданий; сервис может работать."""
    with _needed("backup"):
        from mcu_nlp_service.settings import Settings
        from mcu_nlp_service.storage.backup import save
    save(Settings(), file)
    typer.echo(f"Копия: {file}. В ней персональные данные, храните её как сами обращения.", err=True)


def restore(
    file: Annotated[Path, typer.Argument(help="Копия, снятая командой backup.")],
    force: Annotated[bool, typer.Option("--force", help="Заменить базу и задания, которые есть сейчас.")] = False,
) -> None:
    """Восстановить базу и файлы заданий из копии; сервис должен быть остановлен."""
    with _needed("restore"):
        from mcu_nlp_service.settings import Settings
        from mcu_nlp_service.storage.backup import bring_back
    bring_back(Settings(), file, force)
    typer.echo("Восстановлено.", err=True)


@keys.command()
def create(
    name: Annotated[str, typer.Option(help="Чей это ключ: система или человек.")],
    role: Annotated[Role, typer.Option(help="client: разбор; operator: и исправления; admin: и модели.")],
) -> None:
    """Создать ключ и показать его единственный раз."""
    with _keys() as kept:
        try:
            key = kept.create(name, role.value)
        except ValueError as error:
            raise InputError("key_name_refused") from error
    typer.echo(key)
    typer.echo("Сохраните ключ: больше он показан не будет.", err=True)


@keys.command(name="list")
def show() -> None:
    """Показать ключи: номер, имя, роль, когда создан и отозван; секреты не хранятся."""
    with _keys() as kept:
        found = kept.list()
    view = Table("Номер", "Имя", "Роль", "Создан", "Отозван")
    for key in found:
        times = (f"{moment:%d.%m.%Y %H:%M} UTC" if moment else "" for moment in (key.created, key.revoked))
        view.add_row(key.id, key.name, key.role, *times)
    Console(markup=False).print(view if found else "Ключей нет.")


@keys.command()
def revoke(key_id: Annotated[str, typer.Argument(metavar="НОМЕР", help="Номер ключа из keys list.")]) -> None:
    """Отозвать ключ: через несколько секунд он перестанет работать."""
    with _keys() as kept:
        if not kept.revoke(key_id):
            raise InputError("key_not_there", key=key_id)
    typer.echo(f"Ключ {key_id} отозван.")


@contextmanager
def _keys() -> Iterator[Keys]:
    with _needed("keys"):
        from mcu_nlp_service.access.keys import Keys
        from mcu_nlp_service.settings import Settings
        from mcu_nlp_service.storage import Database
        from mcu_nlp_service.storage.private import private_files
    database = Database(Settings().database_url)
    with private_files(), closing(database):
        database.migrate()
        yield Keys(database)


@contextmanager
def _needed(command: str) -> Iterator[None]:
    """Around what a command imports: the library's own commands start without the service's packages."""
    try:
        yield
    except ModuleNotFoundError as missing:
        raise MissingExtraError("extra_missing", what=command, extra="service") from missing
