"""One formal sentence of what the message is about, without names and contacts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mcu_nlp.fields.summary_words import ask, is_vague, plain, tidy
from mcu_nlp.records import Card, Span
from mcu_nlp.text.document import Document
from mcu_nlp.text.morph import grammemes, lemma

LONGEST = 160
# What people write by themselves; a problem longer than this is cut at a comma before the request is added.
_USUAL = 70
_LONGEST_STATEMENT = 115
# A shorter sentence states nothing.
_SHORTEST = 12
# A shorter request («просьба убрать») does not tell what is wrong.
_TELLING = 32
# A shorter rest of a request says nothing.
_LEAST_REQUEST = 18
# What counts for and against a sentence as the statement of the problem; chosen on the structure labels and the corpus.
_WORD_WORTH, _PLACE_WORTH, _SHARED_NOUN_WORTH = 0.5, 1.2, 0.25
_LATER_COST, _ASIDE_COST, _LONG_COST = 0.5, 0.8, 1.0
# A message with a request states its problem at least so well, or the request alone tells it.
_ENOUGH = 0.5
# Further than this nobody reads for a summary.
_SENTENCES = 20
_LONGEST_READ = 1_000
_PROBLEM = re.compile(
    r"(?:\bне\b|\bнет(?:у)?\b|отсутств|невозможно|ям[ыау]\b|выбоин|провал|слома|разбит|разруш|авари|мусор|свалк"
    r"|теч[её]т|прорыв|затоп|залива|гряз|упа[вл]|опасн|проблем|холодн|плох|ужасн|гор[ия]т|лёд|лед\b|гололед|гололёд"
    r"|снег|трав|отказ|треснут|повал|заросл|захламл|торч|сгни|неисправ|наруш|парку|лужа|воня|запах|собак|бурьян)",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\b(?:я|мне|меня|мы|нас|нам|мой|моя|моего|моей|наш\w{0,2}|почему|сколько|спасибо|надеюсь|обраща\w+|ответ\w*"
    r"|сказал\w*|говор\w+|звони\w+|писал\w*|обеща\w+|стать\w+|закон\w*|уважени\w+|фото|прилага\w+|там|это|этого|этот|они|он|она|ведь)\b",
    re.IGNORECASE,
)
# razdel takes these for the end of a sentence.
_ABBREVIATION = re.compile(r"(?<![\w])(?:ост|ул|г|д|пос|пл|пр|корп|мкр|им|обл|р-н|пер|ст|с|кв|т|п)\.\Z", re.IGNORECASE)
_WORD = re.compile(r"[А-Яа-яЁё]{4,}")
# The flat is nobody's business.
_FLAT = re.compile(r"[\s,]{0,3}\b(?:кв|квартир[аыуе])\b\.? ?№? ?\d{1,4}[а-я]?\b", re.IGNORECASE)
_PAUSE = re.compile(r"[,;.] ")
# What a cut leaves hanging at the end.
_HANGING = re.compile(
    r"(?:[\s,]+(?:на|от|до|по|в|во|и|а|с|со|из|за|к|у|для|не|о|об|что|как|при|или|улицы?|ул\.|д\.)){1,3}\Z"
)


def summarize(document: Document, card: Card, topic_title: str | None = None) -> str | None:
    """At most 160 characters: the problem, where it is, and what is asked.

    The names and contacts of the card are left out.

    >>> from mcu_nlp.records import Person
    >>> document = Document.of("Добрый день! Меня зовут Зоя Лунина, на ул. Мира нет света.")
    >>> summarize(document, Card(persons=(Person(24, 34, "Зоя Лунина"),)))
    'На ул. Мира нет света'
    """
    request = card.request
    private = tuple(hidden.text for hidden in (*card.persons, *card.contacts))
    asked = ask(_without(document, _whole(document, request), private)) if request else None
    vague = asked is None or is_vague(asked) or len(asked) < _TELLING
    main = _main_sentence(document, card, alone=not vague)
    problem = plain(_without(document, main, private)) if main else ""
    if main and request and main.start <= request.start < main.end:
        # The request's own sentence: what stands before the request is the problem.
        before = plain(_without(document, document.span(main.start, request.start), private))
        problem = before if asked and _states(before) else "" if asked else problem
    pieces = [_statement(problem, _USUAL if asked and not is_vague(asked) else LONGEST)] if problem else []
    if asked and (not pieces or not is_vague(asked)):
        room = LONGEST - sum(map(len, pieces)) - 2
        short = _shortened(asked, room)
        if short and (not pieces or len(short) > _LEAST_REQUEST):
            pieces.append(short)
    if not pieces:
        pieces = [topic_title] if topic_title else []
    if not pieces:
        return None
    where = next((place.text for place in card.places if place.street or place.settlement or place.landmark), None)
    if where and not _names(pieces, where) and sum(map(len, pieces)) + len(where) + 4 <= LONGEST:
        pieces.insert(1, where)
    return tidy(_shortened(_FLAT.sub("", ", ".join(pieces)), LONGEST) or "") or None


def _main_sentence(document: Document, card: Card, *, alone: bool) -> Span | None:
    """The sentence that states the problem best.

    Where the request may stand ``alone`` and no sentence states a problem well enough, the
    request's sentence; without either, the longest one.
    """
    joined = _joined(document)[:_SENTENCES]
    sentences = [span for span in joined if len(plain(span.text)) >= _SHORTEST] or joined
    request = card.request
    heavy = _nouns(request.text) if request else set()
    best: tuple[float, Span] | None = None
    for number, sentence in enumerate(sentences):
        stated = _PROBLEM.search(sentence.text) is not None
        asked = request is not None and sentence.start <= request.start < sentence.end
        if sentence.text.endswith("?") or (not stated and (alone or asked or request is None)):
            continue
        weight = _WORD_WORTH * min(len(_PROBLEM.findall(sentence.text)), 2) - _LATER_COST * number
        weight += _PLACE_WORTH * any(sentence.start <= place.start < sentence.end for place in card.places)
        weight += _SHARED_NOUN_WORTH * min(len(heavy & _nouns(sentence.text)), 2)
        weight -= _ASIDE_COST * min(len(_ASIDE.findall(sentence.text)), 3)
        weight -= _LONG_COST * (len(sentence.text) > LONGEST)
        if best is None or weight > best[0]:
            best = (weight, sentence)
    if best is not None and (best[0] > _ENOUGH or request is None or not alone):
        return best[1]
    if request is not None:
        return next((s for s in sentences if s.start <= request.start < s.end), request)
    return max(sentences, key=lambda span: len(span.text), default=None)


def _joined(document: Document) -> list[Span]:
    """Sentences, an abbreviation's dot no end of one."""
    joined: list[Span] = []
    for sentence in document.sentences:
        if joined and _ABBREVIATION.search(joined[-1].text[-12:]):
            joined[-1] = document.span(joined[-1].start, sentence.end)
        else:
            joined.append(sentence)
    return [document.span(span.start, min(span.end, span.start + _LONGEST_READ)) for span in joined]


