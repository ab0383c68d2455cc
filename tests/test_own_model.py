"""A table of one's own becomes a model: on the corpus, on nothing, on a model in use; and what the command tells."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from toy import RECIPE, toy_rows

import mcu_nlp
from mcu_nlp import cli
from mcu_nlp.bundle import shipped_corpus
from mcu_nlp.dataset import read_corpus, read_table, read_taxonomy
from mcu_nlp.dataset.taxonomy import read_labels
from mcu_nlp.errors import InputError
from mcu_nlp.tables import Row
from mcu_nlp.taxonomy import Label, Taxonomy, TopicLabel
from mcu_nlp.training import on_base, train_table

HEADERS = ("Дата подачи", "Текст обращения", "Тема", "Исполнитель")
NEW = "Парковка у подъездов"


def own_rows() -> list[tuple[str, ...]]:
    """Every third toy appeal with titles, and a topic that no base knows."""
    titles = {topic.id: topic.title for topic in mcu_nlp.shipped_taxonomy().topics}
    rows = [(row["text"], titles[row["topic"]], row["department"]) for row in toy_rows() if row["topic"]][::3]
    cars = ("красная легковая", "чужая грузовая", "брошенная старая", "соседская новая", "белая дорогая", "синяя")
    rows += [(f"{car.capitalize()} машина паркуется у подъезда {n}", NEW, "Отдел ГАИ") for n, car in enumerate(cars, 1)]
    return [(f"{n // 9 + 1:02}.04.2026", *row) for n, row in enumerate(rows)]


def write(path: Path) -> Path:
    rows = [HEADERS, *own_rows()]
    if path.suffix == ".xlsx":
        book = Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    elif path.suffix == ".jsonl":
        lines = (json.dumps(dict(zip(HEADERS, row, strict=True)), ensure_ascii=False) for row in rows[1:])
        path.write_text("\n".join(lines), "utf-8")
    else:
        with path.open("w", encoding="cp1251", errors="replace", newline="") as stream:
            csv.writer(stream, delimiter=";").writerows(rows)
    return path


def test_a_model_grows_on_a_base(tmp_path: Path, toy_model: Path) -> None:
    base = mcu_nlp.load(toy_model).bundle
    steps: list[str] = []
    reports = []
    for name in ("one", "two"):
        table = read_table(write(tmp_path / "own.xlsx"), base=toy_model)
        reports.append(train_table(table, tmp_path / name, recipe=RECIPE, tell=lambda step: steps.append(str(step))))
    one = tmp_path / "one"
    grown = mcu_nlp.load(one).bundle
    assert {topic.title for topic in grown.taxonomy.topics} == {t.title for t in base.taxonomy.topics} | {NEW}
    assert len(grown.taxonomy.departments) == len(base.taxonomy.departments) + 1
    assert grown.calibrators["level"] == base.calibrators["level"]
    assert grown.signals == base.signals
    assert mcu_nlp.load(one)("Машина паркуется у самого подъезда").topic.title == NEW
    assert steps[: len(steps) // 2] == [
        "check",
        "split",
        "reading 0 of 44",
        *(f"folds {n} of 5" for n in range(1, 6)),
        "fitting",
    ]
    assert reports[0]["base"] == {"kind": "model", "name": base.model.name, "version": base.model.version}
    assert reports[0]["figures"]["portal"]["topic"]["n"] == len(own_rows())
    assert {file: (one / file).read_bytes() for file in ("weights.npz", "settings.json", "taxonomy.json")} == {
        file: (tmp_path / "two" / file).read_bytes() for file in ("weights.npz", "settings.json", "taxonomy.json")
    }
    assert "Base: model toy" in (one / "CARD.md").read_text("utf-8")


@pytest.mark.usefixtures("small_corpus")
def test_on_nothing_and_by_date(tmp_path: Path) -> None:
    table = read_table(write(tmp_path / "own.jsonl"), base="none")
    report = train_table(table, tmp_path / "model", split="date", recipe=RECIPE)
    assert json.loads((tmp_path / "model" / "report.json").read_text("utf-8")).keys() == report.keys()
    assert report.keys() >= {"table", "base", "check", "split", "rare", "versions", "figures"}
    assert report["split"]["by"] == "date"
    assert report["figures"]["portal"]["topic"]["n"] == report["split"]["held_out"]
    assert report["base"]["rows"] < len(toy_rows()), "what the table says itself is not learned twice"
    # The corpus taught kind and tone, and no topic of its own.
    topics = {topic.title for topic in mcu_nlp.load(tmp_path / "model").bundle.taxonomy.topics}
    assert topics == {row[2] for row in own_rows()}
    assert mcu_nlp.load(tmp_path / "model")(own_rows()[0][1]).tone is not None


def test_errors_of_the_check_stop_training(tmp_path: Path) -> None:
    path = write(tmp_path / "own.jsonl")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    broken = [{**row, "Текст обращения": row["Текст обращения"].encode().decode("cp1251", "replace")} for row in rows]
    path.write_text("".join(json.dumps(row) + "\n" for row in broken), "utf-8")
    with pytest.raises(InputError) as refused:
        train_table(read_table(path), tmp_path / "model")
    assert refused.value.code == "data_check_failed"
    assert not (tmp_path / "model").exists()


def call(capsys: pytest.CaptureFixture[str], *arguments: Any) -> tuple[int, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["mcu-nlp", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.run()
    captured = capsys.readouterr()
    assert captured.out == ""
    return int(ended.value.code or 0), captured.err


@pytest.mark.parametrize("name", ["own.csv", "own.xlsx", "own.jsonl"])
def test_the_command_checks_any_file(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    found = tmp_path / "check.xlsx"
    status, told = call(capsys, "train", write(tmp_path / name), "--check-only", "--check-table", found)
    assert status == 0, told
    for header in ("Текст обращения", "Тема", "Исполнитель", "Дата подачи"):
        assert header in told
    assert "--category" in told
    assert not any(row[1] in told for row in own_rows())
    lines = list(load_workbook(found).active.values)
    assert lines[0][:2] == ("Строка", "Код")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "check.xlsx"])


def test_the_command_grows_a_model(tmp_path: Path, toy_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "model"
    corrections = tmp_path / "corrections.jsonl"
    corrections.write_text(json.dumps({"id": "1", "text": own_rows()[0][1], "topic": NEW}), "utf-8")
    options = ("--base", toy_model, "--corrections", corrections, "--split", "date", "--name", "наша")
    status, told = call(capsys, "train", write(tmp_path / "own.csv"), "-o", folder, *options)
    assert status == 0, told
    assert "Исправлений 1: заменили метки строк 1" in told
    assert "topic: точность" in told
    assert mcu_nlp.load(folder).model.name == "наша"


UNUSABLE = [
    (["--split", "month", "-o", "model"], "split_unknown"),
    (["--base", "none-such", "-o", "model"], "bundle_missing"),
    (["--taxonomy", "none.csv", "-o", "model"], "file_missing"),
    (["--corrections", "none.jsonl", "-o", "model"], "file_missing"),
    (["--check-only", "--check-table", "check.txt"], "output_type"),
]


@pytest.mark.parametrize(("options", "code"), UNUSABLE, ids=[code for _, code in UNUSABLE])
def test_what_the_command_cannot_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, options: list[str], code: str
) -> None:
    monkeypatch.chdir(tmp_path)
    status, told = call(capsys, "train", write(tmp_path / "own.jsonl"), *options)
    assert status == 2
    assert f"Ошибка {code}" in told.splitlines()[-1] or f"Ошибка {code}" in told
    assert "Traceback" not in told


TAXONOMIES = [
    ("t.toml", "category = 5", "taxonomy_toml"),
    ("t.toml", "[[category]]\nid = 5\ntitle = 'Дороги'", "taxonomy_toml"),
    ("t.csv", "код;название\n1;Дороги", "taxonomy_columns"),
    ("t.csv", "id;title;parent\n;Дороги;", "taxonomy_unnamed"),
    ("t.csv", "id;title;parent\na;Дороги;\na;Свет;", "taxonomy_twice"),
    ("t.csv", "id;title;parent\na;Дороги;\nb;Ямы;c", "taxonomy_parent"),
]


@pytest.mark.parametrize(("name", "content", "code"), TAXONOMIES)
def test_a_faulty_taxonomy_is_told_in_russian(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str, code: str
) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    options = ("--check-only", "--taxonomy", tmp_path / name)
    status, told = call(capsys, "train", write(tmp_path / "own.jsonl"), *options)
    assert status == 2
    assert f"Ошибка {code}: " in told
    assert not any(word in told for word in ("must be", "unknown", "write a", "see mcu_nlp"))


def test_a_taxonomy_of_any_encoding(tmp_path: Path) -> None:
    lines = "id;title;parent\na;Дороги;\nb;Ямы — большие;a"
    (tmp_path / "t.csv").write_bytes(lines.encode("utf-16"))
    assert [topic.title for topic in read_taxonomy(tmp_path / "t.csv").topics] == ["Ямы — большие"]
    (tmp_path / "t.csv").write_bytes(lines.encode("cp1251") + b"\n\x98;x;a")
    assert read_taxonomy(tmp_path / "t.csv").categories[0].title == "Дороги"


def test_a_folder_that_cannot_be_is_told_before_training(
    tmp_path: Path, toy_model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("", "utf-8")
    monkeypatch.setattr(on_base, "read_documents", lambda *_: pytest.fail("training has begun"))
    for folder in (tmp_path / "taken", tmp_path / "taken" / "model"):
        status, told = call(capsys, "train", write(tmp_path / "own.jsonl"), "--base", toy_model, "-o", folder)
        assert status == 2
        assert "Ошибка folder_is_file" in told


def test_findings_do_not_overwrite_the_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "own.xlsx")
    before = path.read_bytes()
    status, told = call(capsys, "train", path, "--check-only", "--check-table", path)
    assert (status, path.read_bytes()) == (2, before)
    assert "Ошибка output_is_input" in told


def test_findings_have_the_same_bytes_and_a_name_with_brackets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "own.jsonl")
    found = tmp_path / "находки[" / "b].xlsx"
    found.parent.mkdir()
    written = []
    for day in (1, 2):
        monkeypatch.setattr("time.time", lambda day=day: 1_000_000_000.0 + 86_400 * day)
        status, told = call(capsys, "train", path, "--check-only", "--check-table", found)
        assert status == 0
        assert str(found) in told
        written.append(found.read_bytes())
    assert written[0] == written[1]


def test_the_card_of_a_grown_model_tells_how_it_was_judged(tmp_path: Path, toy_model: Path) -> None:
    table = read_table(write(tmp_path / "own.jsonl"), base=toy_model)
    report = train_table(table, tmp_path / "model", split="date", recipe=RECIPE)
    assert report["held_out"] == {"folds": 1, "rows": report["split"]["held_out"]}
    card = (tmp_path / "model" / "CARD.md").read_text("utf-8")
    assert f"On {report['split']['held_out']} held-out texts" in card
    assert "cross-validation over five folds" not in card
    assert "2021-2022" not in card


def test_corrections_without_a_text_add_no_row(tmp_path: Path) -> None:
    corrections = tmp_path / "corrections.jsonl"
    corrections.write_text(json.dumps({"text": "<p>&nbsp;</p>", "topic": NEW}), "utf-8")
    table = read_table(write(tmp_path / "own.jsonl"), corrections=corrections)
    assert len(table.rows) == len(own_rows())
    assert table.corrections is not None
    assert table.corrections.unreadable == 1


def test_ids_of_new_titles_are_nobody_elses() -> None:
    known = Taxonomy((Label("a", "А!"),), (TopicLabel("b", "Б!", "a"),), ())
    labels = read_labels([Row(1, {"text": "Яма", "category": "А?", "topic": "Б?"})], [known])
    assert labels.category_ids == {"А?": "a-2"}
    assert labels.topic_ids == {"Б?": "b-2"}


def test_a_corpus_topic_that_the_table_lacks_is_not_out_of_scope(tmp_path: Path) -> None:
    whole = mcu_nlp.shipped_taxonomy()
    topic = whole.topics[0]
    own_taxonomy = Taxonomy((whole.category(topic.category),), (topic,), ())
    rows = read_corpus(shipped_corpus(), own_taxonomy)
    assert {row.in_scope for row in rows if row.topic} == {True}
    known = [row.in_scope for row in read_corpus(shipped_corpus(), whole)]
    assert [row.in_scope for row in rows] == known
    assert not all(known)
