"""The analyzer keeps the contract, whatever the text is and whichever parts are asked for."""

from __future__ import annotations

import datetime
import json
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from toy import toy_rows

import mcu_nlp
from mcu_nlp import FIELDS, Analyzer, InputError, Message
from mcu_nlp.review import REASONS
from mcu_nlp.stages.identify_kind import KINDS
from mcu_nlp.tone.levels import LEVELS
from mcu_nlp.tone.lexicon import SIGNALS

# Invented, varied, and together with something in every part of the card.
APPEALS = (
    "Яма на ул. Мира, 7, прошу отремонтировать дорогу",
    "<p>Добрый день!&nbsp;Третью неделю холодные батареи по адресу ул. Садовая, д. 12/1, кв. 5.</p>"
    "<p>Звонила в УК «Тёплый дом», обращение № 123-45 от 01.02.2024, отписались. "
    "Лунина Зоя Петровна, 8 944 123-45-60</p>",
    "СКОЛЬКО МОЖНО???!!! Опять не чистят снег в Сосновске, дети падают, напишу в прокуратуру!",
    "На улице Лесной не горят фонари, темно. "
    "Кроме того, во дворе дома 5 по улице Лесной свалка мусора, которую не вывозят.",
    "Спасибо дорожникам за уборку снега на Садовой!",
    "Подскажите, пожалуйста, когда включат отопление в доме 3?",
    "[id42|Анна], ну конечно, дороги у нас лучшие в мире))) пoчта a@example.org",
    "яма",
)
HOSTILE = {
    "digits": "7" * 3000,
    "blanks inside": "а" + " \t\n\u3000" * 5000 + "б",
    "nul": "Я\0ма\0 \0",
    "lone surrogates": "Яма \ud83d у \udc00 дома",
    "mixed alphabets": "Яма pothole 坑 حفرة λάκκος दर्रा ямa",
    "combining": "я" + "\u0308" * 2000,
    "brackets": "[<&" * 5000 + "яма",
    "one word": "щ" * 20_000,
    "marks": "!" * 20000 + "яма",
    "emoji": "😡" * 5000 + "яма",
    "astral letters": "\U00016f00\U0001e900 яма",
    "roman": "pothole at 7 Mira street",
    "sentences": "Яма. " * 4000,
    "numbered": " ".join(f"{n}) яма на ул. Мира, {n}." for n in range(2, 300)),
}
REFUSED = {
    "": "text_empty",
    "   \n\t\u00a0": "text_empty",
    "<p>&nbsp;</p>": "text_empty",
    "😡😡😡": "text_empty",
    "!!! ??? ...": "text_empty",
    "\0\0": "text_empty",
    "\ud800": "text_empty",
    "___": "text_empty",
    "я" * 50_001: "text_too_long",
}

KEYS = [
    "id", "text", "kind", "category", "category_candidates", "topic", "topic_candidates", "department",
    "department_candidates", "tone", "card", "review", "model",
]  # fmt: skip
CHOICE_KEYS = {"id", "title", "confidence"}
SPAN_KEYS = {"start", "end", "text"}
PART_KEYS = {
    "places": {"settlement", "district", "street", "house", "building", "flat", "landmark"},
    "persons": set(),
    "organizations": set(),
    "contacts": {"type", "value"},
    "dates": {"value"},
    "duration": set(),
    "prior_appeals": {"number", "date"},
}


def spans_in(part: Any) -> Iterator[dict[str, Any]]:
    """Everything in a contract that points into the text."""
    if isinstance(part, dict):
        if part.keys() >= SPAN_KEYS:
            yield part
        for value in part.values():
            yield from spans_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from spans_in(value)


def confidences_in(part: Any) -> Iterator[float]:
    if isinstance(part, dict):
        if "confidence" in part:
            yield part["confidence"]
        for value in part.values():
            yield from confidences_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from confidences_in(value)


def check_candidates(content: dict[str, Any], name: str, possible: int) -> None:
    candidates = content[f"{name}_candidates"]
    assert len(candidates) == min(3, possible)
    assert len({choice["id"] for choice in candidates}) == len(candidates)
    for choice in candidates:
        assert choice.keys() == CHOICE_KEYS
    assert {key: content[name][key] for key in CHOICE_KEYS} == candidates[0]


