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
_IMPERATIVE_WORTH = 8.0
# A clause that only leads to the request belongs to it: «Пожалуйста, примите меры», «Уважаемый мэр, …» does not.
_LEADING = re.compile(
    r"(?:пожалуйста|очень|убедительно|может|ребята|срочно|в связи с этим|на основании"
    r" \w+|мы|я|поэтому|в очередной раз|ещё раз|еще раз)\W*",
    re.IGNORECASE,
)
_NOT_ASKING = re.compile(
    r"(?:не (?:прошу|просим|требую)|просил|говорят|отвечают|можно сказать|не нужн|не"
    r" надо|\b(?:сказать|отметить|поблагодар|пожаловат|обратиться|жить)|можно только"
    r"|может быть|не может)",
    re.IGNORECASE,
)
# «обратить внимание», «разобраться» only lead to what is really asked.
_LEAD_IN = re.compile(
    r"обратить|прощени|разобраться|помочь|помощ|содейств|внимани|рассмотреть|отнестись", re.IGNORECASE
)
_SURE = 9.0
_CLEAR = 6.0
# After these words a sentence gives reasons or threatens, it asks no more.
_TURN = re.compile(
    r"[,;—–-]? (?=(?:иначе|в противном случае|а то|там|ведь|мы|я|он|она|у нас|потом"
    r"|тогда)(?:\s|,))|(?<=[а-яё]{4})\.(?=\s[а-яё])"
)
# A sure cue further than this from the clause's start begins the request itself: «Мы, жители …, просим …».
_FAR_CUE = 30
# Weak cues must begin near the start of their clause.
_NEAR = 4


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
            yield weight, Span.of(text, start, _end(text, clause, sentence))
    if sentence.text.endswith("?"):
        weight = _question_weight(sentence.text)
        if weight:
            yield weight, sentence


def _end(text: str, clause: Span, sentence: Span) -> int:
    """The sentence's end, or where it turns from the request to its reason: «…, иначе …»."""
    turn = _TURN.search(text, clause.end, sentence.end)
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
        if not weight and place < _NEAR and word not in known["polite"]:
            weight = _imperative_weight(word, first=place == 0)
        if weight < _CLEAR and place > 1:
            weight = 0.0
        if weight > best:
            best, at = weight, start
    if not best or _NOT_ASKING.search(clause):
        return 0.0, 0
    return best - (_LEAD_IN.search(clause) is not None) + (0.5 if len(words) > 3 else 0.0), at


def _imperative_weight(word: str, *, first: bool) -> float:
    """«уберите» surely asks; «посыпте» (misspelt) and «пустите» (also future) likely do."""
    if len(word) < 5 or not word.endswith(("те", "тесь")):
        return 0.0
    marks = grammemes(word)
    if "impr" in marks:
        return _IMPERATIVE_WORTH
    misspelt = not is_known(word) and word.endswith(("пте", "вте", "йте", "рте", "зте", "ите", "ьте", "тесь"))
    return _CLEAR if misspelt or (first and {"VERB", "2per", "plur"} <= marks) else 0.0


def _question_weight(sentence: str) -> float:
    words = [word.lower() for word in _WORD.findall(sentence)]
    return _QUESTION_WORTH if not lexicon("request_words")["question"].keys().isdisjoint(words[:2]) else 0.0


def _begin(text: str, sentence: Span, clause: Span) -> int:
    """The clause's start, or the sentence's when only leading words stand before it."""
    before = text[sentence.start : clause.start]
    if before and _LEADING.fullmatch(before):
        return sentence.start
    return clause.start
