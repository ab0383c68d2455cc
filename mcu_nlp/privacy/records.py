"""One analysis -> the same analysis over the masked text: every span moved, every string masked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

from mcu_nlp.privacy.kinds import PLACEHOLDER, Kind, MaskPolicy
from mcu_nlp.privacy.layout import Layout
from mcu_nlp.privacy.retold import Retold
from mcu_nlp.records import (
    Analysis,
    Card,
    Contact,
    Date,
    Department,
    Explanation,
    Flag,
    Organization,
    Place,
    PriorAppeal,
    Question,
    Reason,
    Span,
    Tone,
)

SpanT = TypeVar("SpanT", bound=Span | Question)
LONGEST_SUMMARY = 160
# Flags whose value is a name as written.
_NAMING = ("addressee", "complained_of")
# Shorter pieces («7», «Ян») are recognised in other strings only together with what stood before them.
_TELLING = 5
_BEFORE = 12
_WORD = re.compile(r"[^\W_]{3,}")


class Records:
    """Rewrites the records of one analysis by the layout of its masked text.

    ``retold`` masks strings that were made of the text, such as the summary, by the same layout.
    """

    def __init__(self, layout: Layout, policy: MaskPolicy, retold: Retold) -> None:
        self.layout, self.policy, self._retold = layout, policy, retold
        self._written = self._surfaces()
        self._words = {
            word.lower()
            for piece in layout.pieces
            if piece.kind is not Kind.ADDRESS
            for word in _WORD.findall(layout.source[piece.start : piece.end])
        }

    def analysis(self, analysis: Analysis) -> Analysis:
        """The analysis with every part rewritten."""
        return replace(
            analysis,
            text=self.layout.text,
            doubt=replace(analysis.doubt, question=self._replaced(analysis.doubt.question)) if analysis.doubt else None,
            department=self._department(analysis.department) if analysis.department else None,
            tone=self._tone(analysis.tone) if analysis.tone else None,
            card=self._card(analysis.card) if analysis.card else None,
            priority=replace(analysis.priority, spans=self._each(self._span, analysis.priority.spans))
            if analysis.priority
            else None,
            flags=tuple(self._flag(flag) for flag in analysis.flags),
            explanation=self._explanation(analysis.explanation) if analysis.explanation else None,
        )

    def _card(self, card: Card) -> Card:
        return Card(
            summary=self._summary(card.summary) if card.summary else card.summary,
            request=self._span(card.request) if card.request else None,
            places=self._each(self._place, card.places),
            persons=self._each(self._span, card.persons),
            organizations=self._each(self._organization, card.organizations),
            contacts=self._each(self._contact, card.contacts),
            dates=self._each(self._date, card.dates),
            duration=self._each(self._span, card.duration),
            prior_appeals=self._each(self._prior_appeal, card.prior_appeals),
            questions=self._each(self._span, card.questions),
        )

    @staticmethod
    def _each(rewrite: Callable[[SpanT], SpanT], spans: Iterable[SpanT]) -> tuple[SpanT, ...]:
        return tuple(rewrite(span) for span in spans)

    def _span(self, span: SpanT) -> SpanT:
        start, end = self.layout.span(span.start, span.end)
        return replace(span, start=start, end=end, text=self.layout.text[start:end])

    def _place(self, place: Place) -> Place:
        hidden = Kind.ADDRESS.placeholder
        house = hidden if place.house and self.policy.houses else self._part(place, place.house)
        building = hidden if place.building and self.policy.houses else self._part(place, place.building)
        names = ("settlement", "district", "street", "landmark", "stop", "road", "kilometre")
        parts: dict[str, Any] = {name: self._part(place, getattr(place, name)) for name in names}
        return replace(self._span(place), house=house, building=building, flat=hidden if place.flat else None, **parts)

    def _organization(self, organization: Organization) -> Organization:
        moved = self._span(organization)
        changed = self.layout.covers(organization.start, organization.end)
        return replace(moved, normal_form=moved.text if changed else self.string(organization.normal_form))

    def _contact(self, contact: Contact) -> Contact:
        moved = self._span(contact)
        return replace(moved, value=moved.text if contact.value is not None else None)

    def _date(self, date: Date) -> Date:
        changed = self.layout.covers(date.start, date.end)
        return replace(self._span(date), value=None if changed else date.value)

    def _prior_appeal(self, prior: PriorAppeal) -> PriorAppeal:
        return replace(self._span(prior), number=self._part(prior, prior.number), date=self._part(prior, prior.date))

    def _department(self, department: Department) -> Department:
        return replace(department, because=tuple(self._replaced(reason) for reason in department.because))

    def _tone(self, tone: Tone) -> Tone:
        signals = tuple(replace(signal, spans=self._each(self._span, signal.spans)) for signal in tone.signals)
        return replace(tone, signals=signals)

    def _flag(self, flag: Flag) -> Flag:
        moved = replace(flag, spans=self._each(self._span, flag.spans))
        if not isinstance(flag.value, str):
            return moved
        if flag.id not in _NAMING:
            return replace(moved, value=self._replaced(flag.value))
        covered = any(self.layout.covers(span.start, span.end) for span in flag.spans)
        return replace(moved, value=moved.spans[0].text if covered else self.string(flag.value))

    def _explanation(self, why: Explanation) -> Explanation:
        parts = (why.category, why.topic, why.department, why.tone, why.kind)
        return Explanation(*(self._reasons(part) for part in parts))

    def _reasons(self, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
        """Reasons without the words that were masked anywhere."""
        shown = []
        for reason in reasons:
            covered = any(self.layout.covers(span.start, span.end) for span in reason.spans)
            told = not self._words.isdisjoint(_WORD.findall(reason.feature.lower()))
            if not covered and not told:
                shown.append(replace(reason, spans=self._each(self._span, reason.spans)))
        return tuple(shown)

    def _part(self, span: Span, value: str | None) -> str | None:
        """A value that was copied out of a span: masked as it is masked there."""
        at = span.text.find(value) if value else -1
        if value is None or at < 0:
            return self.string(value)
        start, end = span.start + at, span.start + at + len(value)
        if not self.layout.covers(start, end):
            return value
        start, end = self.layout.span(start, end)
        return self.layout.text[start:end]

    def string(self, value: str | None) -> str | None:
        """A string that tells what the text says, with placeholders for what is masked there."""
        return self._retold.masked(value) if value else value

    def _replaced(self, value: str) -> str:
        for written, pattern, placeholder in self._written:
            if written in value:
                value = pattern.sub(lambda _hit, new=placeholder: new, value)  # type: ignore[misc]
        return value

    def _summary(self, summary: str) -> str:
        masked = self._retold.masked(summary)
        return masked if len(masked) <= max(LONGEST_SUMMARY, len(summary)) else shortened(masked)

    def _surfaces(self) -> list[tuple[str, re.Pattern[str], str]]:
        """What was masked, as written in the text, longest first, with what stands instead."""
        found: dict[str, str] = {}
        source, masked = self.layout.source, self.layout.text
        floor = 0
        for piece, (start, end) in zip(self.layout.pieces, self.layout.places, strict=True):
            first = piece.start if piece.end - piece.start >= _TELLING else max(floor, piece.start - _BEFORE)
            found.setdefault(source[first : piece.end], masked[start - (piece.start - first) : end])
            floor = piece.end
        ordered = sorted(found.items(), key=lambda item: -len(item[0]))
        return [(written, re.compile(rf"(?<!\w){re.escape(written)}(?!\w)"), new) for written, new in ordered]


def shortened(summary: str) -> str:
    """At most 160 characters, cut at a word's end and never inside a placeholder.

    >>> shortened("Нет света " * 15 + "у дома [АДРЕС] и [ФИО]")[-17:]
    'Нет света у дома…'
    """
    end = summary.rfind(" ", 0, LONGEST_SUMMARY)
    for placeholder in PLACEHOLDER.finditer(summary):
        if placeholder.start() < end < placeholder.end():
            end = placeholder.start()
    return summary[:end].rstrip(" ,;:—-(«") + "…"
