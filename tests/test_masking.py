"""Masking: marked-up cases, and what must hold whatever the text is."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mcu_nlp.fields import extract_fields
from mcu_nlp.masking import MaskPolicy, mask_analysis, mask_text, pseudonymize, restore
from mcu_nlp.privacy.kinds import PLACEHOLDER, Kind, Private
from mcu_nlp.privacy.layout import Layout
from mcu_nlp.records import (
    Analysis,
    Card,
    Choice,
    Contact,
    Department,
    Explanation,
    Person,
    Place,
    Question,
    Reason,
    Signal,
    Span,
    Tone,
)
from mcu_nlp.stages.clean_text import clean_text
from mcu_nlp.text.document import Document

MARK = re.compile(rf"\{{({'|'.join(sorted(Kind, key=len, reverse=True))}) ([^{{}}]*)\}}")
CASES_FOLDER = Path(__file__).parent / "cases"
LINES = (CASES_FOLDER / "masking.txt").read_text("utf-8").splitlines()
CASES = [line for line in LINES if line and not line.startswith("#")]
PLAIN = [MARK.sub(r"\2", line) for line in CASES]

PIECES = [*(CASES_FOLDER / "masking_pieces.txt").read_text("utf-8").splitlines(), "\n"]
# Letters beyond the first plane have no names in Python, and the dictionary asks for them.
ANY = st.text(st.characters(max_codepoint=0xFFFF), max_size=6)
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), ANY), min_size=1, max_size=14).map(" ".join)
SHORT = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CHOICE = Choice("roads", "Дороги", 0.9)


def analysis_of(raw: str) -> Analysis:
    """An analysis with something in every part."""
    document = Document.of(raw)
    text, words = document.text, document.words
    spans = tuple(Span.of(text, word.start, word.end) for word in words)
    reasons = tuple(Reason(span.text.lower(), 1.0, (span,)) for span in spans)
    card = extract_fields(document)
    halves = [(0, len(text) // 2), (len(text) // 2, len(text))]
    questions = tuple(Question(a, b, text[a:b], CHOICE, CHOICE, CHOICE) for a, b in halves if a < b)
    return Analysis(
        text,
        id="1",
        department=Department("roads", "Дороги", 0.9, because=("rule=roads",)),
        tone=Tone("tense", 0.8, (Signal("repeat", 0.9, spans[::2]),)),
        card=dataclasses.replace(card, questions=questions),
        explanation=Explanation(category=reasons, tone=reasons[:3]),
    )


def spans_of(record: object) -> Iterator[Span | Question]:
    """Every record with start, end and text inside a record."""
    if isinstance(record, Span | Question):
        yield record
    if isinstance(record, tuple):
        for item in record:
            yield from spans_of(item)
    elif dataclasses.is_dataclass(record):
        for field in dataclasses.fields(record):
            yield from spans_of(getattr(record, field.name))


def strings_of(part: object) -> Iterator[str]:
    """Every string inside a record."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from strings_of(item)
    elif dataclasses.is_dataclass(part):
        for field in dataclasses.fields(part):
            yield from strings_of(getattr(part, field.name))


@pytest.mark.parametrize("line", CASES)
def test_case(line: str) -> None:
    assert mask_text(MARK.sub(r"\2", line)).text == MARK.sub(r"[\1]", line)


def test_cases_show_every_kind() -> None:
    shown = {hit[1] for line in CASES for hit in MARK.finditer(line)}
    assert shown == {kind.value for kind in Kind}


@pytest.mark.parametrize("raw", PLAIN)
def test_analysis_is_masked_as_text_is(raw: str) -> None:
    assert mask_analysis(analysis_of(raw)).text == mask_text(raw).text
    assert mask_analysis(Analysis(clean_text(raw).text)).text == mask_text(raw).text


def check_spans(raw: str) -> None:
    masked = mask_analysis(analysis_of(raw))
    placeholders = [hit.span() for hit in PLACEHOLDER.finditer(masked.text)]
    for span in spans_of(masked):
        assert masked.text[span.start : span.end] == span.text
        for start, end in placeholders:
            outside = end <= span.start or span.end <= start
            assert outside or (span.start <= start and end <= span.end), "a placeholder is cut"


