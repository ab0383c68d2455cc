"""One training run: examples -> held-out figures -> fitted model -> model folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mcu_nlp.dataset.examples import Example, data_hash
from mcu_nlp.dataset.slugs import slugs
from mcu_nlp.taxonomy import Label, Taxonomy
from mcu_nlp.training.fit import fit_model, read_documents
from mcu_nlp.training.holdout import hold_out
from mcu_nlp.training.pack import pack_model
from mcu_nlp.training.recipe import Recipe
from mcu_nlp.training.report import judge

# Is told every step by what it prints as: «reading», «fold 2 of 5», «all rows».
Tell = Callable[[Any], None]


def silent(_step: Any) -> None:
    """Tell nobody."""


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
    about: Mapping[str, Any] | None = None,
    tell: Tell = silent,
) -> dict[str, Any]:
    """Train a model folder and return its cross-validation report, with ``about`` beside the figures.

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
        **(about or {}),
    }
    pack_model(folder, name, fitted, certainty, recipe, examples, report)
    return report
