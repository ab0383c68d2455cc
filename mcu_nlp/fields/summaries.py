"""One formal sentence of what the message is about, without names and contacts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mcu_nlp.records import Card, Span
from mcu_nlp.text.document import Document

LONGEST = 160
# Further than this nobody reads for a summary.
_READ = 4_000
_GREETING = re.compile(
    r"\A(?:(?:здравствуйте|здраствуйте|добрый (?:день|вечер)|доброе утро|доброго (?:времени"
    r" суток|дня)|приветствую|уважаем\w{2,3}(?: [\w.]{1,20}){0,4}[!,.])[\s!.,)]*)+",
    re.IGNORECASE,
)
# What is left of «Меня зовут …,» and «Заявитель … сообщает, что» without the name.
_INTRODUCTION = re.compile(r"\A(?:меня зовут|я|заявитель\w{0,4}(?: сообщает, что)?),? (?=[а-яё]{1,14} )", re.IGNORECASE)
_PROBLEM = re.compile(
    r"(?:\bне\b|\bнет\b|отсутств|невозможно|ям[ыау]\b|выбоин|провал|сломан|разбит|разруш|авари|мусор|свалк|теч[её]т"
    r"|прорыв|затоп|гряз|упал|опасн|проблем|холодн|плох|ужасн|гор[ия]т|лёд|лед\b|гололед|снег|трав|отказ)",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\A(?:убедительная |большая |очень )?(?:прошу|просим|просьба|просит|требую|требуем)(?:"
    r" (?:вас|вам|принять меры и))?(?: пожалуйста)?[\s,:]*",
    re.IGNORECASE,
)


def summarize(document: Document, card: Card, topic_title: str | None = None) -> str | None:
    """At most 160 characters: the problem, where it is, and what is asked.

    The names and contacts of the card are left out.

    >>> from mcu_nlp.records import Person
    >>> document = Document.of("Добрый день! Меня зовут Зоя Лунина, на ул. Мира нет света.")
    >>> summarize(document, Card(persons=(Person(24, 34, "Зоя Лунина"),)))
    'На ул. Мира нет света'
    """
    private, request = _private(document, card), card.request
    main = _main_sentence(document, request)
    pieces = [_formal(_without(document, main, private))] if main else []
    if not pieces or not pieces[0]:
        pieces = [topic_title] if topic_title else []
    if not pieces:
        return None
    where = next((place.text for place in card.places if place.street or place.settlement or place.landmark), None)
    if where and where.lower() not in pieces[0].lower() and len(pieces[0]) + len(where) + 2 <= LONGEST:
        pieces.append(where)
    if request and main and not (main.start <= request.start < main.end):
        wish = _ASKING.sub("", _without(document, request, private)).strip(" .!?")
        asked = f"просьба {wish[:1].lower()}{wish[1:]}"
        if wish and sum(map(len, pieces)) + len(asked) + 4 <= LONGEST:
            pieces.append(asked)
    return _cut(", ".join(pieces))


def _private(document: Document, card: Card) -> list[Span]:
    """Every mention of the names and contacts: the card holds each but once."""
    found: list[Span] = []
    for hidden in (*card.persons, *card.contacts):
        for hit in re.finditer(rf"(?<!\w){re.escape(hidden.text)}(?!\w)", document.text[:_READ]):
            found.append(Span.of(document.text, hit.start(), hit.end()))
    return found


def _main_sentence(document: Document, request: Span | None) -> Span | None:
    """The first sentence that states a problem; else the request; else the longest one."""
    sentences = [span for span in document.sentences if len(_formal(span.text)) >= 12]
    for sentence in sentences[:12]:
        if _PROBLEM.search(sentence.text) and not sentence.text.endswith("?"):
            return sentence
    return request or max(sentences, key=lambda span: len(span.text), default=None)


def _without(document: Document, span: Span, private: Sequence[Span]) -> str:
    """The text of a span without the private spans inside it."""
    pieces, at = [], span.start
    for hidden in sorted(private, key=lambda hidden: hidden.start):
        if at <= hidden.start < span.end:
            pieces.append(document.text[at : hidden.start])
            at = hidden.end
    pieces.append(document.text[at : span.end] if at < span.end else "")
    return re.sub(r"\s+([,.!?])", r"\1", re.sub(r"\s+", " ", "".join(pieces))).strip()


def _formal(text: str) -> str:
    plain = _INTRODUCTION.sub("", _GREETING.sub("", text)).strip(" .!?,…")
    plain = re.sub(r"([!?.])[!?.]+", r"\1", plain)
    return plain[:1].upper() + plain[1:]


def _cut(text: str) -> str | None:
    """Shorten to the limit at a word's end."""
    if len(text) <= LONGEST:
        return text or None
    cut = text[: LONGEST - 1]
    comma = cut.rfind(",")
    return (cut[:comma] if comma > LONGEST * 0.6 else cut[: cut.rfind(" ")]).rstrip(" ,;:—-(«") + (
        "" if comma > LONGEST * 0.6 else "…"
    )