def _whole(document: Document, request: Span) -> Span:
    """The request, carried on where it stops at the dot of an abbreviation."""
    if not _ABBREVIATION.search(request.text[-12:]):
        return document.span(request.start, min(request.end, request.start + _LONGEST_READ))
    end = next((s.end for s in _joined(document) if s.start <= request.start < s.end), request.end)
    return document.span(request.start, min(max(end, request.end), request.start + _LONGEST_READ))


def _states(text: str) -> bool:
    return len(text) > 12 and _PROBLEM.search(text) is not None


def _nouns(text: str) -> set[str]:
    return {lemma(word.lower()) for word in _WORD.findall(text) if "NOUN" in grammemes(word.lower())}


def _names(pieces: Sequence[str], where: str) -> bool:
    """Whether the place stands there already, if only with another ending or type word."""
    words = {word.lower()[:5] for word in re.findall(r"\w{4,}", where)} or {where.lower()}
    said = {word.lower()[:5] for piece in pieces for word in re.findall(r"\w{4,}", piece)}
    return any(where.lower() in piece.lower() for piece in pieces) or len(words & said) * 2 >= len(words)


def _without(document: Document, span: Span, private: Sequence[str]) -> str:
    """The text of a span without any mention of the private names and contacts: the card holds each but once."""
    pieces, at = [], span.start
    for start, end in sorted(hit for name in private for hit in _mentions(document.text, span, name)):
        if start >= at:
            pieces.append(document.text[at:start])
            at = end
    pieces.append(document.text[at : span.end] if at < span.end else "")
    return re.sub(r"\s+([,.!?])", r"\1", re.sub(r"\s+", " ", "".join(pieces))).strip()


def _mentions(text: str, span: Span, name: str) -> Iterator[tuple[int, int]]:
    """Where a name begins inside a span, as a whole word; it may end behind the span."""
    behind = span.end + len(name)
    if name in text[span.start : behind]:
        for hit in re.compile(rf"(?<!\w){re.escape(name)}(?!\w)").finditer(text, span.start, behind + 1):
            if hit.start() < span.end:
                yield hit.span()


def _statement(problem: str, longest: int) -> str:
    """The problem, rather a little longer than cut inside a phrase or before it says what is wrong."""
    short = _shortened(problem, longest)
    says_less = _PROBLEM.search(problem) is not None and _PROBLEM.search(short) is None
    return _shortened(problem, max(longest, _LONGEST_STATEMENT)) if short.endswith("…") or says_less else short


def _ends(text: str, pause: re.Match[str]) -> bool:
    """Whether a mark ends a phrase and not an abbreviation: «в г. Ольховске»."""
    return pause[0] != ". " or not _ABBREVIATION.search(text[max(0, pause.start() - 12) : pause.start() + 1])


def _shortened(text: str, longest: int) -> str:
    """At most ``longest`` characters, cut at a comma where one stands late enough, else at a word's end."""
    if len(text) <= longest:
        return text
    if longest < 2:
        return ""
    cut = text[: longest - 1]
    comma = max((mark.start() for mark in _PAUSE.finditer(cut) if _ends(cut, mark)), default=-1)
    if comma > longest * 0.45:
        return cut[:comma].rstrip(" ,;:—-(«")
    return _HANGING.sub("", cut[: cut.rfind(" ")]).rstrip(" ,;:—-(«") + "…" if " " in cut else ""
