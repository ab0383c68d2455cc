"""Stable ids for labels that come with a title only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain, count

# GOST 7.79 system B without apostrophes: what web addresses in Russia use.
_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "yo",
            "zh",
            "z",
            "i",
            "j",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "cz",
            "ch",
            "sh",
            "shh",
            "-",
            "y",
            "-",
            "e",
            "yu",
            "ya",
        ],
        strict=True,
    )
)
_NOT_ID = re.compile(r"[^a-z0-9]+")
_LONGEST = 60


def slug(title: str) -> str:
    """An ASCII id made of a title.

    >>> slug("Комитет ЖКХ «Щигры»")
    'komitet-zhkkh-shhigry'
    """
    latin = "".join(_LATIN.get(letter, letter).replace("-", "") for letter in title.lower())
    return _NOT_ID.sub("-", latin).strip("-")[:_LONGEST].rstrip("-") or "label"


def slugs(titles: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Title -> id, unique and none of ``taken``; titles that would share an id are numbered in alphabetical order.

    >>> slugs(["А!", "А?"])
    {'А!': 'a', 'А?': 'a-2'}
    >>> slugs(["А 2", "А!", "А?"], taken=["a"])
    {'А 2': 'a-2', 'А!': 'a-3', 'А?': 'a-4'}
    """
    used = set(taken)
    ids: dict[str, str] = {}
    for title in sorted(set(titles)):
        base = slug(title)
        numbered = (f"{base}-{number}" for number in count(2))
        ids[title] = next(id for id in chain([base], numbered) if id not in used)
        used.add(ids[title])
    return ids
