"""A model folder is checked before it is read, and reading it runs no code."""

from __future__ import annotations

import hashlib
import json
import pickle
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pytest
from toy import toy_examples, train_toy

import mcu_nlp
from mcu_nlp import BundleError
from mcu_nlp.bundle import FORMAT, REQUIRED, pack_strings, read_bundle, shipped_model, unpack_strings
from mcu_nlp.text.morph import read_form
from mcu_nlp.text.terms import NAME, NUMBER

MEGABYTE = 1 << 20


@pytest.fixture
def folder(toy_model: Path, tmp_path: Path) -> Path:
    """A copy of the toy model that a test may damage."""
    return copytree(toy_model, tmp_path / "model")


def change_manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), "utf-8")


def sign(folder: Path) -> None:
    """Write the checksums anew: damage that only looking inside can find."""
    sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in REQUIRED}
    change_manifest(folder, lambda manifest: manifest.update(files=sums))


def refusal(folder: Path) -> BundleError:
    with pytest.raises(BundleError) as refused:
        mcu_nlp.load(folder)
    assert str(folder) in str(refused.value)
    assert re.search("[а-я]{4}", refused.value.russian)
    return refused.value


def test_a_whole_model_is_read(folder: Path) -> None:
    bundle = read_bundle(folder)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert (bundle.model.name, bundle.model.version) == ("toy", manifest["version"])
    assert manifest["format"] == FORMAT
    assert set(manifest["files"]) == set(REQUIRED)
    assert len(manifest["training_data_sha256"]) == 64
    assert manifest["training_rows"] == {"portal": len(toy_examples())}
    assert {"numpy", "scikit-learn", "pymorphy3-dicts-ru"} <= set(manifest["libraries"])


def test_files_for_people_may_be_absent(folder: Path) -> None:
    (folder / "report.json").unlink()
    assert read_bundle(folder).model.name == "toy"


def test_no_folder(tmp_path: Path) -> None:
    error = refusal(tmp_path / "none")
    assert (error.code, error.details["name"]) == ("bundle_missing", "manifest.json")


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    error = refusal(folder)
    assert (error.code, error.details["name"]) == ("bundle_missing", name)


@pytest.mark.parametrize("name", REQUIRED)
def test_a_file_that_the_manifest_does_not_list(folder: Path, name: str) -> None:
    change_manifest(folder, lambda manifest: manifest["files"].pop(name))
    assert refusal(folder).code == "bundle_missing"


@pytest.mark.parametrize("name", REQUIRED)
def test_a_changed_file(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    error = refusal(folder)
    assert (error.code, error.details["name"]) == ("bundle_checksum", name)


@pytest.mark.parametrize("format", [0, 2, "1", None, [1]])
def test_another_format(folder: Path, format: Any) -> None:
    change_manifest(folder, lambda manifest: manifest.update(format=format))
    error = refusal(folder)
    assert error.code == "bundle_format"
    assert "retrain the model or install a matching version" in str(error)


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "null", "{}", '{"format": 1}', '{"format": 1, "files": 7}'])
def test_a_manifest_that_is_none(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text)
    assert refusal(folder).code == "bundle_content"


