"""Draw docs/img/card.png and card-dark.png: the card of the invented appeal that docs/card.md shows.

The appeal is analysed by the shipped model as any other, and the page that the library
renders is photographed by a headless Chromium.

    .venv/bin/python docs/make_card_picture.py
"""

from __future__ import annotations

import datetime
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import mcu_nlp
from mcu_nlp.render import render_page

ROOT = Path(__file__).resolve().parent.parent
ROUTING = ROOT / "examples" / "routing-petrovsk.toml"
PAGE = ROOT / "docs" / "card.md"
PICTURES = ROOT / "docs" / "img"
WIDTH = 1180
# A page is drawn this high and then cut to what it needs.
HIGHEST = 2400
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=1.5",
)
_APPEAL = re.compile(r"```text\n(.+?)\n```", re.DOTALL)


def read_appeal() -> str:
    """The invented appeal as the documentation quotes it."""
    found = _APPEAL.search(PAGE.read_text("utf-8"))
    if found is None:
        raise SystemExit(f"{PAGE}: no ```text block with the appeal")
    return found[1]


def photograph(page: str, target: Path, folder: Path) -> None:
    """Draw a page with Chromium and cut the empty part below it."""
    browser = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if browser is None:
        raise SystemExit(f"none of {CHROMIUM} is installed")
    source = folder / "card.html"
    source.write_text(page, "utf-8")
    # The profile is new and empty: nothing of anybody's browser gets into the picture.
    command = [browser, *FLAGS, f"--user-data-dir={folder / 'profile'}", f"--window-size={WIDTH},{HIGHEST}"]
    subprocess.run([*command, f"--screenshot={target}", source.as_uri()], check=True, capture_output=True)
    cut(target)


def cut(picture: Path) -> None:
    """Cut the rows of mere background from the foot of a picture, and make the file small."""
    from PIL import Image

    with Image.open(picture) as image:
        drawn = image.convert("RGB")
    margin = drawn.getpixel((2, 2))
    ground = Image.new("RGB", drawn.size, margin)
    from PIL import ImageChops

    box = ImageChops.difference(drawn, ground).getbbox()
    low = min(drawn.height, (box[3] if box else drawn.height) + 30)
    drawn.crop((0, 0, drawn.width, low)).quantize(256).save(picture, optimize=True)


def main() -> None:
    """Write both pictures."""
    analyzer = mcu_nlp.load(routing=ROUTING)
    message = mcu_nlp.Message(read_appeal(), id="1741", channel="portal", received=datetime.date(2025, 2, 20))
    page = render_page(analyzer(message), title="Карточка обращения")
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, theme in (("card.png", "light"), ("card-dark.png", "dark")):
        with tempfile.TemporaryDirectory(prefix="card-picture-") as folder:
            themed = page.replace("<body ", f'<body data-theme="{theme}" ')
            photograph(themed, PICTURES / name, Path(folder))
    sys.stdout.write(f"{PICTURES / 'card.png'}\n")


if __name__ == "__main__":
    main()
