"""What a written date means: its ISO value, counted from the day the message came where it must be."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

from mcu_nlp.fields.lexicon import lexicon

_NUMBERS = re.compile(r"\d+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# «в феврале 21 года»
_SHORT_YEAR = re.compile(r"(?<!\d)(\d\d) ?г(?:ода?)?(?![а-яё])", re.IGNORECASE)
_WORD = re.compile(r"[а-яё]+")
_THIS_YEAR = re.compile(r"(?<!\w)(?:эт|текущ|сего |нынешн)\w{0,3} ?(?:год|весн|лет|осен)", re.IGNORECASE)
_LAST_YEAR = re.compile(r"(?<!\w)(?:прошл|минувш)\w{2,3} год|годом ранее|год назад", re.IGNORECASE)
_YEAR_BEFORE_LAST = re.compile(r"(?<!\w)позапрошл\w{2,3} год", re.IGNORECASE)
_LAST_SEASON = re.compile(r"(?<!\w)прошл\w{2,3} (весн|лет|осен)", re.IGNORECASE)
_SEASON_ENDS = {"весн": 5, "лет": 8, "осен": 11}
# «до 20 мая», «к июлю»: the day may be still to come.
_AHEAD = re.compile(r"(?:вплоть )?(?:до|к|ко) ", re.IGNORECASE)
_CENTURY = 100
# Two digits above this are of the last century: «17.08.85 г.р.»
_LAST_OF_OURS = 50
_SHIFT = {"позавчера": -2, "вчера": -1, "сегодня": 0, "завтра": 1}


def date_value(text: str, kind: str, received: datetime.date | None = None) -> str | None:
    """The ISO value of a written date: by the year it names, else by the day the message came.

    >>> date_value("17.08.21", "full"), date_value("3 мая", "day"), date_value("мая 2020", "month")
    ('2021-08-17', None, '2020-05')
    >>> came = datetime.date(2024, 3, 1)
    >>> date_value("3 мая", "day", came), date_value("в прошлом году", "relative", came)
    ('2023-05-03', '2023')
    """
    numbers = _NUMBERS.findall(text)
    if kind == "full" and len(numbers) >= 3:
        day, month, year = map(int, numbers[:3])
        return _iso(_full_year(year), month, day)
    if kind == "iso":
        return _iso(*map(int, numbers[:3]))
    named = _year(text, received)
    if kind == "day" and len(numbers) - bool(_YEAR.search(text)) == 1:
        return _day(named, _month(text), int(numbers[0]), text, received)
    if kind == "short" and len(numbers) >= 2:
        return _day(named, int(numbers[1]), int(numbers[0]), text, received)
    if kind == "month":
        return _year_month(named, text, received)
    if kind == "relative" and named is not None:
        month = _month(text)
        return f"{named:04}-{month:02}" if month else f"{named:04}"
    if kind == "short_years" and len(numbers) == 1:
        return str(_full_year(int(numbers[0])))
    return f"{named:04}" if named is not None and kind in ("years", "bare", "season") and len(numbers) < 2 else None


def near_day(word: str, received: datetime.date) -> str | None:
    """The day that «вчера» means; none where the calendar ends.

    >>> near_day("вчера", datetime.date(2024, 3, 1)), near_day("вчера", datetime.date.min)
    ('2024-02-29', None)
    """
    try:
        return (received + datetime.timedelta(_SHIFT[word.lower()])).isoformat()
    except OverflowError:
        return None


def _year(text: str, received: datetime.date | None) -> int | None:
    """The year that the words name, or count from the day the message came."""
    written = _YEAR.search(text)
    if written:
        return int(written[0])
    short = _SHORT_YEAR.search(text)
    if short:
        return _full_year(int(short[1]))
    if received is None:
        return None
    for said, back in ((_THIS_YEAR, 0), (_YEAR_BEFORE_LAST, 2), (_LAST_YEAR, 1)):
        if said.search(text):
            return received.year - back if received.year > back else None
    season = _LAST_SEASON.search(text)
    # In December «прошлым летом» may be of this year or of the one before.
    if season and received.month <= _SEASON_ENDS[season[1].lower()] and received.year > 1:
        return received.year - 1
    return None


def _full_year(year: int) -> int:
    """The year that two digits mean; four mean themselves."""
    if year >= _CENTURY:
        return year
    return year + (1900 if year > _LAST_OF_OURS else 2000)


def _months(text: str) -> list[int]:
    known = lexicon("time_words")["month"]
    return [int(known[word]) for word in _WORD.findall(text.lower().replace("ё", "е")) if word in known]


def _month(text: str) -> int:
    return next(iter(_months(text)), 0)


def _day(year: int | None, month: int, day: int, text: str, received: datetime.date | None) -> str | None:
    if year is not None:
        return _iso(year, month, day)
    if received is None:
        return None
    near = (_date(received.year + shift, month, day) for shift in (-1, 0, 1))
    found = _nearest((date for date in near if date), text, received)
    return found.isoformat() if found else None


def _year_month(year: int | None, text: str, received: datetime.date | None) -> str | None:
    months = _months(text)
    if len(months) != 1:
        return f"{year:04}" if year is not None else None
    month = months[0]
    if year is not None:
        return f"{year:04}-{month:02}"
    if received is None:
        return None
    near = (_date(received.year + shift, month, 1) for shift in (-1, 0, 1))
    found = _nearest((date for date in near if date), text, received)
    return found.isoformat()[:7] if found else None


def _nearest(days: Iterable[datetime.date], text: str, received: datetime.date) -> datetime.date | None:
    """The last such day before the message came, or the closest one where it may lie ahead."""
    if _AHEAD.match(text):
        return min(days, key=lambda day: abs(day - received), default=None)
    return max((day for day in days if day <= received), default=None)


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except (ValueError, OverflowError):
        return None


def _iso(year: int, month: int, day: int) -> str | None:
    found = _date(year, month, day)
    return found.isoformat() if found else None
