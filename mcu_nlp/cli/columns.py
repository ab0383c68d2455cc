"""The options that name a table's columns, the same for every command that reads one."""

from __future__ import annotations

from typing import Annotated

import typer

Text = Annotated[str | None, typer.Option(help="Заголовок столбца с текстом.")]
Category = Annotated[str | None, typer.Option(help="Заголовок столбца с группой тем.")]
Topic = Annotated[str | None, typer.Option(help="Заголовок столбца с темой.")]
Department = Annotated[str | None, typer.Option(help="Заголовок столбца с исполнителем.")]
Kind = Annotated[str | None, typer.Option(help="Заголовок столбца с видом обращения.")]
Tone = Annotated[str | None, typer.Option(help="Заголовок столбца с тоном.")]
Received = Annotated[str | None, typer.Option(help="Заголовок столбца с датой.")]
Id = Annotated[str | None, typer.Option(help="Заголовок столбца с номером.")]
