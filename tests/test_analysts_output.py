"""What analysts' commands refuse before they work, and bounds where resampling shows none."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from mcu_nlp.cli.progress import step_bar
from mcu_nlp.cli.safe_output import check_output
from mcu_nlp.errors import InputError
from mcu_nlp.labelling import agreement
from mcu_nlp.quality.intervals import honest
from mcu_nlp.quality.records import Estimate
from mcu_nlp.quality.report.write import check_suffix
from mcu_nlp.training import Step


def test_no_input_is_overwritten(tmp_path: Path) -> None:
    data = tmp_path / "data.xlsx"
    data.touch()
    with pytest.raises(InputError) as refused:
        check_output(tmp_path / "." / "data.xlsx", None, data)
    assert refused.value.code == "output_is_input"
    check_output(None, data)
    check_output(tmp_path / "other.xlsx", data)


def test_a_missing_folder_is_told_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        check_suffix(tmp_path / "none" / "a.html", (".html",))
    assert refused.value.code == "folder_missing"


def test_all_right_is_not_certainty() -> None:
    assert honest(Estimate(1.0, 1.0, 1.0), 3).low < 0.5
    assert honest(Estimate(0.5, 0.4, 0.6), 3) == Estimate(0.5, 0.4, 0.6)


def test_other_numbers_and_case_do_not_hide_agreement(tmp_path: Path) -> None:
    paths = []
    for name, topic in (("a", "Ямы"), ("b", "ямы")):
        path = tmp_path / f"{name}.jsonl"
        rows = [{"id": f"{name}{n}", "text": f"яма {n}", "topic": topic} for n in range(3)]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        paths.append(path)
    found = agreement(*paths)
    assert (found.fields[0].n, found.fields[0].share, found.unmatched) == (3, 1.0, (0, 0))


@pytest.mark.parametrize("terminal", [True, False])
def test_a_bar_is_for_those_who_look(terminal: bool) -> None:
    screen = StringIO()
    with step_bar(Console(file=screen, force_terminal=terminal, width=120), "Оценка") as tell:
        tell(Step("answers", 640, 2000, 0.25))
    assert ("Оценка: ответы модели 640 из 2000" in screen.getvalue()) is terminal
    assert bool(screen.getvalue()) is terminal
