"""A district's own table -> a model folder: on the open corpus, on nothing, or on a model in use."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mcu_nlp.bundle import shipped_corpus
from mcu_nlp.dataset.check import DataCheck, check_data
from mcu_nlp.dataset.copies import find_copies
from mcu_nlp.dataset.examples import Example, read_corpus
from mcu_nlp.dataset.rare import rare_classes
from mcu_nlp.dataset.split import Split, split_table, stratified_folds
from mcu_nlp.dataset.table import NONE, LabelledTable
from mcu_nlp.errors import InputError
from mcu_nlp.training.card import write_card
from mcu_nlp.training.on_base import train_on_base
from mcu_nlp.training.progress import Step, Tell, silent
from mcu_nlp.training.recipe import Recipe
from mcu_nlp.training.run import train

_LIBRARIES = ("mcu-nlp", "scikit-learn", "numpy", "scipy")


def train_table(
    table: LabelledTable,
    folder: str | Path,
    *,
    name: str | None = None,
    split: str = "stratified",
    check: DataCheck | None = None,
    recipe: Recipe | None = None,
    tell: Tell = silent,
) -> dict[str, Any]:
    """Train a model folder on a table from :func:`mcu_nlp.dataset.read_table`, and return its report.

    What the table's ``base`` is decides what is learned beside its rows: ``corpus``, the open corpus (topics that
    both know, or all of them where the table names none, kind and tone); ``none``, kind and tone from the corpus and
    nothing else; a model folder, all that the model knows. Held out are the table's folds (see
    :func:`mcu_nlp.dataset.split_table`), and of the corpus for what the table does not tell; near copies never stand
    on both sides. Deterministic: the same table gives the same bytes on one machine. ``tell`` is called with every
    step. Raises ``InputError``: ``data_check_failed`` when the check found errors, and what :func:`split_table`
    raises.
    """
    folder = Path(folder)
    name = name or folder.resolve().name
    tell(Step("check"))
    check = check or check_data(table)
    if check.errors:
        codes = ", ".join(finding.code for finding in check.errors)
        raise InputError("data_check_failed", path=folder, codes=codes)
    tell(Step("split"))
    divided = split_table(table, split)
    about = _about(table, check, divided)
    if table.base_model is not None:
        known = {label.id for label in (*table.base_model.taxonomy.categories, *table.base_model.taxonomy.topics)}
        about["rare"] = _rare(divided, table, known)
        report = train_on_base(
            table.base_model, divided.examples, table.taxonomy, folder, name=name, recipe=recipe, about=about, tell=tell
        )
    else:
        corpus = _corpus(table, divided, split)
        known = {label for example in corpus for label in (example.category, example.topic) if label}
        about["rare"] = _rare(divided, table, known)
        about["base"]["rows"] = len(corpus)
        report = train(
            [*divided.examples, *corpus], table.taxonomy, folder, name=name, recipe=recipe, about=about, tell=tell
        )
    write_card(folder)
    return report


def _corpus(table: LabelledTable, divided: Split, split: str) -> list[Example]:
    """The open corpus without what the table itself says, with folds of its own."""
    corpus = read_corpus(shipped_corpus(), table.taxonomy)
    copies = find_copies([example.text for example in (*divided.examples, *corpus)])
    own = set(copies.near[: len(divided.examples)].tolist())
    groups = copies.near[len(divided.examples) :]
    # Kind and tone are seldom in a table: the corpus is what confidence in them is learned from.
    folds = stratified_folds([example.kind or "" for example in corpus], groups)
    first = int(max((example.group for example in divided.examples), default=0)) + 1
    rows = [
        replace(example, fold=int(fold) if split == "stratified" or fold == 0 else -1, group=first + int(group))
        for example, fold, group in zip(corpus, folds, groups, strict=True)
        if int(group) not in own
    ]
    if table.base == NONE:
        rows = [replace(example, category=None, topic=None, in_scope=True) for example in rows]
    return rows


def _rare(divided: Split, table: LabelledTable, known: set[str]) -> list[dict[str, Any]]:
    departments = {example.department for example in divided.examples if example.department}
    return [rare.to_dict() for rare in rare_classes(divided.examples, table.taxonomy, known, departments)]


def _about(table: LabelledTable, check: DataCheck, divided: Split) -> dict[str, Any]:
    """What a reader of the report must know to make the same model again."""
    model = table.base_model
    base = {"kind": str(table.base)} if model is None else {"kind": "model", **asdict(model.model)}
    return {
        "table": {
            "rows": len(table.rows),
            "skipped": len(table.skipped),
            "sha256": table.sha256,
            "taxonomy": "file" if table.given else "base" if table.topics_of_base else "rows",
            "columns": table.columns.to_dict(),
            "corrections": table.corrections.to_dict() if table.corrections else None,
        },
        "base": base,
        "check": check.to_dict(),
        "split": divided.figures,
        "versions": {"python": sys.version.split()[0], **{library: version(library) for library in _LIBRARIES}},
    }
