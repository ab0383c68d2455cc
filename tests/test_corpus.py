"""The corpus that is shipped: in order, the same in both forms, and nobody's words but ours."""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mcu_nlp.corpus.borrowed import RUN, BorrowingFinder
from mcu_nlp.corpus.check import check_corpus
from mcu_nlp.corpus.figures import QUOTAS, corpus_figures
from mcu_nlp.corpus.rows import CorpusRow, read_rows, write_rows
from mcu_nlp.corpus.sources import read_sources, write_sources
from mcu_nlp.taxonomy import shipped_taxonomy

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"
DATA = Path(os.environ.get("MCU_NLP_DATA") or ROOT.parent / "shared" / "data")


@pytest.fixture(scope="module")
def rows() -> list[CorpusRow]:
    return read_rows(CORPUS / "appeals.jsonl")


def test_in_order(rows: list[CorpusRow]) -> None:
    assert [str(problem) for problem in check_corpus(rows, shipped_taxonomy())] == []


def test_sources_and_rows_are_one(rows: list[CorpusRow], tmp_path: Path) -> None:
    assert read_sources(CORPUS / "sources") == rows
    write_rows(tmp_path / "appeals.jsonl", rows)
    assert (tmp_path / "appeals.jsonl").read_bytes() == (CORPUS / "appeals.jsonl").read_bytes()
    write_sources(tmp_path, rows)
    for source in (CORPUS / "sources").glob("*.txt"):
        assert (tmp_path / source.name).read_bytes() == source.read_bytes(), f"{source.name}: run mcu-nlp corpus export"


def test_spans_hold_their_words(rows: list[CorpusRow]) -> None:
    for row in rows:
        for span in spans(json.loads(row.to_json())):
            assert row.text[span["start"] : span["end"]] == span["text"], row.id


def test_datasheet_tells_the_figures(rows: list[CorpusRow]) -> None:
    sheet = (CORPUS / "README.md").read_text("utf-8")
    for name, (least, belongs) in QUOTAS.items():
        assert f"| {name} | {sum(map(belongs, rows))} | {least} |" in sheet
    for name, lengths in corpus_figures(rows).lengths.items():
        assert " | ".join(map(str, lengths)) in sheet, f"lengths of {name}"


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no data folder {DATA}: set MCU_NLP_DATA")
def test_nothing_is_borrowed(rows: list[CorpusRow]) -> None:
    texts = list(data_texts())
    assert texts, f"{DATA} holds no texts"
    found = BorrowingFinder(row.text for row in rows).find(texts)
    assert [(rows[run.text].id, run.start, run.length) for run in found] == [], f"common runs of {RUN} characters"


def spans(node: object) -> Iterator[dict[str, object]]:
    """Everything in a row's JSON that has a start."""
    if isinstance(node, dict):
        if "start" in node:
            yield node
        for value in node.values():
            yield from spans(value)
    elif isinstance(node, list):
        for value in node:
            yield from spans(value)


# Columns of what people wrote; the others hold titles of topics and bodies, which may be shown.
MESSAGES = {"text", "comment"}


def data_texts(*, only_messages: bool = False) -> Iterator[str]:
    """Every cell and every ``text`` of the data folder: appeals, messages, comments."""
    for record in records():
        for name, value in record.items():
            if isinstance(value, str) and len(value) >= RUN and (name in MESSAGES or not only_messages):
                yield value


def records() -> Iterator[dict[str, object]]:
    csv.field_size_limit(1 << 26)
    for path in sorted(DATA.rglob("*.csv")):
        yield from csv.DictReader(io.StringIO(path.read_text("utf-8"), newline=""))
    for path in sorted(DATA.rglob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield from csv.DictReader(io.StringIO(archive.read(name).decode("utf-8"), newline=""))
    for path in sorted(DATA.rglob("*.jsonl")):
        yield from map(json.loads, path.read_text("utf-8").splitlines())
