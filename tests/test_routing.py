"""Routing rules: faults are told with line and remedy; the more specific rule decides, and says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from toy import CASES, toy_rows, toy_taxonomy

import mcu_nlp
from mcu_nlp import ConfigError, InputError, Message, RoutingTable, dry_run, load_routing
from mcu_nlp.records import Card, Choice, Flag, Organization, Place
from mcu_nlp.routing import Facts
from mcu_nlp.stages.route_department import complained_of

ROOT = Path(__file__).parent.parent
TAXONOMY = toy_taxonomy()
TOPICS = {topic.id: topic.category for topic in TAXONOMY.topics}
CATEGORIES = [category.id for category in TAXONOMY.categories]
FAULT = re.compile(r"^=== (\w+) \| (\d+) \| (.*)\n", re.MULTILINE)
PARTS = FAULT.split((CASES / "routing_faults.txt").read_text("utf-8"))[1:]
FAULTS = list(zip(PARTS[0::4], map(int, PARTS[1::4]), PARTS[2::4], PARTS[3::4], strict=True))

DISTRICT = """
format = 1
default = "hall"

[[department]]
id = "hall"
title = "Администрация района"

[[department]]
id = "roads"
title = "Отдел дорог"
curator = "hall"

[[department]]
id = "village"
title = "Сосновский сельсовет"

[[department]]
id = "keeper"
title = "УК «Тёплый дом»"

[[department]]
id = "press"
title = "Пресс-служба"
"""
# From the widest to the narrowest, the wrong way round for anything that reads rules line by line.
RULES = """
[[rule]]
id = "by-channel"
department = "press"
channel = "social"

[[rule]]
id = "by-category"
department = "roads"
category = "roads"

[[rule]]
id = "by-district"
department = "hall"
district = "Луговой район"

[[rule]]
id = "by-settlement"
department = "village"
settlement = ["Сосновка", "деревня Ивановка"]

[[rule]]
id = "by-topic"
department = "hall"
topic = "roads.city-snow"

[[rule]]
id = "by-topic-there"
department = "village"
topic = "roads.city-snow"
settlement = "Сосновка"

