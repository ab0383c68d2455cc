"""A model on disk: files that are checked before they are read, and whose reading runs no code.

``manifest.json`` names every file with its size and SHA-256; weights are plain arrays
(npz read with ``allow_pickle=False``), the rest is JSON and TOML.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mcu_nlp.errors import BundleError, ConfigError
from mcu_nlp.kind.encoder import CueEncoder
from mcu_nlp.kind.lexicon import shipped_cues
from mcu_nlp.linear.calibrator import Calibrator
from mcu_nlp.linear.encoder import TextEncoder
from mcu_nlp.linear.heads import Heads
from mcu_nlp.linear.meaning import DIMENSIONS, MeaningEncoder
from mcu_nlp.linear.ngrams import NgramEncoder
from mcu_nlp.records import ModelName
from mcu_nlp.review import ReviewPolicy
from mcu_nlp.stages.identify_kind import KINDS
from mcu_nlp.stages.identify_topic import JointWeights
from mcu_nlp.stages.score_tone import SignalSettings
from mcu_nlp.taxonomy import Taxonomy
from mcu_nlp.tone.levels import LEVELS, ConflictMix
from mcu_nlp.tone.lexicon import SIGNALS, shipped_lexicon
from mcu_nlp.tone.style import StyleEncoder

FORMAT = 1
MANIFEST = "manifest.json"
# What a bundle must hold and the manifest must vouch for; CARD.md and report.json are for people and may be absent.
REQUIRED = ("weights.npz", "settings.json", "taxonomy.json")
REPORT = "report.json"
# Configuration that the user may edit: checked for what it says, not for its bytes.
REVIEW = "review.toml"
# Decisions that have a calibrator.
CALIBRATED = ("category", "topic", "department", "kind", "level")
# A bundle larger than this unpacked is not one of ours.
_UNPACKED_LIMIT = 1 << 30

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Bundle:
    """A model in memory, ready to answer."""

    model: ModelName
    taxonomy: Taxonomy
    encoder: TextEncoder
    heads: Heads
    department_topics: npt.NDArray[np.float32]
    joint: JointWeights
    calibrators: Mapping[str, Calibrator]
    level_bias: tuple[float, ...]
    conflict_mix: ConflictMix
    signals: Mapping[str, SignalSettings]
    scope_threshold: float
    review: ReviewPolicy
    # What it answered on its training data (see training/reference.py); None in a folder that does not tell.
    reference: Mapping[str, Any] | None = None


def shipped_model() -> Path:
    """Where the model that comes with the package lies."""
    return _shipped("kursk", "models/kursk")


def shipped_corpus() -> Path:
    """Where the open corpus of invented appeals lies."""
    return _shipped("appeals.jsonl", "corpus/appeals.jsonl")


def _shipped(name: str, in_checkout: str) -> Path:
    """What the package brings lies inside it when installed, at the top of a checkout otherwise."""
    package = Path(str(files("mcu_nlp")))
    installed = package / "shipped" / name
    return installed if installed.exists() else package.parent / in_checkout


def read_bundle(folder: str | Path | None = None) -> Bundle:
    """Check a model folder and read it; ``None`` is the shipped model.

    Raises ``BundleError``: ``bundle_missing``, ``bundle_format``, ``bundle_checksum``,
    ``bundle_content``.
    """
    folder = shipped_model() if folder is None else Path(folder)
    manifest = check_manifest(folder)
    try:
        taxonomy = Taxonomy.from_json((folder / "taxonomy.json").read_text("utf-8"))
        settings = json.loads((folder / "settings.json").read_text("utf-8"))
        arrays = _read_arrays(folder / "weights.npz")
        bundle = _assemble(manifest, taxonomy, settings, arrays, (folder / REVIEW).read_text("utf-8"))
        return replace(bundle, reference=_read_reference(folder / REPORT))
    except (KeyError, TypeError, ValueError, IndexError, ConfigError, tomllib.TOMLDecodeError, zipfile.BadZipFile) as e:
        raise BundleError("bundle_content", path=folder, name=type(e).__name__, problem=e) from None


def check_manifest(folder: str | Path | None = None) -> dict[str, Any]:
    """The manifest of a model folder (``None``: the shipped one), after every file's checksum was found right.

    Raises ``BundleError``: ``bundle_missing``, ``bundle_format``, ``bundle_checksum``, ``bundle_content``.
    """
    folder = shipped_model() if folder is None else Path(folder)
    path = folder / MANIFEST
    if not path.is_file():
        raise BundleError("bundle_missing", path=folder, name=MANIFEST)
    try:
        manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
        found, listed = manifest["format"], dict(manifest["files"])
    except (ValueError, KeyError, TypeError) as problem:
        raise BundleError("bundle_content", path=folder, name=MANIFEST, problem=problem) from None
    if found != FORMAT:
        raise BundleError("bundle_format", path=folder, got=found, expected=FORMAT)
    for name in (*REQUIRED, *listed):
        # A name that leads out of the folder is refused like a missing one.
        if name not in listed or Path(name).name != name or not (folder / name).is_file():
            raise BundleError("bundle_missing", path=folder, name=name)
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != listed[name]:
            raise BundleError("bundle_checksum", path=folder, name=name)
    if not (folder / REVIEW).is_file():
        raise BundleError("bundle_missing", path=folder, name=REVIEW)
    return manifest


def _read_reference(path: Path) -> Mapping[str, Any] | None:
    """The distributions that drift is measured against. A report may be absent, old or edited: then there are none."""
    try:
        found = json.loads(path.read_text("utf-8"))["reference"]
        return {
            decision: {
                "shares": {str(name): float(share) for name, share in found[decision]["shares"].items()},
                "confidence": [float(share) for share in found[decision]["confidence"]],
            }
            for decision in ("category", "topic")
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _read_arrays(path: Path) -> dict[str, Array]:
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _UNPACKED_LIMIT:
            raise ValueError(f"{path.name} unpacks to more than {_UNPACKED_LIMIT} bytes")
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _assemble(
    manifest: Mapping[str, Any], taxonomy: Taxonomy, settings: Mapping[str, Any], arrays: dict[str, Array], review: str
) -> Bundle:
    style = StyleEncoder(shipped_lexicon())
    if list(style.names) != settings["style"]:
        raise ValueError("the model was trained with another tone lexicon; retrain it")
    cues = CueEncoder(shipped_cues())
    if list(cues.names) != settings["cues"]:
        raise ValueError("the model was trained with other cues of kinds; retrain it")
    ngrams = NgramEncoder(
        unpack_strings(arrays["words"]), unpack_strings(arrays["characters"]), arrays["idf"].astype(np.float32)
    )
    rarity = dict(zip(unpack_strings(arrays["rarity_forms"]), map(float, arrays["rarity"]), strict=True))
    meaning = MeaningEncoder(
        rarity, *(arrays[name].astype(np.float32) for name in ("word_mean", "text_mean", "landmarks", "whitening"))
    )
    encoder = TextEncoder(ngrams, meaning, style, cues, tuple(settings["places"]))
    if len(arrays["dense"]) == encoder.blocks["places"].start:
        # A model that was trained before places were features knows nothing of them.
        nothing = np.zeros((len(encoder.places), arrays["dense"].shape[1]), arrays["dense"].dtype)
        arrays["dense"] = np.concatenate((arrays["dense"], nothing))
    heads = Heads(
        {head: tuple(classes) for head, classes in settings["heads"].items()},
        arrays["sparse"],
        *(arrays[name].astype(np.float32) for name in ("scale", "dense", "bias")),
    )
    columns = sum(map(len, heads.classes.values()))
    expected = {
        "idf": (len(ngrams),), "sparse": (len(ngrams), columns), "dense": (encoder.width, columns), "bias": (columns,),
        "scale": (columns,), "word_mean": (DIMENSIONS,), "text_mean": (DIMENSIONS,),
        "landmarks": (meaning.width, DIMENSIONS), "whitening": (meaning.width, meaning.width),
        "department_topics": (len(taxonomy.topics) + len(taxonomy.categories), len(taxonomy.departments)),
    }  # fmt: skip
    for name, shape in expected.items():
        if arrays[name].shape != shape:
            raise ValueError(f"array {name} has shape {arrays[name].shape}, expected {shape}")
        if not np.isfinite(arrays[name]).all():
            raise ValueError(f"array {name} holds what is no number")
    _check_heads(heads, taxonomy)
    return Bundle(
        ModelName(str(manifest["name"]), str(manifest["version"])),
        taxonomy,
        encoder,
        heads,
        arrays["department_topics"].astype(np.float32),
        JointWeights(**settings["joint"]),
        {name: _calibrator(settings["calibrators"][name]) for name in CALIBRATED},
        tuple(float(settings["level_bias"][place]) for place in range(len(LEVELS))),
        # A model that was trained before the mix was there does without it.
        ConflictMix(**{part: float(value) for part, value in settings.get("conflict_mix", {}).items()}),
        {signal: SignalSettings(**settings["signals"][signal]) for signal in SIGNALS},
        float(settings["scope_threshold"]),
        ReviewPolicy.from_toml(review),
    )


def _check_heads(heads: Heads, taxonomy: Taxonomy) -> None:
    """Every head answers what the taxonomy and the contract name, in their order."""
    expected = {
        "category": [label.id for label in taxonomy.categories],
        "topic": [label.id for label in taxonomy.topics],
        "kind": KINDS,
        "level": LEVELS,
        "signal": SIGNALS,
        "scope": ("out",),
        "department": [label.id for label in taxonomy.departments],
    }
    for name, classes in expected.items():
        if heads.classes.get(name, ()) != tuple(classes):
            raise ValueError(f"the classes of the head {name} are not those of the taxonomy")


def _calibrator(content: Mapping[str, Any]) -> Calibrator:
    margin, gap, log_top = map(float, content["weights"])
    return Calibrator((margin, gap, log_top), float(content["bias"]), float(content["temperature"]))


def pack_strings(strings: tuple[str, ...] | list[str]) -> npt.NDArray[np.uint8]:
    """Strings without line ends as one array of bytes."""
    return np.frombuffer("\n".join(strings).encode("utf-8"), np.uint8)


def unpack_strings(packed: Array) -> list[str]:
    """What :func:`pack_strings` packed.

    >>> unpack_strings(pack_strings(["яма", "нет света"]))
    ['яма', 'нет света']
    """
    text = packed.astype(np.uint8).tobytes().decode("utf-8")
    return text.split("\n") if text else []
