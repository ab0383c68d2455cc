"""The rendered card: inert whatever the text, whole whatever is missing, and with every field shown."""

from __future__ import annotations

import json
import sys
import tomllib
import types
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from mcu_nlp import Analyzer
from mcu_nlp.law import BENEFITS, FLAGS
from mcu_nlp.records import (
    Analysis,
    Card,
    Choice,
    Contact,
    Date,
    Department,
    Doubt,
    Explanation,
    Flag,
    ModelName,
    Organization,
    Person,
    Place,
    PriorAppeal,
    Question,
    Reason,
    Review,
    Signal,
    Span,
    Tone,
)
from mcu_nlp.render import render_html, render_page, stylesheet
from mcu_nlp.render.highlight import Mark, highlight
from mcu_nlp.review import REASONS
from mcu_nlp.tone.lexicon import SIGNALS

LABELS = tomllib.loads((files("mcu_nlp") / "data" / "labels.toml").read_text("utf-8"))
ATTACK = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>&amp;{{7*7}}</style>"
# One word or more of every field of the analysis in ``test_every_field_is_shown``.
SHOWN = (
    *("№ 17", "Жалоба", "90 %", "Благоустройство", "Свет", "Снег", "Отдел ЖКХ", "по правилу", "rule=light"),
    *("конфликтный", "повторное обращение", "Нет света", "улица: Мира", "дом: 7", "квартира: 3", "автор", "УК «Уют»"),
    *("телефон", "+7944", "14.06.2024", "№ 5", "от 01.05.2024", "Отдел дорог", "38 подписей", "пенсионер"),
    *("не указана фамилия", "угроза автора", "Нужен человек: конфликт, тема неясна", "kursk 1.2", "фонарь"),
)
VOID = {"meta", "img", "br"}


