"""What speaks for another question beginning at a sentence: one row of numbers a boundary."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mcu_nlp.fields.requests import clause_cue
from mcu_nlp.linear.calibrator import log_softmax
from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.records import Span
from mcu_nlp.text.morph import grammemes, lemma

# How an author begins another matter.
_ANEW = re.compile(
    r"(?:а\s|и\s|но\s)?(?:кроме\s(?:того|этого)|помимо\s(?:того|этого)|вдобавок|второ[ейя]\b|трет(?:ье|ий|ья)\b"
    r"|во-вторых|в-третьих|(?:ещ[её]\s)?(?:друг(?:ой|ая)|один|одна|отдельн\w{1,3})\s(?:вопрос|проблема|тема|просьба)"
    r"|заодно|раз уж|(?:[2-9]|[2-9]-[её])\s?[.)]\s?|по\s(?:поводу|вопросу)\s|что касается"
    r"|следующ\w{2,3} (?:вопрос|проблема))",
    re.IGNORECASE,
)
_ALSO = re.compile(
    r"(?:а\s|и\s|но\s)?(?:также|так\s?же|ещ[её]|плюс|вместе с тем|тоже|к тому же|одновременно|попутно|рядом|тут же"
    r"|там же|здесь же|над (?:ней|ним)|в этом же|на (?:том|этом|этой|той) же|отдельно)\b",
    re.IGNORECASE,
)
_ALSO_INSIDE = re.compile(r"\b(?:также|так\s?же|ещ[её] и|тоже|заодно)\b", re.IGNORECASE)
_AND = re.compile(r"(?:а|и)\s", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:[1-9]\d?\s?[.)]|[-–—•*])\s?")
_PROBLEM = re.compile(
    r"\bне\b|\bнет\b|отсутств|невозможн|ям[ыау]\b|слома|разбит|разруш|мусор|свалк|теч[её]т|прорв|затоп|гряз|упа[лд]"
    r"|опасн|плох|ужасн|торч|прогни|ржав|провал|темно|холодн|воня|запах|пробит|оторва|висит",
    re.IGNORECASE,
)
# About the author, the course of the matter or the paper: such a sentence seldom begins a question.
_ASIDE = re.compile(
    r"обраща|жалоб|ответ|отписк|звони|писал|прокурат|администрац|компани|уважени|спасибо|благодар|телефон|@|фото"
    r"|прилага|заявк|обещ|сказал|говор|решени|\bмер[ыа]?\b|провер|ребен|ребён|дет[ией]|инвалид|пенсион",
    re.IGNORECASE,
)
_WORD = re.compile(r"[а-яё]{4,}")
_REQUEST = 5.0
# A probability below this says no more than this.
_LEAST = 1e-3
# A sentence of the same matter loses less than this when it is read with the topic of what stands before.
_SAME = 0.01

SIGNS = (
    "anew", "also", "also_inside", "and", "numbered", "problem", "aside", "request", "second_request", "after_request",
    "question", "sure", "loss", "foreign", "fresh_nouns", "no_known_noun", "sentences",
)  # fmt: skip


class Matters(NamedTuple):
    """What the topics of sentences say, a number a sentence.

    ``loss``: how much likelier its own topic is than that of all before it; ``foreign``:
    how unlikely its topic is for every sentence before it; ``sure``: the share of its best
    category.
    """

    loss: Floats
    foreign: Floats
    sure: Floats


def compare_topics(topics: Floats, kin: Floats, categories: Floats) -> Matters:
    """Compare the sentences of one message by the log-scores of their topics, ``(sentences, topics)``.

    ``kin`` tells of two topics whether they may be one matter, ``categories`` whether they
    are of one category: ``(topics, topics)`` of zeros and ones.
    """
    likely = np.exp(log_softmax(topics))
    logs = np.log(np.maximum(np.minimum(likely @ kin, 1.0), _LEAST))
    before = np.cumsum(logs, axis=0)
    best = logs.argmax(axis=1)
    loss, foreign = np.zeros(len(logs), np.float32), np.zeros(len(logs), np.float32)
    for n in range(1, len(logs)):
        loss[n] = logs[n].max() - logs[n, before[n - 1].argmax()]
        foreign[n] = -logs[:n, best[n]].max()
    return Matters(loss, foreign, np.asarray((likely @ categories).max(axis=1), np.float32))


def boundary_signs(units: Sequence[Span], matters: Matters) -> list[dict[str, float]]:
    """The signs (``SIGNS``) of every boundary, the first that before the second sentence."""
    asks = [clause_cue(unit.text)[0] >= _REQUEST for unit in units]
    nouns = [_nouns(unit.text) for unit in units]
    rows = []
    for n in range(1, len(units)):
        text = units[n].text
        known = set().union(*nouns[:n])
        also = _ALSO.match(text) is not None
        rows.append(
            {
                "anew": float(_ANEW.match(text) is not None),
                "also": float(also),
                "also_inside": float(not also and _ALSO_INSIDE.search(text) is not None),
                "and": float(_AND.match(text) is not None),
                "numbered": float(_NUMBERED.match(text) is not None),
                "problem": float(_PROBLEM.search(text) is not None),
                "aside": float(_ASIDE.search(text) is not None),
                "request": float(asks[n]),
                "second_request": float(asks[n] and any(asks[:n])),
                "after_request": float(asks[n - 1]),
                "question": float(text.endswith("?")),
                "sure": float(matters.sure[n]),
                "loss": float(matters.loss[n]),
                "foreign": float(matters.foreign[n]),
                "fresh_nouns": len(nouns[n] - known) / (len(nouns[n]) + 1),
                "no_known_noun": float(not nouns[n] & known),
                "sentences": float(np.log(len(units))),
            }
        )
    return rows


def is_same_matter(matters: Matters, n: int) -> bool:
    """Whether a sentence is best read with the topic of all that stands before it."""
    return float(matters.loss[n]) <= _SAME


def _nouns(text: str) -> set[str]:
    return {lemma(word) for word in _WORD.findall(text.lower()) if "NOUN" in grammemes(word)}
