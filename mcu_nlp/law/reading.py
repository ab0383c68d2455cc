"""What the rules of the law look at: the document, its card, and the lexicon's finds in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from functools import cached_property

from mcu_nlp.law.lexicon import Find, LawLexicon
from mcu_nlp.records import Card, Flag, Organization, Person, Span
from mcu_nlp.text.document import Document, Token
from mcu_nlp.text.morph import grammemes

# A signature stands in the last so many characters and is no longer than so many words.
_TAIL = 60
_LINE = 200
_SIGNATURE = 12
# Names are looked up by so many letters.
INDEXED = 2
_SENTENCE_END = re.compile(r"(?<![\s.][А-ЯЁ])[.!?…)]+\s")
_ACTS = frozenset({"VERB", "INFN", "GRND"})


class Reading:
    """One appeal as the rules of the law see it."""

    def __init__(self, document: Document, card: Card, lexicon: LawLexicon, channel: str | None = None) -> None:
        self.document, self.card, self.lexicon, self.channel = document, card, lexicon, channel
        self.text = document.text
        self._firsts: dict[tuple[str, str], frozenset[int]] = {}

    @property
    def words(self) -> tuple[Token, ...]:
        """The words of the document; finds count in them."""
        return self.document.words

    @cached_property
    def _finds(self) -> dict[tuple[str, str], list[Find]]:
        """Finds inside one sentence by role and name: a phrase never spans two sentences."""
        found: dict[tuple[str, str], list[Find]] = defaultdict(list)
        for find in self.lexicon.find(self.words):
            if self.sentence(find.first) == self.sentence(find.stop - 1):
                found[find.role, find.name].append(find)
        return found

    def finds(self, role: str, name: str) -> list[Find]:
        """The finds of one role and name, by place."""
        return self._finds.get((role, name), [])

    def firsts(self, role: str, name: str) -> frozenset[int]:
        """The words at which finds of one role and name begin."""
        key = role, name
        if key not in self._firsts:
            self._firsts[key] = frozenset(find.first for find in self.finds(role, name))
        return self._firsts[key]

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.start for sentence in self.document.sentences]

    @cached_property
    def _sentences(self) -> list[int]:
        return [bisect_right(self._starts, token.start) - 1 for token in self.words]

    def sentence(self, word: int) -> int:
        """The number of the sentence that holds a word."""
        return self._sentences[word]

    def words_in(self, start: int, end: int) -> range:
        """The numbers of the words that begin from ``start`` to before ``end``."""
        return range(self.word_at(start), self.word_at(end))

    def sentence_span(self, word: int) -> Span:
        """The sentence that holds a word."""
        return self.document.sentences[self._sentences[word]]

    def span(self, first: int, stop: int) -> Span:
        """The text of words ``first`` to ``stop - 1``."""
        return self.document.span(self.words[first].start, self.words[stop - 1].end)

    def word_at(self, place: int) -> int:
        """The first word that begins at or after a character."""
        return bisect_right(self._word_starts, place - 1)

    @cached_property
    def _word_starts(self) -> list[int]:
        return [token.start for token in self.words]

    @cached_property
    def named(self) -> dict[str, list[Organization | Person]]:
        """Organisations and people but the author by their first letters, the longest first."""
        found: dict[str, list[Organization | Person]] = defaultdict(list)
        others = [person for person in self.card.persons if person.role != "author"]
        named: list[Organization | Person] = [*self.card.organizations, *others]
        for span in sorted(named, key=lambda span: -len(span.text)):
            found[span.text[:INDEXED].lower()].append(span)
        return found

    @cached_property
    def authors(self) -> tuple[Person, ...]:
        """The people who may have written: those not told to be somebody else, and whoever signs."""
        return tuple(p for p in self.card.persons if p.role in (None, "author") or self._signs(p))

    def is_author(self, person: Person) -> bool:
        """Whether the text tells that the person wrote it."""
        return person.role == "author" or self._signs(person)

    def _signs(self, person: Person) -> bool:
        """«Председатель совета Лихачёв Ф. П.» at the very end, with no verb beside."""
        if len(self.text) - person.end > _TAIL:
            return False
        ends = _SENTENCE_END.finditer(self.text, max(0, person.start - _LINE), person.start)
        begin = max((hit.end() for hit in ends), default=0)
        tail = self.words[self.word_at(begin) :]
        acts = any(grammemes(token.lower) & _ACTS for token in tail[:_SIGNATURE] if not token.is_capitalized)
        return begin > 0 and len(tail) <= _SIGNATURE and not acts

    def by_words(self, flag: str) -> list[Span]:
        """What the lexicon alone says of a flag; finds that a cancelling phrase overlaps do not count."""
        spans: list[Span] = []
        for rule, of in self.lexicon.flag_of.items():
            if of != flag:
                continue
            against = self.finds("unless", rule)
            spans += [
                self.span(find.first, find.stop)
                for find in self.finds("any", rule)
                if not any(find.first < other.stop and other.first < find.stop for other in against)
            ]
        return outermost(spans)


def outermost(spans: list[Span]) -> list[Span]:
    """Spans in order without those that touch an earlier or longer one."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def flagged(id: str, spans: list[Span]) -> list[Flag]:
    """One flag with all its spans, or none."""
    return [Flag(id, tuple(spans))] if spans else []
