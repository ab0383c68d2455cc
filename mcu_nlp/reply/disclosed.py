"""Personal data that a reply should not show: other people's in a letter, anybody's in public."""

from __future__ import annotations

from collections.abc import Iterator

from mcu_nlp.masking import DEFAULT, Kind
from mcu_nlp.privacy.find import find_private
from mcu_nlp.privacy.kinds import Private
from mcu_nlp.records import Span
from mcu_nlp.reply.reading import Reading
from mcu_nlp.reply.records import Disclosed
from mcu_nlp.reply.spans import inside, touch
from mcu_nlp.text.document import Document

# Numbers that no reply to somebody else has a reason to show.
_PAPERS = frozenset(
    (Kind.PASSPORT, Kind.SNILS, Kind.INN, Kind.POLICY, Kind.CARD, Kind.BANK_ACCOUNT, Kind.PLATE, Kind.BIRTH_DATE)
)
_REACH = 40
_FLAT = ("кв", "квартира", "квартире", "квартиры")
_WHOLE_NAME = 2


def disclosed_data(reading: Reading, appeal: Document, *, public: bool) -> tuple[Disclosed, ...]:
    """The pieces disclosed, in order. The author's own data may stand in a letter, not in public."""
    own = {token.lower for token in appeal.words if token.is_capitalized} if not public else set()
    pieces = find_private(reading.document, DEFAULT)
    strangers = [piece for piece in pieces if piece.kind is Kind.PERSON and _is_stranger(reading, piece, own, public)]
    shown = [*strangers, *_numbers(reading, pieces, strangers, appeal, public)]
    return tuple(Disclosed(start, end, reading.text[start:end], kind.value) for start, end, kind in sorted(shown))


def _is_stranger(reading: Reading, piece: Private, own: set[str], public: bool) -> bool:
    span = Span.of(reading.text, piece.start, piece.end)
    names = [token.lower for token in inside(reading.document.words, span)]
    if not names or piece.start >= reading.signature_start or all(name in own for name in names):
        return False
    sentence = reading.sentence_at(piece.start)
    marked = any(
        hit.group in ("private", "sensitive") and not touch(hit, span) for hit in inside(reading.hits, sentence)
    )
    if _in_office(reading, sentence, span):
        return False
    ill = any(hit.group == "sensitive" for hit in inside(reading.hits, sentence))
    whole = len(names) >= _WHOLE_NAME or ill
    greeted = any(hit.group == "greeting" for hit in inside(reading.hits, sentence))
    if greeted:
        return public and whole and len(names) > _WHOLE_NAME
    return whole and (marked or (public and len(names) > _WHOLE_NAME))


def _in_office(reading: Reading, sentence: Span, person: Span) -> bool:
    """Whether a post stands right before the name: «инженер Павел Ильич Рябов»."""
    posts = (hit for hit in inside(reading.hits, sentence) if hit.group == "post")
    return any(0 <= person.start - hit.end <= _REACH for hit in posts)


def _numbers(
    reading: Reading, pieces: list[Private], strangers: list[Private], appeal: Document, public: bool
) -> Iterator[Private]:
    beside = {reading.sentence_at(person.start) for person in strangers}
    for piece in pieces:
        if piece.kind is Kind.PERSON:
            continue
        span = Span.of(reading.text, piece.start, piece.end)
        written_by_author = not public and span.text in appeal.text
        with_stranger = reading.sentence_at(span.start) in beside
        flat = piece.kind is Kind.ADDRESS and any(
            token.lower in _FLAT for token in inside(reading.document.words, span)
        )
        if written_by_author:
            continue
        if piece.kind in _PAPERS or with_stranger or (public and flat):
            yield piece
