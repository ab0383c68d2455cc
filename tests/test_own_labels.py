"""A table may tell of any of category, topic, department, kind and tone: what it does not tell, the base does."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from toy import RECIPE, toy_rows

import mcu_nlp
from mcu_nlp import cli
from mcu_nlp.dataset import check_data, read_table
from mcu_nlp.errors import InputError
from mcu_nlp.training import train_table

HEADERS = {
    "category": "Группа тем",
    "topic": "Тема",
    "department": "Исполнитель",
    "kind": "Вид обращения",
    "tone": "Тон",
}


def write(path: Path, columns: Sequence[str]) -> Path:
    """Half of the toy appeals under some of their labels, dated; the corpus of the tests has the other half too."""
    taxonomy = mcu_nlp.shipped_taxonomy()
    lines = []
    for number, row in enumerate([row for row in toy_rows() if row["topic"]][::2]):
        titled = {
            "category": taxonomy.category(row["category"]).title,
            "topic": taxonomy.topic(row["topic"]).title,
        }
        labels = [(row | titled)[column] for column in columns]
        lines.append([f"{number // 4 + 1:02}.04.2026", row["text"], *labels])
    with path.open("w", encoding="utf-8", newline="") as stream:
        headers = ["Дата подачи", "Текст обращения", *(HEADERS[column] for column in columns)]
        csv.writer(stream, delimiter=";").writerows([headers, *lines])
    return path


def figures_of(report: dict[str, Any]) -> dict[str, set[str]]:
    """Decision -> the sources that it was judged by."""
    decisions = ("category", "topic", "department", "kind", "level")
    named = {source: set(report["figures"].get(source, {})) for source in ("portal", "corpus")}
    return {d: {source for source, known in named.items() if d in known} for d in decisions}


COLUMNS = [
    ("category",),
    ("topic",),
    ("department",),
    ("kind",),
    ("tone",),
    ("department", "kind"),
    ("department", "tone"),
    ("kind", "tone"),
    ("department", "kind", "tone"),
    ("category", "tone"),
]


@pytest.mark.usefixtures("small_corpus")
@pytest.mark.parametrize("columns", COLUMNS, ids="+".join)
def test_the_corpus_teaches_what_the_table_does_not_tell(tmp_path: Path, columns: tuple[str, ...]) -> None:
    path = write(tmp_path / "own.csv", columns)
    assert not check_data(read_table(path)).errors
    report = train_table(read_table(path), tmp_path / "model", split="date", recipe=RECIPE)
    judged = figures_of(report)
    told = {"level" if column == "tone" else column for column in columns}
    # A category has its topics or is one; a topic has its category.
    told |= {"category", "topic"} if told & {"category", "topic"} else set()
    for decision, sources in judged.items():
        if decision == "department" and decision not in told:
            assert not sources, "no base knows the district's departments"
        else:
            assert sources == {"portal" if decision in told else "corpus"}, decision
    analyzer = mcu_nlp.load(tmp_path / "model")
    whole = analyzer(toy_rows()[0]["text"])
    assert analyzer.bundle.taxonomy.topic(whole.topic.id).category == whole.category.id
    assert whole.department.source == ("model" if "department" in told else "default")
    assert whole.kind.id
    assert whole.tone.level
    # No table tells of signals, so the corpus does, and not a score as it comes (slope 1).
    assert report["figures"]["corpus"]["signals"]
    assert any(signal.slope != 1.0 for signal in analyzer.bundle.signals.values())
    assert "| corpus |" in (tmp_path / "model" / "CARD.md").read_text("utf-8")


@pytest.mark.usefixtures("small_corpus")
def test_departments_are_learned_with_topics_of_the_corpus(tmp_path: Path) -> None:
    """Five folds; the department follows the topic, which no row of the table tells."""
    path = write(tmp_path / "own.csv", ("department",))
    report = train_table(read_table(path), tmp_path / "model", recipe=RECIPE)
    assert report["table"]["taxonomy"] == "base"
    assert min(report["split"]["sizes"]) > 0
    assert report["figures"]["portal"]["department"]["accuracy"] >= 0.8
    bundle = mcu_nlp.load(tmp_path / "model").bundle
    assert abs(bundle.department_topics).max() > 0
    assert bundle.reference is not None, "drift is measured against what the model said of the table's rows"


@pytest.mark.parametrize("columns", [("department",), ("department", "kind"), ("topic", "tone")], ids="+".join)
def test_a_model_keeps_what_the_table_does_not_tell(tmp_path: Path, toy_model: Path, columns: tuple[str, ...]) -> None:
    base = mcu_nlp.load(toy_model).bundle
    table = read_table(write(tmp_path / "own.csv", columns), base=toy_model)
    assert ("kept_by_base" in check_data(table).codes) == (len(columns) > 1)
    report = train_table(table, tmp_path / "model", split="date", recipe=RECIPE)
    grown = mcu_nlp.load(tmp_path / "model").bundle
    assert set(grown.taxonomy.topics) == set(base.taxonomy.topics)
    told = {"level" if column == "tone" else column for column in columns}
    told |= {"category"} if "topic" in columns else set()
    assert set(report["figures"]["portal"]) == told
    learned = told - {"kind", "level"}
    kept = {name for name, calibrator in base.calibrators.items() if grown.calibrators[name] == calibrator}
    assert kept == set(base.calibrators) - learned
    assert grown.signals == base.signals
    changed = {n for n, sure in base.review.thresholds.items() if grown.review.thresholds[n] != sure}
    assert changed <= learned
    card = (tmp_path / "model" / "CARD.md").read_text("utf-8")
    assert ("stays as the base has it" in card) == ("tone" not in columns)


REFUSED = [
    ((), "corpus", "training_labels"),
    ((), "none", "training_labels"),
    (("kind", "tone"), "model", "training_labels"),
    (("department",), "none", "topics_unknown"),
    (("kind",), "none", "topics_unknown"),
]


@pytest.mark.parametrize(("columns", "base", "code"), REFUSED, ids=lambda value: str(value) or "nothing")
def test_what_no_base_can_complete_is_refused(
    tmp_path: Path, toy_model: Path, columns: tuple[str, ...], base: str, code: str
) -> None:
    with pytest.raises(InputError) as refused:
        read_table(write(tmp_path / "own.csv", columns), base=toy_model if base == "model" else base)
    assert refused.value.code == code
    assert "--base corpus" in refused.value.russian


def test_a_taxonomy_that_nobody_teaches_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "own.csv", ("department",))
    (tmp_path / "t.csv").write_text("id;title;parent\nx;Дороги;\ny;Ямы;x\nz;Снег;x\n", "utf-8")
    with pytest.raises(InputError) as refused:
        read_table(path, taxonomy=tmp_path / "t.csv")
    assert refused.value.code == "topics_unknown"
    (tmp_path / "t.csv").write_text(
        "id;title;parent\nx;Дороги;\nroads.city-potholes;Ямы;x\nroads.city-snow;Снег;x\n", "utf-8"
    )
    assert len(read_table(path, taxonomy=tmp_path / "t.csv").taxonomy.topics) == 2, "the corpus knows these ids"


def test_a_few_corrections_of_topics_make_no_taxonomy(tmp_path: Path) -> None:
    path = write(tmp_path / "own.csv", ("department",))
    topic = mcu_nlp.shipped_taxonomy().topics[0]
    correction = {"text": "Совсем новая яма у нового дома", "topic": topic.title}
    (tmp_path / "c.jsonl").write_text(json.dumps(correction), "utf-8")
    table = read_table(path, corrections=tmp_path / "c.jsonl")
    assert table.taxonomy == mcu_nlp.shipped_taxonomy()
    assert table.examples[-1].topic == topic.id
    assert not check_data(table).errors


@pytest.mark.usefixtures("small_corpus")
def test_the_command_tells_what_was_judged_by_what(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "own.csv", ("department", "tone"))
    monkeypatch.setattr("sys.argv", ["mcu-nlp", "train", str(path), "-o", str(tmp_path / "model"), "--split", "date"])
    with pytest.raises(SystemExit):
        cli.run()
    lines = [line for line in capsys.readouterr().err.splitlines() if ": точность" in line]
    assert [line.split(":")[0] for line in lines] == ["category", "topic", "department", "kind", "tone"]
    assert [line.endswith("по открытому корпусу") for line in lines] == [True, True, False, True, False]
