"""The days by which 59-ФЗ wants an appeal registered, passed on and answered.

Federal law of 02.05.2006 № 59-ФЗ: registration within three days from receipt (article 8, part 2), passing on
to the competent body within seven days from registration (article 8, part 3), an answer within thirty days from
registration (article 12, part 1). A term begins on the day after the event. The law is silent about ends on days
off; instructions of administrations commonly take the working day before, which is never late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

REGISTER_DAYS, FORWARD_DAYS, ANSWER_DAYS = 3, 7, 30
_SATURDAY = 5
_LAST_YEAR = 2999
# Labour code, article 112. Days that the government moves are told each year anew and are not known here.
_HOLIDAYS = frozenset({*((1, day) for day in range(1, 9)), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)})

Weekend = Literal["preceding", "following", "same"]


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last days of the three terms."""

    register: date
    forward: date
    answer: date


def deadline(received: date, registered: date | None = None, weekend: Weekend = "preceding") -> Deadline | None:
    """The terms of an appeal; registered on the day of receipt when not told, so that no term comes out too late.

    ``None`` for a day that no appeal can have: a file may hold 31.12.9999.

    >>> found = deadline(date(2025, 3, 3))
    >>> found.register.isoformat(), found.forward.isoformat(), found.answer.isoformat()
    ('2025-03-06', '2025-03-10', '2025-04-02')
    >>> deadline(date(2025, 2, 20)).answer.isoformat()  # 22.03.2025 is a Saturday
    '2025-03-21'
    >>> deadline(date(2025, 2, 20), weekend="following").answer.isoformat()
    '2025-03-24'
    >>> deadline(date(2025, 12, 3)).answer.isoformat()  # 02.01.2026 is a holiday
    '2025-12-31'
    """
    begin = registered or received
    if received.year > _LAST_YEAR:
        return None
    return Deadline(
        *(
            _working(start + timedelta(days), start, weekend)
            for start, days in ((received, REGISTER_DAYS), (begin, FORWARD_DAYS), (begin, ANSWER_DAYS))
        )
    )


def _working(last: date, start: date, weekend: Weekend) -> date:
    """The last day moved off days off, but never before the day from which the term is counted."""
    step = timedelta({"preceding": -1, "following": 1, "same": 0}[weekend])
    moved = last
    while step and _is_off(moved) and moved > start:
        moved += step
    return moved


def _is_off(day: date) -> bool:
    return day.weekday() >= _SATURDAY or (day.month, day.day) in _HOLIDAYS
