"""What is asked: the sentence or clause that says what shall be done."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mcu_nlp.fields.clauses import clauses
from mcu_nlp.fields.lexicon import lexicon
from mcu_nlp.records import Span
from mcu_nlp.text.document import Document
from mcu_nlp.text.morph import grammemes, is_known

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")
_QUESTION_WORTH = 3.0
_UNMARKED_WORTH = 2.0
_IMPERATIVE_WORTH = 8.0
# A clause that only leads to the request belongs to it: «Пожалуйста, примите меры», «Уважаемый мэр, …» does not.
_LEADING = re.compile(
    r"(?:пожалуйста|очень|убедительно|может|ребята|срочно|в связи с этим|на основании"
    r" \w+|мы|я|(?:я )?(?:считаю|полагаю|думаю)|поэтому|в очередной раз|ещё раз|еще раз)\W*",
    re.IGNORECASE,
)
_NOT_ASKING = re.compile(
    r"(?:не (?:прошу|просим|требую)|требуем не |просил|говорят|отвечают|можно сказать|не нужн|не"
    r" надо|\b(?:сказать|отметить|поблагодар|выразить|рассказать|пожаловат|жить)|можно только"
    r"|(?:хочу|хотим|решил[аи]?|куда|надо|нужно|к кому|бы|вынужден[аы]?) (?:\w+ ){0,1}обратиться"
    r"|может быть|не может|(?:хочу|хотим|хочется|хотелось бы)"
    r" (?:(?:сообщить|оповестить|вернут|напомнить|поделиться|ввести|замуж)"
    r"|[а-яё]{2,8} (?:сообщить|оповестить|напомнить|ввести))|требует (?:у|от|с) |которы"
    r"|хотел[аи]?\b(?! бы)|(?:надо|нужно) (?:было|просить)|потому,? что|могли\b(?! бы вы)(?<!не могли)"
    r"|жд[её]м\b(?! (?:\w+ ){0,1}(?:решен|ответ|помощ|действ|реакц|мер|результат|исправл|ремонт)))",
    re.IGNORECASE,
)
# Only about the paper itself, or a call to look: the real request stands elsewhere, if anywhere.
_FORMAL = re.compile(
    r"расс\w{0,3}м\w{0,2}тр\w{1,8} (?:(?:мо|наш|дан|эт|настоящ)\w{1,4} )?(?:вопрос|обращени|жалоб|просьб|заявлени)"
    r"(?!\w{0,4} (?:о|об|по|с|на)\b)|считать (?:это|данн)|\bответ(?:а|ить|ьте)?\b|о результат|уведомить"
    r"|подумайте|без рассмотрения|не присылать|не отписк",
    re.IGNORECASE,
)
_FORMAL_COST = 5.5
_LOOK = re.compile(r"внимани", re.IGNORECASE)
_LOOK_COST = 3.0
# Help of no named kind; what is wished precisely is better.
_VAGUE = re.compile(
    r"прощени|разобраться|помощ|содейств|отнестись|помо(?:чь|гите)(?!,? (?:пожалуйста,? )?[а-яё]{2,15}ть)"
    r"|(?<!для )\b(?:реш|устран|повлия)\w{1,8}[^,]{0,20} (?:проблем|вопрос|ситуаци)"
    r"|(?:принять|примите)(?:,? пожалуйста,?)?(?: \w+){0,2} мер\w{0,2}\W*$",
    re.IGNORECASE,
)
_VAGUE_COST = 1.0
# «Очень прошу!»: the wish itself stands in another sentence.
_BARE = re.compile(r"\W*(?:\w+\W+){0,1}\w+\W*")
_BARE_COST = 3.0
_CLEAR = 6.0
_SURE = 8.0
# Where a sentence gives reasons or threatens, it asks no more.
_TURN = re.compile(
    r"[,;—–-]? ?(?<=[\s,])(?=(?:иначе|в противном случае|а то)(?:\s|,))"
    r"|[,;—–-] (?=(?:там|ведь|мы|я|он|она|они|у нас|у меня|мо[йяё]|наш[аеи]?|потом|тогда|или я|или мы)(?:\s|,))"
    r"|(?<=[а-яё]{4})\.(?=\s[а-яё])|(?<=[а-яё]{3})\.(?=[А-ЯЁ][а-яё])"
)
# A sure cue further than this from the clause's start begins the request itself: «Мы, жители …, просим …».
_FAR_CUE = 20
# «Считаю, что надо …», «полагаю необходимым …» ask as «прошу» does, more politely.
_OPINION = re.compile(
    r"(?:\w+ )?(?:считаю|полагаю|предлож\w+)(?:,? что)? (?:надо|нужно|необходим\w+|целесообразн\w+|следует)\b",
    re.IGNORECASE,
)
# No further than this is a request read for its turn and its worth, nor what leads to it: time stays linear.
_LONGEST_READ = 500
_LONGEST_LEAD = 100
# Weak cues must begin near the start of their clause.
_NEAR = 4
# Questions that want no answer.
_RHETORICAL = re.compile(
    r"до каких пор|доколе|сколько можно|продолжа(?:ть|ет)|кто виноват|что делать|за что|совест|почему (?:я|мы) долж"
    r"|понимаете|куда смотр|вам не стыдно",
    re.IGNORECASE,
)
# A question mark is often forgotten after these; with a comma they rather begin «Когда …, мы …».
_UNMARKED = re.compile(r"(?:когда|почему)\s(?:(?:же |уже )?вы\s[^?]{10,}|[^,?]{15,})", re.IGNORECASE)
# «Как можно записаться», «В чём причина», «Можно ли убрать».
_PHRASED = re.compile(
    r"(?:в ч[её]м|с чем|как (?:можно|мне|нам|быть|получить|узнать|записаться)|(?:можно|возможно) (?:ли|как|хот)"
    r"|есть ли|на каком основании)\b",
    re.IGNORECASE,
)


def find_request(document: Document) -> Span | None:
    """The main request; ``None`` when nothing is asked explicitly.

    >>> find_request(Document.of("Добрый день! Во дворе нет света, прошу починить фонарь. Спасибо!")).text
    'прошу починить фонарь.'
    >>> find_request(Document.of("Во дворе нет света.")) is None
    True
    """
    best: tuple[float, Span] | None = None
    for sentence in document.sentences:
        for weight, span in _candidates(document.text, sentence):
            if best is None or weight > best[0]:
                best = (weight, span)
    return best[1] if best else None


def _candidates(text: str, sentence: Span) -> Iterator[tuple[float, Span]]:
    """Weighted spans: from the clause of the cue to the end of the sentence."""
    for clause in clauses(text, sentence.start, sentence.end):
        weight, at = clause_cue(clause.text)
        if weight:
            start = clause.start + at if at > _FAR_CUE and weight >= _SURE else _begin(text, sentence, clause)
            span = Span.of(text, start, _end(text, clause, sentence))
            yield weight - _cost(text[start : min(span.end, start + _LONGEST_READ)]), span
    question = Span.of(text, sentence.start, _after_question(sentence))
    weight = _question_weight(question.text)
    if weight:
        yield weight, question


def _end(text: str, clause: Span, sentence: Span) -> int:
    """The sentence's end, or where it turns from the request to its reason: «…, иначе …»."""
    turn = _TURN.search(text, clause.end, min(sentence.end, clause.end + _LONGEST_READ))
    return turn.start() if turn else sentence.end


