"""Accuracy by cross-validation on the register's own folds; texts come from MCU_NLP_DATA.

python benchmarks/accuracy.py                  with everything the shipped model learns from
python benchmarks/accuracy.py --without corpus the gain of the corpus is the difference
python benchmarks/accuracy.py --only corpus    trained on invented texts alone
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from mcu_nlp.dataset.examples import Example
from mcu_nlp.taxonomy import shipped_taxonomy
from mcu_nlp.training.__main__ import shipped_examples
from mcu_nlp.training.fit import fit_model
from mcu_nlp.training.holdout import HeldOut, decision_scores, hold_out
from mcu_nlp.training.reading import read_documents
from mcu_nlp.training.recipe import Recipe
from mcu_nlp.training.report import judge
from mcu_nlp.training.run import with_departments

SOURCES = ("portal", "social", "corpus")
COLUMNS = ("accuracy", "top3", "weighted_f1", "macro_f1", "ece", "coverage")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--without", choices=SOURCES)
    choice.add_argument("--only", choices=SOURCES)
    parser.add_argument("--record", type=Path)
    arguments = parser.parse_args()
    console = Console()
    examples, taxonomy = with_departments(shipped_examples(shipped_taxonomy()), shipped_taxonomy())
    recipe = Recipe()
    if arguments.only:
        held_out = score_others(examples, arguments.only, taxonomy, recipe)
    else:
        kept = [example for example in examples if example.source != arguments.without]
        held_out = hold_out(kept, read_documents(kept), taxonomy, recipe, lambda step: console.log(str(step)))
    _, report = judge(held_out, taxonomy, recipe)
    if arguments.record:
        record(arguments.record, arguments.without, arguments.only, report)
    for source in SOURCES:
        if source in report:
            table = Table("", "n", *COLUMNS, title=f"tested on {source}")
            for decision in ("category", "topic", "department", "kind", "level"):
                if decision in report[source]:
                    figures = report[source][decision]
                    table.add_row(decision, str(figures["n"]), *(f"{figures[name]:.3f}" for name in COLUMNS))
            console.print(table)
            console.print("signals, F1:", report[source]["signals"])
    for confusion in report["confusions"]:
        console.print(f"  {confusion['n']:3} {' ~ '.join(confusion['topics'])}", highlight=False)
    console.print("tone:", report["tone"], "out of scope:", report["out_of_scope"])


def record(path: Path, without: str | None, only: str | None, report: dict[str, Any]) -> None:
    """Add this run's figures to the file under what it was trained on."""
    name = f"without {without}" if without else f"only {only}" if only else "everything"
    known = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    known[name] = {key: report[key] for key in (*SOURCES, "tone") if key in report}
    path.write_text(json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


def score_others(examples: list[Example], only: str, taxonomy, recipe: Recipe) -> HeldOut:
    """Train on one source alone and score the texts of all others."""
    seen = [example for example in examples if example.source == only]
    held = [example for example in examples if example.source != only]
    # Departments are known from the register only: without it none can be learned.
    bare = replace(taxonomy, departments=()) if only != "portal" else taxonomy
    fitted = fit_model(seen, read_documents(seen), bare, recipe)
    return HeldOut(tuple(held), decision_scores(fitted, read_documents(held), recipe))


if __name__ == "__main__":
    main()
