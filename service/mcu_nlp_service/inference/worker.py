"""What runs inside a worker process: one analyzer, loaded once; answers leave it as JSON bytes."""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from mcu_nlp import Analysis, Analyzer, InputError, McuNlpError, Message, load, mask_text
from mcu_nlp_service.inference import rules

_analyzer: Analyzer | None = None
# Held as long as the process lives: the service hears its end.
_mouth: Connection[Any, int] | None = None


class Facts(NamedTuple):
    """What metrics, drift and the queue of reviews need of an analysis; no word of its text."""

    category: str
    topic: str
    department: str
    department_source: str
    kind: str
    level: str
    signals: tuple[str, ...]
    topic_confidence: float
    category_confidence: float
    department_confidence: float
    review_required: bool
    reasons: tuple[str, ...]
    characters: int


class Answer(NamedTuple):
    """One analysis as the contract's JSON, and its facts."""

    json: bytes
    facts: Facts


class Refused(NamedTuple):
    """An appeal that cannot be analysed: the error's code and Russian message, which hold no text of it."""

    error: InputError


class ModelFacts(NamedTuple):
    """What a loaded model tells of itself."""

    name: str
    version: str
    taxonomy: dict[str, Any]
    # What the model answered on its training data, to measure drift against; None in an old model folder.
    reference: Mapping[str, Any] | None = None

    @property
    def named(self) -> tuple[str, str]:
        """Name and version."""
        return self.name, self.version


def begin(model: Path | None, routing: Path | None, max_text: int, mouth: Connection[Any, int]) -> None:
    """Load the model and tell its name and version, or the error that loading it ended with.

    The process ends when the service does, however that ends.
    """
    global _analyzer, _mouth
    _mouth = mouth
    threading.Thread(target=_end_with_service, daemon=True).start()
    try:
        _analyzer = load(model, routing=routing, max_text=max_text)
    except McuNlpError as error:
        # Details may hold what another process cannot read.
        details = {name: value if isinstance(value, int) else str(value) for name, value in error.details.items()}
        mouth.send(type(error)(error.code, **details))
    except Exception as error:
        mouth.send(RuntimeError(f"the model cannot be loaded: {type(error).__name__}"))
    else:
        mouth.send((_analyzer.model.name, _analyzer.model.version))


def _end_with_service() -> None:
    service = multiprocessing.parent_process()
    if service is not None:
        service.join()
        os._exit(1)


def describe() -> ModelFacts:
    """Name, version and taxonomy of the loaded model, with the departments of the routing rules."""
    analyzer = _loaded()
    taxonomy = analyzer.bundle.taxonomy
    departments = {d.id: d.title for d in taxonomy.departments}
    if analyzer.routing is not None:
        departments |= {d.id: d.title for d in analyzer.routing.departments.values()}
    described = {
        "categories": [{"id": c.id, "title": c.title} for c in taxonomy.categories],
        "topics": [{"id": t.id, "title": t.title, "category": t.category} for t in taxonomy.topics],
        "departments": [{"id": id, "title": title} for id, title in departments.items()],
    }
    return ModelFacts(analyzer.model.name, analyzer.model.version, described, analyzer.bundle.reference)


def analyze(messages: Sequence[Message], mask: bool, explain: bool) -> list[Answer | Refused]:
    """Answer several appeals together, in order; one that cannot be analysed does not stop the others."""
    analyzer = _loaded()
    answers: list[Answer | Refused] = []
    while len(answers) < len(messages):
        try:
            for analysis in analyzer.map(messages[len(answers) :], mask=mask, explain=explain):
                answers.append(_answer(analysis))
        except InputError as error:
            answers.append(Refused(error))  # its turn has come: everything before it is answered
    return answers


def reply(appeal: Message, text: str, options: dict[str, Any]) -> bytes | Refused:
    """Review an official reply beside its appeal."""
    try:
        return _bytes(_loaded().reply(appeal, text, **options).to_dict())
    except InputError as error:
        return Refused(error)


def mask(texts: Sequence[str]) -> list[str]:
    """Texts with placeholders for personal data."""
    return [mask_text(text).text for text in texts]


def check_rules(text: str) -> dict[str, Any]:
    """Whether these routing rules can be used with the loaded model."""
    return rules.checked(_loaded(), text)


def try_rules(text: str, messages: Sequence[Message]) -> dict[str, Any] | InputError:
    """What these routing rules would do to the appeals."""
    return rules.tried(_loaded(), text, messages)


def _loaded() -> Analyzer:
    if _analyzer is None:
        raise RuntimeError("no model is loaded")
    return _analyzer


def _answer(analysis: Analysis) -> Answer:
    if not (analysis.category and analysis.topic and analysis.kind and analysis.department and analysis.tone):
        raise RuntimeError("an analysis of all fields has all fields")
    review = analysis.review
    facts = Facts(
        category=analysis.category.id,
        topic=analysis.topic.id,
        department=analysis.department.id,
        department_source=analysis.department.source,
        kind=analysis.kind.id,
        level=analysis.tone.level,
        signals=tuple(signal.id for signal in analysis.tone.signals),
        topic_confidence=analysis.topic.confidence,
        category_confidence=analysis.category.confidence,
        department_confidence=analysis.department.confidence,
        review_required=bool(review and review.required),
        reasons=review.reasons if review else (),
        characters=len(analysis.text),
    )
    return Answer(_bytes(analysis.to_dict()), facts)


def _bytes(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
