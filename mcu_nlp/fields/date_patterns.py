"""The forms of dates, each with a name and a sample; the earlier one wins."""

from __future__ import annotations

import re
from functools import cache

from mcu_nlp.fields.time_patterns import DAY, HOUR, MONTH_NUMBER, WORD_END, YEAR, YEAR_WORD, any_of, one_of

_PART_OF_DAY = r"(?:(?:утром|вечером|днем|днём|ночью|в ночь на|в ночь с|в ночь|утра|вечера|дня) )?"
_PREPOSITION = (
    r"(?:(?:начиная |вплоть |примерно |где-то )?(?:в|во|с|со|до|на|к|ко|по|за|после|около|еще в|ещё в"
    r"|в начале|в конце|в середине|с начала|с конца|с середины|до конца|к концу) )?"
)
_WHICH_YEAR = r"(?: (?:прошлого|этого|текущего|сего|позапрошлого|того) года)?"
_HOUR_WORD = "двух|тр[её]х|четыр[её]х|пяти|шести|семи|восьми|девяти|десяти|пять|шесть|семь|восемь|девять"
_UNIT_AFTER = r"(?:руб|кв|метр|чел|человек|шт|м|р|₽|км|га|тыс)"
_LAST = r"(?:прошл|этот|эту|минувш|следующ)\w{0,3}"


@cache
def date_pattern() -> re.Pattern[str]:
    """Calendar dates, months, years, seasons, weekdays and hours, each in a named group."""
    return one_of(r"(?<![\w,/№-])(?<!\d\.)" + _PART_OF_DAY + _PREPOSITION, _by_day() | _by_word() | _by_hour())


def _by_day() -> dict[str, str]:
    month = f"(?:{any_of('month')}){WORD_END}"
    year = f"(?:,? {YEAR}(?:{YEAR_WORD})?)?"
    more = f"(?: ?[-–—] ?| и |, ?| по | до | на | или ){DAY}(?:-?(?:го|ого|е))?"
    short = r"\.(?:0[1-9]|1[0-2])"
    return {
        # «17.08.2021 г.», «5/06/22»
        "full": rf"(?:{DAY}[./-]{MONTH_NUMBER}[./-]{YEAR}|{DAY}[./-](?:0[1-9]|1[0-2])[./-]\d\d)"
        rf"(?!\d|[./:-]\d)(?: ?(?:года|году|г{WORD_END}\.?))?",
        # «2021-08-17»
        "iso": rf"{YEAR}-(?:0[1-9]|1[0-2])-{DAY}(?!\d)",
        # «14 июня 2021», «3, 7 и 11 ноября», «19-20 января»
        "day": rf"{DAY}(?:-?(?:го|ого|е|ое))?(?:{more}){{0,4}} ?{month}(?: месяца)?{year}{_WHICH_YEAR}",
        # «28.05»
        "short": rf"(?:0[1-9]|[12]\d|3[01]){short}(?!\d|[.:]\d| ?(?:м|км|га|кв|руб|тыс|т){WORD_END})\.?",
    }


def _by_word() -> dict[str, str]:
    month = f"(?:{any_of('month')}){WORD_END}"
    year = f"(?: {YEAR}(?:{YEAR_WORD})?)?"
    weekday = f"(?:{any_of('weekday')}){WORD_END}"
    edge = "(?:(?:начале|конце|середине|начала|конца|середины) )?"
    last = r"(?:(?:(?:поза)?прошл|это|текущ|нынешн|следующ|минувш|будущ)(?:ем|ом|ой|ей|ого|его|ым|ый|ое|м)|эту|ту|том)"
    period = "году|месяце|года|лето|летом|зимой|осенью|весной|весне|осени|зиму|зимы|весну|весны|лета|месяца|недел[ею]"
    quarter = r"(?:\d|[IViv]{1,3}|перв\w{2,3}|втор\w{2,3}|треть\w{1,3}|четв[её]рт\w{2,3})(?:-?(?:м|ом|й|го))?"
    return {
        # «в августе», «мая 2020 года», «в октябре-ноябре»
        "month": rf"{edge}{month}(?:[ -]?[-–—и][ -]?{month})?(?: месяц[ае])?"
        rf"(?: ?(?:{YEAR}(?!\d)(?:{YEAR_WORD})?|\d\d{YEAR_WORD}))?{_WHICH_YEAR}",
        # «весной 2021 года», «с осени»
        "season": rf"(?:{any_of('season')}){WORD_END}(?: ?-? ?{YEAR}(?:{YEAR_WORD})?|{_WHICH_YEAR})",
        # «в 2019 году», «2021 и 2022 годах»
        "years": rf"{YEAR}(?:(?: ?[-–—/] ?| и |, ?| по ){YEAR})?{YEAR_WORD}",
        # «в 25-26 году», «в 21-м году»
        "short_years": rf"[12]\d(?: ?[-–/] ?[12]\d)?(?:-?(?:м|ом|го))? (?:году|годах|года){WORD_END}",
        # «с 2008»
        "bare": rf"{YEAR}(?!\w|[.,/:-]\d| {_UNIT_AFTER})",
        # «в 4 квартале 2023 года»
        "quarter": rf"{quarter} квартал[еау]?{WORD_END}{year}",
        # «в пятницу 28.05», «в прошлый четверг»
        "weekday": rf"(?:{_LAST} )?{weekday}"
        rf"(?:,? {DAY}\.(?:0[1-9]|1[0-2])(?!\.?\d)\.?|,? {DAY} {month}{year})?",
        # «в прошлом году», «в этом месяце»
        "relative": rf"{last} (?:{period}|{month}){WORD_END}|годом ранее|год назад",
    }


def _by_hour() -> dict[str, str]:
    hour = r"\d{1,2}(?:[:.-]\d\d)?"
    clock = rf"(?:[01]?\d|2[0-4]|час|{_HOUR_WORD})"
    return {
        # «в 16:30», «с 9-00 до 13-00»
        "hours": rf"(?:{HOUR})(?:(?: ?[-–—] ?| до | и |, ?| по ){HOUR})?"
        rf"(?: ?ч(?:асов|\.)?{WORD_END})?(?: (?:утра|вечера|дня|ночи))?",
        # «с 8 до 17 часов»
        "from_to": rf"{hour} ?(?:до|-|–|по) ?{hour} ?(?:час(?:ов|а|ам)?|ч{WORD_END}\.?)",
        # «с пяти утра», «в 8 часов вечера»
        "oclock": rf"{clock}(?: ?(?:до|-|–) ?{clock})?(?: ?(?:час(?:ов|а|ам|\.)?|ч\.?){WORD_END})?"
        rf" (?:утра|вечера|ночи){WORD_END}",
    }
