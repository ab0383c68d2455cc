"""The ten points of the rubric: one small rule each, in order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from mcu_nlp.fields.cover import Cover
from mcu_nlp.records import Span
from mcu_nlp.reply.lexicon import SCORES, ReplyLexicon
from mcu_nlp.reply.norms import exact_norms
from mcu_nlp.reply.reading import Reading, Sentence
from mcu_nlp.reply.records import AskedQuestion, Disclosed, Readability, ReplyPoint
from mcu_nlp.reply.spans import inside
from mcu_nlp.reply.substance import Substance
from mcu_nlp.text.morph import read_form

BAD, WEAK, GOOD = range(3)
# Set on the development pairs of corpus/replies.
# Shares of heaviness per word of a long sentence and per long word beside one of officialese (logistic fit).
_PER_SENTENCE_WORD, _PER_LONG_WORD = 0.013, 0.53
_HEAVY = (0.43, 0.51)
_GREETING_REACH = 80
_LONGEST_ASIDE = 120
_ASIDE = re.compile(
    r"(?:\A|[,;:(])\s*(?:[а-яё]{1,4} )?(?:котор[а-яё]{2,3}|если|чтобы|когда|где|пока)\b[^,;:]*\Z", re.IGNORECASE
)
_MOST_CALLED = 4
_NAME_AND_PATRONYMIC = 2
_NOT_NAMES = frozenset(("вы", "ваш", "ваша", "ваше", "всем", "в", "на", "по"))


@dataclass(frozen=True)
class Facts:
    """What the rules judge by."""

    reading: Reading
    said: tuple[Substance, ...]
    questions: tuple[AskedQuestion, ...]
    disclosed: tuple[Disclosed, ...]
    readability: Readability
    received: date | None
    answered: date | None
    deadline_days: int
    public: bool

    @property
    def answers(self) -> int:
        """How many questions were answered."""
        return sum(asked.answer is not None for asked in self.questions)

    @property
    def best(self) -> int:
        """The worth of the best sentence."""
        return max((one.worth for one in self.said), default=0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A score with its evidence; ``key`` names a wording other than the score's own."""

    score: int | None
    spans: tuple[Span, ...] = ()
    key: str | None = None
    details: Mapping[str, object] | None = None


Rule = Callable[[Facts], Verdict]


def on_time(facts: Facts) -> Verdict:
    """Answered within the deadline; late with a notice of extension is weak."""
    if facts.received is None or facts.answered is None:
        return Verdict(None, key="none")
    days = (facts.answered - facts.received).days
    details = {"days": days, "deadline": facts.deadline_days}
    notice = facts.reading.of("extension")
    if days <= facts.deadline_days:
        return Verdict(GOOD, details=details)
    in_time = notice and days <= 2 * facts.deadline_days
    return Verdict(WEAK if in_time else BAD, notice, details=details)


def answered(facts: Facts) -> Verdict:
    """Every question has its answer."""
    asked, got = len(facts.questions), facts.answers
    spans = tuple(dict.fromkeys(one.answer for one in facts.questions if one.answer is not None))
    score = GOOD if got == asked else WEAK if got else BAD
    return Verdict(score, spans, details={"asked": asked, "answered": got})


def action(facts: Facts) -> Verdict:
    """Something done, to be done, or a step that the author can take."""
    best = facts.best
    spans = tuple(span for one in facts.said if one.worth == best for span in one.spans)
    if best == BAD and any(one.answer for one in facts.questions):
        return Verdict(WEAK, tuple(one.answer for one in facts.questions if one.answer))
    return Verdict(best, spans if best else ())


def terms(facts: Facts) -> Verdict:
    """When, and by whom: a date beside a deed, and somebody who does it."""
    reading = facts.reading
    told = {one.sentence.span for one in facts.said} | {one.answer for one in facts.questions}
    looked = {one.sentence.span for one in facts.said if one.worth < facts.best}
    days = [day for one in reading.body if one.span in told for day in one.dated]
    doers = [
        hit
        for one in reading.body
        if not one.is_template and not one.has("sent_away", "forward") and one.span not in looked
        if not one.has("intake") or one.span in told
        for hit in _doers(reading, one)
    ]
    return Verdict((len(days) > 0) + (len(doers) > 0), (*days, *doers))


def norm(facts: Facts) -> Verdict:
    """A refusal names the norm it rests on."""
    reading = facts.reading
    refusals = tuple(span for span in reading.of("refusal") if not _is_aside(reading, span))
    if not refusals:
        return Verdict(None, key="none")
    exact = exact_norms(reading)
    if exact:
        return Verdict(GOOD, exact)
    vague = reading.of("vague_norm")
    return Verdict(WEAK, vague) if vague else Verdict(BAD, refusals)


def _is_aside(reading: Reading, refusal: Span) -> bool:
    """«площадка, на которой играть нельзя», «если приехать не сможете»: no refusal."""
    before = reading.text[reading.sentence_at(refusal.start).start : refusal.start]
    return _ASIDE.search(before[-_LONGEST_ASIDE:]) is not None


def not_forwarded(facts: Facts) -> Verdict:
    """Not merely passed on."""
    spans = facts.reading.of("forward")
    away = facts.reading.of("sent_away")
    if not spans and not away:
        return Verdict(GOOD)
    if facts.answers and facts.best == GOOD:
        return Verdict(GOOD)
    if spans and facts.answers:
        return Verdict(WEAK, spans)
    return Verdict(GOOD) if facts.answers else Verdict(BAD, (*spans, *away))


