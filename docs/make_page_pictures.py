"""Draw docs/img/page.png and page-dark.png: the page of the service with its invented example.

The service is started as anybody starts it, and the system's Chromium presses the buttons.

    .venv/bin/python docs/make_page_pictures.py [MODEL]
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "img"
ROUTING = ROOT / "examples" / "routing-petrovsk.toml"
CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SIZE = {"width": 1366, "height": 960}
SECONDS = 120


@contextmanager
def service(model: list[str], state: str) -> Iterator[str]:
    """The service on a free port; ends with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [
        str(Path(sys.executable).with_name("mcu-nlp")),
        "serve",
        "--port",
        port,
        "--routing",
        str(ROUTING),
        *model,
    ]
    process = subprocess.Popen(command, env=os.environ | {"MCU_NLP_STATE": state})
    try:
        yield wait(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait()


def wait(url: str) -> str:
    """The address, as soon as the service answers there."""
    for _ in range(SECONDS * 2):
        try:
            urllib.request.urlopen(f"{url}/readyz", timeout=5).close()  # noqa: S310
            return url
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the service does not start")


def main() -> None:
    """Write both pictures."""
    model = ["--model", sys.argv[1]] if len(sys.argv) > 1 else []
    with tempfile.TemporaryDirectory() as state, service(model, state) as url, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, scheme in (("page.png", "light"), ("page-dark.png", "dark")):
            page = browser.new_page(color_scheme=scheme, viewport=SIZE, locale="ru-RU")
            page.goto(f"{url}/?example=true")
            page.get_by_role("button", name="Разобрать").click()
            page.locator(".mcu").wait_for()
            page.screenshot(path=PICTURES / name)
            with Image.open(PICTURES / name) as drawn:
                small = drawn.convert("RGB").quantize(128)
            small.save(PICTURES / name, optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
