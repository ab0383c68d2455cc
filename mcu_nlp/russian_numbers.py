"""Figures as Russians write them: on the screen, in reports and in reasons. What programs read keeps its points."""

from __future__ import annotations


def number(value: float, digits: int = 2) -> str:
    """A figure as Russians write it.

    >>> number(0.5)
    '0,50'
    """
    # What is rounded to nothing has no sign; adding 0 takes it from a negative zero.
    return f"{round(value, digits) + 0:.{digits}f}".replace(".", ",").replace("-", "−")


def percent(value: float, digits: int = 0) -> str:
    r"""A share in per cent.

    >>> percent(0.1234, 1).replace("\u00a0", " ")
    '12,3 %'
    """
    return f"{number(value * 100, digits)}\u00a0%"


def points(value: float) -> str:
    r"""A change of a share in percentage points.

    >>> points(0.0234).replace("\u00a0", " ")
    '+2,3 п. п.'
    """
    return f"{'+' if value >= 0 else '−'}{number(abs(value) * 100, 1)} п.\u00a0п."


def p_value(p: float) -> str:
    """A p-value as it is written after «p».

    >>> p_value(0.00001), p_value(0.0312)
    ('< 0,001', '= 0,031')
    """
    return "< 0,001" if p < 0.001 else f"= {number(p, 3)}"
