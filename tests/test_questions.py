"""Several questions in one message: what speaks for another one, and where the message is cut."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from mcu_nlp.questions import bounds, signs, units
from mcu_nlp.questions.bounds import boundary_probabilities, shipped_weights
from mcu_nlp.questions.signs import SIGNS, boundary_signs, compare_topics
from mcu_nlp.text.document import Document

KIN = np.eye(3, dtype=np.float32)
LIGHT, SNOW = [0.0, -6.0, -6.0], [-6.0, 0.0, -6.0]


def likely(text: str, topics: list[list[float]]) -> list[float]:
    read = units.read_units(Document.of(text))
    return boundary_probabilities(read, np.array(topics, np.float32), KIN, KIN, shipped_weights())


@pytest.mark.parametrize("module", [bounds, signs, units])
def test_doctests(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_weights_name_every_sign() -> None:
    assert set(shipped_weights().weights) == set(SIGNS)


def test_one_matter_is_never_cut() -> None:
    text = "Во дворе дома 5 не горит фонарь третью неделю. Кроме того, не горит лампа над подъездом."
    assert likely(text, [LIGHT, LIGHT]) == [0.0]


def test_another_matter_is_likelier_where_it_is_announced() -> None:
    plain = "Во дворе дома 5 не горит фонарь третью неделю. Дворник говорит, снег ему чистить нечем."
    told = "Во дворе дома 5 не горит фонарь третью неделю. Кроме того, все дорожки завалены снегом."
    assert likely(told, [LIGHT, SNOW])[0] > likely(plain, [LIGHT, SNOW])[0]
    assert likely(told, [LIGHT, SNOW])[0] >= shipped_weights().threshold


@pytest.mark.parametrize(
    ("second", "sign"),
    [
        ("Второй вопрос касается уборки снега.", "anew"),
        ("Также завалены снегом все дорожки.", "also"),
        ("А дорожки завалены снегом по колено.", "and"),
        ("Прошу очистить дорожки от снега.", "request"),
        ("Когда очистят дорожки от снега?", "question"),
        ("Мы писали жалобу, ответа нет.", "aside"),
    ],
)
def test_signs(second: str, sign: str) -> None:
    read = units.read_units(Document.of(f"Во дворе дома 5 не горит единственный фонарь. {second}"))
    assert len(read) == 2
    (found,) = boundary_signs(read, compare_topics(np.array([LIGHT, SNOW], np.float32), KIN, KIN))
    assert found.keys() == set(SIGNS)
    assert found[sign] == 1.0


def test_short_and_endless_messages_are_one_question() -> None:
    assert units.read_units(Document.of("Нет света. Нет воды. Помогите!")) == []
    assert units.read_units(Document.of("Во дворе снова не горит фонарь. " * 60)) == []