def clause_cue(clause: str) -> tuple[float, int]:
    """How surely a clause asks for something (0 for not at all), and where its cue begins.

    >>> clause_cue("прошу вас убрать снег") > clause_cue("нужно убрать снег") > clause_cue("снег лежит") == (0.0, 0)
    True
    """
    known = lexicon("request_words")
    words = [(word.start(), word[0].lower().replace("ё", "е")) for word in _WORD.finditer(clause)]
    best, at = 0.0, 0
    for place, (start, word) in enumerate(words):
        weight = float(known["cue"].get(word, 0))
        told = place > 0 and words[place - 1][1] == "вы"
        if not weight and place < _NEAR and not told and word not in known["polite"]:
            weight = _imperative_weight(word, first=place == 0)
        if weight < _CLEAR and place > 1:
            weight = 0.0
        if weight > best:
            best, at = weight, start
    opinion = _OPINION.match(clause)
    if opinion and best < _CLEAR:
        best, at = _CLEAR, 0
    if not best or _NOT_ASKING.search(clause):
        return 0.0, 0
    return best + (0.5 if len(words) > 3 else 0.0), at


def _cost(asked: str) -> float:
    """What a request loses that says little of what shall be done."""
    kinds = ((_FORMAL, _FORMAL_COST), (_LOOK, _LOOK_COST), (_VAGUE, _VAGUE_COST))
    cost = next((cost for kind, cost in kinds if kind.search(asked)), 0.0)
    return cost + (_BARE_COST if _BARE.fullmatch(asked) else 0.0)


def _imperative_weight(word: str, *, first: bool) -> float:
    """«уберите» surely asks; «посыпте» (misspelt) and «пустите» (also future) likely do."""
    if len(word) < 5 or not word.endswith(("те", "тесь")):
        return 0.0
    marks = grammemes(word)
    if "impr" in marks:
        return _IMPERATIVE_WORTH
    misspelt = not is_known(word) and word.endswith(("пте", "вте", "йте", "рте", "зте", "ите", "ьте", "тесь"))
    return _CLEAR if misspelt or (first and {"VERB", "2per", "plur"} <= marks) else 0.0


def _after_question(sentence: Span) -> int:
    """Where the first question of a sentence ends; the sentence's end when it holds none."""
    mark = sentence.text.find("?")
    if mark < 0:
        return sentence.end
    return sentence.start + len(sentence.text) - len(sentence.text[mark:].lstrip("?!"))


def _question_weight(sentence: str) -> float:
    """What a question is worth as a request; less than any plain request, nothing when it wants no answer."""
    if "?" not in sentence:
        return _UNMARKED_WORTH if _UNMARKED.fullmatch(sentence) else 0.0
    if _RHETORICAL.search(sentence):
        return 0.0
    words = [word.lower() for word in _WORD.findall(sentence)]
    known = len(words) > 1 and not lexicon("request_words")["question"].keys().isdisjoint(words[:2])
    return _QUESTION_WORTH if known or _PHRASED.search(sentence) else 0.0


def _begin(text: str, sentence: Span, clause: Span) -> int:
    """The clause's start, or the sentence's when only leading words stand before it."""
    led = 0 < clause.start - sentence.start <= _LONGEST_LEAD
    return sentence.start if led and _LEADING.fullmatch(text, sentence.start, clause.start) else clause.start
