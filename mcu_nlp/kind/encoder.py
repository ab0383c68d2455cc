"""What a text asks for, as numbers: cues of kinds, and where and how it asks."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import numpy.typing as npt

from mcu_nlp.kind.lexicon import Cue, KindLexicon
from mcu_nlp.text.document import Document

# What dense numbers count beside a text's n-grams and meaning.
_WEIGHT = 0.3
_SEVERAL = 1.5
# Words that begin a question, whether or not a mark ends it.
_ASKING = frozenset({
    "когда", "почему", "зачем", "сколько", "куда", "кто", "кому", "чем", "какой", "какая", "какие", "какое", "какого",
    "каким", "каков", "какова", "что", "где", "как", "будет", "будут", "планируется", "планируют", "можно", "есть",
})  # fmt: skip
# How messages are typed that nobody edited: no blank after a mark, no mark at the end, an emoji, a reply's comma.
_UNEDITED = re.compile(r"[а-яё][,.!?][а-яё]")
_EMOJI = re.compile("[☀-➿\U0001f300-\U0001faff]")
_AGREEING = re.compile(r"(?:а|и|да|ну|ага|вот|нет|так|тоже|у нас|согласн\w{1,3}|полностью)\b", re.IGNORECASE)
_SHAPE = (
    *("question", "question_first", "question_last", "question_only", "question_share", "question_length"),
    *("other_length", "asking_word", "unmarked_question", "one_sentence", "few_sentences", "tiny", "short", "length"),
    *("question_and_request", "bare_question", "polite_question", "told_to_tell", "nothing_asked", "short_question"),
    *("reproach", "only_why", "unedited", "unended", "emoji", "comma_first", "agreeing"),
)


class CueEncoder:
    """Dense features of kind: one a rule of the cues, then those of ``_SHAPE``; all from 0 to 0.45."""

    def __init__(self, lexicon: KindLexicon) -> None:
        self.lexicon = lexicon
        self._places = {rule: place for place, rule in enumerate(lexicon.rules)}

    @property
    def names(self) -> tuple[str, ...]:
        """What each number is, in order."""
        return (*self._places, *_SHAPE)

    def encode(self, document: Document) -> npt.NDArray[np.float32]:
        """The numbers of one text, ``(len(names),)``."""
        row = np.zeros(len(self._places) + len(_SHAPE), np.float32)
        counts = Counter(cue.rule for cue in self.cues(document))
        for rule, count in counts.items():
            row[self._places[rule]] = _SEVERAL if count > 1 else 1.0
        row[len(self._places) :] = _shape(document, counts)
        return np.asarray(row * np.float32(_WEIGHT), np.float32)

    def place(self, rule: str) -> int:
        """Where a rule's number stands."""
        return self._places[rule]

    def cues(self, document: Document) -> list[Cue]:
        """The cues of the document, looked up once a document."""
        found: list[Cue] | None = document.notes.get("kind_cues")
        if found is None:
            found = document.notes["kind_cues"] = self.lexicon.find(document)
        return found


def _shape(document: Document, counts: Counter[str]) -> list[float]:
    text, sentences = document.text, document.sentences
    marked = ["?" in sentence.text[-4:] for sentence in sentences] or [False]
    asking = [_first_word(sentence.text) in _ASKING for sentence in sentences]
    questions = sum(len(s.text) for s, question in zip(sentences, marked, strict=False) if question)
    question, size = any(marked), len(text)
    request, telling, why = counts["asking"] > 0, counts["tell_us"] > 0, counts["why"] > 0
    return [
        float(question),
        float(marked[0]),
        float(marked[-1]),
        float(all(marked)),
        sum(marked) / len(marked),
        questions / max(1, size),
        min(1.0, (size - questions) / 300),
        float(any(asking)),
        float(any(word and not mark for word, mark in zip(asking, marked, strict=False))),
        float(len(marked) == 1),
        float(len(marked) <= 3),
        float(size < 60),
        float(size < 120),
        min(1.0, float(np.log1p(size)) / 8),
        float(question and request),
        float(question and not request and not counts["wanting_help"]),
        float(question and telling),
        float(telling and not question),
        float(not question and not request),
        float(question and size < 150),
        float(question and why),
        float(why and not telling and not counts["when"]),
        float(bool(_UNEDITED.search(text))),
        float(text[-1:].isalpha() or text[-1:] == ")"),
        float(bool(_EMOJI.search(text))),
        float(text[:1] == ","),
        float(bool(_AGREEING.match(text))),
    ]


def _first_word(sentence: str) -> str:
    """The first word in lower case; «А», «И» and «Ну» before it are passed over."""
    words = sentence[:40].lower().split(None, 2)
    if len(words) > 1 and words[0] in ("а", "и", "ну", "но"):
        words = words[1:]
    return words[0].strip("«\"'(,.!?:;") if words else ""
