"""Masking measured by the cards of the corpus: as written, and as social networks write it, without capitals."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mcu_nlp.fields.lexicon import forms
from mcu_nlp.masking import mask_text
from mcu_nlp.privacy.kinds import Kind

CORPUS = Path(__file__).parent.parent / "corpus" / "appeals.jsonl"
# What cards hold beside a name: «Семья Ковтун», «Мама Серёжи»; small-letter words («и», «пассажир») are none either.
BESIDE = frozenset(
    forms(
        "Жильцы Жители Семья Супруги Родители Мама Мамы Мать Отец Бабушки Баба Группа Коллектив Совет Инициативная "
        "Водитель Пассажирка Тренер Уполномоченный Заявительница Сельский КФХ От Пчёлки Берёзка"
    )
)
NAME = re.compile(r"[А-ЯЁ][А-ЯЁа-яё-]*")
GROUPS = {"phone": "contact", "email": "contact", "url": "contact", "account": "contact"}


@cache
def cards() -> tuple[dict[str, Any], ...]:
    rows = map(json.loads, CORPUS.read_text("utf-8").splitlines())
    return tuple(row for row in rows if row["card"])


@cache
def shares(lower: bool) -> dict[str, float]:
    """Of what the cards hold, the share that no letter and digit is left of; ``precision`` of [ФИО]."""
    held: Counter[str] = Counter()
    hidden: Counter[str] = Counter()
    for row in cards():
        written, card = row["text"], row["card"]
        text = written.lower() if lower else written
        assert len(text) == len(written)
        replaced = mask_text(text).replaced
        covered = {at for piece in replaced for at in range(piece.source_start, piece.source_end)}
        for person in card["persons"]:
            names = [hit for hit in NAME.finditer(written, person["start"], person["end"]) if hit[0] not in BESIDE]
            if names:
                group = "official" if person.get("role") == "official" else "private"
                held[group] += 1
                hidden[group] += all(at in covered for hit in names for at in range(*hit.span()))
        for found in (*card["contacts"], *card["ids"]):
            group = GROUPS.get(found["type"], "number")
            places = [at for at in range(found["start"], found["end"]) if text[at].isdigit() or group == "contact"]
            held[group] += 1
            hidden[group] += all(at in covered or not text[at].isalnum() for at in places)
        people = {at for person in card["persons"] for at in range(person["start"], person["end"])}
        for piece in replaced:
            if piece.kind is Kind.PERSON:
                held["precision"] += 1
                hidden["precision"] += not people.isdisjoint(range(piece.source_start, piece.source_end))
    return {group: hidden[group] / held[group] for group in held}


AS_WRITTEN = {"private": 0.95, "official": 0.93, "contact": 0.98, "number": 0.98, "precision": 0.95}
WITHOUT_CAPITALS = {"private": 0.85, "official": 0.80, "contact": 0.98, "precision": 0.94}


@pytest.mark.parametrize(("group", "floor"), AS_WRITTEN.items())
def test_as_written(group: str, floor: float) -> None:
    assert shares(lower=False)[group] >= floor


@pytest.mark.parametrize(("group", "floor"), WITHOUT_CAPITALS.items())
def test_without_capitals(group: str, floor: float) -> None:
    assert shares(lower=True)[group] >= floor
