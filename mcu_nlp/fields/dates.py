"""When: calendar dates, months, years and hours, with ISO values where they can be known."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator

from mcu_nlp.fields.cover import Cover
from mcu_nlp.fields.date_patterns import date_pattern
from mcu_nlp.fields.date_rules import is_date
from mcu_nlp.fields.date_values import date_value, near_day
from mcu_nlp.fields.time_anchors import date_windows, matches
from mcu_nlp.records import Date, Span
from mcu_nlp.text.document import Document

_NEAR_DAYS = re.compile(
    r"(?<!\w)(позавчера|вчера|сегодня|завтра)(?!\w)(?: (?:утром|днем|днём|вечером|ночью)(?!\w))?", re.IGNORECASE
)
# Two dates with nothing but this between them are one mention: «с 9:00 3 марта до 7:00 5 марта».
_BETWEEN = re.compile(r"(?: ?[-–—] ?| |, ?(?=в \d|с \d)| до | по )?\Z")


def find_dates(
    document: Document, taken: Iterable[Span] = (), *, received: datetime.date | None = None
) -> tuple[Date, ...]:
    """Dates in order. «вчера» is a date only when it is known when the message came.

    >>> [(d.text, d.value) for d in find_dates(Document.of("Вечером 14 июня 2021 и в августе 2022 г."))]
    [('Вечером 14 июня 2021', '2021-06-14'), ('в августе 2022 г.', '2022-08')]
    >>> [d.value for d in find_dates(Document.of("Вчера прорвало"), received=datetime.date(2024, 3, 1))]
    ['2024-02-29']
    """
    text = document.text
    found: list[Date] = []
    for start, end, value in _merged(text, _hits(document, Cover(taken), received)):
        found.append(Date(start, end, text[start:end], value))
    if received:
        found.extend(_near_days(text, received))
        found.sort(key=lambda date: date.start)
    return tuple(found)


def _near_days(text: str, received: datetime.date) -> Iterator[Date]:
    for hit in _NEAR_DAYS.finditer(text):
        yield Date(hit.start(), hit.end(), hit[0], near_day(hit[1], received))


def _hits(document: Document, taken: Cover, received: datetime.date | None) -> Iterator[tuple[int, int, str | None]]:
    text = document.text
    for hit in matches(date_pattern(), text, date_windows(document.tokens)):
        start, end = hit.span()
        kind = str(hit.lastgroup)
        if taken.touches(start, end) or not is_date(hit, kind):
            continue
        yield start, end, date_value(hit[0], kind, received)


def _merged(text: str, hits: Iterable[tuple[int, int, str | None]]) -> Iterator[tuple[int, int, str | None]]:
    """Join dates that follow each other: an hour and its day, the ends of a stretch."""
    last: tuple[int, int, str | None] | None = None
    for start, end, value in hits:
        if last and start - last[1] < 6 and _BETWEEN.match(text[last[1] : start]) and "," not in text[last[1] : start]:
            last = (last[0], end, last[2] or value)
            continue
        if last:
            yield last
        last = (start, end, value)
    if last:
        yield last
