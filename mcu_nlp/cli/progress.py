"""How far training has come, as a bar."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

_STEPS = {
    "check": "проверка данных",
    "split": "деление на части",
    "reading": "чтение текстов",
    "judging": "расчёт показателей",
    "all rows": "обучение на всех строках",
    "fitting": "обучение на всех строках",
}
_FOLD = re.compile(r"fold (\d+) of (\d+)")
# Check, split, reading, five folds and the last fit: what a run usually tells.
_USUAL = 9


@contextmanager
def training_progress(console: Console) -> Iterator[Callable[[Any], None]]:
    """A callback for the steps of training, shown as a bar while the context lasts."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Обучение", total=_USUAL)
        begun = False

        def tell(step: Any) -> None:
            nonlocal begun
            # A step is told when it begins: the one before it is done.
            progress.update(task, advance=int(begun), description=f"Обучение: {_russian(str(step))}")
            begun = True

        yield tell


def _russian(step: str) -> str:
    fold = _FOLD.match(step)
    return f"проверка на части {fold[1]} из {fold[2]}" if fold else _STEPS.get(step, step)