@pytest.mark.parametrize("raw", PLAIN)
def test_spans_of_cases_index_the_masked_text(raw: str) -> None:
    check_spans(raw)


@SHORT
@given(TEXTS)
def test_spans_index_the_masked_text(raw: str) -> None:
    check_spans(raw)


@SHORT
@given(TEXTS)
def test_masking_is_idempotent(raw: str) -> None:
    once = mask_text(raw)
    again = mask_text(once.text)
    assert (again.text, again.replaced) == (once.text, ())
    masked = mask_analysis(analysis_of(raw))
    assert mask_analysis(masked) == masked


@SHORT
@given(TEXTS)
def test_replaced_pieces_tell_their_places(raw: str) -> None:
    source, masked = clean_text(raw).text, mask_text(raw)
    rebuilt, done = [], 0
    for piece in masked.replaced:
        assert masked.text[piece.start : piece.end] == piece.text == piece.kind.placeholder
        rebuilt += [source[done : piece.source_start], piece.text]
        done = piece.source_end
    assert "".join([*rebuilt, source[done:]]) == masked.text


@SHORT
@given(TEXTS)
def test_restored_text_is_the_clean_text(raw: str) -> None:
    told = pseudonymize(raw)
    assert restore(told.text, told.key) == clean_text(raw).text
    names, written = zip(*told.key.written, strict=True) if told.key.written else ((), ())
    assert len(set(names)) == len(names)
    kinds = [name.rpartition("-")[0] for name in names]
    assert len(set(zip(kinds, written, strict=True))) == len(names)
    assert all(name not in clean_text(raw).text for name in names)


PHONES = st.builds(
    lambda head, digits, form: form.format(head, digits[:3], digits[3:6], digits[6:8], digits[8:]),
    st.sampled_from(("8", "+7", "7")),
    st.from_regex(r"9[0-9]{9}", fullmatch=True),
    st.sampled_from(
        ("{}{}{}{}{}", "{} {} {}-{}-{}", "{}({}){}{}{}", "{} ({}) {} {} {}", "{}-{}-{}-{}-{}", "{} {} {} {} {}")
    ),
)


@SHORT
@given(
    PHONES,
    st.sampled_from(("Звоните {}", "тел. {}, спасибо", "{}", "Мой номер {}.", "Зоя {}", "Нет воды ({})", "вацап {}")),
)
def test_no_digit_of_a_phone_survives(phone: str, frame: str) -> None:
    raw = frame.format(phone)
    assert not re.search(r"\d", mask_text(raw).text)
    masked = dataclasses.replace(mask_analysis(analysis_of(raw)), id=None)
    assert [text for text in strings_of(masked) if re.search(r"\d", text)] == []


@SHORT
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_many_are_masked_as_each_alone(raws: list[str]) -> None:
    assert [mask_text(raw) for raw in raws] == [mask_text(raw) for raw in reversed(raws)][::-1]


def test_words_of_the_card_are_masked() -> None:
    text = "На ул. Мира, д. 7, кв. 12 течёт крыша. Звонила Лунина Зоя, 8 944 123-45-60. Луниной не ответили."
    masked = mask_analysis(
        dataclasses.replace(
            analysis_of(text),
            card=dataclasses.replace(
                extract_fields(Document.of(text)),
                summary="Течёт крыша на ул. Мира, д. 7, кв. 12, звонить Луниной, 8 944 123-45-60",
            ),
        )
    )
    assert masked.text == "На ул. Мира, [АДРЕС] течёт крыша. Звонила [ФИО], [ТЕЛЕФОН]. [ФИО] не ответили."
    card = masked.card
    assert card is not None
    place = card.places[0]
    assert (place.text, place.street, place.house, place.flat) == ("ул. Мира, [АДРЕС]", "Мира", "[АДРЕС]", "[АДРЕС]")
    assert [(c.text, c.value) for c in card.contacts] == [("[ТЕЛЕФОН]", "[ТЕЛЕФОН]")]
    assert [p.text for p in card.persons] == ["[ФИО]"]
    assert card.summary == "Течёт крыша на ул. Мира, [АДРЕС], звонить [ФИО], [ТЕЛЕФОН]"
    assert [text for text in strings_of(masked) if re.search(r"лунин|123|45-60", text, re.IGNORECASE)] == []


