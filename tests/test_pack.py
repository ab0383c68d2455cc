"""A model folder is written whole: what fails in the middle leaves the model that was there, or one that is refused."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from toy import RECIPE, toy_examples

import mcu_nlp
from mcu_nlp.bundle import MANIFEST, REPORT, REQUIRED, REVIEW, read_bundle
from mcu_nlp.errors import BundleError
from mcu_nlp.training.card import write_card
from mcu_nlp.training.fit import Fitted
from mcu_nlp.training.pack import pack_model
from mcu_nlp.training.report import Certainty
from mcu_nlp.training.tone_report import ToneThresholds

REPLACED = (*REQUIRED, REVIEW, REPORT, MANIFEST)


@pytest.fixture
def folder(tmp_path: Path, toy_model: Path) -> Path:
    """A model that is in use."""
    return Path(shutil.copytree(toy_model, tmp_path / "model"))


def pack(folder: Path, name: str = "new") -> None:
    """Write the folder's own model anew, every file a little otherwise."""
    old = read_bundle(folder)
    heads = old.heads
    heads.bias[:] += 1
    signals = {signal: asdict(own) for signal, own in old.signals.items()}
    tone = ToneThresholds([bias + 1 for bias in old.level_bias], signals)
    fitted = Fitted(old.taxonomy, old.encoder, heads, old.department_topics)
    certainty = Certainty(old.calibrators, {"topic": 0.1234}, tone, old.scope_threshold)
    pack_model(folder, name, fitted, certainty, RECIPE, toy_examples(), {"reference": None})


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def full(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_model_takes_the_place_of_another(folder: Path) -> None:
    before = content(folder)
    pack(folder)
    assert mcu_nlp.load(folder).model.name == "new"
    after = content(folder)
    assert after.keys() == before.keys(), "nothing beside it"
    assert {name for name in after if after[name] == before[name]} <= {"taxonomy.json"}


@pytest.mark.parametrize("fails", [(np, "savez_compressed"), (os, "fsync")], ids=lambda fails: fails[1])
def test_a_full_disk_leaves_the_model_that_was_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch, fails: tuple[Any, str]
) -> None:
    before = content(folder)
    with monkeypatch.context() as patch:
        patch.setattr(*fails, full)
        with pytest.raises(OSError, match="No space left"):
            pack(folder)
    assert content(folder) == before
    assert mcu_nlp.load(folder).model.name == "toy"


@pytest.mark.parametrize("replaced", range(1, len(REPLACED)))
def test_a_crash_between_two_files_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch, replaced: int) -> None:
    """Some files are new and the rest old: the old manifest tells, though it does not vouch for every one of them."""
    names: list[str] = []
    replace = Path.replace

    def crash(draft: Path, target: Path) -> Path:
        if len(names) == replaced:
            full()
        names.append(target.name)
        return replace(draft, target)

    monkeypatch.setattr(Path, "replace", crash)
    with pytest.raises(OSError, match="No space left"):
        pack(folder)
    assert names == list(REPLACED[:replaced])
    with pytest.raises(BundleError) as refused:
        read_bundle(folder)
    assert refused.value.code == "bundle_checksum"
    assert not list(folder.glob(".*"))


def test_a_card_is_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_card(folder)
    before = content(folder)
    assert "# Model card: toy" in before["CARD.md"].decode()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_card(folder)
    assert content(folder) == before
