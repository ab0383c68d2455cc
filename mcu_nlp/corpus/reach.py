"""Phones that could ring and addresses that could receive mail: the corpus must have none."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Codes that no Russian operator has been given.
SILENT_CODES = ("944", "945", "946", "947", "948", "975", "976")
# RFC 2606 keeps these for examples.
_EXAMPLE_HOST = re.compile(r"(?:.+\.)?example(?:\.(?:com|net|org))?")
# Places on real sites that cannot exist: their numbers begin with zeros.
_EMPTY_PAGE = re.compile(r"(?:vk\.com/(?:wall-|id)000|ok\.ru/profile/000|t\.me/(?:000|\w*example))")
_NUMBER = re.compile(r"(?<![\w№/])(?<!№ )(?:\+?7|8)(?:[ \-–().]{0,3}\d){10}(?!\d|[ -]\d)")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63})+)")
_LINK = re.compile(
    r"(?<![\w@.-])(?:https?://)?((?:www\.)?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,3}\.[a-z]{2,10})(?:/[^\s,;)]*)?", re.I
)
_REMEDY = f"use codes {', '.join(SILENT_CODES)}"


def reachable(text: str) -> Iterator[tuple[int, str]]:
    """What could reach somebody: where it stands, and what is wrong with it.

    >>> list(reachable("8 946 213-45-67, nina@example.com, https://disk.example/dvor"))
    []
    >>> [place for place, problem in reachable("пишите на nina@yandex.ru")]
    [10]
    """
    yield from _phones(text)
    mails = list(_EMAIL.finditer(text))
    for mail in mails:
        if not _EXAMPLE_HOST.fullmatch(mail[1].rstrip(".").lower()):
            yield mail.start(), "an e-mail that could be somebody's; use example.com, example.org or pochta.example"
    for link in _LINK.finditer(text):
        inside_mail = any(mail.start() <= link.start() < mail.end() for mail in mails)
        if not inside_mail and "/" in link[0] and not _harmless(link):
            yield link.start(), "a link that could exist; use a host that ends in .example"


def _phones(text: str) -> Iterator[tuple[int, str]]:
    for hit in _NUMBER.finditer(text):
        digits = re.sub(r"\D", "", hit[0])
        if digits[1:4] not in SILENT_CODES and _rings(digits):
            yield hit.start(), f"a phone that could ring; {_REMEDY}"


def _rings(digits: str) -> bool:
    """Whether a number of eleven digits is one that the numbering plan gives to somebody."""
    import phonenumbers

    return phonenumbers.is_valid_number(phonenumbers.parse(f"+7{digits[1:]}"))


def _harmless(link: re.Match[str]) -> bool:
    address = re.sub(r"^https?://(?:www\.)?", "", link[0].lower())
    return bool(_EXAMPLE_HOST.fullmatch(link[1].lower()) or _EMPTY_PAGE.match(address))
