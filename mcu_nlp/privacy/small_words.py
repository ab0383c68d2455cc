"""What a word in small letters may be: a first name, a surname, a patronymic, initials, a word that tells a name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mcu_nlp.fields.lexicon import forms, lexicon
from mcu_nlp.privacy.names import RELATIVES, NameReader
from mcu_nlp.records import Span
from mcu_nlp.text.document import Document
from mcu_nlp.text.morph import Form, read_form

FAINT = 0.1
NAMED = 0.5
# After a signature come contacts only: no more tokens than this.
_TAIL = 16
_PATRONYMIC = re.compile(r".{2,}(?:[оеё]вич|[оеё]вн|ичн|инич)(?:|а|у|ем|е|ы|ой|ою)\Z")
_SURNAME = re.compile(
    r"[а-яё-]{2,}(?:[оеё]в|[иы]н|[оеё]ва|[иы]на|[оеё]вой|[иы]ной|[оеё]ву|[иы]ну|[оеё]вым|[иы]ным|[оеё]вы|[иы]ны"
    r"|[оеё]вых|[иы]ных|ск(?:ий|ая|ого|ой|ому|ую|их|ие)|цк(?:ий|ая|ого|ой|ому|ую|их|ие)|енко|ук|юк|ян|дзе|швили|ец)\Z"
)
# After these stands a name and nothing else; their like in the lists of titles may also be followed by other words.
TELLING = frozenset(forms("зовут звать фамилия фио ув уваж уважением подпись подписала подписал"))
_OWN = frozenset(
    forms("гр; гр-н; гр-ка; гр-ки; ип; т; тов; сосед|ями ей ям и; семь|ей; супруг|ом у; уважаем|ый ая ые ой ому")
)
# Letters with a stop that are no initials: «и т.д.», «т.к.», «г. р.», «ул. мира д. 5 к. 2».
_NO_INITIALS = frozenset(("тд", "тп", "те", "тк", "тч", "нэ", "гр", "ое", "сг", "жд", "ид", "ип"))
_NO_LONE_INITIAL = frozenset("гдсптхуокя")
_NOT_BEFORE = frozenset(
    forms("по на имени им ул улиц|а е ы у; площад|ь и; сквер|_ е; парк|_ е; памятник|_ а у; пер; проспект|_ е а")
)
KIN = frozenset(
    forms(
        "баб|а ы е у; бабк|а и е у; тет|я и е ю; дяд|я и е ю; дед|_ а у; мам|а ы е у; пап|а ы е у; доч|ь ери ка ки ку"
    )
)


class SmallWords:
    """One document and what its words may be, whether they have capitals or not."""

    def __init__(self, document: Document, foreign: Iterable[Span]) -> None:
        self.reader = NameReader(document, foreign)
        self.words = self.reader.words

    def form(self, i: int) -> Form:
        """What the dictionary says of a token."""
        return read_form(self.words.tokens[i].lower)

    def free(self, i: int) -> bool:
        """Whether the token is a word that nothing else holds."""
        words = self.words
        if not words.is_letters(i) or len(words.low[i]) < 2 or words.tokens[i].text.isascii():
            return False
        token = words.tokens[i]
        covered = self.reader.covered.touches(token.start, token.end)
        # «г. с. лунин» was read as a town and a village.
        named = self.surname(i) or self.ends(i)
        return not covered or (named and (self.initials_before(i) == i - 4 or self._signs(i)))

    def _signs(self, i: int) -> bool:
        """Whether «с. ермолин» ends the text: a person, where «с. Ермолино» would be a village."""
        words, first = self.words, self.initials_before(i)
        surname = self.ends(i) and self.form(i).place < FAINT
        last = range(i + 1, min(words.size, i + _TAIL))
        return surname and first < i and self.edge(first - 1) and i + _TAIL >= words.size and all(map(self.edge, last))

    def small(self, i: int) -> bool:
        """Whether the token begins with a small letter."""
        return self.words.tokens[i].text[0].islower()

    def near(self, i: int, j: int) -> bool:
        """Whether both tokens stand in one line."""
        return 0 <= i < self.words.size and 0 <= j < self.words.size and not self.words.breaks_before(max(i, j))

    def patronymic(self, i: int) -> bool:
        """Whether the token is a patronymic by the dictionary, or by its ending if unknown to it."""
        form = self.form(i)
        if len(self.words.low[i]) < 4:
            return False
        return form.patronymic >= NAMED or (not form.known and _PATRONYMIC.match(self.words.low[i]) is not None)

    def plain_first(self, i: int) -> bool:
        """A first name and nothing else: «зоя», not «вера», «роза», «лев»."""
        form = self.form(i)
        return form.known and form.only_name and form.first_name >= NAMED and len(self.words.low[i]) > 2

    def first(self, i: int) -> bool:
        """A word that may be a first name among others: «вера», «роман»."""
        form = self.form(i)
        return form.known and form.first_name >= FAINT and len(self.words.low[i]) > 2

    def plain_surname(self, i: int) -> bool:
        """A surname and nothing else: «половинкину»."""
        form = self.form(i)
        return form.only_name and form.surname >= NAMED and form.place < FAINT and len(self.words.low[i]) > 3

    def surname(self, i: int) -> bool:
        """A word that is like a surname by the dictionary or by its ending."""
        form, low = self.form(i), self.words.low[i]
        if len(low) < 3 or low in lexicon("person_words")["never"]:
            return False
        if form.known:
            return form.surname >= FAINT
        return form.only_name or form.surname >= FAINT or self.ends(i)

    def ends(self, i: int) -> bool:
        """Whether the token ends as surnames do: «лыков» though «лыко» is an ordinary word."""
        return _SURNAME.match(self.words.tokens[i].lower) is not None

    def part(self, i: int) -> bool:
        """Whether the token may go on a name that is sure."""
        return self.free(i) and (self.patronymic(i) or self.surname(i) or self.first(i))

    def initials(self, i: int) -> int:
        """The end of initials that begin at token ``i``: «з.п.», «з. п», «зп.» is none; or ``i``."""
        words, stop, letters = self.words, i, ""
        while len(letters) < 2 and self._letter(stop) and not words.breaks_before(stop):
            letters += words.low[stop]
            stop += 1
            if words.word(stop) != ".":
                stop = stop if len(letters) == 2 else stop - 1
                letters = letters if len(letters) == 2 else letters[:-1]
                break
            stop += 1
        if not letters or letters in _NO_INITIALS or words.is_digits(stop):
            return i
        means_more = len(letters) == 1 and letters in _NO_LONE_INITIAL and words.is_letters(stop)
        return i if means_more and not words.has_capital(i) else stop

    def initials_before(self, i: int) -> int:
        """The first token of the initials right before token ``i``, or ``i``."""
        for first in (i - 4, i - 3, i - 2):
            if first >= 0 and self.initials(first) == i:
                settlement = first == i - 4 and self.words.low[first] == "р" and self.words.low[first + 2] == "п"
                return i if settlement else first
        return i

    def _letter(self, i: int) -> bool:
        words = self.words
        return words.is_letters(i) and len(words.low[i]) == 1 and not words.low[i].isascii()

    def cue(self, i: int) -> str:
        """The word that tells a name at token ``i``: «я, …», «зовут …», «с ув. …», «сосед …»; or nothing."""
        words, at = self.words, i - 1
        if words.word(at) in (",", ".", ":", "—", "-"):
            after = words.word(at)
            at -= 1
            before = words.word(at)
            own = before in ("я", "мне") or before in lexicon("person_words")["other"] or before in KIN
            told = before in TELLING or before in ("гр", "т", "тов") or (after == "," and own)
            return before if told else ""
        before = words.word(at)
        return before if self.titles(at) or before in TELLING or before in _OWN or before == "я" else ""

    def titles(self, i: int) -> bool:
        """Whether the token says who somebody is: «врач», «сосед», «тётя»."""
        known, low = lexicon("person_words"), self.words.word(i)
        return low in KIN or low in RELATIVES or any(low in known[kind] for kind in ("official", "author", "other"))

    def edge(self, i: int) -> bool:
        """Whether no word of the same phrase stands at token ``i``."""
        words = self.words
        if not words.is_letters(i) or words.breaks_before(i + 1 if i < 0 else i):
            return True
        return words.tokens[i].text.isascii()

    def in_street(self, i: int) -> bool:
        """Whether a street is named: «на кирова», «по ул петра алексеева», «калинина 5»."""
        return self.reader.in_street(i) or self.words.word(i - 1) in _NOT_BEFORE
