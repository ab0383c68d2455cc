"""When: calendar dates, months, years and hours, with ISO values where they can be known."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator

from mcu_nlp.fields.cover import Cover
from mcu_nlp.fields.date_patterns import date_pattern
from mcu_nlp.fields.lexicon import lexicon
from mcu_nlp.fields.time_anchors import date_windows, matches
from mcu_nlp.records import Date, Span
from mcu_nlp.text.document import Document

_NUMBERS = re.compile(r"\d+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_WORD = re.compile(r"[а-яё]+")
_NEAR_DAYS = re.compile(r"(?<!\w)(?:позавчера|вчера|сегодня|завтра)(?!\w)", re.IGNORECASE)
_SHIFT = {"позавчера": -2, "вчера": -1, "сегодня": 0, "завтра": 1}
# Two dates with nothing but this between them are one mention: «с 9:00 3 марта до 7:00 5 марта».
_BETWEEN = re.compile(r"(?: ?[-–—] ?| |, ?(?=в \d|с \d)| до | по )?\Z")
# A bare month, season or weekday tells when only after a preposition or with more words.
_NEEDS_MORE = frozenset(("month", "bare", "hours", "short", "weekday", "season", "short_years", "from_to", "quarter"))
_PREPOSITION = re.compile(
    r"(?:начиная |вплоть |примерно |где-то )?"
    r"(?:в|во|с|со|до|на|к|ко|по|за|после|около|начале|конце|середине|утром|вечером|днем|ночью)(?: |\Z)",
    re.IGNORECASE,
)
_OF_PLACE = re.compile(r" (?:пос|п|г|с|д|мкр|ж|город|сел|деревн|посёлк|микрорайон)(?:\.|[а-яё]{1,8} [А-ЯЁ])")
_CLAUSE = re.compile(
    r"(?:закон\w{0,3}|приказ\w{0,3}|постановлени\w|фз|гост\w?|снип|санпин|редакции|указ\w{0,2}|рф)[^.!?;]{0,12}\Z",
    re.IGNORECASE,
)


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
    for start, end, value in _merged(text, _hits(document, Cover(taken))):
        found.append(Date(start, end, text[start:end], value))
    if received:
        found.extend(_near_days(text, received))
        found.sort(key=lambda date: date.start)
    return tuple(found)


def _near_days(text: str, received: datetime.date) -> Iterator[Date]:
    for hit in _NEAR_DAYS.finditer(text):
        day = received + datetime.timedelta(_SHIFT[hit[0].lower()])
        yield Date(hit.start(), hit.end(), hit[0], day.isoformat())


def _hits(document: Document, taken: Cover) -> Iterator[tuple[int, int, str | None]]:
    text = document.text
    for hit in matches(date_pattern(), text, date_windows(document.tokens)):
        start, end = hit.span()
        kind = str(hit.lastgroup)
        if taken.touches(start, end) or not _is_date(hit, kind):
            continue
        yield start, end, date_value(hit[kind], kind)


def _is_date(hit: re.Match[str], kind: str) -> bool:
    """Whether the match tells when: a lone «мая» or «2021» needs a preposition."""
    if kind not in _NEEDS_MORE:
        return True
    text, leads = hit[0], _PREPOSITION.match(hit[0]) is not None
    if kind == "month":
        return leads or bool(_NUMBERS.search(text)) or " " in text.strip()
    if kind == "season":
        return (
            bool(_NUMBERS.search(text))
            or "год" in text
            or (text[:2].lower() in ("с ", "со", "до", "к ", "в ") and not text.lower().startswith(("в лет",)))
        )
    if kind == "bare":
        before = hit.string[max(0, hit.start() - 12) : hit.start()].lower()
        return (
            leads
            and text[:2].lower() in ("в ", "с ", "до", "к ", "на")
            and not before.endswith(("цена ", "сумма "))
            and len(text) < 10
        ) or before.endswith((" а на улице ", "год "))
    if kind == "hours":
        return (
            ":" in text
            or (leads and text.lower().startswith(("в ", "с ", "до ", "к ", "после ", "около ")))
            or bool(re.search(r"\d[.-]\d\d ?[-–до ]{1,4} ?\d", text))
        )
    if kind == "quarter":
        return _OF_PLACE.match(hit.string, hit.end()) is None  # «в 3 квартале п. Лог» tells where.
    if kind == "short":
        return True
    return leads


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


def date_value(text: str, kind: str) -> str | None:
    """The ISO value of a written date, if it names a year.

    >>> date_value("17.08.21", "full"), date_value("3 мая", "day"), date_value("мая 2020", "month")
    ('2021-08-17', None, '2020-05')
    """
    numbers = _NUMBERS.findall(text)
    if kind == "full" and len(numbers) >= 3:
        day, month, year = map(int, numbers[:3])
        return _iso(year + 2000 if year < 100 else year, month, day)
    if kind == "iso":
        return _iso(*map(int, numbers[:3]))
    year_found = _YEAR.search(text)
    if not year_found:
        return None
    months = lexicon("time_words")["month"]
    named = next((int(months[word]) for word in _WORD.findall(text.lower().replace("ё", "е")) if word in months), 0)
    if kind == "day" and named and len(numbers) == 2:
        return _iso(int(year_found[0]), named, int(numbers[0]))
    if kind == "month" and named:
        return f"{year_found[0]}-{named:02}"
    return year_found[0] if kind in ("years", "bare") and len(numbers) == 1 else None


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None
