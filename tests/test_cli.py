"""The command line as users run it: real processes, their exit status, output and messages."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from toy import toy_rows

import mcu_nlp
from mcu_nlp.errors import ConfigError
from mcu_nlp.labels import level_titles, read_titles, reason_titles
from mcu_nlp.review import REASONS
from mcu_nlp.tone.levels import LEVELS

DONE, SOME_FAILED, UNUSABLE = 0, 1, 2
UNSAID = "Секретнокрасная"
ROWS = toy_rows()

ROUTING = """format = 1
default = "hall"
[[department]]
id = "hall"
title = "Администрация"
[[rule]]
id = "snow"
department = "hall"
topic = "roads.city-snow"
"""


def run(*arguments: str | Path, stdin: str | bytes = b"") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mcu_nlp", *map(str, arguments)]
    given = stdin.encode() if isinstance(stdin, str) else stdin
    result = subprocess.run(command, input=given, capture_output=True, check=False, timeout=120)
    return subprocess.CompletedProcess(command, result.returncode, result.stdout.decode(), result.stderr.decode())


def call(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The same without a process of its own, which takes a tenth of the time."""
    from mcu_nlp.cli import run as entry

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["mcu-nlp", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            entry()
    out, err = capsys.readouterr()
    return subprocess.CompletedProcess(arguments, end.value.code or 0, out, err)


def jsonl(rows: list[dict]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def check_one_line(result: subprocess.CompletedProcess[str], code: str) -> None:
    """An error is one line in Russian that begins with its code, and nothing else."""
    assert result.returncode == UNUSABLE, result.stderr
    assert result.stdout == ""
    assert " ".join(result.stderr.split()).startswith(f"Ошибка {code}: ")
    assert re.search("[а-я]{4}", result.stderr.partition(": ")[2])
    assert "Traceback" not in result.stderr
    assert "\x1b" not in result.stderr
    assert result.stderr.count("\n") == 1, result.stderr


@pytest.fixture(scope="module")
def appeals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More records than one chunk holds, with bad ones among them, as a Russian spreadsheet would write them."""
    path = tmp_path_factory.mktemp("cli") / "appeals.csv"
    stream = io.StringIO(newline="")
    rows = csv.writer(stream, delimiter=";")
    rows.writerow(["№ п/п", "Текст сообщения", "Канал", "Дата подачи"])
    for number in range(1, 301):
        text = ROWS[number % len(ROWS)]["text"]
        if number in (3, 257):
            text = " "
        if number == 100:
            text = f"{UNSAID} яма " * 4000
        if number == 200:
            text = "😡😡😡"
        rows.writerow([f"A-{number}", text, "portal", "01.03.2024"])
    path.write_bytes(stream.getvalue().encode("cp1251", "replace").replace(b"???", b"!!!"))
    return path


@pytest.fixture(scope="module")
def answered(appeals: Path, toy_model: Path) -> subprocess.CompletedProcess[str]:
    return run("analyze", appeals, "--model", toy_model)


BAD = {3, 100, 200, 257}


def test_bad_rows_are_told_and_the_rest_is_answered(answered: subprocess.CompletedProcess[str]) -> None:
    assert answered.returncode == SOME_FAILED
    told = [int(number) for number in re.findall(r"^Строка (\d+): ", answered.stderr, re.MULTILINE)]
    assert told == sorted(BAD)
    assert "Пропущено строк: 4" in answered.stderr
    records = [json.loads(line) for line in answered.stdout.splitlines()]
    assert [record["id"] for record in records] == [f"A-{n}" for n in range(1, 301) if n not in BAD]
    assert all(record["model"]["name"] == "toy" for record in records)


def test_no_text_of_an_appeal_gets_into_messages(answered: subprocess.CompletedProcess[str]) -> None:
    assert UNSAID not in answered.stderr
    words = set(re.findall("[а-яё]{6,}", " ".join(row["text"].lower() for row in ROWS)))
    assert set(re.findall("[а-яё]{6,}", answered.stderr.lower())) & words <= {
        "строка", "текст", "вставьте", "обращения", "разделите", "увеличьте", "предел", "слишком", "длинный", "знаков",
        "осталось", "очистки", "допустимых", "буквы",
    }  # fmt: skip


def test_two_jobs_write_what_one_writes(
    appeals: Path, toy_model: Path, answered: subprocess.CompletedProcess[str]
) -> None:
    parallel = run("analyze", appeals, "--model", toy_model, "--jobs", "2")
    assert parallel.returncode == answered.returncode
    assert parallel.stdout == answered.stdout
    assert parallel.stderr == answered.stderr


def test_standard_input_to_standard_output(toy_model: Path) -> None:
    lines = jsonl([{"id": "a", "text": "Яма на дороге"}, {"text": "Нет отопления"}])
    result = run("analyze", "-", "--model", toy_model, stdin=lines)
    assert (result.returncode, result.stderr) == (DONE, "")
    first, second = map(json.loads, result.stdout.splitlines())
    assert (first["id"], first["text"], second["id"]) == ("a", "Яма на дороге", "2")
    analysis = mcu_nlp.load(toy_model)(mcu_nlp.Message("Яма на дороге", id="a"))
    assert first["topic"]["id"] == analysis.to_dict()["topic"]["id"]


def test_a_bad_line_of_standard_input(toy_model: Path) -> None:
    lines = f'{{"text": "Яма"}}\n{{"text": "{UNSAID}\n7\n{{"text": "Свет", "id": "\\ud83d"}}\n'
    result = run("analyze", "-", "--model", toy_model, stdin=lines)
    assert result.returncode == SOME_FAILED
    assert [json.loads(line)["text"] for line in result.stdout.splitlines()] == ["Яма", "Свет"]
    assert re.findall(r"^Строка (\d+)", result.stderr, re.MULTILINE) == ["2", "3"]
    assert UNSAID not in result.stderr


def test_options_of_analyze(tmp_path: Path, toy_model: Path) -> None:
    (tmp_path / "rules.toml").write_text(ROUTING, "utf-8")
    (tmp_path / "in.jsonl").write_text(
        jsonl([{"Жалоба": "Не чистят снег на дорогах. Лунина Зоя, 8 944 123-45-60", "Код": 7, "text": "нет"}]), "utf-8"
    )
    result = run(
        "analyze", tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl", "--model", toy_model, "--mask", "--explain",
        "--routing", tmp_path / "rules.toml", "--text", "Жалоба", "--id", "Код",
    )  # fmt: skip
    assert (result.returncode, result.stdout, result.stderr) == (DONE, "", "")
    record = json.loads((tmp_path / "out.jsonl").read_text("utf-8"))
    assert record["id"] == "7"
    assert record["text"] == "Не чистят снег на дорогах. [ФИО], [ТЕЛЕФОН]"
    assert record["topic"]["because"]
    assert record["department"]["because"][0] == "rule=snow"


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_flat_output_with_a_table_to_read(tmp_path: Path, toy_model: Path, suffix: str) -> None:
    out = tmp_path / f"out{suffix}"
    result = run("analyze", "-", "-o", out, "--model", toy_model, "--show", stdin='{"text": "Яма [на] дороге"}')
    assert (result.returncode, result.stderr) == (DONE, "")
    assert "Яма [на] дороге" in result.stdout
    assert "\x1b" not in result.stdout
    [row] = mcu_nlp.read_rows(out)
    assert isinstance(row, mcu_nlp.Row)
    assert (row.id, row.values["text"]) == ("1", "Яма [на] дороге")


# What is asked -> the code that is told. {model} is a good model, {dir} an empty folder with some bad files.
UNUSABLE_ARGUMENTS = [
    ("analyze {dir}/none.csv --model {model}", "file_missing"),
    ("analyze {dir}/in.txt --model {model}", "file_type"),
    ("analyze {dir}/in.xlsx --model {model}", "file_unreadable"),
    ("analyze {dir}/no-text.csv --model {model}", "column_missing"),
    ("analyze {dir}/good.csv --text Жалоба --model {model}", "column_missing"),
    ("analyze {dir}/good.csv --model {model} --jobs 0", "jobs_invalid"),
    ("analyze {dir}/good.csv --model {model} -o {dir}/out.doc", "output_type"),
    ("analyze {dir}/good.csv --model {model} -o {dir}/none/out.csv", "folder_missing"),
    ("analyze {dir}/good.csv --model {model} -o {dir}/good.csv", "output_is_input"),
    ("analyze {dir}/no-text.csv --model {dir} -o {dir}/./../{dir.name}/no-text.csv", "output_is_input"),
    ("analyze {dir}/good.csv --model {model} -o {dir}/link.csv", "output_is_input"),
    ("analyze {dir}/link.csv --model {model} -o {dir}/good.csv", "output_is_input"),
    ("analyze {dir}/good.csv --model {model} -o {dir}/hard.csv", "output_is_input"),
    ("evaluate {dir}/good.csv --model {model} --topic t -o {dir}/none/a.json", "folder_missing"),
    ("analyze {dir}/good.csv --model {dir}", "bundle_missing"),
    ("analyze {dir}/good.csv --model {dir} --jobs 2 -o {dir}/out.csv", "bundle_missing"),
    ("analyze {dir}/good.csv --model {model} --routing {dir}/rules.toml", "routing_unknown_id"),
    ("analyze {dir}/good.csv --model {model} --routing {dir}/none.toml", "file_missing"),
    ("train {dir}/good.csv -o {dir}/model", "training_data"),
    ("train {dir}/no-text.csv -o {dir}/model", "column_missing"),
    ("evaluate {dir}/good.csv --model {model}", "labels_missing"),
    ("evaluate {dir}/none.csv --model {model}", "file_missing"),
    ("evaluate {dir}/good.csv --model {model} -o {dir}/report.txt", "output_type"),
    ("evaluate {dir}/good.csv --model {model} --topic t --by-date", "dates_missing"),
    ("evaluate {dir}/good.csv --model {model} --topic t --by-date --against {dir}/good.csv", "periods_two"),
    ("compare {model} {model} {dir}/good.csv", "target_missing"),
    ("compare {model} {dir} {dir}/good.csv --topic t", "bundle_missing"),
    ("compare {model} {model} {dir}/good.csv --topic t -o {dir}/report.txt", "output_type"),
    ("compare {model} {model} {dir}/good.csv --topic t --taxonomy-map {dir}/rules.toml", "taxonomy_map_key"),
    ("routing check {dir}/rules.toml --model {model}", "routing_unknown_id"),
    ("routing dry-run {dir}/none.toml {dir}/good.csv --model {model}", "file_missing"),
]


@pytest.mark.parametrize(("arguments", "code"), UNUSABLE_ARGUMENTS, ids=[case[0] for case in UNUSABLE_ARGUMENTS])
def test_what_cannot_be_used_is_one_line(
    tmp_path: Path, toy_model: Path, capsys: pytest.CaptureFixture[str], arguments: str, code: str
) -> None:
    (tmp_path / "good.csv").write_text("text;t\nяма;Дороги\n", "utf-8")
    (tmp_path / "link.csv").symlink_to("good.csv")
    (tmp_path / "hard.csv").hardlink_to(tmp_path / "good.csv")
    (tmp_path / "no-text.csv").write_text("имя\nАнна\n", "utf-8")
    (tmp_path / "in.xlsx").write_text("text\nяма\n", "utf-8")
    (tmp_path / "in.txt").write_text("text\nяма\n", "utf-8")
    (tmp_path / "rules.toml").write_text(ROUTING.replace("city-snow", "city-snou"), "utf-8")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    words = [word.format(dir=tmp_path, model=toy_model) for word in arguments.split()]
    check_one_line(call(capsys, *words), code)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before, "nothing is changed or left behind"


def test_a_swallowed_record_is_one_failed_row(
    tmp_path: Path, toy_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.csv").write_text(f'№;text\n1;Яма\n2;"{UNSAID}\n3;Свет\n4;Снег\n', "utf-8")
    result = call(capsys, "analyze", tmp_path / "in.csv", "--model", toy_model)
    assert result.returncode == SOME_FAILED
    assert [json.loads(line)["text"] for line in result.stdout.splitlines()] == ["Яма"]
    assert result.stderr.startswith("Строка 2: Кавычка, открытая в записи со строки 3 файла, не закрыта")
    assert UNSAID not in result.stderr


def test_titles_on_the_screen_are_those_of_the_data() -> None:
    assert list(level_titles()) == list(LEVELS)
    assert set(reason_titles()) == set(REASONS)
    assert level_titles() is level_titles()


@pytest.mark.parametrize(
    "content",
    ["", "level = 1", "[level]\nneutral = 'с'", "[level]\nneutral = ' '", "[level]\nneutral = 'с'\ncalm = 'т'"],
)
def test_titles_that_are_not_whole_are_refused(content: str) -> None:
    with pytest.raises(ConfigError, match=r"labels.toml: level"):
        read_titles(content, "level", ["neutral", *(["tense"] if "calm" not in content else [])])


def test_an_error_of_a_process_is_one_line(tmp_path: Path, toy_model: Path) -> None:
    check_one_line(run("analyze", tmp_path / "none.csv", "--model", toy_model), "file_missing")
    check_one_line(run("analyze", "-", "-o", tmp_path / "none" / "out.csv", "--model", toy_model), "folder_missing")


WRONG_USAGE = [
    ["analyze"],
    ["unknown"],
    ["analyze", "a.csv", "--unknown"],
    ["train", "a.csv"],
    ["analyze", "a", "--jobs", "x"],
]


@pytest.mark.parametrize("arguments", WRONG_USAGE, ids=" ".join)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    result = call(capsys, *arguments)
    assert (result.returncode, result.stdout) == (UNUSABLE, "")
    assert "Traceback" not in result.stderr


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version").stdout == f"{mcu_nlp.__version__}\n"
    result = call(capsys, "--help")
    assert result.returncode == DONE
    for command in ("analyze", "train", "evaluate", "serve", "routing"):
        assert command in result.stdout


def test_a_reader_that_goes_away_is_no_error(toy_model: Path) -> None:
    command = f"{sys.executable} -m mcu_nlp analyze - --model {toy_model} | head -n 1"
    lines = jsonl([{"text": row["text"]} for row in ROWS] * 5).encode()
    result = subprocess.run(["bash", "-c", command], input=lines, capture_output=True, check=False)
    assert json.loads(result.stdout)["id"] == "1"
    assert result.stderr == b""


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("labelled") / "own.csv"
    titles = {topic.id: topic.title for topic in mcu_nlp.shipped_taxonomy().topics}
    names = {category.id: category.title for category in mcu_nlp.shipped_taxonomy().categories}
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, delimiter=";")
        rows.writerow(["Текст инцидента", "Группа тем", "Тема", "Исполнитель"])
        for row in ROWS:
            if row["topic"]:
                rows.writerow([row["text"], names[row["category"]], titles[row["topic"]], row["department"]])
        rows.writerow(["", "Пусто", "", ""])
    return path


# The corpus makes training ten times as long, and this is about the command.
SMALL_CORPUS = """
import sys
from pathlib import Path
import mcu_nlp.training.own as training
corpus = Path(sys.argv.pop(1))
training.shipped_corpus = lambda: corpus
from mcu_nlp.cli import run
run()
"""


@pytest.fixture(scope="module")
def trained(labelled: Path) -> tuple[Path, subprocess.CompletedProcess[str]]:
    corpus = labelled.parent / "corpus.jsonl"
    rows = [{**row, "signals": [{"id": name, "spans": []} for name in row["signals"]]} for row in ROWS]
    corpus.write_text(jsonl(rows), "utf-8")
    folder = labelled.parent / "model"
    command = [sys.executable, "-c", SMALL_CORPUS, corpus, "train", labelled, "-o", folder]
    return folder, subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)


def test_train_makes_a_model_of_own_appeals(trained: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, result = trained
    assert result.returncode == DONE, result.stderr
    assert "Traceback" not in result.stderr
    assert re.search(r"Строка \d+: Текст пуст", result.stderr)
    assert re.search(r"topic: точность 0,\d{3}", result.stderr)
    analyzer = mcu_nlp.load(folder)
    assert analyzer.model.name == "model"
    assert len(analyzer.bundle.taxonomy.departments) == 3
    assert {topic.id for topic in analyzer.bundle.taxonomy.topics} == {row["topic"] for row in ROWS if row["topic"]}
    assert (folder / "CARD.md").is_file()


def test_evaluate_tells_figures(
    labelled: Path, toy_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = call(capsys, "evaluate", labelled, "--model", toy_model)
    assert shown.returncode == 1
    assert re.search(r"Строка \d+: Текст пуст", shown.stderr)
    assert re.search(r"Точность +│ [01],\d{3} +│", shown.stdout)
    report = tmp_path / "report.json"
    written = run("evaluate", labelled, "--model", toy_model, "-o", report)
    assert (written.returncode, written.stdout) == (1, "")
    figures = json.loads(report.read_text("utf-8"))
    assert figures["model"]["name"] == "toy"
    assert set(figures) >= {"model", "rows", "category", "topic", "department"}
    assert "tone" not in figures
    assert figures["category"]["accuracy"] > 0.9
    assert figures["topic"]["n"] == figures["rows"] == sum(bool(row["topic"]) for row in ROWS)


def test_evaluate_writes_a_page(
    labelled: Path, toy_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "report.html"
    assert call(capsys, "evaluate", labelled, "--model", toy_model, "-o", page).returncode == 1
    text = page.read_text("utf-8")
    assert text.startswith("<!doctype html>")
    assert "<script" not in text
    assert "http" not in text.replace("http-equiv", "")


def test_routing_check_and_dry_run(
    labelled: Path, toy_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(ROUTING, "utf-8")
    checked = call(capsys, "routing", "check", rules, "--model", toy_model)
    assert (checked.returncode, checked.stderr) == (DONE, "")
    assert "Правил: 1" in checked.stdout
    tried = run("routing", "dry-run", rules, labelled, "--model", toy_model)
    assert (tried.returncode, tried.stderr) == (DONE, "")
    caught = re.search(r"snow\D+(\d+)", tried.stdout)
    missed = re.search(r"ни одно правило\D+(\d+)", tried.stdout)
    assert caught is not None
    assert missed is not None
    assert int(caught[1]) + int(missed[1]) == sum(bool(row["topic"]) for row in ROWS)
    assert int(caught[1]) >= 10
