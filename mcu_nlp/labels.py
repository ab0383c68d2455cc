"""Russian titles of ids for tables and the screen, from ``data/labels.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from mcu_nlp.errors import ConfigError
from mcu_nlp.review import REASONS
from mcu_nlp.tone.levels import LEVELS

CARD_FIELDS = (
    *("summary", "request", "places", "persons", "organizations"),
    *("contacts", "dates", "duration", "prior_appeals"),
)


@cache
def level_titles() -> Mapping[str, str]:
    """Titles of the levels of tone, in their order.

    >>> list(level_titles().values())
    ['спокойный', 'напряжённый', 'конфликтный']
    """
    return _titles("level", LEVELS)


@cache
def reason_titles() -> Mapping[str, str]:
    """Titles of the reasons why a person must look.

    >>> reason_titles()["topic_uncertain"]
    'тема неясна'
    """
    return _titles("review", REASONS)


@cache
def field_titles() -> Mapping[str, str]:
    """Titles of the fields of the card, in the order in which they are shown.

    >>> field_titles()["prior_appeals"]
    'Прежние обращения'
    """
    return _titles("field", CARD_FIELDS)


# Columns of labelled data, in the order in which they are told.
_COLUMNS = ("text", "category", "topic", "department", "kind", "tone", "received", "id")
# What is done with a class that has too few examples.
_RARE = ("with_base", "learned_not_shown", "one_text", "base_only", "no_examples")


@cache
def column_titles() -> Mapping[str, str]:
    """Titles of the columns of labelled data.

    >>> column_titles()["received"]
    'Дата'
    """
    return _titles("column", _COLUMNS)


@cache
def rare_titles() -> Mapping[str, str]:
    """What is done with classes of too few examples, by rule.

    >>> rare_titles()["with_base"]
    'учатся вместе с основой'
    """
    return _titles("rare", _RARE)


def _titles(section: str, ids: Sequence[str]) -> Mapping[str, str]:
    return read_titles((files("mcu_nlp") / "data" / "labels.toml").read_text("utf-8"), section, ids)


def read_titles(content: str, section: str, ids: Sequence[str]) -> Mapping[str, str]:
    """The titles of a section, one an id; ``ConfigError`` (``taxonomy_invalid``) where they are not."""
    titles = tomllib.loads(content).get(section)
    if not isinstance(titles, dict):
        raise _refusal(section, "no such section", "add it")
    for id in (*ids, *titles):
        title = titles.get(id)
        if id not in ids or not isinstance(title, str) or not title.strip():
            raise _refusal(f"{section}.{id}", "not a title of a known id", f"give each of {', '.join(ids)} a title")
    return MappingProxyType({id: titles[id] for id in ids})


def _refusal(where: str, problem: str, remedy: str) -> ConfigError:
    return ConfigError("taxonomy_invalid", where=f"labels.toml: {where}", problem=problem, remedy=remedy)
