"""How the code lies: the stages read as the data's way, imports point one way, every message is told."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_corpus import DATA, data_texts

import mcu_nlp
from mcu_nlp.corpus.borrowed import RUN, BorrowingFinder, fold

ROOT = Path(__file__).parent.parent
LIBRARY = ROOT / "mcu_nlp"
SERVICE = ROOT / "service" / "mcu_nlp_service"
SOURCES = sorted([*LIBRARY.rglob("*.py"), *SERVICE.rglob("*.py")])
MESSAGES = tomllib.loads((LIBRARY / "data" / "messages.toml").read_text("utf-8"))
TOML = sorted([*LIBRARY.rglob("*.toml"), *(ROOT / "examples").glob("*.toml")])
NAMES = [str(path.relative_to(ROOT)) for path in SOURCES]


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imports(path: Path) -> Iterator[tuple[str, str | None]]:
    """Every module that a file imports, wherever in the file, with the name taken from it."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield from ((node.module or "", alias.name) for alias in node.names)


def modules(path: Path) -> set[str]:
    return {f"{module}.{name}" for module, name in imports(path) if name} | {module for module, _ in imports(path)}


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_files_are_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_every_file_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(tree(path))


def calls(node: ast.AST, methods: dict[str, ast.FunctionDef]) -> Iterator[str]:
    """Names called, in the order of the text, with the analyzer's own methods followed."""
    for child in ast.iter_child_nodes(node):
        yield from calls(child, methods)
    if isinstance(node, ast.Call):
        target = node.func
        name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
        if name in methods:
            yield from calls(methods.pop(name), methods)
        yield name


def test_stages_stand_in_the_order_in_which_they_run() -> None:
    stages = [path.stem for path in sorted((LIBRARY / "stages").glob("*.py")) if path.stem != "__init__"]
    analyzer = next(
        n for n in tree(LIBRARY / "analyzer.py").body if isinstance(n, ast.ClassDef) and n.name == "Analyzer"
    )
    methods = {n.name: n for n in analyzer.body if isinstance(n, ast.FunctionDef)}
    order = calls(methods.pop("map"), methods)
    run = list(dict.fromkeys(name for name in order if name in stages))
    assert run == stages


def test_library_does_not_import_training() -> None:
    """Only the command that trains does, when it is called, and what judges models."""
    allowed = {LIBRARY / "cli" / "train.py"}
    for path in LIBRARY.rglob("*.py"):
        if {"training", "labelling", "quality"} & set(path.relative_to(LIBRARY).parts):
            continue
        found = {name for name in modules(path) if name.startswith("mcu_nlp.training")}
        assert not found or path in allowed, path
    for path in allowed:
        top = [node for node in tree(path).body if isinstance(node, ast.ImportFrom)]
        assert not [node.module for node in top if (node.module or "").startswith("mcu_nlp.training")], path


# Who may not import whom: (folder or file, what begins so).
NEVER = [
    ("", "mcu_nlp_service"),
    ("training", "mcu_nlp.quality"),
    ("dataset", "mcu_nlp.quality"),
    ("", "fastapi"),
    ("linear", "mcu_nlp.stages"),
    ("linear", "mcu_nlp.analyzer"),
    ("linear", "sklearn"),
    ("linear", "scipy"),
    ("text", "mcu_nlp.fields"),
    ("text", "mcu_nlp.linear"),
    ("fields", "mcu_nlp.stages.identify_topic"),
    ("fields", "mcu_nlp.analyzer"),
    ("stages", "mcu_nlp.analyzer"),
    ("stages", "mcu_nlp.bundle"),
    ("stages", "sklearn"),
    ("routing", "mcu_nlp.analyzer"),
    ("tables", "mcu_nlp.analyzer"),
    ("records.py", "mcu_nlp.stages"),
    ("errors.py", "mcu_nlp"),
]


@pytest.mark.parametrize(("where", "what"), NEVER)
def test_imports_point_one_way(where: str, what: str) -> None:
    place = LIBRARY / where
    exempt = {LIBRARY / "cli" / "main.py"} if what == "mcu_nlp_service" else set()
    for path in [place] if place.is_file() else place.rglob("*.py"):
        if path not in exempt:
            assert not [name for name in modules(path) if name == what or name.startswith(what + ".")], path


