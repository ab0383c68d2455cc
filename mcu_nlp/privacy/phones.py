"""Numbers that can be dialled though nothing says so: rather one too many than one too few."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mcu_nlp.privacy.checksums import digits_of
from mcu_nlp.privacy.kinds import Kind, Private

_MARKS = r"[ ]?[-–—().*]{0,2}[ ]?"
# «8 944 123-45-60» in any grouping: a trunk or country code, then ten digits.
_LONG = re.compile(rf"(?<![\w№/])(?<![№#] )(?:\+ ?7|8|7){_MARKS}(?:\d{_MARKS}){{9}}\d(?!\w|[.,:]\d)")
# «тел:5-12-34»: the word and its colon stand close to the number.
_NAMED = re.compile(
    rf"(?<!\w)(?:тел\w{{0,8}}|т|моб\w{{0,8}}|сот\w{{0,6}}|в[ао][тц]сап|whatsapp)\.? ?[:=] ?"
    rf"(\+?(?:\d{_MARKS}){{4,11}}\d)(?![\w:/]|[.,]\d)",
    re.IGNORECASE,
)


def loose_phones(text: str) -> Iterator[Private]:
    """Eleven digits with a trunk code, however grouped, and what follows «тел:».

    >>> text = "пишите 8.944.123.45.60 или заявка № 84411234560"
    >>> [text[p.start:p.end] for p in loose_phones(text)]
    ['8.944.123.45.60']
    """
    for hit in _LONG.finditer(text):
        if digits_of(hit[0])[1] in "3456789":
            yield Private(hit.start(), hit.end(), Kind.PHONE)
    for hit in _NAMED.finditer(text):
        yield Private(hit.start(1), hit.end(1), Kind.PHONE)