def test_a_manifest_in_another_encoding(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(b"\xff\xfe\xd0")
    assert refusal(folder).code == "bundle_content"


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/hostname", "sub/file", "..", ".", ""])
def test_names_that_lead_out_of_the_folder(folder: Path, name: str) -> None:
    (folder.parent / "secret.txt").write_text("secret")
    change_manifest(folder, lambda manifest: manifest["files"].update({name: hashlib.sha256(b"secret").hexdigest()}))
    error = refusal(folder)
    assert (error.code, error.details["name"]) == ("bundle_missing", name)


def change_arrays(folder: Path, **changed: Any) -> None:
    with np.load(folder / "weights.npz") as stored:
        arrays = dict(stored) | changed
    np.savez(folder / "weights.npz", **{name: array for name, array in arrays.items() if array is not None})
    sign(folder)


def test_a_model_from_before_places_were_features_is_read(folder: Path) -> None:
    now = read_bundle(folder)
    with np.load(folder / "weights.npz") as stored:
        change_arrays(folder, dense=stored["dense"][: now.encoder.blocks["places"].start])
    before = read_bundle(folder)
    assert before.heads.dense.shape == now.heads.dense.shape
    assert not before.heads.dense[before.encoder.blocks["places"]].any()


ARRAYS = (
    "idf",
    "sparse",
    "dense",
    "bias",
    "scale",
    "word_mean",
    "text_mean",
    "landmarks",
    "whitening",
    "department_topics",
)


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_of_another_shape(folder: Path, name: str) -> None:
    with np.load(folder / "weights.npz") as stored:
        array = stored[name]
    change_arrays(folder, **{name: array[:-1]})
    assert refusal(folder).code == "bundle_content"


@pytest.mark.parametrize("name", [*ARRAYS, "words", "characters", "rarity", "rarity_forms"])
def test_an_absent_array(folder: Path, name: str) -> None:
    change_arrays(folder, **{name: None})
    error = refusal(folder)
    assert error.code == "bundle_content"
    assert name in str(error)


@pytest.mark.parametrize("name", ["bias", "dense", "scale", "idf", "landmarks"])
def test_weights_that_are_no_numbers(folder: Path, name: str) -> None:
    with np.load(folder / "weights.npz") as stored:
        array = stored[name].astype(np.float32)
    array.flat[0] = np.nan
    change_arrays(folder, **{name: array})
    assert refusal(folder).code == "bundle_content"


class Bomb:
    """What unpickles by writing a file."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.trace,)


@pytest.mark.parametrize("name", ["bias", "words", "extra"])
def test_a_pickle_inside_is_refused_and_not_run(folder: Path, tmp_path: Path, name: str) -> None:
    trace = tmp_path / "was-run"
    change_arrays(folder, **{name: np.array([Bomb(trace)], object)})
    trace.unlink(missing_ok=True)
    assert refusal(folder).code == "bundle_content"
    assert not trace.exists()


def test_a_pickle_in_place_of_the_weights_is_not_run(folder: Path, tmp_path: Path) -> None:
    trace = tmp_path / "was-run"
    (folder / "weights.npz").write_bytes(pickle.dumps(Bomb(trace)))
    sign(folder)
    assert refusal(folder).code == "bundle_content"
    assert not trace.exists()


def test_a_zip_bomb_is_refused_before_it_unpacks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mcu_nlp.bundle._UNPACKED_LIMIT", 4 * MEGABYTE)
    read_bundle(folder)
    with zipfile.ZipFile(folder / "weights.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", b"\0" * 5 * MEGABYTE)
    assert (folder / "weights.npz").stat().st_size < MEGABYTE
    sign(folder)
    error = refusal(folder)
    assert error.code == "bundle_content"
    assert "unpacks to more than" in str(error)


BROKEN = {
    "settings.json": ["", "[]", "null", "{}", '{"heads": 7}'],
    "taxonomy.json": ["", "[]", "{}", '{"categories": [], "topics": [{"id": "a", "title": "A", "category": "b"}]}'],
    "review.toml": [
        "=",
        'required = ["maybe"]',
        "[thresholds]\ntopic = 7",
        "[thresholds]\nmood = 0.5",
        "thresholds = 7",
    ],
    "weights.npz": ["", "PK"],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BROKEN.items() for text in texts])
def test_content_that_makes_no_sense(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    sign(folder)
    assert refusal(folder).code == "bundle_content"


def change_settings(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    settings = json.loads((folder / "settings.json").read_text("utf-8"))
    change(settings)
    (folder / "settings.json").write_text(json.dumps(settings), "utf-8")
    sign(folder)


CHANGES: list[Callable[[dict[str, Any]], object]] = [
    lambda settings: settings["heads"]["topic"].pop(),
    lambda settings: settings["heads"].pop("kind"),
    lambda settings: settings["heads"]["topic"].reverse(),
    lambda settings: settings["calibrators"].pop("topic"),
    lambda settings: settings["calibrators"]["topic"].pop("bias"),
    lambda settings: settings["signals"].pop("risk"),
    lambda settings: settings.pop("joint"),
    lambda settings: settings["joint"].update(more=1),
    lambda settings: settings["style"].pop(),
    lambda settings: settings.pop("places"),
    lambda settings: settings.pop("scope_threshold"),
    lambda settings: settings.pop("level_bias"),
]


@pytest.mark.parametrize("change", CHANGES, ids=range(len(CHANGES)))
def test_settings_that_do_not_fit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    change_settings(folder, change)
    assert refusal(folder).code == "bundle_content"


@pytest.mark.parametrize("strings", [[], ["яма"], ["яма", "нет света", " я"], ["🙂", "a b"]])
def test_packed_strings_come_back(strings: list[str]) -> None:
    assert unpack_strings(pack_strings(strings)) == strings


def test_training_twice_gives_the_same_bytes(toy_model: Path, tmp_path: Path) -> None:
    train_toy(tmp_path / "again")
    names = sorted(path.name for path in toy_model.iterdir())
    assert names == sorted(path.name for path in (tmp_path / "again").iterdir())
    assert [n for n in names if (toy_model / n).read_bytes() != (tmp_path / "again" / n).read_bytes()] == []


def test_the_shipped_model_is_small() -> None:
    assert sum(path.stat().st_size for path in shipped_model().iterdir()) <= 25 * MEGABYTE


def test_the_shipped_model_has_a_card_and_a_report() -> None:
    card = (shipped_model() / "CARD.md").read_text("utf-8")
    assert all(word in card for word in ("## Data", "licence", "## Figures", "## Limits"))
    manifest = json.loads((shipped_model() / "manifest.json").read_text("utf-8"))
    assert manifest["version"] in card


@pytest.fixture(params=["toy", "shipped"])
def vocabulary(request: pytest.FixtureRequest) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Word n-grams, character n-grams and forms with a rarity, of each model."""
    fixture = {"toy": "analyzer", "shipped": "shipped"}[request.param]
    encoder = request.getfixturevalue(fixture).bundle.encoder
    return encoder.ngrams.words, encoder.ngrams.characters, tuple(encoder.meaning.rarity)


def test_no_name_is_in_the_vocabulary(vocabulary: tuple[tuple[str, ...], ...]) -> None:
    words, _, _ = vocabulary
    parts = {part for ngram in words for part in ngram.split(" ")} - {NAME, NUMBER}
    assert len(parts) > 100
    assert sorted(part for part in parts if read_form(part).name >= 0.5) == []


def test_no_name_is_a_form_of_its_own(vocabulary: tuple[tuple[str, ...], ...]) -> None:
    """Whole forms are kept for their rarity."""
    assert sorted(form for form in vocabulary[2] if read_form(form).name >= 0.5) == []


def test_no_number_is_in_the_vocabulary(vocabulary: tuple[tuple[str, ...], ...]) -> None:
    for ngrams in vocabulary:
        assert [ngram for ngram in ngrams if re.search(r"\d|@|\+", ngram)] == []


def test_the_folder_holds_no_phone_and_no_address_of_mail() -> None:
    for path in shipped_model().iterdir():
        if path.suffix != ".npz":
            text = path.read_text("utf-8")
            assert (
                re.findall(r"[\w.]+@[\w.]+|(?<![\w.])(?:\+7|8)[ (-]*\d{3}[ )-]*\d{3}[ -]*\d\d[ -]*\d\d(?!\w)", text)
                == []
            )


SERVING = """
import sys, mcu_nlp
imported = set(sys.modules)
analysis = mcu_nlp.load({model!r})("Яма на ул. Мира, 7, прошу отремонтировать", mask=True, explain=True)
assert analysis.topic is not None
heavy = ["sklearn", "scipy", "pandas", "fastapi", "mcu_nlp.training", "mcu_nlp.corpus", "typer", "torch", "joblib"]
print(sorted(name for name in heavy if name in imported), sorted(name for name in heavy if name in sys.modules))
"""


def test_serving_needs_neither_scikit_learn_nor_anything_else_heavy(toy_model: Path) -> None:
    code = SERVING.format(model=str(toy_model))
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (result.stdout.strip(), result.stderr) == ("[] []", "")
