"""Labels: planted errors come out on top, a review survives its round trip, agreement is what hands compute."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook, load_workbook
from toy import toy_rows

import mcu_nlp
from mcu_nlp.errors import InputError
from mcu_nlp.labelling import (
    ReviewItem,
    ReviewList,
    agreement,
    apply_review,
    choose_next,
    find_suspects,
    read_review,
    write_review,
)
from mcu_nlp.labelling.agreement import nominal_alpha
from mcu_nlp.tables import Row, read_rows

TOPICS = {topic.id: topic.title for topic in mcu_nlp.shipped_taxonomy().topics}
CATEGORIES = {category.id: category.title for category in mcu_nlp.shipped_taxonomy().categories}


def labelled_rows() -> list[Row]:
    rows = [row for row in toy_rows() if row["topic"]]
    return [
        Row(
            number,
            {
                "id": f"t{number}",
                "text": row["text"],
                "topic": TOPICS[row["topic"]],
                "category": CATEGORIES[row["category"]],
            },
        )
        for number, row in enumerate(rows, 1)
    ]


def relabelled(rows: list[Row], numbers: set[int]) -> list[Row]:
    """Rows with the topic and the category of a row of another category."""
    found = []
    for row in rows:
        if row.number in numbers:
            other = next(o for o in rows if o.values["category"] != row.values["category"])
            labels = {key: other.values[key] for key in ("topic", "category")}
            row = Row(row.number, {**row.values, **labels})
        found.append(row)
    return found


def test_planted_errors_come_first() -> None:
    rows = labelled_rows()
    wrong = {row.number for row in rows[:: len(rows) // 6]}
    found = find_suspects(relabelled(rows, wrong), fields=["topic"])
    assert len(found.items) == len(rows), "every label is ranked"
    first = [item.number for item in found.items[: 2 * len(wrong)]]
    assert len(wrong & set(first)) >= 0.8 * len(wrong)
    assert all(item.reasons and item.proposed != item.label and 0 <= item.score <= 1 for item in found.items)
    truth = {row.number: row.values["topic"] for row in rows}
    caught = [item for item in found.items if item.number in wrong]
    assert np.mean([item.proposed == truth[item.number] for item in caught]) >= 0.5
    assert found == find_suspects(relabelled(rows, wrong), fields=["topic"]), "deterministic"


def test_a_copy_under_another_label_is_told() -> None:
    rows = labelled_rows()
    copy = Row(len(rows) + 1, {**rows[0].values, "id": "copy", "text": rows[0].values["text"].upper() + "!!"})
    [changed] = relabelled([copy, *rows[1:]], {copy.number})[:1]
    found = find_suspects([*rows, changed], fields=["topic"])
    top = {item.number: item for item in found.items[:20]}
    assert {1, copy.number} <= top.keys()
    assert top[copy.number].reasons[0].startswith("дубликат под другой меткой")
    assert top[copy.number].proposed == rows[0].values["topic"]


def test_all_labelled_fields_are_reviewed_and_too_few_labels_refused() -> None:
    rows = labelled_rows()
    assert {item.field for item in find_suspects(rows).items} == {"topic", "category"}
    assert len(find_suspects(rows, count=7).items) == 7
    with pytest.raises(InputError) as error:
        find_suspects(rows, fields=["department"])
    assert error.value.code == "labels_few"
    with pytest.raises(InputError) as error:
        find_suspects([Row(1, {"text": "Яма во дворе"})])
    assert error.value.code == "labels_missing"


def test_next_covers_a_class_that_nobody_labelled() -> None:
    rows = labelled_rows()
    topics = sorted({row.values["topic"] for row in rows})
    missing = max(topics, key=lambda topic: sum(row.values["topic"] == topic for row in rows))
    known = [row for n, row in enumerate(rows) if row.values["topic"] != missing and n % 2]
    numbers = {row.number for row in known}
    truth = {row.number: row.values["topic"] for row in rows}
    pool = [Row(row.number, {"text": row.values["text"]}) for row in rows if row.number not in numbers]
    share = np.mean([truth[row.number] == missing for row in pool])
    found = choose_next(pool, labelled=known, count=10)
    assert len(found.items) == 10
    assert len({item.number for item in found.items}) == 10
    assert np.mean([truth[item.number] == missing for item in found.items]) >= share
    assert all(item.label is None and item.proposed in topics for item in found.items)
    assert found == choose_next(pool, labelled=known, count=10)


def test_next_asks_a_model_and_passes_over_what_is_labelled(analyzer: mcu_nlp.Analyzer) -> None:
    rows = labelled_rows()
    pool = [*rows[:5], *(Row(row.number, {"text": row.values["text"]}) for row in rows[5:])]
    found = choose_next(pool, model=analyzer, count=8)
    assert len(found.items) == 8
    assert min(item.number for item in found.items) > 5
    assert choose_next(rows, model=analyzer).items == ()
    with pytest.raises(InputError) as error:
        choose_next(pool, model=analyzer, field="department")
    assert error.value.code == "model_not_for_field"
    with pytest.raises(InputError) as error:
        choose_next(pool, labelled=rows[:5])
    assert error.value.code == "labels_few"


HOSTILE = "=cmd|' /C calc'!A0 яма\x07 у дома"


def items() -> list[ReviewItem]:
    whole = [
        ("1", "Яма во дворе", "Ямы", "Свет"),
        ("2", HOSTILE, "Ямы", "=HYPERLINK(1)"),
        ("3", "Нет света", "Ямы", "Свет"),
        ("4", "Не горит фонарь", None, "Свет"),
    ]
    return [
        ReviewItem(number, id, text, "topic", label, proposed, 0.5, ("причина",))
        for number, (id, text, label, proposed) in enumerate(whole, 1)
    ]


def write_data(path: Path) -> Path:
    lines = ["Номер;Текст обращения;Тема;Группа тем;Примечание"]
    quoted = HOSTILE.replace("\x07", "")
    lines += [f"1;Яма во дворе;Ямы;Дороги;a{'б' * 3}", f'2;"{quoted}";Ямы;Дороги;+7', "3;Нет света;Ямы;Дороги;"]
    lines += ["4;Не горит фонарь;;;x", "5;Фонарь погас;Свет;ЖКХ;", "6;;;;пустое обращение"]
    path.write_text("\r\n".join(lines), "utf-8")
    return path


def review_file(path: Path, decisions: dict[int, tuple[str | None, str | None]]) -> Path:
    """A sheet as a reviewer would leave it: line of the sheet -> decision and new label."""
    write_review(path, ReviewList("suspects", tuple(items()), {"topic": ("Свет", "Ямы", "=HYPERLINK(1)")}))
    book = load_workbook(path)
    for row, (decision, label) in decisions.items():
        book["Проверка"].cell(row, 9, decision)
        book["Проверка"].cell(row, 10, label)
    book.save(path)
    return path


def test_the_sheet_is_safe_and_easy_to_fill_in(tmp_path: Path) -> None:
    path = review_file(tmp_path / "review.xlsx", {})
    book = load_workbook(path)
    sheet = book["Проверка"]
    assert sheet.freeze_panes == "D2"
    assert [cell.value for cell in sheet[1]][-2:] == ["Решение", "Новая метка"]
    validations = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation}
    assert validations == {"I2:I5": '"оставить,заменить,не знаю"', "J2:J5": "Метки!$A$2:$A$34"}
    assert [cell.value for cell in book["Метки"]["A"]] == ["Тема", "Свет", "Ямы", "'=HYPERLINK(1)"]
    cells = [cell for page in book for line in page.iter_rows() for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert not list(tmp_path.glob(".*"))


def test_a_review_makes_the_round_trip(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data.csv")
    review = review_file(
        tmp_path / "review.xlsx",
        {2: ("оставить", None), 3: ("Не знаю", None), 4: ("заменить", None), 5: (None, "  свет ")},
    )
    done = apply_review(data, review, tmp_path / "out.csv")
    assert (done.rows, done.changed, done.followed, done.kept, done.unsure, done.errors) == (6, 2, 2, 1, 1, ())
    before, after = ((tmp_path / name).read_text("utf-8-sig").splitlines() for name in ("data.csv", "out.csv"))
    assert len(before) == len(after)
    assert after[0] == before[0], "headers and columns that nobody knows stay"
    assert after[3:] == ["3;Нет света;Свет;ЖКХ;", "4;Не горит фонарь;Свет;ЖКХ;x", *before[5:]]
    assert "'=cmd" in after[2]
    assert after[2].endswith(";'+7")


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".jsonl"])
def test_a_review_applied_twice_changes_nothing_more(tmp_path: Path, suffix: str) -> None:
    data = write_data(tmp_path / "data.csv")
    review = review_file(tmp_path / "review.xlsx", {4: ("заменить", None), 5: (None, "Свет"), 3: ("оставить", None)})
    once, twice = tmp_path / f"once{suffix}", tmp_path / f"twice{suffix}"
    assert apply_review(data, review, once).changed == 2
    again = apply_review(once, review, twice)
    assert (again.rows, again.changed, again.unchanged, again.errors) == (6, 0, 2, ())
    rows, same = ([row for row in read_rows(path) if isinstance(row, Row)] for path in (once, twice))
    assert len(rows) == 5
    assert rows == same
    if suffix != ".xlsx":
        assert once.read_bytes() == twice.read_bytes()


def test_what_cannot_be_applied_is_told_by_line_and_code(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data.csv")
    review = read_review(review_file(tmp_path / "review.xlsx", {4: ("заменить", None)}))
    [good] = review.decisions
    made = [
        replace(good, row=10, new="Небывалая тема"),
        replace(good, row=11, number=5, text="Фонарь погас", label="Ямы", new="Яма"),
        replace(good, row=12, number=5, text="Фонарь погас", label="Дороги", new="Ямы"),
        replace(good, row=13, text="Такого обращения нет"),
        replace(good, row=14, number=1, text="Яма во дворе", choice="keep", new=None),
        replace(good, row=15, number=1, text="Яма во дворе", new="Свет"),
    ]
    for decisions, codes, changed in (
        (made[:1], ["review_label_unknown"], 0),
        (made[1:2], ["review_label_unknown"], 0),
        (made[2:3], ["review_stale"], 0),
        (made[3:4], ["review_row_missing"], 0),
        ([made[4], made[5], good], ["review_conflict"], 1),
    ):
        done = apply_review(data, replace(review, decisions=tuple(decisions)), tmp_path / "out.csv")
        assert [error.error.code for error in done.errors] == codes
        assert done.errors[0].number in {d.row for d in decisions}
        assert done.changed == changed
    with pytest.raises(InputError) as error:
        apply_review(data, review, data)
    assert error.value.code == "output_is_input"


def test_lines_that_make_no_sense_are_errors(tmp_path: Path) -> None:
    path = review_file(
        tmp_path / "review.xlsx", {2: ("да", None), 3: ("оставить", "Свет"), 4: ("заменить", None), 5: (None, None)}
    )
    book = load_workbook(path)
    book["Проверка"].cell(4, 6).value = None
    book.save(path)
    review = read_review(path)
    assert [(error.number, error.error.code) for error in review.errors] == [
        (2, "review_decision_unknown"),
        (3, "review_contradiction"),
        (4, "review_label_missing"),
    ]
    assert review.undecided == 1
    other = Workbook()
    other.active.append(["Текст"])
    other.save(tmp_path / "other.xlsx")
    (tmp_path / "broken.xlsx").write_bytes(b"PK no")
    for name, code in (
        ("other.xlsx", "review_columns"),
        ("broken.xlsx", "file_unreadable"),
        ("no.xlsx", "file_missing"),
    ):
        with pytest.raises(InputError) as error:
            read_review(tmp_path / name)
        assert error.value.code == code


def annotated(labels: str, begin: int = 1) -> list[Row]:
    """One appeal a letter; «-» is not labelled."""
    return [
        Row(number, {"id": str(number), "text": f"Обращение {number}", **({"topic": letter} if letter != "-" else {})})
        for number, letter in enumerate(labels, begin)
    ]


def test_agreement_is_what_hands_compute() -> None:
    # 7 of 10 agree; the first says a 5 times, the second a 6: chance is .5 * .6 + .5 * .4 = .5, kappa .2 / .5.
    found = agreement(annotated("aaaaabbbbb-"), annotated("aaaababbaba"))
    [topic] = found.fields
    assert (topic.field, topic.n, topic.share) == ("topic", 10, 0.7)
    assert topic.kappa == pytest.approx(0.4)
    assert topic.low is not None
    assert topic.high is not None
    assert topic.low < 0.4 < topic.high
    assert [(d.first, d.second, d.count) for d in topic.disagreements] == [("a", "b", 3)]
    assert found.unmatched == (0, 0)


def test_agreement_of_three_and_of_files_without_ids(tmp_path: Path) -> None:
    three = agreement(annotated("aabb"), annotated("aab-"), annotated("aabbb"))
    [topic] = three.fields
    assert topic.kappa is None
    assert topic.alpha == 1.0
    assert three.unmatched == (0, 0, 1)
    # Of six labels four are a: chance disagreement 2 * 4 * 2 / 5, observed 4.
    assert nominal_alpha([["a", "b"], ["a", "a"], ["b", "a"]]) == pytest.approx(-0.25)
    for name, case in (("one.csv", str.lower), ("two.csv", str.upper)):
        (tmp_path / name).write_text(f"Текст;Тема\n{case('Яма во дворе')};x\n{case('Нет света')};y\n", "utf-8")
    assert agreement(tmp_path / "one.csv", tmp_path / "two.csv").fields[0].kappa == 1.0
    with pytest.raises(InputError) as error:
        agreement(annotated("aa"), annotated("aa", begin=10))
    assert error.value.code == "annotators_unmatched"
