"""``mcu-nlp labels``: from a table of labelled appeals to a corrected one, by the commands alone."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook
from test_cli import DONE, SOME_FAILED, UNUSABLE, call
from test_labelling import labelled_rows


def write_table(path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, delimiter=";")
        rows.writerow(["Номер", "Текст", "Тема", "Группа тем"])
        rows.writerows([row.values[name] for name in ("id", "text", "topic", "category")] for row in labelled_rows())
    return path


def test_the_commands_follow_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, review, output = write_table(tmp_path / "data.csv"), tmp_path / "review.xlsx", tmp_path / "corrected.csv"
    found = call(capsys, "labels", "suspects", data, "-o", review, "--field", "topic", "-n", "5")
    assert found.returncode == DONE, found.stderr
    book = load_workbook(review)
    sheet = book["Проверка"]
    assert sheet.max_row == 6
    sheet["I2"], sheet["I3"] = "заменить", "оставить"
    book.save(review)
    done = call(capsys, "labels", "apply", data, review, "-o", output)
    assert done.returncode == DONE
    assert "исправлено меток: 1" in " ".join(done.stderr.split())
    sheet["I4"] = "наверное"
    book.save(review)
    done = call(capsys, "labels", "apply", data, review, "-o", output)
    assert done.returncode == SOME_FAILED
    assert "Строка 4: review_decision_unknown" in done.stderr
    agreed = call(capsys, "labels", "agree", data, output)
    assert agreed.returncode == DONE
    assert "Каппа" in agreed.stdout


def test_unusable_arguments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = write_table(tmp_path / "data.csv")
    for arguments, code in (
        (("suspects", data, "-o", tmp_path / "review.csv"), "output_type"),
        (("suspects", data, "-o", tmp_path / "review.xlsx", "--field", "tone"), "field_unknown"),
        (("apply", data, tmp_path / "no.xlsx", "-o", tmp_path / "out.csv"), "file_missing"),
        (("agree", data, tmp_path / "no.csv"), "file_missing"),
    ):
        refused = call(capsys, "labels", *arguments)
        assert (refused.returncode, code in refused.stderr) == (UNUSABLE, True), arguments
    assert [path.name for path in tmp_path.iterdir()] == ["data.csv"]


def test_the_first_labels_need_no_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pool, sheet = tmp_path / "pool.csv", tmp_path / "next.xlsx"
    with pool.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, delimiter=";")
        rows.writerow(["Номер", "Текст"])
        rows.writerows([row.values["id"], row.values["text"]] for row in labelled_rows())
    found = call(capsys, "labels", "next", pool, "--first", "-n", "5", "-o", sheet)
    assert found.returncode == DONE, found.stderr
    assert load_workbook(sheet)["Проверка"].max_row == 6


def test_rows_that_cannot_be_read_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, pool = write_table(tmp_path / "data.csv"), tmp_path / "pool.jsonl"
    with data.open("a", encoding="utf-8") as stream:
        stream.write("999;;Ямы;Дороги\n")
    pool.write_text('{"text": "во дворе нет света"}\n{"text": ""}\n[]\n', "utf-8")
    found = call(capsys, "labels", "next", pool, "--labelled", data, "-o", tmp_path / "next.xlsx")
    assert found.returncode == SOME_FAILED
    assert load_workbook(tmp_path / "next.xlsx")["Проверка"].max_row == 2
    lines = found.stderr.splitlines()
    assert [line.partition(":")[0] for line in lines[-4:]] == [
        "Строка 2",
        "Строка 3",
        f"{data}, строка {len(labelled_rows()) + 1}",
        "Пропущено строк",
    ]
    agreed = call(capsys, "labels", "agree", data, data)
    assert agreed.returncode == SOME_FAILED
    assert agreed.stderr.count(f"{data}, строка {len(labelled_rows()) + 1}: Текст пуст") == 2


def test_columns_of_annotators_may_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = []
    for name, topic in (("a", "Ямы"), ("b", "Свет")):
        rows = "".join(f"{name}{n};{n};яма {n} {name};{topic}\n" for n in range(3))
        files.append(tmp_path / f"{name}.csv")
        files[-1].write_text(f"Ключ;Учёт;Слова;Мнение\n{rows}", "utf-8")
    refused = call(capsys, "labels", "agree", *files)
    assert (refused.returncode, "column_missing" in refused.stderr) == (UNUSABLE, True)
    columns = ("--text", "Слова", "--id", "Учёт", "--topic", "Мнение")
    agreed = call(capsys, "labels", "agree", *files, *columns)
    assert agreed.returncode == DONE, agreed.stderr
    assert "«Свет» и «Ямы» — 3" in agreed.stdout
