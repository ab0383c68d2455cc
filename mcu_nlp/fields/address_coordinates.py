"""Geographic coordinates: people copy them from a map when there is no address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mcu_nlp.records import Place

_DEGREES = r"\d{2}[.,]\d{4,12}°?"
_EXACT = r"\d{2}° ?\d{1,2}['′’`] ?\d{1,2}(?:[.,]\d{1,4})?[\"″”`'’]{1,2} ?[NSEWСЮВЗ]?"
_BETWEEN = r"[ ,;/]{1,3}(?:[Дд]олг?\w{0,5}[.:]{0,2} ?)?"
_COORDINATES = re.compile(rf"(?<![\d.,])(?:{_DEGREES}{_BETWEEN}{_DEGREES}|{_EXACT}{_BETWEEN}{_EXACT})(?![\d])")


def find_coordinates(text: str) -> Iterator[Place]:
    """Pairs of latitude and longitude; the card keeps them as a landmark.

    >>> [place.landmark for place in find_coordinates("Свалка 51.100000, 36.200000, 12.5 и 13.5")]
    ['51.100000, 36.200000']
    """
    for hit in _COORDINATES.finditer(text):
        yield Place(hit.start(), hit.end(), hit[0], landmark=hit[0])
