"""Pieces of the patterns of dates and durations, from the word lists."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mcu_nlp.fields.lexicon import lexicon

YEAR = r"(?:19[4-9]\d|20[0-4]\d)"
# «2021 года», «2021г.», «в 2020м».
YEAR_WORD = r"(?: ?-? ?(?:годах|годов|годами|годы|году|года|годом|год|гг?(?![а-яё])\.?|м(?![а-яё])|го(?![а-яё])))"
DAY = r"(?:0?[1-9]|[12]\d|3[01])"
MONTH_NUMBER = r"(?:0?[1-9]|1[0-2])"
HOUR = r"(?:[01]?\d|2[0-4])[:.\-][0-5]\d(?!\d|[.:]\d)"
WORD_END = r"(?![а-яё])"


def any_of(section: str) -> str:
    """An alternation of the forms of a section, the longest first; both spellings of «е».

    >>> "ср[её]ду" in any_of("weekday")
    True
    """
    found = sorted(lexicon("time_words")[section], key=lambda form: (-len(form), form))
    return "|".join(found).replace("е", "[её]")


def one_of(lead: str, forms: Mapping[str, str]) -> re.Pattern[str]:
    """A pattern of ``lead`` and one of the named forms, tried in order.

    >>> one_of("", {"year": "[0-9]{4}", "day": "[0-9]+"}).match("12").lastgroup
    'day'
    """
    return re.compile(
        lead + "(?:" + "|".join(f"(?P<{name}>{form})" for name, form in forms.items()) + ")", re.IGNORECASE
    )
