"""Rules of the data check that look at the texts alone."""

from __future__ import annotations

import re

from mcu_nlp.dataset.found import Found, members, where
from mcu_nlp.dataset.table import LabelledTable
from mcu_nlp.tables import Row

_LONG = 10_000
_FEW_WORDS = 3
_WORD = re.compile(r"[^\W\d_]+")
_MARKUP = re.compile(
    r"</?(?:p|br|div|span|a|b|i|strong|em|ul|ol|li|table|tr|td|font|h\d)\b[^<>]{0,200}>|&(?:nbsp|quot|lt|gt|amp|#\d{1,6});",
    re.IGNORECASE,
)
# A replacement character, or words of question marks: «????? ?? ????».
_REPLACED = re.compile(r"\ufffd|\?{2,} \?{1,30} \?{2,}")
# UTF-8 read as Windows-1251 («РЇРјР°»), as Latin-1 («Ð¯Ð¼Ð°»), Windows-1251 read as Latin-1 («ßìà»).
_AS_1251 = re.compile("[РС][\u0402-\u040f\u0452-\u045f\u0490\u0491°±Ііґµ¶·№»«¬®¤¦§©™•–—†‡€‰‹›љњћќ“”„…‘’‚ \u00a0]")
_AS_LATIN = re.compile("[ÐÑ][\u0080-\u00bf\u2018-\u2026\u02c6\u02dc\u0152-\u017e]")
_LATIN_LETTER = re.compile("[À-ÖØ-öø-ÿ]")
_RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)
# Letters of other Cyrillic alphabets: Ukrainian, Belarusian, Tatar, Bashkir, Kazakh, Chuvash and their neighbours.
_FOREIGN = re.compile("[іїєґўәөүұҗңһқғҡҫҙӑӗӳҥӧӱӣӯҳҷ]", re.IGNORECASE)
_ENOUGH = 12


def row_unreadable(table: LabelledTable) -> Found:
    """Records that are no rows."""
    return Found.of(row.number for row in table.skipped if row.error.code != "text_empty")


def text_empty(table: LabelledTable) -> Found:
    """Rows whose text is empty, be it after markup is gone."""
    return Found.of(row.number for row in table.skipped if row.error.code == "text_empty")


def encoding_broken(table: LabelledTable) -> Found:
    """Replacement characters, and letters of one encoding read as another."""
    return where(table, lambda row: is_broken(row.values["text"]))


def is_broken(text: str) -> bool:
    """Whether a text went through a wrong encoding.

    >>> is_broken("Яма во дворе".encode().decode("cp1251", "replace")), is_broken("Яма во дворе")
    (True, False)
    >>> is_broken("Яма во дворе".encode("cp1251").decode("latin-1"))
    True
    """
    letters = sum(map(len, _WORD.findall(text)))
    if _REPLACED.search(text):
        return True
    pairs = max(len(_AS_1251.findall(text)), len(_AS_LATIN.findall(text)))
    return (pairs >= 3 and 4 * pairs >= letters) or (letters > 3 and 2 * len(_LATIN_LETTER.findall(text)) > letters)


def not_russian(table: LabelledTable) -> Found:
    """Texts of another alphabet, and of other languages in Cyrillic."""
    return where(table, lambda row: is_foreign(row.values["text"]))


def is_foreign(text: str) -> bool:
    """Whether the letters of a text say that it is not Russian; short and broken texts say nothing.

    >>> is_foreign("There is a hole in the road"), is_foreign("У дворі немає світла вже третій день")
    (True, True)
    >>> is_foreign("Во дворе яма")
    False
    """
    letters = "".join(_WORD.findall(text))
    if len(letters) < _ENOUGH or is_broken(text):
        return False
    foreign = len(_FOREIGN.findall(letters))
    return 2 * len(_RUSSIAN.findall(letters)) < len(letters) or 50 * foreign > len(letters)


def text_short(table: LabelledTable) -> Found:
    """Fewer words than anything can be told by."""
    return where(table, lambda row: len(_WORD.findall(row.values["text"])) < _FEW_WORDS)


def text_long(table: LabelledTable) -> Found:
    """Whole correspondences."""
    return where(table, lambda row: len(row.values["text"]) > _LONG)


def markup(table: LabelledTable) -> Found:
    """Tags and entities of HTML."""
    return where(table, _has_markup)


def _has_markup(row: Row) -> bool:
    return bool(_MARKUP.search(row.values["text"]))


def copy_exact(table: LabelledTable) -> Found:
    """Texts that say word for word what an earlier row says."""
    groups = members(table.copies.exact.tolist())
    return Found.of(table.rows[place].number for places in groups.values() for place in places[1:])


def copy_near(table: LabelledTable) -> Found:
    """Texts that are like an earlier row, but not word for word."""
    exact = table.copies.exact.tolist()
    found: set[int] = set()
    for places in members(table.copies.near.tolist()).values():
        seen: set[int] = set()
        for place in places:
            if seen and exact[place] not in seen:
                found.add(table.rows[place].number)
            seen.add(exact[place])
    return Found.of(found)
