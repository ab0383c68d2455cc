"""The tokens of a document as the rules of the fields look at them."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property

from mcu_nlp.text.document import Document
from mcu_nlp.text.morph import grammemes, is_known

# What cannot be a word of a name: it belongs to the sentence round the name.
_NOT_IN_NAMES = frozenset(
    {"PREP", "CONJ", "PRCL", "VERB", "INFN", "ADVB", "NPRO", "PRED", "GRND", "INTJ", "PRTS", "ADJS", "COMP", "Apro"}
)
# A capital excuses short adjectives and other rare readings: «Заречный Яр».
_NEVER_IN_NAMES = _NOT_IN_NAMES - {"ADJS", "PRTS", "COMP", "ADVB", "INTJ", "PRED"}
QUOTES = {"«": "»", "“": "”", "„": "“", '"': '"', "`": "`", "'": "'", "”": "”", "‘": "’"}
_CLOSING = frozenset("»”“\"`'’")
_LESSONS = re.compile(
    r"учител|классн|классе|ученик|директор|воспитател|заведующ|питани|урок|кружк|секци"
    r"|зачисл|путевк|путёвк|в групп|родител|реб[её]нка в |прививк",
    re.IGNORECASE,
)
# A quoted name is not longer than this many tokens.
_QUOTED = 13


class Words:
    """Tokens by number, with their small-letter forms («ё» written «е»).

    >>> words = Words(Document.of("Ёлка у ООО «Три кота»."))
    >>> words.low[:3], words.quoted(3), words.text(3, 7)
    (['елка', 'у', 'ооо'], 7, '«Три кота»')
    """

    def __init__(self, document: Document) -> None:
        self.source = document.text
        self.tokens = document.tokens
        self.size = len(self.tokens)
        self.low = [token.lower.replace("ё", "е") for token in self.tokens]
        self._breaks = document.clean.breaks

    def at(self, offset: int) -> int:
        """The number of the token that begins at an offset of the text, or of the next one."""
        return bisect_left(self.tokens, offset, key=lambda token: token.start)

    def word(self, i: int) -> str:
        """The small-letter form of a token, empty outside the text."""
        return self.low[i] if 0 <= i < self.size else ""

    def text(self, first: int, stop: int) -> str:
        """The text of tokens ``first`` to ``stop - 1``, as written."""
        return self.source[self.tokens[first].start : self.tokens[stop - 1].end] if stop > first else ""

    def has_capital(self, i: int) -> bool:
        """Whether the token is a word that begins with a capital."""
        return 0 <= i < self.size and self.tokens[i].text[0].isupper()

    def is_letters(self, i: int) -> bool:
        """Whether the token is a word."""
        return 0 <= i < self.size and self.tokens[i].text[0].isalpha()

    def is_digits(self, i: int) -> bool:
        """Whether the token is a number."""
        return 0 <= i < self.size and self.tokens[i].text[0].isdigit()

    def joined(self, i: int) -> bool:
        """Whether token ``i`` follows the one before it without a blank."""
        return 0 < i < self.size and self.tokens[i].start == self.tokens[i - 1].end

    def breaks_before(self, i: int) -> bool:
        """Whether a line of the message began at token ``i``."""
        if not self._breaks or not 0 < i < self.size:
            return i == 0
        end = self.tokens[i - 1].end
        at = bisect_left(self._breaks, end)
        return at < len(self._breaks) and self._breaks[at] < self.tokens[i].start

    def opens_sentence(self, i: int) -> bool:
        """Whether a sentence may begin at token ``i``: its capital proves nothing."""
        return i == 0 or self.low[i - 1] in '.!?…:;•»")' or self.breaks_before(i)

    def grammemes(self, i: int) -> frozenset[str]:
        """Grammemes of the likeliest reading of a token; none outside the text."""
        return grammemes(self.tokens[i].lower) if 0 <= i < self.size else frozenset()

    def may_be_named(self, i: int) -> bool:
        """Whether the token can be a word of a name: neither a verb nor a function word."""
        if not self.is_letters(i) or len(self.low[i]) < 2:
            return False
        against = _NEVER_IN_NAMES if self.has_capital(i) else _NOT_IN_NAMES
        if not against & self.grammemes(i):
            return True
        # Of an unknown word the dictionary only guesses: «УК Хозяюшник», «по Гончарова».
        return not is_known(self.tokens[i].lower) and (self.has_capital(i) or "VERB" not in self.grammemes(i))

    @cached_property
    def speaks_of_lessons(self) -> bool:
        """Whether a school in this text teaches or only tells where something is."""
        return _LESSONS.search(self.source) is not None

    def _abbreviates(self, i: int) -> bool:
        """Whether the full stop at token ``i`` ends «им.» or an initial, and no sentence."""
        return self.low[i] == "." and (len(self.low[i - 1]) == 1 or self.low[i - 1] in ("им", "г", "св"))

    def quoted(self, i: int) -> int:
        """The end of the quoted name that opens at token ``i``, or ``i``."""
        if not 0 <= i < self.size or self.low[i] not in QUOTES:
            return i
        if self.low[i] == QUOTES[self.low[i]] and self.joined(i) and not self.joined(i + 1):
            return i  # the quote closes
        for stop in range(i + 2, min(i + _QUOTED, self.size)):
            if self.low[stop] in _CLOSING:
                return stop + 1
            if self.low[stop] in ".!?" and not self.joined(stop + 1) and not self._abbreviates(stop):
                return i
        return i
