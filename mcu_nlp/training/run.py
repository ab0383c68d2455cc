"""One training run: examples -> held-out figures -> fitted model -> model folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mcu_nlp.dataset.examples import Example
from mcu_nlp.dataset.slugs import slugs
from mcu_nlp.taxonomy import Label, Taxonomy
from mcu_nlp.training.holdout import fit_and_hold_out
from mcu_nlp.training.pack import claim_folder, pack_model
from mcu_nlp.training.progress import Step, Tell, silent
from mcu_nlp.training.reading import read_documents
from mcu_nlp.training.recipe import Recipe
from mcu_nlp.training.report import judge, training_report

# About what reading and fitting take of a run.
_READ, _FITTED = 0.2, 0.75


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
    claim_folder(folder)
    recipe = recipe or Recipe()
    examples, taxonomy = with_departments(examples, taxonomy)
    size = len(examples)
    tell(Step("reading", 0, size))
    readings = read_documents(examples, lambda n: tell(Step("reading", n, size, _READ * n / size)))
    held_out, fitted = fit_and_hold_out(
        examples, readings, taxonomy, recipe, lambda step: tell(replace(step, share=_READ + _FITTED * step.share))
    )
    tell(Step("judging", share=_READ + _FITTED))
    certainty, judged = judge(held_out, taxonomy, recipe)
    report = training_report(examples, held_out, judged, about)
    pack_model(folder, name, fitted, certainty, recipe, examples, report)
    tell(Step("done", share=1.0))
    return report
