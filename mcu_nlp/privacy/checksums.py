"""Control digits: how a number proves by itself what it is."""

from __future__ import annotations

_INN_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = (3, *_INN_11)


def digits_of(written: str) -> str:
    """The digits of a number as written.

    >>> digits_of("112-233-445 95")
    '11223344595'
    """
    return "".join(filter(str.isdigit, written))


def is_snils(digits: str) -> bool:
    """Whether eleven digits agree with their two control digits.

    >>> is_snils("11223344595"), is_snils("11223344596")
    (True, False)
    """
    if len(digits) != 11 or int(digits[:9]) <= 1001998:  # smaller numbers carry no control digits
        return False
    total = sum(int(digit) * (9 - place) for place, digit in enumerate(digits[:9]))
    return total % 101 % 100 == int(digits[9:])


def is_personal_inn(digits: str) -> bool:
    """Whether twelve digits agree with their two control digits.

    >>> is_personal_inn("500100732259"), is_personal_inn("500100732258")
    (True, False)
    """
    if len(digits) != 12 or digits == "0" * 12:
        return False
    return _control(digits, _INN_11) == int(digits[10]) and _control(digits, _INN_12) == int(digits[11])


def _control(digits: str, weights: tuple[int, ...]) -> int:
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=False)) % 11 % 10


def is_luhn(digits: str) -> bool:
    """Whether a card number agrees with its control digit.

    >>> is_luhn("2200000000000004"), is_luhn("2200000000000005")
    (True, False)
    """
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    plain = sum(int(digit) for digit in digits[-1::-2])
    return len(digits) > 1 and (doubled + plain) % 10 == 0
