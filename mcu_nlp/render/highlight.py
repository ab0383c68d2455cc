"""The text with everything that was found in it marked; overlapping finds are drawn together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from mcu_nlp.records import Analysis, Span
from mcu_nlp.render.labels import escape, label

# Flags that a registrar must see at once, and those that name parties of the appeal.
GRAVE = ("abuse", "threat", "unreadable", "court_decision")


_LONGEST_KEPT = 24


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece to mark: ``kind`` is its CSS class; a line underlines whole sentences, the others fill words."""

    start: int
    end: int
    kind: str
    label: str
    line: bool = False


def marks_of(analysis: Analysis) -> list[Mark]:
    """Everything of an analysis that points into its text."""
    found = [*_card_marks(analysis), *_other_marks(analysis)]
    size = len(analysis.text)
    return [mark for mark in found if 0 <= mark.start < mark.end <= size]


def _card_marks(analysis: Analysis) -> Iterator[Mark]:
    card = analysis.card
    if card is None:
        return
    if card.request:
        yield _mark(card.request, "request", label("mark", "request"), line=True)
    groups: tuple[tuple[str, Iterable[Span]], ...] = (
        ("place", card.places),
        ("person", card.persons),
        ("organization", card.organizations),
        ("contact", card.contacts),
        ("date", card.dates),
        ("duration", card.duration),
        ("prior", card.prior_appeals),
    )
    for kind, spans in groups:
        for span in spans:
            yield _mark(span, kind, label("mark", kind))


def _other_marks(analysis: Analysis) -> Iterator[Mark]:
    for signal in analysis.tone.signals if analysis.tone else ():
        for span in signal.spans:
            yield _mark(span, "tone", label("signal", signal.id), line=True)
    for flag in analysis.flags:
        for span in flag.spans:
            if span.text != analysis.text:
                yield _mark(span, "grave" if flag.id in GRAVE else "flag", label("flag", flag.id))


def _mark(span: Span, kind: str, title: str, *, line: bool = False) -> Mark:
    return Mark(span.start, span.end, kind, title, line)


def highlight(text: str, marks: Iterable[Mark]) -> str:
    """The text as HTML: cut at every edge of a mark, each piece drawn with all marks that cover it.

    The shortest filling mark gives the colour; the titles of all are told on hovering.

    >>> print(highlight("Яма & лужа", [Mark(0, 3, "place", "место")]))
    <mark class="mcu-mark mcu-place mcu-first mcu-last"
    title="место">Яма<span class="mcu-tag">место</span></mark> &amp; лужа
    """
    ordered = sorted(set(marks), key=lambda mark: (mark.start, -mark.end, mark.line, mark.kind, mark.label))
    edges = sorted({0, len(text), *(mark.start for mark in ordered), *(mark.end for mark in ordered)})
    pieces: list[str] = []
    active: list[Mark] = []
    upcoming = 0
    for start, end in pairwise(edges):
        active = [mark for mark in active if mark.end > start]
        while upcoming < len(ordered) and ordered[upcoming].start == start:
            active.append(ordered[upcoming])
            upcoming += 1
        pieces.append(_piece(text[start:end], start, end, active))
    return "".join(pieces)


def _piece(text: str, start: int, end: int, active: list[Mark]) -> str:
    if not active:
        return escape(text)
    fills = [mark for mark in active if not mark.line]
    top = min(fills, key=lambda mark: mark.end - mark.start, default=None)
    classes = ["mcu-mark", *([f"mcu-{top.kind}"] if top else []), *_lines(active)]
    if top:
        classes += ["mcu-first"] * (top.start == start) + ["mcu-last"] * (top.end == end)
    titles = "; ".join(dict.fromkeys(mark.label for mark in active))
    ending = dict.fromkeys(mark.label for mark in active if mark.end == end)
    tags = "".join(f'<span class="mcu-tag">{escape(title)}</span>' for title in ending)
    return f'<mark class="{" ".join(classes)}" title="{escape(titles)}">{_kept_together(text, tags)}</mark>'


def _kept_together(text: str, tags: str) -> str:
    """The text with its tags on one line with its last word."""
    head, blank, word = text.rpartition(" ")
    if not tags or not head or len(word) > _LONGEST_KEPT:
        return escape(text) + tags
    return f'{escape(head + blank)}<span class="mcu-kept">{escape(word)}{tags}</span>'


def _lines(active: list[Mark]) -> list[str]:
    return [f"mcu-line-{kind}" for kind in dict.fromkeys(mark.kind for mark in active if mark.line)]
