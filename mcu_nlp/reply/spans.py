"""Pieces of a text inside other pieces: quick where both are in order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Protocol, TypeVar


class Piece(Protocol):
    """Anything that stands somewhere in a text."""

    @property
    def start(self) -> int:
        """The place of the first character."""

    @property
    def end(self) -> int:
        """The place after the last character."""


PieceT = TypeVar("PieceT", bound=Piece)


def inside(pieces: Sequence[PieceT], outer: Piece) -> tuple[PieceT, ...]:
    """The pieces within another; they must be ordered by their start.

    >>> from mcu_nlp.records import Span
    >>> [piece.text for piece in inside([Span(0, 3, "Яма"), Span(4, 5, "у")], Span(4, 9, "у дома"))]
    ['у']
    """
    first = bisect_left(pieces, outer.start, key=lambda piece: piece.start)
    last = bisect_left(pieces, outer.end, first, key=lambda piece: piece.start)
    return tuple(piece for piece in pieces[first:last] if piece.end <= outer.end)


def within(inner: Piece, outer: Piece) -> bool:
    """Whether one piece lies in another."""
    return outer.start <= inner.start and inner.end <= outer.end


def touch(one: Piece, other: Piece) -> bool:
    """Whether two pieces share a character."""
    return one.start < other.end and other.start < one.end
