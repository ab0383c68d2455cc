"""docs/service.md and the files of deployment say what is: settings, calls, metrics and links are held to it."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from mcu_nlp_service import Settings

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "service.md"
TEXT = DOCUMENT.read_text("utf-8")
DEPLOYED = ("Dockerfile", "compose.yaml", "deploy/mcu-nlp.service", "docs/service.md", "README.md", "README.ru.md")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_the_table_tells_all_settings():
    written = runpy.run_path(str(ROOT / "docs" / "write_settings.py"))["with_table"](TEXT)
    assert written == TEXT, "run: python docs/write_settings.py"


@pytest.mark.parametrize("name", DEPLOYED)
def test_only_settings_that_are_there_are_named(name):
    known = {f"MCU_NLP_{field.upper()}" for field in Settings.model_fields} | {"MCU_NLP_DATA", "MCU_NLP_ИМЯ"}
    assert set(re.findall(r"MCU_NLP_[\wА-Я]+", (ROOT / name).read_text("utf-8"))) <= known


def test_links_lead_somewhere():
    headings = {re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-") for line in TEXT.splitlines()}
    for target in re.findall(r"\]\(([^)\s]+)\)", TEXT):
        if target.startswith("#"):
            assert target[1:] in headings, target
        else:
            assert (DOCUMENT.parent / target).exists(), target
    for readme in ("README.md", "README.ru.md"):
        assert "(docs/service.md)" in (ROOT / readme).read_text("utf-8")


def test_calls_that_are_told_exist(client):
    known = {re.sub(r"\{\w+\}", "{}", path) for path in client.get("/openapi.json").json()["paths"]}
    told = {re.sub(r"\{\w+\}", "{}", path) for path in re.findall(r"/v1/[\w/{}]+", TEXT)}
    assert told <= known


def test_metrics_of_the_alerts_exist(client):
    known = set(re.findall(r"^# TYPE (\w+) \w+$", client.get("/metrics").text, re.MULTILINE))
    told = set(re.findall(r"\bmcu_nlp_\w+", "".join(blocks("yaml"))))
    assert told
    assert {name.removesuffix("_bucket") for name in told} <= known


def test_calls_by_curl_work(server):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    script = "\n".join(block for block in blocks("sh") if "curl" in block and "export URL" not in block)
    environment = os.environ | {"URL": server.url, "KEY": "mcu_x_y", "no_proxy": "*"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert '"topic"' in done.stdout


def test_calls_from_python_work(server, tmp_path, monkeypatch, capsys):
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    for block in blocks("python"):
        exec(block, {"URL": server.url, "KEY": None})  # noqa: S102
    assert (tmp_path / "analyses.xlsx").is_file()
    assert capsys.readouterr().out.count("\n") == 4


def test_fields_that_the_1c_sketch_reads_exist(client):
    (sketch,) = blocks("bsl")
    answer = client.post("/v1/analyze", json={"text": "Яма на дороге"}).json()
    for path in re.findall(r'Вставить\("\w+", Разбор\.([\w.]+)\)', sketch):
        part = answer
        for name in path.split("."):
            part = part[name]


def test_the_image_installs_what_the_service_needs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found = runpy.run_path(str(ROOT / "deploy" / "requirements.py"))["requirements"](project, "postgres")
    optional = project["optional-dependencies"]
    assert set(found) == {*project["dependencies"], *optional["service"], "psycopg[binary]>=3.2"}
    copied = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"}
    assert all((ROOT / path).exists() for path in copied)


def test_the_unit_is_one_that_systemd_takes(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    unit = tmp_path / "mcu-nlp.service"
    # Installed, the command is there; here anything that can be run stands for it.
    text = (ROOT / "deploy" / "mcu-nlp.service").read_text("utf-8")
    unit.write_text(text.replace("/opt/mcu-nlp/bin/mcu-nlp", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert "mcu-nlp.service" not in done.stderr, done.stderr
