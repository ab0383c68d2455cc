"""Strings that tell again what the text says (the summary, a name): masked as the text is, word by word."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable

from mcu_nlp.privacy.kinds import PLACEHOLDER, Kind, Private
from mcu_nlp.privacy.layout import Layout
from mcu_nlp.privacy.people import keys_of
from mcu_nlp.text.document import Token

# A placeholder is one word here; otherwise the words, numbers and marks of a document.
_TOKEN = re.compile(rf"{PLACEHOLDER.pattern}|[^\W\d_]+(?:[-‑’'][^\W\d_]+)*|\d+|[^\w\s]|_+")
# No longer run of words tells more about where a word was taken from.
_CONTEXT = 24
# A word that stands in the text so often is sought no further.
_PLACES = 200


class Retold:
    """Masks strings by the layout of the text that they were made of.

    A word that was taken from the text is covered exactly where it is covered there; what a
    name of the text gave in another case is covered too; a word that the text does not
    hold is left to ``cover``, which looks at the string alone.

    >>> layout = Layout("у розы в саду. Роза Лунина пишет", [Private(15, 26, Kind.PERSON)])
    >>> retold = Retold(layout, lambda string: Layout(string, []))
    >>> retold.masked("У розы в саду, роза лунина. Передать Луниной")
    'У розы в саду, [ФИО]. Передать [ФИО]'
    """

    def __init__(self, layout: Layout, cover: Callable[[str], Layout]) -> None:
        self._layout, self._cover = layout, cover
        self._tokens = _tokens(layout.source)
        self._starts = [piece.start for piece in layout.pieces]
        self._at: defaultdict[str, list[int]] = defaultdict(list)
        self._names: set[str] = set()
        for i, token in enumerate(self._tokens):
            self._at[token.lower].append(i)
            piece = self._piece(i)
            if piece >= 0 and layout.pieces[piece].kind is Kind.PERSON and token.is_word:
                self._names.update(keys_of(token))
        for places in self._at.values():
            places.sort(key=lambda i: self._piece(i) < 0)  # what is covered first

    def masked(self, string: str) -> str:
        """The string with placeholders for what is masked in the text."""
        tokens = _tokens(string)
        taken = self._taken(tokens)
        pieces: list[Private] = []
        last = -1
        for token, source in zip(tokens, taken, strict=True):
            piece = self._piece(source) if source >= 0 else -1
            if piece >= 0:
                if piece == last:
                    pieces[-1] = pieces[-1]._replace(end=token.end)
                else:
                    pieces.append(Private(token.start, token.end, self._layout.pieces[piece].kind))
            elif source < 0 and self._is_name(token):
                pieces.append(Private(token.start, token.end, Kind.PERSON))
            last = piece
        told = [piece for piece in pieces if any(map(str.isalnum, string[piece.start : piece.end]))]
        return self._rest(Layout(string, _joined(string, told)))

    def _taken(self, tokens: list[Token]) -> list[int]:
        """For each token the token of the text that it was taken from, or -1."""
        taken: list[int] = []
        i = 0
        while i < len(tokens):
            first, size = self._longest(tokens, i)
            if size == 1 and not _tells(tokens[i]):
                size = 0  # a comma comes from nowhere
            taken += range(first, first + size) if size else [-1]
            i += size or 1
        return taken

    def _longest(self, tokens: list[Token], i: int) -> tuple[int, int]:
        """Where the longest run from token ``i`` stands in the text; of equal ones, one that is covered."""
        best, most, hidden = -1, 0, False
        for place in self._at.get(tokens[i].lower, ())[:_PLACES]:
            size = 1
            while (
                size < _CONTEXT
                and i + size < len(tokens)
                and place + size < len(self._tokens)
                and tokens[i + size].lower == self._tokens[place + size].lower
            ):
                size += 1
            covered = any(self._piece(at) >= 0 for at in range(place, place + size))
            if (size, covered) > (most, hidden):
                best, most, hidden = place, size, covered
        return best, most

    def _piece(self, i: int) -> int:
        """The number of the piece that covers a token of the text, or -1."""
        token, pieces = self._tokens[i], self._layout.pieces
        at = bisect_right(self._starts, token.end - 1) - 1
        return at if at >= 0 and token.start < pieces[at].end else -1

    def _is_name(self, token: Token) -> bool:
        return token.is_word and token.is_capitalized and not self._names.isdisjoint(keys_of(token))

    def _rest(self, layout: Layout) -> str:
        """What the text does not hold at all, masked by the rules."""
        found = self._cover(layout.text)
        known = self._at
        new = [
            piece
            for piece in found.pieces
            if any(token.lower not in known for token in _tokens(layout.text[piece.start : piece.end]) if _tells(token))
        ]
        return Layout(layout.text, new).text


def _tells(token: Token) -> bool:
    return token.text[0].isalnum()


def _tokens(text: str) -> list[Token]:
    return [Token(hit.start(), hit.end(), hit[0], hit[0].lower()) for hit in _TOKEN.finditer(text)]


def _joined(text: str, pieces: list[Private]) -> list[Private]:
    """Neighbouring words of one name are one piece."""
    joined: list[Private] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        near = last is not None and text[last.end : piece.start].strip() == ""
        if last and near and last.kind is piece.kind is Kind.PERSON:
            joined[-1] = last._replace(end=piece.end)
        else:
            joined.append(piece)
    return joined
