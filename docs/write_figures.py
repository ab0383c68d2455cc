"""Put the recorded figures of models/kursk into the tables of both READMEs: run after `make model`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

HOME = Path(__file__).parents[1]
RUNS = {
    "without corpus": ("real texts without the corpus", "настоящие тексты без корпуса"),
    "everything": ("real texts and the corpus", "настоящие тексты и корпус"),
    "only corpus": ("the corpus alone", "один корпус"),
}
NAMES = ("accuracy", "top3", "weighted_f1", "macro_f1", "ece", "coverage")


def main() -> None:
    figures = json.loads((HOME / "models" / "kursk" / "report.json").read_text("utf-8"))["figures"]
    gain = json.loads((HOME / "models" / "kursk" / "corpus_gain.json").read_text("utf-8"))
    for language, readme in enumerate(("README.md", "README.ru.md")):
        text = (HOME / readme).read_text("utf-8")
        for source in ("portal", "social"):
            for decision in ("category", "topic", "department", "kind"):
                if decision in figures[source]:
                    row = figures[source][decision]
                    values = " | ".join(f"{row[name]:.3f}" for name in NAMES)
                    line = f"| {source} | {decision} | {row['n']} | {values} |"
                    text = re.sub(rf"\| {source} \| {decision} \|.*", line, text)
        for run, names in RUNS.items():
            text = re.sub(rf"\| {names[language]} \|.*", f"| {names[language]} | {gained(gain[run])} |", text)
        (HOME / readme).write_text(text, "utf-8")


def gained(run: dict[str, Any]) -> str:
    portal, social, tone = run["portal"], run["social"], run["tone"]
    topic = portal["topic"]
    values = (
        *(portal["category"]["weighted_f1"], topic["accuracy"], topic["top3"], topic["macro_f1"]),
        *(social["category"]["accuracy"], social["topic"]["accuracy"]),
    )
    conflict = " / ".join(f"{tone[source]['conflict_f1']:.2f}" for source in ("portal", "social"))
    return " | ".join((*(f"{value:.3f}" for value in values), conflict))


if __name__ == "__main__":
    main()
