"""Numbers of papers, accounts and things that lead to a person.

A number counts when a word before it names it, or when it proves itself by its
control digits or by a shape that nothing else has. All patterns are bounded,
and words are sought in a short window only: time stays linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from mcu_nlp.privacy.checksums import digits_of, is_luhn, is_personal_inn, is_snils
from mcu_nlp.privacy.kinds import Kind, Private

_WINDOW = 70


@dataclass(frozen=True)
class NumberRule:
    """A shape, the words that name it (they end where the number begins), and its own proof."""

    kind: Kind
    shape: re.Pattern[str]
    named: re.Pattern[str] | None = None
    proves_itself: Callable[[str], bool] = lambda _written: False

    def find(self, text: str, *, by_name: bool) -> Iterator[Private]:
        """Numbers that a word names (``by_name``), or those that need no word."""
        for hit in self.shape.finditer(text):
            if self._is_named(text, hit.start()) if by_name else self.proves_itself(hit[0]):
                yield Private(hit.start(), hit.end(), self.kind)

    def _is_named(self, text: str, start: int) -> bool:
        return self.named is not None and self.named.search(text[max(0, start - _WINDOW) : start]) is not None


def _number(shape: str) -> re.Pattern[str]:
    """A number that is no part of a longer one, of a decimal or of a date."""
    return re.compile(rf"(?<![\w/])(?<!\d[.,:-])(?:{shape})(?![\w/]|[.,:-]\d)")


def _named(words: str, between: str = r"[^\d.!?]{0,25}") -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{words}){between}\Z", re.IGNORECASE)


def _always(_written: str) -> bool:
    return True


def _hyphenated_or_checked(written: str) -> bool:
    """«123-456-789 00» is written of nothing but СНИЛС; bare digits must agree with their control digits."""
    digits = digits_of(written)
    bare_phone = written.isdigit() and written[0] in "78"
    return written.count("-") >= 2 or (is_snils(digits) and not bare_phone)


def _checked_inn(written: str) -> bool:
    return is_personal_inn(digits_of(written))


def _is_card(written: str) -> bool:
    return written[0] in "23456" and is_luhn(digits_of(written))


def _four_by_four(written: str) -> bool:
    return " " in written or "-" in written


def _personal_account(written: str) -> bool:
    """Accounts of people and firms begin so by the chart of accounts; the sixth to eighth digits are the currency."""
    digits = digits_of(written)
    return digits.startswith(("40", "42")) and digits[5:8] in ("810", "643", "840", "978")


_PASSPORT = NumberRule(
    Kind.PASSPORT,
    _number(r"\d\d ?\d\d[ ,]{0,2}(?:№|N|номер)?[ :.]{0,2}\d{6}|[A-ZА-Я]{1,2} ?\d{7,9}|\d\d (?:№ ?)?\d{7}"),
    _named(r"паспорт\w{0,5}|сери[яией]{1,2}", r"(?:[^\d!?]|\d{1,2}\.\d{1,2}\.\d{4}){0,50}"),
)
_SNILS = NumberRule(
    Kind.SNILS,
    _number(r"\d{3}[- ]?\d{3}[- ]?\d{3}[- ]{0,3}\d\d"),
    _named(r"снилс\w{0,2}|страхово\w{1,3} (?:номер\w?|свидетельств\w{1,2})|пенсионно\w{1,3} свидетельств\w{1,2}"),
    _hyphenated_or_checked,
)
_INN = NumberRule(
    Kind.INN,
    _number(r"\d(?: ?\d){9}(?:(?: ?\d){2})?"),
    _named(r"инн"),
    _checked_inn,
)
_POLICY = NumberRule(
    Kind.POLICY,
    _number(r"\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}"),
    _named(r"полис\w{0,3}|омс|енп"),
    _four_by_four,
)
_CARD = NumberRule(
    Kind.CARD,
    _number(r"\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?"),
    _named(r"карт[аыуео]\w?|банковск\w{2,3} карт\w{1,2}|visa|mastercard|мир"),
    _is_card,
)
_BANK_ACCOUNT = NumberRule(
    Kind.BANK_ACCOUNT,
    _number(r"\d{5}[ .]?\d{3}[ .]?\d(?:[ .]?\d{4}){2}\d{3}|\d{20}|\d{4}(?: \d{4}){4}"),
    _named(r"(?:сч[её]т\w{0,3}|р ?/ ?с|к ?/ ?с|р\. ?с\.|реквизит\w{0,3})", r"[^\d!?]{0,30}"),
    _personal_account,
)
_UTILITY_ACCOUNT = NumberRule(
    Kind.UTILITY_ACCOUNT,
    # A sum of money after the words is no account.
    re.compile(r"(?<![\w/])\d(?:[ /-]?\d){3,19}(?![\w/]|[.,:-]\d| ?(?:руб|р\.|₽|тыс|коп|кв))"),
    _named(
        r"лиц\w{0,6}\.? ?сч\w{0,5}\.?|лицев\w{2,3}|л ?/ ?с(?:ч[её]т\w{0,2})?\.?|л\. ?с(?:ч)?\.|лс|№ ?лс",
        r"[^\d.!?]{0,20}",
    ),
)
_PLAIN_ACCOUNT = NumberRule(
    Kind.UTILITY_ACCOUNT,
    _number(r"\d{8,15}"),
    _named(r"(?<!за )(?<!насчет )сч[её]т[аеу]?|абонент\w{0,6}", r"[ №#:NnномерLl.]{0,9}"),
)
_LETTER = "АВЕКМНОРСТУХABEKMHOPCTYX"
_SMALL = _LETTER.lower()
_PLATE = NumberRule(
    Kind.PLATE,
    # Written together in any letters, or with blanks in capitals; «В 100 КМ» is a distance.
    _number(
        rf"[{_LETTER}{_SMALL}]\d{{3}}[{_LETTER}{_SMALL}]{{2}}(?: ?\d{{2,3}}(?: ?(?:rus|RUS))?)?"
        rf"|[{_LETTER}] ?\d{{3}} ?(?!КМ|СМ)[{_LETTER}]{{2}}(?: ?\d{{2,3}}(?: ?(?:rus|RUS))?)?"
    ),
    proves_itself=_always,
)
_NAMED_PLATE = NumberRule(
    Kind.PLATE,
    _number(
        rf"[{_LETTER}{_SMALL}]{{0,2}} ?\d{{3,4}} ?[{_LETTER}{_SMALL}]{{2}}(?: ?\d{{2,3}})?"
        rf"|[{_LETTER}{_SMALL}] ?\d{{3}} ?[{_LETTER}{_SMALL}]{{2}}(?: ?\d{{2,3}})?"
    ),
    _named(
        r"гос\w{0,12}\.? ?(?:регистрационн\w{2,3} )?(?:номер\w{0,3}|знак\w{0,2})|гос\. ?№|г ?/ ?н|"
        r"гос\.? ?рег\.? ?(?:номер|знак)|"
        r"номер\w{0,2}(?: машин\w| авто\w{0,9})?|рег\. ?знак|с номер\w{2,3}",
        r"[ №#:.,«\"-]{0,4}",
    ),
)
_CADASTRAL = NumberRule(Kind.CADASTRAL, _number(r"\d\d ?: ?\d\d ?: ?\d{6,7} ?: ?\d{1,6}"), proves_itself=_always)

# What is named by a word is believed before what only proves itself.
RULES: tuple[NumberRule, ...] = (
    _CADASTRAL,
    _BANK_ACCOUNT,
    _CARD,
    _POLICY,
    _SNILS,
    _INN,
    _PASSPORT,
    _UTILITY_ACCOUNT,
    _PLAIN_ACCOUNT,
    _PLATE,
    _NAMED_PLATE,
)


def named_numbers(text: str, rules: Iterable[NumberRule] = RULES) -> Iterator[Private]:
    """Numbers that a word before them names.

    >>> [piece.kind.value for piece in named_numbers("Паспорт 4507 118233, л/с 5501, ИНН 771900385521, дом 12")]
    ['ИНН', 'ПАСПОРТ', 'ЛИЦЕВОЙ СЧЁТ']
    """
    for rule in rules:
        yield from rule.find(text, by_name=True)


def self_evident_numbers(text: str, rules: Iterable[NumberRule] = RULES) -> Iterator[Private]:
    """Numbers that no word names, but whose control digits or shape leave no doubt.

    >>> text = "46:29:102301:15, а112вс46, 112-233-445 95, заявка 5001007"
    >>> [piece.kind.value for piece in self_evident_numbers(text)]
    ['КАДАСТРОВЫЙ НОМЕР', 'СНИЛС', 'ГОСНОМЕР']
    """
    for rule in rules:
        yield from rule.find(text, by_name=False)
