"""What a person said, checked against what the model can answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mcu_nlp_service.inference.worker import ModelFacts
from mcu_nlp_service.problems import RefusalError

_NAMES = {"topic": ("topics", "Темы"), "department": ("departments", "Исполнителя")}


def checked_labels(said: Mapping[str, str], model: ModelFacts) -> dict[str, Any]:
    """Topic (with its category) and department as id and title; each is given by its id or its title.

    Titles are kept beside ids: a later model may not know them. Raises ``RefusalError``: ``label_unknown``.
    """
    found: dict[str, Any] = {}
    for field, name in said.items():
        listed, russian = _NAMES[field]
        label = _find(name, model.taxonomy[listed])
        if label is None:
            raise RefusalError(
                "label_unknown",
                f"{russian} с таким id или названием нет в модели {model.name}; список: GET /v1/taxonomy.",
                errors=[{"pointer": f"/{field}", "fault": "unknown"}],
            )
        found[field] = {"id": label["id"], "title": label["title"]}
        if field == "topic":
            found["category"] = _find(label["category"], model.taxonomy["categories"])
    return found


def _find(name: str, labels: Sequence[dict[str, str]]) -> dict[str, str] | None:
    by_id = (label for label in labels if label["id"] == name)
    by_title = (label for label in labels if _fold(label["title"]) == _fold(name))
    return next(by_id, None) or next(by_title, None)


def _fold(title: str) -> str:
    return " ".join(title.casefold().split())
