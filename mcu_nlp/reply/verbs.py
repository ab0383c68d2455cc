"""Which verbs of a reply tell of something done or to be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mcu_nlp.records import Span
from mcu_nlp.reply.lexicon import ReplyLexicon
from mcu_nlp.text.document import Document, Token
from mcu_nlp.text.morph import read_form

# No clause is longer.
_CLAUSE = 30
_NEGATIONS = ("не", "ни")
_WILL = ("будет", "будут", "будем")
_CONDITION = ("если", "чтобы", "когда", "пока", "который", "которая", "которое", "которые")


@dataclass(frozen=True, slots=True)
class Deed:
    """A verb that tells of a deed.

    ``lasting`` when it goes on («чистит») or only arrives («приедет»): then a date makes it concrete.
    """

    span: Span
    lasting: bool
    past: bool


def deeds(document: Document, tokens: Sequence[Token], lexicon: ReplyLexicon, *, every: bool = False) -> Iterator[Deed]:
    """The deeds of one sentence; with ``every`` also verbs that only speak («сообщаем»).

    >>> from mcu_nlp.reply.lexicon import shipped_lexicon
    >>> document = Document.of("Сообщаем, что фонарь заменили и двор почистят.")
    >>> [deed.span.text for deed in deeds(document, document.words, shipped_lexicon())]
    ['заменили', 'почистят']
    """
    for place, token in enumerate(tokens):
        if len(token.text) == 1:  # «Е. А. Ким»: «е» is not «есть»
            continue
        form = read_form(token.lower)
        marks = form.grammemes
        finite = {"VERB", "indc"} <= marks or "PRTS" in marks
        if "futr" in marks and form.lemma == "быть":
            yield from _will(document, tokens, place, lexicon)
        if not finite or "2per" in marks or ("PRTS" in marks and "pssv" not in marks):
            continue
        if not every and (
            _only_speaks(form.lemma, marks, lexicon)
            or _negated(tokens, place)
            or _may_be(tokens, place)
            or _conditional(document, tokens, place)
        ):
            continue
        yield Deed(
            document.span(token.start, token.end),
            not marks.isdisjoint(("impf", "intr")) or form.lemma in lexicon.arriving,
            _is_past(marks, tokens, place),
        )


def _will(document: Document, tokens: Sequence[Token], place: int, lexicon: ReplyLexicon) -> Iterator[Deed]:
    """«автобус будет останавливаться»: a deed that goes on."""
    if _negated(tokens, place):
        return
    for token in tokens[place + 1 : place + 3]:
        read = read_form(token.lower)
        if "INFN" in read.grammemes and read.lemma not in lexicon.talk:
            yield Deed(document.span(token.start, token.end), True, False)


def _only_speaks(lemma: str, marks: frozenset[str], lexicon: ReplyLexicon) -> bool:
    if lemma not in lexicon.talk:
        return False
    # «провели обследование», «поставит насос» act; «меры приняты» speaks.
    return lemma not in lexicon.finished or "PRTS" in marks


def _negated(tokens: Sequence[Token], place: int) -> bool:
    return place > 0 and tokens[place - 1].lower in _NEGATIONS


def _is_past(marks: frozenset[str], tokens: Sequence[Token], place: int) -> bool:
    """«построен» is past, «будет построен» is not."""
    return "past" in marks and (place == 0 or tokens[place - 1].lower not in _WILL)


def _may_be(tokens: Sequence[Token], place: int) -> bool:
    """«не может быть осуществлён», «могут быть обжалованы»: possible, not done."""
    return place > 1 and tokens[place - 1].lower == "быть" and read_form(tokens[place - 2].lower).lemma == "мочь"


def _conditional(document: Document, tokens: Sequence[Token], place: int) -> bool:
    """Whether the verb stands in a clause that begins with «если», «который» and the like."""
    at = place
    while (
        at > place - _CLAUSE
        and at > 0
        and not set(document.text[tokens[at - 1].end : tokens[at].start]) & set(",;:()—")
    ):
        at -= 1
    return any(token.lower in _CONDITION for token in tokens[at:place])
