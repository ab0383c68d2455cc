"""Labelled tables: what is read, what the check finds, who is held out, what corrections change."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

import mcu_nlp
from mcu_nlp.dataset import FOLDS, check_data, find_copies, read_table, read_taxonomy, split_table, stratified_folds
from mcu_nlp.dataset.check import RULES, _known
from mcu_nlp.dataset.label_rules import FEWEST_OF_CLASS
from mcu_nlp.dataset.rare import RULES as RARE_RULES
from mcu_nlp.dataset.rare import rare_classes
from mcu_nlp.errors import ConfigError, InputError
from mcu_nlp.labels import column_titles, rare_titles

HEADERS = ("Номер", "Дата подачи", "Текст обращения", "Группа тем", "Тема", "Исполнитель", "Вид обращения", "Тон")
ROADS, HOUSES = ("Дороги", "Ямы на дорогах", "Отдел дорог"), ("Дома", "Нет отопления", "Отдел домов")
WORDS = """\
асфальт бордюр колодец тротуар светофор подъезд крыша подвал батарея кран лифт забор мостик пандус люк
провалился сломан течёт шумит мешает разбит скользит пропал закрыт промёрз ржавеет упал висит горит дымит
школы рынка почты вокзала больницы аптеки парка бани моста котельной клуба сквера магазина пруда музея
"""
KINDS_OF_WORDS = [line.split() for line in WORDS.splitlines()]


def text_of(number: int) -> str:
    """Texts of which no two are alike."""
    random_ = random.Random(number)  # noqa: S311
    words = [random_.choice(kind) for _ in range(3) for kind in KINDS_OF_WORDS]
    return f"{' '.join(words)} вот уже {number} дней".capitalize()


def plain(count: int = 40) -> list[dict[str, str]]:
    """Rows without a defect."""
    rows = []
    for number in range(count):
        category, topic, department = (ROADS, HOUSES)[number % 2]
        values = (
            "",
            f"{number % 28 + 1:02}.03.2026",
            text_of(number),
            category,
            topic,
            department,
            "Жалоба",
            "Спокойный",
        )
        rows.append(dict(zip(HEADERS, values, strict=True)))
    return rows


def with_ids(rows: list[dict[str, str]], topic_of: Mapping[int, int] | None = None) -> list[dict[str, str]]:
    return [{**row, "Номер": f"А-{(topic_of or {}).get(n, n)}"} for n, row in enumerate(rows)]


def write(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    headers = list(rows[0])
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    elif path.suffix == ".xlsx":
        book = Workbook()
        book.active.append(headers)
        for row in rows:
            book.active.append([row[header] for header in headers])
        book.save(path)
    else:
        with path.open("w", encoding="cp1251", newline="") as stream:
            lines = csv.DictWriter(stream, headers, delimiter=";")
            lines.writeheader()
            lines.writerows(rows)
    return path


def changed(**values: str) -> list[dict[str, str]]:
    """The plain rows, the first of them changed."""
    names = {
        "text": "Текст обращения",
        "topic": "Тема",
        "category": "Группа тем",
        "id": "Номер",
        "kind": "Вид обращения",
    }
    names |= {"tone": "Тон", "date": "Дата подачи", "department": "Исполнитель"}
    rows = plain()
    rows[0] |= {names[name]: value for name, value in values.items()}
    return rows


def sorted_by_topic() -> list[dict[str, str]]:
    rows = plain(60)
    return with_ids(sorted(rows, key=lambda row: row["Тема"]))


LONGER = text_of(1) + " просим принять меры и ответить письменно по адресу заявителя"
# A table with one known defect, and the code that must find it; jsonl keeps what cp1251 cannot.
DEFECTS: list[tuple[str, list[dict[str, str]], set[int]]] = [
    ("text_empty", changed(text=" "), {1}),
    ("text_empty", changed(text="<p></p>"), {1}),
    ("encoding_broken", changed(text="Яма во дворе дома на Луговой".encode().decode("cp1251", "replace")), {1}),
    ("encoding_broken", changed(text="????? ?? ???? ????????"), {1}),
    ("encoding_broken", changed(text="Во дворе я\ufffdа"), {1}),
    ("not_russian", changed(text="There is a large hole in the road near the school"), {1}),
    ("not_russian", changed(text="У нашому дворі немає світла вже третій день поспіль"), {1}),
    ("text_short", changed(text="Яма."), {1}),
    ("text_long", changed(text="Яма во дворе. " * 1000), {1}),
    ("markup", changed(text="<p>Во дворе&nbsp;яма</p>"), {1}),
    ("copy_exact", changed(text=text_of(2).upper() + "!!!"), {3}),
    ("copy_near", changed(text=text_of(2) + " да"), {3}),
    ("label_conflict", changed(text=text_of(1)), {1, 2}),
    (
        "label_conflict_near",
        [
            *changed(text=LONGER.replace("письменно", "письменна"), topic="Нет отопления"),
            {**plain()[1], "Текст обращения": LONGER, "Тема": "Ямы на дорогах"},
        ],
        {1, 41},
    ),
    ("label_missing", changed(topic="", category=""), {1}),
    ("labels_alike", changed(topic="ямы на  дорогах."), {1}),
    ("topic_in_two_categories", changed(category="Дома"), {1}),
    ("class_small", changed(topic="Ямы у школ"), {1}),
    ("department_small", changed(department="Отдел школ"), {1}),
    ("kind_unknown", changed(kind="Письмо"), {1}),
    ("tone_unknown", changed(tone="Злой"), {1}),
    ("date_unread", changed(date="вчера"), {1}),
    ("leak_in_text", changed(id="АГ-2026/17", text=text_of(0) + " Рег. АГ-2026/17 от марта"), {1}),
    (
        "leak_in_text",
        changed(
            department="Комитет жилищного хозяйства", text=text_of(0) + ". Исполнитель: комитет жилищного хозяйства"
        ),
        {1},
    ),
    ("ids_tell_labels", sorted_by_topic(), set(range(1, 61))),
]


@pytest.mark.parametrize(("code", "rows", "numbers"), DEFECTS, ids=[f"{n}-{d[0]}" for n, d in enumerate(DEFECTS)])
def test_a_known_defect_is_found(tmp_path: Path, code: str, rows: list[dict[str, str]], numbers: set[int]) -> None:
    check = check_data(read_table(write(tmp_path / "own.jsonl", rows)))
    found = {finding.code: finding for finding in check.findings}
    assert code in found, check.codes
    assert set(found[code].rows) == numbers
    assert found[code].severity in ("warning", "note")
    assert not check.errors


def test_a_table_without_defects_has_no_findings(tmp_path: Path) -> None:
    rows = plain()
    random.Random(1).shuffle(rows)  # noqa: S311
    check = check_data(read_table(write(tmp_path / "own.csv", with_ids(rows))))
    assert check.findings == ()


def test_every_rule_has_its_words_and_its_case() -> None:
    assert {rule.__name__ for rule in RULES} == set(_known())
    tested = {code for code, _, _ in DEFECTS} | {"row_unreadable", "label_unknown", "kept_by_base"}
    assert tested == set(_known())
    for words in _known().values():
        assert words["severity"] in ("warning", "note")
        assert words["title"]
        assert words["remedy"].endswith(".")


def test_too_much_of_a_defect_is_an_error(tmp_path: Path) -> None:
    rows = [{**row, "Текст обращения": row["Текст обращения"].encode().decode("cp1251", "replace")} for row in plain()]
    check = check_data(read_table(write(tmp_path / "own.jsonl", rows)))
    assert [finding.code for finding in check.errors] == ["encoding_broken"]


def test_rows_that_cannot_be_read_are_found(tmp_path: Path) -> None:
    path = write(tmp_path / "own.jsonl", plain())
    path.write_text(path.read_text("utf-8") + '["яма"]\n', "utf-8")
    found = check_data(read_table(path)).findings
    assert [(finding.code, finding.rows) for finding in found] == [("row_unreadable", (41,))]


def test_no_text_leaves_the_check(tmp_path: Path) -> None:
    rows = [row for _, rows, _ in DEFECTS for row in rows[:2]]
    check = check_data(read_table(write(tmp_path / "own.jsonl", rows)))
    check.write(tmp_path / "check.xlsx")
    check.write(tmp_path / "check.csv")
    cells = [str(cell) for line in load_workbook(tmp_path / "check.xlsx").active.values for cell in line]
    told = (
        json.dumps(check.to_dict(), ensure_ascii=False) + " ".join(cells) + (tmp_path / "check.csv").read_text("utf-8")
    )
    assert len(cells) > 5 * sum(len(finding.rows) for finding in check.findings) - 1
    for row in rows:
        words = row["Текст обращения"]
        assert len(words) < 10 or words not in told


FILES = ["own.csv", "own.xlsx", "own.jsonl"]


@pytest.mark.parametrize("name", FILES)
def test_all_kinds_of_files_give_the_same_table(tmp_path: Path, name: str) -> None:
    table = read_table(write(tmp_path / name, with_ids(plain())))
    other = read_table(write(tmp_path / f"other-{FILES[FILES.index(name) - 1]}", with_ids(plain())))
    assert table.examples == other.examples
    assert table.sha256 == other.sha256
    assert table.columns.to_dict() == other.columns.to_dict()
    assert table.columns.missing == {}
    first = table.examples[0]
    assert (first.id, first.department, first.kind, first.tone) == ("А-0", "Отдел дорог", "complaint", "neutral")


def test_columns_are_told(tmp_path: Path) -> None:
    rows = [
        {"Жалоба": r["Текст обращения"], "Тема": r["Тема"], "Когда": r["Дата подачи"], "Куратор": "К"} for r in plain()
    ]
    table = read_table(write(tmp_path / "own.xlsx", rows), {"text": "Жалоба", "received": "Когда"})
    told = table.columns.to_dict()
    assert told["taken"] == {"text": ["Жалоба"], "topic": ["Тема"], "received": ["Когда"]}
    assert told["ignored"] == ["Куратор"]
    assert told["missing"]["department"] == "--department"
    with pytest.raises(InputError, match="--date"):
        read_table(tmp_path / "own.xlsx", {"text": "Жалоба", "received": "Дата"})
    assert list(column_titles()) == ["text", "category", "topic", "department", "kind", "tone", "received", "id"]


# Folds and near copies


def mutated(text: str, random_: random.Random) -> str:
    """The text with one of its words changed in a letter: its near copy."""
    words = text.split()
    place = random_.randrange(len(words))
    words[place] = words[place][:-1] + random_.choice("аеиоу")
    return " ".join(words)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(10, 60), st.integers(0, 30))
def test_near_copies_never_straddle_folds(seed: int, texts: int, copies: int) -> None:
    random_ = random.Random(seed)  # noqa: S311
    originals = [text_of(random_.randrange(10**6)) * 2 for _ in range(texts)]
    pairs = [(n, mutated(originals[n], random_)) for n in random_.choices(range(texts), k=copies)]
    whole = originals + [copy for _, copy in pairs]
    labels = [random_.choice("абвг") for _ in whole]
    groups = find_copies(whole).near
    folds = stratified_folds(labels, groups)
    for number, (original, _) in enumerate(pairs, texts):
        assert groups[number] == groups[original]
        assert folds[number] == folds[original]
    order = random_.sample(range(len(whole)), len(whole))
    shuffled = find_copies([whole[n] for n in order]).near
    assert shuffled.tolist() == groups[order].tolist()
    assert stratified_folds([labels[n] for n in order], shuffled).tolist() == folds[order].tolist()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=30))
def test_any_texts_are_grouped(texts: list[str]) -> None:
    copies = find_copies(texts)
    assert len(copies.exact) == len(copies.near) == len(texts)
    for group in set(copies.exact.tolist()):
        assert len(set(copies.near[copies.exact == group].tolist())) == 1


def test_candidates_miss_nothing_that_all_pairs_would_find() -> None:
    random_ = random.Random(3)  # noqa: S311
    texts = [text_of(n) for n in range(150)]
    texts += [mutated(mutated(random_.choice(texts), random_), random_) for _ in range(100)]
    grams = [{f" {word} "[n : n + 4] for word in text.lower().split() for n in range(len(word) - 1)} for text in texts]
    near = find_copies(texts).near
    for one, other in ((a, b) for a in range(len(texts)) for b in range(a)):
        shared = len(grams[one] & grams[other]) / (len(grams[one]) * len(grams[other])) ** 0.5
        if shared >= 0.85:
            assert near[one] == near[other]


def test_topics_are_spread_over_the_folds(tmp_path: Path) -> None:
    split = split_table(read_table(write(tmp_path / "own.csv", plain(100))))
    for topic in {example.topic for example in split.examples}:
        counts = np.bincount([e.fold for e in split.examples if e.topic == topic], minlength=FOLDS)
        assert np.ptp(counts) <= 2
    assert sum(split.figures["sizes"]) == 100
    assert np.ptp(split.figures["sizes"]) <= 2


def test_few_or_rare_rows_are_split_too() -> None:
    assert len(stratified_folds(["а", "б", "в"], np.array([0, 1, 2]))) == 3
    folds = stratified_folds([str(n) for n in range(20)], np.arange(20))
    assert np.bincount(folds).tolist() == [4] * FOLDS


def test_by_date_the_latest_rows_are_held_out(tmp_path: Path) -> None:
    rows = [{**row, "Дата подачи": f"2026-{n // 20 + 1:02}-{n % 20 + 1:02}"} for n, row in enumerate(plain(100))]
    rows[99]["Текст обращения"] = rows[0]["Текст обращения"]
    rows[98]["Дата подачи"] = ""
    split = split_table(read_table(write(tmp_path / "own.csv", rows)), "date")
    held = [n for n, example in enumerate(split.examples) if example.fold == 0]
    assert held == [*range(79, 98)], "neither the undated nor the copy of an old text"
    assert {example.fold for example in split.examples} == {-1, 0}
    assert split.figures["from"] == "2026-04-20"
    assert (split.figures["undated"], split.figures["late_copies"]) == (1, 1)


@pytest.mark.parametrize(("by", "code"), [("date", "split_undated"), ("month", "split_unknown")])
def test_a_split_that_cannot_be_made_is_refused(tmp_path: Path, by: str, code: str) -> None:
    rows = [{**row, "Дата подачи": "01.03.2026"} for row in plain()]
    with pytest.raises(InputError) as refused:
        split_table(read_table(write(tmp_path / "own.csv", rows)), by)
    assert refused.value.code == code


# Taxonomy

TOML = """
[[category]]
id = "roads"
title = "Дороги"
[[category]]
id = "own.houses"
title = "Дома"
[[topic]]
id = "own.pits"
title = "Ямы на дорогах"
category = "roads"
"""
CSV = "id;title;parent\nroads;Дороги;\nown.houses;Дома;\nown.pits;Ямы на дорогах;roads\n"


@pytest.mark.parametrize(("name", "content"), [("own.toml", TOML), ("own.csv", CSV)])
def test_a_given_taxonomy_rules(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    rows = changed(topic="own.pits", category="")
    table = read_table(write(tmp_path / "rows.csv", rows), taxonomy=tmp_path / name)
    assert [topic.id for topic in table.taxonomy.topics] == ["own.pits", "own.houses"]
    assert [(e.category, e.topic) for e in table.examples[:2]] == [("roads", "own.pits"), ("own.houses", None)]
    found = {finding.code: finding for finding in check_data(table).findings}
    assert found["label_unknown"].labels == ("Нет отопления",)
    assert found["label_unknown"].severity == "error", "half of the rows"


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("own.csv", CSV.replace(";roads\n", ";road\n"), ConfigError),
        ("own.csv", CSV.replace("own.houses", "roads"), ConfigError),
        ("own.csv", "id;title\nroads;Дороги\n", ConfigError),
        ("own.csv", "", ConfigError),
        ("own.toml", TOML.replace('category = "roads"', ""), ConfigError),
        ("own.toml", "[[category]", ConfigError),
        ("own.txt", CSV, InputError),
    ],
)
def test_a_wrong_taxonomy_is_refused(tmp_path: Path, name: str, content: str, error: type[Exception]) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(error):
        read_taxonomy(tmp_path / name)


def test_a_topic_alone_stands_where_it_is_known_to_stand(tmp_path: Path) -> None:
    shipped = mcu_nlp.shipped_taxonomy().topics[0]
    rows = plain()
    rows[0] |= {"Группа тем": ""}
    rows[2] |= {"Группа тем": "", "Тема": shipped.title}
    table = read_table(write(tmp_path / "rows.jsonl", rows))
    assert table.examples[0].category == table.examples[4].category
    assert (table.examples[2].topic, table.examples[2].category) == (shipped.id, shipped.category)


# Rare classes


def test_rare_classes_are_told_with_their_rule(tmp_path: Path) -> None:
    rows = plain(60)
    rows[0]["Тема"] = rows[2]["Тема"] = "Ямы у школ"
    rows[4]["Тема"] = rows[6]["Тема"] = "Ямы у бань"
    rows[6]["Текст обращения"] = rows[4]["Текст обращения"]
    known = next(topic for topic in mcu_nlp.shipped_taxonomy().topics if topic.category == "roads")
    rows[8]["Тема"] = known.title
    table = read_table(write(tmp_path / "rows.jsonl", rows))
    split = split_table(table)
    rare = {one.title: one.rule for one in rare_classes(split.examples, table.taxonomy, {known.id}, ["Отдел связи"])}
    assert rare == {
        "Ямы у школ": "learned_not_shown",
        "Ямы у бань": "one_text",
        known.title: "with_base",
        "Отдел связи": "no_examples",
    }
    assert set(rare_titles()) == set(RARE_RULES)
    assert FEWEST_OF_CLASS == 5


# Corrections


def test_corrections_win_and_are_counted(tmp_path: Path) -> None:
    rows = with_ids(plain())
    new = {"id": "9", "text": "'=Новое: провалился люк у бани", "category": None, "topic": "Ямы на дорогах"}
    corrections = [
        {"id": "x", "text": text_of(0).upper(), "topic": "Нет отопления", "created": "2026-05-02T10:00:00+00:00"},
        {"id": "x", "text": text_of(0), "topic": "Ямы на дорогах", "created": "2026-05-01T10:00:00+00:00"},
        {"id": "А-1", "text": "Текст в сервисе переписан", "department": "Отдел дорог", "kind": "proposal"},
        {**new, "created": "2026-05-01"},
        {"id": "10", "text": "Ничего не сказано"},
        {"id": "11", "text": ""},
    ]
    path = write(tmp_path / "corrections.jsonl", corrections)
    table = read_table(write(tmp_path / "rows.csv", rows), corrections=path)
    first, second, last = table.examples[0], table.examples[1], table.examples[-1]
    titles = {topic.id: topic.title for topic in table.taxonomy.topics}
    assert titles[first.topic] == "Нет отопления", "the latest wins"
    assert first.category == second.category, "the old category went with the old topic"
    assert (second.department, second.kind) == ("Отдел дорог", "proposal")
    assert (last.text, titles[last.topic]) == ("=Новое: провалился люк у бани", "Ямы на дорогах")
    assert table.corrections.to_dict() == {"read": 6, "merged": 2, "added": 1, "superseded": 1, "unreadable": 2}
    assert len(table.examples) == 41


def test_corrections_in_a_sheet_are_what_they_are_in_jsonl(tmp_path: Path) -> None:
    """The service's csv: an apostrophe before what looks like a formula, texts of several lines, quotes in quotes."""
    department = "+7 (4712): дежурная служба"
    said = [
        (text_of(0), "Нет отопления", ""),
        ('=Яма; "глубокая"\r\nу дома 5\n\nПросим засыпать', "Ямы на дорогах", department),
        ("-снег у школы", "", department),
        ("'Уют' не топит", "Нет отопления", ""),
    ]
    names = ("text", "topic", "department")
    path = write(tmp_path / "rows.csv", with_ids(plain()))
    write(tmp_path / "c.jsonl", [dict(zip(names, one, strict=True)) for one in said])
    lines = io.StringIO()
    guarded = [[f"'{cell}" if cell[:1] in ("=", "+", "-") else cell for cell in one] for one in said]
    csv.writer(lines, delimiter=";", lineterminator="\r\n").writerows([names, *guarded])
    (tmp_path / "c.csv").write_bytes(lines.getvalue().encode("utf-8-sig"))
    sheet, plain_lines = (read_table(path, corrections=tmp_path / f"c.{kind}") for kind in ("csv", "jsonl"))
    assert sheet.examples == plain_lines.examples
    assert sheet.corrections == plain_lines.corrections
    assert [example.department for example in sheet.examples[-3:]] == [department, department, None]


def test_the_example_file_shows_what_the_check_finds() -> None:
    table = read_table(Path(__file__).parents[1] / "examples" / "labelled.csv")
    assert len(table.examples) >= 120
    assert table.columns.missing == {}
    assert set(check_data(table).codes) >= {"text_empty", "copy_exact", "label_conflict_near"}
    assert {topic.id for topic in table.taxonomy.topics} <= {t.id for t in mcu_nlp.shipped_taxonomy().topics}