[[rule]]
id = "by-organization"
department = "keeper"
organization = "УК «Тёплый дом»"
"""


@pytest.fixture
def table(tmp_path: Path) -> RoutingTable:
    return read(tmp_path, DISTRICT + RULES)


def read(folder: Path, text: str) -> RoutingTable:
    path = folder / "rules.toml"
    path.write_text(text, "utf-8")
    return load_routing(path, categories=CATEGORIES, topics=TOPICS)


@pytest.mark.parametrize(("code", "line", "said", "text"), FAULTS, ids=[f"{f[0]} at {f[1]}" for f in FAULTS])
def test_a_fault_is_told_with_its_line_and_remedy(tmp_path: Path, code: str, line: int, said: str, text: str) -> None:
    with pytest.raises(ConfigError) as fault:
        read(tmp_path, text)
    error = fault.value
    assert error.code == code
    assert str(error).startswith(f"{tmp_path / 'rules.toml'}:{line}: ")
    assert said in str(error)
    assert error.russian.startswith(f"{tmp_path / 'rules.toml'}:{line}: ")
    assert re.search("[а-я]{4}", error.russian)


def test_the_cases_show_every_fault_of_a_routing_file() -> None:
    from mcu_nlp.errors import _messages

    assert {fault[0] for fault in FAULTS} == {code for code in _messages() if code.startswith("routing_")}


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as fault:
        load_routing(tmp_path / "none.toml", categories=CATEGORIES, topics=TOPICS)
    assert fault.value.code == "file_missing"


def test_a_file_of_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_bytes(DISTRICT.encode("cp1251"))
    with pytest.raises(InputError) as fault:
        load_routing(path, categories=CATEGORIES, topics=TOPICS)
    assert fault.value.code == "file_unreadable"


@pytest.mark.parametrize("write", [str, lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n")])
def test_files_of_every_editor_are_read(tmp_path: Path, write) -> None:
    assert len(read(tmp_path, write(DISTRICT + RULES)).rules) == 7


def test_a_file_of_departments_alone_is_fine(tmp_path: Path) -> None:
    assert read(tmp_path, DISTRICT).rules == ()


def test_rules_are_ordered_by_being_specific(table: RoutingTable) -> None:
    assert [rule.id for rule in table.rules] == [
        "by-organization", "by-topic-there", "by-topic", "by-settlement", "by-district", "by-category", "by-channel",
    ]  # fmt: skip


# What is known of an appeal -> the rule that decides.
MATCHES = [
    (Facts("roads", "roads.city-potholes"), "by-category"),
    (Facts("roads", "roads.city-snow"), "by-topic"),
    (Facts("roads", "roads.city-snow", channel="social"), "by-topic"),
    (Facts("housing", "housing.block-heating"), None),
    (Facts("housing", "housing.block-heating", channel="social"), "by-channel"),
    (Facts("housing", "housing.block-heating", channel="portal"), None),
    (Facts("housing", settlements=("Сосновка",)), "by-settlement"),
    (Facts("housing", settlements=("Сосновке",)), "by-settlement"),
    (Facts("housing", settlements=("СОСНОВКА",)), "by-settlement"),
    (Facts("housing", settlements=("Сосновый Бор",)), None),
    (Facts("housing", settlements=("Луговое", "Сосновка")), "by-settlement"),
    (Facts("roads", "roads.city-snow", ("Сосновка",)), "by-topic-there"),
    (Facts("roads", "roads.city-snow", ("Луговое",)), "by-topic"),
    (Facts("roads", "roads.city-potholes", districts=("Лугового района",)), "by-district"),
    (Facts("roads", "roads.city-snow", ("Сосновка",), organizations=("ук Тёплый дом",)), "by-organization"),
    (Facts("roads", "roads.city-snow", organizations=("УК Холодный дом",)), "by-topic"),
    (Facts(), None),
]


@pytest.mark.parametrize(("facts", "rule"), MATCHES, ids=[f"{n} {m[1]}" for n, m in enumerate(MATCHES)])
def test_the_most_specific_rule_decides(table: RoutingTable, facts: Facts, rule: str | None) -> None:
    found = table.match(facts)
    assert (found.id if found else None) == rule


def test_line_order_does_not_matter(tmp_path: Path, table: RoutingTable) -> None:
    pieces = RULES.split("[[rule]]")[1:]
    turned = read(tmp_path, DISTRICT + "".join(f"[[rule]]{piece}" for piece in reversed(pieces)))
    assert [rule.id for rule in turned.rules] == [rule.id for rule in table.rules]


def test_rules_win_over_the_model_and_say_why(tmp_path: Path, toy_model: Path, table: RoutingTable) -> None:
    analyzer = mcu_nlp.load(toy_model, routing=table.path)
    plain = mcu_nlp.load(toy_model)
    text = "Зимой не чистят снег на дороге, машины буксуют в сугробах, уберите снег с улицы"
    analysis, learned = analyzer(text), plain(text)
    assert analysis.department is not None
    assert analysis.topic is not None
    assert learned.department is not None
    assert analysis.topic.id == "roads.city-snow"
    assert (analysis.department.id, analysis.department.source) == ("hall", "rule")
    line = table.path.read_text("utf-8").split("\n").index('id = "by-topic"')
    assert analysis.department.because == ("rule=by-topic", f"rules.toml:{line}: topic=roads.city-snow")
    assert analysis.department.confidence == analysis.topic.confidence
    assert learned.department.source == "model"
    assert learned.department.because[0].startswith("model: topic=roads.city-snow")
    # The others are where the rules lead with the next topics, not departments that the district has not.
    rivals = [choice.id for choice in analysis.department_candidates]
    assert rivals[0] == "hall"
    assert set(rivals) <= set(table.departments)


def test_a_curator_is_named(tmp_path: Path, toy_model: Path) -> None:
    routing = read(tmp_path, DISTRICT + '[[rule]]\nid = "a"\ndepartment = "roads"\ncategory = "roads"\n')
    department = mcu_nlp.load(toy_model, routing=routing)("Яма на дороге, ремонт асфальта").department
    assert department is not None
    assert department.because[-1] == "curator=hall"


def test_channel_and_fields_without_card(tmp_path: Path, toy_model: Path, table: RoutingTable) -> None:
    analyzer = mcu_nlp.load(toy_model, routing=table)
    message = Message("Батареи холодные, нет отопления в квартире", channel="social")
    for fields in (mcu_nlp.FIELDS, ("department",)):
        department = analyzer(message, fields=fields).department
        assert department is not None
        assert department.because[0] == "rule=by-channel"
    there = analyzer("В деревне Сосновка холодные батареи, нет отопления", fields=("department",)).department
    assert there is not None
    assert there.because[0] == "rule=by-settlement"
    assert there.confidence == 1.0


def test_the_default_takes_what_nothing_decides(tmp_path: Path, toy_model: Path) -> None:
    from dataclasses import replace

    from mcu_nlp.bundle import read_bundle
    from mcu_nlp.taxonomy import Taxonomy

    bundle = read_bundle(toy_model)
    bare = replace(bundle, taxonomy=Taxonomy(bundle.taxonomy.categories, bundle.taxonomy.topics, ()))
    found = mcu_nlp.Analyzer(bare, routing=read(tmp_path, DISTRICT))("Яма на дороге")
    assert found.department is not None
    assert (found.department.id, found.department.source) == ("hall", "default")
    assert found.department.because == ("rules.toml: default",)
    nothing = mcu_nlp.Analyzer(bare)("Яма на дороге")
    assert nothing.department is not None
    assert (nothing.department.id, nothing.department.source) == ("unknown", "default")
    assert nothing.department.confidence == 0.0
    assert nothing.review is not None
    assert "department_uncertain" in nothing.review.reasons


# What the text complains of -> whether the department «УК «Тёплый дом»» may not simply answer it.
COMPLAINED = [
    ("УК «Тёплый дом»", True),
    ("УК Тёплый дом", True),
    ("ук тёплый дом", True),
    ("УК «Холодный дом»", False),
    ("УК", False),
    (None, False),
]


@pytest.mark.parametrize(("body", "expected"), COMPLAINED)
def test_a_complaint_about_the_body_that_would_answer(body: str | None, expected: bool) -> None:
    department = mcu_nlp.records.Department("keeper", "УК «Тёплый дом»", 1.0)
    assert complained_of(department, (Flag("complained_of", (), body),), "") is expected
    assert not complained_of(department, (Flag("addressee", (), body),), "")


def test_every_department_of_the_example_is_guarded(shipped: mcu_nlp.Analyzer) -> None:
    example = mcu_nlp.load(routing=Path(__file__).parents[1] / "examples" / "routing-petrovsk.toml")
    assert example.routing is not None
    unmarked = []
    for label in example.routing.departments.values():
        text = f"Жалоба на {label.title}: ямы на дороге, бездействие, прошу наказать"
        analysis = example(text, fields=("department",))
        assert analysis.department is not None
        assert analysis.review is not None
        if analysis.department.id == label.id and "body_complained_of" not in analysis.review.reasons:
            unmarked.append(label.title)
    assert unmarked == []


def test_such_a_complaint_is_marked_for_a_person(shipped: mcu_nlp.Analyzer, table: RoutingTable) -> None:
    analyzer = mcu_nlp.Analyzer(shipped.bundle, routing=table)
    text = (
        "Жалуюсь на УК «Тёплый дом»: безобразие, батареи ледяные, на заявки не отвечают, "
        "прошу привлечь к ответственности и наказать виновных"
    )
    analysis = analyzer(text)
    assert analysis.kind is not None
    assert analysis.review is not None
    assert analysis.department is not None
    assert (analysis.kind.id, analysis.department.id) == ("complaint", "keeper")
    assert "body_complained_of" in analysis.review.reasons
    assert analysis.review.required


def test_a_dry_run_counts(table: RoutingTable, analyzer: mcu_nlp.Analyzer) -> None:
    texts = [row["text"] for row in toy_rows() if row["topic"]]
    analyses = list(analyzer.map(texts))
    result = dry_run(table, analyses)
    matched = [table.match(Facts.of(a.category, a.topic, a.card)) for a in analyses]
    assert result.total == len(texts)
    assert set(result.caught) == {rule.id for rule in table.rules}
    assert result.caught.total() == sum(rule is not None for rule in matched)
    assert result.uncaught == result.total - result.caught.total() == result.uncaught_topics.total()
    assert result.caught["by-category"] > 5
    assert result.caught["by-channel"] == 0
    assert set(result.uncaught_topics) <= set(TOPICS)
    assert sum(result.contradictions.values()) <= result.caught.total()
    assert result.contradictions["by-category", "Отдел дорог", "Управление дорог города Сосновска"] > 5


def test_a_dry_run_of_nothing(table: RoutingTable) -> None:
    result = dry_run(table, [])
    assert (result.total, result.uncaught) == (0, 0)


def test_the_example_is_valid_for_the_shipped_taxonomy(shipped: mcu_nlp.Analyzer) -> None:
    taxonomy = shipped.bundle.taxonomy
    topics = {topic.id: topic.category for topic in taxonomy.topics}
    path = ROOT / "examples" / "routing-petrovsk.toml"
    example = load_routing(path, categories=[c.id for c in taxonomy.categories], topics=topics)
    assert len(example.rules) > 20
    assert example.default is not None


def test_facts_come_from_the_card() -> None:
    card = Card(
        places=(Place(0, 1, "x", settlement="Сосновка"), Place(0, 1, "x", district="Луговой")),
        organizations=(Organization(0, 1, "x", normal_form="УК Дом"), Organization(0, 2, "ТЭЦ")),
    )
    facts = Facts.of(Choice("roads", "", 1.0), None, card, "portal")
    assert facts == Facts("roads", None, ("Сосновка",), ("Луговой",), ("УК Дом", "ТЭЦ"), "portal")
    assert facts.values("topic") == frozenset()
