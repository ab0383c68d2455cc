"""Word lists of the fields: read once from ``mcu_nlp/data/*.toml``, checked, looked up by form."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib.resources import files

Lexicon = Mapping[str, Mapping[str, str]]


def forms(notation: str) -> Iterator[str]:
    """The written forms behind a notation of the word lists.

    >>> list(forms("улиц|а ы; ул; пр-т"))
    ['улица', 'улицы', 'ул', 'пр-т']
    >>> list(forms("дом|_ а"))
    ['дом', 'дома']
    """
    for group in notation.split(";"):
        stem, bar, endings = group.strip().partition("|")
        if bar:
            yield from (stem if ending == "_" else stem + ending for ending in endings.split())
        else:
            yield from stem.split()


@cache
def lexicon(name: str) -> Lexicon:
    """Read ``data/<name>.toml``: section -> written form -> the name of what it means.

    >>> lexicon("address_words")["street"]["ул"]
    'улица'
    """
    source = files("mcu_nlp.data").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return {section: _section(f"{name}.toml: [{section}]", table) for section, table in tomllib.loads(source).items()}


def _section(where: str, table: object) -> dict[str, str]:
    if not isinstance(table, dict):
        raise ValueError(f"{where}: expected a table of words, got {table!r}")
    found: dict[str, str] = {}
    for meaning, notation in table.items():
        if not isinstance(notation, str):
            raise ValueError(f"{where} {meaning!r}: expected forms in one string, got {notation!r}")
        for form in forms(notation):
            if form != form.lower().replace("ё", "е"):
                raise ValueError(f"{where} {meaning!r}: {form!r} must be in small letters and without «ё»")
            found.setdefault(form, meaning)
    return found


class WordSet:
    """The forms of one section, read when first asked for.

    >>> "ул" in WordSet("address_words", "street")
    True
    """

    def __init__(self, name: str, section: str) -> None:
        self._name = name
        self._section = section

    @cached_property
    def _forms(self) -> frozenset[str]:
        return frozenset(lexicon(self._name)[self._section])

    def __contains__(self, form: object) -> bool:
        return form in self._forms
