"""The way back: an analysis from the contract's JSON, for what was stored or sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar, cast

from mcu_nlp.records import (
    Analysis,
    Card,
    Choice,
    Contact,
    Date,
    Department,
    Doubt,
    Explanation,
    Flag,
    ModelName,
    Organization,
    Person,
    Place,
    PriorAppeal,
    Priority,
    Question,
    Reason,
    Review,
    Signal,
    Span,
    Tone,
)

_T = TypeVar("_T")
_PIECES: Mapping[str, type[Span]] = {
    "places": Place,
    "persons": Person,
    "organizations": Organization,
    "contacts": Contact,
    "dates": Date,
    "duration": Span,
    "prior_appeals": PriorAppeal,
}
_EXPLAINED = ("kind", "category", "topic", "tone")


def from_contract(content: Mapping[str, Any]) -> Analysis:
    """The analysis that :func:`mcu_nlp.contract.to_contract` wrote; raises what a wrong form raises.

    What the contract does not tell (the channel, at whom a signal is aimed) is ``None``.
    """
    department, tone, card = content["department"], content["tone"], content["card"]
    review, model, doubt, priority = content["review"], content["model"], content["doubt"], content["priority"]
    return Analysis(
        text=content["text"],
        id=content["id"],
        kind=_choice(content["kind"]) if content["kind"] else None,
        category_candidates=tuple(map(_choice, content["category_candidates"])),
        topic_candidates=tuple(map(_choice, content["topic_candidates"])),
        doubt=Doubt((doubt["topics"][0], doubt["topics"][1]), doubt["question"], doubt["confidence"])
        if doubt
        else None,
        department=_department(department) if department else None,
        department_candidates=tuple(map(_choice, content["department_candidates"])),
        tone=_tone(tone) if tone else None,
        priority=Priority(priority["level"], _spans(priority["spans"])) if priority else None,
        card=_card(card) if card else None,
        flags=tuple(Flag(flag["id"], _spans(flag["spans"]), flag["value"]) for flag in content["flags"]),
        review=Review(review["required"], tuple(review["reasons"])) if review else None,
        model=ModelName(model["name"], model["version"]) if model else None,
        explanation=_explanation(content),
    )


def _choice(content: Mapping[str, Any]) -> Choice:
    return Choice(content["id"], content["title"], content["confidence"])


def _department(content: Mapping[str, Any]) -> Department:
    because = tuple(content["because"])
    return Department(content["id"], content["title"], content["confidence"], content["source"], because)


def _tone(content: Mapping[str, Any]) -> Tone:
    signals = tuple(Signal(s["id"], s["confidence"], _spans(s["spans"]), s.get("target")) for s in content["signals"])
    return Tone(content["level"], content["confidence"], signals)


def _card(content: Mapping[str, Any]) -> Card:
    pieces: dict[str, Any] = {name: _each(kind, content[name]) for name, kind in _PIECES.items()}
    return Card(
        summary=content["summary"],
        request=_piece(Span, content["request"]) if content["request"] else None,
        questions=tuple(map(_question, content["questions"])),
        **pieces,
    )


def _question(content: Mapping[str, Any]) -> Question:
    category, topic, department = (_choice(content[name]) for name in ("category", "topic", "department"))
    return Question(content["start"], content["end"], content["text"], category, topic, department)


def _explanation(content: Mapping[str, Any]) -> Explanation | None:
    words = {name: (content[name] or {}).get("because") for name in _EXPLAINED}
    words["department"] = (content["department"] or {}).get("because_words")
    if all(reasons is None for reasons in words.values()):
        return None
    return Explanation(**{name: tuple(map(_reason, reasons or ())) for name, reasons in words.items()})


def _reason(content: Mapping[str, Any]) -> Reason:
    return Reason(content["word"], content["weight"], _spans(content["spans"]))


def _spans(content: Iterable[Mapping[str, Any]]) -> tuple[Span, ...]:
    return _each(Span, content)


def _each(kind: type[_T], content: Iterable[Mapping[str, Any]]) -> tuple[_T, ...]:
    return tuple(_piece(kind, piece) for piece in content)


def _piece(kind: type[_T], content: Mapping[str, Any]) -> _T:
    """A record of what it knows: a later service may tell more."""
    return kind(**{name: content[name] for name in _names(cast("Any", kind)) if name in content})


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
