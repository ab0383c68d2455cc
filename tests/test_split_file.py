"""A file of labelled appeals becomes two: nothing is lost, copies do not part, the latest can be kept for judging."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mcu_nlp import cli
from mcu_nlp.dataset import split_file
from mcu_nlp.errors import InputError
from mcu_nlp.tables.whole import read_whole

ROOT = Path(__file__).parents[1]
LABELLED = ROOT / "examples" / "labelled.csv"


def texts(path: Path) -> list[str]:
    table = read_whole(path)
    return [table.cell(number, "text") for number in range(len(table.records))]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".jsonl"])
def test_every_record_is_in_one_part_with_all_its_columns(tmp_path: Path, suffix: str) -> None:
    learn, test = tmp_path / f"learn{suffix}", tmp_path / f"test{suffix}"
    parts = split_file(LABELLED, learn, test)
    whole, first, second = read_whole(LABELLED), read_whole(learn), read_whole(test)
    assert (parts.learn, parts.test) == (len(first.records), len(second.records))
    assert first.headers == second.headers == whole.headers
    told = [[str(cell or "") for cell in record] for table in (first, second) for record in table.records]
    assert sorted(told) == sorted([str(cell or "") for cell in record] for record in whole.records)
    assert 0.15 < parts.test / len(whole.records) < 0.3


def test_copies_do_not_part(tmp_path: Path) -> None:
    source = tmp_path / "own.csv"
    lines = LABELLED.read_text("utf-8-sig").splitlines()
    source.write_text("\n".join([*lines, *lines[1:]]), "utf-8")
    learn, test = tmp_path / "learn.csv", tmp_path / "test.csv"
    split_file(source, learn, test)
    assert not set(texts(learn)) & set(texts(test))


def test_the_latest_are_judged_by(tmp_path: Path) -> None:
    learn, test = tmp_path / "learn.jsonl", tmp_path / "test.jsonl"
    split_file(LABELLED, learn, test, by="date")
    learned, judged = (
        [table.cell(number, "received").split(".")[::-1] for number in range(len(table.records))]
        for table in (read_whole(learn), read_whole(test))
    )
    # A later copy of what is learned is learned too; all else from that day on is kept.
    later = [day for day in learned if day >= min(judged)]
    assert len(later) < len(judged) / 4


def test_both_parts_or_none(tmp_path: Path) -> None:
    learn = tmp_path / "learn.csv"
    learn.write_text("прежний")
    for test, code in ((tmp_path / "no" / "test.csv", "folder_missing"), (tmp_path / "test.txt", "output_type")):
        with pytest.raises(InputError) as refused:
            split_file(LABELLED, learn, test)
        assert refused.value.code == code
    assert learn.read_text() == "прежний"
    assert [path.name for path in tmp_path.iterdir()] == ["learn.csv"]


def test_odd_columns_and_cells_stay(tmp_path: Path) -> None:
    lines = LABELLED.read_text("utf-8-sig").splitlines()
    long = "я" * 40_000
    lines = [lines[0] + ";Тема работы;Тема работы", *(f"{line};{long};{n}" for n, line in enumerate(lines[1:]))]
    source = tmp_path / "own.csv"
    source.write_text("\n".join(lines), "utf-8")
    split_file(source, tmp_path / "learn.csv", tmp_path / "test.jsonl")
    assert all(record[-2] == long for record in read_whole(tmp_path / "learn.csv").records)
    first = json.loads((tmp_path / "test.jsonl").read_text("utf-8").splitlines()[0])
    assert first["Тема работы"] == long
    assert first["Тема работы (10)"].isdigit()


def test_half_a_character_is_no_reason_to_fail(tmp_path: Path) -> None:
    rows = [
        {"text": f"Яма номер {number} \ud83d у дома на улице", "topic": f"Тема {number % 2}"} for number in range(40)
    ]
    source = tmp_path / "own.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    parts = split_file(source, tmp_path / "learn.jsonl", tmp_path / "test.jsonl")
    assert parts.learn + parts.test == 40


def test_no_part_takes_the_place_of_the_file_or_of_the_other(tmp_path: Path) -> None:
    for learn, test in ((LABELLED, tmp_path / "b.csv"), (tmp_path / "a.csv", LABELLED), (tmp_path / "a.csv",) * 2):
        with pytest.raises(InputError) as refused:
            split_file(LABELLED, learn, test)
        assert refused.value.code == "output_is_input"
    assert not list(tmp_path.iterdir())


def test_the_command_tells_both_parts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    learn, test = tmp_path / "learn.xlsx", tmp_path / "test.xlsx"
    monkeypatch.setattr("sys.argv", ["mcu-nlp", "split", str(LABELLED), "--learn", str(learn), "--test", str(test)])
    with pytest.raises(SystemExit) as ended:
        cli.run()
    assert ended.value.code == 0
    told = capsys.readouterr()
    assert "Учить:" in told.out + told.err
    assert f"строк {len(read_whole(test).records)}" in told.out + told.err
