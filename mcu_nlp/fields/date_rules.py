"""Whether a form of a date tells when: a lone «мая» or «2021» needs a preposition or more words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_PREPOSITION = re.compile(
    r"(?:начиная |вплоть |примерно |где-то )?"
    r"(?:в|во|с|со|до|на|к|ко|по|за|после|около|перед|между|начале|конце|середине|утром|вечером|днем|ночью)(?: |\Z)",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
# «в 10-15 минутах», «в 15-20 метрах» are no hours.
_NO_HOURS = re.compile(
    r" ?(?:мин|метр|м[ .,]|км|град|°|проц|%|чел|раз|мест|шт|дн|дней|лет|год|руб|тыс|эт|кв|сек|машин|рейс)",
    re.IGNORECASE,
)
_TWO_HOURS = re.compile(r"\d[.-]\d\d ?[-–до ]{1,4} ?\d")
# «улица 8 Марта» is no day, «8 марта» is.
_STREET = re.compile(
    r"(?:^|\W)(?:ул(?:иц[а-яё]{1,2})?|пер(?:еул[а-яё]{2,4})?|пл(?:ощад[а-яё]{1,2})?|проезд[а-яё]?)\.? ?\Z"
)
# «летом привезли песок» tells when, «летом тут пыльно» does not.
_SEASON_WORDS = ("весной", "летом", "осенью", "зимой")
_HAPPENED = re.compile(r"(?: [а-яё]{1,14}){0,2} (?!был)[а-яё]{2,14}(?:ли|ла|ло|лось|лись|лась|лся)(?![а-яё])")
_HAPPENED_BEFORE = re.compile(r"(?:ли|ла|лось|лись|лась|лся|ещ[её]) \Z")
_OF_PLACE = re.compile(r" (?:пос|п|г|с|д|мкр|ж|город|сел|деревн|посёлк|микрорайон)(?:\.|[а-яё]{1,8} [А-ЯЁ])")
_YEAR_BEFORE = ("в ", "с ", "до", "к ", "на")
_SEASON_BEFORE = ("с ", "со", "до", "к ", "в ")
_HOUR_BEFORE = ("в ", "с ", "до ", "к ", "после ", "около ")
# How many characters before the date are looked at.
_AROUND = 12

Rule = Callable[[str, re.Match[str]], bool]


def is_date(hit: re.Match[str], kind: str) -> bool:
    """Whether the match tells when: the rule of its form decides; forms without a rule always do."""
    rule = RULES.get(kind)
    return rule is None or rule(hit.string[max(0, hit.start() - _AROUND) : hit.start()].lower(), hit)


def led(_before: str, hit: re.Match[str]) -> bool:
    """«в пятницу», but not «пятница»."""
    return _PREPOSITION.match(hit[0]) is not None


def day(before: str, _hit: re.Match[str]) -> bool:
    """«8 марта», but not «улица 8 Марта»."""
    return _STREET.search(before) is None


def month(before: str, hit: re.Match[str]) -> bool:
    """«в мае», «мая 2020», «уже август», but not «май»."""
    return (
        led(before, hit) or _DIGIT.search(hit[0]) is not None or " " in hit[0] or before.endswith(("сейчас ", "уже "))
    )


def season(before: str, hit: re.Match[str]) -> bool:
    """«с осени», «весной и осенью», «летом привезли», but not «летом пыльно»."""
    text = hit[0].lower()
    if _DIGIT.search(text) or "год" in text or " и " in text:
        return True
    if text.startswith(_SEASON_WORDS):
        return _HAPPENED_BEFORE.search(before) is not None or _HAPPENED.match(hit.string, hit.end()) is not None
    return text.startswith(_SEASON_BEFORE) and not text.startswith("в лет")


def led_once(before: str, hit: re.Match[str]) -> bool:
    """«к Пасхе», «в 16 часов», but not «раз в 12 часов»."""
    return led(before, hit) and not before.endswith("раз ") and not hit[0].lower().startswith(("на ", "за "))


def bare_year(before: str, hit: re.Match[str]) -> bool:
    """«с 2008», but not «цена 2008»."""
    if before.endswith((" а на улице ", "год ")):
        return True
    short = len(hit[0]) < len("до 2008 года")
    return (
        led(before, hit)
        and short
        and hit[0].lower().startswith(_YEAR_BEFORE)
        and not before.endswith(("цена ", "сумма "))
    )


def hours(before: str, hit: re.Match[str]) -> bool:
    """«16:30», «в 9-00», but not «5.19», «10-15 минут»."""
    if ":" in hit[0]:
        return True
    if _NO_HOURS.match(hit.string, hit.end()):
        return False
    return (led(before, hit) and hit[0].lower().startswith(_HOUR_BEFORE)) or _TWO_HOURS.search(hit[0]) is not None


def quarter(_before: str, hit: re.Match[str]) -> bool:
    """«в 3 квартале», but not «в 3 квартале п. Лог»."""
    return _OF_PLACE.match(hit.string, hit.end()) is None


# The form of the date -> the rule that judges it.
RULES: Mapping[str, Rule] = {
    "day": day,
    "month": month,
    "season": season,
    "bare": bare_year,
    "hours": hours,
    "quarter": quarter,
    "decade": led_once,
    "holiday": led_once,
    "whole_hours": led_once,
    "weekday": led,
    "short_years": led,
    "from_to": led,
}