def check_card(card: dict[str, Any]) -> None:
    assert card.keys() == {"summary", "request", "questions", *PART_KEYS}
    assert card["summary"] is None or 0 < len(card["summary"]) <= 160
    assert card["request"] is None or card["request"].keys() >= SPAN_KEYS
    for name, keys in PART_KEYS.items():
        for item in card[name]:
            assert item.keys() >= SPAN_KEYS | keys
            assert all(value is None or isinstance(value, str) for key, value in item.items() if key in keys)
    assert all(contact["type"] in ("phone", "email", "url", "account") for contact in card["contacts"])
    for date in card["dates"]:
        assert date["value"] is None or re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?.*", date["value"])
    assert len(card["questions"]) != 1
    for question in card["questions"]:
        assert question.keys() == SPAN_KEYS | {"category", "topic", "department"}
        assert all(question[part].keys() == CHOICE_KEYS for part in ("category", "topic", "department"))


def check_contract(analyzer: Analyzer, content: dict[str, Any]) -> None:
    """Every key, type and promise of the contract, for an analysis with all fields."""
    taxonomy = analyzer.bundle.taxonomy
    assert list(content) == [
        "id", "text", "kind", "category", "category_candidates", "topic", "topic_candidates", "doubt", "department",
        "department_candidates", "tone", "priority", "card", "flags", "review", "model",
    ]  # fmt: skip
    assert json.loads(json.dumps(content, ensure_ascii=False)) == content
    text = content["text"]
    assert text == mcu_nlp.clean_text(text).text
    assert content["kind"].keys() - {"because"} == CHOICE_KEYS
    assert content["kind"]["id"] in KINDS
    check_candidates(content, "category", len(taxonomy.categories))
    check_candidates(content, "topic", len(taxonomy.topics))
    topic = taxonomy.topic(content["topic"]["id"])
    assert topic.title == content["topic"]["title"]
    assert topic.category == content["category"]["id"]
    learned = max(len(taxonomy.departments), 1)
    check_candidates(content, "department", learned if content["department"]["source"] == "model" else 3)
    assert content["department"]["source"] in ("rule", "model", "default")
    assert content["department"]["because"]
    tone = content["tone"]
    assert tone["level"] in LEVELS
    assert len({signal["id"] for signal in tone["signals"]}) == len(tone["signals"])
    for signal in tone["signals"]:
        assert signal.keys() == {"id", "confidence", "target", "spans"}
        assert signal["target"] in (None, "official", "company", "neighbour", "citizen")
        assert signal["id"] in SIGNALS
        assert signal["spans"], "a signal shows its evidence"
    check_card(content["card"])
    assert content["review"].keys() == {"required", "reasons"}
    assert set(content["review"]["reasons"]) <= set(REASONS)
    assert content["model"].keys() == {"name", "version"}
    for span in spans_in(content):
        assert 0 <= span["start"] < span["end"] <= len(text)
        assert text[span["start"] : span["end"]] == span["text"]
    assert all(isinstance(c, float) and 0 <= c <= 1 for c in confidences_in(content))


@pytest.mark.parametrize("text", APPEALS, ids=[f"appeal {n}" for n in range(len(APPEALS))])
def test_an_analysis_keeps_the_contract(analyzer: Analyzer, text: str) -> None:
    check_contract(analyzer, analyzer(text).to_dict())


