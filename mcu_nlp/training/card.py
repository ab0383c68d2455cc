"""The model card: what the model is, what it learned from, its figures, who should not use it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mcu_nlp.dataset.examples import FOLDS
from mcu_nlp.tone.levels import LEVELS
from mcu_nlp.whole_file import whole_file

_TEMPLATE = """# Model card: {name} {version}

Reads Russian citizens' appeals to municipal and regional bodies: category ({categories}), topic ({topics}),
department ({departments}), kind by 59-ФЗ, level of tone with seven signals. Linear, runs on CPU, {size:.1f} MB.

{source_of_data}
## Figures

{judged}; every text is judged by a model that did not
see it, confidence by a calibrator that did not see its fold. `coverage`: the share that can be accepted at a precision
of 0.95. Reproduce: {reproduce}.

{tables}

Tone, as the model tells it (cross-validated with the same folds, thresholds chosen on other folds than those judged;
the conflict level is rare{rare}):

{tone}

Levels, labels down and answers across:

{levels}

What is found at a wanted precision, when a threshold is set for it (recall by the held-out scores; few texts make the
rare ones unsure):

{precision}

Out of scope (AUC of the score): {scope}.

What the invented corpus adds (`benchmarks/accuracy.py`, `--without corpus`, `--only corpus`; `--record` writes the
file that this table is made of):

{gain}

## Limits, and who should not use it

- Departments are {departments_of}. Another district needs its own routing rules or its own history.
- Topics with a handful of examples are guessed poorly: read `macro_f1`, and the review policy (`review.toml`).
- It decides nothing by itself: `review.required` says where a person must look, and thresholds were set on this data.
- Not for judging persons, for closing appeals, for lowering priority by tone, or for languages other than Russian.
- Conflict and sarcasm are the weakest: treat them as a hint.
"""

# What a table does not label is judged by the corpus, where that was learned from.
_SOURCES = ("portal", "social", "corpus")
_AS_BASE = "Not measured: no held-out row is labelled with it, and it stays as the base has it."
# Of the model that comes with the package, and of one trained on a table.
_SHIPPED_DATA = """## Data

| source | rows | what | licence |
|---|---|---|---|
| portal | {portal} | appeals of one region's feedback platform, 2021-2022; an open championship | none stated |
| social | {social} | posts and comments of another region's social networks, 2022-2023 | none stated |
| corpus | {corpus} | invented appeals of this project (`corpus/`), written by a language model | CC0 |

No text of the portal or social rows is in the project or in the model: the vocabulary holds words, pairs of words and
pieces of words that stand in at least two texts, with names, numbers and unknown capitalised words masked before
counting. Tone, signals and kind were labelled by a large language model that read every message. Labels have noise:
near-identical appeals stand under different topics and departments. Training data SHA-256: `{data}`.
Whether weights learned from unlicensed texts may be used commercially is for the user's lawyer to say; a model
without those rows is one command away (`mcu-nlp train` on own data).
"""

_SHIPPED_WAY = "`make model` (prints them and writes `report.json`), `make bench`"
_OWN_WAY = "`mcu-nlp train` on the same table with the same options and versions (`report.json`)"

_OWN_DATA = """## Data

| source | rows | what |
|---|---|---|
| portal | {portal} | the table that the model was trained on: {split} split |
| corpus | {corpus} | invented appeals of the project (`corpus/`), CC0 |

Base: {base}. No text of the table is in the model: the vocabulary holds words, pairs of words and pieces of words that
stand in at least two texts, with names, numbers and unknown capitalised words masked before counting. Training data
SHA-256: `{data}`. What the check of the data found, how it was split and what became of rare classes is in
`report.json`.
"""


def write_card(folder: Path) -> None:
    """Write ``CARD.md`` from the manifest, taxonomy and report in a model folder."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    taxonomy = json.loads((folder / "taxonomy.json").read_text("utf-8"))
    report = json.loads((folder / "report.json").read_text("utf-8"))
    figures = report["figures"]
    size = sum(file.stat().st_size for file in folder.iterdir() if file.name != "CARD.md") / 1e6
    gain = folder / "corpus_gain.json"
    card = _TEMPLATE.format(
        name=manifest["name"],
        version=manifest["version"],
        size=size,
        source_of_data=_data(manifest, report),
        rare="" if "table" in report else ": 48 portal and 30 social rows",
        reproduce=_OWN_WAY if "table" in report else _SHIPPED_WAY,
        departments_of="those of the table and the base" if "table" in report else "one region's of 2021-2022",
        judged=_judged(report.get("held_out", {"folds": FOLDS})),
        tables="\n\n".join(filter(None, (_decisions(source, figures.get(source, {})) for source in _SOURCES))),
        tone=_tone(figures),
        levels=_levels(figures["tone"]),
        precision=_precision(figures["tone_precision"]),
        gain=_gain(json.loads(gain.read_text("utf-8"))) if gain.is_file() else "Not measured for this model.",
        scope=f"{figures['out_of_scope'].get('auc', 'not measured')}",
        **{name: len(taxonomy[name]) for name in ("categories", "topics", "departments")},
    )
    with whole_file(folder / "CARD.md") as draft:
        draft.write_text(card, "utf-8")