def plain(facts: Facts) -> Verdict:
    """Short sentences without officialese."""
    measured = facts.readability
    weight = (
        measured.officialese + _PER_SENTENCE_WORD * measured.long_sentence_words + _PER_LONG_WORD * measured.long_words
    )
    score = GOOD if weight < _HEAVY[0] else WEAK if weight < _HEAVY[1] else BAD
    details = {
        "words": round(measured.long_sentence_words),
        "long": round(100 * measured.long_words),
        "officialese": round(100 * measured.officialese),
    }
    return Verdict(score, facts.reading.of("officialese") if score < GOOD else (), details=details)


def courtesy(facts: Facts) -> Verdict:
    """The author is greeted by name."""
    reading = facts.reading
    greetings = reading.of("greeting")
    named = [*reading.of("by_name"), *_names_beside(reading, greetings)]
    opening = _opening_name(reading)
    if greetings and named:
        return Verdict(GOOD, tuple(named))
    if opening:
        return Verdict(GOOD, opening)
    polite = (*greetings, *reading.of("thanks"))
    return Verdict(WEAK, polite) if polite else Verdict(BAD)


def contacts(facts: Facts) -> Verdict:
    """Where to ask: a phone or an address beats the name of an office."""
    reading = facts.reading
    hidden = Cover(facts.disclosed)
    own = [c for c in reading.reached if not hidden.touches(c.start, c.end)]
    if own:
        return Verdict(GOOD, tuple(own))
    offices = reading.of("office")
    return Verdict(WEAK, offices) if offices else Verdict(BAD)


def form(facts: Facts) -> Verdict:
    """Date, number and signature; nobody's personal data."""
    if facts.disclosed:
        return Verdict(BAD, tuple(Span(p.start, p.end, p.text) for p in facts.disclosed), key="disclosed")
    if facts.public:
        return Verdict(GOOD, key="public")
    papers, signed = facts.reading.requisites, facts.reading.signature
    return Verdict((len(papers) > 0) + (len(signed) > 0), (*papers, *signed))


RULES: tuple[Rule, ...] = (
    on_time, answered, action, terms, norm, not_forwarded, plain, courtesy, contacts, form,
)  # fmt: skip


def score_points(facts: Facts, lexicon: ReplyLexicon) -> tuple[ReplyPoint, ...]:
    """Every rule's verdict, worded."""
    return tuple(_worded(rule.__name__, rule(facts), lexicon) for rule in RULES)


def _doers(reading: Reading, sentence: Sentence) -> list[Span]:
    """Who does it: a worker, a firm, or a person with a post."""
    found = [hit.span for hit in inside(reading.hits, sentence.span) if hit.group == "worker"]
    laws = {hit.end for hit in inside(reading.hits, sentence.span) if hit.group == "law"}
    found += [
        Span(o.start, o.end, o.text)
        for o in inside(reading.organizations, sentence.span)
        if sentence.deeds and o.start - 1 not in laws  # «постановлением Правительства»
    ]
    if sentence.has("post"):
        found += [Span(p.start, p.end, p.text) for p in inside(reading.persons, sentence.span)]
    return found


def _worded(id: str, verdict: Verdict, lexicon: ReplyLexicon) -> ReplyPoint:
    key = verdict.key or SCORES[verdict.score or 0]
    reason = lexicon.reason(id, key, **(verdict.details or {}))
    return ReplyPoint(id, lexicon.title(id), verdict.score, reason, _ordered(verdict.spans))


def _ordered(spans: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(sorted(dict.fromkeys(spans), key=lambda span: (span.start, span.end)))


def _names_beside(reading: Reading, greetings: tuple[Span, ...]) -> list[Span]:
    """Names in the sentence of a greeting near the text's beginning."""
    found = []
    for greeting in greetings:
        sentence = reading.sentence_at(greeting.start)
        if sentence.start <= _GREETING_REACH:
            found += [Span(p.start, p.end, p.text) for p in inside(reading.persons, sentence)]
            found += _called(reading, sentence, greetings)
    return found


def _opening_name(reading: Reading) -> tuple[Span, ...]:
    """«Мария Петровна, Ваше обращение…»: a name and patronymic that open the reply."""
    first = next((p for p in reading.persons if p.start == 0), None)
    if first is None or reading.text[first.end : first.end + 1] not in (",", "!"):
        return ()
    names = [word.lower for word in inside(reading.document.words, first)]
    polite = len(names) == _NAME_AND_PATRONYMIC and read_form(names[1]).patronymic > 0
    sorry = any(thanks.end <= reading.sentence_at(0).end for thanks in reading.of("thanks"))
    polite = polite or (len(names) == 1 and sorry)
    return (Span(first.start, first.end, first.text),) if polite else ()


def _called(reading: Reading, sentence: Span, greetings: tuple[Span, ...]) -> list[Span]:
    """«Рита, здравствуйте!»: a capitalized word beside the greeting is the author's name."""
    words = [
        word
        for word in inside(reading.document.words, sentence)
        if not any(greeting.start <= word.start < greeting.end for greeting in greetings)
    ]
    if len(words) > _MOST_CALLED:
        return []
    return [Span.of(reading.text, w.start, w.end) for w in words if w.is_capitalized and w.lower not in _NOT_NAMES]