@pytest.mark.parametrize("text", APPEALS, ids=[f"appeal {n}" for n in range(len(APPEALS))])
def test_the_shipped_model_keeps_the_contract(shipped: Analyzer, text: str) -> None:
    content = shipped(text).to_dict()
    check_contract(shipped, content)
    assert len(content["department_candidates"]) == 3


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_keeps_the_contract(analyzer: Analyzer, text: str) -> None:
    check_contract(analyzer, analyzer(text, mask=False, explain=False).to_dict())
    analyzer(text, mask=True, explain=True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
def test_any_text_is_answered_or_refused(analyzer: Analyzer, text: str) -> None:
    if re.search(r"[^\W_]", mcu_nlp.clean_text(text).text):
        check_contract(analyzer, analyzer(text).to_dict())
    else:
        with pytest.raises(InputError, match="the text is empty after cleaning"):
            analyzer(text)


@pytest.mark.parametrize(
    ("text", "code"), REFUSED.items(), ids=[f"{n} {code}" for n, code in enumerate(REFUSED.values())]
)
def test_what_cannot_be_read_is_refused(analyzer: Analyzer, text: str, code: str) -> None:
    for act in (analyzer, analyzer.check):
        with pytest.raises(InputError) as refusal:
            act(text)
        assert refusal.value.code == code
        assert refusal.value.russian != str(refusal.value)


@pytest.mark.parametrize("text", [None, 7, b"text", ["text"]])
def test_only_strings_are_read(analyzer: Analyzer, text: Any) -> None:
    with pytest.raises(InputError) as refusal:
        analyzer(text)
    assert refusal.value.code == "text_not_string"


def test_the_limit_is_of_the_raw_text(toy_model: Any) -> None:
    short = mcu_nlp.load(toy_model, max_text=10)
    assert short("яма " * 2).text == "яма яма"
    with pytest.raises(InputError, match="the text has 12 characters, at most 10 are read"):
        short("яма " * 3)


def nearly_equal(one: Any, other: Any) -> bool:
    """Equal, but for the last digit of numbers that a processor adds up in another order."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(nearly_equal(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(nearly_equal, one, other))
    if isinstance(one, float):
        return one == pytest.approx(other, abs=2e-4)
    return one == other


OPTIONS = (
    {},
    {"mask": True},
    {"explain": True},
    {"mask": True, "explain": True},
    {"fields": ("topic",)},
    {"fields": ("topic", "department", "tone")},
    {"fields": ("card",), "mask": True},
)


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: "-".join(map(str, options)) or "plain")
def test_map_is_one_by_one(analyzer: Analyzer, options: dict[str, Any]) -> None:
    texts = [*APPEALS, *(row["text"] for row in toy_rows()[:70])]
    together = [analysis.to_dict() for analysis in analyzer.map(texts, **options)]
    alone = [analyzer(text, **options).to_dict() for text in texts]
    assert len(together) == len(texts)
    for one, other in zip(together, alone, strict=True):
        assert nearly_equal(one, other), one["text"]


def test_map_keeps_order_and_ids(analyzer: Analyzer) -> None:
    messages = [Message(f"Яма у дома {n}", id=str(n)) for n in range(150)]
    analyses = list(analyzer.map(messages, fields=("topic",)))
    assert [analysis.id for analysis in analyses] == [str(n) for n in range(150)]
    assert [analysis.text for analysis in analyses] == [message.text for message in messages]


def test_map_is_lazy(analyzer: Analyzer) -> None:
    taken = []

    def endless() -> Iterator[str]:
        while True:
            taken.append(1)
            yield "Яма у дома"

    assert next(analyzer.map(endless(), fields=("topic",))).text == "Яма у дома"
    assert len(taken) < 1000


@pytest.mark.parametrize("before", [0, 1, 63, 64, 65])
def test_map_raises_at_the_faulty_text_and_not_sooner(analyzer: Analyzer, before: int) -> None:
    answered = []
    with pytest.raises(InputError) as refusal:
        answered.extend(a.text for a in analyzer.map(["яма"] * before + [" "] + ["яма"] * 3, fields=("topic",)))
    assert refusal.value.code == "text_empty"


@pytest.mark.parametrize("before", [1, 63, 64, 65])
def test_map_answers_what_stands_before_the_fault(analyzer: Analyzer, before: int) -> None:
    answers = analyzer.map(["яма"] * before + [" "], fields=("topic",))
    assert [next(answers).text for _ in range(before)] == ["яма"] * before
    with pytest.raises(InputError):
        next(answers)


def test_nothing_is_answered_to_nothing(analyzer: Analyzer) -> None:
    assert list(analyzer.map([])) == []


PARTS = {
    "card": {"card"},
    "kind": {"kind"},
    "topic": {"category", "category_candidates", "topic", "topic_candidates"},
    "department": {"department", "department_candidates"},
    "tone": {"tone", "priority"},
}


@pytest.mark.parametrize(
    "wanted", [*((name,) for name in FIELDS), ("topic", "tone"), ("department", "card"), (), FIELDS]
)
@pytest.mark.parametrize("explain", [False, True])
def test_fields_give_what_was_asked_for_and_only_that(
    analyzer: Analyzer, wanted: tuple[str, ...], explain: bool
) -> None:
    content = analyzer(APPEALS[1], fields=wanted, explain=explain).to_dict()
    given = {key for key, value in content.items() if value not in (None, [])}
    assert given == {"text", "review", "model"}.union(*(PARTS[name] for name in wanted))
    whole = analyzer(APPEALS[1], explain=explain).to_dict()
    for name in wanted:
        assert nearly_equal({key: content[key] for key in PARTS[name]}, {key: whole[key] for key in PARTS[name]})


def test_unknown_fields_are_refused(analyzer: Analyzer) -> None:
    with pytest.raises(
        InputError, match=r"unknown field 'category' in fields=; expected some of card, kind"
    ) as refusal:
        analyzer("яма", fields=("category",))
    assert refusal.value.code == "field_unknown"


def test_the_day_of_receipt_and_the_id_are_used(analyzer: Analyzer) -> None:
    message = Message("Вчера прорвало трубу", id="A-7", received=datetime.date(2024, 3, 1))
    analysis = analyzer(message)
    assert analysis.id == "A-7"
    assert analysis.card is not None
    assert [date.value for date in analysis.card.dates] == ["2024-02-29"]


@pytest.mark.parametrize("text", APPEALS, ids=[f"appeal {n}" for n in range(len(APPEALS))])
def test_because_shows_words_that_spoke_for_the_answer(analyzer: Analyzer, text: str) -> None:
    plain, content = analyzer(text).to_dict(), analyzer(text, explain=True).to_dict()
    check_contract(analyzer, content)
    reasons = {name: content[name].pop("because") for name in ("kind", "category", "topic", "tone")}
    reasons["department"] = content["department"].pop("because_words")
    assert nearly_equal(content, plain)
    for because in reasons.values():
        weights = [reason["weight"] for reason in because]
        assert weights == sorted(weights, reverse=True)
        assert all(weight >= 0 for weight in weights)
        for reason in because:
            assert reason.keys() == {"word", "weight", "spans"}
            assert reason["spans"]
            assert len({span["text"].lower() for span in reason["spans"]}) >= 1
        words = [reason["word"] for reason in because]
        assert len(set(words)) == len(words)


def test_because_names_the_word_that_decides(shipped: Analyzer) -> None:
    content = shipped("Прошу заделать яму", explain=True).to_dict()
    assert content["topic"]["because"][0]["word"] == "яма"
    assert [span["text"] for span in content["topic"]["because"][0]["spans"]] == ["яму"]


def test_masked_analyses_hold_no_personal_data(analyzer: Analyzer) -> None:
    content = analyzer(APPEALS[1], mask=True, explain=True).to_dict()
    written = json.dumps(content, ensure_ascii=False)
    assert "[ФИО]" in content["text"]
    assert "[ТЕЛЕФОН]" in content["text"]
    for private in ("Лунин", "Зоя", "лунин", "123-45-60", "9441234560", "12/1"):
        assert private not in written


def test_two_different_questions_are_told_apart(shipped: Analyzer) -> None:
    analysis = shipped(APPEALS[3])
    assert analysis.card is not None
    assert analysis.review is not None
    questions = analysis.card.questions
    assert len({question.topic.id for question in questions}) == len(questions) == 2
    assert "several_questions" in analysis.review.reasons


def test_many_threads_share_one_analyzer(toy_model: Any) -> None:
    shared = mcu_nlp.load(toy_model)
    texts = [row["text"] for row in toy_rows()[:12]]
    expected = [analysis.to_dict() for analysis in mcu_nlp.load(toy_model).map(texts)]
    found: list[list[dict[str, Any]]] = []

    def work() -> None:
        found.append([analysis.to_dict() for analysis in shared.map(texts)])

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert all(nearly_equal(one, expected) for one in found)


def test_an_error_never_shows_the_text(analyzer: Analyzer) -> None:
    with pytest.raises(InputError) as refusal:
        analyzer("Секретная яма " * 5000)
    assert "Секретная" not in f"{refusal.value}{refusal.value.russian}{refusal.value.details}"