def test_masked_words_explain_nothing() -> None:
    text = "Лунина Зоя жалуется на свалку"
    reasons = (Reason("лунина", 2.0, (Span(0, 6, "Лунина"),)), Reason("свалку", 1.0, (Span(23, 29, "свалку"),)))
    masked = mask_analysis(Analysis(text, explanation=Explanation(topic=(*reasons, Reason("зоя", 0.5)))))
    assert masked.explanation == Explanation(topic=(Reason("свалку", 1.0, (Span(18, 24, "свалку"),)),))


def test_what_the_card_knows_is_masked_though_the_text_alone_would_not_tell() -> None:
    text = "дублирую: пионерская горка скользкая, ромашка"
    known = Card(persons=(Person(38, 45, "ромашка"),), contacts=(Contact(10, 20, "пионерская", "account"),))
    assert mask_analysis(Analysis(text, card=known)).text == "дублирую: [ССЫЛКА] горка скользкая, [ФИО]"


def test_policy() -> None:
    text = "Депутат Половинкин В. С. не пришёл. На ул. Мира, д. 7, кв. 12 течёт. Зоя Лунина"
    assert mask_text(text, policy=MaskPolicy(officials=False)).text == (
        "Депутат Половинкин В. С. не пришёл. На ул. Мира, [АДРЕС] течёт. [ФИО]"
    )
    assert mask_text(text, policy=MaskPolicy(houses=False)).text == (
        "Депутат [ФИО] не пришёл. На ул. Мира, д. 7, [АДРЕС] течёт. [ФИО]"
    )
    place = Place(3, 17, "ул. Мира, 7-12", street="Мира", house="7", flat="12")
    kept = mask_analysis(Analysis("На ул. Мира, 7-12 ямы", card=Card(places=(place,))), policy=MaskPolicy(houses=False))
    assert kept.text == "На ул. Мира, 7-[АДРЕС] ямы"
    assert kept.card is not None
    assert (kept.card.places[0].house, kept.card.places[0].flat) == ("7", "[АДРЕС]")


def test_linked_people_are_masked() -> None:
    assert mask_text("[id42|Ромашка], когда включат свет?").text == "[ФИО], когда включат свет?"


def test_the_key_does_not_show_itself() -> None:
    told = pseudonymize("Зоя Лунина, 8 944 123-45-60; Зоя Лунина")
    assert told.text == "[ФИО-1], [ТЕЛЕФОН-1]; [ФИО-1]"
    assert "Лунина" not in repr(told)


def test_layout_maps_both_ways() -> None:
    layout = Layout("abc DEF ghi", [Private(4, 7, Kind.PERSON)])
    assert layout.text == "abc [ФИО] ghi"
    assert layout.span(5, 9) == (4, 11)
    assert layout.span(0, 4) == (0, 4)
    assert layout.span(7, 11) == (9, 13)
    assert [layout.back(at) for at in (0, 3, 10, 12)] == [0, 3, 8, 10]


ENDLESS = (
    "8 9 ",
    "+7(",
    "а1",
    "лиц сч ",
    "a@b.",
    "ул. Мира, 5-",
    "Ким ",
    "[ФИО",
    "д. 7 ",
    "тел:1 ",
    "паспорт 12.03.2020 ",
    "лунина з.п. ",
    "я, вера лунина ",
    "г. с. лунин, ",
)


@pytest.mark.parametrize("piece", ENDLESS)
def test_endless_texts_end(piece: str) -> None:
    """Not timed, the machine is shared: a quadratic rule would take minutes for so much text."""
    masked = mask_text(piece * (48_000 // len(piece)))
    assert mask_text(masked.text).text == masked.text
