"""What many tests share: the toy model, trained once a session, and the shipped one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

# Small matrices are multiplied faster by one thread than by several that wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from toy import toy_rows, train_toy

import mcu_nlp
from mcu_nlp.training import own


@pytest.fixture(scope="session")
def toy_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder trained on the toy appeals."""
    folder = tmp_path_factory.mktemp("models") / "toy"
    train_toy(folder)
    return folder


@pytest.fixture(scope="session")
def analyzer(toy_model: Path) -> mcu_nlp.Analyzer:
    """The toy model, loaded."""
    return mcu_nlp.load(toy_model)


@pytest.fixture(scope="session")
def shipped() -> mcu_nlp.Analyzer:
    """The model that comes with the package."""
    return mcu_nlp.load()


@pytest.fixture
def small_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The corpus makes training ten times as long, and this is about the way to it."""
    path = tmp_path / "corpus.jsonl"
    rows = [{**row, "signals": [{"id": name, "spans": []} for name in row["signals"]]} for row in toy_rows()]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    monkeypatch.setattr(own, "shipped_corpus", lambda: path)
