"""A bar that shows how far training has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

_TITLES = {
    "check": "проверка данных",
    "split": "деление на части",
    "reading": "чтение текстов",
    "folds": "проверка на отложенных частях",
    "judging": "калибровка",
    "fitting": "обучение на всех строках",
    "done": "готово",
}


class _Step(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def share(self) -> float: ...


@contextmanager
def training_bar(console: Console) -> Iterator[Callable[[_Step], None]]:
    """What training tells its steps to; the bar is gone when training is over."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Обучение", total=1.0)

        def tell(step: _Step) -> None:
            title = _TITLES.get(step.name, step.name)
            counted = f" {step.number} из {step.total}" if step.total else ""
            progress.update(task, description=f"Обучение: {title}{counted}", completed=step.share)

        yield tell
