"""The review of an official reply: every rule, its evidence, hostile replies, agreement with the corpus."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from mcu_nlp.errors import ConfigError, InputError
from mcu_nlp.masking import mask_analysis
from mcu_nlp.records import Analysis
from mcu_nlp.reply import ReplyReview, mask_review, review_reply
from mcu_nlp.reply.evaluate import evaluate, f1
from mcu_nlp.reply.lexicon import GROUPS, POINTS, ReplyLexicon, shipped_lexicon
from mcu_nlp.reply.points import RULES
from mcu_nlp.reply.questions import asked_questions
from mcu_nlp.reply.reading import Reading
from mcu_nlp.stages.clean_text import clean_text
from mcu_nlp.text.document import Document

HERE = Path(__file__).parent
CASES = [
    tuple(part.strip() for part in line.split("|"))
    for line in (HERE / "cases" / "reply_points.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
APPEAL = Analysis("Во дворе темно. Прошу заменить лампы и сообщить, когда это сделают. Зоя Лунина")
GOOD = (
    "Уважаемая Зоя Петровна!\nВаше обращение от 03.03.2025 № 114 рассмотрено. Лампы заменит МУП «Горсвет» до 20 марта."
    " Вопросы: 8 (944) 310-11-20.\nНачальник отдела ЖКХ В. А. Сомов\n10.03.2025 № 208"
)


def check_spans(review: ReplyReview, appeal: Analysis) -> None:
    pieces = [*review.disclosed, *(span for point in review.points for span in point.spans)]
    pieces += [asked.answer for asked in review.questions if asked.answer]
    for span in pieces:
        assert review.text[span.start : span.end] == span.text
        assert span.text
    for asked in review.questions:
        assert appeal.text[asked.question.start : asked.question.end] == asked.question.text


@pytest.mark.parametrize(("wanted", "appeal", "reply"), CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(CASES)])
def test_point(wanted: str, appeal: str, reply: str) -> None:
    id, score = wanted.split()
    point = review_reply(Analysis(appeal), reply.replace("/", "\n")).point(id)
    assert point.score == (None if score == "-" else int(score)), (point.reason, point.spans)


def test_every_rule_has_cases_and_words() -> None:
    assert tuple(rule.__name__ for rule in RULES) == POINTS
    assert {case[0].split()[0] for case in CASES} == set(POINTS) - {"on_time"}
    assert set(shipped_lexicon().groups.values()) == set(GROUPS)


@pytest.mark.parametrize(
    ("days", "reply", "score"),
    [(30, "Лампы заменили.", 2), (31, "Лампы заменили.", 0), (45, "Срок рассмотрения продлён. Лампы заменили.", 1),
     (61, "Срок рассмотрения продлён. Лампы заменили.", 0)],
)  # fmt: skip
def test_on_time(days: int, reply: str, score: int) -> None:
    answered = date.fromordinal(date(2025, 3, 3).toordinal() + days)
    point = review_reply(APPEAL, reply, received=date(2025, 3, 3), answered=answered).point("on_time")
    assert point.score == score
    assert str(days) in point.reason


def test_without_dates_the_term_is_unknown() -> None:
    review = review_reply(APPEAL, GOOD)
    assert review.point("on_time").score is None
    assert review.max == 2 * sum(point.score is not None for point in review.points)
    assert review.total == sum(point.score or 0 for point in review.points)
    with pytest.raises(KeyError):
        review.point("beauty")


def test_good_reply() -> None:
    review = review_reply(APPEAL, GOOD, received=date(2025, 3, 3), answered=date(2025, 3, 10))
    assert not review.brush_off
    assert review.questions[0].question.text == "Прошу заменить лампы"
    assert review.questions[0].answer is not None
    assert review.total >= review.max - 1
    check_spans(review, APPEAL)
    assert json.loads(json.dumps(review.to_dict(), ensure_ascii=False))["total"] == review.total


@pytest.mark.parametrize(
    "reply",
    [
        "Ваше обращение рассмотрено и принято к сведению.",
        "Обращение направлено по компетенции.",
        "Ремонт будет выполнен при наличии финансирования.",
        "Здравствуйте! Ваше мнение учтено, спасибо за обращение.",
        "Освещение осуществляется в порядке, установленном действующим законодательством.",
    ],
)
def test_brush_off(reply: str) -> None:
    assert review_reply(APPEAL, reply).brush_off


@pytest.mark.parametrize(
    "reply",
    [
        "Обращение рассмотрено, лампы заменили 5 марта.",
        "Обращение принято к сведению. Лампы МУП «Горсвет» заменит до пятницы.",
        "Заменить лампы нельзя: опора принадлежит заводу.",
        "Подайте заявление в кабинет 4, и лампы заменят.",
    ],
)
def test_no_brush_off(reply: str) -> None:
    assert not review_reply(APPEAL, reply).brush_off


@pytest.mark.parametrize(
    ("reply", "public", "kinds"),
    [
        ("Уважаемая Зоя Петровна Лунина! Лампы заменили.", False, set()),
        ("Здравствуйте, Лунина Зоя Петровна! Лампы заменили.", True, {"ФИО"}),
        ("Зоя, здравствуйте! Лампы заменили.", True, set()),
        ("Лампы заменил мастер Олег Игоревич Чернов, 8 (944) 310-11-20.", True, set()),
        ("Лампы разбил сосед Чернов Олег Игоревич, тел. 8 944 310-11-20.", False, {"ФИО", "ТЕЛЕФОН"}),
        ("Ваша заявка принята, СНИЛС 112-233-445 95.", True, {"СНИЛС"}),
    ],
)
def test_disclosed(reply: str, public: bool, kinds: set[str]) -> None:
    review = review_reply(APPEAL, reply, public=public)
    assert {piece.kind for piece in review.disclosed} == kinds
    assert (review.point("form").score == 0) >= bool(kinds)
    check_spans(review, APPEAL)


@pytest.mark.parametrize(
    ("appeal", "asked"),
    [
        ("Темно. Прошу поставить фонарь и спилить ветку.", ["Прошу поставить фонарь", "спилить ветку"]),
        ("Когда включат воду? Почему молчите?", ["Когда включат воду?", "Почему молчите?"]),
        ("уберите снег! когда приедете?", ["уберите снег", "когда приедете?"]),
        ("Прошу, помогите с дровами и углём.", ["помогите с дровами и углём"]),
        ("Темно.", ["Темно."]),
    ],
)
def test_asked_questions(appeal: str, asked: list[str]) -> None:
    found = [question.text for question in asked_questions(Analysis(appeal))]
    assert [text.removeprefix("Прошу, ") for text in found] == asked


def test_masked_review() -> None:
    reply = "Лампы разбил сосед Чернов Олег Игоревич, тел. 8 944 310-11-20. Новые поставили 5 марта."
    review = review_reply(APPEAL, reply)
    masked = mask_review(review, APPEAL)
    assert "Чернов" not in json.dumps(masked.to_dict(), ensure_ascii=False)
    assert [point.score for point in masked.points] == [point.score for point in review.points]
    check_spans(masked, mask_analysis(APPEAL))


def test_deadline_can_be_set() -> None:
    days = {"received": date(2025, 3, 3), "answered": date(2025, 3, 18)}
    assert review_reply(APPEAL, GOOD, **days, deadline_days=10).point("on_time").score == 0


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ("", "text_empty"),
        (" \n\t", "text_empty"),
        ("…!", "text_empty"),
        (None, "text_not_string"),
        ("а" * 60_000, "text_too_long"),
    ],
)
def test_refused(reply: str, code: str) -> None:
    with pytest.raises(InputError) as refusal:
        review_reply(APPEAL, reply)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "reply",
    ["1", "Нет.", "«" * 500 + "а", "заменили " * 500, "01.02.2025 № 5 " * 200, "а," * 2000,
     "<b>Лампы</b>&nbsp;замени\u200bли", "\ud800лампы", "Глава А. Б. Вов\n" * 100, "{0} {days} %s", "Е. Е. Е."],
)  # fmt: skip
def test_hostile(reply: str) -> None:
    for appeal in (APPEAL, Analysis("?"), Analysis("прошу " * 300)):
        check_spans(review_reply(appeal, reply), appeal)


def test_document_reading_of_signature() -> None:
    reading = Reading(Document.of(GOOD), shipped_lexicon())
    assert [span.text for span in reading.signature] == ["Начальник отдела ЖКХ В. А. Сомов"]
    assert [span.text for span in reading.requisites] == ["03.03.2025 № 114", "10.03.2025 № 208"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"rule": [{"id": "a", "group": "no such", "any": []}]}, "unknown group"),
        ({"rule": [{"id": "a", "group": "law"}, {"id": "a", "group": "law"}]}, "stands twice"),
        ({"rule": [{"id": "a", "group": "law", "any": "закон"}]}, "not a list"),
        ({"rule": [{"id": "a", "group": "law", "any": ["... закон"]}]}, "begin and end"),
        ({"point": []}, "points"),
        ({"point": [{"id": id, "title": "t", "good": "g", "weak": "w"} for id in POINTS]}, "bad missing"),
    ],
)
def test_lexicon_is_checked(change: dict[str, object], problem: str) -> None:
    whole = [{"id": id, "title": "t", "good": "g", "weak": "w", "bad": "b"} for id in POINTS]
    with pytest.raises(ConfigError, match=problem):
        ReplyLexicon({"rule": [], "point": whole, **change})


def test_f1() -> None:
    assert f1([]) == 1.0
    assert f1([(True, False)]) == 0.0


@pytest.mark.parametrize(("file", "mean", "least"), [("test", 0.9, 0.8), ("letters_test", 0.87, 0.7)])
def test_agreement_with_pairs_no_rule_was_written_on(file: str, mean: float, least: float) -> None:
    from mcu_nlp.reply.pairs import read_pairs

    pairs = [pair for pair in read_pairs(HERE.parent / "corpus" / "replies") if pair.file == file]
    found = evaluate(pairs, lambda text: Analysis(clean_text(text).text))
    assert found.pairs >= 40
    assert found.brush_off >= 0.85
    assert found.mean >= mean
    assert min(found.points.values()) >= least


LETTERS = [
    ("Проведён осмотр, установлено, что крыша течёт.", "action", 1),
    ("Направлен запрос в сетевую организацию.", "action", 1),
    ("Ремонт крыши завершён 5 мая.", "action", 2),
    ("Ведутся работы, крыша будет починена до 5 мая.", "action", 2),
    ("Перенос крыши признан нецелесообразным.", "action", 1),
    ("Ремонт крыши не может быть выполнен.", "action", 1),
    ("Приём ведёт инженер с 9:00 до 12:00, тел. 8 (945) 220-14-08.", "action", 0),
    ("Приём: каб. 5.", "contacts", 2),
    ("Отказано. Ответ дан по статье 10 Федерального закона № 59-ФЗ.", "norm", 0),
    ("Отказано решением жильцов дома № 5.", "norm", 0),
    ("Отказано согласно приказу Минстроя от 05.05.2020 № 77.", "norm", 2),
    ("Площадка, на которой играть нельзя, снесена.", "norm", None),
]


@pytest.mark.parametrize(("reply", "point", "score"), LETTERS)
def test_letters(reply: str, point: str, score: int | None) -> None:
    review = review_reply(Analysis("Прошу починить крышу."), reply)
    assert review.point(point).score == score


def test_a_cause_answers_why() -> None:
    review = review_reply(Analysis("Почему нет напора?"), "Это вызвано износом насоса.")
    assert not review.brush_off
    assert review.point("answered").score == 2


def test_number_of_a_paper_stays_in_its_sentence() -> None:
    review = review_reply(Analysis("Снег!"), "Ваше письмо от 03.03.2025 вх. № 64 рассмотрено.")
    assert review.brush_off
