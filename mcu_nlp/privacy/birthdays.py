"""Dates of birth: «05.03.1950 г. р.», «1947 года рождения», «родилась 5 марта 1950 года»."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mcu_nlp.privacy.kinds import Kind, Private

_MONTH = r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[а-я]{0,6}"
_FULL = rf"\d{{1,2}}[./-]\d{{1,2}}[./-](?:\d{{4}}|\d\d)|\d{{1,2}} {_MONTH} \d{{4}}|(?:19|20)\d\d"
_BORN_AFTER = re.compile(
    rf"(?<![\w.])((?:{_FULL}) ?(?:г\.? ?р\.?|г/р|(?:г\.?|года?) ?рожд\w{{0,6}}\.?))(?!\w)",
    re.IGNORECASE,
)
_BORN_BEFORE = re.compile(
    rf"(?<!\w)(?:дат\w{{1,2}} рождения|родил(?:ся|ась|ись)|рожд(?:ения|[её]н\w{{0,3}}|\.)|д\. ?р\.|д/р)"
    rf"(?:[^\d.!?]{{0,15}}[ :(])?((?:{_FULL}|\d{{1,2}} {_MONTH})(?!\d)(?: ?г(?:ода?|оду|\.)?(?!\w))?)",
    re.IGNORECASE,
)


def birth_dates(text: str) -> Iterator[Private]:
    """Dates that a word of birth stands next to.

    >>> text = "мама 1947 г.р., дата рождения: 5 мая 1980 г., 7 мая авария"
    >>> [text[p.start:p.end] for p in birth_dates(text)]
    ['1947 г.р.', '5 мая 1980 г.']
    """
    for pattern in (_BORN_AFTER, _BORN_BEFORE):
        for hit in pattern.finditer(text):
            yield Private(hit.start(1), hit.end(1), Kind.BIRTH_DATE)
