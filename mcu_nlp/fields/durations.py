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
    r" ?(?:назад|спустя|тому назад|октября|победы|влксм|ссср|гарант|от роду)|,? ?(?:мне|ему|ей|нам) "
    r"| (?:жизни|обучения|беременности|выпуска"
    r"|после (?:публик|подач|регистр|начал)|с (?:момента|даты|дня) (?!сдач|ввод))",
    re.IGNORECASE,
)
_NOT_BEFORE = re.compile(
    r"(?<![\w-])(?:через|мне|сыну|дочери|дочке|ребенку|ребёнку|мужу|маме|раз в|раза в|возраст\w?"
    r"|до|старше|младше|ему|ей|после|спустя|сроком|каждые|каждый|каждую|рублей в|раз"
    r" за|детям|от|день|на|за|внуку|внучке|бабушке|гарантия|реб[её]нк\w{1,2}|реб[её]нок|сын|дочь|девочк\w|мальчик\w?"
    r"|исполн\w{2,6}|достиг\w{1,6}|ближайш\w{2}|следующ\w{2}|ждать|подождать|займ[её]т|занимает|пр[еи]выша\w{2,5}|остал[ао]сь"
    r"|ареста?|обещанного|первые|младшему|старшему|хоть|хотя бы|да[юе]м?|не менее|не более|примерно через|уж[её] через"
    r"|двадцать|тридцать|сорок|пятьдесят|шестьдесят|семьдесят|восемьдесят|девяносто"
    r"|сто) \Z",
    re.IGNORECASE,
)
_PERSON_BEFORE = re.compile(
    r"(?:человек|мужчин\w|женщин\w|бабушк\w|дедушк\w|инвалид|пенсионер\w{0,2}|соседк\w|мам[аы]|мать|отец)[^.!?]{0,12}\Z",
    re.IGNORECASE,
)
_LASTING = re.compile(
    r" (?:(?!назад|спустя)[а-яё]{1,12} ){0,2}(?:не|нет|ни|никто|никак\w{0,3}) "
    r"| (?:нет|без|как |жд|прос|пиш|обращ|стоит|леж|теч|живем|живём|сид|подряд|пахнет|воня|вон[ьи]|горит"
    r"|болею|болеет|нам |эту |длит|идет|идёт|продолж|мучае|мучаюсь|страда|отсутств|бьемся|бьёмся|добива"
    r"|пытаемся|пытаюсь|ходим|ремонт)",
    re.IGNORECASE,
)
_LASTING_BEFORE = re.compile(
    r"(?:(?<!\w)не(?: |(?=[а-яё]{5}))[а-яё]{3,18}|нет [а-яё]{3,16}|леж[иа]т|стоит|стоят"
    r"|ждем|ждём|жду|жд[её]т|ждал[аи]?|живем|живём"
    r"|живу|ржаве[ею]т|гни[её]т|гниют|валяются|валяется|закрыт[аоы]?|сломан[аоы]?|(?<!\w)нет|текут|течет|течёт|длится|тянется|держится"
    r"|составляет|продолжается|отсутству[ею]т|страдаем|болеем|существует"
    r"|без [а-яё]{3,12}|прош[её]?л[аои]?|сидим|сижу|мучаемся|просим|(?<!\w)не [а-яё]{3,16} [а-яё]{3,14}) \Z",
    re.IGNORECASE,
)
_NEVER_BEFORE = re.compile(r"(?:ни разу|ничего|никто|никогда|ни один|ни одного [а-яё]{3,12}) \Z", re.IGNORECASE)
_LONG = re.compile(r"уже|больше|более|нескольких|последн|многих|долг")
_AGE = re.compile(r"(?:двух|тр[её]х|четыр[её]х|пяти|шести|семи|восьми|десяти|девяти) лет")
_DEADLINES = ("час", "часа", "часов", "дня", "дней", "суток", "недели")
_NO_BEGINNING = re.compile(
    r"(?:сравнени\w|связи|вместе|период|час[аов]{0,2}|сут\w{2}|дн[яе]й?|месяц\w{0,2}) \Z", re.IGNORECASE
)
_NO_EVENT = ("лась", "лся", "лись", "лось", " его", " их", " ее", " её")
_WHOLE = ("вот день", "все дни", "все час", "весь день", "эти дни", "эти час", "все года")
_SINGLE = ("один ", "все дни", "все год", "весь день", "весь год", "первый", "первую", "последний")
_LONG_HOURS = ("уже ", "вот уже ", "более ", "больше ", "свыше ")
_HOURS = re.compile(r"час[а-я]{0,2}\Z")
_SINCE = re.compile(r"(?:начиная )?(?:с|со) ", re.IGNORECASE)
_STRETCH = re.compile(r" до | по | на |:|утра|^со? \d{1,2} ?[-–]", re.IGNORECASE)
_TILL = re.compile(r" (?:до|по) (?=\d|конец|январ|феврал|март|апрел|ма[яй]|июн|июл|август|сентябр|октябр|ноябр|декабр)")
_NOW = re.compile(
    r" (?:и )?(?:по|до) (?:настоящее время|настоящего времени|настоящий момент"
    r"|сегодняшний день|сегодняшнего дня|сей день|сих пор)"
    r"(?![а-яё])"
)
# «с 1 мая закроют», «сезон начинается с 15 октября», «перерасчёт с января»: the day of a plan or a rule.
_PLANNED_AFTER = re.compile(
    r"[^.!?;,]{0,40}? (?:буд[еу]т|планиру|начн[её]|закро[юе]|откро[юе]|повы[шс]|измен|отмен"
    r"|вступ|перенес|они |предостав|должн|прав)",
    re.IGNORECASE,
)
_PLANNED_BEFORE = re.compile(
    r"(?:нач[аи]\w{1,8}|стартует|осуществляется|производится|выплат\w{0,3}|перерасч[её]т\w?|пособи\w|размере|назнач\w{1,5}"
    r"|действует|график\w?|вступ\w{1,6}|период|является|время|обещал\w?|план\w{0,8}) \Z",
    re.IGNORECASE,
)
# How many characters on each side tell what the words mean.
_AROUND = 24


