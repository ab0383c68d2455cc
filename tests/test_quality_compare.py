"""Two models on the same rows: tests of significance by hand, verdicts, maps of taxonomies, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook
from toy import toy_rows
from typer.testing import CliRunner

import mcu_nlp
from mcu_nlp.cli import compare as command
from mcu_nlp.cli.main import app
from mcu_nlp.errors import ConfigError, InputError
from mcu_nlp.quality import VerdictRule, compare, load_taxonomy_map, write_report
from mcu_nlp.quality.comparison import Comparison
from mcu_nlp.quality.intervals import Judged
from mcu_nlp.quality.paired import class_changes, decide, loss_bound, mcnemar, pair
from mcu_nlp.records import Choice
from mcu_nlp.taxonomy import Label, Taxonomy, TopicLabel

RULE = VerdictRule()


def judged(truth: list[int], right: list[bool]) -> Judged:
    places = np.array(truth)
    answer = np.where(right, places, 3 - places)
    return Judged(places, answer, np.full(len(truth), 0.5), 4)


def test_mcnemar_by_hand() -> None:
    # 8 wins, 2 losses: P(X >= 8) of ten tosses = (45 + 10 + 1) / 1024.
    better, worse, different = mcnemar(8, 2)
    assert better == pytest.approx(56 / 1024)
    assert worse == pytest.approx(1 - 11 / 1024)
    assert different == pytest.approx(2 * 56 / 1024)


def test_pair_counts_who_is_right() -> None:
    old = judged([0] * 10, [True] * 5 + [False] * 5)
    new = judged([0] * 10, [True] * 3 + [False] * 2 + [True] * 4 + [False])
    found = pair(old, new, resamples=200)
    assert (found.both_right, found.wins, found.losses, found.both_wrong) == (3, 4, 2, 1)
    assert found.gains["accuracy"].value == pytest.approx(0.2)
    assert found.gains["accuracy"].low < 0.2 < found.gains["accuracy"].high
    assert found.p_better == pytest.approx(22 / 64)


def test_bound_of_a_loss_rises_with_evidence() -> None:
    bounds = [loss_bound(0, losses, 100, 0.95) for losses in (1, 3, 6, 12, 50)]
    assert bounds == sorted(bounds)
    assert bounds[0] < 0 < bounds[-1] < 0.5


# wins and losses of two classes of 100 and 20 rows -> verdict and reasons
VERDICTS = [
    ((30, 5), (0, 0), "better", ("target_better",)),
    ((6, 5), (0, 0), "not_proven", ("target_not_proven",)),
    ((0, 0), (0, 0), "not_proven", ("target_not_proven",)),
    ((5, 30), (0, 0), "worse", ("target_worse", "class_worse")),
    ((30, 5), (0, 12), "better", ("target_better",)),  # a small class does not decide
    ((0, 11), (20, 0), "worse", ("target_not_proven", "class_worse")),
]


@pytest.mark.parametrize(("large", "small", "verdict", "reasons"), VERDICTS)
def test_verdicts(large: tuple[int, int], small: tuple[int, int], verdict: str, reasons: tuple[str, ...]) -> None:
    truth, before, after = [], [], []
    for place, n, (wins, losses) in ((0, 100, large), (1, 20, small)):
        truth += [place] * n
        before += [False] * wins + [True] * (n - wins)
        after += [True] * wins + [False] * losses + [True] * (n - wins - losses)
    old, new = judged(truth, before), judged(truth, after)
    changes = class_changes(old, new, [(str(place), str(place)) for place in range(4)], RULE)
    assert [(change.wins, change.losses) for change in changes] == [large, small]
    assert [change.large for change in changes] == [True, False]
    assert decide(pair(old, new, resamples=20), changes, RULE) == (verdict, reasons)


def test_a_loss_may_be_allowed() -> None:
    old, new = judged([0] * 100, [True] * 100), judged([0] * 100, [False] * 10 + [True] * 90)
    for rule, worse in ((RULE, True), (VerdictRule(max_loss=0.2), False), (VerdictRule(large=101), False)):
        assert class_changes(old, new, [("0", "0")] * 4, rule)[0].worse is worse


OLD = Taxonomy(
    (Label("c", "К"),), tuple(TopicLabel(f"c.{id}", id, "c") for id in ("ren", "m1", "m2", "split", "same")), ()
)
NEW = Taxonomy(
    (Label("c", "К"),), tuple(TopicLabel(f"c.{id}", id, "c") for id in ("named", "m", "s1", "s2", "same")), ()
)
MAP = """
[[rename]]
from = "c.ren"
to = "c.named"
[[merge]]
from = ["c.m1", "c.m2"]
to = "c.m"
[[split]]
from = "c.split"
to = ["c.s1", "c.s2"]
"""


def test_map_brings_both_sides_together(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(MAP, "utf-8")
    assert load_taxonomy_map(path, OLD, NEW).common("topic") == {
        "c.ren": "c.named",
        "c.named": "c.named",
        "c.m1": "c.m",
        "c.m2": "c.m",
        "c.m": "c.m",
        "c.split": "c.split",
        "c.s1": "c.split",
        "c.s2": "c.split",
    }
    assert load_taxonomy_map(path).common("department") == {}


WRONG_MAPS = [
    ("[[rename", "taxonomy_map_unreadable"),
    ("[[move]]\nfrom = 'a'", "taxonomy_map_key"),
    ("[[rename]]\nfrom = 'a'\nto = 'b'\nwhy = 'x'", "taxonomy_map_key"),
    ("format = 2", "taxonomy_map_value"),
    ("rename = 3", "taxonomy_map_value"),
    ("[[rename]]\nfrom = 'c.ren'", "taxonomy_map_value"),
    ("[[rename]]\nfrom = 'a'\nto = 'a'", "taxonomy_map_value"),
    ("[[rename]]\nfrom = 'a'\nto = 'b'\nlevel = 'tone'", "taxonomy_map_value"),
    ("[[merge]]\nfrom = 'c.m1'\nto = 'c.m'", "taxonomy_map_value"),
    ("[[merge]]\nfrom = ['c.m1']\nto = 'c.m'", "taxonomy_map_value"),
    ("[[split]]\nfrom = 'c.split'\nto = ['c.s1', 'c.s1']", "taxonomy_map_value"),
    ("[[rename]]\nfrom = 'a'\nto = 'b'\n[[rename]]\nfrom = 'b'\nto = 'c'", "taxonomy_map_twice"),
    ("[[rename]]\nfrom = 'c.renn'\nto = 'c.named'", "taxonomy_map_unknown_id"),
    ("[[rename]]\nfrom = 'c.ren'\nto = 'c.nam'", "taxonomy_map_unknown_id"),
    ("[[rename]]\nfrom = 'c.ren'\nto = 'c.same'", "taxonomy_map_kept"),
    ("[[rename]]\nfrom = 'c.same'\nto = 'c.named'", "taxonomy_map_kept"),
]


@pytest.mark.parametrize(("content", "code"), WRONG_MAPS, ids=[content for content, _ in WRONG_MAPS])
def test_wrong_maps_are_refused(tmp_path: Path, content: str, code: str) -> None:
    path = tmp_path / "map.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(ConfigError) as refused:
        load_taxonomy_map(path, OLD, NEW)
    assert refused.value.code == code
    assert str(path) in refused.value.russian


def test_a_missing_map_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        load_taxonomy_map(tmp_path / "none.toml")
    assert refused.value.code == "file_missing"


class Other(mcu_nlp.Analyzer):
    """The toy model with answers changed as a test wants: its own topic -> another."""

    changes: dict[str, str]

    def map(self, texts, **options):
        for analysis in super().map(texts, **options):
            best, *rest = analysis.topic_candidates
            best = Choice(self.changes.get(best.id, best.id), best.title, best.confidence)
            object.__setattr__(analysis, "topic_candidates", (best, *rest))
            yield analysis


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "rows.jsonl"
    rows = [row for row in toy_rows() if row["topic"]]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def other(toy_model: Path, changes: dict[str, str]) -> Other:
    model = Other(mcu_nlp.load(toy_model).bundle)
    model.changes = changes
    return model


def test_a_model_with_itself(analyzer: mcu_nlp.Analyzer, data: Path) -> None:
    found = compare(analyzer, analyzer, data, resamples=20)
    assert (found.verdict, found.target, found.changed) == ("not_proven", "topic", ())
    assert found.decisions.keys() == {"topic", "category", "department"}
    assert found.to_dict()["decisions"]["topic"]["p"] == 1.0


def test_changed_decisions_are_listed(analyzer: mcu_nlp.Analyzer, toy_model: Path, data: Path) -> None:
    [first, second, *_] = sorted({topic.id for topic in analyzer.bundle.taxonomy.topics})
    found = compare(analyzer, other(toy_model, {first: second}), data, resamples=20)
    titles = {topic.id: topic.title for topic in analyzer.bundle.taxonomy.topics}
    assert found.changed
    assert {(one.old, one.new) for one in found.changed} == {(titles[first], titles[second])}
    rows = [row for row in toy_rows() if row["topic"]]
    for one in found.changed:
        assert one.id == rows[one.number - 1]["id"]
        assert one.truth == titles[rows[one.number - 1]["topic"]]
    assert found.verdict == "worse"
    assert found.decisions["topic"].losses == sum(one.outcome == "loss" for one in found.changed) > 5
    back = compare(other(toy_model, {first: second}), analyzer, data, resamples=20)
    assert (back.verdict, back.reasons) == ("better", ("target_better",))


def test_a_map_makes_a_renaming_no_change(analyzer: mcu_nlp.Analyzer, toy_model: Path, data: Path) -> None:
    [first, *_] = sorted({topic.id for topic in analyzer.bundle.taxonomy.topics})
    category = first.partition(".")[0]
    renamed = other(toy_model, {first: f"{category}.other"})
    whole = renamed.bundle.taxonomy
    topics = tuple(
        TopicLabel(f"{category}.other", "Другое имя", t.category) if t.id == first else t for t in whole.topics
    )
    object.__setattr__(renamed.bundle, "taxonomy", Taxonomy(whole.categories, topics, whole.departments))
    path = data.with_name("map.toml")
    path.write_text(f'[[rename]]\nfrom = "{first}"\nto = "{category}.other"\n', "utf-8")
    without = compare(analyzer, renamed, data, resamples=20)
    assert without.changed
    assert without.unknown["new"] > 0
    found = compare(analyzer, renamed, data, taxonomy_map=path, resamples=20)
    assert (found.changed, found.unknown) == ((), {"old": 0, "new": 0})


def test_no_labels_of_the_target(analyzer: mcu_nlp.Analyzer, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("text;topic\nяма на дороге;roads.city-potholes\n", "utf-8")
    with pytest.raises(InputError) as refused:
        compare(analyzer, analyzer, path, target="department")
    assert refused.value.code == "target_missing"


@pytest.mark.parametrize(
    ("old", "new", "bad_row", "status"),
    [
        ({}, {}, "", 3),
        ({"first": "second"}, {}, "", 0),
        ({}, {"first": "second"}, "", 4),
        ({"first": "second"}, {}, "[]\n", 1),
    ],
    ids=["same", "better", "worse", "better with a bad row"],
)
def test_exit_status(
    toy_model: Path,
    analyzer: mcu_nlp.Analyzer,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    old: dict[str, str],
    new: dict[str, str],
    bad_row: str,
    status: int,
) -> None:
    [first, second, *_] = sorted({topic.id for topic in analyzer.bundle.taxonomy.topics})
    models = {
        "old": other(toy_model, {first: second} if old else {}),
        "new": other(toy_model, {first: second} if new else {}),
    }
    monkeypatch.setattr(command.mcu_nlp, "load", lambda path: models[str(path)])
    path = tmp_path / "rows.jsonl"
    path.write_text(data.read_text("utf-8") + bad_row, "utf-8")
    report = tmp_path / "report.json"
    result = CliRunner().invoke(app, ["compare", "old", "new", str(path), "-o", str(report)])
    assert result.exit_code == status, result.output
    told = json.loads(report.read_text("utf-8"))
    assert command.STATUS[told["verdict"]] == (0 if status == 1 else status)
    assert told["skipped"] == bool(bad_row)


@pytest.fixture(scope="module")
def comparison(analyzer: mcu_nlp.Analyzer, toy_model: Path, data: Path) -> Comparison:
    [first, second, *_] = sorted({topic.id for topic in analyzer.bundle.taxonomy.topics})
    return compare(analyzer, other(toy_model, {first: second}), data, resamples=20)


def test_workbook(comparison: Comparison, tmp_path: Path) -> None:
    write_report(comparison, tmp_path / "report.xlsx")
    book = load_workbook(tmp_path / "report.xlsx")
    assert book.sheetnames == ["Вывод", "Классы", "Изменённые решения"]
    assert book["Вывод"]["A1"].value.startswith("Новая модель хуже")
    assert book["Изменённые решения"].max_row == len(comparison.changed) + 1


def test_page(comparison: Comparison, tmp_path: Path) -> None:
    write_report(comparison, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "Новая модель хуже" in page
    assert page.count("<svg") == page.count("</svg>") == 1
    assert "испорчено" in page
    with pytest.raises(InputError):
        write_report(comparison, tmp_path / "report.txt")
