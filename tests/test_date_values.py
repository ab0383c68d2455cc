"""Dates are counted from the day a message came, and never past the ends of the calendar."""

from __future__ import annotations

import datetime

import pytest

from mcu_nlp.fields.dates import find_dates
from mcu_nlp.text.document import Document

CAME = datetime.date(2024, 3, 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Вчера прорвало трубу", "2024-02-29"),
        ("Позавчера вечером погас фонарь", "2024-02-28"),
        ("14 июня упала ветка", "2023-06-14"),
        ("29 февраля не было воды", "2024-02-29"),
        ("28.05 приходил мастер", "2023-05-28"),
        ("В августе сломали бордюр", "2023-08"),
        ("Обещали к 1 апреля", "2024-04-01"),
        ("Обещали до конца июля", "2024-07"),
        ("В прошлом году тут был газон", "2023"),
        ("В позапрошлом году тоже", "2022"),
        ("5 мая прошлого года писали", "2023-05-05"),
        ("Прошлым летом привезли песок", "2023"),
        ("Не чистят с 2008 года", "2008"),
        ("Не чистят с осени 2020 г.", "2020"),
        ("Сделали в 21-м году", "2021"),
        ("Дом сдали 17.08.85", "1985-08-17"),
        ("Дорогу чинили 17.08.21", "2021-08-17"),
        ("Сломали в феврале 21 года", "2021-02"),
        # A winter lies in two years; a weekday and an hour name no day.
        ("Упало прошлой зимой", None),
        ("Были в понедельник", None),
        ("Были в 16:30", None),
    ],
)
def test_value(text: str, value: str | None) -> None:
    assert [date.value for date in find_dates(Document.of(text), received=CAME)] == [value]


def test_last_summer_is_unclear_in_autumn() -> None:
    found = find_dates(Document.of("Прошлым летом привезли песок"), received=datetime.date(2024, 12, 1))
    assert [date.value for date in found] == [None]


def test_nothing_is_counted_without_the_day_of_receipt() -> None:
    assert [date.value for date in find_dates(Document.of("14 июня и в августе, в прошлом году"))] == [None] * 3


@pytest.mark.parametrize("came", [datetime.date.min, datetime.date.max], ids=["first", "last"])
def test_ends_of_the_calendar(came: datetime.date) -> None:
    text = "Позавчера, вчера, сегодня и завтра; 29 февраля, в мае, к 1 июня, прошлым летом, в позапрошлом году"
    found = find_dates(Document.of(text), received=came)
    assert [date.text for date in found][:4] == ["Позавчера", "вчера", "сегодня", "завтра"]
    assert None in {date.value for date in found}
