"""An installed wheel brings all it needs: run from an empty folder, it finds the shipped model and answers."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

CODE = """
import json, mcu_nlp, mcu_nlp.bundle
from pathlib import Path
analysis = mcu_nlp.load()("Яма на ул. Мира, 7, прошу отремонтировать дорогу")
print(json.dumps({
    "package": mcu_nlp.__file__,
    "model": str(mcu_nlp.bundle.shipped_model()),
    "corpus": mcu_nlp.bundle.shipped_corpus().is_file(),
    "category": analysis.category.id,
}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for module in ("build", "hatchling"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return next(folder.glob("mcu_nlp-*.whl"))


def test_the_wheel_holds_what_is_needed_and_no_more(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"mcu_nlp", "mcu_nlp_service"}
    assert "mcu_nlp/py.typed" in names
    assert "mcu_nlp/data/taxonomy.toml" in names
    assert {"mcu_nlp/shipped/kursk/manifest.json", "mcu_nlp/shipped/kursk/weights.npz"} <= set(names)
    assert [name for name in names if name.endswith((".pkl", ".joblib", ".pyc"))] == []


def test_it_answers_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    site, empty = tmp_path / "site", tmp_path / "empty"
    empty.mkdir()
    # A wheel is a zip: what `pip install --no-deps --target` does with it, without a network or a pip.
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    environment = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, "-c", CODE]
    result = subprocess.run(command, cwd=empty, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    assert Path(found["package"]).is_relative_to(site)
    assert Path(found["model"]) == site / "mcu_nlp" / "shipped" / "kursk"
    assert found["corpus"]
    assert found["category"] == "roads"
    shown = [sys.executable, "-m", "mcu_nlp", "--version"]
    result = subprocess.run(shown, cwd=empty, env=environment, capture_output=True, text=True, check=False)
    assert result.stdout.strip() in wheel.name
