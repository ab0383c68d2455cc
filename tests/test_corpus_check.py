"""Every rule of the check fires on a row that breaks it, and the command says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mcu_nlp.bundle import shipped_corpus
from mcu_nlp.cli.corpus import app
from mcu_nlp.corpus import labels
from mcu_nlp.corpus.borrowed import BorrowingFinder
from mcu_nlp.corpus.check import check_corpus
from mcu_nlp.corpus.figures import corpus_figures, near_duplicates
from mcu_nlp.corpus.reach import reachable
from mcu_nlp.corpus.rows import CorpusRow
from mcu_nlp.corpus.sources import parse_rows
from mcu_nlp.errors import ConfigError
from mcu_nlp.stages.identify_kind import KINDS
from mcu_nlp.taxonomy import shipped_taxonomy
from mcu_nlp.tone.levels import LEVELS

TAXONOMY = shipped_taxonomy()
HEAD = "=== roads.city-snow-01 portal plain statement"


def problems(rows: list[CorpusRow]) -> str:
    return "\n".join(map(str, check_corpus(rows, TAXONOMY, quotas=False)))


def test_labels_are_those_of_the_stages() -> None:
    assert set(labels.KINDS) == set(KINDS)
    assert tuple(LEVELS) == labels.TONES


def test_a_good_row() -> None:
    assert problems(parse_rows(f"{HEAD} neutral\nНе убран снег")) == ""


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        (f"{HEAD} calm\nснег", "tone 'calm'"),
        ("=== roads.city-snow-01 radio plain statement neutral\nснег", "channel 'radio'"),
        ("=== roads.city-ice-01 portal plain statement neutral\nлёд", "not in the taxonomy"),
        (f"{HEAD} neutral\n[id7|Нина], снег", "cleaning changes"),
        (f"{HEAD} neutral\n😂_😂!", "no letter or digit"),
        (f"{HEAD} neutral\n{{risk дети падают,}} снег", "blank or a comma"),
        (f"{HEAD} conflict\nснег", "without a signal"),
        (f"{HEAD} neutral\n{{question:roads.city-snow снег}}", "single question"),
        (f"{HEAD} neutral\n{{question:roads.city-ice лёд}}, {{question:roads.city-snow снег}}", "unknown topic"),
        (f"{HEAD} neutral card\nsummary: {'С' * 161}\nснег", "summary has 161"),
        (f"{HEAD} neutral card\nsummary: С\n{{prior заявка {{number № 7}}}}", "begins with the word"),
        (f"{HEAD} neutral\nснег, 8 912 345-67-89", "could ring"),
        (f"{HEAD} neutral\nснег\n\n{HEAD} neutral\nлёд", "stands 2 times"),
        (f"{HEAD} neutral\nснег\n\n{HEAD.replace('01', '02')} neutral\nСНЕГ", "the text of roads.city-snow-01 again"),
    ],
)
def test_each_rule(block: str, problem: str) -> None:
    assert problem in problems(parse_rows(block))


def test_near_duplicates_and_order() -> None:
    text = "На улице Мира у дома семь с ноября не убирают снег, пройти нельзя"
    rows = parse_rows(f"=== roads.city-snow-02 portal plain statement neutral\n{text}\n\n{HEAD} neutral\n{text}!")
    assert "nearly the text of" in problems(rows)
    assert "out of order" in problems(rows)
    assert near_duplicates([text]) == []


def test_spans_that_do_not_fit() -> None:
    [row] = parse_rows(f"{HEAD} neutral\n{{risk Дети падают}}, снег")
    assert "do not agree" in problems([replace(row, text=row.text.replace("Дети", "Деды"))])
    assert "mend its span" in problems([replace(row, text="Дети")])


def test_quotas() -> None:
    found = [str(problem) for problem in check_corpus(parse_rows(f"{HEAD} neutral\nснег"), TAXONOMY)]
    assert "corpus: rows: 1, at least 2400 are wanted; write more" in found
    assert sum("at least 10 are wanted" in problem for problem in found) == len(TAXONOMY.topics)
    assert "corpus: topic roads.city-snow: no row of tone tense, conflict; write one" in found


@pytest.mark.parametrize(
    ("text", "reaches"),
    [
        ("+7(975)1203344 и 8 (94800) 2-14-36", False),
        ("8 912 345 67 89", True),
        ("звоните 89123456789", True),
        ("№ 89123456789", False),
        ("nina@pochta.example, a@example.org.", False),
        ("nina@mail.ru", True),
        ("vk.com/wall-000_4415 и https://disk.example/d", False),
        ("https://vk.com/nina", True),
        ("ул.Мира,д.7 и т.д.", False),
    ],
)
def test_reach(text: str, reaches: bool) -> None:
    assert bool(list(reachable(text))) is reaches


def test_borrowing_is_found_wherever_it_begins() -> None:
    run = "с ноября на улице не горит ни один фонарь"
    finder = BorrowingFinder([f"{'я' * shift}{run}. И всё" for shift in range(25)])
    assert {found.text for found in finder.find([f"Пишу: <b>{run.upper()}</b>!"])} == set(range(25))
    assert finder.find([run[:39], run[:20]]) == []


def test_figures_of_nothing() -> None:
    figures = corpus_figures([])
    assert (figures.topics, figures.smallest_topic, figures.trigram_share) == (0, 0, 0.0)


def test_without_a_checkout_the_shipped_rows_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed wheel has ``appeals.jsonl`` alone, and any folder may be the current one."""
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    checked = runner.invoke(app, ["check", "--no-figures"])
    assert (checked.exit_code, "ошибок: 0" in checked.output) == (0, True)
    shipped = tmp_path / "site" / "appeals.jsonl"
    shipped.parent.mkdir()
    shipped.write_bytes(shipped_corpus().read_bytes())
    monkeypatch.setattr("mcu_nlp.cli.corpus.shipped_corpus", lambda: shipped)
    assert runner.invoke(app, ["check", "--no-figures"]).output == checked.output
    (tmp_path / "corpus").mkdir()
    shipped.rename(tmp_path / "corpus" / "appeals.jsonl")
    assert runner.invoke(app, ["check", "--no-figures"]).output == checked.output
    named = runner.invoke(app, ["check", "corpus", "--no-figures"])
    assert isinstance(named.exception, ConfigError)
    assert "no sources there" in str(named.exception)


def test_command(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "roads.txt").write_text(f"{HEAD} neutral\nСнег\n  лежит", "utf-8")
    runner = CliRunner()
    assert runner.invoke(app, ["build", str(tmp_path)]).exit_code == 0
    assert runner.invoke(app, ["export", str(tmp_path)]).exit_code == 0
    assert (tmp_path / "sources" / "roads.txt").read_text("utf-8") == f"{HEAD} neutral\nСнег лежит\n"
    checked = runner.invoke(app, ["check", str(tmp_path)])
    assert checked.exit_code == 1
    assert "rows 1" in checked.output
    (tmp_path / "sources" / "roads.txt").write_text(f"{HEAD} neutral\nЛёд\n", "utf-8")
    assert "not what the sources say" in runner.invoke(app, ["check", str(tmp_path)]).output
