"""How long: «вторую неделю», «на протяжении нескольких месяцев», «с 2008 года»."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from mcu_nlp.fields.cover import Cover
from mcu_nlp.fields.duration_patterns import duration_pattern
from mcu_nlp.fields.time_anchors import duration_windows, matches
from mcu_nlp.records import Date, Span
from mcu_nlp.text.document import Document

# Ages, deadlines and distances in time are no durations of a problem.
_NOT_AFTER = re.compile(
    r" ?(?:назад|спустя|тому назад|октября|победы|влксм|ссср|гарант)|,? ?(?:мне|ему|ей|нам) ", re.IGNORECASE
)
_NOT_BEFORE = re.compile(
    r"(?<![\w-])(?:через|мне|сыну|дочери|дочке|ребенку|ребёнку|мужу|маме|раз в|раза в|возраст\w?"
    r"|до|старше|младше|ему|ей|после|спустя|сроком|каждые|каждый|каждую|рублей в|раз"
    r" за|детям|от|день|на|за|внуку|внучке|бабушке|гарантия|реб[её]нк\w{1,2}"
    r"|двадцать|тридцать|сорок|пятьдесят|шестьдесят|семьдесят|восемьдесят|девяносто"
    r"|сто) \Z",
    re.IGNORECASE,
)
_LASTING = re.compile(
    r" (?:не |нет|без|никто|как |жд|прос|пиш|обращ|стоит|леж|теч|живем|живём|сид|подряд"
    r"|нам |эту|ни |длит|идет|идёт|продолж|мучае|страда|отсутств|и ни)",
    re.IGNORECASE,
)
_LASTING_BEFORE = re.compile(
    r"(?:не\w* [а-яё]{4,16}|нет [а-яё]{3,16}|лежит|стоит|ждем|ждём|жду|живем|живём"
    r"|текут|течет|течёт|длится|без [а-яё]{3,12}|прошло|сидим|мучаемся|просим|не \w{4,16}"
    r" [а-яё]{3,14}) \Z",
    re.IGNORECASE,
)
_LONG = re.compile(r"уже|больше|более|нескольких|последн|многих|долг")
_AGE = re.compile(r"(?:двух|тр[её]х|четыр[её]х|пяти|шести|семи|восьми|десяти|девяти) лет")
_DEADLINES = ("час", "часа", "часов", "дня", "дней", "суток", "недели")
_WHOLE = ("вот день", "все дни", "все час", "весь день")
_SINGLE = ("один ", "все дни", "все год", "весь день", "весь год", "первый", "первую", "последний")
_HOURS = re.compile(r"час[а-я]{0,2}\Z")
_SINCE = re.compile(r"(?:начиная )?(?:с|со) ", re.IGNORECASE)
_STRETCH = re.compile(r" до | по | на |:|утра", re.IGNORECASE)
_TILL = re.compile(r" (?:до|по) ")
# How many characters on each side tell what the words mean.
_AROUND = 24


def find_durations(document: Document, dates: Iterable[Date] = ()) -> tuple[Span, ...]:
    """Stretches of time that the problem lasts; «с 2008 года» is taken from the dates.

    >>> [d.text for d in find_durations(Document.of("Уже три недели нет воды, сыну 5 лет"))]
    ['Уже три недели']
    """
    text = document.text
    hits = matches(duration_pattern(), text, duration_windows(document.tokens))
    found = [Span.of(text, hit.start(), hit.end()) for hit in hits if _lasts(text, hit)]
    taken = Cover(found)
    found.extend(
        Span.of(text, date.start, date.end)
        for date in dates
        if _since(text, date) and not taken.touches(date.start, date.end)
    )
    return tuple(sorted(found, key=lambda span: span.start))


def _lasts(text: str, hit: re.Match[str]) -> bool:
    """Whether the words tell how long a problem lasts: the rule of their form decides."""
    before, after = text[max(0, hit.start() - _AROUND) : hit.start()], text[hit.end() : hit.end() + _AROUND]
    if _NOT_AFTER.match(after):
        return False
    return RULES[str(hit.lastgroup)](before, hit[0].lower(), after)


def always(_before: str, _written: str, _after: str) -> bool:
    """«длительное время», «годами», «с начала зимы» need no proof."""
    return True


def over(_before: str, written: str, after: str) -> bool:
    """«за два года» lasts only when something is said to last; «в течение трёх дней» is a deadline."""
    if written.startswith("в теч") and written.endswith(_DEADLINES) and not _LONG.search(written):
        return False
    return not written.startswith("за ") or "последн" in written or _LASTING.match(after) is not None


def hedged(before: str, written: str, _after: str) -> bool:
    """«уже три недели», but not «весь день», «около часа»."""
    if _NOT_BEFORE.search(before) or written.startswith(_WHOLE):
        return False
    return "час" not in written or "сут" in written


def ordinal(before: str, written: str, after: str) -> bool:
    """«вторую неделю», but not «девочку двух лет», «один день», «полтора часа»."""
    if _NOT_BEFORE.search(before) or written.startswith(_SINGLE) or _HOURS.search(written):
        return False
    return not _AGE.match(written) or _LASTING.match(after) is not None


def inverted(before: str, written: str, after: str) -> bool:
    """«уже года два», but not «14.05.1998 года 233»."""
    return not before.rstrip(" г.")[-1:].isdigit() and ordinal(before, written, after)


def counted(before: str, written: str, after: str) -> bool:
    """«3 недели нет света», «4 последние месяца», but not «сыну 12 лет»."""
    if _NOT_BEFORE.search(before):
        return False
    return "последн" in written or _LASTING.match(after) is not None or _LASTING_BEFORE.search(before) is not None


def plain(before: str, _written: str, after: str) -> bool:
    """«месяц не вывозят», but not «2022 год не», «раз в год»."""
    if before[-2:-1].isdigit() or before.lower().endswith(("раз ", "на ", "ный ")):
        return False
    return _LASTING.match(after) is not None and not _NOT_BEFORE.search(before)


# The form of the words -> the rule that judges them.
RULES: Mapping[str, Callable[[str, str, str], bool]] = {
    "over": over,
    "over_long": always,
    "hedged": hedged,
    "inverted": inverted,
    "lately": always,
    "not_first": always,
    "ordinal": ordinal,
    "counted": counted,
    "yearly": always,
    "since": always,
    "plain": plain,
}


def _since(text: str, date: Date) -> bool:
    """Whether a date tells since when: «с 2008 года», but not «с 8 до 9 часов»."""
    if not _SINCE.match(date.text) or _STRETCH.search(date.text):
        return False
    return _TILL.match(text, date.end) is None