def test_only_training_needs_scikit_learn() -> None:
    for path in SOURCES:
        # The checks of the corpus are run by its authors; nothing that analyses appeals imports them.
        if not {"training", "corpus", "dataset", "labelling", "quality"} & set(path.parts):
            assert not [name for name in modules(path) if name.split(".")[0] in ("sklearn", "scipy")], path


def test_service_imports_only_public_names() -> None:
    for path in SERVICE.rglob("*.py"):
        for module, name in imports(path):
            if module.split(".")[0] == "mcu_nlp":
                assert (module, name in mcu_nlp.__all__) == ("mcu_nlp", True), f"{path}: {module}.{name}"


def test_every_public_name_is_there() -> None:
    assert sorted(mcu_nlp.__all__) == sorted(set(mcu_nlp.__all__))
    assert [name for name in mcu_nlp.__all__ if not hasattr(mcu_nlp, name)] == []


ERRORS = {"InputError", "BundleError", "ConfigError", "MissingExtraError", "McuNlpError"}


def strings(path: Path) -> set[str]:
    return {n.value for n in ast.walk(tree(path)) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def raised_codes() -> Iterator[tuple[Path, str]]:
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                target = node.func
                name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
                if name in ERRORS or (name == "error" and path.name == "check.py"):
                    yield path, node.args[0].value


def test_every_code_has_its_messages() -> None:
    codes = list(raised_codes())
    assert len(codes) > 30
    assert [(path, code) for path, code in codes if code not in MESSAGES] == []


@pytest.mark.parametrize("code", MESSAGES)
def test_every_message_is_told_in_both_languages(code: str) -> None:
    message = MESSAGES[code]
    assert message.keys() == {"en", "ru"}
    assert not re.search("[а-яё]", message["en"], re.IGNORECASE)
    details = [sorted(set(re.findall(r"\{(\w+)", message[language]))) for language in ("en", "ru")]
    assert details[0] == details[1]
    assert re.search("[а-яё]", re.sub(r"\{[^}]*\}", "", message["ru"])), "a Russian message says something in Russian"


@pytest.mark.parametrize("code", MESSAGES)
def test_every_message_is_used(code: str) -> None:
    assert any(code in strings(path) for path in SOURCES if path.name != "errors.py")


@pytest.mark.parametrize("path", TOML, ids=lambda path: path.name)
def test_data_is_valid(path: Path) -> None:
    assert tomllib.loads(path.read_text("utf-8"))


# Names that the law gives, which anybody writes; so are the titles of topics.
OFFICIAL = (
    "автомобильной дороги общего пользования",
    "единого государственного реестра недвижимости",
    "постановлением правительства",
    "о присвоении звания «ветеран труда»",
    "об общих принципах организации местного самоуправления",
    "правилами и нормами технической эксплуатации жилищного фонда",
)


def without_official(text: str) -> str:
    text = fold(text)
    for name in (*OFFICIAL, *(fold(topic.title) for topic in mcu_nlp.shipped_taxonomy().topics)):
        text = text.replace(name, "§") if len(name) >= RUN // 2 else text
    return text


def shown_files() -> Iterator[Path]:
    """What a reader of the repository can read and no program made."""
    for folder in ("tests", "examples", "docs", "corpus", "notebooks", "mcu_nlp/data", "service"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".txt", ".toml", ".json", ".jsonl", ".csv", ".md", ".ipynb", ".html", ".svg"}:
                yield path
    yield from sorted(ROOT.glob("*.md"))


def test_no_real_text_is_shown() -> None:
    """No run of so many characters that an appeal, a message or a comment of the data folder has."""
    if not DATA.is_dir():
        pytest.skip(f"no data folder {DATA}: set MCU_NLP_DATA")
    texts = list(data_texts(only_messages=True))
    assert len(texts) > 1000, f"{DATA} holds no texts"
    paths = list(shown_files())
    assert {path.name for path in paths} >= {"README.ru.md", "appeals.csv", "appeals.jsonl", "tone.toml", "places.txt"}
    finder = BorrowingFinder(without_official(path.read_text("utf-8")) for path in paths)
    found = finder.find(texts)
    assert [(str(paths[run.text].relative_to(ROOT)), run.start, run.length) for run in found] == []
