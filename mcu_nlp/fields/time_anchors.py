"""Where times are worth looking for: the words and numbers that every date or duration holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from mcu_nlp.fields.lexicon import lexicon
from mcu_nlp.text.document import Token

# No date and no duration is longer than this many characters on either side of such a word.
_REACH = 72
_DATE_SECTIONS = ("month", "season", "weekday", "date_anchor")
_DURATION_SECTIONS = ("unit", "season", "duration_anchor")
_YEAR = re.compile(r"(?:19|20)\d\d\Z")
_IN_NUMBERS = frozenset(".:/-–")
_DAY_DIGITS = 2


@cache
def _forms(sections: tuple[str, ...]) -> frozenset[str]:
    known = lexicon("time_words")
    return frozenset(form for section in sections for form in known[section])


def _is_among(low: str, sections: tuple[str, ...]) -> bool:
    """Whether a word, or a part of a word with hyphens («октябре-ноябре»), is on the lists."""
    forms = _forms(sections)
    return low in forms or ("-" in low and not forms.isdisjoint(low.split("-")))


def _dates(tokens: Sequence[Token], i: int, low: str) -> bool:
    if not low[0].isdigit():
        return _is_among(low, _DATE_SECTIONS)
    if _YEAR.match(low):
        return True
    # «14.06», «16:30», «9-00»
    return (
        len(low) <= _DAY_DIGITS
        and i + 2 < len(tokens)
        and tokens[i + 1].text in _IN_NUMBERS
        and len(tokens[i + 2].text) >= _DAY_DIGITS
        and tokens[i + 2].text.isdigit()
    )


def _durations(_tokens: Sequence[Token], _i: int, low: str) -> bool:
    return _is_among(low, _DURATION_SECTIONS)


def date_windows(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Stretches of a text in which a date may stand.

    >>> from mcu_nlp.text.document import Document
    >>> list(date_windows(Document.of("[" * 500).tokens)), list(date_windows(Document.of("в мае").tokens))
    ([], [(0, 77)])
    """
    return _windows(tokens, _dates)


def duration_windows(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Stretches of a text in which a duration may stand."""
    return _windows(tokens, _durations)


def _windows(
    tokens: Sequence[Token], anchors: Callable[[Sequence[Token], int, str], bool]
) -> Iterator[tuple[int, int]]:
    begun: tuple[int, int] | None = None
    for i, token in enumerate(tokens):
        if not token.text[0].isalnum() or not anchors(tokens, i, token.lower.replace("ё", "е")):
            continue
        start, end = max(0, token.start - _REACH), token.end + _REACH
        if begun and start <= begun[1]:
            begun = (begun[0], end)
            continue
        if begun:
            yield begun
        begun = (start, end)
    if begun:
        yield begun


def matches(pattern: re.Pattern[str], text: str, windows: Iterator[tuple[int, int]]) -> Iterator[re.Match[str]]:
    """Matches of a pattern inside the stretches, in order."""
    for start, end in windows:
        yield from pattern.finditer(text, start, min(end, len(text)))
