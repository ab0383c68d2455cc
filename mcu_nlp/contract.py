"""The JSON of one analysis, version 1: names and meanings that other systems rely on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from mcu_nlp.records import Analysis, Card, Choice, Department, Doubt, Flag, Reason, Span, Tone


def to_contract(analysis: Analysis) -> dict[str, Any]:
    """The analysis as the mapping that the contract describes, ready for JSON.

    Parts that were not asked for are ``null``; ``because`` stands in kind, category, topic,
    department and tone only when the analysis was made with ``explain``.
    """
    why = analysis.explanation
    of_kind, of_category, of_topic, of_department, of_tone = (
        (why.kind, why.category, why.topic, why.department, why.tone) if why else (None,) * 5
    )
    return {
        "id": analysis.id,
        "text": analysis.text,
        "kind": _choice(analysis.kind, of_kind),
        "category": _choice(analysis.category, of_category),
        "category_candidates": [_choice(choice) for choice in analysis.category_candidates],
        "topic": _choice(analysis.topic, of_topic),
        "topic_candidates": [_choice(choice) for choice in analysis.topic_candidates],
        "doubt": _doubt(analysis.doubt),
        "department": _department(analysis.department, of_department),
        "department_candidates": [_choice(choice) for choice in analysis.department_candidates],
        "tone": _tone(analysis.tone, of_tone),
        "priority": {"level": analysis.priority.level, "spans": [_span(span) for span in analysis.priority.spans]}
        if analysis.priority
        else None,
        "card": _card(analysis.card),
        "flags": [_flag(flag) for flag in analysis.flags],
        "review": {"required": analysis.review.required, "reasons": list(analysis.review.reasons)}
        if analysis.review
        else None,
        "model": asdict(analysis.model) if analysis.model else None,
    }


def _doubt(doubt: Doubt | None) -> dict[str, Any] | None:
    if doubt is None:
        return None
    return {"topics": list(doubt.topics), "question": doubt.question, "confidence": round(doubt.confidence, 4)}


def _choice(choice: Choice | None, because: tuple[Reason, ...] | None = None) -> dict[str, Any] | None:
    if choice is None:
        return None
    content: dict[str, Any] = {
        "id": choice.id,
        "title": choice.title,
        "confidence": round(choice.confidence, 4),
    }
    if because is not None:
        content["because"] = [_reason(reason) for reason in because]
    return content


def _department(department: Department | None, because: tuple[Reason, ...] | None) -> dict[str, Any] | None:
    content = _choice(department)
    if content is None or department is None:
        return None
    content["source"] = department.source
    content["because"] = list(department.because)
    if because is not None:
        content["because_words"] = [_reason(reason) for reason in because]
    return content


def _tone(tone: Tone | None, because: tuple[Reason, ...] | None) -> dict[str, Any] | None:
    if tone is None:
        return None
    content: dict[str, Any] = {
        "level": tone.level,
        "confidence": round(tone.confidence, 4),
        "signals": [
            {
                "id": s.id,
                "confidence": round(s.confidence, 4),
                "target": s.target,
                "spans": [_span(span) for span in s.spans],
            }
            for s in tone.signals
        ],
    }
    if because is not None:
        content["because"] = [_reason(reason) for reason in because]
    return content


def _card(card: Card | None) -> dict[str, Any] | None:
    if card is None:
        return None
    content = {name: list(part) if isinstance(part, tuple) else part for name, part in asdict(card).items()}
    content["questions"] = [
        {
            "start": q.start,
            "end": q.end,
            "text": q.text,
            "category": _choice(q.category),
            "topic": _choice(q.topic),
            "department": _choice(q.department),
        }
        for q in card.questions
    ]
    return content


def _flag(flag: Flag) -> dict[str, Any]:
    return {"id": flag.id, "value": flag.value, "spans": [_span(span) for span in flag.spans]}


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "word": reason.feature,
        "weight": round(reason.weight, 4),
        "spans": [_span(span) for span in reason.spans],
    }


def _span(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "text": span.text}