class Balance(HTMLParser):
    """Checks that every element is closed where it was opened, and gathers text and attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.opened: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.opened:
            self.text += data


def read(page: str) -> Balance:
    balance = Balance()
    balance.feed(page)
    balance.close()
    assert not balance.opened
    return balance


def hostile(text: str) -> Analysis:
    """An analysis in which every string is the given text."""
    span, choice = Span(0, len(text), text), Choice(text, text, 0.5)
    part = (0, len(text), text)
    return Analysis(
        text=text,
        id=text,
        kind=choice,
        category_candidates=(choice,),
        topic_candidates=(choice, choice),
        department=Department(text, text, 0.5, text, (text,)),
        department_candidates=(choice,),
        tone=Tone(text, 0.5, (Signal(text, 0.5, (span,)),)),
        card=Card(
            summary=text,
            request=span,
            places=(Place(*part, settlement=text, street=text, house=text, landmark=text),),
            persons=(Person(*part, role=text),),
            organizations=(Organization(*part, normal_form=text),),
            contacts=(Contact(*part, type=text, value=text),),
            dates=(Date(*part, value=text),),
            duration=(span,),
            prior_appeals=(PriorAppeal(*part, number=text, date=text),),
            questions=(Question(*part, choice, choice, choice), Question(*part, choice, choice, choice)),
        ),
        flags=(Flag(text, (span,), text), Flag("abuse", (span,))),
        review=Review(True, (text,)),
        model=ModelName(text, text),
        explanation=Explanation(*(((Reason(text, 1.0, (span,)),),) * 5)),
    )


@pytest.mark.parametrize("text", [ATTACK, "\"'><svg/onload=alert(1)>", "a\x00b\u202ec\ud800d", "<!-- <style> ]]>"])
def test_hostile_text_is_inert(text: str) -> None:
    harmless, attacked = read(render_html(hostile("яма"))), read(render_html(hostile(text)))
    assert attacked.tags == harmless.tags
    assert {name for name, _ in attacked.attributes} == {name for name, _ in harmless.attributes}
    assert not any(name.startswith("on") or name in ("src", "href") for name, _ in attacked.attributes)
    render_page(hostile(text), title=text).encode("utf-8")


def test_the_style_is_data_without_anything_fetched() -> None:
    assert "url(" not in stylesheet()
    assert "@import" not in stylesheet()
    assert "prefers-color-scheme: dark" in stylesheet()
    assert stylesheet() not in render_html(Analysis("яма"), style=False)


@pytest.mark.parametrize(
    "analysis",
    [
        Analysis(""),
        Analysis("яма"),
        Analysis("яма", card=Card()),
        Analysis("яма", tone=Tone("neutral", 0.9)),
        Analysis("яма", review=Review(False)),
    ],
    ids=["nothing", "text", "card", "tone", "review"],
)
def test_what_is_missing_is_left_out(analysis: Analysis) -> None:
    page = read(render_html(analysis))
    assert analysis.text in page.text
    assert "None" not in page.text


def test_every_field_is_shown() -> None:
    text = "Зоя, ул. Мира, УК, 8 944, вчера, неделю, № 5; прошу"
    at = iter(
        Span.of(text, text.index(word), text.index(word) + len(word))
        for word in ("Зоя", "ул. Мира", "УК", "8 944", "вчера", "неделю", "№ 5", "прошу")
    )
    person, place, body, contact, day, long, prior, request = ((s.start, s.end, s.text) for s in at)
    choice = Choice("t", "Свет", 0.8)
    analysis = Analysis(
        text,
        id="17",
        kind=Choice("complaint", "Жалоба", 0.9),
        category_candidates=(Choice("c", "Благоустройство", 0.95),),
        topic_candidates=(choice, Choice("u", "Снег", 0.1)),
        department=Department("d", "Отдел ЖКХ", 0.7, "rule", ("rule=light",)),
        tone=Tone("conflict", 0.9, (Signal("repeat", 0.8, (Span(*prior),)),)),
        card=Card(
            summary="Нет света",
            request=Span(*request),
            places=(Place(*place, street="Мира", house="7", flat="3"),),
            persons=(Person(*person, role="author"),),
            organizations=(Organization(*body, normal_form="УК «Уют»"),),
            contacts=(Contact(*contact, type="phone", value="+7944"),),
            dates=(Date(*day, value="2024-06-14"),),
            duration=(Span(*long),),
            prior_appeals=(PriorAppeal(*prior, number="5", date="2024-05-01"),),
            questions=(Question(*place, choice, choice, Choice("e", "Отдел дорог", 0.5)),),
        ),
        flags=(
            Flag("collective", (), 38),
            Flag("benefit_category", (Span(*person),), "pensioner"),
            Flag("no_author"),
            Flag("threat", (Span(*long),)),
        ),
        review=Review(True, ("conflict", "topic_uncertain")),
        model=ModelName("kursk", "1.2"),
        explanation=Explanation(topic=(Reason("фонарь", 1.0),)),
    )
    shown = read(render_html(analysis)).text
    for wanted in SHOWN:
        assert wanted in shown, wanted


def test_absent_fields_are_named() -> None:
    shown = read(render_html(Analysis("яма", card=Card(summary="Яма")))).text
    assert "Не указано: просьба, место, люди" in shown


def test_overlapping_marks_keep_the_text() -> None:
    text = "<Яма> у дома 5 по ул. Мира & рядом"
    marks = [
        Mark(start, end, f"k{start}", f"{start}-{end}", line=(start + end) % 2 == 0)
        for start in range(0, len(text), 3)
        for end in range(start + 1, len(text) + 1, 4)
    ]
    page = highlight(text, marks)
    read(page)
    for mark in marks:
        assert f">{mark.label}</span>" in page
    plain = read(highlight(text, [replace(mark, label="") for mark in marks])).text
    assert plain == text


def test_the_shorter_mark_is_on_top() -> None:
    page = highlight("Администрация г. Ольховска", [Mark(0, 26, "organization", "о"), Mark(14, 26, "place", "м")])
    assert page.index("mcu-organization") < page.index("mcu-place")
    assert 'title="о; м"' in page


def test_wrong_spans_are_left_out() -> None:
    card = Card(request=Span(-5, 3, "?"), places=(Place(2, 900, "?"), Place(3, 3, "")))
    assert "<mark" not in render_html(Analysis("яма", card=card))


def test_every_id_has_a_title() -> None:
    assert set(LABELS["flag"]) == set(FLAGS)
    assert set(LABELS["benefit"]) == set(BENEFITS)
    assert set(LABELS["signal"]) == set(SIGNALS)
    assert set(LABELS["review"]) == set(REASONS)


def test_a_long_text_is_rendered_quickly() -> None:
    text = "яма " * 12_000
    places = tuple(Place(start, start + 3, "яма") for start in range(0, len(text), 4))
    assert render_html(Analysis(text, card=Card(places=places))).count("<mark") == len(places)


def test_real_analyses_are_well_formed(analyzer: Analyzer) -> None:
    for text in (
        "Яма на ул. Мира, 7, прошу отремонтировать дорогу",
        "СКОЛЬКО МОЖНО?! Напишу в прокуратуру, уроды! Зоя Лунина",
    ):
        analysis = analyzer(text, explain=True)
        assert text.split()[0] in read(analysis._repr_html_()).text
        assert "Решили слова" in read(analysis._repr_html_()).text


def test_show_displays_the_analysis(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Analysis] = []
    monkeypatch.setitem(sys.modules, "IPython", types.ModuleType("IPython"))
    display = types.ModuleType("IPython.display")
    monkeypatch.setattr(display, "display", shown.append, raising=False)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    analysis = Analysis("яма")
    analysis.show()
    assert shown == [analysis]


def test_a_stored_analysis_renders_the_same(analyzer: Analyzer) -> None:
    text = (
        "Зоя Лунина, г. Петровск, ул. Садовая, д. 4, кв. 2. Третью неделю нет света, заявка № 12 от 01.02.2025. "
        "Прошу вызвать ООО «Свет». Сколько можно врать, напишу в прокуратуру! Ещё яма на ул. Мира. Тел. 8 944 123-45-60"
    )
    for explain in (False, True):
        (analysis,) = analyzer.map([text], explain=explain)
        stored = json.loads(json.dumps(analysis.to_dict()))
        again = Analysis.from_dict(stored)
        assert again.to_dict() == analysis.to_dict()
        assert render_html(again) == render_html(analysis)
    assert Analysis.from_dict(Analysis("яма").to_dict()) == Analysis("яма")


def test_the_page_needs_no_inline_style(analyzer: Analyzer) -> None:
    assert " style=" not in render_html(analyzer("Нет света на ул. Мира, 7"), style=False)


def test_a_doubt_shows_the_question_that_decides() -> None:
    doubt = Doubt(("a", "b"), "Яма <во дворе> или на улице?", 0.8)
    page = render_html(
        Analysis("Яма", topic_candidates=(Choice("a", "Двор", 0.5), Choice("b", "Улица", 0.3)), doubt=doubt)
    )
    assert "Тему решает вопрос: Яма &lt;во дворе&gt; или на улице?" in page
    assert "Тему решает" not in render_html(Analysis("Яма"))
