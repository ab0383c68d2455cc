"""Which sentences of a reply say something, and which questions they answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mcu_nlp.fields.cover import Cover
from mcu_nlp.records import Span
from mcu_nlp.reply.likeness import likeness
from mcu_nlp.reply.reading import Reading, Sentence
from mcu_nlp.reply.records import AskedQuestion
from mcu_nlp.reply.spans import inside
from mcu_nlp.text.document import Document

# Set on the development pairs of corpus/replies.
_SAYS_THE_SAME = 0.3
_ANSWERS_TOO = 0.45
_EXPLAINS = 0.3
# What a sentence has to tell for a question word.
_TELLS = {"почему": ("cause",), "отчего": ("cause",), "зачем": ("cause",), "сколько": ("price",)}
# A reply of more sentences than that was not written to be read.
_MOST = 200


@dataclass(frozen=True, slots=True)
class Substance:
    """A sentence's worth: 2 tells of a deed or a step, 1 only promises to look or explains."""

    sentence: Sentence
    worth: int
    spans: tuple[Span, ...]


def substance(reading: Reading) -> tuple[Substance, ...]:
    """The sentences that promise, report, refuse or explain, in order."""
    found = []
    for sentence in reading.body:
        worth, spans = _worth(reading, sentence)
        if worth:
            found.append(Substance(sentence, worth, spans))
    return tuple(found)


def _worth(reading: Reading, sentence: Sentence) -> tuple[int, tuple[Span, ...]]:
    if sentence.is_template or sentence.is_polite or sentence.has("sent_away"):
        return 0, ()
    found = inside(reading.hits, sentence.span)
    refusals = tuple(hit.span for hit in found if hit.group == "refusal")
    steps = tuple(hit.span for hit in found if hit.group in ("next_step", "action"))
    if steps:
        return 2, steps
    vague = Cover([hit.span for hit in found if hit.group == "vague"])
    concrete = [deed for deed in sentence.deeds if not deed.lasting or sentence.dated]
    firm = tuple(deed.span for deed in concrete if not vague.touches(deed.span.start, deed.span.end))
    # «признано нецелесообразным»: what a refusal was preceded by is no deed.
    if refusals and all(deed.past for deed in concrete):
        return 1, refusals
    if firm and not is_contact_line(reading, sentence):
        return 2, firm
    if refusals:
        return 1, refusals
    if concrete or sentence.has("vague"):
        return (
            (0, ())
            if is_contact_line(reading, sentence)
            else (1, tuple(deed.span for deed in concrete) or (sentence.span,))
        )
    return 0, ()


def is_contact_line(reading: Reading, sentence: Sentence) -> bool:
    """Whether a sentence only tells whom to call: «Вопросы примет инженер Рябов: 8 (945) …»."""
    reached = inside(reading.reached, sentence.span)
    return (len(reached) > 0 or sentence.has("office")) and not sentence.dated and len(sentence.deeds) <= 1


def answer_questions(reading: Reading, questions: Sequence[Span], appeal: Document) -> tuple[AskedQuestion, ...]:
    """For each question the sentence that answers it: the likest first, then what is left, in order."""
    said = substance(reading)
    worthy = {one.sentence.span: one.worth for one in said}
    pool = [sentence for sentence in reading.body if sentence.span in worthy or may_explain(reading, sentence)][:_MOST]
    near = [[_near(reading, appeal, question, sentence) for sentence in pool] for question in questions]
    chosen: dict[int, int] = {}
    used: set[int] = set()
    ranked = sorted(((value, -q, -s) for q, row in enumerate(near) for s, value in enumerate(row)), reverse=True)
    for value, q, s in ((value, -q, -s) for value, q, s in ranked):
        least = _SAYS_THE_SAME if pool[s].span in worthy else _EXPLAINS
        if q not in chosen and value >= (_ANSWERS_TOO if s in used else least):
            chosen[q] = s
            used.add(s)
    for q in range(len(questions)):
        if q not in chosen:
            left = [
                s
                for s, sentence in enumerate(pool)
                if s not in used and _may_stand(worthy.get(sentence.span, 0), sentence)
            ]
            if left:
                chosen[q] = max(left, key=lambda s: (near[q][s], worthy[pool[s].span], -s))
                used.add(chosen[q])
    return tuple(
        AskedQuestion(
            question, pool[chosen[q]].span if q in chosen else None, near[q][chosen[q]] if q in chosen else 0.0
        )
        for q, question in enumerate(questions)
    )


def _may_stand(worth: int, sentence: Sentence) -> bool:
    """Whether a sentence answers a question that it shares no words with: «замените» — «Горит с пятницы»."""
    return worth > 1 or (worth == 1 and sentence.has("refusal"))


def may_explain(reading: Reading, sentence: Sentence) -> bool:
    """Whether a sentence may say something of the matter: no template, greeting, receipt or contact."""
    empty = sentence.is_template or sentence.has("sent_away", "forward", "greeting", "thanks")
    empty = empty or (sentence.has("receipt") and not sentence.has("cause"))
    return not (empty or is_contact_line(reading, sentence))


def _near(reading: Reading, appeal: Document, question: Span, sentence: Sentence) -> float:
    """Likeness, and more of it where the sentence tells what the question word asks: «почему» — a cause."""
    words = inside(appeal.words, question)
    near = likeness(words, inside(reading.document.words, sentence.span))
    told = any(sentence.has(group) for word in words for group in _TELLS.get(word.lower, ()))
    return min(1.0, near + _EXPLAINS) if told else near
