"""From a text to its masked form, and where every place of the one lies in the other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from mcu_nlp.privacy.kinds import PLACEHOLDER, Private

Placeholder = Callable[[Private], str]


class Layout:
    """A text in which pieces (ordered, apart) are replaced by placeholders.

    >>> from mcu_nlp.privacy.kinds import Kind
    >>> layout = Layout("Зоя, 5-12-34!", [Private(0, 3, Kind.PERSON), Private(5, 12, Kind.PHONE)])
    >>> layout.text, layout.span(5, 8), layout.covers(3, 5)
    ('[ФИО], [ТЕЛЕФОН]!', (7, 16), False)
    """

    def __init__(self, text: str, pieces: Sequence[Private], placeholder: Placeholder | None = None) -> None:
        self.source, self.pieces = text, tuple(pieces)
        self._starts = [piece.start for piece in pieces]
        self.places: list[tuple[int, int]] = []
        written: list[str] = []
        done = length = 0
        for piece in pieces:
            new = placeholder(piece) if placeholder else piece.kind.placeholder
            written += [text[done : piece.start], new]
            length += piece.start - done
            self.places.append((length, length + len(new)))
            length += len(new)
            done = piece.end
        self.text = "".join([*written, text[done:]])
        self._new_ends = [end for _, end in self.places]
        # Those that the source held already count too: no span may cut one.
        self._whole = [hit.span() for hit in PLACEHOLDER.finditer(self.text)]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``source[start:end]`` lies in :attr:`text`; a placeholder it touches is held whole."""
        first, last = self._start(start), max(self._start(start), self._end(end))
        if first == last:
            return first, last
        before, after = self._holding(first), self._holding(last - 1)
        return before[0] if before else first, after[1] if after else last

    def covers(self, start: int, end: int) -> bool:
        """Whether any of ``source[start:end]`` is replaced."""
        at = bisect_right(self._starts, max(start, end - 1)) - 1
        return at >= 0 and start < self.pieces[at].end and start < end

    def back(self, position: int) -> int:
        """The place in the source of a place of :attr:`text` that lies outside placeholders."""
        at = bisect_right(self._new_ends, position) - 1
        return position if at < 0 else self.pieces[at].end + position - self.places[at][1]

    def _holding(self, position: int) -> tuple[int, int] | None:
        """The placeholder of :attr:`text` that holds a place."""
        at = bisect_right(self._whole, (position, len(self.text))) - 1
        return self._whole[at] if at >= 0 and position < self._whole[at][1] else None

    def _start(self, position: int) -> int:
        at = bisect_right(self._starts, position) - 1
        if at < 0:
            return position
        inside = position < self.pieces[at].end
        return self.places[at][0] if inside else self.places[at][1] + position - self.pieces[at].end

    def _end(self, position: int) -> int:
        at = bisect_right(self._starts, position - 1) - 1
        if at < 0:
            return position
        return self.places[at][1] + max(0, position - self.pieces[at].end)
