"""Words that are likely names though the card would not risk them: masking errs on the side of the person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from mcu_nlp.fields.cover import Cover
from mcu_nlp.fields.lexicon import forms, lexicon
from mcu_nlp.fields.person_words import is_first_name, is_patronymic, is_surname
from mcu_nlp.fields.words import QUOTES, Words
from mcu_nlp.privacy.kinds import Kind, Private
from mcu_nlp.records import Span
from mcu_nlp.text.document import Document
from mcu_nlp.text.morph import Form, read_form

_FAINT = 0.05
_LIKELY = 0.3
_SURE = 0.75
# How far before a name the office of its bearer may stand: «главе Ольховского сельского поселения Комарову».
_OFFICE = 5
# A name goes on for no more tokens than this: two initials with their stops.
_LONGEST = 4
_SURNAME_ENDINGS = tuple(forms("ов|_ а; ев|_ а; ин|_ а; ын|_ а; ск|ий ая; цк|ий ая; ко; юк; чук; ян"))
_ADJECTIVE_ENDINGS = ("ой", "ого", "ом", "ему", "ому", "ая", "ую", "ий", "ый", "ым", "им")
_ACTS = frozenset(("VERB", "INFN", "PRED"))
_CASES = frozenset(("nomn", "gent", "datv", "accs", "ablt", "loct"))
# A signature has at most so many words, «Бывший энергетик Лямин», before contacts and addresses.
_SIGNATURE = 7
_OF_PLACES = frozenset(forms("на по имени им; площад|ь и; сквер|_ е; парк|_ е; памятник|_ а у"))
RELATIVES = frozenset(
    forms(
        "баб|а ы е у; бабушк|а и е у; дед|_ а у; дедушк|а и е у; тет|я и е ю ь; дяд|я и е ю; сын; дочь; мама; отец; "
        "семь|я и е ю; супруг|и ов; прораб|_ а у; бригадир|_ а у; фермер|_ а у; почтальон|_ а у ка ки ке ку"
    )
)


class NameReader:
    """One document with what is no name: streets, firms, contacts."""

    def __init__(self, document: Document, foreign: Iterable[Span]) -> None:
        self.words = Words(document)
        self.covered = Cover(foreign)
        self.signature = self._signature()

    def free(self, i: int) -> bool:
        """Whether the token is a capitalised word that may belong to a name."""
        if not self.words.has_capital(i) or self.words.word(i - 1) in QUOTES:
            return False
        token = self.words.tokens[i]
        if self.covered.touches(token.start, token.end):
            return self.in_office(i)
        return self.words.low[i] not in lexicon("person_words")["never"] or self.signs(i)

    def form(self, i: int) -> Form:
        """What the dictionary says of a token."""
        return read_form(self.words.tokens[i].lower)

    def titled(self, i: int) -> bool:
        """Whether the word before tells a person: «бригадиру Ашоту», «тётя Рая»."""
        known, before = lexicon("person_words"), self.words.word(i - 1)
        return before in known["official"] or before in known["other"] or before in RELATIVES

    def in_street(self, i: int) -> bool:
        """Whether a street or a monument is named rather than a person: «на Крылова», «Щорса, 61»."""
        words = self.words
        after = i + 2 if words.word(i + 1) == "," else i + 1
        numbered = words.is_digits(after) and len(words.low[after]) < 4 and not self._covers(after)
        return numbered or words.word(i - 1) in _OF_PLACES or words.low[i] in lexicon("address_words")["known_street"]

    def describes(self, i: int) -> bool:
        """Whether the token ends as an adjective does and an ordinary word follows: «Каменской районной больнице»."""
        words = self.words
        ends = words.low[i].endswith(_ADJECTIVE_ENDINGS)
        return ends and words.is_letters(i + 1) and not words.has_capital(i + 1)

    def _covers(self, i: int) -> bool:
        token = self.words.tokens[i]
        return self.covered.touches(token.start, token.end)

    def in_office(self, i: int) -> bool:
        """Whether an official follows the place of his office: «главе хутора Комарову», the place in the genitive."""
        form, first = self.form(i), before_initials(self.words, i)
        name = max(form.surname, form.first_name)
        if name < _LIKELY or name <= form.place or ("gent" in form.grammemes and first == i):
            return False
        for at in range(first - 1, max(-1, first - 1 - _OFFICE), -1):
            if self.words.low[at] in ".!?," or not _ACTS.isdisjoint(self.words.grammemes(at)):
                return False
            if self.words.low[at] in lexicon("person_words")["official"]:
                return True
        return False

    def signs(self, i: int) -> bool:
        """Whether a first name that is also a common word («Надежда», «Роман») stands in the signature."""
        return i >= self.signature and self.form(i).first_name > 0 and not self.words.is_letters(i - 1)

    def _signature(self) -> int:
        """The first token of the short last phrase, contacts and addresses left aside; the size when there is none."""
        words, count = self.words, 0
        for i in range(words.size - 1, 0, -1):
            token = words.tokens[i]
            if self.covered.touches(token.start, token.end):
                continue
            ends = words.low[i] in ".!?…)" and not (words.low[i] == "." and len(words.word(i - 1)) == 1)
            if count and (ends or words.breaks_before(i + 1)):
                return i + 1
            count += words.is_letters(i)
            if count > _SIGNATURE:
                break
        return words.size


Rule = Callable[[NameReader, int], bool]


def given_name(reader: NameReader, i: int) -> bool:
    """«у Ларисы из четвёртой квартиры», «Вова его звать»."""
    form = reader.form(i)
    least = _SURE if reader.words.opens_sentence(i) else _LIKELY
    return form.known and form.first_name >= least and form.first_name > form.place and not reader.in_street(i)


def surname_in_sentence(reader: NameReader, i: int) -> bool:
    """«звонила Кривцовой в сельсовет», «у соседей Хорошевых»; not «в Каменской районной больнице»."""
    form, words = reader.form(i), reader.words
    least = _LIKELY if form.known else _SURE
    if form.surname < least or form.surname <= form.place or not (form.known or is_surname(words, i)):
        return False
    if reader.describes(i) and {"NOUN", "ADJF"} & words.grammemes(i + 1):
        return False
    return not words.opens_sentence(i) and not reader.in_street(i) and not words.tokens[i].text.isupper()


def titled_name(reader: NameReader, i: int) -> bool:
    """«бригадиру Ашоту», «семья Хорошевых», «почтальонка Гульшат»."""
    form, words = reader.form(i), reader.words
    common = form.known and "NOUN" in form.grammemes and form.name < _LIKELY
    if reader.describes(i) and _CASES & words.grammemes(i) & words.grammemes(i + 1):
        return False  # «глава Приозёрного района»
    named = words.may_be_named(i) and not common and not words.tokens[i].text.isupper() and form.place < _LIKELY
    return named and reader.titled(i)


def office_holder(reader: NameReader, i: int) -> bool:
    """«директор автостанции Бородин»."""
    return reader.in_office(i)


def signed_name(reader: NameReader, i: int) -> bool:
    """«Бывший энергетик Лямин», «Прилуцкая, anna@pochta.example» at the end."""
    if i < reader.signature:
        return False
    words, form = reader.words, reader.form(i)
    if not words.may_be_named(i) or (words.tokens[i].text.isupper() and form.name < _SURE):
        return False
    if is_surname(words, i) or is_first_name(words, i) or is_patronymic(words, i) or form.name >= _FAINT:
        return True
    alone = not words.is_letters(i + 1) or words.has_capital(i + 1)
    return alone and (words.low[i].endswith(_SURNAME_ENDINGS) or before_initials(words, i) < i)


RULES: tuple[Rule, ...] = (given_name, surname_in_sentence, titled_name, office_holder, signed_name)


def likely_names(document: Document, foreign: Iterable[Span]) -> Iterator[Private]:
    """Names outside ``foreign`` spans, with the initials and surnames at their side.

    >>> text = "Бригадиру Ашоту говорили, писали главе хутора Комарову. Семья Хорошевых"
    >>> [text[p.start:p.end] for p in likely_names(Document.of(text), ())]
    ['Ашоту', 'Комарову', 'Хорошевых']
    """
    reader = NameReader(document, foreign)
    tokens = reader.words.tokens
    for i in range(reader.words.size):
        if reader.free(i) and len(tokens[i].text) > 1 and any(rule(reader, i) for rule in RULES):
            first, stop = _before(reader, i), _after(reader, i + 1)
            yield Private(tokens[first].start, tokens[stop - 1].end, Kind.PERSON)


def _before(reader: NameReader, i: int) -> int:
    """Initials or an unusual surname before the name: «С. Нурланов», «Шаповал Денис»."""
    words = reader.words
    first = before_initials(words, i)
    if first < i or i == 0 or not reader.free(i - 1) or words.breaks_before(i) or len(words.low[i - 1]) < 3:
        return first
    known, low = lexicon("person_words"), words.low[i - 1]
    titles = ("official", "author", "other")
    spoken_to = low.startswith("уважаем") or low in RELATIVES or any(low in known[title] for title in titles)
    may_be = words.may_be_named(i - 1) and not words.tokens[i - 1].text.isupper()
    return i - 1 if may_be and not spoken_to and reader.form(i).first_name + reader.form(i).surname >= _LIKELY else i


def before_initials(words: Words, i: int) -> int:
    """The first token of the initials before token ``i``: «С. Нурланов»."""
    first = i
    while i - first < _LONGEST and words.word(first - 1) == "." and _is_initial(words, first - 2):
        first -= 2
    return first


def _after(reader: NameReader, i: int) -> int:
    """A surname or initials after the name: «Галя Ковтун», «Роман Ю.»."""
    words, last = reader.words, min(reader.words.size, i + _LONGEST)
    while i < last and not words.breaks_before(i):
        if _is_initial(words, i) and words.word(i + 1) == ".":
            i += 2
        elif reader.free(i) and len(words.low[i]) > 2 and _goes_on(reader, i):
            i += 1
        else:
            break
    return i


def _goes_on(reader: NameReader, i: int) -> bool:
    return is_surname(reader.words, i) or is_patronymic(reader.words, i) or not reader.form(i).known


def _is_initial(words: Words, i: int) -> bool:
    return words.has_capital(i) and len(words.low[i]) == 1
