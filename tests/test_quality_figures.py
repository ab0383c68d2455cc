"""Figures of quality: hand-computed ones, bounds that contain them and narrow, learning curves, drift."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from mcu_nlp_service.seeing import drift as service_drift

from mcu_nlp.errors import InputError
from mcu_nlp.quality.answers import LabelledRow, shown_text
from mcu_nlp.quality.drift import Period, against_period, gathered, psi
from mcu_nlp.quality.intervals import Judged, bootstrap, class_figures, decision_figures, share
from mcu_nlp.quality.learning import _extrapolated, learning_curve
from mcu_nlp.quality.names import ClassNames
from mcu_nlp.records import Choice, Message
from mcu_nlp.training.figures import figures

# Truth a a a a b b b c, answers a a a b b b a c: 6 of 8 right.
SMALL = Judged(
    np.array([0, 0, 0, 0, 1, 1, 1, 2]),
    np.array([0, 0, 0, 1, 1, 1, 0, 2]),
    np.array([0.95, 0.95, 0.95, 0.55, 0.95, 0.95, 0.55, 0.95]),
    3,
    np.array([True] * 7 + [False]),
)


def random_judged(n: int, seed: int = 0, rightness: float = 0.7) -> Judged:
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, 4, n)
    answer = np.where(generator.random(n) < rightness, truth, generator.integers(0, 4, n))
    sure = 0.6 * generator.random(n) + 0.4 * (truth == answer)
    return Judged(truth, answer, sure, 4)


def test_small_confusion_by_hand() -> None:
    found = bootstrap(8, decision_figures(SMALL, 0.95), resamples=50)
    assert found["accuracy"].value == 6 / 8
    assert found["top3"].value == 7 / 8
    # a: precision 3/4, recall 3/4; b: 2/3, 2/3; c: 1.
    assert found["weighted_f1"].value == pytest.approx((4 * 3 / 4 + 3 * 2 / 3 + 1) / 8)
    assert "macro_f1" not in found, "no class has five rows"
    # Six at 0.95, all right, and two at 0.55, both wrong.
    assert found["ece"].value == pytest.approx(6 / 8 * 0.05 + 2 / 8 * 0.55)
    assert found["coverage"].value == 6 / 8
    by_class = bootstrap(8, class_figures(SMALL), resamples=50)
    assert [by_class[str(place)].value for place in range(3)] == pytest.approx([3 / 4, 2 / 3, 1])


def test_figures_are_those_of_training() -> None:
    judged = random_judged(300)
    scores = np.eye(4)[judged.answer]
    expected = figures(judged.truth, scores, judged.confidence, 0.75)
    found = bootstrap(300, decision_figures(judged, 0.75), resamples=20)
    for name in ("accuracy", "weighted_f1", "macro_f1", "ece", "coverage"):
        assert found[name].value == pytest.approx(getattr(expected, name)), name


@pytest.mark.parametrize("name", ["accuracy", "weighted_f1", "macro_f1", "ece", "coverage"])
def test_bounds_contain_the_figure_and_narrow(name: str) -> None:
    few, many = (bootstrap(n, decision_figures(random_judged(n), 0.9), resamples=300)[name] for n in (60, 3000))
    for one in (few, many):
        assert 0 <= one.low <= one.value <= one.high <= 1
    assert many.high - many.low < few.high - few.low


def test_bounds_of_accuracy_are_those_of_the_normal_law() -> None:
    judged = random_judged(2000)
    found = bootstrap(2000, decision_figures(judged, 0.9), resamples=1000)["accuracy"]
    deviation = math.sqrt(found.value * (1 - found.value) / 2000)
    assert (found.high - found.low) / (2 * 1.96 * deviation) == pytest.approx(1, abs=0.1)


def test_bounds_are_the_same_every_time() -> None:
    statistic = decision_figures(random_judged(100), 0.9)
    assert bootstrap(100, statistic, resamples=100) == bootstrap(100, statistic, resamples=100)


def test_share_of_nothing() -> None:
    assert (share(0, 0).low, share(0, 0).high) == (0.0, 1.0)


def test_psi_is_that_of_the_service() -> None:
    expected = {"a": 0.5, "b": 0.3, "c": 0.15, "d": 0.01, "e": 0.04}
    counts = Counter(a=10, b=60, c=10, d=1, f=30)
    assert gathered(expected) == service_drift._gathered(expected)
    assert psi(gathered(expected), counts, 111) == service_drift.psi(gathered(expected), counts, 111)


def period(title: str, topics: str) -> Period:
    answers = [{"category": (Choice("x", "X", 0.9),), "topic": (Choice(topic, topic, 0.8),)} for topic in topics]
    rows = [LabelledRow(n, Message("яма"), {"topic": "a"}) for n, _ in enumerate(topics, 1)]
    return Period(title, rows, answers)


@pytest.mark.parametrize(
    ("before", "after", "level"),
    [
        ("ab" * 200, "ab" * 200, "none"),
        ("ab" * 200, "a" * 270 + "b" * 130, "slight"),
        ("ab" * 200, "a" * 390 + "b" * 10, "strong"),
        ("abcdefgh", "aaaabcde", "none"),  # what chance explains with eight rows
    ],
)
def test_drift_between_periods(before: str, after: str, level: str) -> None:
    found = against_period(period("раньше", before), period("теперь", after), ClassNames())
    index = next(index for index in found.indices if (index.decision, index.what) == ("topic", "answers"))
    assert index.level == level
    then, now = found.accuracy["topic"]
    assert (then.value, now.value) == (before.count("a") / len(before), after.count("a") / len(after))
    assert found.shifts[-1].before != found.shifts[-1].after or before == after or level == "none"


def test_the_law_of_the_curve_is_found() -> None:
    sizes = np.array([50.0, 100, 200, 400, 800])
    errors = 0.1 + 0.6 * (sizes / 50) ** -0.5
    right = np.random.default_rng(0).random((20_000, 5)) > errors
    curve = _extrapolated("topic", sizes, right, 1000, 0)
    truth = 1 - (0.1 + 0.6 * (1800 / 50) ** -0.5)
    assert curve.foretold.n == 1800
    assert curve.foretold.accuracy.value == pytest.approx(truth, abs=0.02)
    assert curve.foretold.accuracy.low <= truth <= curve.foretold.accuracy.high
    assert 0 < curve.gain < 0.2


def test_curve_of_texts() -> None:
    subjects = {
        "snow": "снег на улице не убирают",
        "bus": "автобус опять не приехал",
        "trash": "мусор у дома не вывозят",
    }
    words = (
        ["утром", "вечером", "днём", "ночью", "летом", "зимой", "осенью", "весной", "вчера", "снова"],
        list("абвгд"),
    )
    rows = [
        LabelledRow(
            n, Message(f"{words[0][n % 10]} {text} квартал{words[1][n % 5]} {words[0][n // 5 % 10]}"), {"topic": id}
        )
        for n in range(90)
        for id, text in subjects.items()
    ]
    curve = learning_curve(rows, "topic", more=500)
    assert curve == learning_curve(rows, "topic", more=500)
    assert curve.points[-1].accuracy.value > 0.95
    assert curve.foretold.n == curve.points[-1].n + 500
    with pytest.raises(InputError) as refused:
        learning_curve(rows[:50], "topic")
    assert refused.value.code == "learning_too_few"


def test_masked_text_is_never_cut_in_a_placeholder() -> None:
    text = "Прошу перезвонить: Зоя Петровна Лунина, тел. 8 944 123-45-60, спасибо"
    for longest in range(5, 60):
        shown = shown_text(text, longest)
        assert shown.count("[") == shown.count("]")
        assert "Лунина" not in shown
        assert "944" not in shown


def test_names_of_executors_are_not_told() -> None:
    names = ClassNames()
    officers = ["Лунина Зоя Петровна", "Зверев Пётр Ильич", "Отдел дорог"]
    shown = [names.title("department", title) for title in officers]
    assert shown == ["[ФИО]", "[ФИО] №2", "Отдел дорог"]
    assert names.shown_id("department", officers[1]) == "[ФИО] №2"
    assert names.title("department", officers[0]) == "[ФИО]", "the same every time"
