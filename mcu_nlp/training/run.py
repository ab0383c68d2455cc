"""One training run: examples -> held-out figures -> fitted model -> model folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mcu_nlp.bundle import shipped_corpus
from mcu_nlp.dataset.examples import Example, data_hash, read_corpus
from mcu_nlp.dataset.slugs import slugs
from mcu_nlp.dataset.table import read_table
from mcu_nlp.tables import BadRow
from mcu_nlp.taxonomy import Label, Taxonomy
from mcu_nlp.training.card import write_card
from mcu_nlp.training.fit import fit_model, read_documents
from mcu_nlp.training.holdout import hold_out
from mcu_nlp.training.pack import pack_model
from mcu_nlp.training.recipe import Recipe
from mcu_nlp.training.report import judge

Tell = Callable[[str], None]


def with_departments(examples: Sequence[Example], taxonomy: Taxonomy) -> tuple[list[Example], Taxonomy]:
    """Give the departments that stand in the examples by title ids and a place in the taxonomy."""
    ids = slugs(example.department for example in examples if example.department)
    departments = tuple(Label(id, title) for title, id in ids.items())
    named = [replace(e, department=ids[e.department]) if e.department else e for e in examples]
    return named, Taxonomy(taxonomy.categories, taxonomy.topics, departments)


def train(
    examples: Sequence[Example],
    taxonomy: Taxonomy,
    folder: Path,
    *,
    name: str,
    recipe: Recipe | None = None,
    tell: Tell = lambda _: None,
) -> dict[str, Any]:
    """Train a model folder and return its cross-validation report.

    Departments are named by title in the examples and get ids here. Deterministic: the
    same examples give the same bytes on one machine.
    """
    recipe = recipe or Recipe()
    examples, taxonomy = with_departments(examples, taxonomy)
    tell("reading")
    documents = read_documents(examples)
    certainty, figures = judge(hold_out(examples, documents, taxonomy, recipe, tell), taxonomy, recipe)
    tell("all rows")
    fitted = fit_model(examples, documents, taxonomy, recipe)
    distributions = figures.pop("reference")
    report = {
        "rows": len(examples),
        "data_sha256": data_hash(examples),
        "figures": figures,
        "reference": distributions,
    }
    pack_model(folder, name, fitted, certainty, recipe, examples, report)
    return report


def train_table(
    path: str | Path,
    folder: Path,
    *,
    name: str,
    chosen: Mapping[str, str | None],
    tell: Tell = lambda _: None,
) -> tuple[dict[str, Any], tuple[BadRow, ...]]:
    """Train on a file of labelled appeals; kind and tone are learned from the open corpus beside it.

    The corpus teaches topics too where the file uses the shipped topics. Returns the
    report and the rows that could not be used. Raises what :func:`read_table` raises.
    """
    table = read_table(path, chosen)
    # A file of one's own seldom tells kind and tone: the corpus is what confidence in them is learned from.
    known = {example.text for example in table.examples}
    corpus = read_corpus(shipped_corpus(), table.taxonomy, held_out=True)
    examples = [*table.examples, *(example for example in corpus if example.text not in known)]
    report = train(examples, table.taxonomy, folder, name=name, tell=tell)
    write_card(folder)
    return report, table.skipped
