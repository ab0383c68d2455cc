"""The documents say what is: commands, names, links, figures and examples are held against the program."""

from __future__ import annotations

import ast
import json
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from mcu_nlp_service import cli

import mcu_nlp
from mcu_nlp.cli import analyze, compare, corpus, evaluate, labels, main, routing, split, train
from mcu_nlp.routing import Facts

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.ru.md")
DOCUMENTS = (*READMES, "CONTRIBUTING.md", "CHANGELOG.md")
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
# A path from the root of some machine; routes of the service, URLs and where a server's files belong are none.
MACHINE_PATH = re.compile(
    r"(?<![\w.:/*})>])/(?!v1/|(?:etc|opt|var/lib)/mcu-nlp\b|etc/systemd/|usr/sbin/nologin)[a-z]+(?:/[\w.-]+)+|\.\./\w+/|[A-Z]:\\"
)
FIGURES = ("accuracy", "top3", "weighted_f1", "macro_f1", "ece", "coverage")
MODULES = (analyze, compare, evaluate, split, train)  # they add their commands when they are imported


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def blocks(name: str, *languages: str) -> list[str]:
    return [code for _, language, code in BLOCK.findall(read(name)) if language in languages]


@cache
def _app() -> typer.Typer:
    """The library's commands with those of the service, as the command line has them."""
    if "backup" not in [command.callback.__name__ for command in main.app.registered_commands if command.callback]:
        cli.add_commands(main.app)
    return main.app


def commands() -> dict[str, Any]:
    """Every command by its full name, such as ``routing check``."""
    found: dict[str, Any] = dict(typer.main.get_command(_app()).commands)
    for name, group in (("corpus", corpus.app), ("routing", routing.app), ("labels", labels.app), ("keys", cli.keys)):
        found.pop(name, None)
        found |= {f"{name} {sub}": command for sub, command in typer.main.get_command(group).commands.items()}
    return found


def command_lines(name: str) -> Iterator[list[str]]:
    for block in blocks(name, "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            yield from [shlex.split(line)] if line.startswith(("mcu-nlp", "make")) or " make " in line else []


def test_both_languages_have_the_same_commands() -> None:
    languages = ("sh", "python", "toml")
    assert blocks(READMES[0], *languages) == blocks(READMES[1], *languages)
    assert len(blocks(READMES[0], "sh")) >= 8


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_exist(name: str) -> None:
    known = commands()
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    for words in command_lines(name):
        if "make" in words:
            assert words[words.index("make") + 1] in targets, words
            continue
        arguments = words[1:]
        if arguments == ["--help"]:
            continue
        command = known.get(arguments[0]) or known[" ".join(arguments[:2])]
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in arguments if re.match(r"--?[a-z]", word)} <= options, words


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_told(name: str) -> None:
    told = {" ".join(words) for words in command_lines(name)}
    for command in commands():
        assert any(f"mcu-nlp {command}" in line for line in told), command


@pytest.mark.parametrize("name", READMES)
def test_every_public_name_is_told(name: str) -> None:
    words = set(re.findall(r"\w+", read(name)))
    assert not set(mcu_nlp.__all__) - words


@pytest.mark.filterwarnings("error")
def test_python_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    checked = 0
    for block in blocks(READMES[0], "python"):
        lines = block.splitlines()
        for statement in ast.parse(block).body:
            source = ast.get_source_segment(block, statement) or ""
            expected = lines[statement.end_lineno - 1].partition("  # ")[2]
            if isinstance(statement, ast.Expr) and expected:
                assert repr(eval(source, names)) == expected, source  # noqa: S307
                checked += 1
            else:
                exec(source, names)  # noqa: S102
    assert checked >= 10
    assert len((tmp_path / "examples" / "analyses.csv").read_text("utf-8-sig").splitlines()) > 30


@pytest.mark.parametrize("name", READMES)
def test_toml_example_is_a_routing_file(name: str, tmp_path: Path) -> None:
    [example] = blocks(name, "toml")
    path = tmp_path / "routing.toml"
    path.write_text(example, "utf-8")
    assert len(routing_table(path).rules) == 1


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    for target in LINK.findall(read(name)):
        assert target.startswith("https://") or (ROOT / target).exists(), target


