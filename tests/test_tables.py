"""Tables in and out: every encoding and order of columns, nothing lost, nothing half written."""

from __future__ import annotations

import csv
import io
import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from mcu_nlp import Analysis, BadRow, InputError, Row, check_xlsx, open_writer, read_rows
from mcu_nlp.records import Card, Choice, Department, Review, Signal, Span, Tone
from mcu_nlp.tables.columns import _aliases, find_columns
from mcu_nlp.tables.write import FLAT_COLUMNS, neutralize

HEADERS = ("Номер", "Текст обращения", "Тема")
RECORDS = (
    ("7", "Яма; на дороге, «у дома»", "Дороги"),
    ("А-8", 'Строка\nвторая "в кавычках"', ""),
    ("9", "Нет света!", "Свет"),
)


def as_csv(delimiter: str = ";", rows: Any = RECORDS, headers: Any = HEADERS) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator="\r\n").writerows([headers, *rows])
    return stream.getvalue()


def texts(rows: Iterator[Row | BadRow]) -> list[tuple[str, str]]:
    found = list(rows)
    assert all(isinstance(row, Row) for row in found), found
    return [(row.id, row.values["text"]) for row in found if isinstance(row, Row)]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_csv_of_every_kind(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "appeals.CSV"
    path.write_bytes(as_csv(delimiter).encode(encoding))
    assert texts(read_rows(path)) == [(id, text) for id, text, _ in RECORDS]


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "appeals.csv"
    path.write_text(as_csv(headers=HEADERS[::-1], rows=[row[::-1] for row in RECORDS]), "utf-8")
    assert texts(read_rows(path)) == [(id, text) for id, text, _ in RECORDS]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(tmp_path: Path, line_end: str) -> None:
    path = tmp_path / "appeals.csv"
    path.write_bytes(line_end.join(["id;text", "1;яма", "2;свет"]).encode())
    assert texts(read_rows(path)) == [("1", "яма"), ("2", "свет")]


def test_a_record_without_an_id_has_its_number(tmp_path: Path) -> None:
    path = tmp_path / "appeals.csv"
    path.write_text("text\nяма\nсвет\n", "utf-8")
    assert [id for id, _ in texts(read_rows(path))] == ["1", "2"]


def test_bad_rows_are_numbered_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "appeals.csv"
    path.write_text("id;text;topic\n1;яма;Дороги\n2;;\n3;свет\n\n;  ;x\n5;вода;Вода;лишнее\n", "utf-8")
    rows = list(read_rows(path))
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert [row.number for row in rows if isinstance(row, BadRow)] == [2, 4]
    assert {row.error.code for row in rows if isinstance(row, BadRow)} == {"text_empty"}


JSON_LINES = [
    ('{"id": "1", "text": "яма"}', None),
    ("{", "row_not_json"),
    ('{"id": 2, "text": "свет"}', None),
    ("[1, 2]", "row_not_object"),
    ("null", "row_not_object"),
    ('{"id": "3"}', "column_missing"),
    ('{"text": null}', "text_empty"),
    ('{"text": "  "}', "text_empty"),
    ('{"text": ["яма"]}', "text_not_string"),
    ('{"text": {"a": 1}}', "text_not_string"),
    ('{"text": true}', "text_not_string"),
    ('{"text": NaN}', "text_not_string"),
    ('{"text": Infinity}', "text_not_string"),
    ('{"text": 7, "id": "8"}', "text_not_string"),
    ('{"text": 0.5}', "text_not_string"),
    ('{"text": "газ", "id": 4.5, "channel": NaN}', None),
    ('{"text": "лёд", "id": NaN}', None),
    ('{"text": "лёд", "id": [1]}', "text_not_string"),
    ('{"Текст сообщения": "вода", "№": 12}', None),
    ("[" * 100_000, "row_not_json"),
    ('{"text": ' + "9" * 5000 + "}", "row_not_json"),
    ('{"text": "конец", "id": "\\ud83d7"}', None),
]


def test_jsonl_tells_every_bad_record(tmp_path: Path) -> None:
    path = tmp_path / "appeals.jsonl"
    path.write_text("\n".join(line for line, _ in JSON_LINES) + "\n\n", "utf-8")
    rows = list(read_rows(path))
    assert [row.number for row in rows] == list(range(1, len(JSON_LINES) + 1))
    assert [row.error.code if isinstance(row, BadRow) else None for row in rows] == [code for _, code in JSON_LINES]
    good = [row for row in rows if isinstance(row, Row)]
    assert [(row.id, row.values["text"]) for row in good] == [
        ("1", "яма"), ("2", "свет"), ("4.5", "газ"), ("17", "лёд"), ("12", "вода"), ("?7", "конец"),
    ]  # fmt: skip


def test_an_error_of_a_row_never_shows_its_text(tmp_path: Path) -> None:
    path = tmp_path / "appeals.jsonl"
    path.write_text(
        '{"id": "1", "Секретный": "Секретная яма"}\n{"text": ["Секретная яма"]}\n{"text": "Секретная яма', "utf-8"
    )
    for row in read_rows(path):
        assert isinstance(row, BadRow)
        assert "Секретная яма" not in f"{row.error}{row.error.russian}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_jsonl_of_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "appeals.jsonl"
    path.write_bytes('{"text": "яма"}\n{"text": "свет"}'.encode(encoding))
    assert texts(read_rows(path)) == [("1", "яма"), ("2", "свет")]


LONG = "Яма на дороге у дома семь, третий месяц никто не приходит. " * 3


def test_a_broken_byte_leaves_utf8_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "appeals.csv"
    path.write_bytes(f"id;text\n1;{LONG}\n2;{LONG}\n3;Све".encode() + b"\xd1\n4;" + "Вода\n".encode())
    assert texts(read_rows(path)) == [("1", LONG.strip()), ("2", LONG.strip()), ("3", "Све\ufffd"), ("4", "Вода")]


@pytest.mark.parametrize("text", ["Яма № 5", "ДЁШЕВО «ЁЛКА»", "№", "Дерево упало – ждём", LONG])
def test_windows_1251_is_not_taken_for_broken_utf8(tmp_path: Path, text: str) -> None:
    for name, content in (("a.csv", f'text\n"{text}"\n'), ("a.jsonl", json.dumps({"text": text}, ensure_ascii=False))):
        (tmp_path / name).write_bytes(content.encode("cp1251"))
        assert [(id, found.strip()) for id, found in texts(read_rows(tmp_path / name))] == [("1", text.strip())]


def test_a_broken_byte_of_jsonl_breaks_one_character(tmp_path: Path) -> None:
    path = tmp_path / "appeals.jsonl"
    path.write_bytes('{"text": "Снег"}\n{"text": "Све'.encode() + b"\xd1" + '"}\n{"text": "Вода"}'.encode())
    assert texts(read_rows(path)) == [("1", "Снег"), ("2", "Све\ufffd"), ("3", "Вода")]


# A csv text -> the numbers of its bad rows and the texts of the good ones.
QUOTES: list[tuple[str, list[int], list[str]]] = [
    ('id;text\n1;яма\n2;"свет\n3;вода\n4;газ\n', [2], ["яма"]),
    ('id;text\n1;яма\n2;"свет', [2], ["яма"]),
    ('id;text\n1;яма\n2;"', [2], ["яма"]),
    ('id;text\n1;яма\n"2;свет\n', [2], ["яма"]),
    ('id;text\n1;"яма ""у дома\n2;свет', [1], []),
    ('id;text\n1;"Дом "Уют" плохо"\n2;свет\n', [], ['Дом Уют" плохо"', "свет"]),
    ('id;text\n1;УК "Уют\n2;свет\n', [], ['УК "Уют', "свет"]),
    ('id;text\n1;"яма\nна ""дороге"""\n2;"свет"', [], ['яма\nна "дороге"', "свет"]),
    ('id;text\r1;"яма"\r2;"свет', [2], ["яма"]),
    ("id;text\n1;я\0ма\0\n", [], ["яма"]),
]


@pytest.mark.parametrize(("content", "bad", "good"), QUOTES)
def test_a_quote_that_never_closes_is_told(tmp_path: Path, content: str, bad: list[int], good: list[str]) -> None:
    (tmp_path / "a.csv").write_text(content, "utf-8", newline="")
    rows = list(read_rows(tmp_path / "a.csv"))
    refused = [row for row in rows if isinstance(row, BadRow)]
    assert [row.number for row in refused] == bad
    assert {row.error.code for row in refused} <= {"quote_unclosed"}
    assert [row.values["text"] for row in rows if isinstance(row, Row)] == good


def test_the_place_of_an_unclosed_quote_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('sep=;\nid;text\n1;"яма\nу дома"\n\n2;"Секретная\nяма\n3;свет\n', "utf-8")
    [_, bad] = read_rows(path)
    assert isinstance(bad, BadRow)
    assert (bad.error.details["line"], bad.error.details["lines"]) == (6, 3)
    assert "Секретная" not in f"{bad.error}{bad.error.russian}"


def test_headers_inside_an_unclosed_quote_are_no_headers(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('"id;text\n1;яма\n', "utf-8")
    with pytest.raises(InputError) as refusal:
        list(read_rows(tmp_path / "a.csv"))
    assert refusal.value.code == "quote_unclosed"


# What may stand above the headers and what parts the cells -> nothing of it is a record.
ABOVE = [
    ("sep=;\n", ";"),
    ("\ufeffsep=,\r\n", ","),
    ('"sep=|"\n', "|"),
    ("SEP=\t\n", "\t"),
    ("sep=;\nРеестр\n", ";"),
    ("Реестр обращений, март, 2024, район\n", ";"),
    ("Реестр обращений; март\n\nВсего: 2\n", ","),
    ("Реестр обращений;;\n;;\n", ";"),
    ("\n\n" + "Строка\n\n" * 9, "\t"),
]


@pytest.mark.parametrize(("above", "delimiter"), ABOVE)
def test_headers_under_a_title(tmp_path: Path, above: str, delimiter: str) -> None:
    path = tmp_path / "appeals.csv"
    path.write_text(above + as_csv(delimiter), "utf-8", newline="")
    assert texts(read_rows(path)) == [(id, text) for id, text, _ in RECORDS]
    if delimiter == ";":
        chosen = {"text": "Жалоба", "id": "Номер"}
        path.write_text(above + as_csv(headers=("Номер", "Жалоба", "Тема")), "utf-8", newline="")
        assert texts(read_rows(path, chosen)) == [(id, text) for id, text, _ in RECORDS]


def test_headers_of_a_sheet_under_a_title(tmp_path: Path) -> None:
    lines = [["Реестр обращений"], [], ["Период", "март"], ["№", "Текст", "Тема"], [1, "Яма", "Дороги"], [2, "Свет"]]
    assert texts(read_rows(write_xlsx(tmp_path / "a.xlsx", lines))) == [("1", "Яма"), ("2", "Свет")]


def test_records_without_headers_are_not_lost_as_titles(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1;яма\n2;Обращение\n3;свет\n", "utf-8")
    with pytest.raises(InputError) as refusal:
        list(read_rows(tmp_path / "a.csv"))
    assert refusal.value.code == "column_missing"


def test_an_appeal_in_the_place_of_headers_is_not_quoted(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("7;Третью неделю во дворе не горит ни один фонарь, темно\n8;Яма\n", "utf-8")
    with pytest.raises(InputError) as refusal:
        list(read_rows(tmp_path / "a.csv"))
    assert "фонарь" not in refusal.value.russian + str(refusal.value.details)


def write_xlsx(path: Path, lines: list[list[Any]]) -> Path:
    book = Workbook()
    for line in lines:
        book.worksheets[0].append(line)
    book.save(path)
    return path


def test_xlsx(tmp_path: Path) -> None:
    lines = [
        [],
        ["№", None, "Текст инцидента", "Группа тем"],
        [1, None, "Яма\nна дороге", "Дороги"],
        [],
        [None, 3, None, None],
        [2.5, None, "Свет", None],
    ]
    rows = list(read_rows(write_xlsx(tmp_path / "appeals.xlsx", lines)))
    assert [row.number for row in rows] == [1, 2, 3]
    assert isinstance(rows[1], BadRow)
    assert texts(iter([rows[0], rows[2]])) == [("1", "Яма\nна дороге"), ("2.5", "Свет")]


# Header -> the column that it is found as.
KNOWN_HEADERS = [
    ("Текст инцидента", "text"), ("Текст сообщения", "text"), ("ТЕКСТ_ОБРАЩЕНИЯ", "text"), ("text", "text"),
    ("Группа тем", "category"), ("Тема", "topic"), ("Исполнитель", "department"), ("Ответственный:", "department"),
    ("Номер", "id"), ("№", "id"), ("№ п/п", "id"), ("Канал", "channel"), ("Дата подачи", "received"), ("Тон", "tone"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "column"), KNOWN_HEADERS)
def test_headers_are_known(header: str, column: str) -> None:
    assert find_columns([header, "чужое"], "x.csv", required=())[column] == header


@pytest.mark.parametrize("header", ["Текстиль", "Темахх", "", "???", "Фамилия"])
def test_other_headers_are_not_guessed_at(header: str) -> None:
    assert find_columns([header], "x.csv", required=()) == {}


def test_no_alias_stands_for_two_columns() -> None:
    aliases = [alias for names in _aliases().values() for alias in names]
    assert len(set(aliases)) == len(aliases)


def test_a_chosen_column_goes_before_aliases(tmp_path: Path) -> None:
    path = tmp_path / "appeals.csv"
    path.write_text("text;Жалоба\nнет;яма\n", "utf-8")
    assert texts(read_rows(path, {"text": "Жалоба", "id": None})) == [("1", "яма")]


UNUSABLE = [
    ("a.csv", "", {}, "column_missing"),
    ("a.csv", "номер;имя\n1;а\n", {}, "column_missing"),
    ("a.csv", "text\nяма\n", {"text": "Жалоба"}, "column_missing"),
    ("a.csv", "text\nяма\n", {"id": "Номер"}, "column_missing"),
    ("a.csv", "Text;TEXT\nа;б\n", {}, "column_ambiguous"),
    ("a.txt", "text\nяма\n", {}, "file_type"),
    ("a", "text\nяма\n", {}, "file_type"),
    ("a.xls", "text\nяма\n", {}, "file_type"),
    ("a.xlsx", "text\nяма\n", {}, "file_unreadable"),
]


@pytest.mark.parametrize(("name", "content", "chosen", "code"), UNUSABLE)
def test_what_cannot_be_used_is_told(
    tmp_path: Path, name: str, content: str, chosen: dict[str, str], code: str
) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    with pytest.raises(InputError) as refusal:
        list(read_rows(path, chosen))
    assert refusal.value.code == code
    assert name in str(refusal.value)


@pytest.mark.parametrize("name", ["none.csv", "none.xlsx", "none.jsonl"])
def test_a_missing_file_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError) as refusal:
        list(read_rows(tmp_path / name))
    assert refusal.value.code == "file_missing"


def test_a_zip_bomb_of_a_sheet_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_xlsx(tmp_path / "appeals.xlsx", [["text"], ["яма"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", b"\0" * (8 << 20))
    assert path.stat().st_size < 1 << 20
    monkeypatch.setattr("mcu_nlp.tables.read.check_xlsx", lambda path: check_xlsx(path, 4 << 20))
    with pytest.raises(InputError) as refusal:
        list(read_rows(path))
    assert refusal.value.code == "file_too_large"


def with_members(path: Path, **members: bytes) -> Path:
    """The archive with other members at these places (``__`` is ``/``, ``_dot_`` is ``.``)."""
    changed = {name.replace("__", "/").replace("_dot_", "."): content for name, content in members.items()}
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()} | changed
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


STYLES = b"<styleSheet><cellXfs>" + b"<xf/>" * 150_000 + b"</cellXfs></styleSheet>"
TYPES = (
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Override PartName="/xl/worksheets/book.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)


@pytest.mark.parametrize(
    "members",
    [
        {"xl__styles_dot_xml": STYLES},
        # A part that is read whole, in the place of one that is not.
        {"__Content_Types_dot_xml": TYPES, "xl__worksheets__book_dot_xml": STYLES},
    ],
)
def test_markup_that_grows_in_memory_is_refused_at_once(tmp_path: Path, members: dict[str, bytes]) -> None:
    members = {name.replace("__Content_Types", "[Content_Types]"): content for name, content in members.items()}
    path = with_members(write_xlsx(tmp_path / "a.xlsx", [["text"], ["яма"]]), **members)
    assert path.stat().st_size < 20_000
    begun = time.monotonic()
    with pytest.raises(InputError) as refusal:
        list(read_rows(path))
    assert refusal.value.code == "file_unsafe"
    assert time.monotonic() - begun < 2


def test_a_row_far_below_does_not_bring_endless_empty_ones(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["text"], ["яма"]])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    path = with_members(path, xl__worksheets__sheet1_dot_xml=sheet.replace(b'<row r="2"', b'<row r="99999999999"'))
    assert list(read_rows(path)) == []


def test_entities_of_a_sheet_do_not_grow(tmp_path: Path) -> None:
    """«Billion laughs»: an entity of entities in the XML of a sheet."""
    path = write_xlsx(tmp_path / "appeals.xlsx", [["text"], ["яма"]])
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 50}">' for n in range(1, 9))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ха">{laughs}]><sst>&a8;</sst>'
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, bomb if name.endswith("sheet1.xml") else content)
    with pytest.raises(InputError) as refusal:
        list(read_rows(path))
    assert refusal.value.code == "file_unsafe"


def analysis(text: str = "Яма у дома", id: str = "1") -> Analysis:
    span = Span(0, 3, text[:3])
    return Analysis(
        text,
        id=id,
        kind=Choice("statement", "Заявление", 0.9),
        category_candidates=(Choice("roads", "Дороги", 0.87654),),
        topic_candidates=(Choice("roads.holes", "Ямы", 0.5),),
        department=Department("roads", "=Отдел дорог", 0.25, "rule", ("rule=a",)),
        tone=Tone("conflict", 0.9, (Signal("insult", 0.8, (span,)), Signal("risk", 0.7, (span,)))),
        card=Card(summary="+суть", request=span, duration=(span,)),
        review=Review(True, ("conflict", "risk")),
    )


ANALYSES = [analysis(), analysis('=HYPERLINK("http://example.org")', "@2"), analysis("-1+1;\n«да»", "3")]


def read_csv(path: Path) -> list[list[str]]:
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf"), "Excel in Russia asks for the mark of UTF-8"
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def read_xlsx(path: Path) -> list[list[Any]]:
    sheet = load_workbook(path).worksheets[0]
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
    return [["" if cell is None else cell for cell in line] for line in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize(("name", "read"), [("out.csv", read_csv), ("out.xlsx", read_xlsx)])
def test_flat_output(tmp_path: Path, name: str, read: Any) -> None:
    with open_writer(tmp_path / name) as writer:
        for one in ANALYSES:
            writer.write(one)
    headers, *rows = read(tmp_path / name)
    assert tuple(headers) == FLAT_COLUMNS
    assert [row[0] for row in rows] == ["1", "'@2", "3"]
    assert [row[1] for row in rows] == ["Яма у дома", "'" + ANALYSES[1].text, "'" + ANALYSES[2].text]
    first = dict(zip(headers, rows[0], strict=True))
    assert (first["Исполнитель"], first["Краткая суть"]) == ("'=Отдел дорог", "'+суть")
    assert (first["Нужен человек"], first["Причины"]) == ("да", "conflict, risk")
    assert (first["Тон"], first["Признаки"]) == ("конфликтный", "insult, risk")
    assert float(first["Уверенность в группе"]) == 0.8765
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "＝1"])
def test_formulas_are_neutralised(cell: str) -> None:
    assert neutralize(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["Яма", "1", "", "а=1", "'1"])
def test_other_cells_stay(cell: str) -> None:
    assert neutralize(cell) == cell


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_what_a_sheet_cannot_hold_does_not_stop_the_work(tmp_path: Path, name: str) -> None:
    odd = [
        analysis("Длинный текст " * 4000),
        analysis(id="7\x01\x0b8\uffff\ufffe\ud83d9"),
        analysis("🙂" * 20_000),
    ]
    with open_writer(tmp_path / name) as writer:
        for one in odd:
            writer.write(one)
    rows = {"out.csv": read_csv, "out.xlsx": read_xlsx}[name](tmp_path / name)
    assert [row[0] for row in rows[1:]] == ["1", "789", "1"]
    assert len(rows[1][1]) >= 32_767
    assert len(rows[3][1]) >= 16_383


def test_the_same_analyses_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        with open_writer(tmp_path / name) as writer:
            writer.write(analysis())
        time.sleep(2.1)  # the clock of an archive counts in twos
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_jsonl_output_is_the_contract(tmp_path: Path) -> None:
    with open_writer(tmp_path / "out.jsonl") as writer:
        for one in ANALYSES:
            writer.write(one)
    lines = (tmp_path / "out.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [one.to_dict() for one in ANALYSES]
    assert "Яма" in lines[0]


@pytest.mark.parametrize("path", [None, "-"])
def test_standard_output(capsys: pytest.CaptureFixture[str], path: str | None) -> None:
    with open_writer(path) as writer:
        writer.write(ANALYSES[0])
    assert json.loads(capsys.readouterr().out) == ANALYSES[0].to_dict()


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", "out.xlsx"])
@pytest.mark.parametrize("old", [None, "старое"])
def test_a_failure_leaves_no_half_of_a_file(tmp_path: Path, name: str, old: str | None) -> None:
    path = tmp_path / name
    if old:
        path.write_text(old, "utf-8")

    def work() -> None:
        with open_writer(path) as writer:
            writer.write(ANALYSES[0])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        work()
    assert [p.name for p in tmp_path.iterdir()] == ([name] if old else [])
    assert not old or path.read_text("utf-8") == old


@pytest.mark.parametrize("name", ["out.txt", "out", "out.xls"])
def test_an_output_of_another_kind_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError) as refusal, open_writer(tmp_path / name):
        pass
    assert refusal.value.code == "output_type"
    assert list(tmp_path.iterdir()) == []


def test_no_formula_hides_behind_a_control_character() -> None:
    assert neutralize("\x00\x01=1+1") == "'=1+1"


def test_a_sheet_that_lies_about_its_size_is_read_whole(tmp_path: Path) -> None:
    book = Workbook()
    for line in (["Текст", "Тема"], ["Яма", "Дороги"], ["Снег", "Двор"]):
        book.active.append(line)
    book.save(tmp_path / "whole.xlsx")
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as whole, zipfile.ZipFile(tmp_path / "lying.xlsx", "w") as lying:
        for entry in whole.infolist():
            content = whole.read(entry)
            lying.writestr(entry.filename, content.replace(b'<dimension ref="A1:B3"', b'<dimension ref="A1:A2"'))
    rows = [row.values for row in read_rows(tmp_path / "lying.xlsx") if isinstance(row, Row)]
    assert rows == [{"text": "Яма", "topic": "Дороги"}, {"text": "Снег", "topic": "Двор"}]
