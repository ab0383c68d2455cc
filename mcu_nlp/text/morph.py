"""Russian morphology: the only place that knows pymorphy3.

Parsing a word form takes about 50 µs, and a district's appeals repeat the same
forms: each form is read once and remembered.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

import pymorphy3

_CACHED_FORMS = 1 << 16
_NAMES = ("Name", "Surn", "Patr")
_SCORED = (*_NAMES, "Geox")


class Form(NamedTuple):
    """What the dictionary says of a lower-case word form; scores are from 0 to 1."""

    lemma: str
    grammemes: frozenset[str]
    known: bool
    first_name: float
    surname: float
    patronymic: float
    place: float
    only_name: bool

    @property
    def name(self) -> float:
        """How likely the form is any part of a person's name."""
        return self.first_name + self.surname + self.patronymic


@cache
def _analyzer() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer(lang="ru")


@cache
def _tag_facts(tag: pymorphy3.tagset.OpencorporaTag) -> tuple[tuple[int, ...], bool, frozenset[str]]:
    """Which of ``_SCORED`` a tag holds, whether it is a name, its grammemes. There are some thousand tags."""
    held = tuple(place for place, kind in enumerate(_SCORED) if kind in tag)
    return held, any(place < len(_NAMES) for place in held), frozenset(map(str, tag.grammemes))


@lru_cache(_CACHED_FORMS)
def read_form(form: str) -> Form:
    """Everything known of a lower-case word form; the likeliest reading gives lemma and grammemes.

    >>> read_form("фонарями").lemma, read_form("петровна").patronymic > 0.5
    ('фонарь', True)
    """
    try:
        readings = _analyzer().parse(form)
    except ValueError:  # a letter that unicodedata cannot name
        return Form(form, frozenset(), False, 0.0, 0.0, 0.0, 0.0, False)
    scores = [0.0] * len(_SCORED)
    only_name = True
    for reading in readings:
        held, is_name, _ = _tag_facts(reading.tag)
        only_name = only_name and is_name
        for place in held:
            scores[place] += reading.score
    best = readings[0]
    first_name, surname, patronymic, place_name = scores
    return Form(
        lemma=str(best.normal_form).replace("ё", "е"),
        grammemes=_tag_facts(best.tag)[2],
        known=bool(best.is_known),
        first_name=first_name,
        surname=surname,
        patronymic=patronymic,
        place=place_name,
        only_name=only_name,
    )


def lemma(form: str) -> str:
    """The dictionary form of a lower-case word, «ё» written as «е».

    >>> lemma("фонарями"), lemma("не")
    ('фонарь', 'не')
    """
    return read_form(form).lemma


def grammemes(form: str) -> frozenset[str]:
    """OpenCorpora grammemes of the likeliest reading of a lower-case word.

    >>> "Name" in grammemes("иван"), "VERB" in grammemes("горит")
    (True, True)
    """
    return read_form(form).grammemes


def name_score(form: str) -> tuple[float, float, float]:
    """How likely a lower-case word is a first name, a surname, a patronymic (each 0 to 1)."""
    read = read_form(form)
    return read.first_name, read.surname, read.patronymic


def is_known(form: str) -> bool:
    """Whether the dictionary holds this lower-case word form.

    >>> is_known("фонарь"), is_known("мымрючный")
    (True, False)
    """
    return read_form(form).known