def _data(manifest: dict[str, Any], report: dict[str, Any]) -> str:
    known = {source: manifest["training_rows"].get(source, 0) for source in ("portal", "social", "corpus")}
    known["data"] = manifest["training_data_sha256"][:16]
    if "table" not in report:
        return _SHIPPED_DATA.format(**known)
    base = " ".join(str(report["base"][key]) for key in ("kind", "name", "version") if key in report["base"])
    return _OWN_DATA.format(base=base, split=report["split"]["by"], **known)


def _judged(held_out: dict[str, int]) -> str:
    if held_out["folds"] == FOLDS:
        return "By cross-validation over five folds in which near-duplicates never part"
    return f"On {held_out['rows']} held-out texts, near-duplicates of which the judged model never saw"


def _decisions(source: str, figures: dict[str, dict[str, float]]) -> str:
    names = ("accuracy", "top3", "weighted_f1", "macro_f1", "ece", "coverage")
    lines = [f"| {source} | n | " + " | ".join(names) + " |", "|---" * (len(names) + 2) + "|"]
    told = [decision for decision in ("category", "topic", "department", "kind") if decision in figures]
    for decision in told:
        values = [f"{figures[decision][name]:.3f}" for name in names]
        lines.append(f"| {decision} | {figures[decision]['n']} | " + " | ".join(values) + " |")
    return "\n".join(lines) if told else ""


def _gain(runs: dict[str, dict[str, dict[str, dict[str, float]]]]) -> str:
    names = ("category F1", "category accuracy", "topic", "topic top 3", "topic macro F1", "conflict F1")
    lines = [f"| trained on | tested on | {' | '.join(names)} |", "|---" * (len(names) + 2) + "|"]
    for run, figures in runs.items():
        for source in ("portal", "social"):
            category, topic = figures[source]["category"], figures[source]["topic"]
            values = (
                category["weighted_f1"],
                category["accuracy"],
                topic["accuracy"],
                topic["top3"],
                topic["macro_f1"],
                figures["tone"][source]["conflict_f1"],
            )
            lines.append(f"| {run} | {source} | {' | '.join(f'{value:.3f}' for value in values)} |")
    return "\n".join(lines)


def _tone(figures: dict[str, dict[str, dict[str, float]]]) -> str:
    lines = ["| | not neutral F1 | conflict F1 | conflicts shown as neutral | signals F1 |", "|---|---|---|---|---|"]
    names = ("not_neutral_f1", "conflict_f1", "conflict_seen_as_neutral")
    for source in _SOURCES:
        levels, signals = figures["tone"].get(source), figures.get(source, {}).get("signals", {})
        if levels or signals:
            values = [f"{levels[name]:.2f}" if levels else "" for name in names]
            shown = ", ".join(f"{name} {value:.2f}" for name, value in signals.items())
            lines.append(f"| {source} | {' | '.join(values)} | {shown} |")
    return "\n".join(lines) if len(lines) > 2 else _AS_BASE


def _levels(tone: dict[str, Any]) -> str:
    lines = [f"| | | {' | '.join(LEVELS)} |", "|---" * (len(LEVELS) + 2) + "|"]
    for source, figures in tone.items():
        for level, row in zip(LEVELS, figures["confusion"], strict=True):
            lines.append(f"| {source} | {level} | {' | '.join(map(str, row))} |")
    return "\n".join(lines) if tone else _AS_BASE


def _precision(sources: dict[str, dict[str, dict[str, float]]]) -> str:
    if not sources:
        return _AS_BASE
    wanted = next(iter(next(iter(sources.values())).values())).keys() - {"n"}
    names = sorted(wanted)
    lines = [f"| | | n | {' | '.join(names)} |", "|---" * (len(names) + 3) + "|"]
    for source, decisions in sources.items():
        for decision, found in decisions.items():
            values = [f"{found[name]:.2f}" for name in names]
            lines.append(f"| {source} | {decision} | {found['n']} | {' | '.join(values)} |")
    return "\n".join(lines)
