"""The report on a model: whole, inert, without an outer address and without personal data."""

from __future__ import annotations

import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from test_quality_compare import other
from toy import toy_rows

import mcu_nlp
from mcu_nlp.errors import InputError, MissingExtraError
from mcu_nlp.quality import Evaluation, compare, evaluate, write_report
from mcu_nlp.quality.report.svg import inline_svg, rows_size, set_rows, short
from mcu_nlp.training import Step

HOSTILE = "<script>alert(1)</script><img src=https://example.com/x onerror=alert(2)> {{ 7 * 7 }} $x^{2$ &amp; \"'"
PERSON, PHONE = "Лунина Зоя Петровна", "8 944 123-45-60"
SECRETS = ("Лунина", "Зоя", "Петровна", "944", "123-45-60", "lunina")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy appeals with names, phones and markup planted in texts, labels and ids."""
    rows = []
    for number, row in enumerate(row for row in toy_rows() if row["topic"]):
        planted = f"{row['text']} Я, {PERSON}, тел. {PHONE}. {HOSTILE}"
        day = f"2026-0{1 + number % 6}-1{number % 9}"
        rows.append({**row, "text": planted, "received": day})
    rows[0] |= {"department": PERSON, "id": PHONE}
    rows[1] |= {"department": HOSTILE, "id": HOSTILE}
    for row in rows[2:9]:
        row |= {"topic": HOSTILE, "category": HOSTILE}
    path = tmp_path_factory.mktemp("data") / f"{PERSON}.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture(scope="module")
def evaluation(analyzer: mcu_nlp.Analyzer, data: Path) -> Evaluation:
    return evaluate(analyzer, data, by_date=True, resamples=50)


@pytest.fixture(scope="module")
def pages(
    analyzer: mcu_nlp.Analyzer, toy_model: Path, data: Path, evaluation: Evaluation, tmp_path_factory
) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("pages")
    [first, second, *_] = sorted({topic.id for topic in analyzer.bundle.taxonomy.topics})
    comparison = compare(analyzer, other(toy_model, {first: second}), data, resamples=20)
    for name, result in (("evaluation", evaluation), ("comparison", comparison)):
        for suffix in ("html", "json"):
            write_report(result, folder / f"{name}.{suffix}")
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


class Elements(HTMLParser):
    """Every element of a page with its attributes, ids and the balance of tags."""

    VOID = frozenset({"meta", "br", "img", "link", "input", "hr", "base"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", ["evaluation.html", "comparison.html"])
def test_page_is_inert_and_alone(pages: dict[str, str], name: str) -> None:
    page = Elements(pages[name])
    assert page.open == []
    assert not {"script", "img", "iframe", "link", "object", "embed", "base", "form"} & {tag for tag, _ in page.found}
    for tag, attributes in page.found:
        assert not [key for key in attributes if key.startswith("on")], tag
        for key in ("href", "src", "xlink:href", "action"):
            assert (attributes.get(key) or "#").startswith("#"), (tag, attributes)
    styles = re.sub(r"url\(#", "", " ".join(re.findall(r"<style.*?</style>|style=\"[^\"]*\"", pages[name], re.DOTALL)))
    assert "url(" not in styles
    assert "@import" not in styles
    assert "49" not in re.findall(r"\{\{.*?\}\}|alert\(2\)&gt; (\S+)", pages[name]), "templates in texts are not run"
    outside = re.sub(r"https://example\.com/x", "", pages[name])
    assert "http" not in outside.replace("http-equiv", "")


@pytest.mark.parametrize("name", ["evaluation.html", "comparison.html"])
def test_ids_are_unique_and_drawings_are_told(pages: dict[str, str], name: str) -> None:
    page = Elements(pages[name])
    ids = [attributes["id"] for _, attributes in page.found if attributes.get("id")]
    assert len(ids) == len(set(ids))
    drawings = [attributes for tag, attributes in page.found if tag == "svg"]
    assert drawings
    for attributes in drawings:
        assert attributes["role"] == "img"
        assert set((attributes["aria-labelledby"] or "").split()) <= set(ids)
    told = {attributes["href"] for tag, attributes in page.found if tag in ("use", "a")}
    assert {target[1:] for target in told if target} <= set(ids)


@pytest.mark.parametrize("name", ["evaluation.html", "evaluation.json", "comparison.html", "comparison.json"])
def test_no_personal_data_is_told(pages: dict[str, str], name: str) -> None:
    assert "[ФИО]" in pages[name]
    found = [secret for secret in SECRETS if re.search(rf"(?<![\d.]){re.escape(secret)}", pages[name], re.IGNORECASE)]
    assert found == []


def test_figures_and_bounds(evaluation: Evaluation) -> None:
    told = evaluation.to_dict()
    assert list(evaluation.decisions) == ["category", "topic", "department", "kind", "tone"]
    for name, report in evaluation.decisions.items():
        low, high = told[name]["intervals"]["accuracy"]
        assert low <= told[name]["accuracy"] <= high
        assert sum(one.n for one in report.classes) == report.n
        assert sum(one.n for one in report.calibration) == report.n
        assert report.coverage[-1].coverage == 1.0
        assert report.coverage[-1].precision.value == pytest.approx(report.figures["accuracy"].value)
        wrong = report.n - round(report.figures["accuracy"].value * report.n)
        assert sum(pair.count for pair in report.confusions) <= wrong
        assert len(report.errors) == min(wrong, 12)
    assert "top3" not in evaluation.decisions["tone"].figures
    assert evaluation.decisions["topic"].unknown == 7
    assert json.loads(json.dumps(told)) == told


def test_drift_by_date(evaluation: Evaluation) -> None:
    assert evaluation.drift is not None
    assert evaluation.drift.before.startswith("10.01.2026 - ")
    assert evaluation.drift.n_before + evaluation.drift.n_after == evaluation.rows


def test_drift_against_a_file_and_against_training(analyzer: mcu_nlp.Analyzer, data: Path) -> None:
    same = evaluate(analyzer, data, against=data, resamples=20).drift
    assert same is not None
    assert {index.level for index in same.indices} == {"none"}
    trained = evaluate(analyzer, data, resamples=20).drift
    assert trained is not None
    assert trained.n_before is None


@pytest.mark.parametrize(
    ("content", "options", "code"),
    [
        ("text\nяма\n", {}, "labels_missing"),
        ("text;topic\nяма;x\n", {"by_date": True}, "dates_missing"),
        ("text;topic;received\nяма;x;2026-01-01\nсвет;x;2026-01-01\n", {"by_date": True}, "dates_missing"),
        ("text;topic\nяма;x\n", {"learning": True}, "learning_too_few"),
        ("text;topic\nяма;x\n", {"by_date": True, "against": "other.csv"}, "periods_two"),
    ],
)
def test_what_cannot_be_judged(
    analyzer: mcu_nlp.Analyzer, tmp_path: Path, content: str, options: dict[str, Any], code: str
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(content, "utf-8")
    with pytest.raises(InputError) as refused:
        evaluate(analyzer, path, resamples=20, **options)
    assert refused.value.code == code


def test_the_way_of_the_work_is_told(analyzer: mcu_nlp.Analyzer, data: Path) -> None:
    for judge, parts in (
        (lambda tell: evaluate(analyzer, data, against=data, resamples=5, tell=tell), ["answers", "figures", "before"]),
        (lambda tell: compare(analyzer, analyzer, data, resamples=5, tell=tell), ["old", "new", "figures"]),
    ):
        steps: list[Step] = []
        judge(steps.append)
        assert list(dict.fromkeys(step.name for step in steps)) == ["reading", *parts]
        shares = [step.share for step in steps]
        assert shares == sorted(shares)
        assert (shares[0], shares[-1]) == (0.0, 1.0)


def test_one_row_is_enough_for_a_page(analyzer: mcu_nlp.Analyzer, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("text;topic\nяма на дороге;неизвестная\n", "utf-8")
    found = evaluate(analyzer, tmp_path / "rows.csv", resamples=20)
    write_report(found, tmp_path / "report.html")
    assert "неизвестная" in (tmp_path / "report.html").read_text("utf-8")


def test_a_model_on_its_own_rows_is_noticed(analyzer: mcu_nlp.Analyzer, tmp_path: Path) -> None:
    rows = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in toy_rows() if row["topic"])
    (tmp_path / "rows.jsonl").write_text(rows, "utf-8")
    found = evaluate(analyzer, tmp_path / "rows.jsonl", resamples=100).decisions
    assert any(report.seen for report in found.values())


@pytest.mark.parametrize("missing", ["jinja2", "matplotlib"])
def test_what_is_not_installed_is_told(
    evaluation: Evaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtraError) as refused:
        write_report(evaluation, tmp_path / "report.html")
    assert refused.value.details["extra"] == "analysis"
    assert list(tmp_path.iterdir()) == []
    write_report(evaluation, tmp_path / "report.json")


def test_drawings_are_the_same_every_time_and_their_texts_are_inert() -> None:
    def draw(axes):
        axes.plot([0, 1], [0, 1])
        axes.set_title(short(HOSTILE, 100))
        axes.text(0.5, 0.5, "$x^{2$ <b> 🙂")

    first, second = (inline_svg("name", HOSTILE, HOSTILE, draw) for _ in range(2))
    assert first == second
    assert "<script" not in first
    assert "<b>" not in first
    assert "var(--ink)" in first


def test_lines_of_a_label_end_at_the_axis_in_any_font() -> None:
    labels = ["Ямы", short("Нарушение дорожного покрытия (ямы) на дорогах в границах округов", 40, lines=2)]
    drawn = inline_svg("rows", "", "", lambda axes: set_rows(axes, labels), rows_size(labels))
    for line in ("Ямы", "Нарушение дорожного покрытия (ямы) на", "дорогах в границах округов"):
        assert re.search(rf'<text style="[^"]*text-anchor: end[^"]*"[^>]*>{re.escape(line)}</text>', drawn), line
    assert rows_size(labels) > rows_size(labels[:1] * 2)


def test_figures_of_a_page_are_written_as_russians_write_them(pages: dict[str, str]) -> None:
    for name in ("evaluation.html", "comparison.html"):
        body = re.sub(r"<style.*?</style>|<[^>]*>", " ", pages[name], flags=re.DOTALL)
        assert re.search(r"\d,\d\u00a0%", body)
        assert re.findall(r"\d%|\d\.\d+\s*%", body) == []
