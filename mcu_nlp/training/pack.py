"""A fitted and judged model -> a model folder, the same bytes every time on one machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np

from mcu_nlp.bundle import FORMAT, MANIFEST, REPORT, REQUIRED, REVIEW, pack_strings
from mcu_nlp.dataset.examples import Example, data_hash
from mcu_nlp.errors import InputError
from mcu_nlp.training.fit import Fitted
from mcu_nlp.training.recipe import Recipe
from mcu_nlp.training.report import Certainty
from mcu_nlp.whole_file import whole_files

# In the order of replacing: from the first on the old manifest refuses what is there, until the new one is.
_FILES = (*REQUIRED, REVIEW, REPORT, MANIFEST)
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "pymorphy3", "pymorphy3-dicts-ru", "natasha")


def claim_folder(folder: Path) -> None:
    """Make the model folder, and try whether it takes files: to hear that it does not after training is too late.

    Raises ``InputError`` (``folder_is_file``) and ``OSError`` when the disk refuses.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise InputError("folder_is_file", path=folder) from None
    with TemporaryFile(dir=folder):
        pass


def pack_model(
    folder: Path,
    name: str,
    fitted: Fitted,
    certainty: Certainty,
    recipe: Recipe,
    examples: Sequence[Example],
    report: Mapping[str, Any],
) -> None:
    """Write every file of the bundle but its card, in place of a bundle that may be there.

    When a file cannot be written, the old bundle is as it was; what stops the work while names are changed leaves
    the old bundle, the new one, or one that its checksums refuse.
    """
    claim_folder(folder)
    with whole_files([folder / file for file in _FILES]) as paths:
        drafts = dict(zip(_FILES, paths, strict=True))
        drafts["taxonomy.json"].write_text(fitted.taxonomy.to_json(), "utf-8")
        _write_json(drafts["settings.json"], _settings(fitted, certainty, recipe))
        drafts[REVIEW].write_text(_review(certainty, recipe), "utf-8")
        _write_json(drafts[REPORT], report)
        _write_arrays(drafts["weights.npz"], fitted)
        checksums = {file: hashlib.sha256(drafts[file].read_bytes()).hexdigest() for file in sorted(REQUIRED)}
        _write_json(drafts[MANIFEST], _manifest(name, checksums, examples))


def _manifest(name: str, checksums: Mapping[str, str], examples: Sequence[Example]) -> dict[str, Any]:
    content = hashlib.sha256(json.dumps(checksums, sort_keys=True).encode()).hexdigest()
    return {
        "format": FORMAT,
        "name": name,
        "version": f"{version('mcu-nlp')}+{content[:10]}",
        "training_data_sha256": data_hash(examples),
        "training_rows": {
            source: sum(e.source == source for e in examples) for source in sorted({e.source for e in examples})
        },
        "libraries": {library: version(library) for library in _LIBRARIES},
        "files": checksums,
    }


def _settings(fitted: Fitted, certainty: Certainty, recipe: Recipe) -> dict[str, Any]:
    return {
        "heads": {head: list(classes) for head, classes in fitted.heads.classes.items()},
        "places": list(fitted.encoder.places),
        "style": list(fitted.encoder.style.names),
        "cues": list(fitted.encoder.cues.names),
        "joint": asdict(recipe.joint),
        "calibrators": {name: asdict(calibrator) for name, calibrator in sorted(certainty.calibrators.items())},
        "level_bias": certainty.tone.level_bias,
        "conflict_mix": asdict(recipe.conflict_mix),
        "signals": dict(certainty.tone.signals),
        "scope_threshold": min(certainty.scope_threshold, 1e9),
    }


def _review(certainty: Certainty, recipe: Recipe) -> str:
    lines = [
        "# When a person must look. A decision is uncertain below its threshold; the thresholds were set on held-out",
        f"# data so that decisions above them are right {recipe.target_precision:.0%} of the time (1.01: never sure).",
        "# `required` lists the reasons that make a review required; the others are only told.",
        f"required = {json.dumps(list(recipe.required_reviews))}",
        "",
        "[thresholds]",
        *(f"{name} = {threshold:.4f}" for name, threshold in certainty.thresholds.items()),
    ]
    return "\n".join(lines) + "\n"


def _write_arrays(path: Path, fitted: Fitted) -> None:
    encoder, heads = fitted.encoder, fitted.heads
    forms = sorted(encoder.meaning.rarity)
    arrays: dict[str, Any] = {
        "words": pack_strings(encoder.ngrams.words),
        "characters": pack_strings(encoder.ngrams.characters),
        "idf": encoder.ngrams.idf.astype(np.float32),
        "rarity_forms": pack_strings(forms),
        "rarity": np.array([encoder.meaning.rarity[form] for form in forms], np.float16),
        "word_mean": encoder.meaning.word_mean.astype(np.float16),
        "text_mean": encoder.meaning.text_mean.astype(np.float16),
        "landmarks": encoder.meaning.landmarks.astype(np.float16),
        "whitening": encoder.meaning.whitening.astype(np.float16),
        "sparse": heads.sparse,
        "scale": heads.scale,
        "dense": heads.dense.astype(np.float16),
        "bias": heads.bias,
        "department_topics": fitted.department_topics.astype(np.float16),
    }
    with path.open("wb") as stream:
        np.savez_compressed(stream, **arrays)


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
