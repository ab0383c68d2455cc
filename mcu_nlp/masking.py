"""Masking of personal data (152-ФЗ): in an analysis, in a bare text, for good or reversibly.

``[ФИО]``, ``[ТЕЛЕФОН]`` and their like (see :class:`Kind`) stand for what was said.
Masking finds what it knows; the result is still to be kept as carefully as
pseudonymised data, not published.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from mcu_nlp.privacy.find import Known, cover, document_of
from mcu_nlp.privacy.kinds import DEFAULT, PLACEHOLDER, Kind, MaskPolicy, Private
from mcu_nlp.privacy.records import Records
from mcu_nlp.privacy.retold import Retold
from mcu_nlp.records import Analysis, Span
from mcu_nlp.text.document import Document

__all__ = [
    "DEFAULT",
    "Kind",
    "MaskPolicy",
    "MaskedText",
    "Pseudonymized",
    "Replaced",
    "Replacements",
    "mask_analysis",
    "mask_text",
    "pseudonymize",
    "restore",
]

_MENTION = re.compile(r"\[id[0-9]{1,20}(?::bp[-0-9_]{1,40})?\|([^\[\]|]{1,200})\]")


@dataclass(frozen=True, slots=True)
class Replaced(Span):
    """A placeholder in a masked text, its kind, and where in the clean text the data stood."""

    kind: Kind
    source_start: int
    source_end: int


@dataclass(frozen=True, slots=True)
class MaskedText:
    """A masked text and its placeholders in order. What was masked is not kept."""

    text: str
    replaced: tuple[Replaced, ...] = ()


@dataclass(frozen=True, slots=True)
class Replacements:
    """What every numbered placeholder stands for: the key with which a text is restored.

    It holds the personal data themselves: keep it apart from the text and under lock,
    as 152-ФЗ asks. It is kept out of ``repr`` so that no log shows it.
    """

    written: tuple[tuple[str, str], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pseudonymized:
    """A text with numbered placeholders, and the key to it."""

    text: str
    key: Replacements


def mask_analysis(analysis: Analysis, *, policy: MaskPolicy = DEFAULT) -> Analysis:
    """Replace personal data by placeholders in the text and in everything told about it.

    Every span indexes the masked text; one that touches a placeholder holds it whole.
    Works whatever parts the analysis has: what the card does not tell is sought in the text.

    >>> mask_analysis(Analysis("Нет света на ул. Мира, д. 7. Зоя Лунина, 8 944 123-45-60")).text
    'Нет света на ул. Мира, [АДРЕС]. [ФИО], [ТЕЛЕФОН]'
    """
    card = analysis.card
    known = Known(card.persons, card.contacts, card.places) if card else Known()
    layout = cover(document_of(analysis.text), policy, known)
    told = Retold(layout, lambda string: cover(document_of(string), policy))
    return Records(layout, policy, told).analysis(analysis)


def mask_text(text: str, *, policy: MaskPolicy = DEFAULT) -> MaskedText:
    """Clean a raw message and mask it: for logs, training files and exports.

    >>> masked = mask_text("Я, Лунина Зоя Петровна, СНИЛС 112-233-445 95, жалуюсь. Лунина")
    >>> masked.text
    'Я, [ФИО], СНИЛС [СНИЛС], жалуюсь. [ФИО]'
    >>> [(r.kind.value, r.start, r.end) for r in masked.replaced][1:]
    [('СНИЛС', 16, 23), ('ФИО', 34, 39)]
    """
    document = Document.of(text)
    layout = cover(document, policy, Known(mentions=tuple(_mentions(document))))
    replaced = tuple(
        Replaced(start, end, layout.text[start:end], piece.kind, piece.start, piece.end)
        for piece, (start, end) in zip(layout.pieces, layout.places, strict=True)
    )
    return MaskedText(layout.text, replaced)


def pseudonymize(text: str, *, policy: MaskPolicy = DEFAULT) -> Pseudonymized:
    """Mask a raw message so that whoever holds the key can restore the clean text.

    The same words get the same number. The key is not encrypted: the library has no
    cipher among its dependencies, and a home-made one would protect nobody.

    >>> told = pseudonymize("Зоя Лунина, тел. 8 944 123-45-60")
    >>> told.text
    '[ФИО-1], тел. [ТЕЛЕФОН-1]'
    >>> restore(told.text, told.key)
    'Зоя Лунина, тел. 8 944 123-45-60'
    """
    document = Document.of(text)
    taken = {hit[0] for hit in PLACEHOLDER.finditer(document.text)}
    numbers: Counter[Kind] = Counter()
    written: dict[tuple[Kind, str], str] = {}

    def placeholder(piece: Private) -> str:
        said = piece.kind, document.text[piece.start : piece.end]
        while said not in written:
            numbers[piece.kind] += 1
            name = piece.kind.numbered(numbers[piece.kind])
            if name not in taken:
                written[said] = name
        return written[said]

    layout = cover(document, policy, Known(mentions=tuple(_mentions(document))), placeholder)
    key = Replacements(tuple((name, said) for (_, said), name in written.items()))
    return Pseudonymized(layout.text, key)


def restore(text: str, key: Replacements) -> str:
    """Put back what the placeholders of the key stand for; others stay.

    Also for other strings that quote the pseudonymised text.
    """
    written = dict(key.written)
    return PLACEHOLDER.sub(lambda hit: written.get(hit[0], hit[0]), text)


def _mentions(document: Document) -> Iterator[Span]:
    """Names that cleaning unpacked from «[id42|Анна]»: whoever is linked is a person."""
    raw, origins = document.clean.raw, document.clean.origins
    spans = [hit.span(1) for hit in _MENTION.finditer(raw)]
    at = 0
    for start, end in spans:
        while at < len(origins) and origins[at] < start:
            at += 1
        stop = at
        while stop < len(origins) and origins[stop] < end:
            stop += 1
        if stop > at:
            yield Span.of(document.text, at, stop)
