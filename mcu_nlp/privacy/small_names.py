"""Names in small letters, as social networks write them: «меня зовут зоя лунина», «с ув. лунина з.п.».

Nothing but the word itself and its neighbours tells a name here, so every rule asks for more
than its like among the capitals does: a word that can only be a name, or a second sign at its side.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from mcu_nlp.fields.lexicon import forms, lexicon
from mcu_nlp.privacy.small_words import FAINT, KIN, NAMED, TELLING, SmallWords
from mcu_nlp.records import Person, Span
from mcu_nlp.text.document import Document

_LIKELY = 0.3
# A name is not longer: surname, first name, patronymic, initials with their stops.
_LONGEST = 6
_ADJECTIVE = re.compile(r".*(?:[оиы]й|[ое]го|[ое]му|ая|ую|[иы]ми?|[иы]х|[ое]м|[иы]е)\Z")
_I = frozenset(("я", "мне", "меня", "мной", "мною"))
_ADDRESSING = ("уважаем", "многоуважаем", "глубокоуважаем", "дорог")
_FAMILY = frozenset(forms("семь|я и е ю ей; супруг|и ов; сосед|и ей ям ями; род|_"))
_OF_FAMILY = re.compile(r"[а-яё-]+(?:[оеё]вых|[иы]ных|[оеё]вы|[иы]ны|[сц]ких|[сц]кие|ко|ук|юк|ун|ян)\Z")
Rule = Callable[[SmallWords, int], bool]


def patronymic(text: SmallWords, i: int) -> bool:
    """«петровна», «уважаемый пётр ильич»."""
    return text.patronymic(i)


def only_name(text: SmallWords, i: int) -> bool:
    """«у ларисы из 4 квартиры», «половинкин не приехал»; not «на кирова», not «в алексеевской школе»."""
    if text.in_street(i):
        return False
    if text.plain_first(i):
        return text.form(i).first_name > text.form(i).place
    if not text.plain_surname(i) or not text.form(i).known:
        return False
    words = text.words
    before_noun = _ADJECTIVE.match(words.low[i]) and "NOUN" in words.grammemes(i + 1)
    return not before_noun


def first_with_surname(text: SmallWords, i: int) -> bool:
    """«вера лунина», «лунин роман»: an ordinary word is a name beside what is like a surname only."""
    if text.in_street(i):
        return False
    sides = [at for at in (i - 1, i + 1) if text.near(at, max(at, i)) and text.free(at)]
    if text.first(i):
        return any(_like_surname(text, at) for at in sides)
    return _like_surname(text, i) and any(text.plain_first(at) and not text.in_street(at) for at in sides)


def _like_surname(text: SmallWords, i: int) -> bool:
    form = text.form(i)
    if form.known:
        return form.surname >= _LIKELY
    return text.ends(i) and form.only_name


def surname_with_initials(text: SmallWords, i: int) -> bool:
    """«лунина з.п.», «з. п. лунина»."""
    if not text.surname(i) and not text.ends(i) and not text.words.low[i].endswith(("их", "ых")):
        return False
    stop = text.initials(i + 1)
    if stop > i + 1 and text.near(stop - 1, stop) and not text.edge(stop) and (text.surname(stop) or text.ends(stop)):
        stop = i  # «совета ветеранов г. с. мещеряков»
    before = text.initials_before(i)
    both = stop > i + 3 or before == i - 4
    return (both or text.surname(i)) and (stop > i + 1 or before < i)


def pair_alone(text: SmallWords, i: int) -> bool:
    """«галина бочкова», «роман ю.»: a phrase of a likely first name and what may be a surname or an initial."""
    if not text.first(i) or not text.edge(i - 1):
        return False
    stop = text.initials(i + 1)
    if stop > i + 1:
        return text.edge(stop)
    second = text.form(i).first_name >= NAMED and text.edge(i + 2) and _second(text, i + 1)
    return second and text.ends(i + 1) and "inan" not in text.form(i + 1).grammemes  # «роза ветров»


def told_by_cue(text: SmallWords, i: int) -> bool:
    """«я, лунина», «зовут роза», «с ув. рая», «соседа лунина», «врача чуб»."""
    cue = text.cue(i)
    if not cue or text.reader.in_street(i) or text.words.low[i] in lexicon("address_words")["street"]:
        return False
    form = text.form(i)
    if not text.words.may_be_named(i) and form.name < NAMED:
        return False
    if cue in TELLING:
        return form.name > 0 or (not form.known and text.surname(i))
    if cue in _I:
        return form.only_name and (form.name >= NAMED or text.surname(i))
    if cue in _FAMILY and _OF_FAMILY.match(text.words.tokens[i].lower):
        return not text.words.is_letters(i + 1) or form.name > 0
    if cue in KIN and form.first_name >= FAINT:
        return True
    if form.known:
        common = "inan" in form.grammemes or not form.grammemes.isdisjoint(("ADJF", "ADJS"))
        return form.name >= _LIKELY or (text.ends(i) and not common)
    return form.only_name and text.surname(i)


def office_holder(text: SmallWords, i: int) -> bool:
    """«главе хутора кривенко», «директор автостанции бородин»."""
    form = text.form(i)
    return (form.only_name or not form.known) and text.surname(i) and text.reader.in_office(i)


def _second(text: SmallWords, i: int) -> bool:
    """Whether the token can be the unusual surname of a phrase of two."""
    if not 0 <= i < text.words.size or not text.free(i) or text.words.low[i].startswith(_ADDRESSING):
        return False
    return text.words.may_be_named(i) and not text.titles(i)


def signed(text: SmallWords, i: int) -> bool:
    """«… спасибо. роза», «бывший энергетик лямин» at the end."""
    if i < text.reader.signature or text.in_street(i):
        return False
    form, words = text.form(i), text.words
    alone = i == text.reader.signature and not words.is_letters(i + 1)
    if form.known:
        return form.name >= (FAINT if alone else NAMED) and not (form.place > form.name)
    before = text.edge(i - 1) or text.titles(i - 1) or {"NOUN", "anim"} <= text.words.grammemes(i - 1)
    return before and form.only_name and text.surname(i)


RULES: tuple[Rule, ...] = (
    patronymic,
    only_name,
    first_with_surname,
    surname_with_initials,
    pair_alone,
    told_by_cue,
    office_holder,
    signed,
)


def small_names(document: Document, foreign: Iterable[Span]) -> Iterator[Person]:
    """Names in small letters outside ``foreign`` spans, with the rest of the name at their side.

    >>> text = "я, лунина зоя петровна, прошу. вера и надежда кончились. на соседа чуба с.в. жалуюсь"
    >>> [person.text for person in small_names(Document.of(text), ())]
    ['лунина зоя петровна', 'чуба с.в.']
    """
    text = SmallWords(document, foreign)
    tokens, floor = text.words.tokens, 0
    for i in range(text.words.size):
        if i < floor or not text.free(i) or not text.small(i) or not any(rule(text, i) for rule in RULES):
            continue
        first, floor = _before(text, i, floor), _after(text, i + 1)
        start, end = tokens[first].start, tokens[floor - 1].end
        yield Person(start, end, document.text[start:end], _role(text, first))


def _before(text: SmallWords, i: int, floor: int) -> int:
    """The first token of the name that token ``i`` belongs to."""
    first, stop = text.initials_before(i), max(floor, i - 3)
    if first < i:
        return first
    while first > stop and text.near(first - 1, first) and text.part(first - 1) and not text.in_street(first - 1):
        first -= 1
    if text.patronymic(i) and first == i > stop and text.near(i - 1, i) and text.free(i - 1):
        first -= text.form(i - 1).first_name > 0  # «веру андреевну»
        while i > first > stop and text.near(first - 1, first) and text.part(first - 1):
            first -= 1
    rare = first > stop and text.near(first - 1, first) and _second(text, first - 1) and text.edge(first - 2)
    return first - 1 if rare and (text.patronymic(i) or _ends_first(text, i)) and _is_first(text, first, i) else first


def _ends_first(text: SmallWords, i: int) -> bool:
    return text.edge(i + 1) or text.patronymic(i + 1)


def _is_first(text: SmallWords, first: int, i: int) -> bool:
    """Whether nothing of the name from ``first`` to ``i`` is a surname yet."""
    return (first == i and text.plain_first(i)) or (first + 1 == i and text.patronymic(i) and text.first(first))


def _after(text: SmallWords, i: int) -> int:
    """The end of the name that goes on at token ``i``."""
    last = min(text.words.size, i + _LONGEST)
    while i < last and text.near(i - 1, i):
        stop = text.initials(i)
        if stop > i:
            return stop
        if not text.part(i):
            rare = text.edge(i + 1) and _second(text, i) and not text.edge(i)
            named = text.patronymic(i - 1) or (text.plain_first(i - 1) and text.edge(i - 2))
            return i + 1 if rare and named else i
        i += 1
    return i


def _role(text: SmallWords, first: int) -> str | None:
    return "official" if text.words.word(first - 1) in lexicon("person_words")["official"] else None
