"""An official reply as the rules see it: its sentences, what each holds, who and when is named."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from mcu_nlp.fields.contacts import find_contacts
from mcu_nlp.fields.cover import Cover
from mcu_nlp.fields.dates import find_dates
from mcu_nlp.fields.durations import find_durations
from mcu_nlp.fields.organizations import find_organizations
from mcu_nlp.fields.persons import find_persons
from mcu_nlp.fields.places import find_places
from mcu_nlp.privacy.phones import loose_phones
from mcu_nlp.records import Contact, Organization, Person, Span
from mcu_nlp.reply.lexicon import Hit, ReplyLexicon
from mcu_nlp.reply.spans import inside
from mcu_nlp.reply.verbs import Deed, deeds
from mcu_nlp.text.document import Document, Token
from mcu_nlp.text.morph import grammemes

# «от 03.03.2025 № 114», «05.05.2025 № 349», «№ 145 от 17.03.2025»
_DAY = r"(?:\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2} [а-я]{3,8} \d{4}(?: г(?:ода|\.)?)?)"
_NUMBER = r"№ ?[\w/.-]*\w"
REQUISITES = re.compile(rf"{_DAY},? {_NUMBER}|{_NUMBER},? от {_DAY}")
# «С. В. Пронин», «Пронин С. В.»
_SURNAME = r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?"
_INITIALS = re.compile(rf"[А-ЯЁ]\. ?[А-ЯЁ]\. ?{_SURNAME}|{_SURNAME} [А-ЯЁ]\. ?[А-ЯЁ]\.")
_LAW_BEFORE = 60
_POLITE = 60
_LONGEST_SIGNATURE = 14
_MOST_SIGNED = 8
# Opening hours: «с 9:00 до 12:00» tells when they see people, not when something is done.
_OPENED = re.compile(r"(?:с )?\d{1,2}[:.]\d\d(?: до |[–—-])\d{1,2}[:.]\d\d")
_ROOM = re.compile(r"(?<!\w)(?:каб\.|кабинет\w{0,2}|офис\w{0,2}|окн[оае]) ?(?:№ ?)?\d{1,4}(?!\w)", re.IGNORECASE)
_NEAR_DAY = re.compile(
    r"(?<!\w)(?:сегодня|завтра|послезавтра|вчера|к вечеру|до вечера|в выходные|на днях|весной|летом|осенью|зимой"
    r"|до \d{1,2}(?:-го)? числа)(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a reply with what was found in it."""

    span: Span
    groups: frozenset[str]
    deeds: tuple[Deed, ...]
    dated: tuple[Span, ...]
    signed: bool

    def has(self, *groups: str) -> bool:
        """Whether a rule of one of these groups fired in the sentence."""
        return not self.groups.isdisjoint(groups)

    @property
    def is_template(self) -> bool:
        """Whether it only fills the page: «нет возможности» without a reason, «ведутся работы» without a day."""
        if self.has("condition") or (self.has("no_means") and not self.has("because")):
            return True
        promised = bool(self.dated) and any(not deed.past and not deed.lasting for deed in self.deeds)
        return self.has("template") and not promised

    @property
    def is_polite(self) -> bool:
        """Whether the sentence only greets, thanks or regrets."""
        return self.has("greeting", "thanks") and not self.dated and len(self.span.text) < _POLITE


