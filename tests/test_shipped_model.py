"""The recorded quality of the shipped model does not fall."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import mcu_nlp
from mcu_nlp.bundle import shipped_model

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("MCU_NLP_DATA") or ROOT.parent / "shared" / "data")

# Source, decision, figure -> the least that it may be, or for an error the most.
FLOORS = [
    ("portal", "category", "weighted_f1", 0.82),
    ("portal", "category", "coverage", 0.55),
    ("portal", "topic", "accuracy", 0.58),
    ("portal", "topic", "top3", 0.78),
    ("portal", "department", "top3", 0.72),
    ("social", "category", "accuracy", 0.76),
    ("social", "topic", "accuracy", 0.54),
    ("social", "topic", "top3", 0.74),
]


@pytest.fixture(scope="module")
def report() -> dict:
    return json.loads((shipped_model() / "report.json").read_text("utf-8"))


@pytest.mark.parametrize(("source", "decision", "figure", "floor"), FLOORS)
def test_cross_validation_keeps_its_floor(report: dict, source: str, decision: str, figure: str, floor: float) -> None:
    assert report["figures"][source][decision][figure] >= floor


@pytest.mark.parametrize("decision", ["category", "topic", "department"])
def test_confidence_is_calibrated(report: dict, decision: str) -> None:
    assert report["figures"]["portal"][decision]["ece"] <= 0.05


def test_report_and_manifest_tell_of_the_same_data(report: dict) -> None:
    manifest = json.loads((shipped_model() / "manifest.json").read_text("utf-8"))
    assert report["data_sha256"] == manifest["training_data_sha256"]
    assert report["rows"] == sum(manifest["training_rows"].values())


def test_the_model_answers_the_register_as_the_report_says(shipped: mcu_nlp.Analyzer) -> None:
    """A model answers what it was trained on better than the report's held-out figures, or it is not that model."""
    if not (DATA / "kursk" / "appeals.csv").is_file():
        pytest.skip(f"no training data in {DATA} (MCU_NLP_DATA)")
    from mcu_nlp.dataset.examples import read_register

    examples = read_register(DATA / "kursk", mcu_nlp.shipped_taxonomy())[::10]
    analyses = shipped.map((example.text for example in examples), fields=("topic",))
    right = [(a.category.id == e.category, a.topic.id == e.topic) for a, e in zip(analyses, examples, strict=True)]
    categories, topics = (sum(column) / len(right) for column in zip(*right, strict=True))
    assert categories > 0.85
    assert topics > 0.65


EVERYDAY = [
    ("Огромная яма на дороге по улице Мира, пробил колесо, отремонтируйте асфальт", "roads"),
    ("В квартире холодные батареи, нет отопления вторую неделю", "housing"),
    ("В поликлинике не попасть к терапевту, нет талонов", "health"),
    ("Автобус ходит раз в два часа, не уехать на работу", "transport"),
    ("В школе нет учителя математики с сентября", "education"),
]


@pytest.mark.parametrize(("text", "category"), EVERYDAY)
def test_everyday_appeals(shipped: mcu_nlp.Analyzer, text: str, category: str) -> None:
    found = shipped(text, fields=("topic",)).category
    assert found is not None
    assert found.id == category
