"""A bar that shows how far a long job has come: training, judging a model, comparing two."""

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
    "answers": "ответы модели",
    "before": "ответы на прежний период",
    "old": "ответы прежней модели",
    "new": "ответы новой модели",
    "figures": "показатели",
    "learning": "кривая обучения",
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
def step_bar(console: Console, job: str) -> Iterator[Callable[[_Step], None]]:
    """What a job tells its steps to; the bar is drawn on a terminal only, and is gone when the job is over."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(job, total=1.0)

        def tell(step: _Step) -> None:
            title = _TITLES.get(step.name, step.name)
            counted = f" {step.number} из {step.total}" if step.total else ""
            progress.update(task, description=f"{job}: {title}{counted}", completed=step.share)

        yield tell
