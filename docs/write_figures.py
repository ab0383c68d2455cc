"""Put the figures of models/kursk/report.json into the tables of both READMEs: run after `make model`."""

from __future__ import annotations

import json
import re
from pathlib import Path

HOME = Path(__file__).parents[1]
NAMES = ("accuracy", "top3", "weighted_f1", "macro_f1", "ece", "coverage")


def main() -> None:
    figures = json.loads((HOME / "models" / "kursk" / "report.json").read_text("utf-8"))["figures"]
    for readme in ("README.md", "README.ru.md"):
        text = (HOME / readme).read_text("utf-8")
        for source in ("portal", "social"):
            for decision in ("category", "topic", "department", "kind"):
                if decision in figures[source]:
                    row = figures[source][decision]
                    values = " | ".join(f"{row[name]:.3f}" for name in NAMES)
                    line = f"| {source} | {decision} | {row['n']} | {values} |"
                    text = re.sub(rf"\| {source} \| {decision} \|.*", line, text)
        (HOME / readme).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
