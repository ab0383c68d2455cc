"""Writes the table of settings into service.md: names and defaults from the program, words from settings.ru.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from mcu_nlp_service import Settings

HERE = Path(__file__).parent
PLACE = re.compile(r"(<!-- settings -->\n).*?(<!-- end of settings -->)", re.DOTALL)


def table() -> str:
    """One row a setting, in the order of the program."""
    words = tomllib.loads((HERE / "settings.ru.toml").read_text("utf-8"))
    fields = Settings.model_fields
    if words.keys() != fields.keys():
        raise SystemExit(f"settings.ru.toml and Settings differ: {sorted(words.keys() ^ fields.keys())}")
    rows = [f"| `MCU_NLP_{name.upper()}` | {words[name]} | {default(name)} |" for name in fields]
    return "\n".join(["| переменная | что задаёт | по умолчанию |", "|---|---|---|", *rows]) + "\n"


def default(name: str) -> str:
    field = Settings.model_fields[name]
    if name == "state":
        return "папка пользователя"
    return "нет" if field.default is None else f"`{field.default}`"


def with_table(text: str) -> str:
    return PLACE.sub(lambda place: f"{place[1]}{table()}{place[2]}", text)


if __name__ == "__main__":
    document = HERE / "service.md"
    document.write_text(with_table(document.read_text("utf-8")), "utf-8")
