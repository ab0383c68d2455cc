"""Everything works where there is no network: install from a wheel, serve, page, docs; nothing leads outside."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
APART = ["unshare", "--user", "--map-root-user", "--net"]
# An address of another host; names of XML are addresses in form only.
OUTSIDE = re.compile(r"""(?:src|href|action|url\(|@import|from|fetch\()\s*[=(]?\s*["']?(?:https?:)?//[\w.-]+""")
SCRIPT = """
set -eu
ip link set lo up
wheel=$1 site=$2 model=$3 folder=$4 python=$5
cd "$folder"
"$python" -m venv env
# What is installed here stands for the folder of wheels that an operator brings along.
echo "$site" > "$(env/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/brought.pth"
env/bin/python -m pip install --quiet --no-index --no-deps --disable-pip-version-check "$wheel"
env/bin/python -c 'import mcu_nlp; assert "/env/" in mcu_nlp.__file__, mcu_nlp.__file__'
MCU_NLP_STATE="$folder/state" MCU_NLP_PROCESSES=1 env/bin/mcu-nlp serve --port 8000 --model "$model" > served 2>&1 &
served=$!
trap 'kill $served; wait $served || true' EXIT
env/bin/python - <<'CALLS'
import time, httpx
client = httpx.Client(base_url="http://127.0.0.1:8000", timeout=60, trust_env=False, follow_redirects=True)
for _ in range(600):
    try:
        if client.get("/readyz").status_code == 200:
            break
    except httpx.TransportError:
        pass
    time.sleep(0.2)
assert client.post("/v1/analyze", json={"text": "Яма на дороге"}).json()["topic"]["title"]
for path in ("/", "/docs", "/docs/swagger-ui-bundle.js", "/openapi.json", "/metrics"):
    print(path, client.get(path).status_code)
CALLS
"""


def test_it_is_installed_and_serves_without_a_network(toy_model, tmp_path):
    if shutil.which("ip") is None or subprocess.run([*APART, "true"], capture_output=True).returncode:
        pytest.skip("a network namespace of its own is not permitted here")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run([*APART, *build], capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    arguments = [str(wheel), sysconfig.get_path("purelib"), str(toy_model), str(tmp_path), sys.executable]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [*APART, "bash", "-c", SCRIPT, "offline", *arguments], env=environment, capture_output=True, text=True
    )
    served = tmp_path / "served"
    assert done.returncode == 0, done.stderr + (served.read_text() if served.exists() else "")
    answers = dict(line.split() for line in done.stdout.splitlines())
    assert answers.pop("/") in ("200", "404")
    assert set(answers.values()) == {"200"}


def test_no_page_leads_outside(client: httpx.Client):
    waiting, seen = ["/", "/docs", "/queue", "/jobs", "/login"], set()
    while waiting:
        path = waiting.pop()
        answer = client.get(path, headers={"accept": "text/html"}, follow_redirects=True)
        if path in seen or answer.status_code != 200:
            continue
        seen.add(path)
        # Swagger's own script is a library: the policy of its page forbids it to ask anybody else.
        if not path.endswith("swagger-ui-bundle.js"):
            assert OUTSIDE.findall(answer.text) == [], path
        if "html" in answer.headers["content-type"]:
            assert "default-src" in answer.headers["content-security-policy"]
            found = re.findall(r"""(?:src|href)=["']([^"'#?]+)""", answer.text)
            base = "/" if path.count("/") == 1 else path
            waiting += [str(httpx.URL(f"http://x{base}").join(link).path) for link in found if ":" not in link]
    assert "/docs/swagger-ui-bundle.js" in seen
