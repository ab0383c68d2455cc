"""Earlier appeals: «Сообщение № 70418 от 03.04.2022», «неоднократно звонили в УК»."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from mcu_nlp.fields.clauses import clauses
from mcu_nlp.fields.lexicon import lexicon
from mcu_nlp.fields.prior_rules import WORD, is_prior, number_of
from mcu_nlp.records import Date, PriorAppeal, Span
from mcu_nlp.text.document import Document

_GOES_ON = re.compile(
    r"№|вх|исх|рег|номер|\d(?!\d?-\d\d)|в[о]? |к |на (?!эт|что|мо|наш)|и (?!тиш|толк|нич|ник|вс)"
    r"|затем|потом|последн|дважды|трижды|ещ[её] |(?:письм|обращени|заявлени|жалоб|звонк)[а-яё]{1,2} ",
    re.IGNORECASE,
)
_LONGEST_TAIL = 60
_LONGEST_ADDRESSEE = 4
# Clauses with no more than this between them follow each other.
_NEXT = 3
# As many characters hold an abbreviation at the end of a sentence.
_ABBREVIATION = 8
# So many places to cut a clause are tried, and none in an endless one: it must not be read over and over.
_CUTS = 8
_LONGEST_CLAUSE = 1000
# «(вх. 902)»: a stop after which the sentence goes on.
_CUT_SHORT = re.compile(r"(?<!\w)(?:вх|исх|рег|зарег|№)\.\Z", re.IGNORECASE)
# A new sentence without a stop before it: «комната 4 Обращались в УК».
_FRESH = re.compile(
    r"(?<=[а-яё\d».)]) (?=(?:Мы|Я|На|Обращ[а-яё]{3,9}|Заявк[аи]|Неоднократно|Ранее"
    r"|Писал[аи]?|Звонил[аи]?|Уже|Подавал[аи]?|Вызывал[аи]?) )"
)
# «Звонили в УК говорят ждите»: where people leave out the comma before the answer.
_ANSWERED = re.compile(
    r" (?:(?:мне |нам )?(?:сказали|ответили|ответил[аи]?|говорят|отвечают|обещали"
    r"|пообещали)|на что|но|толку|результата|реакции"
    r"|а воз|(?i:до сих пор|по сей день)|никто|никаких) "
)
_EMPTY_END = re.compile(r"(?: (?:о том|с тем|с целью|так|что|и|на|по|в|с))\Z")


def find_prior_appeals(document: Document, dates: Iterable[Date] = ()) -> tuple[PriorAppeal, ...]:
    """Mentions of earlier appeals, with number and date where given.

    >>> text = "Яма у дома. Сообщение № 318 закрыли. Мы дважды звонили в УК, но толку нет."
    >>> found = find_prior_appeals(Document.of(text))
    >>> [(p.text, p.number) for p in found]
    [('Сообщение № 318 закрыли', '318'), ('Мы дважды звонили в УК', None)]
    """
    known_dates = sorted(dates, key=lambda date: date.start)
    known = lexicon("request_words")
    found: list[PriorAppeal] = []
    for sentence in _sentences(document):
        words = {word.lower().replace("ё", "е") for word in WORD.findall(sentence.text)}
        if known["appealed"].keys().isdisjoint(words) and known["paper"].keys().isdisjoint(words):
            continue
        for clause in _prior_clauses(document.text, sentence):
            found.append(_appeal(_trimmed(document.text, clause), known_dates))
    return tuple(found)


def _sentences(document: Document) -> Iterator[Span]:
    """Sentences, those joined that were cut at an abbreviation: «(вх. 902)»."""
    text = document.text
    begun: tuple[int, int] | None = None
    for sentence in document.sentences:
        if begun and _CUT_SHORT.search(text[max(begun[0], begun[1] - _ABBREVIATION) : begun[1]]):
            begun = (begun[0], sentence.end)
            continue
        if begun:
            yield Span.of(text, *begun)
        begun = (sentence.start, sentence.end)
    if begun:
        yield Span.of(text, *begun)


def _prior_clauses(text: str, sentence: Span) -> Iterator[Span]:
    """Clauses that tell of an appeal, each with the ones that only go on with it: «Писал 14 мая, № 81»."""
    begun: tuple[int, int] | None = None
    for clause in clauses(text, sentence.start, sentence.end):
        # What stands between, its end only where that is long: an endless sentence is not copied over and over.
        between = text[max(begun[1], clause.start - _LONGEST_CLAUSE) : clause.start] if begun else ""
        if begun and clause.text.startswith(("«", "“")) and ":" in between:
            continue  # The words of an answer: «получен ответ: «обращение направлено…»».
        prior = is_prior(clause.text)
        if begun and len(between) <= _NEXT and "." not in between and (prior or _goes_on(clause.text)):
            begun = (begun[0], clause.end)
        elif prior:
            if begun:
                yield Span.of(text, *begun)
            begun = (clause.start, clause.end)
    if begun:
        yield Span.of(text, *begun)


def _goes_on(clause: str) -> bool:
    """Whether a clause only adds a number, a day, a paper or one more addressee: «в ЖКХ», «администрацию»."""
    if len(clause) > _LONGEST_TAIL:
        return False
    first = WORD.match(clause)
    named = first is not None and first[0].lower().replace("ё", "е") in lexicon("request_words")["addressee"]
    return (named and len(clause.split()) <= _LONGEST_ADDRESSEE) or _GOES_ON.match(clause) is not None


def _trimmed(text: str, clause: Span) -> Span:
    """The part of a clause that tells of the appeal, its bracket closed.

    >>> _trimmed("Звонили в УК говорят ждите", Span(0, 26, "Звонили в УК говорят ждите")).text
    'Звонили в УК'
    """
    start, end = clause.start, clause.end
    if end - start > _LONGEST_CLAUSE:
        return clause
    for cut in islice(_FRESH.finditer(clause.text), _CUTS):
        if is_prior(clause.text[cut.end() :]):
            start = clause.start + cut.end()
    for cut in islice(_ANSWERED.finditer(text, start, end), _CUTS):
        if is_prior(text[start : cut.start()]):
            end = cut.start()
            break
    empty = _EMPTY_END.search(text[start:end])
    if empty:
        end = start + empty.start()
    said = text[start:end]
    if said.count("(") > said.count(")"):
        end = end + 1 if text[end : end + 1] == ")" else start + said.rindex("(")
    while end > start and not (text[end - 1].isalnum() or text[end - 1] in "»”)"):
        end -= 1
    return Span.of(text, start, end)


def _appeal(clause: Span, dates: Sequence[Date]) -> PriorAppeal:
    at = bisect_left(dates, clause.start, key=lambda date: date.start)
    date = dates[at] if at < len(dates) and dates[at].end <= clause.end else None
    return PriorAppeal(
        clause.start,
        clause.end,
        clause.text,
        number_of(clause.text),
        (date.value or date.text) if date else None,
    )