def find_durations(document: Document, dates: Iterable[Date] = ()) -> tuple[Span, ...]:
    """Stretches of time that the problem lasts; «с 2008 года» is taken from the dates.

    >>> [d.text for d in find_durations(Document.of("Уже три недели нет воды, сыну 5 лет"))]
    ['Уже три недели']
    """
    text = document.text
    hits = matches(duration_pattern(), text, duration_windows(document.tokens))
    found = [Span.of(text, hit.start(), _till_now(text, hit.end())) for hit in hits if _lasts(text, hit)]
    taken = Cover(found)
    found.extend(
        Span.of(text, date.start, _till_now(text, date.end))
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
    """«длительное время», «годами» need no proof."""
    return True


def over(before: str, written: str, after: str) -> bool:
    """«за два года» lasts only when something is said to last; «в течение трёх дней» is a deadline."""
    if written.startswith("в теч") and written.endswith(_DEADLINES) and not _LONG.search(written):
        return False
    if not written.startswith("за ") or "последн" in written:
        return True
    return _LASTING.match(after) is not None or _NEVER_BEFORE.search(before) is not None


def hedged(before: str, written: str, _after: str) -> bool:
    """«уже три недели», but not «весь день», «около часа»."""
    if _NOT_BEFORE.search(before) or written.startswith(_WHOLE):
        return False
    if "лет" in written and _PERSON_BEFORE.search(before):
        return False
    return "час" not in written or written.startswith(_LONG_HOURS)


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


def since(before: str, written: str, _after: str) -> bool:
    """«с начала зимы», but not «по сравнению с прошлыми годами», «24 часа с момента окончания»."""
    return not (_NO_BEGINNING.search(before) or written.endswith(_NO_EVENT))


def dawn(before: str, _written: str, after: str) -> bool:
    """«с утра нет воды», but not «с утра уехать можно»."""
    return _LASTING.match(after) is not None or _LASTING_BEFORE.search(before) is not None


def plain(before: str, _written: str, after: str) -> bool:
    """«месяц не вывозят», but not «2022 год не», «раз в год»."""
    if before[-2:-1].isdigit() or before.lower().endswith(("раз ", "на ", "ный ", "другой ", "следующий ")):
        return False
    lasts = _LASTING.match(after) is not None or _LASTING_BEFORE.search(before) is not None
    return lasts and not _NOT_BEFORE.search(before)


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
    "since": since,
    "dawn": dawn,
    "plain": plain,
}


def _till_now(text: str, end: int) -> int:
    """Where «с 5 мая по настоящее время» ends."""
    tail = _NOW.match(text, end)
    return tail.end() if tail else end


def _since(text: str, date: Date) -> bool:
    """Whether a date tells since when: «с 2008 года», but not «с 8 до 9 часов»."""
    if not _SINCE.match(date.text) or _STRETCH.search(date.text):
        return False
    before = text[max(0, date.start - _AROUND) : date.start]
    return not (_TILL.match(text, date.end) or _PLANNED_AFTER.match(text, date.end) or _PLANNED_BEFORE.search(before))
