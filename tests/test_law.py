"""Every line of ``cases/law.txt`` is a case: what is marked is flagged, and nothing else."""

from __future__ import annotations

import copy
import datetime
import tomllib
from importlib.resources import files

import pytest
from toy import CASES

from mcu_nlp import Analyzer, Message
from mcu_nlp.corpus.markup import parse
from mcu_nlp.errors import ConfigError
from mcu_nlp.fields import extract_fields
from mcu_nlp.law import BENEFITS, FLAGS, LawLexicon
from mcu_nlp.masking import mask_analysis
from mcu_nlp.records import Flag
from mcu_nlp.stages.flag_law import RULES, flag_law
from mcu_nlp.text.document import Document

ABSENCES = ("no_author", "no_address")
LINES = [line for line in (CASES / "law.txt").read_text("utf-8").splitlines() if line and not line.startswith("#")]
LAW = tomllib.loads((files("mcu_nlp") / "data" / "law.toml").read_text("utf-8"))


def flags_of(text: str, channel: str | None = None) -> tuple[Flag, ...]:
    document = Document.of(text)
    return flag_law(document, extract_fields(document), channel)


def value_of(flag: Flag) -> str | None:
    """Values that the notation of marks can write: ids and numbers, no names."""
    return None if flag.id in ("addressee", "complained_of") or flag.value is None else str(flag.value)


@pytest.mark.parametrize("line", LINES)
def test_case(line: str) -> None:
    marked, told, absent = line.partition(" //")
    text, marks = parse(marked)
    flags = flags_of(text)
    expected = {(mark.kind, mark.value, text[mark.start : mark.end]) for mark in marks}
    assert {(flag.id, value_of(flag), span.text) for flag in flags for span in flag.spans} == expected
    if told:
        assert [flag.id for flag in flags if flag.id in ABSENCES] == absent.split()


def test_enough_cases() -> None:
    marked = [line for line in LINES if parse(line)[1]]
    assert len(LINES) >= 80
    assert len(LINES) - len(marked) >= 30
    assert {mark.kind for line in marked for mark in parse(line)[1]} == set(FLAGS) - set(ABSENCES)


def test_flags_come_in_their_order() -> None:
    assert tuple(rule.__name__ for rule in RULES) == FLAGS
    for line in LINES:
        found = [FLAGS.index(flag.id) for flag in flags_of(parse(line.partition(" //")[0])[0])]
        assert found == sorted(found)


@pytest.mark.parametrize("line", LINES)
def test_spans_index_the_text(line: str) -> None:
    document = Document.of(parse(line.partition(" //")[0])[0])
    for flag in flag_law(document, extract_fields(document)):
        assert all(document.text[span.start : span.end] == span.text for span in flag.spans)
        assert bool(flag.spans) == (flag.id not in ABSENCES)


def test_requisites_are_not_asked_for_in_social_networks() -> None:
    assert {flag.id for flag in flags_of("Нет света", "portal")} == set(ABSENCES)
    assert flags_of("Нет света", "social") == ()


def test_named_parties_have_values() -> None:
    flags = {flag.id: flag.value for flag in flags_of("Уважаемый Пётр Ильич! Жалоба на бездействие УК «Уют».")}
    assert flags["addressee"] == "Пётр Ильич"
    assert flags["complained_of"] == "УК «Уют»"


@pytest.mark.parametrize(
    "damage",
    [
        lambda law: law.pop("cue"),
        lambda law: law["rule"].append(law["rule"][0]),
        lambda law: law["rule"].append({"id": "new", "flag": "no_such_flag"}),
        lambda law: law["rule"].append({"id": "new", "flag": "abuse", "any": "дурак"}),
        lambda law: law["rule"].append({"id": "new", "flag": "abuse", "any": ["<no_such_set>"]}),
        lambda law: law["rule"].append({"id": "new", "flag": "abuse", "any": ["... дурак"]}),
        lambda law: law["benefit"].append({"id": "no_such_benefit"}),
        lambda law: law["cue"].update(more=["жалоба"]),
    ],
)
def test_a_damaged_lexicon_is_refused(damage: object) -> None:
    law = copy.deepcopy(LAW)
    damage(law)  # type: ignore[operator]
    with pytest.raises(ConfigError):
        LawLexicon(law)


def test_every_benefit_is_in_the_lexicon() -> None:
    assert {benefit["id"] for benefit in LAW["benefit"]} == set(BENEFITS)


def test_flags_stand_in_the_analysis(analyzer: Analyzer) -> None:
    text = "Главе района Чистякову Д. П. от жильца. Мы, жители дома, просим света. Подписали 38 человек."
    analysis = analyzer(Message(text, channel="paper"))
    assert {flag.id: flag.value for flag in analysis.flags if flag.id == "collective"} == {"collective": 38}
    written = analysis.to_dict()["flags"]
    assert [flag["id"] for flag in written] == [flag.id for flag in analysis.flags]
    assert {"id", "value", "spans"} == written[0].keys()
    assert analyzer(text, fields=("tone", "kind")).flags == ()


def test_flags_are_masked(analyzer: Analyzer) -> None:
    analysis = analyzer(
        "Уважаемый Пётр Ильич Шумилов! Прошу привлечь Захара Плетнёва. Я инвалид второй группы, Зоя Лунина."
    )
    masked = mask_analysis(analysis)
    told = str([(flag.value, flag.spans) for flag in masked.flags])
    assert "Шумилов" not in told
    assert "Плетнёв" not in told
    assert ("benefit_category", "disabled") in {(flag.id, flag.value) for flag in masked.flags}
    for flag in masked.flags:
        assert all(masked.text[span.start : span.end] == span.text for span in flag.spans)


def test_kind_is_explained(analyzer: Analyzer) -> None:
    because = analyzer("Подскажите, когда включат отопление?", explain=True).to_dict()["kind"]["because"]
    assert because
    assert all(reason["weight"] > 0 and reason["spans"] for reason in because)


@pytest.mark.parametrize(
    "text",
    [
        "подписали " * 5000,
        "я " * 20_000 + "инвалид",
        "Уважаемый " * 4000,
        "решение суда не " * 3000,
        "«" * 20_000 + "убью",
        "1 " * 15_000 + "подпись",
    ],
    ids=["signed", "self", "dear", "court", "quotes", "numbers"],
)
def test_hostile_text_is_read_quickly(text: str) -> None:
    started = datetime.datetime.now(tz=datetime.UTC)
    flags_of(text[:50_000])
    assert datetime.datetime.now(tz=datetime.UTC) - started < datetime.timedelta(minutes=1)
