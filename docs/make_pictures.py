"""Draw docs/img/demo.svg: what ``mcu-nlp analyze --show`` prints for a few of the invented appeals.

The command runs as a user runs it, in colour; its output is put into the picture as it came.

    .venv/bin/python docs/make_pictures.py
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
APPEALS = ROOT / "examples" / "appeals.csv"
ROUTING = ROOT / "examples" / "routing-petrovsk.toml"
PICTURE = ROOT / "docs" / "img" / "demo.svg"
# A letter, a portal's HTML, an angry complaint, a message of three questions, a village, a reply disputed.
SHOWN = ("101", "105", "120", "125", "128", "137")
WIDTH = 132
# Fonts of the reader's machine: rich's own template would fetch one from the net.
FORMAT = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: DejaVu Sans Mono, Menlo, Consolas, monospace; font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: arial, sans-serif; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""  # noqa: E501


def run_demo(folder: Path) -> str:
    """Analyse the shown appeals and return what the terminal got, colours included."""
    chosen = folder / "appeals.csv"
    with APPEALS.open(encoding="utf-8", newline="") as source, chosen.open("w", encoding="utf-8", newline="") as target:
        rows = list(csv.reader(source, delimiter=";"))
        csv.writer(target, delimiter=";").writerows([rows[0], *(row for row in rows[1:] if row[0] in SHOWN)])
    command = [sys.executable, "-m", "mcu_nlp", "analyze", "appeals.csv", "-o", "analyses.jsonl", "--show"]
    command += ["--routing", str(ROUTING)]
    terminal = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    done = subprocess.run(command, cwd=folder, env=terminal, check=True, capture_output=True)
    return done.stdout.decode("utf-8")


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        output = run_demo(Path(folder))
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    console.print(Text.from_ansi(output))
    command = "mcu-nlp analyze appeals.csv -o analyses.jsonl --routing routing-petrovsk.toml --show"
    svg = console.export_svg(title=command, code_format=FORMAT, unique_id="demo")
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text("".join(f"{line.rstrip()}\n" for line in svg.splitlines()), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
