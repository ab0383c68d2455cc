"""Kinds of personal data, their placeholders, and what a caller wants masked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """A kind of personal data; the value is what its placeholder says.

    >>> Kind.PHONE.placeholder, Kind.PERSON.numbered(2)
    ('[ТЕЛЕФОН]', '[ФИО-2]')
    """

    PERSON = "ФИО"
    PHONE = "ТЕЛЕФОН"
    EMAIL = "EMAIL"
    LINK = "ССЫЛКА"
    PASSPORT = "ПАСПОРТ"
    SNILS = "СНИЛС"
    INN = "ИНН"
    POLICY = "ПОЛИС"
    CARD = "КАРТА"
    BANK_ACCOUNT = "СЧЁТ"
    UTILITY_ACCOUNT = "ЛИЦЕВОЙ СЧЁТ"
    PLATE = "ГОСНОМЕР"
    CADASTRAL = "КАДАСТРОВЫЙ НОМЕР"
    BIRTH_DATE = "ДАТА РОЖДЕНИЯ"
    ADDRESS = "АДРЕС"

    @property
    def placeholder(self) -> str:
        """What stands in the text instead of the data."""
        return f"[{self.value}]"

    def numbered(self, number: int) -> str:
        """A placeholder that can be told from others of its kind."""
        return f"[{self.value}-{number}]"


PLACEHOLDER = re.compile(rf"\[(?:{'|'.join(Kind)})(?:-\d{{1,6}})?\]")


@dataclass(frozen=True, slots=True)
class MaskPolicy:
    """What is masked beyond names of private persons, contacts, numbers of papers and flats.

    ``houses``: numbers of houses too (settlement and street stay: a map of problems needs them).
    ``officials``: names of officials told as such too. Their names in office are public;
    still nobody has to appear in a training set or a log.
    """

    houses: bool = True
    officials: bool = True


DEFAULT = MaskPolicy()


class Private(NamedTuple):
    """A piece of text that must be covered."""

    start: int
    end: int
    kind: Kind


class Claims:
    """Pieces of one text that do not overlap: who comes first keeps his place, who comes later gets the rest.

    >>> claims = Claims("паспорт 4507 118233")
    >>> claims.add([Private(8, 19, Kind.PASSPORT), Private(0, 12, Kind.PERSON)])
    >>> claims.ordered()
    [Private(start=0, end=7, kind=<Kind.PERSON: 'ФИО'>), Private(start=8, end=19, kind=<Kind.PASSPORT: 'ПАСПОРТ'>)]
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._owner: list[int] = [0] * len(text)
        self._found: list[Private] = []
        for placeholder in PLACEHOLDER.finditer(text):
            self._take(placeholder.start(), placeholder.end())

    def add(self, pieces: Iterable[Private]) -> None:
        """Claim what is still free of each piece, if there is a letter or a digit in it."""
        for piece in pieces:
            for start, end in self._free(piece.start, piece.end):
                self._take(start, end)
                self._found.append(Private(start, end, piece.kind))

    def ordered(self) -> list[Private]:
        """The claimed pieces in the order of the text; neighbouring words of one name are one piece."""
        joined: list[Private] = []
        for piece in sorted(self._found):
            last = joined[-1] if joined else None
            if last and last.kind is piece.kind is Kind.PERSON and self._text[last.end : piece.start].strip() == "":
                joined[-1] = Private(last.start, piece.end, piece.kind)
            else:
                joined.append(piece)
        return joined

    def _take(self, start: int, end: int) -> None:
        self._owner[start:end] = [1] * (end - start)

    def _free(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        at = start
        while at < end:
            stop = at
            while stop < end and not self._owner[stop]:
                stop += 1
            first, last = _trimmed(self._text, at, stop)
            if any(map(str.isalnum, self._text[first:last])):
                yield first, last
            at = stop + 1


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Bounds without blanks and commas at the edges."""
    while start < end and text[start] in " ,;":
        start += 1
    while start < end and text[end - 1] in " ,;":
        end -= 1
    return start, end