@pytest.mark.parametrize(
    "path",
    [ROOT / name for name in DOCUMENTS]
    + sorted(path for folder in ("docs", "examples", "notebooks") for path in (ROOT / folder).glob("*.*")),
    ids=lambda path: path.name,
)
def test_no_path_of_a_machine(path: Path) -> None:
    content = path.read_text("utf-8-sig") if path.suffix != ".xlsx" else ""
    if path.suffix == ".ipynb":  # its cells, not the file with its escapes
        content = "\n".join(line for cell in json.loads(content)["cells"] for line in cell["source"])
    text = re.sub(r"https?://\S+", "", content)
    text = re.sub(
        r"\.\./(?:examples|corpus|deploy|models)/", "", text
    )  # how a notebook or document names its neighbours
    assert not MACHINE_PATH.findall(text)


@pytest.mark.parametrize("name", READMES)
def test_figures_are_those_of_the_model(name: str) -> None:
    report = json.loads(read("models/kursk/report.json"))["figures"]
    table = [
        " | ".join([f"| {source}", decision, str(figures["n"]), *(f"{figures[key]:.3f}" for key in FIGURES)]) + " |"
        for source in ("portal", "social")
        for decision, figures in report[source].items()
        if decision in ("category", "topic", "department", "kind")
    ]
    shown = [line for line in read(name).splitlines() if re.match(r"\| (portal|social) \|", line)]
    assert shown == table, "the model was retrained; put this table into both READMEs:\n" + "\n".join(table)


def routing_table(path: Path) -> mcu_nlp.RoutingTable:
    taxonomy = mcu_nlp.shipped_taxonomy()
    topics = {topic.id: topic.category for topic in taxonomy.topics}
    return mcu_nlp.load_routing(path, categories=[category.id for category in taxonomy.categories], topics=topics)


def test_routing_example_answers_every_topic() -> None:
    table = routing_table(ROOT / "examples" / "routing-petrovsk.toml")
    for topic in mcu_nlp.shipped_taxonomy().topics:
        assert table.match(Facts(category=topic.category, topic=topic.id)), topic.id


@pytest.mark.parametrize(
    ("topic", "settlement", "department"),
    [
        ("roads.city-snow", None, "roads"),
        ("housing.yard-snow", None, "gkh"),
        ("housing.street-lighting", None, "gkh"),
        ("roads.city-lighting", None, "gkh"),
        ("housing.private-power", None, "ext-power"),
        ("education.school-facilities", None, "edu"),
        ("stray_animals.stray", None, "gkh"),
        ("roads.regional-potholes", None, "ext-roads"),
        ("health.care-quality", None, "ext-health"),
        ("social.benefits", None, "ext-social"),
        ("housing.street-lighting", "Каменном Броде", "terr"),
    ],
)
def test_routing_example_settles_the_conflicts(topic: str, settlement: str | None, department: str) -> None:
    table = routing_table(ROOT / "examples" / "routing-petrovsk.toml")
    facts = Facts(category=topic.partition(".")[0], topic=topic, settlements=(settlement,) if settlement else ())
    rule = table.match(facts)
    assert rule is not None
    assert rule.department == department


def test_routing_example_names_a_curator_of_every_external_body() -> None:
    content = tomllib.loads(read("examples/routing-petrovsk.toml"))
    inside = {department["id"] for department in content["department"] if not department["id"].startswith("ext-")}
    for department in content["department"]:
        assert ("curator" in department) == department["id"].startswith("ext-")
        assert department.get("curator", "org") in inside


def test_appeals_of_the_examples_are_read_whole() -> None:
    rows = list(mcu_nlp.read_rows(ROOT / "examples" / "appeals.csv"))
    assert len(rows) >= 40
    assert all(isinstance(row, mcu_nlp.Row) for row in rows)
    assert len({row.id for row in rows if isinstance(row, mcu_nlp.Row)}) == len(rows)


def test_contacts_of_the_examples_reach_nobody() -> None:
    text = read("examples/appeals.csv")
    codes = re.findall(r"(?:\+7|8)[ (]{1,2}(\d{3})[ )]", text)
    assert codes
    assert set(codes) <= {"944", "945", "946", "947", "948", "975", "976"}
    assert set(re.findall(r"@([\w.]*\w)", text)) == {"example.com"}