class Reading:
    """Everything that several rules ask of a reply, found once."""

    def __init__(self, document: Document, lexicon: ReplyLexicon) -> None:
        self.document, self.lexicon = document, lexicon
        self.text = document.text
        self.hits: list[Hit] = lexicon.hits(document)

    @cached_property
    def contacts(self) -> tuple[Contact, ...]:
        """Phones, e-mails and links."""
        return find_contacts(self.document)

    @cached_property
    def reached(self) -> tuple[Span, ...]:
        """Contacts, numbers that are phones by their look, and rooms."""
        spans = [Span(c.start, c.end, c.text) for c in self.contacts]
        known = Cover(spans)
        for start, end, _ in loose_phones(self.text):
            if not known.touches(start, end):
                spans.append(Span.of(self.text, start, end))
        spans += [Span.of(self.text, *hit.span()) for hit in _ROOM.finditer(self.text)]
        return tuple(sorted(spans, key=lambda span: span.start))

    @cached_property
    def organizations(self) -> tuple[Organization, ...]:
        """Organisations named."""
        return find_organizations(self.document, self.contacts)

    @cached_property
    def persons(self) -> tuple[Person, ...]:
        """People named."""
        places = find_places(self.document, (*self.contacts, *self._calendar, *self.organizations))
        firms = self.organizations
        return find_persons(self.document, (*self.contacts, *firms, *places))

    @cached_property
    def requisites(self) -> tuple[Span, ...]:
        """Date and number of the reply or the appeal; those of laws and orders don't count."""
        found = []
        for hit in REQUISITES.finditer(self.text):
            begin = max(self.sentence_at(hit.start()).start, hit.start() - _LAW_BEFORE)
            before = inside(self.hits, Span.of(self.text, begin, hit.start()))
            told = [find.group for find in before if find.group in ("law", "receipt")]
            if not told or told[-1] == "receipt":
                found.append(Span.of(self.text, *hit.span()))
        return tuple(found)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences in order, each with its finds."""
        found = []
        for span in self.document.sentences:
            tokens = inside(self.document.words, span)
            groups = frozenset(hit.group for hit in inside(self.hits, span))
            dated = inside(self._days, span)
            if "hours" in groups:
                dated = tuple(day for day in dated if _OPENED.fullmatch(day.text) is None)
            signed = span.start >= self.signature_start
            found.append(Sentence(span, groups, tuple(deeds(self.document, tokens, self.lexicon)), dated, signed))
        return tuple(found)

    @cached_property
    def body(self) -> tuple[Sentence, ...]:
        """The sentences without the signature."""
        return tuple(sentence for sentence in self.sentences if not sentence.signed)

    @cached_property
    def signature_start(self) -> int:
        """Where the signature begins, or the text's end: the last lines that name a post or hold only requisites."""
        start = len(self.text)
        for span in reversed(self.document.sentences[1:][-_MOST_SIGNED:]):
            words = inside(self.document.words, span)
            only_number = REQUISITES.match(span.text) is not None and len(span.text) < 40
            if not (only_number or self._is_signature(span, words)):
                break
            start = span.start
        return start

    @cached_property
    def signature(self) -> tuple[Span, ...]:
        """The signature's lines that name somebody."""
        spans = [s for s in self.document.sentences if s.start >= self.signature_start]
        return tuple(span for span in spans if self._names(span))

    def of(self, *groups: str) -> tuple[Span, ...]:
        """The finds of these groups by place."""
        return tuple(hit.span for hit in self.hits if hit.group in groups)

    def sentence_at(self, place: int) -> Span:
        """The sentence that holds a character."""
        sentences = self.document.sentences
        return sentences[max(0, bisect_right(sentences, place, key=lambda span: span.start) - 1)]

    def _is_signature(self, span: Span, words: tuple[Token, ...]) -> bool:
        groups = {hit.group for hit in inside(self.hits, span)}
        asks = any("impr" in grammemes(word.lower) for word in words)
        verb = any(True for _ in deeds(self.document, words, self.lexicon, every=True))
        if asks or verb or len(words) > _LONGEST_SIGNATURE or span.text[-1:] in "!?:":
            return False
        if "preparer" in groups:
            return True
        initials = _INITIALS.search(span.text) is not None
        reached = bool(inside(self.reached, span)) and not (initials and groups.isdisjoint(("office", "intake")))
        whole_sentence = span.text.endswith(".") and not initials
        return not reached and not whole_sentence and ("post" in groups or self._names(span))

    def _names(self, span: Span) -> bool:
        return _INITIALS.search(span.text) is not None or bool(inside(self.persons, span))

    @cached_property
    def _calendar(self) -> tuple[Span, ...]:
        return tuple(Span(day.start, day.end, day.text) for day in find_dates(self.document, self.contacts))

    @cached_property
    def _days(self) -> tuple[Span, ...]:
        """When something is done: dates, hours and terms, without those of papers and laws."""
        papers = Cover([Span.of(self.text, *hit.span()) for hit in REQUISITES.finditer(self.text)])
        dates = find_dates(self.document, self.contacts)
        durations = find_durations(self.document, dates)
        near = (Span.of(self.text, *hit.span()) for hit in _NEAR_DAY.finditer(self.text))
        spans = [Span(day.start, day.end, day.text) for day in (*dates, *durations, *near)]
        kept = (day for day in spans if not papers.touches(day.start, day.end))
        return tuple(sorted(kept, key=lambda day: day.start))
